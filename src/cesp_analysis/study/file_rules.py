"""What must fit together in the entry of one raw file: how it is written, what a row is."""

from collections.abc import Iterator

from cesp_analysis.declared.columns import PARTS
from cesp_analysis.declared.file_forms import Header
from cesp_analysis.declared.files import FORMATS, From, FromTime, RawFile
from cesp_analysis.declared.paths import misplaced_raw
from cesp_analysis.study.crosswalk_rules import broken_ways_of_asking
from cesp_analysis.study.gaps import UNDECIDED, Gap
from cesp_analysis.study.questions import faulty_formats
from cesp_analysis.study.study import Study


def broken_file(place: str, file: RawFile, study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together in a file's entry."""
    for key, path in {"path": file.path, **file.companions()}.items():
        yield from misplaced_raw(f"{place}.{key}", path)
    if file.kind_of_file() not in FORMATS:
        yield f"{place}.path: '{file.path}' tells no format; write format: csv, xlsx, sav or dta"
    yield from _layout(place, file)
    yield from _alike(place, file, study)
    yield from _sheet(place, file, study)
    if file.lists_people and file.level != "person":
        yield f"{place}.level: the register lists people; write level: person"
    if file.lists_people and file.may_be_empty:
        yield f"{place}.may_be_empty: the register lists people; without any there is no study"
    wide = any(variable.columns for variable in file.variables.values())
    if file.long_format and (wide or file.derived):
        yield (
            f"{place}.long_format: its rows hold one answer each: neither `columns` (a column a"
            " time) nor derived variables go with it"
        )
    if file.level == "respondent" and file.time is None:
        yield Gap(f"{place}.time: say which wave its rows belong to (time: {{constant: …}})")
    untimed = file.time is None and not wide and not file.lists_people
    if file.level == "person" and untimed and file.one_row_per != "any":
        yield Gap(
            f"{place}.time: say which time its rows belong to (or one_row_per: any, if a person may"
            " have many rows at no particular time)"
        )
    if file.copies == "keep" and (file.one_row_per != "any" or file.unit is None):
        yield (
            f"{place}.copies: keep: copies are rows of their own where a unit may have many rows;"
            " write one_row_per: any (and unit), or take copies out"
        )
    if (file.lists_people or file.level == "respondent") and file.site is None and file.arm is None:
        yield Gap(f"{place}.site: say which site its rows belong to (site: {{column: …}})")
    elif (file.lists_people or file.level == "respondent") and file.site is None and study.sites:
        yield Gap(f"{place}.site: the study declares sites; say which site its rows belong to")
    if file.site is not None and file.arm is not None:
        yield f"{place}.arm: a site belongs to an arm, which says it; remove arm"
    for part in PARTS:
        source = getattr(file, part)
        if source is not None and _ways(source) != 1:
            or_by = ", or by: window" if part == "time" else ""
            yield f"{place}.{part}: write either a column or a constant{or_by}"
    if file.date is not None and file.date.column:
        yield from faulty_formats(f"{place}.date.format", file.date.format)
    if file.level == "person" and file.unit is None:
        yield Gap(f"{place}.unit: say which column holds the person's id")
    if file.weight is not None and not _is_number(file.weight.constant or "1"):
        yield f"{place}.weight.constant: must be a number, not '{file.weight.constant}'"
    yield from _unheard(place, file, study)
    yield from _moments(place, file, study)
    yield from broken_ways_of_asking(place, file)
    if file.site is not None and not study.sites:
        yield f"{place}.site: the study declares no sites; add a section sites, or remove it"


def _unheard(place: str, file: RawFile, study: Study) -> Iterator[str]:
    """What is said of people outside their register, which alone is asked for it: nothing would be
    weighted or clustered by it, and nothing say so."""
    if file.level == "respondent" or file.lists_people:
        return
    lists = {name: one for name, one in study.files.items() if one.lists_people}
    if not lists:  # that is a fault of its own
        return
    where = f" ({', '.join(f'files.{name}' for name in lists)})"
    if file.weight is not None:
        yield (
            f"{place}.weight: people's weights are those of the file that lists them{where}; put"
            " the column there, or remove this"
        )
    told = study.feasibility.link_workers if study.feasibility else None
    for part in ("neighbourhood", "link_worker"):
        named = any(getattr(one, part) is not None for one in lists.values())
        asked = part == "link_worker" and told is not None and told.file is not None
        if file.level == "person" and getattr(file, part) is not None and not (named or asked):
            yield (
                f"{place}.{part}: of people it is read from the file that lists them{where}, which"
                f" says none; write {part} there, or remove this"
            )


def _alike(place: str, file: RawFile, study: Study) -> Iterator[str]:
    """Rows are chosen in whatever case: two entries may not part a file by capitals alone."""
    for other in study.files.values():
        for column, words in file.rows.items():
            if (other.path, other.sheet) != (file.path, file.sheet) or column == file.unit:
                continue
            near = {w.casefold(): w for w in other.rows.get(column, ()) if w not in words}
            for word in words:
                if word.casefold() in near:
                    yield (
                        f"{place}.rows.{column}: '{word}' and '{near[word.casefold()]}' (in another"
                        " entry) differ in capitals alone, and rows are read in whatever case;"
                        " rename one in the source"
                    )


def _sheet(place: str, file: RawFile, study: Study) -> Iterator[str]:
    """Without a name the first sheet is read: it may be one that another entry reads by name."""
    if file.kind_of_file() != "xlsx":
        if file.sheet is not None:
            yield f"{place}.sheet: a {file.kind_of_file()} file has no sheets; remove it"
        return
    same = [other for other in study.files.values() if other.path == file.path]
    named = [other.sheet for other in same if other.sheet is not None]
    if file.sheet is None and named:
        yield (
            f"{place}.sheet: another entry reads sheet '{named[0]}' of {file.path}; write which"
            " sheet this one reads, so that no record counts twice"
        )


def _ways(source: From) -> int:
    ways = (source.column, source.constant, getattr(source, "by", None))
    return sum(way is not None for way in ways)


def _layout(place: str, file: RawFile) -> Iterator[str]:
    """What a format cannot have, and what REDCap's forms need."""
    if file.kind_of_file() in ("sav", "dta") and (file.header != Header() or file.last_line):
        yield f"{place}.header: a {file.kind_of_file()} file names its columns itself; remove it"
    if not is_encoding(file.encoding):
        yield f"{place}.encoding: no encoding is called '{file.encoding}'; write e.g. utf-8, cp1252"
    if file.header.rows == 0 and not (file.header.columns or file.header.syntax):
        yield f"{place}.header.columns: without header rows, list the columns' names"
    ways = [file.header.columns, file.header.syntax, file.redcap and file.redcap.labelled]
    if sum(map(bool, ways)) > 1:
        yield f"{place}.header: columns, syntax, redcap.labelled: write one of them"
    if file.redcap_forms and file.redcap is None:
        yield f"{place}.redcap_forms: needs the data dictionary (redcap: {{dictionary: …}})"


def is_encoding(name: str) -> bool:
    """Whether text can be written so: not base64, which is no text, nor idna, which is of names."""
    try:
        b"\xff".decode(name, errors="replace")
    except (LookupError, ValueError):  # ValueError: a name that Python gives to no encoding
        return False
    return True


def _moments(place: str, file: RawFile, study: Study) -> Iterator[str]:
    """People answer at times, respondents in waves."""
    if file.level == "other":
        return
    known = [moment.name for moment in study.moments(file.level)]
    noun = "time" if file.level == "person" else "wave"
    named = [(f"{place}.time", word) for word in _words_of(file.time)]
    for name, variable in file.variables.items():
        named += [(f"{place}.variables.{name}.columns", word) for word in variable.columns or ()]
    for at, word in named:
        if word not in known and (word != UNDECIDED or at != f"{place}.time"):
            yield f"{at}: '{word}' is no {noun} (declared: {', '.join(known) or 'none'})"


def _words_of(source: FromTime | None) -> list[str]:
    if source is None or source.by is not None:
        return []
    return [source.constant] if source.constant is not None else [*(source.values or {}).values()]


def _is_number(text: str) -> bool:
    try:
        return float(text) > 0
    except ValueError:
        return False
