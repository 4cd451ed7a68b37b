"""Missing data: who is missing, in which patterns, and what predicts it."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.describe.answering import ANSWERED, DIED, WITHDREW, Answering, Differs
from cesp_analysis.describe.answering import Group as Answered
from cesp_analysis.report.blocks import Block, Bullets, Heading, Paragraph
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.sections.imputation import imputation
from cesp_analysis.report.sections.missing_counts import missing_counts
from cesp_analysis.report.sections.missing_patterns import missing_patterns
from cesp_analysis.report.sections.missing_predictors import labelled, missing_predictors
from cesp_analysis.report.sections.missing_summary import missing_summary

_SEEN = (
    "What follows describes people by what is known of them, before and at the first time. The dead"
    " are set aside, and the largest differences are named, in standard deviations. Whether those"
    " without an answer would have answered otherwise than others like them cannot be seen in any"
    " table: every analysis assumes something of it."
)


def missing_data(results: Results) -> Iterator[Block]:
    """Counts, maps, patterns and predictors of missing answers; how they were imputed."""
    levels = results.words.levels()
    if not levels:
        return
    yield Heading(1, "Missing data", "missing_data")
    yield from missing_summary(results)
    yield Heading(2, "Who is missing", "who_is_missing")
    patterns = results.missing_patterns if results.leaves("missing_patterns") else []
    if results.leaves("missing_patterns"):
        yield Paragraph(_SEEN)
    if patterns:
        yield Bullets(tuple(sentences(results)))
    for level in levels:
        yield from figure(results, f"missingness_{level}")
        yield missing_counts(results, level)
        if level == "person" and any(row["item"] for row in results.missing):
            yield from figure(results, "missing_items_person")
    if patterns:
        yield Heading(2, "Patterns", "patterns_of_missing")
        yield missing_patterns(results)
        yield Heading(2, "What predicts a missing answer", "predictors_of_missing")
        yield from missing_predictors(results)
    if results.words.imputed:
        yield from imputation(results)


def sentences(results: Results) -> Iterator[str]:
    """One for each outcome of people, of its last time."""
    words = results.words
    for name, outcome in words.outcomes.items():
        rows = [row for row in results.missing_patterns if row["outcome"] == name]
        if rows:
            yield f"{outcome.label}. {answering(results, name, rows).sentence()}"


def answering(results: Results, outcome: str, rows: list[Row]) -> Answering:
    """Who answered an outcome at its last time; rows: its patterns."""
    words = results.words
    last = rows[0]["times"].split(", ")[-1]
    groups = [group for group in words.groups() if any(row["group"] == group for row in rows)]
    differs = [
        Differs(
            label=labelled(words, row),
            share=row["scale"] == "share",
            value=row["difference"],
            low=row["difference_low"],
            high=row["difference_high"],
        )
        for row in results.missing_predictors
        if (row["outcome"], row["time"]) == (outcome, last)
        and row["difference"] is not None
        and row["variable"] not in ("site", "arm")  # told by the counts
    ]
    return Answering(
        time=words.moment(last).label,
        groups=tuple(_group(words.group(group), group, rows) for group in groups),
        differs=tuple(differs),
        interval=words.interval(),
        primary=words.outcomes[outcome].role == "primary",
    )


def _group(label: str, group: str, rows: list[Row]) -> Answered:
    own = [(row["pattern"].split(", ")[-1], row["n"]) for row in rows if row["group"] == group]

    def of(word: str) -> int:
        return sum(n for found, n in own if found == word)

    return Answered(label, sum(n for _, n in own), of(ANSWERED), of(WITHDREW), of(DIED))
