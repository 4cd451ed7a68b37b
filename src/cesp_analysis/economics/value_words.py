"""Sentences on net benefit at a threshold and on what more evidence is worth."""

from cesp_analysis.economics.parameter_value import Regressed
from cesp_analysis.economics.ratio_words import pounds
from cesp_analysis.numbers import count, listed, percent, percentage


def net_benefit_sentence(
    threshold: float, estimate: float, ends: tuple[float, float], level: float, probability: float
) -> str:
    """Net benefit a person, its interval, whether that holds £0, and the probability."""
    low, high = ends
    said = (
        f"At {pounds(threshold)} a QALY the net benefit is {pounds(estimate)} a person"
        f" ({percent(level, 1)} interval {pounds(low)} to {pounds(high)})"
    )
    if low > 0:
        meant = "the interval lies above £0"
    elif high < 0:
        meant = "the interval lies below £0"
    else:
        meant = "the interval holds £0: the money may be better spent elsewhere, or here"
    return f"{said}; {meant}. Probability that it is above £0: {percent(probability, 1)}."


def perfect_information_sentence(
    per_person: float,
    people: float,
    years: float,
    discount: float,
    with_shocks: float | None = None,
) -> str:
    """What it would be worth to know net benefit without error: a person, and to all.

    with_shocks: the same a person where the estimate may hold shocks to sites too
    (site_shock.evpi_with_shocks); None: it holds none, as where many sites were allocated.
    """
    said = (
        f"Deciding now loses {pounds(per_person, 2)} a person on average against deciding with"
        f" perfect information; over {count(years)} years, for {count(people)} people discounted at"
        f" {percentage(discount, 1)} a year, {pounds(per_person * people)}"
    )
    if with_shocks is None:
        return f"{said}. No study can be worth more."
    return (
        f"{said}, by sampling error alone. With shocks to sites of the prior's sizes it loses"
        f" {pounds(with_shocks, 2)} a person, {pounds(with_shocks * people)} in all: no study can"
        " be worth more, and more people of the same sites would not tell the difference."
    )


def parameter_sentence(names: tuple[str, ...], found: Regressed) -> str:
    """What it would be worth to know some parameters alone."""
    said = f"Knowing {listed(names)} would be worth"
    if found.value < 2 * found.std_error:
        return (
            f"{said} nothing that these draws can tell ({pounds(found.value, 2)} a person, standard"
            f" error {pounds(found.std_error, 2)})."
        )
    return (
        f"{said} {pounds(found.value, 2)} a person (standard error {pounds(found.std_error, 2)};"
        f" noise in the regression makes it {pounds(abs(found.upward_bias), 2)} too"
        f" {'high' if found.upward_bias >= 0 else 'low'} on average)."
    )


def sampling_sentence(best: tuple[float, float] | None, largest: float) -> str:
    """Which size of trial pays most, if any does; best: see value_of_information.best_size;
    largest: the largest size that was looked at."""
    if best is None:
        return (
            f"No trial of up to {count(largest)} people is worth its cost: what it would tell is"
            " worth less than it takes."
        )
    size, net = best
    edge = (
        " It is the largest size that was looked at: a larger one may pay more."
        if size == largest
        else ""
    )
    return (
        f"A trial of {count(size)} people is worth most: {pounds(net)} more than it costs, to"
        f" everybody for whom the decision is made.{edge}"
    )
