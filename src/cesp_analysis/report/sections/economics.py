"""Costs and QALYs: the base case, what it rests on, what would change it."""

from collections.abc import Iterator

from cesp_analysis.declared.economics_words import EconomicsWords
from cesp_analysis.declared.resources import OWN_TIME
from cesp_analysis.numbers import fixed, listed
from cesp_analysis.report.blocks import Block, Callout, Heading, Paragraph
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.economics_consequences import consequences
from cesp_analysis.report.sections.economics_costs import (
    costs_of_arms,
    discounted,
    prices,
    use_of_services,
)
from cesp_analysis.report.sections.economics_decision import decision, ratio
from cesp_analysis.report.sections.economics_imputation import imputed_columns
from cesp_analysis.report.sections.economics_information import information
from cesp_analysis.report.sections.economics_means import means_of_arms
from cesp_analysis.report.sections.economics_tables import (
    LINEAR,
    base_case,
    by_departure,
    by_scenario,
    by_subgroup,
    missing_ways,
)
from cesp_analysis.report.sections.figure import figure

SAMPLING = (
    "Their intervals know sampling error alone. One site against one cannot tell the intervention"
    " from whatever else happened there, to costs as little as to health."
)
FLIPPING = (
    " What such a shock would have to be, to turn the decision, stands under 'At which threshold'."
)
BRACKET = (
    "Two numbers stand for each quantity, since chance did not decide who was where. The gain over"
    " baseline takes off what people had at the start (for QALYs, utility at the start for as long"
    " as the follow-up): right where people of both sites would have changed alike. Adjusted for"
    " baseline compares people of equal baseline: right where these would have fared alike. Neither"
    " is the better one in general; where they lie apart, the difference is not known better than"
    " that, whatever their intervals hold."
)


IMPUTED_BY = {
    "pmm": "their utilities, and what is missing of their costs, are what others had (predictive"
    " mean matching)",
    "norm": "what is missing of their costs is what others had (predictive mean matching), their"
    " utilities are drawn from a line, also beyond what can be (norm)",
}
"""What imputed values are, by economics.missing.method."""
IN_PART = (
    "; of costs known in part the services that are lacking are another's, blank rows of one as the"
    " person's others or another's, what is known stays"
)
"""Of costs that are made of services."""
TAKEN = (
    " What the intervention is known to have taken of a person is added to imputed costs of"
    " services, and not imputed with them."
)


def economics(results: Results) -> Iterator[Block]:
    """Costs and QALYs: the base case, costs, missing answers, scenarios."""
    words = results.words.economics
    if words is None or not results.economics:
        return
    yield Heading(1, "Costs and QALYs", "economics")
    yield Paragraph(_what(results))
    decided = list(decision(results))
    if results.words.one_against_one():
        yield _what_one_site_tells(bool(decided))
    if words.bracket:
        yield Callout("note", "Two numbers in place of one", BRACKET)
    yield base_case(results)
    yield from figure(results, "ce_plane_person")
    yield from ratio(results)
    yield from decided
    yield from means_of_arms(results)
    yield Heading(2, "What is not known of people", "economics_missing")
    yield Paragraph(_missing(results))
    yield missing_ways(results)
    yield from imputed_columns(results)
    tables = (by_scenario(results), by_departure(results), by_subgroup(results))
    varied = [table for table in tables if table]
    if varied or words.tornado:
        yield Heading(2, "What else was tried", "economics_scenarios")
        yield from varied
    if words.tornado:
        yield from figure(results, "tornado_person")
    yield from information(results)
    yield from consequences(results)
    if words.priced:
        yield Heading(2, "Use of services, and what it cost", "economics_costs")
        yield costs_of_arms(results)
        yield use_of_services(results)
        yield from _placeholders(results)
        yield prices(results)


def _what_one_site_tells(decided: bool) -> Callout:
    """decided: whether there is a section on the decision, which has what a shock would do."""
    title = "What one site against one can tell of costs and QALYs"
    return Callout("caution", title, SAMPLING + (FLIPPING if decided else ""))


def _what(results: Results) -> str:
    words = results.words.economics
    assert words is not None
    times = results.words.times
    perspective = next(iter(words.perspectives.values()), "")
    whose = f", of {perspective}" if perspective else ""
    if words.costs:
        whose = f", as the study has them ({words.costs})"
    qalys = f"QALYs by {words.value_set}"
    if words.qalys:
        qalys = f"QALYs as the study has them ({words.qalys}), utility at the start by"
        qalys += f" {words.value_set}"
    rate = (
        f" What lies beyond the first year is discounted by {fixed(100 * words.discount, 1)}% a"
        " year."
        if discounted(results)
        else ""
    )
    held = (
        f" Both, and the gain over baseline, hold constant {listed(list(words.covariates))}."
        if words.covariates
        else ""
    )
    return (
        f"Costs are in prices of {words.price_year}{whose}; {qalys}; all of a"
        f" person from {times[0].label} to {times[-1].label}, counted from the first answer."
        f"{rate}{held}{_together(words)} Net benefit is QALYs at a"
        " threshold (£ a QALY) less costs: above 0, the intervention gives more health for its"
        " money than what the threshold stands for."
    )


def _together(words: EconomicsWords) -> str:
    """Whose people are drawn as a whole, and what models of effects allow for besides."""
    own, *of_models = (name.replace("_", " ") for name in (words.cluster, *words.of_models))
    others = [name for name in of_models if name != own]
    if not own and not others:
        return ""
    how = f"of one {own} are drawn as a whole" if own else "are drawn one by one"
    which = " or ".join(others)
    more = f"; what people of one {which} share, as models of effects allow, is in no interval here"
    return f" People {how}{more if others else ''}."


def _missing(results: Results) -> str:
    row = next(r for r in results.economics if r["missing_data"] != "complete")
    words = results.words.economics
    assert words is not None
    return (
        "Costs and QALYs of the whole follow-up are known of"
        f" {results.part(row['n_obs'], row['n_units'])} people."
        " Those who are complete are a description: who is complete is not decided by chance."
        f"{_before_too(results)}"
        " Imputed sets assume that those who are lost are like others with the same answers before"
        f" (missing at random); {IMPUTED_BY[words.imputed_by]}{IN_PART if words.priced else ''}."
        f"{TAKEN if OWN_TIME in words.services else ''}"
        f"{_not_of_imputation(results)}"
    )


def _before_too(results: Results) -> str:
    """Of how many people who are complete what was before is known too, if not of all."""
    own = [row for row in results.economics if row["missing_data"] == "complete"]
    own = [row for row in own if row["quantity"] == "cost" and row["model"] == LINEAR]
    alone = [row["n_units"] for row in own if row["approach"] == "unadjusted"]
    before = [row["n_units"] for row in own if row["approach"] != "unadjusted"]
    if not alone or not before or before[0] == alone[0]:
        return ""
    return (
        " What is taken off or adjusted for (costs and utility at the start, covariates) is known"
        f" too of {results.part(before[0], alone[0])} of them: what is not unadjusted is of these."
    )


def _not_of_imputation(results: Results) -> str:
    """What the study's imputation of other models holds, and this one does not."""
    words = results.words.economics
    if words is None or not words.left_out:
        return ""
    return (
        f" The {listed(words.left_out)} of the imputation of other models are not in it: it has"
        " auxiliaries of its own."
    )


def _placeholders(results: Results) -> Iterator[Block]:
    """What nobody has priced yet."""
    own = [row for row in results.unit_costs if row["placeholder"] == "yes"]
    if own:
        labels = listed([row["label"] for row in own])
        yield Callout(
            "caution",
            "Prices that stand in for ones that nobody has said",
            f"Placeholders: {labels}. Costs above hold them; they are no findings.",
        )
