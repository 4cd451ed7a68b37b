"""The changes that the raincloud shows: primary outcomes of people, each later time, by site."""

from typing import TYPE_CHECKING

from cesp_analysis.figures.raincloud import Cloud, RainPanel

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording

MOST = 6  # outcomes


def rain_panels(table: "pd.DataFrame", words: "Wording", level: str) -> list[RainPanel]:
    """The panels of one level, from the panel; people count to the group of their first answer."""
    moments = words.moments(level)
    column = "site" if words.sites else "arm"
    panels = []
    for name in rain_outcomes(words, level):
        own = table[(table["level"] == level) & (table["outcome"] == name) & table["value"].notna()]
        own = own.assign(time=own["time"].astype("str"), unit=own["unit"].astype("str"))
        at = {time: part.set_index("unit") for time, part in own.groupby("time", sort=False)}
        first = moments[0].name if moments else ""
        for moment in moments[1:]:
            if first in at and moment.name in at:
                changes = (at[moment.name]["value"] - at[first]["value"]).dropna()
                groups = at[first][column].astype("str")[changes.index]
                panels.append(_panel(changes, groups, words, name, moment.label))
    return panels


def rain_outcomes(words: "Wording", level: str) -> list[str]:
    """The primary outcomes of a level; the first, where none is."""
    here = [name for name, outcome in words.outcomes.items() if outcome.level == level]
    chosen = [name for name in here if words.outcomes[name].role == "primary"] or here[:1]
    return chosen[:MOST]


def _panel(
    changes: "pd.Series[float]",
    groups: "pd.Series[str]",
    words: "Wording",
    name: str,
    when: str,
) -> RainPanel:
    outcome = words.outcomes[name]
    clouds = tuple(
        Cloud(words.group(group), words.arm(group), tuple(changes[groups == group]))
        for group in words.groups()
    )
    return RainPanel(outcome.label, outcome.unit, when, clouds)
