"""Key findings beside those of outcomes: net benefit, the trial that could follow, interviews."""

from collections.abc import Iterator

from cesp_analysis.economics.ratio_words import pounds
from cesp_analysis.economics.words import APPROACHES
from cesp_analysis.integration.tables import TO_BE_WRITTEN
from cesp_analysis.numbers import count, counted, listed
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.economics_tables import of_base
from cesp_analysis.report.sections.planning_sentence import power_of, promised


def valued(results: Results) -> Iterator[str]:
    """Net benefit at the first threshold, with its interval."""
    words = results.words.economics
    if words is None or not results.economics:
        return
    first = words.thresholds[0]
    own = [row for row in of_base(results) if row["threshold"] == first]
    known = [row for row in own if row["status"] == "estimated"]
    if not known:
        why = "is not told" if results.public else "could not be estimated"
        yield f"Costs and QALYs: net benefit at {pounds(first)} a QALY {why}."
        return
    told = [
        (f"{APPROACHES[row['approach']].lower()} " if len(known) > 1 else "")
        + f"{pounds(row['estimate'])} ({results.words.interval()} {pounds(row['ci_low'])} to"
        f" {pounds(row['ci_high'])})"
        for row in known
    ]
    said = f"net benefit at {pounds(first)} a QALY, a person: {listed(told)}."
    alone = " The intervals know sampling error alone." * results.words.one_against_one()
    yield f"Costs and QALYs: {said}{alone}"


def planned(results: Results) -> Iterator[str]:
    """The cheapest design that reaches power and assurance, or that none does."""
    words = results.words.planning
    if words is None or not results.planning:
        return
    outcome = results.words.outcomes[words.outcome].label
    before = f"The trial that could follow, planned by {outcome}:"
    best = next((row for row in results.planning if row["cheapest"] == "yes"), None)
    if best is not None:
        yield (
            f"{before} the cheapest declared design that reaches the power and assurance asked for"
            f" has {count(best['locations'])} locations and {count(best['recruited'])} people"
            f" ({words.designs[best['design']].label}): power {power_of(results, best)},"
            f" assurance {promised(best['assurance'])}."
        )
        return
    reached = {row["reaches"] for row in results.planning}
    if "both" in reached:
        yield f"{before} some declared sizes reach the power and the assurance asked for."
    elif "not_known" in reached:
        yield f"{before} whether a declared size reaches what is asked for is not known of all."
    else:
        yield f"{before} no declared size reaches both the power and the assurance asked for."


def inferred(results: Results) -> Iterator[str]:
    """What people inferred from interviews beside numbers, in counts of constructs."""
    rows = [row["inference"] for row in results.joint_display if row["inference"]]
    if not rows:
        return
    kinds = [kind for kind in dict.fromkeys(rows) if kind != TO_BE_WRITTEN]
    told = [f"{rows.count(kind)} {kind}" for kind in kinds]
    said = f" people inferred {listed(told)}" if told else " nobody has inferred anything yet"
    left = rows.count(TO_BE_WRITTEN)
    rest = f"; of {left} it is still to be written" if left and told else ""
    yield f"Interviews beside the numbers: of {counted(len(rows), 'construct')}{said}{rest}."
