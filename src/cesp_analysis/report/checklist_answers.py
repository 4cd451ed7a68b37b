"""What fills items of checklists: one function an answer, from the study's words and results.

A function says what is there and in which sections of the report; None: nothing fills the item.
"""

from collections.abc import Callable

from cesp_analysis.numbers import counted, listed
from cesp_analysis.report.checklist_answer import Answer, delivery, estimates, of_level, there
from cesp_analysis.report.checklist_answers_economics import ECONOMICS
from cesp_analysis.report.checklist_answers_interviews import INTERVIEWS
from cesp_analysis.report.results import Results

NAMED = 6
"""So many sites are named; of more, their number."""
KINDS = ("feasib", "pilot", "cohort", "survey", "before")
"""Parts of words by which a title tells what kind of study it is."""
HARM = ("adverse", "harm")
"""Parts of words by which a rate's label tells that it counts harm."""


def title(results: Results) -> Answer | None:
    """The title names the kind of study."""
    own = results.words.study.title
    return Answer(f"Title: {own}") if any(part in own.lower() for part in KINDS) else None


def objectives(results: Results) -> Answer | None:
    """Estimands and progression criteria are declared."""
    plan = bool(results.estimands and results.words.models)
    parts = ["estimands"] * plan + ["progression criteria"] * bool(results.progression)
    said = listed(parts).capitalize()
    return there(said, plan=plan, feasibility=results.progression)


def population(results: Results) -> Answer | None:
    """Estimands say of whom they are."""
    return there("The population of each estimand", plan=results.estimands and results.words.models)


def design(results: Results) -> Answer | None:
    """Who is compared with whom, and when."""
    people = results.flow or results.contamination
    return there("Arms, sites and times; how many in each arm", study=True, people=people)


def unit(results: Results) -> Answer | None:
    """What was allocated."""
    said = "Sites" if results.words.sites else "People, one at a time"
    return there(said, study=not results.words.one_group())


def places(results: Results) -> Answer | None:
    """Sites are named."""
    sites = [site.label for site in results.words.sites]
    named = listed(sites) if len(sites) <= NAMED else counted(len(sites), "site")
    return there(f"Sites: {named}", study=sites)


def recruitment(results: Results) -> Answer | None:
    """Steps until recruitment are counted."""
    counted_too = any(row["part"] == "recruitment" for row in results.flow)
    return there("Steps until recruitment, and why people left", people=counted_too)


def by_chance(results: Results) -> Answer | None:
    """Items about allocation by chance."""
    if results.words.study.randomised:
        return None
    return Answer("Nobody was allocated by chance", applies=False)


def bias(results: Results) -> Answer | None:
    """What was done against bias."""
    said = "Weighting, and readings" if results.balance else "Readings"
    return there(
        f"{said} under other assumptions",
        balance=results.balance,
        bracket=results.bracket,
        missing_data=results.missing,
    )


def sampling(results: Results) -> Answer | None:
    """How respondents were drawn and weighted, or how loss was dealt with."""
    if results.survey_means:
        return there("How respondents were drawn and weighted", surveys=True)
    return ANSWERS["missing"](results)


def ancillary(results: Results) -> Answer | None:
    """Other analyses than the main ones."""
    return there(
        "Other analyses, marked as declared beforehand or not",
        specification_curve=results.specification_curve,
        sensitivity=results.sensitivity,
        measurability=results.measurability,
    )


def losses(results: Results) -> Answer | None:
    """Losses with reasons."""
    followed = results.flow and (results.visits or results.words.events)
    return there("Losses with reasons", people=results.flow, follow_up=followed)


def harms(results: Results) -> Answer | None:
    """Rates that are named after harm."""
    labels = dict.fromkeys(row["label"] for row in results.rates)
    told = [label for label in labels if any(part in label.lower() for part in HARM)]
    return there(listed(told), feasibility=told)


def baseline(results: Results) -> Answer | None:
    """Characteristics at the start."""
    surveyed = results.words.surveys and of_level(results.baseline, "respondent")
    return there(
        "Characteristics by site or arm",
        comparability=of_level(results.baseline, "person"),
        survey_data=surveyed,
    )


def observed(results: Results) -> Answer | None:
    """Observed means."""
    levels = results.words.levels()
    means, survey = ("person" in levels), ("respondent" in levels)
    return there("Observed means", means=means, survey_observed=survey)


def decision(results: Results) -> Answer | None:
    """What was decided is written down."""
    said = results.progression and results.progression[-1]["justification"]
    return there("What was decided, and the zone of each criterion", feasibility=said)


ANSWERS: dict[str, Callable[[Results], Answer | None]] = {
    "title": title,
    "objectives": objectives,
    "population": population,
    "design": design,
    "unit": unit,
    "places": places,
    "recruitment": recruitment,
    "by_chance": by_chance,
    "bias": bias,
    "sampling": sampling,
    "ancillary": ancillary,
    "losses": losses,
    "harms": harms,
    "baseline": baseline,
    "observed": observed,
    "decision": decision,
    "summary": lambda _: there(
        "A summary in plain words, and key findings", summary=True, findings=True
    ),
    "findings": lambda _: there("A table of main estimates or changes", findings=True),
    "limitations": lambda _: there("Limitations with number and direction", limitations=True),
    "outcomes": lambda _: there(
        "Outcomes with their roles, units and times", study=True, data_dictionary=True
    ),
    "variables": lambda _: there(
        "Each variable with its source, range and categories", data_dictionary=True
    ),
    "sources": lambda _: there(
        "Sources of files, problems found and what was done", data=True, data_dictionary=True
    ),
    "name": lambda r: there(r.words.arms["intervention"], study=True),
    "changes": lambda r: there("Changes since the plan's lock", deviations=r.locks),
    "delivered": lambda r: there("How it was delivered", **delivery(r)),
    "dose": lambda r: there("Contacts of people", delivery=r.contacts),
    "fidelity_planned": lambda r: there(
        "Sources, raters and cut-offs of fidelity", fidelity=r.fidelity
    ),
    "fidelity_found": lambda r: there("Fidelity as rated", fidelity=r.fidelity),
    "measures": lambda r: there(
        "Reliability and retest in this sample", measurability=r.measurability
    ),
    "criteria": lambda r: there(
        "Progression criteria with limits and reasons", feasibility=r.progression
    ),
    "size": lambda r: there(
        "Held against rules about the size of a pilot", feasibility=r.sample_size
    ),
    "dates": lambda r: there("First and last day of recruitment", feasibility=r.projection),
    "methods": lambda r: there(
        "Method, covariance and degrees of freedom of each estimate", **estimates(r)
    ),
    "numbers": lambda r: there("People, records and clusters of each estimate", **estimates(r)),
    "results": lambda r: there("Estimates with intervals", **estimates(r)),
    "subgroups": lambda r: there("The intervention arm in subsets, described", means=r.subsets),
    "missing": lambda r: there("How missing answers were dealt with", missing_data=r.missing),
    "missing_counts": lambda r: there(
        "Values missing, by outcome, site and time", missing_data=r.missing
    ),
    "flow": lambda r: there("The flow as a figure and a table", people=r.flow),
    "follow_up_time": lambda r: there("When people were seen", follow_up=r.visits),
    **ECONOMICS,
    **INTERVIEWS,
}
"""What the lists call a rule → what it says."""
