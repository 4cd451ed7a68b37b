"""Ids that the raw files write in one row only, or in several ways, as one id in every row."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from cesp_analysis.cells import respellings
from cesp_analysis.declared.file_forms import Written
from cesp_analysis.declared.ids import ZEROS, IdForm, Ids
from cesp_analysis.errors import CespError, no_such
from cesp_analysis.intake.such import such

if TYPE_CHECKING:
    import pandas as pd

    Tables = dict[str, "pd.DataFrame"]


def carry(tables: "Tables", files: dict[str, Written]) -> None:
    """Write what stands in one row of a record into its other rows, where config says so
    (`carried`); raises CespError for columns that are not there and rows that contradict it."""
    faults = [
        line
        for name, file in files.items()
        for column, record in file.carried.items()
        for line in _carried(tables[name], file, name, column, record)
    ]
    if faults:
        raise CespError(faults)


def _carried(
    table: "pd.DataFrame", file: Written, name: str, column: str, record: str
) -> Iterator[str]:
    place = f"config.yaml: files.{name}.carried"
    known = [str(other) for other in table.columns if other != "line"]
    if lacking := [word for word in (column, record) if word not in known]:
        for word in lacking:
            yield f"{file.path}: {no_such('column', word, known, 'it has')}; {place} asks for it"
        return
    cells, of = (_stripped(table[word]) for word in (column, record))
    there = (cells != "") & (of != "")
    first = table.loc[there, ["line"]].assign(said=cells[there], of=of[there])
    first = first.drop_duplicates("of").set_index("of")
    other = there & (cells != of.map(first["said"]))
    if other.any():
        lines = sorted(
            [int(of.map(first["line"])[other].iloc[0]), int(table["line"][other].iloc[0])]
        )
        others = such(sorted(map(int, table["line"][other])), "lines")
        yield (
            f"{file.path}: {column}: lines {lines[0]} and {lines[1]} are of one {record} and say"
            f" different things{others}; correct the source (CORRECTIONS.yaml), or {place}"
        )
        return
    blank = (cells == "") & of.isin(first.index)
    table[column] = table[column].astype("str").mask(blank, of.map(first["said"]))


def spell_alike(tables: "Tables", ids: dict[str, Ids], form: IdForm) -> dict[str, str]:
    """Write every id as it is written first, in the files' order (the register stands first);
    returns plain form → spelling."""
    from cesp_analysis.distinct import each

    first: dict[str, str] = {}
    for name, column in _columns(tables, ids):
        for word in tables[name][column].dropna().unique():
            if plain := form.plain(word):
                first.setdefault(plain, word.strip())

    def spelt(words: "pd.Series[Any]") -> "pd.Series[Any]":
        return words.map(lambda word: first.get(form.plain(word), word), na_action="ignore")

    for name, column in _columns(tables, ids):
        tables[name][column] = each(tables[name][column], spelt)
    return first


def note_near_misses(tables: "Tables", ids: dict[str, Ids], register: str) -> None:
    """Note in `attrs["near_ids"]` (column → lines) the ids that are none of the register's but for
    zeros or capitals, and those of the register that differ from each other in no more.
    Respondents are numbered apart from people: what their ids look like says nothing."""
    column = ids[register].columns[0]
    listed = _different(tables[register][column])
    plain = _plain(listed)
    alike = set(listed[plain.duplicated(keep=False) & (listed != "")])
    for name, other in _columns(tables, ids):
        if other in ids[name].of_respondents:
            continue
        words = _different(tables[name][other])
        if (name, other) == (register, column):
            near = alike
        else:
            unknown = words[~words.isin(listed)]
            near = set(unknown[_plain(unknown).isin(plain) & (unknown != "")])
        if near:
            cells = _stripped(tables[name][other])
            lines = [int(line) for line in tables[name]["line"][cells.isin(near)]]
            tables[name].attrs.setdefault("near_ids", {})[other] = lines


def note_near_words(tables: "Tables", columns: dict[str, tuple[str, ...]]) -> None:
    """Note in `attrs["near_words"]` (column → lines) names, such as those of link workers, that
    differ from another one of any file in capitals and spaces alone. columns: file → its own."""
    import pandas as pd

    found = {
        (name, column): _stripped(tables[name][column]).astype("str")
        for name, own in columns.items()
        for column in own
        if column in tables[name]
    }
    near = respellings(pd.concat(found.values(), ignore_index=True)) if found else []
    for (name, column), cells in found.items():
        if (there := cells.isin(near)).any():
            lines = [int(line) for line in tables[name].loc[there, "line"]]
            tables[name].attrs.setdefault("near_words", {})[column] = lines


def _columns(tables: "Tables", ids: dict[str, Ids]) -> Iterator[tuple[str, str]]:
    """File and column of all ids that are there (one that is not is told by cleaning)."""
    for name, own in ids.items():
        yield from ((name, column) for column in own.columns if column in tables[name])


def named_ids(words: Iterable[str], form: IdForm, first: dict[str, str]) -> tuple[str, ...]:
    """Ids that config names, as they are spelt now."""
    return tuple(first.get(form.plain(word), word) for word in words)


def _stripped(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    from cesp_analysis.distinct import each

    return each(cells, lambda words: words.astype("str").fillna("").str.strip())


def _different(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """The different ids of a column, without spaces around."""
    return _stripped(cells.drop_duplicates()).drop_duplicates()


def _plain(words: "pd.Series[Any]") -> "pd.Series[Any]":
    """`LOOSE.plain` of many words."""
    return words.str.lower().str.replace(ZEROS, r"\1\2", regex=True)
