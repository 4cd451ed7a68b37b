"""The step `dictionary`: what every raw column becomes, and which are not used."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.attributes import shared
from cesp_analysis.cells import MASKS
from cesp_analysis.clean.columns import stripped
from cesp_analysis.clean.long_format import spread
from cesp_analysis.columns import Row
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.columns import Items, columns_of
from cesp_analysis.declared.derived import Case
from cesp_analysis.declared.files import RawFile, Variable
from cesp_analysis.declared.instruments import StateColumn
from cesp_analysis.declared.private import ids_of
from cesp_analysis.describe.record_tables import Dictionary
from cesp_analysis.distinct import as_text, each
from cesp_analysis.intake.finding import cells_of
from cesp_analysis.intake.profile import profile_of
from cesp_analysis.schemas import Raw

Facts = dict[Any, Any]
"""What the raw file says of its columns, as `attrs` of the table: labels, codes of no answer."""
MEANINGS = {
    "unit": "whose record it is",
    "time": "which time or wave it belongs to",
    "date": "when it was collected",
    "rows": "which records are read",
    "weight": "design weight",
    "mode": "how it was answered",
    "version": "version of the questionnaire",
    "question": "which question is answered",
}
FEW = 5
"""With fewer answers their range is not told: it would be somebody's."""


class DictionarySpec(Frozen):
    """The raw files, their instruments' items; level → variable or instrument.item → what is read
    from it."""

    files: dict[str, RawFile]
    items: Items = {}
    used: dict[str, dict[str, tuple[str, ...]]] = {}

    def read_from(self, word: str, file: RawFile) -> tuple[str, ...]:
        """The outcomes and covariates that are read from a variable or item of a file."""
        return self.used.get(file.level, {}).get(word, ())


def dictionary(spec: str, raw: Path, out: Path) -> None:
    """List every column of every raw file and every derived variable."""
    how = DictionarySpec.model_validate_json(spec)
    rows = [
        row
        for name, file in how.files.items()
        for row in _file(name, file, _table(raw / f"{name}.parquet", file, how), how)
    ]
    contracts.write(pd.DataFrame(rows, columns=list(Dictionary.columns())), out, Dictionary)


def _table(path: Path, file: RawFile, how: DictionarySpec) -> pd.DataFrame:
    return spread(as_text(contracts.read(path, Raw)), file, how.items)


def _file(name: str, file: RawFile, table: pd.DataFrame, how: DictionarySpec) -> Iterator[Row]:
    facts = table.attrs
    places = columns_of(file, how.items)
    ids = ids_of(file)
    for column in map(str, table.columns[1:]):
        place = places.get(column, "")
        kind, _, word = place.partition(".")
        row: Row = {"file": name, "raw_column": column}
        row |= _found(_own_rows(table, column, file), facts, column, column in ids, file)
        if kind == "variables":
            row |= _variable(word, column, file, how)
        elif kind == "instruments":
            row |= _item(word, column, file, how)
        elif place:
            row |= {"variable": place, "meaning": MEANINGS.get(place, place.replace("_", " "))}
        elif column in file.carried.values():
            row["meaning"] = "which rows are of one record"
        else:
            row["meaning"] = "declared as not used" if column in file.ignored else "not used"
        yield row
    for word in file.derived:
        yield {"file": name} | _derived(word, file, how)


def _own_rows(table: pd.DataFrame, column: str, file: RawFile) -> pd.DataFrame:
    """The rows that may answer: of a question in long format its own."""
    long = file.long_format
    if long is None:
        return table
    asked = stripped(table[long.question]) == column
    return table[asked] if bool(asked.any()) else table


def _found(table: pd.DataFrame, facts: Facts, column: str, is_id: bool, file: RawFile) -> Row:
    """What a column holds; of ids only how many, of what stays in the raw file not even that."""
    shown = _as_declared(table, facts, column, file)
    masked = shown[column].isin(MASKS)
    profile = profile_of(shown[~masked], column, "", counted=False)
    row: Row = {"missing": profile.missing}
    n = int(masked.sum())
    if n and profile.records == profile.missing:
        return row | {"type": "in the raw file", "distinct": None, "remark": None}
    remarks = [profile.remark] if profile.remark else []
    remarks += [f"{n} in the raw file: no declared value"] if n else []
    row |= {"type": profile.type, "distinct": profile.distinct, "holds": profile.values or None}
    row["remark"] = "; ".join(remarks) or None
    if profile.records - profile.missing < FEW:
        row["holds"] = None
    return row | {"type": "id", "holds": None} if is_id else row


def _as_declared(table: pd.DataFrame, facts: Facts, column: str, file: RawFile) -> pd.DataFrame:
    """The table whose declared codes of no answer are missing, and decimals have the point."""
    own = next(
        (v for name, v in file.variables.items() if column in file.variable_columns(name)), None
    )
    codes = {*file.missing, *(own.missing if own else ())}
    cells = cells_of(table, column)
    if "," in file.decimal_marks() and (own is None or own.type == "number"):
        cells = each(cells, lambda words: words.str.replace(",", ".", regex=False))
    shown = pd.DataFrame({column: cells})
    declared = facts.get("user_missing", {}).get(column, ())
    labels = facts.get("labels", {}).get(column, {})
    shown.attrs = shared(
        {
            "user_missing": {column: (*declared, *((code, code) for code in sorted(codes)))},
            "labels": {column: labels},
        }
    )
    return shown


def _variable(word: str, column: str, file: RawFile, how: DictionarySpec) -> Row:
    entry = file.variables[word]
    times = [time for time, other in (entry.columns or {}).items() if other == column]
    label = entry.label + (f" at {times[0]}" if times else "")
    return {
        "variable": word,
        "meaning": label or None,
        "values": file.asked(word).recode() or _values(entry) or None,
        "used_as": ", ".join(how.read_from(word, file)) or None,
    }


def _values(entry: Variable) -> str:
    if entry.range:
        return f"{entry.range[0]:g} to {entry.range[1]:g}" + (
            f" {entry.unit}" if entry.unit else ""
        )
    if entry.values:
        changed = any(raw != code for raw, code in entry.values.items())
        pairs = [f"{raw} = {code}" if changed else code for raw, code in entry.values.items()]
        return ", ".join(pairs)
    return ", ".join(entry.format) or entry.unit


def _item(instrument: str, column: str, file: RawFile, how: DictionarySpec) -> Row:
    held = file.instruments[instrument]
    if isinstance(held, StateColumn) and file.raw_name(held.state) == column:
        return _state(instrument, held, file, how)
    for item, allowed in how.items[instrument].items():
        if file.item_column(instrument, item) == column:
            recode = file.asked(f"{instrument}.{item}").recode()
            return {
                "variable": f"{instrument}.{item}",
                "meaning": f"item {item} of {instrument}",
                "values": recode or f"{allowed.low:g} to {allowed.high:g}",
                "used_as": ", ".join(how.read_from(f"{instrument}.{item}", file)) or None,
            }
    raise ValueError(f"{column}: belongs to no item of {instrument}")


def _state(instrument: str, held: StateColumn, file: RawFile, how: DictionarySpec) -> Row:
    known = how.items[instrument]
    items = held.digits({item: allowed.optional for item, allowed in known.items()})
    levels = [f"{item} {known[item].low:g} to {known[item].high:g}" for item in items]
    used = [name for item in items for name in how.read_from(f"{instrument}.{item}", file)]
    return {
        "variable": instrument,
        "meaning": f"state of {instrument}: one digit an item",
        "values": ", ".join(levels),
        "used_as": ", ".join(dict.fromkeys(used)) or None,
    }


def _derived(word: str, file: RawFile, how: DictionarySpec) -> Row:
    derived = file.derived[word]
    if derived.expression is not None:
        text = f"= {derived.expression}"
    elif derived.days_between is not None:
        text = f"days from {derived.days_between[0]} to {derived.days_between[1]}"
    elif derived.known is not None:
        text = f"whether {derived.known} is known"
    elif derived.cases is not None:
        text = "; ".join(f"{c.value} {_where(c)}" for c in derived.cases)
    elif derived.values is not None:
        pairs = ", ".join(f"{old} → {new}" for old, new in derived.values.items())
        text = f"{derived.source} recoded: {pairs}"
    else:
        text = f"{derived.source} cut at {', '.join(f'{cut:g}' for cut in derived.cuts or ())}"
    return {
        "variable": word,
        "meaning": f"{derived.label} ({text.removeprefix('= ')})" if derived.label else text,
        "values": ", ".join(derived.labels or ()) or derived.unit or None,
        "used_as": ", ".join(how.read_from(word, file)) or None,
    }


def _where(case: Case) -> str:
    return f"where {case.where}" if case.where else "elsewhere"
