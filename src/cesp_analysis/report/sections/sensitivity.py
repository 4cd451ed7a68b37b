"""If those who are lost differ: imputed estimates under other assumptions, and tipping points."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.missing.last_time import model_of
from cesp_analysis.missing.sensitivity_words import Places, places_of
from cesp_analysis.missing.tipping_words import (
    NO_DIFFERENCE,
    important_reading,
    tipping_paragraph,
)
from cesp_analysis.numbers import NONE, count, fixed, interval
from cesp_analysis.report.blocks import (
    Block,
    Bullets,
    Callout,
    Column,
    Group,
    Heading,
    Note,
    Paragraph,
    Table,
)
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.sections.missing_shifts import point_of
from cesp_analysis.report.sections.missing_summary import at_last

ABOUT = (
    "What people would have answered who did not is not in these data, and no analysis of those who"
    " did can show it. So the imputed estimates are made again under other assumptions; a note to"
    " each row says in one sentence what it assumes. Complete records are described, not defended:"
    " they answer for nobody who is lost. Only primary outcomes are pushed (all, of a model without"
    " one): conclusions rest on them. An assumption that gives no estimate says why in a note."
)
TWO_VARIANCES = (
    "Reference-based rows are made in two ways. Conditional means with the jackknife say what the"
    " estimate would vary by in repeated studies where the assumption holds. Bayesian imputation"
    " with Rubin's rules is information-anchored: its uncertainty is that of missing at random from"
    " the same answers, and its variance the larger one. The reference is the change of the"
    " control, not its level. These rows know the outcome alone, by arm, and no auxiliaries: what a"
    " reference changes is to be read beside missing at random of the outcome alone, which is made"
    " in the same way, and not beside missing at random by imputation."
)
TIPPING = (
    "How much lower or higher would those who are lost have to have answered before the interval"
    " says something else? What was imputed {each} is shifted by its own amount, at all times but"
    " the reference, and pooled again. How far is too far to believe is for the reader to say: each"
    " shift is given in SDs of the answers at the reference time too. An interval that leaves open"
    " whether there is a difference does not say that there is none."
)


def sensitivity(results: Results) -> Iterator[Block]:
    """Both figures, a table of assumptions, a sentence for each tipping point."""
    rows = results.sensitivity
    if not rows:
        return
    yield Heading(1, "If those who are lost differ", "sensitivity")
    yield Paragraph(ABOUT)
    yield from figure(results, "assumptions_person")
    yield from _table(results, at_last(results, rows))
    if any(row["variance"] == "jackknife" for row in rows):
        yield Callout("note", "Two variances", TWO_VARIANCES)
    points = at_last(results, results.tipping_points)
    if points:
        yield Heading(2, "Tipping points", "tipping-points")
        places = places_of(results.words.sites, results.words.arms)
        yield Paragraph(TIPPING.format(each=places.at(f"each {places.each}")))
        yield from figure(results, "tipping_person")
        yield Bullets(tuple(_points(results, points, places)))


def _name(results: Results, row: Row) -> str:
    words = results.words
    when = f", {words.moment(row['time']).label}" if row["time"] else ""
    model = words.models[model_of(row)].label
    return f"{words.outcomes[row['outcome']].label}{when}: {model}"


def _table(results: Results, rows: list[Row]) -> Iterator[Table]:
    notes, groups = Notes(), []
    for name in dict.fromkeys(row["estimate_id"] for row in rows):
        own = [row for row in rows if row["estimate_id"] == name]
        decimals = results.words.outcomes[own[0]["outcome"]].decimals
        lines = tuple(_line(row, decimals, notes) for row in own)
        groups.append(Group(f"{_name(results, own[0])} ({own[0]['unit']})", lines))
    yield Table(
        id="sensitivity_rows",
        caption=f"Estimates under each assumption on missing answers{_when(results, rows)}.",
        stub="Assumption",
        columns=(
            Column("Estimate"),
            Column(results.words.interval()),
            Column("Variance", "left"),
            Column("People"),
            Column("Imputed"),
        ),
        groups=tuple(groups),
        notes=(
            *notes.notes(),
            Note(
                "People: who enter; imputed: of them with an imputed answer. The intervals know"
                " sampling error and, where answers are imputed, imputing; not that an assumption"
                f" may be wrong. {_others(results, rows)}"
            ),
        ),
        csv="tables/sensitivity.csv",
    )


def _when(results: Results, rows: list[Row]) -> str:
    """Which times a table's rows are of, for its caption; '' where they hold for all."""
    times = list(dict.fromkeys(row["time"] for row in rows))
    if len(times) > 1:
        return ", each at the last time of its outcome"
    return f", {results.words.moment(times[0]).label}" if times[0] else ""


def _others(results: Results, rows: list[Row]) -> str:
    other = "Other times and " if len(rows) < len(results.sensitivity) else ""
    return f"{other or 'Their '}Monte Carlo errors: in the CSV."


def _line(row: Row, decimals: int, notes: Notes) -> TableRow:
    there = row["status"] == "estimated"
    marks = notes.mark(row["sentence"])
    marks = marks if there else f"{marks} {notes.mark(sentence(row['reason']))}"
    cells = (
        fixed(row["estimate"], decimals) if there else "not estimable",
        interval(row["ci_low"], row["ci_high"], decimals),
        row["variance"] if there else NONE,
        count(row["n_units"]),
        count(row["n_imputed"]),
    )
    return TableRow(row["label"], cells, marks)


def _points(results: Results, rows: list[Row], places: Places) -> Iterator[str]:
    """A paragraph for each estimate and value."""
    for estimate, of in dict.fromkeys((row["estimate_id"], row["of"]) for row in rows):
        found = [row for row in rows if (row["estimate_id"], row["of"]) == (estimate, of)]
        first = found[0]
        decimals = results.words.outcomes[first["outcome"]].decimals
        read = NO_DIFFERENCE if of == "none" else important_reading(first["value"], decimals)
        points = [(point_of(row), row["in_sd"]) for row in found]
        said = tipping_paragraph(points, read, first["unit"], decimals, places)
        yield f"{_name(results, first)}. {said}"
