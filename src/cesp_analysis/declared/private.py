"""What of a raw file may leave the raw folder."""

from collections.abc import Iterable

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.columns import PARTS, REDCAP, ItemRange, Items, columns_of, questions_of
from cesp_analysis.declared.crosswalk import MODES
from cesp_analysis.declared.design import Place
from cesp_analysis.declared.files import From, RawFile, Variable
from cesp_analysis.declared.ids import Ids
from cesp_analysis.declared.instruments import StateColumn


class Passing(Frozen):
    """Which cells of a column are nobody's words: short numbers always (but not among dates), and
    what config declares. Other cells are masked.

    words: declared values and codes; ranges: of numbers, however long; formats: of dates;
    anything: the column's words are its values, e.g. neighbourhoods.
    """

    words: tuple[str, ...] = ()
    ranges: tuple[tuple[float, float], ...] = ()
    any_number: bool = False
    no_number: bool = False
    formats: tuple[str, ...] = ()
    anything: bool = False

    def __or__(self, other: "Passing") -> "Passing":
        """What either lets pass: a column may be declared for two purposes."""
        return Passing(
            words=tuple(dict.fromkeys((*self.words, *other.words))),
            ranges=(*self.ranges, *other.ranges),
            any_number=self.any_number or other.any_number,
            no_number=self.no_number and other.no_number,
            formats=(*self.formats, *other.formats),
            anything=self.anything or other.anything,
        )


class Answers(Frozen):
    """Of a file in long format: the columns of question and answer, and what answers may pass to
    which questions; answers to others are masked."""

    question: str
    answer: str
    kept: dict[str, Passing]


class Private(Frozen):
    """What of a raw file's columns leaves the raw folder: ids as pseudonyms, of `kept` what may
    pass. Of everything else processed tables know only which cells are blank.

    named: 'rows.COLUMN' or 'left_out.COLUMN' → ids that config names, in its order; workers: of
    the ids those that are names of link workers.
    """

    ids: tuple[str, ...] = ()
    workers: tuple[str, ...] = ()
    kept: dict[str, Passing] = {}
    named: dict[str, tuple[str, ...]] = {}
    answers: Answers | None = None
    decimal: str = "."
    period: tuple[str, str] | None = None


class Names(Frozen):
    """What the study calls its sites, arms and times: raw files may call them so too."""

    sites: tuple[Place, ...] = ()
    arms: dict[str, str] = {}
    times: tuple[str, ...] = ()

    def of(self, part: str) -> tuple[str, ...]:
        """The names of 'site', 'arm' or 'time'."""
        if part == "site":
            return tuple(word for site in self.sites for word in (site.name, site.label))
        return (*self.arms, *self.arms.values()) if part == "arm" else self.times


def ids_of(file: RawFile) -> tuple[str, ...]:
    """Columns of ids and of link workers' names.

    A link worker's name that config translates (`values:`) is the study's own word already.
    """
    worker = file.link_worker
    ids = [file.unit] if file.unit else []
    ids += [file.raw_name(v.column or name) for name, v in file.variables.items() if v.type == "id"]
    if worker is not None and worker.column and not worker.values:
        ids.append(worker.column)
    return tuple(ids)


def ids_of_people(file: RawFile) -> Ids:
    """Columns that hold ids of people or respondents; not those of other rows."""
    own = (file.unit,) if file.unit and file.level != "other" else ()
    linking = tuple(
        file.raw_name(v.column or name) for name, v in file.variables.items() if v.type == "id"
    )
    columns = (*own, *linking)
    anonymous = own if file.level == "respondent" and not set(own) & set(linking) else ()
    return Ids(columns=columns, of_respondents=anonymous, named=_named(file, columns))


def _named(file: RawFile, ids: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {
        f"{part}.{column}": values
        for part in ("rows", "left_out")
        for column, values in getattr(file, part).items()
        if column in ids
    }


def private_columns(
    file: RawFile, items: Items, names: Names, period: tuple[str, str] | None
) -> Private:
    """Ids are pseudonymised; free text, what is not declared and what fits no declaration stay."""
    ids = ids_of(file)
    passing = _passing(file, items, names)
    texts = {
        column
        for name, entry in file.variables.items()
        if entry.type == "text"
        for column in file.variable_columns(name)
    }
    kept = [name for name in columns_of(file, items) if name not in {*ids, *texts}]
    kept += REDCAP if file.redcap else ()
    long = file.long_format
    questions = [name for name in questions_of(file, items) if name not in texts]
    worker = file.link_worker
    return Private(
        ids=ids,
        workers=(worker.column,) if worker and worker.column in ids and worker.column else (),
        kept={name: passing.get(name, Passing()) for name in kept},
        named=_named(file, ids),
        answers=Answers(
            question=long.question,
            answer=long.answer,
            kept={name: passing.get(name, Passing()) for name in questions},
        )
        if long
        else None,
        decimal=file.decimal_marks(),
        period=period,
    )


def _passing(file: RawFile, items: Items, names: Names) -> dict[str, Passing]:
    """Raw column, or question, → what of it may pass."""
    found: dict[str, Passing] = {}

    def add(column: str, passing: Passing) -> None:
        found[column] = found[column] | passing if column in found else passing

    for chosen in (file.rows, file.left_out):
        for column, values in chosen.items():
            add(column, Passing(words=values))
    for part in PARTS:
        source = getattr(file, part)
        if source is not None and source.column is not None:
            add(source.column, _of_part(part, source, names, file.missing))
    for name, entry in file.variables.items():
        codes = file.asked(name).values
        passing = _of_variable(entry, file.missing) if codes is None else _codes(codes, entry, file)
        for column in file.variable_columns(name):
            add(column, passing)
    for instrument in file.instruments:
        state = file.instruments[instrument]
        if isinstance(state, StateColumn):
            add(file.raw_name(state.state), _of_states(state, items[instrument], file.missing))
        for item, asked in items[instrument].items():
            if not isinstance(state, str) and item not in state.columns:
                continue
            codes = file.asked(f"{instrument}.{item}").values
            allowed = Passing(words=file.missing, ranges=((asked.low, asked.high),))
            if codes is not None:
                allowed = Passing(words=(*codes, *file.missing))
            add(file.item_column(instrument, item), allowed)
    if file.redcap:
        for column in REDCAP:
            add(column, Passing(anything=True))  # REDCap's own names of events and forms
    if file.long_format is not None:
        add(file.long_format.question, Passing(words=tuple(questions_of(file, items))))
    return found


def _of_states(
    state: StateColumn, items: dict[str, ItemRange], missing: tuple[str, ...]
) -> Passing:
    """Of a column of states: from all items at their lowest to all at their highest."""
    wanted = state.digits({item: allowed.optional for item, allowed in items.items()})
    ends = [[getattr(items[item], end) for item in wanted] for end in ("low", "high")]
    low, high = (float("".join(f"{level:g}" for level in levels) or 0) for levels in ends)
    return Passing(words=missing, ranges=((low, high),))


def _codes(codes: Iterable[str], entry: Variable, file: RawFile) -> Passing:
    """Of a question that the file codes in its own way: its codes."""
    return Passing(words=(*codes, *entry.missing, *file.missing))


def _of_part(part: str, source: From, names: Names, missing: tuple[str, ...]) -> Passing:
    if part == "date":
        return Passing(words=missing, formats=source.format or ("%Y-%m-%d",), no_number=True)
    if part == "weight":
        return Passing(words=missing, any_number=True)
    declared = tuple(source.values or ())
    if part == "mode":
        return Passing(words=(*(declared or MODES), *missing))
    if part in ("time", "site", "arm"):
        return Passing(words=declared or names.of(part))
    return Passing(words=(*declared, *missing), anything=not declared)


def _of_variable(entry: Variable, missing: tuple[str, ...]) -> Passing:
    codes = (*entry.missing, *missing)
    if entry.type == "category":
        return Passing(words=(*(entry.values or ()), *codes))
    if entry.type == "date":
        return Passing(words=codes, formats=entry.format or ("%Y-%m-%d",), no_number=True)
    if entry.values is not None:
        return Passing(words=(*entry.values, *codes))
    if entry.range is None:
        return Passing(words=codes, any_number=True)
    return Passing(words=codes, ranges=(entry.range,))
