"""The tables of the section on interviews."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.declared.coded_files import LEVELS
from cesp_analysis.declared.interview_words import all_of
from cesp_analysis.interviews.names import as_named, split_list
from cesp_analysis.interviews.people_notes import FILE_ORDER
from cesp_analysis.numbers import NONE, count, counted, fixed, interval
from cesp_analysis.report.blocks import Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes
from cesp_analysis.report.results import Results

CHANGES = {
    "added": "Added",
    "lost": "Lost",
    "merged": "Merged",
    "renamed": "Renamed",
    "redefined": "Described otherwise",
}
EXCERPTS = {
    "reworded": "Excerpts with other words",
    "added": "Excerpts that are new",
    "lost": "Excerpts that are no longer there",
}
FEW = (
    " Intervals of 10 to 15 interviews hold the truth in 90% to 93% of simulated studies, not in"
    " 95%."
)
MOST = 25
"""Excerpts of a kind that are shown; recoded.csv has all."""


def codes(results: Results) -> Table:
    """The codebook: a code a row, under its theme; not those of coding for agreement alone."""
    own = [row for row in results.codes if row["kind"] == "theme" and row["counted"] == "yes"]
    groups = []
    for theme in dict.fromkeys(row["theme"] for row in own):
        part = [row for row in own if row["theme"] == theme]
        groups.append(Group(theme, tuple(_code_row(row) for row in part)))
    return Table(
        id="codes",
        caption="The codebook: codes by theme.",
        stub="Code",
        columns=(Column("What it means", "left"), Column("Excerpts")),
        groups=tuple(groups),
        csv="tables/codes.csv",
        sortable=True,
    )


def _code_row(row: Row) -> TableRow:
    code = row["code"]
    called = row["subtheme"] or (code if LEVELS in code else as_named(code))
    return TableRow(called, (row["description"] or NONE, count(row["excerpts"])))


def _called(code: str) -> str:
    """A code as lists of codes have it."""
    return ", ".join(split_list(code))


def coverage(results: Results) -> Table:
    """An interview a row, in their order: themes and codes that it has, and that are new."""
    own = {(row["by"], row["interview"]): row for row in results.theme_coverage}
    rows = []
    for (by, name), row in own.items():
        if by == "theme":
            codes = own["code", name]
            cells = [results.words.site_of(row["site"]), all_of(row["role"])]
            for one in (row, codes):
                cells += [count(one["names"]), count(one["new"]), count(one["so_far"])]
                cells.append(fixed(one["any_order"], 1))
            rows.append(TableRow(f"{row['order']}. {name}", tuple(cells)))
    columns = [Column("Site", "left"), Column("Role", "left")]
    for what in ("Themes", "Codes"):
        heads = ("All", "New", "So far", "In any order")
        columns += [Column(head, spanner=what) for head in heads]
    notes = [Note(
        "In any order: themes or codes that so many of these interviews have on average, over all"
        " orders in which they could have been held (Chiarucci et al. 2008)."
    )]  # fmt: skip
    return Table(
        id="theme_coverage",
        caption=f"What each interview adds, {order_of(results)}.",
        stub="Interview",
        columns=tuple(columns),
        groups=(Group("", tuple(rows)),),
        notes=(*notes, *shared_places(results)),
        csv="tables/theme_coverage.csv",
    )


def shared_places(results: Results) -> tuple[Note, ...]:
    """A note, if interviews share a place."""
    tied = any(row["shares_place"] == "yes" for row in results.theme_coverage)
    return (Note("Some interviews share a place in the order."),) if tied else ()


def order_of(results: Results) -> str:
    """In which order interviews stand."""
    unsaid = any(row["kind"] == "file_order" for row in results.import_notes)
    return FILE_ORDER if unsaid else "in the order in which they were held"


def agreement(results: Results) -> Table:
    """A theme a row, of all coders, then of each two: percent, kappa and alpha."""
    notes, groups = Notes(), []
    for coders in dict.fromkeys(row["coders"] for row in results.coder_agreement):
        own = [row for row in results.coder_agreement if row["coders"] == coders]
        rows = []
        for theme in dict.fromkeys(row["theme"] for row in own):
            of = {row["measure"]: row for row in own if row["theme"] == theme}
            first = of["percent"]
            cells = [count(first["marked"]), count(first["by_all"])]
            for measure in ("percent", "kappa", "alpha"):
                cells += _measured(of[measure])
            said = dict.fromkeys(row["reason"] for row in of.values() if row["reason"])
            rows.append(TableRow(theme, tuple(cells), " ".join(notes.mark(_said(s)) for s in said)))
        groups.append(Group(" and ".join(split_list(coders)), tuple(rows)))
    columns = [Column("By any", "wrap", "Excerpts"), Column("By all", "wrap", "Excerpts")]
    for measure in ("Same", "Kappa", "Alpha"):
        columns += [
            Column("n", spanner=measure),
            Column("Value", spanner=measure),
            Column(results.words.interval(), "wrap", measure),
        ]
    how = dict.fromkeys(row["method"] for row in results.coder_agreement if row["method"])
    return Table(
        id="coder_agreement",
        caption="How alike coders gave a theme, of excerpts that two of them saw.",
        stub="Theme",
        columns=tuple(columns),
        groups=tuple(groups),
        notes=(
            Note(
                "By any: excerpts that at least one coder gave the theme; by all: that every coder"
                " did who saw it; both of the n under Same. n: excerpts that count in a measure;"
                " Fleiss' kappa, of three coders or more, is of those that all of them saw. Same:"
                " the share of all pairs of codings of an excerpt that agree, also where neither"
                " gave it, so that it is high of what is rare."
                f"{FEW * any(row['ci_low'] is not None for row in results.coder_agreement)}"
            ),
            Note(f"Methods: {'; '.join(how)}."),
            *notes.notes(),
        ),
        csv="tables/coder_agreement.csv",
    )


def _measured(row: Row) -> list[str]:
    return [
        count(row["excerpts"]),
        fixed(row["estimate"], 2),
        interval(row["ci_low"], row["ci_high"], 2),
    ]


def _said(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def changes(results: Results, own: list[Row]) -> Table:
    """A code a row: what became of it."""
    groups = []
    for change, title in CHANGES.items():
        part = [row for row in own if row["change"] == change]
        if part:
            groups.append(Group(title, tuple(_change_row(row) for row in part)))
    return Table(
        id="code_changes",
        caption="Codes since the import before.",
        stub="Code",
        columns=(
            Column("Now", "left"), Column("Known by", "left"), Column("Before", spanner="Excerpts"),
            Column("Now", spanner="Excerpts"), Column("What its excerpts got", "left"),
        ),
        groups=tuple(groups),
        notes=(Note("It says what is seen: a code that was deleted where another stood on all its"
                    " excerpts looks as one merged with it."),),
        csv="tables/code_changes.csv",
    )  # fmt: skip


def _change_row(row: Row) -> TableRow:
    went = ", ".join(split_list(row["went"])) or NONE
    if row["already"]:
        had = f"{counted(row['already'], 'excerpt')} had it before"
        went = had if went == NONE else f"{went}; {had}"
    cells = (
        _called(row["into"]) or NONE,
        row["by"] or NONE,
        count(row["before"]),
        count(row["after"]),
        went,
    )
    return TableRow(_called(row["code"]), cells)


def recoded(results: Results) -> Table:
    """An excerpt that was coded otherwise a row: codes that it lost and got."""
    own = [row for row in results.recoded if row["change"] == "recoded"]
    more = len(own) - MOST
    return Table(
        id="recoded",
        caption="Excerpts that were coded otherwise in the import before.",
        stub="Excerpt",
        columns=(Column("Interview", "left"), Column("No more", "left"), Column("Now", "left")),
        groups=(Group("", tuple(_recoded_rows(own[:MOST]))),),
        notes=(Note(f"{count(more)} more stand in the CSV."),) if more > 0 else (),
        csv="tables/recoded.csv",
    )


def _recoded_rows(part: list[Row]) -> Iterator[TableRow]:
    for row in part:
        taken, given = (", ".join(split_list(row[name])) or NONE for name in ("taken", "given"))
        yield TableRow(row["excerpt"], (row["interview"], taken, given))
