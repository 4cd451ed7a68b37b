"""Limitations that the records bring: who crossed, who is lost, who answered how; the plan."""

from typing import Any

from cesp_analysis.columns import Row
from cesp_analysis.numbers import count, counted, fixed, in_words, listed, percent, shared
from cesp_analysis.report.headcounts import (
    invited,
    last_asked,
    nobody_in,
    off_their_window,
    respondents,
    together,
    unanswered,
)
from cesp_analysis.report.limitation import EITHER_WAY, TO_NO_DIFFERENCE, Limitation
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.missing_patterns import primary
from cesp_analysis.report.sections.survey_cells import MODES
from cesp_analysis.withheld import Withheld, above_zero

APART = 0.05
"""Shares of people lost that differ by more than this between groups are told of."""


def contamination(results: Results) -> Limitation | None:
    """People of the control arm who used what the intervention offers."""
    rows = _last(results, "used")
    used = [row for row in rows if above_zero(row["ever"])]
    if not used:
        return None
    told = [
        f"{in_words(row['ever'])} of {in_words(row['n'])} {_whose(row)} of"
        f" {results.words.group(row['group'])}{_unknown(row)}"
        for row in used
    ]
    said = f"{used[0]['label']}, in the control arm: {listed(told)}."
    return Limitation("Contamination of controls", said, TO_NO_DIFFERENCE, ("people",))


def contamination_not_asked(results: Results) -> Limitation | None:
    """Nobody knows whether controls used what the intervention offers."""
    words = results.words
    if not words.models or words.contamination or nobody_in(results):
        return None
    said = "Nobody was asked whether people of the control arm used what the other arm offers."
    return Limitation("Contamination not asked", said, TO_NO_DIFFERENCE, ("study",))


def moved(results: Results) -> Limitation | None:
    """People who moved to a site of the other arm."""
    rows = [row for row in _last(results, "moved") if above_zero(row["ever"])]
    if not rows:
        return None
    told = [
        f"{in_words(row['ever'])} of {in_words(row['n'])} from {results.words.group(row['group'])}"
        for row in rows
    ]
    said = f"People moved to a site of the other arm: {listed(told)}."
    return Limitation("Moved across", said, TO_NO_DIFFERENCE, ("people", "follow_up"))


def _last(results: Results, kind: str) -> list[Row]:
    """Rows of one kind, each group's and level's at the last time at which it is told; what has no
    time is of all times."""
    order = [moment.name for moment in (*results.words.times, *results.words.waves)]
    order.append("")
    own = [row for row in results.contamination if row["kind"] == kind]
    by_time = sorted(own, key=lambda row: order.index(row["time"]))
    return list({(row["level"], row["group"]): row for row in by_time}.values())


def _unknown(row: Row) -> str:
    known = not above_zero(row["ever_unknown"])
    return "" if known else f" (of {in_words(row['ever_unknown'])} more it is not known)"


def _whose(row: Row) -> str:
    return "people" if row["level"] == "person" else "respondents"


def _of_main(results: Results) -> tuple[str, str, dict[str, tuple[int, int]]]:
    """The first main outcome of people, its last time, who gave no answer; blank: none is asked."""
    words = results.words
    own = [name for name, outcome in words.outcomes.items() if outcome.level == "person"]
    for outcome in primary(words, own)[:1]:
        if time := last_asked(results, outcome):
            return outcome, time, unanswered(results, outcome, time)
    return "", "", {}


def loss(results: Results) -> Limitation | None:
    """People whose answer is missing at the end."""
    outcome, time, counts = _of_main(results)
    lost, of = together(counts)
    if not above_zero(lost):
        return None
    words = results.words
    by = [
        f"{words.group(group)} {_of_group(results, n, whole)}{shared(n, whole)}"
        for group, (n, whole) in counts.items()
    ]
    each = f": {listed(by)}" if 1 < len(by) <= 4 else ""
    said = (
        f"{words.outcomes[outcome].label} is not known of {results.part(lost, of)} people at"
        f" {words.moment(time).label}{shared(lost, of)}{each}."
    )
    where = ("missing_data", *(("sensitivity",) if results.sensitivity else ()))
    return Limitation("People without an answer", said, EITHER_WAY, where)


def _of_group(results: Results, number: Any, whole: Any) -> str:
    """'32 of 108'; of a withheld whole how many alone."""
    return in_words(number) if isinstance(whole, Withheld) else results.part(number, whole)


def differing_loss(results: Results) -> Limitation | None:
    """One group lost more than another."""
    outcome, time, counts = _of_main(results)
    if any(isinstance(n, Withheld) for pair in counts.values() for n in pair):
        return None
    shares = {group: n / whole for group, (n, whole) in counts.items() if whole}
    if len(shares) < 2 or max(shares.values()) - min(shares.values()) <= APART:
        return None
    words = results.words
    most, least = max(shares, key=shares.__getitem__), min(shares, key=shares.__getitem__)
    said = (
        f"{words.outcomes[outcome].label} at {words.moment(time).label} is not known of more of"
        f" {words.group(most)} than of {words.group(least)}: {percent(shares[most], 1)} against"
        f" {percent(shares[least], 1)}."
    )
    direction = "In favour of the group that lost those who did badly"
    return Limitation("Loss differs between groups", said, direction, ("missing_data",))


def late_visits(results: Results) -> Limitation | None:
    """Answers that were given before or after the window of their time."""
    off, of = off_their_window(results)
    if not off:
        return None
    said = f"{count(off)} of {count(of)} visits were before or after the window of their time."
    return Limitation("Visits outside their window", said, "Not known", ("follow_up",))


def non_response(results: Results) -> Limitation | None:
    """Most who are invited to a survey do not answer."""
    answered, asked = invited(results)
    if not asked:
        return None
    of_all = (row["value"] for row in results.response if row["rate"] == "RR1")
    rates = [value for value in of_all if not isinstance(value, Withheld) and value]
    ends = dict.fromkeys(fixed(100 * end(rates), 0) for end in (min, max)) if rates else {}
    span = f"{' to '.join(ends)}%" if ends else "not known"
    led = f"{results.rounded(asked)} invitations led to {results.rounded(answered)}"
    said = (
        f"{led.capitalize()} complete interviews; response (RR1) by wave and site: {span}. Weights"
        " mend what their margins tell, and no more."
    )
    direction = "Towards those who like to answer"
    return Limitation("Non-response to the surveys", said, direction, ("survey_data",))


def no_frame(results: Results) -> Limitation | None:
    """How many of those who were invited answered is not known."""
    if not respondents(results) or results.dispositions:
        return None
    said = "No frame of invitations is declared: how many of those invited answered is not known."
    return Limitation("Response not known", said, "Not known", ("survey_data",))


def modes(results: Results) -> Limitation | None:
    """Waves or sites that were asked in other ways."""
    asked: dict[tuple[str, str], set[str]] = {}
    for row in results.survey_waves:
        asked.setdefault((row["wave"], row["site"]), set()).add(row["mode"])
    ways = {mode for own in asked.values() for mode in own}
    some = sorted(mode for mode in ways if any(mode not in own for own in asked.values()))
    if not some:
        return None
    named = listed([MODES[mode].lower() for mode in some])
    said = (
        f"Not in every wave and site: {named}. A change that comes with another way of asking"
        " cannot be told from one of the community."
    )
    return Limitation("Other ways of asking", said, EITHER_WAY, ("survey_data",))


def plan_not_locked(results: Results) -> Limitation | None:
    """Nothing shows what was planned."""
    if results.locks or not results.words.models:
        return None
    said = "The analysis plan is not locked: nothing shows which analyses were chosen beforehand."
    return Limitation("Plan not locked", said, "Towards what somebody hoped to find", ("plan",))


def locked_after_data(results: Results) -> Limitation | None:
    """Data were there when the plan was locked."""
    days = [lock for lock in results.locks[:1] if lock["received"]]
    if not days:
        return None
    said = (
        f"Some data had been received on {days[0]['received']}; the plan was locked on"
        f" {days[0]['date']}. That nobody had looked is nowhere shown."
    )
    where = ("deviations",)
    return Limitation("Plan locked after data", said, "Towards what somebody hoped to find", where)


def plan_changed(results: Results) -> Limitation | None:
    """The plan is not as it was first locked."""
    changes = len(results.plan_changes)
    if not changes:
        return None
    said = f"{counted(changes, 'setting')} of the plan changed after it was first locked."
    return Limitation("Plan changed", said, "Towards what somebody hoped to find", ("deviations",))


def many_estimates(results: Results) -> Limitation | None:
    """Many looks: some intervals miss by chance."""
    made = [row for row in results.estimates if row["status"] == "estimated"]
    if len(made) < 2:
        return None
    sure = sum(row["role"] == "confirmatory" for row in results.planned.values())
    miss = 100 * (1 - results.words.study.ci_level)
    said = (
        f"{counted(len(made), 'estimate')}, {sure or 'none'} of them confirmatory. Of intervals"
        f" that nobody chose beforehand about {miss:g} in 100 miss the truth by chance alone."
    )
    return Limitation(
        "Many estimates", said, "Towards large ones, where the largest is picked", ("plan",)
    )
