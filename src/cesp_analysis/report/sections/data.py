"""The raw files, what became of their records, and the problems found in them."""

from collections.abc import Iterator

from cesp_analysis.cells import MASKS
from cesp_analysis.columns import Row
from cesp_analysis.declared.problems import KINDS, OF_IDS
from cesp_analysis.declared.source_list import Source
from cesp_analysis.declared.wording import ASIDE, KEPT, OTHER_ENTRY
from cesp_analysis.numbers import count
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Paragraph, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results


def data(results: Results) -> Iterator[Block]:
    """Files with their records in and out; reasons for setting aside; problems by kind."""
    yield Heading(1, "Data", "data")
    total = sum(row["raw"] for row in results.account)
    kept = sum(row["raw"] for row in results.account if row["status"] == "kept")
    n = len({file.path for file in results.words.files.values()})
    files = "1 file" if n == 1 else f"{n} files"
    yield Paragraph(
        f"Of {count(total)} raw records in {files}, {count(kept)} were"
        f" kept and {count(total - kept)} set aside; the ledger names each of them. Raw files are"
        " never changed."
    )
    yield _files(results)
    if results.linking:
        yield _linking(results)
    yield _sources(results)
    if results.corrections:
        yield _corrections(results)
    if results.problems:
        yield _problems(results)
    else:
        yield Paragraph("No problem was found in any raw record.")


def _files(results: Results) -> Table:
    shared = any(row["status"] == OTHER_ENTRY for row in results.account)
    rows = [_file(results, name, shared) for name in results.words.files]
    elsewhere = (Column("In another entry"),) if shared else ()
    note = Note(
        "In another entry: another entry of the file keeps these, or says why they were set aside."
        " Several entries may keep a record; the sum above counts it once."
    )
    return Table(
        id="account",
        caption="Raw files and what became of their records.",
        stub="File",
        columns=(
            Column("One row is", "left"),
            Column("Records"),
            Column("Kept"),
            *elsewhere,
            Column("Set aside"),
            Column("Because", "left"),
        ),
        groups=(Group("", tuple(rows)),),
        notes=(note,) if shared else (),
        csv="tables/account.csv",
    )


def _file(results: Results, name: str, shared: bool) -> TableRow:
    words = results.words
    own = [row for row in results.account if row["file"] == name]
    totals = {
        status: sum(row["records"] for row in own if row["status"] == status)
        for status in (KEPT, *([OTHER_ENTRY] if shared else []), ASIDE)
    }
    aside = {row["reason"]: row["records"] for row in own if row["status"] == ASIDE}
    because = "; ".join(f"{reason.replace('_', ' ')} {count(n)}" for reason, n in aside.items())
    numbers = (count(sum(totals.values())), *map(count, totals.values()))
    row_is = _source(results, words.files[name].path).row
    return TableRow(words.place(name), (row_is, *numbers, because))


def _linking(results: Results) -> Table:
    rows = []
    for row in results.linking:
        place = results.words.place(row["file"])
        stub = f"{place}: {row['variable']}" if row["variable"] else place
        counts = ("linked", "kept", "people", "without", "unlinked", "unlinked_ids", "blank")
        rows.append(TableRow(stub, tuple(count(row[name]) for name in counts)))
    return Table(
        id="linking",
        caption="Records linked to the register of people by their ids.",
        stub="File",
        columns=(
            Column("Records", "right", "Linked"),
            Column("of these kept", "right", "Linked"),
            Column("People", "right", "Linked"),
            Column("People without a record"),
            Column("Records", "right", "Not linked"),
            Column("Ids", "right", "Not linked"),
            Column("Without id"),
        ),
        groups=(Group("", tuple(rows)),),
        csv="tables/linking.csv",
    )


def _sources(results: Results) -> Table:
    rows = []
    for path in results.words.raw:
        source = _source(results, path)
        rows.append(TableRow(path, (source.supplier, source.received, source.licence)))
    return Table(
        id="sources",
        caption="Where the raw files came from (data/raw/SOURCES.yaml).",
        stub="File",
        columns=tuple(Column(name, "left") for name in ("Supplier", "Received", "Licence")),
        groups=(Group("", tuple(rows)),),
    )


def _source(results: Results, path: str) -> Source:
    """The entry of SOURCES.yaml, which names files within its own folder."""
    folder = results.sources_file.parent.as_posix()
    return results.sources[path.removeprefix(f"{folder}/")]


def _corrections(results: Results) -> Table:
    groups = []
    for file in dict.fromkeys(row["file"] for row in results.corrections):
        rows = [
            TableRow(
                row["column"], (str(row["line"]), _cell(row["was"]), _cell(row["now"]), row["why"])
            )
            for row in results.corrections
            if row["file"] == file
        ]
        groups.append(Group(results.words.place(file), tuple(rows)))
    return Table(
        id="corrections",
        caption="Known errors of the source that were corrected (data/raw/CORRECTIONS.yaml).",
        stub="Column",
        columns=(Column("Line"), *(Column(name, "left") for name in ("Raw file", "Used", "Why"))),
        groups=tuple(groups),
        notes=(Note("The raw files themselves are as they were received."),),
        csv="tables/corrections.csv",
    )


def _cell(value: str) -> str:
    return f"‘{value}’" if value else "(blank)"


def _problems(results: Results) -> Table:
    grouped: dict[tuple[str, str, str, str], list[Row]] = {}
    for row in results.problems:
        key = (row["file"], row["kind"], row["column"], _action(row["action"]))
        grouped.setdefault(key, []).append(row)
    groups = []
    for file in dict.fromkeys(key[0] for key in grouped):
        rows = [_problem(key, found) for key, found in grouped.items() if key[0] == file]
        groups.append(Group(file, tuple(rows)))
    return Table(
        id="problems",
        caption="Problems found in the raw data, and what was done.",
        stub="Column",
        columns=(
            Column("Problem", "left"),
            Column("Records"),
            Column("First line"),
            Column("Raw value there", "left"),
            Column("What was done", "left"),
        ),
        groups=tuple(groups),
        notes=(Note("The CSV lists every problem with its line."),),
        csv="tables/data_problems.csv",
    )


def _action(action: str) -> str:
    return "read as the declared value" if action.startswith("read as") else action


def _problem(key: tuple[str, str, str, str], found: list[Row]) -> TableRow:
    _, kind, column, action = key
    first = found[0]
    cells = (KINDS[kind], count(len(found)), str(first["line"]), _shown(kind, first), action)
    return TableRow(column or "(record)", cells)


def _shown(kind: str, row: Row) -> str:
    """The raw value, shortened; ids of people are printed on no page."""
    value = row["value"]
    if kind in OF_IDS:
        return "(an id)"
    if not value or value in MASKS:
        return value or "(blank)"
    return f"‘{value if len(value) <= 24 else value[:23] + '…'}’"
