"""What is said where a bootstrap has few to draw from."""

from cesp_analysis.economics.bootstrap import Units
from cesp_analysis.economics.few_units import FEW, there_are
from cesp_analysis.economics.sampled import SITES
from cesp_analysis.numbers import counted

SIMULATED = (
    (4, "fewer than four were not simulated"),
    (6, "of simulated intervals of 95% with four or five link workers 93 to 96% held the truth"),
    (
        13,
        "of simulated intervals of 95% with eight or twelve link workers 94 to 95% held the truth",
    ),
)
"""Below how many of an arm what held (docs/validation.md); of more nothing is said."""
ALONE = (
    (5, "fewer than five were not simulated"),
    (FEW, "of simulated intervals of 95% with five, ten or fifteen people 95% held the truth"),
)
"""The same of people drawn by themselves."""


def few_to_draw(units: Units, cluster: str, place: str) -> str:
    """A sentence where an arm of a site has few to draw from; '' elsewhere."""
    where = f"in an arm{' of a site' if place == SITES else ''}"
    there = list(zip(units.counts, units.alone, strict=True))
    whole = [(n, alone) for n, alone in there if n > alone]
    for limit, held in SIMULATED:
        if whole and min(whole)[0] < limit:
            what = there_are(*min(whole), cluster.replace("_", " "))
            return f"{what} {where} are few to draw from: {held}"
    people = [n for n, alone in there if n == alone]
    for limit, held in ALONE:
        if people and min(people) < limit:
            return (
                f"{counted(min(people), 'person', 'people')} {where} are few to draw from: {held}"
            )
    return ""
