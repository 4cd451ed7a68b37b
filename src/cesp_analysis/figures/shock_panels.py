"""Which estimates the figure of shocks shows: of each primary outcome those of the model that
speaks for it (Wording.in_order), at the last time; where it has several there, main_of them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cesp_analysis.figures.shock import ShockPanel

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording

MOST = 6  # panels: a page


def shock_panels(table: "pd.DataFrame", words: "Wording", level: str) -> list[ShockPanel]:
    """The panels of one level, from shock_curve.csv, in config's order."""
    own = table[table["level"] == level]
    withheld = own.loc[own["mark"].isna() & own["shock"].isna(), "estimate_id"]
    own = own[~own["estimate_id"].isin(withheld)]
    there = [name for name in words.outcomes if (own["outcome"] == name).any()]
    chosen = [name for name in there if words.outcomes[name].role == "primary"] or there[:1]
    panels = []
    for name in chosen[:MOST]:
        rows = own[own["outcome"] == name]
        rows = rows[
            rows["model"] == next(m for m in words.in_order(name) if (rows["model"] == m).any())
        ]
        times = [m.name for m in words.moments(level) if (rows["time"] == m.name).any()]
        last = rows[rows["time"] == times[-1]]
        panels.append(_of(last[last["estimate_id"] == main_of(last["estimate_id"])], words))
    return panels


def main_of(ids: Iterable[str]) -> str:
    """Of the estimates of one model, outcome and time that which others stand beside: its id ends
    in the time, theirs in a word more (…/clustered, …/panel). Where it is not there, the first of
    the shortest."""
    return min(ids, key=len)


def _of(rows: "pd.DataFrame", words: "Wording") -> ShockPanel:
    first = rows.iloc[0]
    outcome = words.outcomes[first["outcome"]]
    points = rows[rows["mark"].isna()].sort_values("shock")
    marks = rows.dropna(subset=["mark"]).set_index("mark")["shock"].astype(float)
    low, high = points["ci_low_shock"], points["ci_high_shock"]
    return ShockPanel(
        outcome_label=outcome.label,
        unit=outcome.unit,
        model_label=words.models[first["model"]].label,
        when=words.moment(first["time"]).label,
        estimate=float(first["estimate"]),
        shock=tuple(points["shock"]),
        low=tuple(low),
        high=tuple(high),
        outer_low=tuple(points["bounded_low"]),
        outer_high=tuple(points["bounded_high"]),
        quartiles=(
            marks["prior, lower quartile"],
            marks["prior, median pair"],
            marks["prior, upper quartile"],
        ),
        breaks=marks["the interval reaches no effect"],
        past=marks.get("largest divergence so far"),
        decimals=outcome.decimals,
    )
