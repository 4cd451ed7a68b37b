"""The cheapest design that reaches what is to be reached, as a sentence for an application."""

from collections.abc import Iterator
from statistics import NormalDist

from cesp_analysis.columns import Row
from cesp_analysis.declared.planning import NOISE
from cesp_analysis.declared.planning_words import PlanningWords
from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.declared.wording import Wording
from cesp_analysis.economics.ratio_words import pounds
from cesp_analysis.intervals import wilson
from cesp_analysis.numbers import count, fixed, listed, percentage
from cesp_analysis.planning.parting import parts_from
from cesp_analysis.planning.words import LESS
from cesp_analysis.report.blocks import Block, Callout, Paragraph
from cesp_analysis.report.results import Results

ANALYSES = (
    "mixed_kenward_roger",
    "mixed_satterthwaite",
    "location_means_t",
    "gee_cr2",
    "permutation",
)
"""Analyses of simulated trials, first that of which formulas are."""
MILLION = 1_000_000
LEVEL = 0.95  # of the Monte Carlo interval
NONE_REACHES = (
    "No design of the sizes that were looked at reaches both. What limits each stands in the table:"
    " declare more locations or people, a longer follow-up, or a larger difference if a smaller one"
    " would not matter."
)
NEVER = (
    "No design of any size reaches an assurance of {target}: where the difference is as uncertain"
    " as is supposed (an SD of {sd} about {size}), any benefit is less likely than that, and"
    " assurance cannot exceed its probability. Plan for less (planning.assurance), or hold the"
    " difference (planning.difference_sd: 0) and look at power alone."
)
NOT_PRICED = (
    "No costs are declared (planning.costs), so that none of these designs is called the cheapest."
)


def difference(words: Wording) -> str:
    """'a difference of 1.0 points in Wellbeing'."""
    own = words.planning
    assert own is not None
    outcome = words.outcomes[own.outcome]
    size = f"{fixed(own.difference, outcome.decimals)} {outcome.unit}".strip()
    if outcome.type == "binary":
        size = f"{fixed(100 * own.difference, max(outcome.decimals - 2, 0))} percentage points"
    return f"a difference of {size} in {outcome.label}"


def trials_of(results: Results, row: Row) -> Row | None:
    """The simulated trials of a row, as what formulas are of would analyse them; None: there are
    none with an answer."""
    size = ("design", "locations", "people")
    own = {
        one["analysis"]: one
        for one in results.planning_trials
        if all(one[key] == row[key] for key in size)
        and (one["truth"], one["drawn"] == "study") == ("difference", False)
        and all(isinstance(one[key], float) for key in ("found", "found_mcse", "formula"))
    }
    return next((own[name] for name in ANALYSES if name in own), None)


def of_trials(results: Results, row: Row) -> Row | None:
    """The simulated trials of a row whose power lies apart from that of the formula of their
    analysis, beyond chance; None if there are none, or they agree."""
    found = trials_of(results, row)
    if found is None:
        return None
    trials = found["trials"] - found["failed"]
    hits = round(found["found"] * trials)
    return found if parts_from(hits, trials, found["formula"]) else None


def promised(share: float | None) -> str:
    """'95%'; not all or nothing where rounding alone makes it so."""
    text = percentage(share, 0)
    if not isinstance(share, float) or not 0 < share < 1:
        return text
    return {"100%": "more than 99%", "0%": "less than 1%"}.get(text, text)


def power_of(results: Results, row: Row) -> str:
    """'95%', or what simulated trials find where that is something else."""
    by_formula, found = promised(row["power"]), of_trials(results, row)
    if found is None:
        return by_formula
    trials = found["trials"] - found["failed"]
    low, high = wilson(found["found"] * trials, trials, LEVEL)
    return (
        f"{percentage(found['found'], 1)} in simulated trials (Monte Carlo interval"
        f" {percentage(low, 1)} to {percentage(high, 1)}; by formula {by_formula})"
    )


def for_application(results: Results) -> Iterator[Block]:
    """The cheapest that reaches both, or why there is none."""
    words = results.words.planning
    assert words is not None
    if not any(row["reaches"] == "both" for row in results.planning):
        most = most_assurance(words)
        never = None if most is None or most >= words.assurance else _never(results)
        yield Paragraph(f"{never or NONE_REACHES}{_how_far(results)}")
        return
    best = next((row for row in results.planning if row["cheapest"] == "yes"), None)
    if best is None:
        yield Paragraph(NOT_PRICED)
        return
    yield Callout("note", "For an application", sentence(results, best))


def most_assurance(words: PlanningWords) -> float | None:
    """The probability of a benefit, which assurance cannot exceed; None where the difference is
    held."""
    sd = words.difference_sd
    return 1 - NormalDist(words.difference, sd).cdf(0) if sd else None


def _never(results: Results) -> str:
    words = results.words.planning
    assert words is not None
    decimals = results.words.outcomes[words.outcome].decimals
    return NEVER.format(
        target=percentage(words.assurance, 0),
        sd=fixed(words.difference_sd, decimals),
        size=fixed(words.difference, decimals),
    )


def _how_far(results: Results) -> str:
    """The highest power and the highest assurance, and of which size."""
    words = results.words.planning
    assert words is not None
    said = []
    for name, target in (("power", words.power), ("assurance", words.assurance)):
        known = [r for r in results.planning if isinstance(r[name], float)]
        best = max(known, key=lambda row: float(row[name]), default=None)
        if best is not None and best[name] < target:
            size = f"{count(best['locations'])} locations, {count(best['people'])} people"
            label = words.designs[best["design"]].label
            said.append(f"the highest {name} is {percentage(best[name], 0)} ({label}: {size})")
    return f" Of all rows {listed(said)}." if said else ""


def sentence(results: Results, row: Row) -> str:
    """What a row promises, with all that it rests on."""
    words = results.words.planning
    assert words is not None
    label = words.designs[row["design"]].label
    each = " in each" if words.designs[row["design"]].kind == "individual" else " a location"
    served = _served(words.designs[row["design"]], row)
    design = words.designs[row["design"]]
    start = "" if design.surveys < 2 or design.asks_others else ", who answer at the start"
    each += " and period, others each time" if design.asks_others else ""
    price = "" if row["cost"] is None else f" Its cost: {_price(row['cost'])}"
    source = f" ({words.costs.source})" if words.costs is not None else ""
    return (
        f"{label}: with {count(row['locations'])} locations and {count(row['people'])}"
        f" people{each} ({count(row['recruited'])} people in all{start}{served}) the trial would"
        f" find {difference(results.words)} with power of {power_of(results, row)} (two-sided,"
        f" {percentage(words.alpha, 0)}), at {_at(results, row)}.{_over(results, row)}"
        f"{price}{source if price else ''}{'.' if price else ''} It is the cheapest of those"
        f" declared that reaches both{_short(results, row)}.{_but(results, row)}"
    )


def _price(cost: float) -> str:
    """'£1.25 million', or '£80,000'."""
    if isinstance(cost, float) and cost < MILLION:
        return pounds(cost)
    return f"{pounds(cost / MILLION, 2)} million"


def _short(results: Results, row: Row) -> str:
    """That simulated trials fall short of the power asked for, beyond chance."""
    words, found = results.words.planning, of_trials(results, row)
    assert words is not None
    if found is None or found["found"] + NOISE * found["found_mcse"] >= words.power:
        return ""
    return f" by formula; its simulated trials fall short of {percentage(words.power, 0)} power"


def _served(design: TrialDesign, row: Row) -> str:
    """How many link workers serve half of the people, where people are allocated."""
    if design.kind != "individual":
        return ""
    workers = row["locations"] * design.workers(row["people"])
    return f"; half of them with {count(workers)} link workers"


def _over(results: Results, row: Row) -> str:
    if row["power_low"] == row["power_high"]:
        return " All of this is held: nothing is taken as uncertain."
    words = results.words.planning
    assert words is not None
    decimals = results.words.outcomes[words.outcome].decimals
    known = f", the difference too (SD {fixed(words.difference_sd, decimals)}),"
    known = known if words.difference_sd else ""
    return (
        f" Over all that is not known for sure{known} its power is {promised(row['assurance'])} on"
        f" average (assurance), and from {promised(row['power_low'])} to"
        f" {promised(row['power_high'])} in the middle 80% of what may be."
    )


def _but(results: Results, row: Row) -> str:
    """What must be known of the row, as sentences; that tests may find less is said by what its own
    simulated trials find, where there are some."""
    told = [word for word in row["warnings"].split(" | ") if word]
    found = trials_of(results, row)
    if found is not None and any(LESS in word for word in told):
        told = [word for word in told if LESS not in word]
        if of_trials(results, row) is None:
            told.append(f"its simulated trials find {percentage(found['found'], 1)}")
    return "".join(f" {word[:1].upper()}{word[1:]}." for word in told)


def _at(results: Results, row: Row) -> str:
    """The medians that power is computed at."""
    words = results.words.planning
    assert words is not None
    outcome = results.words.outcomes[words.outcome]
    own = {row["parameter"]: row["median"] for row in results.planning_known}
    months = next((r["months"] for r in results.planning_known if r["parameter"] == "cac"), None)
    over = "" if months is None else f" over {fixed(months, 0)} months"
    said = {
        "control": lambda value: f"{fixed(value, 2)} in the control arm",
        "sd": lambda value: f"an SD of {fixed(value, outcome.decimals)}",
        "correlation": lambda value: f"a correlation of {fixed(value, 2)} with the first answer",
        "retention": lambda value: f"{percentage(value, 0)} who answer at the end",
        "icc": lambda value: f"an ICC of {fixed(value, 3)}",
        "cac": lambda value: f"a CAC of {fixed(value, 2)}{over}",
        "icc_link_worker": lambda value: f"an ICC of link workers of {fixed(value, 3)}",
        "size_cv": lambda value: f"sizes that vary by a CV of {fixed(value, 2)}",
    }
    names = words.designs[row["design"]].rests_on(words.structure)
    return listed([said[name](own[name]) for name in names if own.get(name) is not None])
