"""What a study found, in plain words: sizes first, ranges always, no verdict."""

from collections.abc import Iterator
from typing import NamedTuple

from cesp_analysis.columns import Row
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.declared.wording import Wording
from cesp_analysis.feasibility.worst import ORDER
from cesp_analysis.numbers import counted, fixed, listed
from cesp_analysis.report.headcounts import answered_once, nobody_in
from cesp_analysis.report.main_estimates import main_estimates
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.missing_patterns import primary
from cesp_analysis.withheld import Withheld

MOST = 3
"""Outcomes of people, and of residents, that are told; the key findings have all."""
PERCENT = "percentage points"
NO_GAP = "So there may be no gap at all."


class Ways(NamedTuple):
    """How two groups can differ: words for more and for less."""

    up: str
    down: str


MOVED, STOOD = Ways("further up", "further down"), Ways("higher", "lower")


def found(results: Results) -> Iterator[str]:
    """A line for each main outcome, and one for the progression criteria."""
    told = list(_gaps(results))
    yield from told
    if told:
        level = 100 * results.words.study.ci_level
        yield (
            f"Luck alone makes about {100 - level:g} in 100 ranges of the first kind miss the"
            " truth."
        )
    elif results.words.one_group():
        yield from _changes(results)
    elif empty := nobody_in(results):
        yield f"Nobody was in the {empty} group, so that there was no gap to work out."
        yield from _changes(results)
    elif answered_once(results):
        yield "Nobody has answered again: no change can be told, and no gap that came after."
    else:
        yield _nothing(results)
    yield from _criteria(results)


TOGETHER = "All times taken together"
"""When an estimate is of no time: one effect for all that follow the first."""


def _nothing(results: Results) -> str:
    """Why no gap is told."""
    if any(isinstance(row["estimate"], Withheld) for row in results.estimates):
        return "How far the groups were apart is not told: too few people stood behind it."
    return "How far the groups were apart could not be worked out."


def _gaps(results: Results) -> Iterator[str]:
    for level in results.words.levels():
        rows = main_estimates(results, level)[:MOST]
        yield from (_gap(results, row) for row in rows if row["status"] == "estimated")


def _gap(results: Results, row: Row) -> str:
    """How far the groups were apart, and between what this may lie."""
    words, outcome = results.words, results.words.outcomes[row["outcome"]]
    here, there = sides(words)
    ways = MOVED if "change" in row["estimand"] else STOOD
    verb = "had moved" if ways is MOVED else "was"
    when = f"By {words.moment(row['time']).label}" if row["time"] else TOGETHER
    if len(words.levels()) > 1 and outcome.level == "respondent":
        when = f"Among residents, {when[0].lower()}{when[1:]}"
    size, unit = _size(row["estimate"], outcome, row["unit"])
    alike = " Those who started alike were compared." if "equal baseline" in row["estimand"] else ""
    if row["estimate"] == 0:
        said = f"{when}, {outcome.label} {verb} alike {here} and {there}."
    else:
        way = ways.up if row["estimate"] > 0 else ways.down
        said = f"{when}, {outcome.label} {verb} {size} {unit} {way} {here} than {there}."
    return f"{said}{alike}{_better(outcome)}{_ranges(row, outcome, ways)}"


def _ranges(row: Row, outcome: Outcome, ways: Ways) -> str:
    """Where the gap may lie: by luck of who took part; by what else happens to places, which makes
    it wider, whatever rounding leaves of that."""
    if row["ci_low"] is None:
        return ""
    own = _between(row["ci_low"], row["ci_high"], outcome, row["unit"], ways)
    said = f" Allowing for the luck of who took part, the true gap most likely lies {own}"
    if row["ci_low_shock"] is not None:
        wide = _between(row["ci_low_shock"], row["ci_high_shock"], outcome, row["unit"], ways)
        said += " Places also change for reasons of their own. Allowing for that as well, "
        alike = "the range is wider, by less than these rounded numbers show."
        said += alike if wide == own else f"it may lie {wide}"
    return said


def _between(low: float, high: float, outcome: Outcome, unit: str, ways: Ways) -> str:
    (one, _), (other, _) = (_size(end, outcome, unit) for end in (low, high))
    if low > 0:
        return f"from {one} to {other} {ways.up}."
    if high < 0:
        return f"from {other} to {one} {ways.down}."
    return f"from {one} {ways.down} to {other} {ways.up}. {NO_GAP}"


def _size(value: float, outcome: Outcome, unit: str) -> tuple[str, str]:
    """A number without its sign, and what it counts; shares in percentage points."""
    if unit.startswith("proportion"):
        return fixed(abs(100 * value), max(outcome.decimals - 2, 0)), PERCENT
    return fixed(abs(value), outcome.decimals), unit


def _better(outcome: Outcome) -> str:
    ways = {"higher_is_better": " Higher is better.", "lower_is_better": " Lower is better."}
    return ways.get(outcome.direction, "")


def sides(words: Wording) -> tuple[str, str]:
    """'at Trafford' and 'at Wexmoor'; of several sites or none: 'in the CESP group'."""
    if words.one_against_one():
        own = {site.arm: site.label for site in words.sites}
        return f"at {own['intervention']}", f"at {own['control']}"
    return f"in the {words.arms['intervention']} group", f"in the {words.arms['control']} group"


def _changes(results: Results) -> Iterator[str]:
    """Of one group, or the one arm that holds people: how those who answered at both times
    changed."""
    words = results.words
    for outcome in primary(words, list(words.outcomes))[:MOST]:
        rows = [row for row in results.changes if row["outcome"] == outcome and _told(row["mean"])]
        if len({row["group"] for row in rows}) == 1:
            yield _change(results, rows[-1])


def _told(mean: float | None) -> bool:
    """Whether there is a change to tell of."""
    return not isinstance(mean, Withheld) and bool(mean)


def _change(results: Results, row: Row) -> str:
    words, outcome = results.words, results.words.outcomes[row["outcome"]]
    size, unit = _size(row["mean"], outcome, outcome.unit)
    way = "up" if row["mean"] > 0 else "down"
    said = f"By {words.moment(row['time']).label}, {outcome.label} had gone {way} by {size} {unit}."
    if row["ci_low"] is None:
        return said
    between = _between(row["ci_low"], row["ci_high"], outcome, outcome.unit, Ways("up", "down"))
    between = between.replace(NO_GAP, "So there may be no change at all.")
    return f"{said} Allowing for the luck of who took part, it most likely lies {between}"


def _criteria(results: Results) -> Iterator[str]:
    """How many of the study's tests for a larger one came out in each colour."""
    own = [row for row in results.progression if row["kind"] != "overall"]
    if not own:
        return
    zones = [(zone, sum(row["zone"] == zone for row in own)) for zone in ORDER]
    told = listed([f"{n} {zone.replace('assessed', 'judged yet')}" for zone, n in zones if n])
    yield (
        f"The team had set {counted(len(own), 'test')} for going on to a larger study. Green means"
        " as hoped, amber that something has to change, red that there is a serious problem."
        f" Found: {told}."
    )
    reds = [row["label"] for row in own if row["zone"] == "red"]
    if reds:
        yield f"The red {'one' if len(reds) == 1 else 'ones'}: {'; '.join(reds)}."
