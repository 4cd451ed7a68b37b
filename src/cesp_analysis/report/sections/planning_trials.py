"""Simulated trials: what each analysis finds, and how well its numbers are what they say."""

from collections.abc import Iterator

from cesp_analysis.columns import Row as Read
from cesp_analysis.declared.planning_words import PlanningWords
from cesp_analysis.numbers import NONE, count, fixed, percentage
from cesp_analysis.planning.words import ANALYSED, DRAWN
from cesp_analysis.report.blocks import Column, Group, Note, Row, Table
from cesp_analysis.report.notes import Notes
from cesp_analysis.report.results import Results
from cesp_analysis.withheld import Rounded, Withheld

READ = (
    "In brackets: Monte Carlo standard errors. Found: percent of trials whose interval lies apart"
    " from 0 where the difference is there; false alarms: where it is not. Coverage: percent of"
    " intervals that hold the truth. Errors: the mean standard error that trials report over the SD"
    " of their estimates: 1 is right, below 1 too sure. Failed: trials without an answer, of both"
    " kinds; other numbers leave them out."
)

MIDDLE = "Of the declared numbers of people the middle one is simulated (simulated_people: others)."


def trials(results: Results) -> Table:
    """A row a size, by design and analysis; trials with a difference and without it."""
    words = results.words.planning
    assert words is not None
    notes = Notes()
    there, without = [], dict[str, str]()
    for (design, analysis, drawn), rows in _by_analysis(results).items():
        title = f"{words.designs[design].label}: {ANALYSED[analysis]}{DRAWN[drawn]}"
        lines = tuple(_lines(results, rows, notes))
        there += [Group(title, lines)] if lines else []
        if not lines:
            without[title] = rows[0]["reason"]
    difference = "The difference is there"
    return Table(
        id="planning_simulated",
        caption="Simulated trials, beside what the formula promises.",
        stub="Locations × people",
        columns=(
            Column("Trials"),
            Column("Found, %", "phrase", difference),
            Column("By formula, %", "wrap", difference),
            Column("Bias", "phrase", difference),
            Column("Coverage, %", "phrase", difference),
            Column("Errors", "phrase", difference),
            Column("False alarms, %", "phrase"),
            Column("Failed"),
        ),
        groups=tuple(there),
        notes=(
            Note(READ),
            *([Note(MIDDLE)] if _of_middle(words) else []),
            *(
                Note(f"Not in the table: {title}. {_sentence(why)}")
                for title, why in without.items()
            ),
            *notes.notes(),
        ),
        csv="tables/planning_trials.csv",
    )


def _of_middle(words: PlanningWords) -> bool:
    """Whether more numbers of people are looked at than are simulated, and nobody chose which."""
    own = [words.designs[name] for name in words.simulated]
    return any(len(one.people) > 1 and not one.simulated_people for one in own)


def _by_analysis(results: Results) -> dict[tuple[str, str, str], list[Read]]:
    found: dict[tuple[str, str, str], list[Read]] = {}
    for row in results.planning_trials:
        found.setdefault((row["design"], row["analysis"], row["drawn"]), []).append(row)
    return found


def _lines(results: Results, rows: list[Read], notes: Notes) -> Iterator[Row]:
    """A line for each size of which there are trials."""
    for size in dict.fromkeys((row["locations"], row["people"]) for row in rows):
        own = {r["truth"]: r for r in rows if (r["locations"], r["people"]) == size}
        if any(row["trials"] > 0 for row in own.values()):
            marks = [notes.mark(_sentence(word)) for row in own.values() for word in _said(row)]
            stub = f"{count(size[0])} × {count(size[1])}"
            yield Row(stub, _cells(results, own), " ".join(dict.fromkeys(marks)))


def _cells(results: Results, own: dict[str, Read]) -> tuple[str, ...]:
    words = results.words.planning
    assert words is not None
    decimals = results.words.outcomes[words.outcome].decimals + 1
    with_it, without = own.get("difference"), own.get("none")
    blank = (NONE,) * 5
    return (
        " + ".join(count(row["trials"]) for row in (with_it, without) if row is not None),
        *(blank if with_it is None else _performance(with_it, decimals)),
        NONE if without is None else _share(without, "found"),
        count(sum(row["failed"] for row in own.values())),
    )


def _performance(row: Read, decimals: int) -> tuple[str, ...]:
    return (
        _share(row, "found"),
        percentage(row["formula"], 1).rstrip("%"),
        _with_error(fixed(row["bias"], decimals), fixed(row["bias_mcse"], decimals)),
        _share(row, "coverage"),
        _errors(row),
    )


def _share(row: Read, name: str) -> str:
    """A share in percent with its Monte Carlo error."""
    value, error = (percentage(row[key], 1).rstrip("%") for key in (name, f"{name}_mcse"))
    return _with_error(value, error)


def _errors(row: Read) -> str:
    """The trials' own standard errors over the SD of their estimates (Morris, White and Crowther
    2019, Table 6, as a ratio)."""
    off = row["relative_error"]
    if off is None or isinstance(off, Withheld):
        return NONE
    if isinstance(off, Rounded):  # of two errors with two digits each
        return fixed(1 + off, 1)
    return _with_error(fixed(1 + off, 3), fixed(row["relative_error_mcse"], 3))


def _with_error(value: str, error: str) -> str:
    return value if NONE in (value, error) else f"{value} ({error})"


def _said(row: Read) -> list[str]:
    return [word for word in (row["reason"], *row["warnings"].split(" | ")) if word]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
