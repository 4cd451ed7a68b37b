"""What the figures of the sensitivity analysis show of its tables: which model, time and rows."""

from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.assumptions import AssumptionPanel, AssumptionRow
from cesp_analysis.figures.tipping import TippingPanel
from cesp_analysis.missing.last_time import at_last_time, model_of
from cesp_analysis.missing.sensitivity_words import ASSUMPTIONS, places_of
from cesp_analysis.missing.tipping_words import EXACTLY

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording


def shown(table: "pd.DataFrame", words: "Wording") -> list[tuple[str, "pd.DataFrame"]]:
    """Outcome → rows of its first model at the last time; primary outcomes, or all without one."""
    primary = [name for name, outcome in words.outcomes.items() if outcome.role == "primary"]
    there = list(dict.fromkeys(table["outcome"].astype("str")))
    names = [name for name in there if name in primary] or there
    order = [moment.name for moment in words.moments("person")]
    last = table.iloc[at_last_time(table.to_dict("records"), order)]
    found = []
    for name in names:
        own = last[last["outcome"] == name]
        models = own["estimate_id"].str.split("/").str[0]
        found.append((name, own[models == models.iloc[0]]))
    return found


def assumption_panels(table: "pd.DataFrame", words: "Wording") -> list[AssumptionPanel]:
    """One panel an outcome."""
    return [_assumptions(name, own, words) for name, own in shown(table, words)]


def _assumptions(name: str, own: "pd.DataFrame", words: "Wording") -> AssumptionPanel:
    outcome = words.outcomes[name]
    places = places_of(words.sites, words.arms)
    rows = []
    for row in own.to_dict("records"):
        there = row["status"] == "estimated"
        rows.append(
            AssumptionRow(
                group=ASSUMPTIONS[row["assumption"]].heading.format(each=places.each),
                label=str(row["label"]),
                estimate=row["estimate"] if there else None,
                ci_low=row["ci_low"] if there else None,
                ci_high=row["ci_high"] if there else None,
                descriptive=row["descriptive"] == "yes",
                variance=str(row["variance"]),
            )
        )
    first = own.iloc[0]
    ratio = first["unit"] == "ratio"
    return AssumptionPanel(
        title=_title(name, first, words),
        unit=str(first["unit"]),
        decimals=outcome.decimals,
        none=1.0 if ratio else 0.0,
        mid=outcome.mid.value if outcome.mid and not ratio else None,
        rows=tuple(rows),
    )


def _title(name: str, row: Any, words: "Wording") -> str:
    model = words.models[model_of(row)].label
    when = f", {words.moment(row['time']).label}" if isinstance(row["time"], str) else ""
    return f"{words.outcomes[name].label}{when}: {model}"


def tipping_panels(table: "pd.DataFrame", words: "Wording") -> list[TippingPanel]:
    """One map an outcome."""
    places = places_of(words.sites, words.arms)
    panels = []
    for name, own in shown(table, words):
        own = own.sort_values(["shift_control", "shift_intervention"])
        side = sorted(set(own["shift_intervention"]))
        shape = (len(side), len(side))
        first = own.iloc[0]
        panels.append(
            TippingPanel(
                title=_title(name, first, words),
                unit=str(first["unit"]),
                places=places,
                side=tuple(side),
                none=float(first["none"]),
                sd=float(first["sd"]),
                decimals=words.outcomes[name].decimals,
                estimate=own["estimate"].to_numpy().reshape(shape),
                low=own["ci_low"].to_numpy().reshape(shape),
                high=own["ci_high"].to_numpy().reshape(shape),
                between="" if first["computed"] == EXACTLY else str(first["computed"]),
            )
        )
    return panels


def tipping_rows(table: "pd.DataFrame", words: "Wording") -> list[dict[Any, Any]]:
    """What the maps show: each outcome's estimates with their intervals by both shifts."""
    columns = ["unit", "shift_control", "shift_intervention", "estimate", "ci_low", "ci_high"]
    return [
        {"outcome": words.outcomes[name].label, **row}
        for name, own in shown(table, words)
        for row in own[columns].to_dict("records")
    ]
