"""The tables of two folders of results, or two tables, side by side."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cesp_analysis.checksums import sha256_of
from cesp_analysis.errors import CespError
from cesp_analysis.provenance.differences import Cells, Compared, Difference, compared
from cesp_analysis.provenance.folder import files_of
from cesp_analysis.provenance.manifest import LOGS, MANIFEST
from cesp_analysis.readable import fault_of

_DIAGNOSTICS = "diagnostics.json"


@dataclass(frozen=True)
class Both:
    """What two results have: numbers compared, tables in both, all that differs, and other files
    (pictures, pages, provenance) that hold other bytes."""

    numbers: int
    tables: int
    found: tuple[Difference, ...]
    other: tuple[str, ...]


def both(a: Path, b: Path, tolerance: float) -> Both:
    """Compare two folders of results (of a study's folder those within), or two tables.

    Tables are CSV files, and models' diagnostics.json as paths and values; of other files only
    whether they are there, and the same bytes.
    """
    for path in (a, b):
        if not path.exists():
            raise CespError(f"{path}: {fault_of(path)}; name two folders of results, or two tables")
    if a.is_dir() and b.is_dir():
        return _of_folders(_results_of(a), _results_of(b), tolerance)
    for path in (a, b):
        if fault := fault_of(path):
            raise CespError(f"{path}: {fault}; name two folders of results, or two tables")
    one = compared(a.name, _cells(a), _cells(b), tolerance)
    return Both(one.numbers, 1, one.found, ())


def _results_of(folder: Path) -> Path:
    """The results within a study's folder; a folder of results itself."""
    whole = (folder / "config.yaml").exists() and (folder / "results").is_dir()
    return folder / "results" if whole else folder


def _of_folders(a: Path, b: Path, tolerance: float) -> Both:
    ours, theirs = set(_files(a)), set(_files(b))
    for folder, files in ((a, ours), (b, theirs)):
        if not any(map(_is_table, files)):
            raise CespError(f"{folder}: holds no table; name a folder of results")
    common = sorted(ours & theirs)
    found = [Difference("file", name, only="A") for name in sorted(ours - theirs)]
    found += [Difference("file", name, only="B") for name in sorted(theirs - ours)]
    tables = [name for name in common if _is_table(name)]
    done: list[Compared] = []
    for name in tables:
        if sha256_of(a / name) == sha256_of(b / name):
            done.append(Compared(_numbers(_cells(a / name)), ()))
        else:
            done.append(compared(name, _cells(a / name), _cells(b / name), tolerance))
    found += [difference for one in done for difference in one.found]
    other = tuple(
        name
        for name in common
        if not _is_table(name) and sha256_of(a / name) != sha256_of(b / name)
    )
    return Both(sum(one.numbers for one in done), len(tables), tuple(found), other)


def _numbers(cells: Cells) -> int:
    """Cells of numbers in a table that is the same in both."""
    return compared("", cells, cells, 0.0).numbers


def _files(folder: Path) -> Iterator[str]:
    """Paths of the files in a folder, but logs and its own manifest; links are not followed."""
    for path in files_of(folder, but=LOGS):
        if path != folder / MANIFEST and path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix()


def _is_table(name: str) -> bool:
    return name.endswith(".csv") or name.rpartition("/")[2] == _DIAGNOSTICS


def _cells(path: Path) -> Cells:
    """A table's cells as text; a JSON file's paths and values."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        if path.suffix == ".json":
            rows = [{"path": name, "value": said} for name, said in _flat(json.loads(text))]
            return Cells(("path", "value"), rows)
        lines = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    except (UnicodeDecodeError, csv.Error, json.JSONDecodeError) as error:
        raise CespError(f"{path}: is no table that can be read ({error})") from None
    if not lines:
        return Cells((), [])
    header, *rest = lines
    if len(set(header)) < len(header):
        raise CespError(f"{path}: has two columns of one name")
    if odd := next((row for row in rest if len(row) != len(header)), None):
        raise CespError(f"{path}: a row has {len(odd)} cells, the header {len(header)}: {odd[:2]}")
    return Cells(tuple(header), [dict(zip(header, row, strict=True)) for row in rest])


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Path → value of everything within a JSON value."""
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for name, one in inside:
            yield from _flat(one, f"{path}/{name}" if path else str(name))
    else:
        yield path, value if isinstance(value, str) else json.dumps(value)
