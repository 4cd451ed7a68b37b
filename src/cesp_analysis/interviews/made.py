"""The tables of coded interviews, made of settled codings."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cesp_analysis.declared.coded_files import LEVELS
from cesp_analysis.interviews.meanings import Meanings
from cesp_analysis.interviews.names import listed
from cesp_analysis.interviews.people import Person
from cesp_analysis.interviews.project import Code
from cesp_analysis.interviews.rows import FileRows, Note
from cesp_analysis.interviews.settled import Settled
from cesp_analysis.interviews.tables import (
    CodeRows,
    Excerpts,
    ImportNotes,
    InterviewRows,
)

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.columns import Table


def excerpts(
    codings: Sequence[Settled], people: dict[str, Person], order: dict[str, int]
) -> "pd.DataFrame":
    """Excerpts: codings by the order of their interviews, within one as the files have them."""
    cells = map(list, zip(*codings, strict=True)) if codings else ([] for _ in Settled._fields)
    columns: dict[str, list[Any]] = dict(zip(Settled._fields, cells, strict=True))
    columns["site"] = [people[name].site for name in columns["interview"]]
    columns["role"] = [people[name].role for name in columns["interview"]]
    columns["order"] = [order[name] for name in columns["interview"]]
    for name in ("cleared", "counted"):
        columns[name] = ["yes" if one else "no" for one in columns[name]]
    return _frame(columns, Excerpts).sort_values("order", kind="stable", ignore_index=True)


def interview_rows(
    codings: Sequence[Settled],
    people: dict[str, Person],
    order: dict[str, int],
    sources: Iterable[tuple[str, str]],
) -> "pd.DataFrame":
    """InterviewRows, in their order. sources: pseudonym and document, of all there are."""
    documents: dict[str, dict[str, None]] = defaultdict(dict)
    for name, source in sources:
        documents[name] |= {source: None} if source else {}
    n = Counter(one.interview for one in codings if one.counted)
    own = {(one.interview, one.excerpt) for one in codings if one.counted}
    distinct = Counter(name for name, _ in own)
    names = sorted(people, key=order.__getitem__)
    return _frame(
        {
            "interview": names,
            "site": [people[name].site for name in names],
            "role": [people[name].role for name in names],
            "order": [order[name] for name in names],
            "sources": [listed(documents[name]) for name in names],
            "excerpts": [distinct[name] for name in names],
            "codings": [n[name] for name in names],
        },
        InterviewRows,
    )


def code_rows(
    codings: Sequence[Settled], book: Sequence[Code], files: Sequence[FileRows]
) -> "pd.DataFrame":
    """CodeRows: those of the codebook, then of projects, then others that are used."""
    known: dict[str, Code] = {}
    first: dict[str, FileRows] = {}
    held = [code for read in files for code in read.codes]
    held.sort(key=lambda code: not code.id)  # a matrix has no ids, and must not hide a project's
    for code in (*book, *held):
        known.setdefault(LEVELS.join(code.names), code)
    for read in files:
        paths = (*(LEVELS.join(code.names) for code in read.codes), *(r.code for r in read.rows))
        for path in dict.fromkeys(paths):
            first.setdefault(path, read)
            known.setdefault(path, Code("", tuple(path.split(LEVELS)), "", True))
    of = {id(read): Meanings(read.file) for read in files}
    meanings = {path: of[id(first.get(path, files[0]))].of(path) for path in known}
    used = {one.code for one in codings}
    n = Counter(one.code for one in codings if one.counted)
    own = {(one.code, one.excerpt) for one in codings if one.counted}
    distinct = Counter(code for code, _ in own)
    said = {one.code: one for one in reversed(codings)}  # where the rows name themes themselves
    themes = {path: said.get(path, meanings[path]) for path in known}
    counted = {LEVELS.join(code.names) for code in book}
    for read in files:
        if not read.file.for_agreement:
            counted |= {LEVELS.join(code.names) for code in read.codes}
            counted |= {row.code for row in read.rows}
    heads = {path for path, code in known.items() if not code.codable and path not in used}
    return _frame(
        {
            "code": list(known),
            "id": [code.id for code in known.values()],
            "theme": [themes[path].theme for path in known],
            "subtheme": [themes[path].subtheme for path in known],
            "construct": [meanings[path].construct for path in known],
            "description": [code.description for code in known.values()],
            "kind": ["heading" if path in heads else meanings[path].kind for path in known],
            "excerpts": [distinct[path] for path in known],
            "codings": [n[path] for path in known],
            "counted": ["yes" if path in counted else "no" for path in known],
        },
        CodeRows,
    )


def notes_of(notes: Sequence[Note]) -> "pd.DataFrame":
    """ImportNotes."""
    columns = {name: [getattr(one, name) for one in notes] for name in ImportNotes.columns()}
    return _frame(columns, ImportNotes)


def _frame(columns: dict[str, list[Any]], contract: "type[Table]") -> "pd.DataFrame":
    """A table in the contract's order and kinds, blanks missing."""
    import pandas as pd

    made = {}
    for name, column in contract.columns().items():
        cells = columns[name]
        if column.kind in ("text", "category"):
            made[name] = pd.Series([cell or None for cell in cells], dtype="str")
        else:
            made[name] = pd.Series(cells, dtype="int64" if column.kind == "count" else "float64")
    return pd.DataFrame(made)
