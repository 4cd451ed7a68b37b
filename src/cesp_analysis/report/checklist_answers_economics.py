"""What fills items of CHEERS: one function an answer, of a study that has an economic evaluation.

Whether the reasons that an item asks for are good ones, no rule can see: such items are filled
partly.
"""

from collections.abc import Callable

from cesp_analysis.declared.economics_words import EconomicsWords
from cesp_analysis.economics.words import SUBGROUP, VALUE_SET
from cesp_analysis.numbers import listed, percentage
from cesp_analysis.report.checklist_answer import Answer, there
from cesp_analysis.report.results import Results

EVALUATION = ("economic", "cost")
"""Parts of words by which a title tells that it is of an economic evaluation."""


def title(results: Results) -> Answer | None:
    """The title names an economic evaluation."""
    own = results.words.study.title
    return Answer(f"Title: {own}") if any(part in own.lower() for part in EVALUATION) else None


def comparators(results: Results) -> Answer | None:
    """The two arms."""
    arms = results.words.arms
    if len(arms) < 2:
        return None
    return there(f"{arms['intervention']}, against {arms['control']}", study=True)


def perspective(results: Results) -> Answer | None:
    """Whose costs count; the first is the main one. Of totals that the study has itself: what it
    calls them."""
    own = results.words.economics
    labels = list(own.perspectives.values()) or [own.costs] if own else []
    if not any(labels):
        return None
    others = f"; beside it {listed(labels[1:])}" if labels[1:] else ""
    return there(f"{labels[0]}{others}", economics=True)


def horizon(results: Results) -> Answer | None:
    """The follow-up, which is the whole horizon."""
    times = results.words.times
    if results.words.economics is None:
        return None
    said = f"From {times[0].label} to {times[-1].label}, nothing beyond"
    return there(said, economics=results.economics)


def discount(results: Results) -> Answer | None:
    """The rate of what lies beyond the first year, and whether anything does."""
    own, years = results.words.economics, results.words.years()
    if own is None:
        return None
    if years is not None and years <= 1:
        return Answer("Nothing lies beyond a year, so nothing is discounted", ("economics",))
    rate = percentage(own.discount, 1)
    return there(f"{rate} a year, of costs and QALYs beyond the first year", economics=True)


def valued(results: Results) -> Answer | None:
    """Which value set made utilities, and which others were tried."""
    own = results.words.economics
    if own is None:
        return None
    sets = [label for name, label in own.scenarios.items() if name.startswith(VALUE_SET)]
    beside = f"; beside it {listed(sets)}" if sets else ""
    return there(f"Utilities by {own.value_set}{beside}", economics=results.economics)


def measured(results: Results) -> Answer | None:
    """How people's QALYs came about: made here of utilities, or by the study."""
    own = results.words.economics
    if own is None:
        return None
    made = f"QALYs as the study has them: {own.qalys}"
    return there(
        made if own.qalys else "QALYs as the sum over time of people's utilities",
        economics=results.economics,
    )


def currency(results: Results) -> Answer | None:
    """In which prices costs are, and how others were brought to them."""
    own = results.words.economics
    if own is None:
        return None
    rest = ", each price with its own year and by how much it rose" if own.priced else ""
    return there(f"£ in prices of {own.price_year}{rest}", economics=results.economics)


def no_model(results: Results) -> Answer | None:
    """Nothing is simulated beyond what the study saw."""
    if not results.economics:
        return None
    return Answer("No decision model: an evaluation beside a study", applies=False)


def heterogeneity(results: Results) -> Answer | None:
    """Subgroups, each by itself."""
    names = (row["scenario"] for row in results.economics)
    own = dict.fromkeys(
        name.removeprefix(SUBGROUP).partition(": ")[0] for name in names if SUBGROUP in name
    )
    labels = [results.words.covariates[name].label for name in own]
    return there(f"Estimated in each category by itself: {listed(labels)}", economics=own)


def uncertainty(results: Results) -> Answer | None:
    """Intervals, probabilities by threshold, parameters and missing answers otherwise."""
    said = ["intervals", "probabilities that net benefit is above 0"]
    said += ["shocks to sites"] if _shocks(results) else []
    return there(listed(said).capitalize(), economics=results.acceptability)


def findings(results: Results) -> Answer | None:
    """Mean costs and QALYs, their differences, net benefit."""
    own = results.words.economics
    if own is None:
        return None
    at = listed([f"£{one:,.0f}" for one in own.thresholds])
    said = "Mean costs, utilities and QALYs of each arm; differences in costs and QALYs, and net"
    return there(f"{said} benefit of a QALY at {at}", economics=results.economics_means)


def hanging(results: Results) -> Answer | None:
    """What was varied: parameters, missing answers, perspectives, value sets; more evidence."""
    own = results.words.economics
    if own is None:
        return None
    return there(f"By {listed(_varied(own, results))}", economics=results.economics)


def _varied(own: EconomicsWords, results: Results) -> list[str]:
    kinds = ("perspective", "value set", "departure")
    there_are = {name.rpartition(" ")[0] for name in own.scenarios}
    names = {"departure": "answers missing otherwise"}
    said = [
        "ways of dealing with missing answers",
        *(names.get(k, k) for k in kinds if k in there_are),
    ]
    said += ["one parameter at a time"] if own.tornado else []
    return said + (["what more evidence is worth"] if results.value_of_information else [])


def _shocks(results: Results) -> bool:
    return any(row["flip"] is not None for row in results.acceptability)


ECONOMICS: dict[str, Callable[[Results], Answer | None]] = {
    "economic_title": title,
    "comparators": comparators,
    "perspective": perspective,
    "horizon": horizon,
    "discount": discount,
    "valued": valued,
    "currency": currency,
    "no_model": no_model,
    "heterogeneity": heterogeneity,
    "uncertainty": uncertainty,
    "economic_findings": findings,
    "hanging": hanging,
    "benefits": lambda r: there(
        "QALYs, and beside them every outcome of the study", economics=r.economics
    ),
    "measured": measured,
    "resources": lambda r: there(
        "What people used of each service, at its price, with where that is from",
        economics=r.costs and r.unit_costs,
    ),
    "analytics": lambda r: there(
        "How costs, QALYs and missing answers were analysed", economics=r.economics
    ),
    "inputs": lambda r: there(
        "Prices with their sources; use and costs by arm with their spread",
        economics=r.unit_costs and r.costs,
    ),
}
"""What CHEERS calls a rule → what it says."""
