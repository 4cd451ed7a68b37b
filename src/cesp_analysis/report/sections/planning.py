"""The definitive trial: what it rests on, what each design needs, what simulated trials find."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.numbers import count, fixed, percentage
from cesp_analysis.planning.words import PARAMETERS
from cesp_analysis.report.blocks import Block, Callout, Heading, Paragraph
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.sections.planning_candidate import among_candidates
from cesp_analysis.report.sections.planning_known import HELD, known, numbers
from cesp_analysis.report.sections.planning_sentence import (
    difference,
    for_application,
)
from cesp_analysis.report.sections.planning_sizes import sizes
from cesp_analysis.report.sections.planning_trials import trials
from cesp_analysis.report.sections.planning_worth import worth
from cesp_analysis.report.titles import TITLES

MEANING = (
    "Power: how often such a trial finds the difference, if all that it rests on is as supposed"
    " (the medians). Assurance: the mean of power over all that is uncertain. A design with high"
    " power and low assurance hangs on a number that nobody knows well."
)
NOT_TOLD = (
    "How alike the people of one location are (ICC), and how much of that lasts from one period to"
    " the next (CAC), say how many locations a trial needs. {sites} sites tell neither, however"
    " many people answer. Both come from {whence}."
)
ALONE = (
    "A formula supposes a large trial, or an approximation for a small one. So trials of some"
    " designs were drawn at random and each was analysed as it would be. Beside each number stands"
    " its Monte Carlo error. With few locations a test finds less than its formula says: a variance"
    " between locations that is estimated as 0, or by little, makes mixed models cautious. There"
    " believe the trials. Trials of several periods are analysed with location and location-period"
    " effects, also where what is drawn fades with time; formulas reckon with that, and a row says"
    " where such an analysis has too many false alarms."
)


def planning(results: Results) -> Iterator[Block]:
    """What is known, sizes of designs, the cheapest, simulated trials."""
    words = results.words.planning
    if words is None or not results.planning:
        return
    yield Heading(1, TITLES["planning"], "planning")
    yield Paragraph(_what(results))
    yield from among_candidates(results)
    yield Paragraph(MEANING)
    yield from _not_told(results)
    yield known(results)
    yield Heading(2, "How large it has to be", "planning_sizes")
    if any(one.kind != "individual" for one in words.designs.values()):
        yield from figure(results, "planning_layout_person")
    yield sizes(results)
    yield from for_application(results)
    yield from _drawn(results)
    yield from worth(results)
    if results.planning_trials:
        yield Heading(2, "What simulated trials find", "planning_trials")
        yield Paragraph(ALONE)
        yield trials(results)


def _what(results: Results) -> str:
    words = results.words.planning
    assert words is not None
    when = results.words.moment(words.time).label
    whose = f" ({words.difference_source})" if words.difference_source else ""
    kind = ", the smallest that matters" if words.important else ""
    most = (
        f" There are {count(words.locations_at_most)} locations at most."
        if words.locations_at_most is not None
        else ""
    )
    return (
        f"The trial is to find {difference(results.words)} at {when}{kind}{whose}. To be reached:"
        f" power of {percentage(words.power, 0)} (two-sided, {percentage(words.alpha, 0)}) and"
        f" assurance of {percentage(words.assurance, 0)}.{most}{_uncertain(results)}"
    )


def _uncertain(results: Results) -> str:
    """That the true difference may lie about the one to be found, and what that leaves."""
    words = results.words.planning
    assert words is not None
    if not words.difference_sd:
        return ""
    sd = fixed(words.difference_sd, results.words.outcomes[words.outcome].decimals)
    return (
        f" The true difference is taken as uncertain, with an SD of {sd} about it: assurance is"
        " over that, too, and cannot exceed the probability of any benefit."
    )


def _not_told(results: Results) -> Iterator[Block]:
    """What few sites cannot tell of locations."""
    own = {row["parameter"]: row for row in results.planning_known}
    told = [own[name] for name in ("icc", "cac") if name in own]
    if not told or not results.words.sites:
        return
    origins = dict.fromkeys(row["origin"] for row in told)
    words = {"published": "published pairs of other studies", "assumed": "what is assumed"}
    middle = "; ".join(_middle(row, results) for row in told)
    sites = len(results.words.sites)
    said = NOT_TOLD.format(
        sites=count(sites), whence=" and ".join(words.get(one, one) for one in origins)
    )
    yield Callout("caution", f"What {count(sites)} sites cannot tell", f"{said} {middle}.")


def _middle(row: Row, results: Results) -> str:
    """'ICC of locations: 0.050, from 0.012 to 0.110', or that it is held."""
    median, ends = numbers(row, results)
    label = PARAMETERS[row["parameter"]]
    return f"{label}: {median}, {HELD if ends == HELD else f'from {ends}'}"


def _drawn(results: Results) -> Iterator[Block]:
    """The figures that the study has: see planning/specs.py."""
    words = results.words.planning
    assert words is not None
    if any(one.sizes is None for one in words.designs.values()):
        yield from figure(results, "planning_map_person")
        yield from figure(results, "planning_power_person")
    if words.costs is not None:
        yield from figure(results, "planning_front_person")
