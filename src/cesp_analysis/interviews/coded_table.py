"""Tables of excerpts and of coded segments: CSV or XLSX, a row for each coding."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cesp_analysis.csv_lines import Wrong
from cesp_analysis.declared.coded_files import CodedFile
from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError, few, no_such
from cesp_analysis.interviews.names import compared, path_of
from cesp_analysis.interviews.rows import FileRows, Note, Row, Who, noted

if TYPE_CHECKING:
    import pandas as pd

_WHOLE = re.compile(r"[0-9]{1,12}")


def table_of(path: Path, written: Written) -> "tuple[pd.DataFrame, list[Note]]":
    """A table as text, blanks as ''; `line` as a number. Notes: rows that a sheet hides or that
    settings cut off. Raises CespError if it cannot be read as declared."""
    from cesp_analysis.distinct import as_text
    from cesp_analysis.intake.read import read_raw
    from cesp_analysis.intake.sheets import unread_sheets

    frame = as_text(read_raw(path, written))
    if frame.empty:
        raise CespError(f"{written.path}: holds column names but no records; export it again")
    if written.kind_of_file() == "xlsx" and written.sheet is None:
        try:
            unread_sheets({"": written.model_copy(update={"path": str(path)})})
        except CespError as error:
            fact = str(error).removeprefix(f"{path}: ").replace("config.yaml: files.: ", "")
            raise CespError(f"{written.path}: {fact}") from None
    hidden = [f"line {line}" for line in frame.attrs.get("hidden_rows", ())]
    cut = [f"line {line}" for line in frame.attrs.get("cut", {}).get("below", ())]
    text = frame.drop(columns="line").fillna("").apply(lambda cells: cells.str.strip())
    text.insert(0, "line", frame["line"])
    text.attrs["merged_across"] = frame.attrs.get("merged_across", ())
    shown = written.path
    return text, [
        *noted(shown, "hidden_rows", hidden, "rows that the sheet hides are read like the others"),
        *noted(shown, "cut_rows", cut, "rows below last_line are not read"),
    ]


def lacking(file: str, named: dict[str, str], there: list[str]) -> Iterator[str]:
    """One line for each column that is declared and that a table does not have."""
    for place, column in named.items():
        if column not in there:
            known = [name for name in there if name != "line"]
            yield f"{file}: {place}: {no_such('column', column, known, 'it has')}"


def read_coded_table(path: Path, name: str, file: CodedFile) -> FileRows:
    """A file of the kind excerpts or segments; `name`: its entry, of which ids are made where it
    has none. Raises CespError with all that is wrong."""
    table, notes = table_of(path, file.written())
    named = {f"columns.{what}": column for what, column in file.columns.named().items()}
    if file.cleared and file.cleared.column:
        named["cleared.column"] = file.cleared.column
    if faults := list(lacking(file.path, named, [str(one) for one in table.columns])):
        raise CespError(faults)
    return _Coded(file, name, table, [*notes, *unknown_marks(table, file)]).read()


class _Coded:
    """A table's cells by what they are to the study, and what is found on the way."""

    def __init__(
        self, file: CodedFile, name: str, table: "pd.DataFrame", notes: list[Note]
    ) -> None:
        self.file, self.name, self.notes = file, name, notes
        self.lines: list[int] = table["line"].tolist()
        self.cells: dict[str, list[str]] = {
            what: table[column].tolist() for what, column in file.columns.named().items()
        }
        self.paths: dict[tuple[str, ...], list[str]] = {}
        self.blank = (table.drop(columns="line") == "").all(axis=1).tolist()
        self.cleared = cleared_in(table, file)
        self.wrong = Wrong(Path(file.path))
        self.ids: dict[tuple[object, ...], str] = {}

    def read(self) -> FileRows:
        """All rows; CespError with what is wrong with any."""
        rows: list[Row] = []
        met: dict[Who, str] = {}
        uncoded, empty = [], []
        for i, line in enumerate(self.lines):
            place = f"line {line}"
            if self.blank[i]:
                empty.append(place)
                continue
            who = self._who(i)
            if not (who.interview or who.source):
                self.wrong.add(line, "says of nobody whose words these are; fill the cell in")
            met.setdefault(who, place)
            found = list(self._codings(i, place, who))
            rows += found
            uncoded += [] if found else [place]
        if told := self.wrong.told():
            raise CespError(told)
        self.notes += noted(self.file.path, "uncoded", uncoded, "rows have no code, and are no"
                            " codings; who is named there counts as interviewed")  # fmt: skip
        self.notes += noted(self.file.path, "blank_rows", empty, "rows are blank")
        return FileRows(self.file, tuple(rows), met, (), tuple(self.notes))

    def _cell(self, what: str, i: int) -> str:
        cells = self.cells.get(what)
        return cells[i] if cells else ""

    def _who(self, i: int) -> Who:
        return Who(*(self._cell(what, i) for what in Who._fields))

    def _codings(self, i: int, place: str, who: Who) -> Iterator[Row]:
        start, end = self._position("start", i), self._position("end", i)
        if start is not None and end is not None and end < start:
            self.wrong.add(self.lines[i], f"ends at {end}, before it begins at {start}; correct it")
        text = self._cell("text", i)
        codes = self._codes(i)
        excerpt = self._excerpt(i, who, (start, end, text)) if codes else ""
        for code in codes:
            yield Row(
                place,
                excerpt,
                who,
                self._cell("coder", i) or self.file.coder,
                code,
                self._cell("theme", i),
                self._cell("subtheme", i),
                self._cell("construct", i),
                self._cell("valence", i),
                start,
                end,
                text,
                self.cleared[i],
            )

    def _codes(self, i: int) -> list[str]:
        """The codes of a row, each as a path; of excerpts without them theme and subtheme."""
        names: tuple[str, ...] = (self._cell("code", i),)
        if "code" not in self.cells:
            names = self._cell("theme", i), self._cell("subtheme", i)
            if names[1] and not names[0]:
                self.wrong.add(self.lines[i], "has a subtheme and no theme; fill the theme in")
        if (known := self.paths.get(names)) is None:  # many rows have the same few
            known = self.paths.setdefault(names, self._paths(*names))
        return known

    def _paths(self, name: str, below: str | None = None) -> list[str]:
        """The codes of a cell; of a theme (below: its subtheme) one, if it has a name."""
        if below is not None:
            return [path_of([name, below], None)] if name else []
        parts = name.split(self.file.between) if self.file.between else [name]
        own = (path_of([one], self.file.hierarchy) for one in parts)
        return [path for path in dict.fromkeys(own) if path]

    def _excerpt(self, i: int, who: Who, content: tuple[int | None, int | None, str]) -> str:
        """The row's excerpt: its id, or one made for what stands at the same place."""
        if "excerpt" in self.cells:
            if not self._cell("excerpt", i):
                self.wrong.add(self.lines[i], "has a code and no excerpt id; fill it in")
            return self.file.prefix + self._cell("excerpt", i)
        start, end, text = content
        whose = compared(who.source), compared(who.interview)
        told = content != (None, None, "")
        key = (*whose, start, end, " ".join(text.split())) if told else (i,)
        return self.ids.setdefault(key, f"{self.file.prefix or f'{self.name}:'}{len(self.ids) + 1}")

    def _position(self, what: str, i: int) -> int | None:
        cell = self._cell(what, i)
        if cell and not _WHOLE.fullmatch(cell):
            self.wrong.add(self.lines[i], f"{what}: '{cell}' is no whole number of characters; name"
                           " a column that holds them, or none")  # fmt: skip
            return None
        return int(cell) if cell else None


def cleared_in(table: "pd.DataFrame", file: CodedFile) -> list[bool]:
    """Whether each row of a table is marked as cleared by its column."""
    if file.cleared is None or file.cleared.column is None:
        return [False] * len(table)
    return [is_cleared(str(cell), file) for cell in table[file.cleared.column]]


NO = ("", "no", "n", "false", "0")
"""Words that plainly clear nothing."""


def unknown_marks(table: "pd.DataFrame", file: CodedFile) -> list[Note]:
    """A note of words that neither clear an excerpt nor plainly say no."""
    if file.cleared is None or file.cleared.column is None:
        return []
    told = dict.fromkeys(str(cell).strip() for cell in table[file.cleared.column])
    odd = [f"'{w}'" for w in told if w.casefold() not in NO and not is_cleared(w, file)]
    fact = f"words of {file.cleared.column} are not among cleared: values, and clear nothing"
    return noted(file.path, "cleared_words", odd, fact)


def is_cleared(word: str, file: CodedFile) -> bool:
    """Whether a word is one of those that clear an excerpt, in whatever case."""
    known = file.cleared.values if file.cleared else ()
    return word.strip().casefold() in {one.strip().casefold() for one in known}


def named_twice(names: list[str]) -> str:
    """Names that stand twice, for a message."""
    return few([name for name in dict.fromkeys(names) if names.count(name) > 1], " and ")
