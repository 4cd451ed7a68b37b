"""The step `intake`: raw files in, the same cells as text out."""

import json
from contextlib import suppress
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from cesp_analysis import contracts
from cesp_analysis.cells import MASK
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.columns import Needed
from cesp_analysis.declared.file_forms import Written
from cesp_analysis.declared.ids import IdForm, Ids
from cesp_analysis.declared.private import Private
from cesp_analysis.declared.source_list import SOURCES, changed_sources, stamp_of, unreadable
from cesp_analysis.errors import CespError
from cesp_analysis.given import hold
from cesp_analysis.intake.columns import missing_columns
from cesp_analysis.intake.ids import (
    carry,
    named_ids,
    note_near_misses,
    note_near_words,
    spell_alike,
)
from cesp_analysis.intake.key import key_of
from cesp_analysis.intake.pseudonyms import protected, shown
from cesp_analysis.intake.read import read_raw
from cesp_analysis.intake.sheets import unread_sheets
from cesp_analysis.readable import fault_of
from cesp_analysis.schemas import Corrections, Raw

if TYPE_CHECKING:
    import pandas as pd


class IntakeSpec(Frozen):
    """The raw files, how they are written, and what of them may leave the raw folder.

    ids: file → its ids of people, the register first; secret: the key of a synthetic study; a real
    one's lies in a file.
    """

    files: dict[str, Written]
    needed: dict[str, Needed] = {}
    ids: dict[str, Ids] = {}
    register_of_people: str | None = None
    id_form: IdForm | None = None
    private: dict[str, Private] = {}
    secret: str = ""


def intake(
    spec: str,
    checksums: str,
    out: Path,
    corrected: Path,
    corrections: list[Path] | None = None,
    key: str = "",
    held: str = "",
) -> None:
    """Read the raw files as they are; stop if one changed or cannot be read as declared.

    `checksums`: path → sha256 as SOURCES.yaml lists it, as JSON: nothing else of that file matters
    here. `corrections`: CORRECTIONS.yaml, where there is one; `corrected`: the table of what it
    changed; `key`: the file with the key of the pseudonyms, for a real study; `held`: checksums
    of `corrections`, see given.py.
    """
    hold(held)
    how = IntakeSpec.model_validate_json(spec)
    files = how.files
    secret = key_of(how.secret, Path(key) if key else None) if how.private else None
    paths = [p for file in files.values() for p in (file.path, *file.companions().values())]
    stamps = {path: stamp_of(Path(path)) for path in paths if not fault_of(Path(path))}
    problems = list(changed_sources(paths, json.loads(checksums), SOURCES))
    tables = {}
    for name, file in files.items():
        if any(fault_of(Path(path)) for path in (file.path, *file.companions().values())):
            continue
        try:
            tables[name] = read_raw(Path(file.path), file)
        except CespError as error:
            problems += error.problems
        except OSError as error:
            problems.append(f"{file.path}: {unreadable(error)}")
    for name, table in tables.items():
        if name in how.needed:
            problems += missing_columns(table, files[name].path, name, how.needed[name])
    try:
        for name, sheets in unread_sheets({n: files[n] for n in tables}).items():
            tables[name].attrs["unread_sheets"] = sheets
    except CespError as error:
        problems += error.problems
    problems = list(dict.fromkeys(problems))
    changing = [path for path, stamp in stamps.items() if stamp_of(Path(path)) != stamp]
    problems = [
        line for line in problems if not line.startswith(tuple(f"{path}: " for path in changing))
    ]  # what was read of them says nothing
    problems += [
        f"{path}: changed while it was being read; wait until it is written whole, then run again"
        for path in changing
    ]
    if problems:
        raise CespError(problems)
    changed, private = _prepared(tables, how, corrections or [])
    contracts.write(changed, corrected, Corrections)
    for name, table in tables.items():  # none before all are right: a new file would look done
        contracts.write(protected(table, private.get(name), secret), out / f"{name}.parquet", Raw)


def looked_into(spec: str, corrections: list[Path]) -> "dict[str, pd.DataFrame]":
    """The Raw tables of files that are right, with pseudonyms of no other use: of a key that is
    kept nowhere. CespError, OSError where one cannot be read."""
    how = IntakeSpec.model_validate_json(spec)
    key = key_of(token_hex(), None) if how.private else None
    tables = {name: read_raw(Path(file.path), file) for name, file in how.files.items()}
    _, private = _prepared(tables, how, corrections)
    return {name: protected(table, private.get(name), key) for name, table in tables.items()}


def ids_held(spec: str, corrections: list[Path]) -> set[str]:
    """Every id of people in the raw files, as pseudonyms are made of them. CespError, OSError where
    a file cannot be read."""
    how = IntakeSpec.model_validate_json(spec)
    tables = {name: read_raw(Path(file.path), file) for name, file in how.files.items()}
    _prepared(tables, how, corrections)
    held: set[str] = set()
    for name, ids in how.ids.items():
        for column in (c for c in ids.columns if c in tables[name]):
            words = tables[name][column].drop_duplicates().astype("str").fillna("")
            held |= {str(word).strip() for word in words}
    return held


def _prepared(
    tables: "dict[str, pd.DataFrame]", how: IntakeSpec, corrections: list[Path]
) -> "tuple[pd.DataFrame, dict[str, Private]]":
    """Corrections, and what may leave the raw folder; the tables are corrected, ids spelt alike."""
    changed = _corrected(tables, corrections, how.private)
    carry(tables, how.files)
    private = _one_spelling(tables, how)
    note_near_words(tables, {name: own.workers for name, own in private.items()})
    return changed, private


def _one_spelling(tables: "dict[str, pd.DataFrame]", how: IntakeSpec) -> dict[str, Private]:
    """Each id in one spelling, those that config names as well; where config declares nothing, ids
    that are nearly alike are noted. Returns what may leave the raw folder, file by file."""
    if how.id_form is None:
        if how.register_of_people in how.ids:
            note_near_misses(tables, how.ids, how.register_of_people)
        return how.private
    first = spell_alike(tables, how.ids, how.id_form)
    private = dict(how.private)
    for name, ids in how.ids.items():
        spelt = {at: named_ids(words, how.id_form, first) for at, words in ids.named.items()}
        tables[name].attrs["named_ids"] = {at: list(words) for at, words in spelt.items()}
        if name in private:
            known = private[name].named | spelt
            private[name] = private[name].model_copy(update={"named": known})
    return private


def _corrected(
    tables: "dict[str, pd.DataFrame]", corrections: list[Path], private: dict[str, Private]
) -> "pd.DataFrame":
    from cesp_analysis.distinct import as_text
    from cesp_analysis.intake.corrections import corrected, read_corrections

    place = corrections[0] if corrections else Path()
    entries = read_corrections(place) if corrections else {}
    for name in {entry.file for entry in entries.values()} & set(tables):
        tables[name] = as_text(tables[name])  # a category takes no word that it does not know
    return corrected(tables, entries, place, partial(_told, private))


def misfits(spec: str, corrections: Path) -> list[str]:
    """A line for each sound entry of a CORRECTIONS.yaml that does not fit, and for each other of a
    file that there is not, where entries have faults that stop the run before a raw file is read.

    What corrects a file that cannot be read waits until it can.
    """
    from cesp_analysis.intake.corrections import corrected, of_no_file, parsed

    how, (entries, _) = IntakeSpec.model_validate_json(spec), parsed(corrections)
    tables: dict[str, pd.DataFrame] = {}
    for name in {entry.file for entry in entries.values()} & set(how.files):
        with suppress(CespError, OSError):  # the step that reads it says why
            tables[name] = read_raw(Path(how.files[name].path), how.files[name])
    unread = set(how.files) - set(tables)
    fitting = {at: entry for at, entry in entries.items() if entry.file not in unread}
    hidden = of_no_file(corrections, how.files)
    try:
        corrected(tables, fitting, corrections, partial(_told, how.private), how.files)
    except CespError as error:
        return [*hidden, *error.problems]
    return hidden


def _told(private: dict[str, Private], file: str, column: str, word: str) -> str:
    """A cell's word as it may be told: ids, and words that stay in the raw folder, masked."""
    import pandas as pd

    if file not in private or not word.strip():
        return word
    own = private[file]
    return str(shown(pd.Series([word]), own.kept[column], own)[0]) if column in own.kept else MASK


def checksum(files: list[Path], /) -> None:
    """Print the sha256 of raw files, as SOURCES.yaml wants it."""
    from cesp_analysis.declared.source_list import sha256_of

    for file in files:
        if fault := fault_of(file):
            raise CespError(f"{file}: {fault}; name files under data/raw")
        print(f"{file.name}:\n  sha256: {sha256_of(file)}")
