"""Who was asked and who answered: dispositions and response rates."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.numbers import NONE, count, counted, fixed, interval, percentage
from cesp_analysis.report.blocks import Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.survey_cells import by_wave, cells_of
from cesp_analysis.withheld import above_zero

_CASES = {
    "complete": ("I", "complete interview"),
    "partial": ("P", "partial interview"),
    "refusal": ("R", "refusal"),
    "non_contact": ("NC", "non-contact"),
    "other": ("O", "other"),
    "unknown_household": ("UH", "not known whether anybody lives there"),
    "unknown_other": ("UO", "not known whether eligible, for another reason"),
    "not_eligible": ("NE", "not eligible"),
    "uncoded": ("No code", ""),
}
"""Disposition → AAPOR's letters, and what they say."""
_RATES = {
    "RR1": "Response, RR1", "RR3": "Response, RR3", "RR5": "Response, RR5",
    "COOP1": "Cooperation, COOP1", "REF1": "Refusal, REF1", "CON1": "Contact, CON1",
}  # fmt: skip


def dispositions(results: Results) -> Table:
    """How invitations ended, by wave and site."""
    words, rows = results.words, results.dispositions
    shown = [name for name in _CASES if any(above_zero(row[name]) for row in rows)]
    lines, notes = [], Notes()
    for wave, site in cells_of(results, rows):
        row = next(r for r in rows if (r["wave"], r["site"]) == (wave, site))
        mark = notes.mark(sentence(row["remark"])) if row["remark"] else ""
        cells = (
            count(row["invited"]),
            count(row["records"]),
            fixed(row["difference"], 0),
            *(count(row[name]) for name in shown),
            fixed(row["eligible"], 3),
        )
        lines.append((wave, TableRow(words.group(site), cells, mark)))
    return Table(
        id="dispositions",
        caption="What became of invitations (AAPOR's dispositions), beside the survey's records.",
        stub="Wave and site",
        columns=(
            Column("Invited"),
            Column("Records"),
            Column("Less interviews"),
            *(Column(_CASES[name][0]) for name in shown),
            Column("e"),
        ),
        groups=by_wave(results, lines),
        notes=(
            Note(
                f"{_letters(shown)}. e: share of those of unknown eligibility that count as"
                f" eligible, {rows[0]['eligible_by']}. Less interviews: records less complete and"
                " partial interviews."
            ),
            *_in_no_row(rows[0]),
            *notes.notes(),
        ),
        csv="tables/dispositions.csv",
    )


def _in_no_row(row: Row) -> Iterator[Note]:
    """Invitations that the frame places nowhere, where there are some."""
    if above_zero(row["aside"]):
        yield Note(
            f"Not in this table, nor in any rate: {counted(row['aside'], 'row')} of the frame that"
            f" cleaning set aside ({row['aside_why']})."
        )


def _letters(shown: list[str]) -> str:
    """What the heads of the dispositions say: 'R: refusal; NC: non-contact'."""
    known = (_CASES[name] for name in shown)
    return "; ".join(f"{letters}: {words}" for letters, words in known if words)


def response_rates(results: Results) -> Table:
    """AAPOR's rates by wave and site."""
    words = results.words
    known = {(r["wave"], r["site"], r["rate"]): r for r in results.response}
    groups = words.groups()
    titled = []
    for moment in words.waves:
        lines = []
        for name, label in _RATES.items():
            cells: list[str] = []
            for group in groups:
                row = known.get((moment.name, group, name))
                cells += [percentage(row["value"], 1), _between(row)] if row else [NONE, NONE]
            lines.append(TableRow(label, tuple(cells)))
        titled.append(Group(moment.label, tuple(lines)))
    first = next(iter(results.response))
    return Table(
        id="response",
        caption="Response by AAPOR's standard definitions. Each invitation counts once.",
        stub="Rate",
        columns=tuple(
            Column(header, "right", words.group(group))
            for group in groups
            for header in ("Rate", f"{100 * first['ci_level']:g}% interval")
        ),
        groups=tuple(titled),
        notes=(
            Note(
                "RR1 counts every case of unknown eligibility as eligible, RR5 none, RR3 the share"
                " e; a rate with e in it is no proportion of counts and has no interval. Wilson's"
                " intervals take invitations as independent of each other, which those of one"
                " neighbourhood are not. All rates and their formulas are in the CSV."
            ),
        ),
        csv="tables/response.csv",
    )


def _between(row: Row) -> str:
    if row["ci_low"] is None:
        return NONE
    return interval(100 * row["ci_low"], 100 * row["ci_high"], 1)
