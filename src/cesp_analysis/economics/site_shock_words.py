"""Sentences on what a shock to a site would do to the decision."""

from typing import Protocol

from cesp_analysis.economics.ratio_words import pounds
from cesp_analysis.numbers import fixed, percent

SHARED = (
    "One site against one: whatever else made people of one of them dearer or better off in these"
    " months is part of the net benefit, and no number of people shows it."
)
OF_OUTCOMES = (
    "Shocks are sized by pairs of correlations, which are of outcomes and care, not of net benefit:"
    " that they hold for it is an assumption."
)


class Shocked(Protocol):
    """The numbers that the sentences say; see site_shock.ShockedDecision."""

    @property
    def threshold(self) -> float: ...
    @property
    def inmb(self) -> float: ...
    @property
    def flips_at(self) -> float: ...
    @property
    def flips_at_sd(self) -> float: ...
    @property
    def beyond(self) -> float: ...
    @property
    def probability(self) -> float: ...
    @property
    def probability_with_shocks(self) -> float: ...
    @property
    def median(self) -> float: ...
    @property
    def band_median(self) -> tuple[float, float]: ...


def shock_sentences(row: Shocked) -> tuple[str, ...]:
    """What would flip the decision, how likely that is, and the probability that allows for it."""
    return (_flips(row), _probability(row), SHARED, OF_OUTCOMES)


def _flips(row: Shocked) -> str:
    at = f"At {pounds(row.threshold)} a QALY"
    if row.flips_at == 0:
        return f"{at} the net benefit is £0: any shock to a site decides."
    for_it = row.inmb > 0
    side = "in favour of" if for_it else "against"
    said = "above" if for_it else "below"
    return (
        f"{at} the net benefit is {pounds(row.inmb)} a person, {said} £0. A shock to a site of"
        f" {pounds(row.flips_at)} a person {side} the intervention ({fixed(row.flips_at_sd, 2)} SD"
        " of people's net benefit) would be all of it, and a larger one would mean the opposite"
        f" decision; of the shocks that the prior expects, {percent(row.beyond, 1)} are as large,"
        " on that side."
    )


def _probability(row: Shocked) -> str:
    low, high = (percent(end, 1) for end in row.band_median)
    return (
        f"The probability that net benefit is above £0 is {percent(row.probability, 1)} by sampling"
        f" error alone and {percent(row.probability_with_shocks, 1)} with shocks of the prior's"
        f" sizes; if one of its median size ({pounds(row.median)}) had gone for or against the"
        f" intervention, it would be {low} or {high}."
    )
