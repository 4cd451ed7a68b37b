"""From the tables of neighbourhoods to what their figures draw."""

from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.caterpillar import CaterpillarPanel, CaterpillarRow, Ends
from cesp_analysis.figures.small_multiples import Multiples, Point, Small

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording

NO_ANSWERS = "nobody answered"
MOST = 4
"""Outcomes that stand side by side: the primary ones, or the first."""


def outcomes_of(words: "Wording") -> list[str]:
    """The outcomes of respondents that are drawn by neighbourhood, in config's order."""
    own = [n for n, outcome in words.outcomes.items() if outcome.level == "respondent"]
    primary = [name for name in own if words.outcomes[name].role == "primary"]
    return (primary or own[:1])[:MOST]


def arms_of(words: "Wording") -> list[tuple[str, str]]:
    """(site, arm) in the order of legends."""
    return [(words.group(group), words.arm(group)) for group in words.groups()]


def change_panels(table: "pd.DataFrame", words: "Wording") -> list[CaterpillarPanel]:
    """Each outcome's change from its first wave to its last."""
    panels = []
    for name in outcomes_of(words):
        own = table[(table["outcome"] == name) & table["category"].isna()]
        if own.empty:
            continue
        order = [moment.name for moment in words.waves]
        first, last = min(own["since"], key=order.index), max(own["wave"], key=order.index)
        own = own[(own["since"] == first) & (own["wave"] == last)]
        rows = [_row(entry, words) for entry in own.to_dict("records")]
        known = [row for row in rows if row.raw is not None]
        outcome = words.outcomes[name]
        panels.append(
            CaterpillarPanel(
                outcome_label=outcome.label,
                unit=str(own["unit"].iloc[0]),
                contrast=f"{words.moment(first).label} to {words.moment(last).label}",
                rows=tuple(known),
                site_means={
                    words.group(str(site)): float(mean)
                    for site, mean in own.dropna(subset="site_change")
                    .groupby("site", sort=False)["site_change"]
                    .first()
                    .items()
                },
                without=len(rows) - len(known),
                decimals=outcome.decimals,
            )
        )
    return panels


def _row(entry: dict[Any, Any], words: "Wording") -> CaterpillarRow:
    return CaterpillarRow(
        neighbourhood=str(entry["neighbourhood"]),
        site=words.group(str(entry["site"])),
        raw=_ends(entry, "estimate", "ci_low", "ci_high"),
        shrunken=_ends(entry, "shrunken", "shrunken_low", "shrunken_high"),
    )


def _ends(entry: dict[Any, Any], *names: str) -> Ends | None:
    value, low, high = (float(entry[name]) for name in names)
    return (value, low, high) if value == value and low == low else None


def multiples(table: "pd.DataFrame", words: "Wording") -> Multiples:
    """The first of the outcomes: neighbourhoods' means by wave, and their sites'."""
    name = outcomes_of(words)[0]
    outcome, waves = words.outcomes[name], [moment.name for moment in words.waves]
    own = table[(table["outcome"] == name) & table["category"].isna() & table["since"].isna()]
    near = own[own["of"] == "neighbourhood"]
    panels, without = [], {}
    for site in words.groups():
        here = near[near["site"] == site]
        for place in sorted(set(here["group"])):
            known = {e["wave"]: e for e in here[here["group"] == place].to_dict("records")}
            points = tuple(_point(known.get(wave)) for wave in waves)
            if any(points):
                panels.append(Small(str(place), words.group(site), points))
            else:
                why = [str(e["reason"]) for e in known.values() if e["reason"] == e["reason"]]
                called = f"{place}, {words.group(site)}"
                without[called] = next(filter(None, why), NO_ANSWERS)
    whole = own[own["of"] == "site"]
    behind = {}
    for site in words.groups():
        means = whole[whole["site"] == site].set_index("wave")["estimate"].to_dict()
        behind[words.group(site)] = tuple(_known(means.get(wave)) for wave in waves)
    unit = str(own["unit"].iloc[0]) if len(own) else outcome.unit
    labels = tuple(moment.label for moment in words.waves)
    shares = bool(len(own)) and bool((own["measure"] == "proportion").all())
    return Multiples(outcome.label, unit, labels, tuple(panels), behind, without, shares)


def _point(entry: dict[Any, Any] | None) -> Point | None:
    if entry is None or _known(entry["estimate"]) is None:
        return None
    return float(entry["estimate"]), _known(entry["ci_low"]), _known(entry["ci_high"])


def _known(value: Any) -> float | None:
    return float(value) if value is not None and value == value else None
