"""How many people there are: the only sums over people that the report's prose makes."""

from collections import Counter

from cesp_analysis.columns import Row
from cesp_analysis.declared.design import Moment
from cesp_analysis.numbers import listed
from cesp_analysis.report.results import Results
from cesp_analysis.withheld import Withheld, above_zero


def in_study(results: Results) -> dict[str, int]:
    """Group (site, or arm) → people in the study; empty: no outcome is of people."""
    first = next((row for row in _of_outcomes(results, "person")), None)
    if first is None:
        return {}
    same = [row for row in _of_outcomes(results, "person") if _cell(row) == _cell(first)]
    return {row["group"]: row["n_expected"] for row in same}


def empty_arms(results: Results) -> list[str]:
    """Arms that are declared and hold nobody, of people or respondents; none where no arm does.

    A number that is withheld is taken to be somebody's.
    """
    words = results.words
    held = {
        words.arm(row["group"])
        for level in words.levels()
        for row in _of_outcomes(results, level)
        if above_zero(row["n_expected"])
    }
    return [arm for arm in words.arms if held and arm not in held]


def nobody_in(results: Results) -> str:
    """The label of the arm that holds nobody; blank: each holds somebody."""
    return listed([results.words.arms[arm] for arm in empty_arms(results)])


def answered_at(results: Results, level: str) -> list[Moment]:
    """The times (or waves) at which anybody answered any outcome of a level.

    A number that is withheld is taken to be somebody's.
    """
    answered = {
        row["time"]
        for row in _of_outcomes(results, level)
        if isinstance(row["n_missing"], Withheld)
        or isinstance(row["n_expected"], Withheld)
        or row["n_missing"] < row["n_expected"]
    }
    return [moment for moment in results.words.moments(level) if moment.name in answered]


def asked_at(results: Results, level: str) -> list[Moment]:
    """The times (or waves) at which an outcome of a level is asked."""
    asked = {row["time"] for row in _of_outcomes(results, level)}
    return [moment for moment in results.words.moments(level) if moment.name in asked]


def answered_once(results: Results) -> bool:
    """Whether answers are known of one time alone, and nothing was estimated from them: nobody was
    asked again, or nobody has answered yet."""
    times = [len(answered_at(results, level)) for level in results.words.levels()]
    estimated = any(row["status"] == "estimated" for row in results.estimates)
    return bool(times) and set(times) == {1} and not estimated


def unanswered(results: Results, outcome: str, time: str) -> dict[str, tuple[int, int]]:
    """Group → people (or respondents) without an answer, and those who were expected."""
    level = results.words.outcomes[outcome].level
    return {
        row["group"]: (row["n_missing"], row["n_expected"])
        for row in _of_outcomes(results, level)
        if _cell(row) == (outcome, time)
    }


def together(counts: dict[str, tuple[int, int]]) -> tuple[int, int]:
    """All groups of `unanswered` together."""
    return sum(n for n, _ in counts.values()), sum(of for _, of in counts.values())


def last_asked(results: Results, outcome: str) -> str:
    """The last time or wave at which an outcome was asked; blank: never."""
    level = results.words.outcomes[outcome].level
    asked = {row["time"] for row in _of_outcomes(results, level) if row["outcome"] == outcome}
    there = [moment.name for moment in results.words.moments(level) if moment.name in asked]
    return there[-1] if there else ""


def respondents(results: Results) -> dict[str, int]:
    """Wave → respondents, in the study's order; empty: there was no survey."""
    found: Counter[str] = Counter()
    for row in results.survey_waves:
        found[row["wave"]] += row["respondents"]
    return {
        moment.name: found[moment.name]
        for moment in results.words.waves
        if above_zero(found[moment.name])
    }


def invited(results: Results) -> tuple[int, int]:
    """Complete interviews and invitations, of all waves and sites; (0, 0): no frame is known."""
    rows = results.dispositions
    return sum(row["complete"] for row in rows), sum(row["invited"] for row in rows)


def off_their_window(results: Results) -> tuple[int, int]:
    """Visits of a time with a window that were early or late, and all visits of such a time."""
    visits = results.visits if results.leaves("visits") else []
    rows = [row for row in visits if row["time"] in results.words.windows]
    off = sum(row["early"] + row["late"] for row in rows)
    return off, off + sum(row["within"] for row in rows)


def link_workers(results: Results) -> int:
    """Link workers with people of the study; 0: none is known."""
    if results.public:  # their own rows stay inside
        return int(max((row["link_workers"] or 0 for row in results.rates), default=0))
    rated = {row["group"] for row in results.rates if row["of"] == "link_worker"}
    met = {row["group"] for row in results.contacts if row["of"] == "link_worker"}
    return len(rated | met)


def _of_outcomes(results: Results, level: str) -> list[Row]:
    groups = results.words.groups()
    return [
        row
        for row in results.missing
        if row["level"] == level and row["outcome"] and row["group"] in groups
    ]


def _cell(row: Row) -> tuple[str, str]:
    return row["outcome"], row["time"]
