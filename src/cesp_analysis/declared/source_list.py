"""SOURCES.yaml: where each raw file came from, and whether it is still the same file."""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.faults import fact_of
from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.errors import CespError, no_such
from cesp_analysis.readable import fault_of

SOURCES = Path("data/raw/SOURCES.yaml")
WRITE_IT = (
    "it lists where each raw file came from: write there, for each, 'files: {NAME: {supplier: …,"
    " received: …, row: what one row is, licence: …, sha256: …}}' ('cesp checksum FILE' prints the"
    " sha256; of exports 'cesp new-study' writes the whole file)"
)
"""What to do about an absent list."""


class Source(Frozen):
    """One raw file's origin."""

    supplier: str
    received: str
    row: str
    licence: str
    sha256: str
    url: str = ""
    note: str = ""


def read_sources(path: Path) -> dict[str, Source]:
    """File name (within the raw folder) → its origin. Raises CespError for every fault."""
    if fault := fault_of(path):
        raise CespError(f"{path}: {fault}; {WRITE_IT}")
    entries = read_yaml(path).get("files") or {}
    if not isinstance(entries, dict):
        raise CespError(f"{path}: files: must be a section, one entry a raw file, by its name")
    found, problems = {}, []
    for name, entry in entries.items():
        try:
            found[str(name)] = Source.model_validate(entry)
        except ValidationError as error:
            problems += [f"{path}: files.{name}: {_in_words(f)}" for f in error.errors()]
    if problems:
        raise CespError(problems)
    return found


def _in_words(fault: Any) -> str:
    key = str(fault["loc"][-1]) if fault["loc"] else ""
    if fault["type"] == "missing":
        return f"'{key}' is missing; add it"
    if fault["type"] == "extra_forbidden":
        return no_such("entry", key, list(Source.model_fields))
    if not key:
        return f"must be a section that says {', '.join(Source.model_fields)}"
    return f"{key}: {fact_of(fault, Source.model_fields)}"


def undecided_sources(
    paths: list[str], sources: dict[str, Source], listed_in: Path
) -> Iterator[str]:
    """One line for each entry that a draft left `undecided`, with all files that share it."""
    used = {os.path.relpath(path, listed_in.parent) for path in paths}
    for key in ("supplier", "received", "row", "licence"):
        files = [n for n, source in sources.items() if getattr(source, key) == "undecided"]
        if shown := [name for name in files if name in used]:
            more = f" and {len(shown) - 1} more" if len(shown) > 1 else ""
            yield f"{listed_in}: files.{shown[0]}{more}: {key}: is undecided; write it"


def sha256_of(path: Path) -> str:
    """The checksum of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def stamp_of(path: Path) -> tuple[int, ...]:
    """Size, place and times of a file: another stamp, and somebody is writing to it."""
    try:
        found = path.stat()
    except OSError:
        return ()  # it is gone
    return found.st_size, found.st_ino, found.st_mtime_ns, found.st_ctime_ns


def checksums_of(paths: list[str], sources: dict[str, Source], listed_in: Path) -> dict[str, str]:
    """Path of a raw file → its listed sha256; a file that is not listed has none."""
    names = {path: os.path.relpath(path, listed_in.parent) for path in paths}
    return {path: sources[name].sha256 for path, name in names.items() if name in sources}


def changed_sources(paths: list[str], checksums: dict[str, str], listed_in: Path) -> Iterator[str]:
    """One line for each raw file that is missing, unlisted, or not the file that was listed."""
    for path in dict.fromkeys(paths):
        file, name = Path(path), os.path.relpath(path, listed_in.parent)
        if fault := fault_of(file):
            yield f"{path}: {fault}; put it there or correct its path in config.yaml"
        elif path not in checksums:
            yield (
                f"{listed_in}: lists no file '{name}'; add where it came from and its sha256"
                f" ('cesp checksum' prints it)"
            )
        elif not re.fullmatch("[0-9a-fA-F]{64}", checksums[path]):
            yield (
                f"{listed_in}: files.{name}: sha256: must be 64 digits from 0 to f"
                f" ('cesp checksum' prints them); it is '{checksums[path]}'"
            )
        else:
            others = {sum.lower(): other for other, sum in checksums.items() if other != path}
            yield from _changed(path, checksums[path].lower(), listed_in, others)


def _changed(path: str, listed: str, listed_in: Path, others: dict[str, str]) -> Iterator[str]:
    """A line if the file is not the one that was listed; others: sha256 → the file listed so."""
    try:
        found = sha256_of(Path(path))
    except OSError as error:  # a worn disk, a network folder that went away
        yield f"{path}: {unreadable(error)}"
        return
    if found != listed:
        swapped = f" and is what {others[found]} is listed as (swapped?)" if found in others else ""
        yield (
            f"{path}: has changed since {listed_in.name} was written (sha256 now {found[:12]}…,"
            f" listed {listed[:12]}…){swapped}; restore the file, or record the new export ('cesp"
            " checksum' prints its sha256)"
        )


def unreadable(error: OSError) -> str:
    """Why reading a file broke off."""
    return f"cannot be read to its end ({error.strerror or error}); copy it there again"
