"""Limitations that a study's design brings: who is compared with whom, and when."""

from cesp_analysis.columns import Row
from cesp_analysis.declared.analysis_sets import OBSERVED
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.few_sites.bracket_words import TELLING, sized
from cesp_analysis.numbers import fixed, listed
from cesp_analysis.report.headcounts import answered_once, asked_at, nobody_in
from cesp_analysis.report.limitation import EITHER_WAY, Limitation
from cesp_analysis.report.main_estimates import main_estimates
from cesp_analysis.report.results import Results
from cesp_analysis.withheld import Withheld

FEW = 50
"""Clusters: in fewer than so many, errors rest on approximations (Cameron and Miller 2015)."""
FEW_SITES = 10
FEW_WORKERS = 10


def synthetic(results: Results) -> Limitation | None:
    """The records are nobody's."""
    if not results.words.banner:
        return None
    said = "Every record was made by a random number generator: no number tells of real people."
    return Limitation("Synthetic data", said, "Does not apply", ("study",))


def one_group(results: Results) -> Limitation | None:
    """Nobody is compared with the people of the study."""
    if not results.words.one_group():
        return None
    said = "One group, before and after: what would have happened without it is not known."
    return Limitation("Nobody to compare with", said, EITHER_WAY, ("findings",))


def empty_arm(results: Results) -> Limitation | None:
    """An arm is declared, and nobody is in it."""
    empty = nobody_in(results)
    if not empty:
        return None
    said = f"The arm {empty} holds nobody: what would have happened to the others is not known."
    return Limitation("An empty arm", said, EITHER_WAY, ("findings",))


def one_against_one(results: Results) -> Limitation | None:
    """One place against one: the place and the intervention are one number."""
    words = results.words
    if not words.one_against_one() or nobody_in(results):
        return None
    here, there = (site.label for site in sorted(words.sites, key=lambda s: s.arm, reverse=True))
    said = (
        f"{here} against {there}: whatever else happened at one of them between two times is part"
        f" of every difference, however many people answer.{_breaking(results)}"
    )
    return Limitation("One site against one", said, EITHER_WAY, _ladder(results))


def _breaking(results: Results) -> str:
    """How large such a thing would have to be to undo what the first main interval says."""
    for level in results.words.levels():
        for row in main_estimates(results, level):
            shocks = [
                rung["shock"]
                for rung in results.ladder
                if rung["estimate_id"] == row["estimate_id"]
                and rung["rung"] == "breakdown_interval"
                and rung["shock"] is not None
            ]
            if shocks and row["status"] == "estimated":
                outcome = results.words.outcomes[row["outcome"]]
                return _said_of(outcome, row, shocks[0])
    return ""


def _said_of(outcome: Outcome, row: Row, shock: float) -> str:
    said = fixed(shock, outcome.decimals)
    if shock == 0:
        return f" The interval of {outcome.label} reaches no difference without any."
    return (
        f" {said} {row['unit']} of it would bring the interval of {outcome.label} to no difference."
    )


def _ladder(results: Results) -> tuple[str, ...]:
    """Few sites is a section only where models have rungs."""
    return ("few_sites",) if _climbs(results) else ("findings",)


def _climbs(results: Results) -> bool:
    return bool(results.words.sites) and any(
        row["rung"] not in ("sampling", "clusters") for row in results.ladder
    )


def one_site_in_an_arm(results: Results) -> Limitation | None:
    """One arm has a single site, the other several."""
    words = results.words
    alone = [label for arm, label in words.arms.items() if words.sites_in(arm) == 1]
    if words.one_against_one() or words.one_group() or not words.sites or not alone:
        return None
    if nobody_in(results):
        return None
    said = (
        f"{listed(alone)} was at a single site: whatever else happened there is part of every"
        " difference."
    )
    return Limitation("One arm has a single site", said, EITHER_WAY, _ladder(results))


def few_sites(results: Results) -> Limitation | None:
    """Several sites an arm, and not many."""
    words = results.words
    counts = [words.sites_in(arm) for arm in words.arms]
    if words.one_group() or not words.sites or not 2 <= min(counts) < FEW_SITES:
        return None
    if nobody_in(results):
        return None
    said = (
        f"{listed([str(n) for n in counts])} sites in the arms: how much sites differ is hardly"
        " known, and intervals that allow for it are wide."
    )
    return Limitation("Few sites", said, EITHER_WAY, _ladder(results))


def not_randomised(results: Results) -> Limitation | None:
    """Chance did not make the arms alike."""
    words = results.words
    if words.one_group() or words.chance_made_alike() or nobody_in(results):
        return None
    lot = " (that it chose the site does not make two places alike)" * words.study.randomised
    said = f"Chance did not make the arms alike{lot}.{_furthest(results)}"
    where = ("comparability",) if _of_people(results) else ("survey_data",)
    return Limitation("Arms not made by chance", said, EITHER_WAY, (*where, *_balanced(results)))


def _of_people(results: Results) -> bool:
    return any(row["level"] == "person" for row in results.baseline)


def _balanced(results: Results) -> tuple[str, ...]:
    return ("balance",) if results.leaves("balance") and results.balance else ()


def _furthest(results: Results) -> str:
    """The characteristic in which the arms were furthest apart at the start."""
    words = results.words
    apart = [row for row in results.baseline if row["difference"] is not None]
    if not apart or any(isinstance(row["difference"], Withheld) for row in apart):
        return ""
    row = max(apart, key=lambda one: abs(one["difference"]))
    entry = words.covariates.get(row["variable"]) or words.outcomes[row["variable"]]
    return (
        f" At the start they were furthest apart in {entry.label}:"
        f" {fixed(abs(row['difference']), 2)} SD."
    )


def regression_to_the_mean(results: Results) -> Limitation | None:
    """Those who do badly do better later, whatever is done."""
    words = results.words
    if words.chance_made_alike() or words.one_group():
        return None
    main = {(row["outcome"], row["time"]) for row in main_estimates(results, "person")}
    gaps = [
        row
        for row in results.bracket
        if row["estimator"] == "did"
        and (row["outcome"], row["time"]) in main
        and row["analysis_set"] == OBSERVED  # whom the report speaks of first
        and not isinstance(row["gap_in_sd"], Withheld)
        and abs(row["gap_in_sd"] or 0) > TELLING
    ]
    if not gaps:
        return None
    row = max(gaps, key=lambda one: abs(one["gap_in_sd"]))
    outcome = words.outcomes[row["outcome"]]
    way = "lower" if row["gap_in_sd"] < 0 else "higher"
    said = (
        f"{outcome.label}: the intervention arm started {fixed(abs(row['gap_in_sd']), 2)} SD {way}."
        " Regression to one common mean alone would make a difference in change"
        f" {sized(row['common_mean'], row['unit'], outcome.decimals)} by"
        f" {words.moment(row['time']).label}; the bracket shows both readings."
    )
    direction = f"In favour of {_worse(results, outcome, row)}, which started worse"
    if outcome.direction == "neither":
        direction = "Towards each other's start"
    return Limitation("Regression to the mean", said, direction, ("bracket",))


def _worse(results: Results, outcome: Outcome, row: Row) -> str:
    """The arm that started worse."""
    lower = row["gap_in_sd"] < 0
    behind = lower == (outcome.direction == "higher_is_better")
    return results.words.arms["intervention" if behind else "control"]


def no_trend_before(results: Results) -> Limitation | None:
    """One measure before: whether arms moved apart already cannot be seen."""
    if not results.words.models or results.words.chance_made_alike() or nobody_in(results):
        return None
    before = [row["measures_before"] for row in results.grades]
    if not before or min(before) > 1:
        return None
    said = "One measurement before: whether the arms were moving apart already cannot be tested."
    return Limitation("No trend before", said, EITHER_WAY, _ladder(results))


def one_time(results: Results) -> Limitation | None:
    """Nobody was followed."""
    words = results.words
    levels = [
        level
        for level in words.levels()
        if len(asked_at(results, level) or words.moments(level)) == 1
    ]
    whose = listed([{"person": "People", "respondent": "Residents"}[level] for level in levels])
    if levels:
        said = f"{whose} were asked once: no change can be told."
    elif answered_once(results):
        said = "Nobody has answered a second time: no change can be told."
    else:
        return None
    return Limitation("One time", said, "Not known", ("study",))
