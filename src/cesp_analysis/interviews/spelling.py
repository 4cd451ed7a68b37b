"""Names that differ only in case, spaces or characters that nobody sees: one name, spelled as it
was first met."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from cesp_analysis.declared.coded_files import LEVELS, CodedFile
from cesp_analysis.errors import one_line
from cesp_analysis.interviews.names import (
    CONTROL,
    as_level,
    as_named,
    compared,
    control_character,
    tidy,
)
from cesp_analysis.interviews.people import Person
from cesp_analysis.interviews.project import Code
from cesp_analysis.interviews.rows import FileRows, Note, Row, Who

FIELDS = ("coder", "code", "theme", "subtheme", "construct")
"""Names that a row has; whose words they are stands apart (Who)."""


class Spelling:
    """How each name is spelled: as it was first asked for."""

    def __init__(self) -> None:
        self.first: dict[tuple[str, str], str] = {}

    def name(self, what: str, word: str) -> str:
        """An interview, a coder or a construct; '' of ''."""
        return self.first.setdefault((what, compared(word)), tidy(word)) if word else ""

    def path(self, code: str) -> str:
        """A code, level by level: two codes below one theme are below one."""
        made = ""
        for level in code.split(LEVELS) if code else ():
            above = f"{made}{LEVELS}" if made else ""
            key = ("code", compared(above + level))
            made = above + self.first.setdefault(key, as_level(tidy(as_named(level))))
        return made

    def part(self, theme: str, subtheme: str) -> tuple[str, str]:
        """A theme and its subtheme, which may be ''."""
        above = self.path(as_level(tidy(theme)))
        below = self.path(f"{above}{LEVELS}{as_level(tidy(subtheme))}") if subtheme else ""
        return as_named(above), as_named(below.removeprefix(f"{above}{LEVELS}"))


def codes_of(codes: Iterable[Code], spelling: Spelling) -> tuple[Code, ...]:
    """The codes of a codebook, or a project, as they are spelled."""
    return tuple(
        replace(code, names=tuple(spelling.path(LEVELS.join(code.names)).split(LEVELS)))
        for code in codes
    )


def respelled_entry(file: CodedFile, spelling: Spelling) -> tuple[CodedFile, list[str]]:
    """A file's entry with its codes as they are spelled, and what is wrong with them."""
    told: dict[str, Any] = {
        "left_out": tuple(spelling.path(code) for code in file.left_out),
    }
    faults = []
    for name in ("codes", "valence_codes", "construct_codes"):
        own: Mapping[str, Any] = getattr(file, name)
        told[name] = {spelling.path(code): meaning for code, meaning in own.items()}
        if len(told[name]) < len(own):
            twice = [code for code in own if spelling.path(code) != code]
            faults.append(f"{file.path}: {name}: '{twice[0]}' is a code that stands there already,"
                          " spelled otherwise; keep one")  # fmt: skip
    if file.cleared and file.cleared.code:
        code = spelling.path(file.cleared.code)
        told["cleared"] = file.cleared.model_copy(update={"code": code})
    return file.model_copy(update=told), faults


def respelled(read: FileRows, spelling: Spelling) -> tuple[FileRows, list[str]]:
    """A file with every code, theme, coder and construct as it is spelled, with notes of those that
    it spells otherwise; and what is wrong with its entry."""
    file, faults = respelled_entry(read.file, spelling)
    codes = codes_of(read.codes, spelling)
    own = {names: _spelled(names, spelling) for names in dict.fromkeys(map(_names, read.rows))}
    own = {names: new for names, new in own.items() if new != names}
    made, places = list[Row](), dict[tuple[str, str, str], list[str]]()
    for row in read.rows if own else ():
        names = _names(row)
        new: dict[str, Any] = dict(zip(FIELDS, own.get(names, names), strict=True))
        made.append(row._replace(**new) if names in own else row)
        for field, old in zip(FIELDS, names, strict=True) if names in own else ():
            if new[field] != old and (field != "code" or file.has_codes()):
                places.setdefault((field, old, new[field]), []).append(row.place)
    notes = (*read.notes, *(_note(read.file.path, *names, of) for names, of in places.items()))
    rows = tuple(made) or read.rows
    return replace(read, file=file, rows=rows, codes=codes, notes=notes), faults


def people_respelled(
    known: Mapping[Who, Person], read: FileRows, spelling: Spelling
) -> tuple[dict[Who, Person], list[Note]]:
    """Everybody of a file by the pseudonym as it is spelled, and notes of those spelled
    otherwise."""
    made, places = {}, dict[tuple[str, str], list[str]]()
    for who, person in known.items():
        own = spelling.name("interview", person.interview)
        made[who] = person._replace(interview=own)
        if own != person.interview:
            places.setdefault((person.interview, own), []).append(read.met[who])
    notes = [_note(read.file.path, "interview", *names, of) for names, of in places.items()]
    return made, notes


Names = tuple[str, str, str, str, str]


def _names(row: Row) -> Names:
    return row.coder, row.code, row.theme, row.subtheme, row.construct


def _spelled(names: Names, spelling: Spelling) -> Names:
    """The names of a row as they are spelled."""
    coder, code, theme, subtheme, construct = names
    path = spelling.path(code)
    themes = spelling.part(theme, subtheme) if theme else (theme, subtheme)
    return (spelling.name("coder", coder), path, *themes, spelling.name("construct", construct))


def _note(path: str, what: str, word: str, spelled: str, places: list[str]) -> Note:
    """A note of a name that is spelled in two ways; characters that nobody sees are written out."""
    fact = f"rows or documents have the {what} '{one_line(word)}', which is read as '{spelled}'"
    return Note(path, f"respelled {what} {one_line(word)}", len(places), places[0], fact)


def control_characters(read: FileRows) -> Iterator[str]:
    """A line for each name of a file that holds a character which no figure and no page may."""
    heads = {LEVELS.join(code.names) for code in read.codes}
    head = f"line {read.file.header.skip + read.file.header.rows}"
    place_of = head if read.file.kind == "framework" else "its codebook"
    told = {("code", path): place_of for path in sorted(heads) if CONTROL.search(path)}
    said = FIELDS if read.file.has_codes() else [field for field in FIELDS if field != "code"]
    for field in ("excerpt", *said):
        at = Row._fields.index(field)
        words = {row[at] for row in read.rows}
        odd = {word for word in words if CONTROL.search(str(word))}
        for row in read.rows if odd else ():
            if row[at] in odd:
                told.setdefault((field, str(row[at])), row.place)
    for who, place in read.met.items():
        for field, word in zip(Who._fields, who, strict=True):
            if CONTROL.search(word):
                told.setdefault((field, word), place)
    for (field, word), place in told.items():
        yield f"{read.file.path}: {place}: {control_character(field, word)}"
