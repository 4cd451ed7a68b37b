"""The raw files that a draft is made of, read once: how each is written, what its columns hold."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cesp_analysis.declared.file_forms import Header, Redcap, Written
from cesp_analysis.distinct import as_text
from cesp_analysis.errors import CespError
from cesp_analysis.intake.finding import Finding, answers_in, declared_codes, finding_of
from cesp_analysis.intake.layout import layout_of
from cesp_analysis.intake.personal import names_a_person, personal_in
from cesp_analysis.intake.read import read_raw
from cesp_analysis.intake.redcap import Field
from cesp_analysis.new_study.companions import NO_ANSWERS, fields_in, is_form, is_syntax
from cesp_analysis.new_study.text_points import has_text_points

RAW = "data/raw"
_LABEL = 4  # words: a longer label is a question, which may speak of anybody's name
_SPELT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ø": "o",
     "Ø": "O", "æ": "ae", "Æ": "Ae", "ł": "l", "Ł": "L"}
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One raw column; codes: code → label, as the file or its dictionary has them; declared: codes
    in it that the file declares missing."""

    name: str
    label: str
    codes: dict[str, str]
    found: Finding
    form: str = ""
    declared: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """Its name as config could call it."""
        return slug(self.name)

    @property
    def personal(self) -> bool:
        """Whether its name, its short label or its answers say who somebody is."""
        label = self.label.split(" | ")[0]
        called = [self.slug, *([plain(label)] if len(label.split()) <= _LABEL else [])]
        return any(map(names_a_person, called)) or bool(personal_in(self.found.answers))


@dataclass(frozen=True)
class Table:
    """One raw file, or one sheet of it, as a draft sees it.

    file: how it is written, with paths as config will have them; name: its entry; platform: who
    wrote it, '' if unknown; text_points: whether a sheet has text in which a point stands where
    decimals do, beside commas in other text.
    """

    name: str
    file: Written
    records: int
    columns: dict[str, Column]
    platform: str = ""
    remarks: tuple[str, ...] = ()
    fields: tuple[Field, ...] = field(default=(), repr=False)
    text_points: bool = False


@dataclass(frozen=True)
class Given:
    """A file that somebody names: where it lies, and where in data/raw it will lie."""

    origin: Path
    name: str

    @property
    def path(self) -> str:
        """As config will have it."""
        return f"{RAW}/{self.name}"


def slug(text: str) -> str:
    """A name of small letters, digits and underscores, at most 40 of them; '' if none is left.
    Letters with marks are written without them, as they are without the keys: ö is oe, é is e."""
    return plain(text)[:40].strip("_")


def plain(text: str) -> str:
    """The same, however long it is."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).translate(_SPELT))
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", bare)
    return re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_")


def tables_of(given: Sequence[Given], whole: bool = True) -> list[Table]:
    """Every table in the files; raises CespError with a line for each that cannot be read.

    `whole`: no other file was named, so that each dictionary's export must be among them.
    """
    problems: list[str] = []
    syntaxes = [one for one in given if is_syntax(one.origin)]
    dictionaries = {one: fields for one in given if (fields := fields_in(one.origin))}
    tables: list[Table] = []
    for one in given:
        if one in syntaxes or one in dictionaries:
            continue
        try:
            found = list(_tables(one, dictionaries, syntaxes))
        except CespError as error:
            problems += error.problems
            continue
        if is_form({str(table.file.sheet): set(table.columns) for table in found}):
            problems.append(f"{one.origin}: {NO_ANSWERS}")
        tables += found
    if problems or not whole:
        raise CespError(problems)
    used = {path for table in tables for path in table.file.companions().values()}
    for one in (*syntaxes, *dictionaries):
        if one.path not in used:
            kind = "LimeSurvey's syntax file" if one in syntaxes else "a REDCap data dictionary"
            problems.append(
                f"{one.origin}: is {kind}, and no export among the files has its columns; name its"
                " export, too, or leave it out"
            )
    if problems:
        raise CespError(problems)
    return _named_apart(tables)


def _tables(
    one: Given, dictionaries: dict[Given, tuple[Field, ...]], syntaxes: Sequence[Given]
) -> Iterator[Table]:
    if one.origin.stat().st_size == 0:
        raise CespError(f"{one.origin}: the file is empty; export it again")
    layouts = layout_of(one.origin)
    if not layouts:
        raise CespError(f"{one.origin}: no sheet holds a table; leave it out")
    left_out: list[str] = []
    for layout in layouts:
        how = layout.how
        name = slug(Path(one.name).stem) or "file"
        if len(layouts) > 1:
            name = (slug(str(how.sheet)) or name) if len(slug(str(how.sheet))) > 3 else name
        try:
            table = _table(name, one, how, dictionaries, syntaxes)
        except CespError as error:
            if len(layouts) == 1:
                raise
            left_out += [f"sheet '{how.sheet}': {line}" for line in error.problems]
            continue
        notes = tuple(f"Left out: {line.replace(f'{one.origin}: ', '')}" for line in left_out)
        if table.file.redcap is not None and table.file.redcap.labelled:
            layout = replace(layout, repeated={})  # the dictionary names the columns
        yield replace(table, remarks=(*table.remarks, *layout.doubts(), *notes))
        left_out = []


def _table(
    name: str,
    one: Given,
    how: Written,
    dictionaries: dict[Given, tuple[Field, ...]],
    syntaxes: Sequence[Given],
) -> Table:
    """One table, with the companion that says what its columns are, if there is one."""
    for syntax in syntaxes:
        named = how.model_copy(update={"header": Header(syntax=str(syntax.origin))})
        if how.kind_of_file() == "csv" and (table := _if_readable(name, one, named)):
            return _moved(replace(table, platform="limesurvey"), syntax.path)
    best, held = None, 0
    for dictionary, fields in dictionaries.items():
        for labelled in (False, True):
            redcap = Redcap(dictionary=str(dictionary.origin), labelled=labelled)
            update = {"redcap": redcap} | ({"header": Header()} if labelled else {})
            table = _if_readable(name, one, how.model_copy(update=update))
            common = len({column.column for column in fields} & set(table.columns) if table else ())
            if table and common > max(held, len(fields) / 2):
                full = replace(table, platform="redcap", fields=fields)
                best, held = _moved(full, dictionary.path), common
    if best is not None:
        return best
    return _moved(_read(name, one, how))


def _if_readable(name: str, one: Given, how: Written) -> Table | None:
    """The table, if this is how it can be read: a companion may belong to another file."""
    try:
        return _read(name, one, how)
    except CespError:
        return None


def _read(name: str, one: Given, how: Written) -> Table:
    frame = as_text(read_raw(one.origin, how))
    labels, said = frame.attrs.get("labels", {}), frame.attrs.get("column_labels", {})
    forms = frame.attrs.get("forms", {})
    columns = {}
    for column in map(str, frame.columns[1:]):
        answers, _ = answers_in(frame, column)
        codes, form = labels.get(column, {}), forms.get(column, "")
        found = finding_of(answers)
        label = column if how.header.names == "joined" else str(said.get(column, ""))
        declared = declared_codes(frame, column)
        columns[column] = Column(column, label, codes, found, form, declared)
    file = how.model_copy(update={"path": one.path})
    points = has_text_points(one.origin, how, {n: c.found for n, c in columns.items()})
    return Table(name, file, len(frame), columns, _platform(columns), text_points=points)


def _moved(table: Table, companion: str = "") -> Table:
    """The same table, its companion's path as config will have it."""
    file = table.file
    if file.redcap:
        redcap = file.redcap.model_copy(update={"dictionary": companion})
        file = file.model_copy(update={"redcap": redcap})
    elif file.header.syntax:
        header = file.header.model_copy(update={"syntax": companion})
        file = file.model_copy(update={"header": header})
    return replace(table, file=file)


def _platform(columns: dict[str, Column]) -> str:
    """Which survey platform wrote the table, by columns that it alone has."""
    if {"redcap_event_name", "redcap_repeat_instrument"} & set(columns):
        return "redcap"
    slugs = {column.slug for column in columns.values()}
    labels = {slug(column.label.split(" | ")[0]) for column in columns.values()}
    if "response_id" in slugs | labels and {"status", "finished"} & (slugs | labels):
        return "qualtrics"
    if {"submitdate", "lastpage"} <= slugs or {"date_submitted", "last_page"} <= slugs:
        return "limesurvey"
    if {"_index"} <= set(columns) and {"_uuid", "_parent_index", "_submission_time"} & set(columns):
        return "kobo"
    return "jisc" if {"URN", "CompletionDate"} <= set(columns) else ""


def _named_apart(tables: list[Table]) -> list[Table]:
    seen: dict[str, int] = {}
    result = []
    for table in tables:
        seen[table.name] = seen.get(table.name, 0) + 1
        number = seen[table.name]
        name = table.name if number == 1 else f"{table.name[:36]}_{number}"
        result.append(replace(table, name=name))
    return result
