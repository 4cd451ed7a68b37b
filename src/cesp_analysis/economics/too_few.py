"""Why there is no estimate of few people: an arm of one, or hardly a degree of freedom."""

from cesp_analysis.economics.data import Data
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.numbers import counted


def enough(data: Data) -> None:
    """NotEstimable where an arm has fewer than two people, with what is known of fewest."""
    treated = int(data.treated.sum())
    arms = (treated, "intervention", data.fewest[1]), (data.n - treated, "control", data.fewest[0])
    for n, arm, least in arms:
        if n < 2:
            people = counted(n, "person", "people")
            fewest = f" ({least})" if least else ""
            raise NotEstimable(
                f"{data.known_of} are known of {people} of the {arm} arm{fewest}: two are needed"
            )


FEWEST = 1.0
"""Degrees of freedom: Student's t of fewer has ends that hardly depend on what was observed."""


def too_few(df: float) -> str:
    """Why there is no interval on so few degrees of freedom; '' where they are enough.

    Satterthwaite's and n - k are never fewer than one; what is missing takes of them (Barnard &
    Rubin 1999: two people of an arm are left with 0.6 of some 1.2).
    """
    if df >= FEWEST:
        return ""
    return (
        f"{df:.2f} degrees of freedom are left, and fewer than one bear no interval: an arm has too"
        " few people (or link workers, where these are drawn as a whole), or too little is known"
    )
