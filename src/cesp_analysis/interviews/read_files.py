"""The files of coded interviews, each by its reader, with what is wrong with any."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cesp_analysis.declared.coded_files import CodedFile
from cesp_analysis.declared.interviews import Interviews
from cesp_analysis.declared.paths import leaving
from cesp_analysis.declared.source_list import unreadable
from cesp_analysis.errors import CespError, no_such
from cesp_analysis.interviews.codebook import read_codebook
from cesp_analysis.interviews.coded_table import read_coded_table
from cesp_analysis.interviews.framework import read_framework
from cesp_analysis.interviews.project import Code
from cesp_analysis.interviews.qdpx_rows import read_qdpx
from cesp_analysis.interviews.roots import without_root
from cesp_analysis.interviews.rows import FileRows, noted
from cesp_analysis.readable import fault_of

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def read_files(
    declared: Interviews, folder: Path, faults: list[str], earlier: bool
) -> dict[str, FileRows]:
    """Entry → what its file holds; of those that can be read."""
    found = {
        name: read_one(lambda path, n=name, f=file: _read(path, n, f), file.path, folder, faults)  # type: ignore[misc]
        for name, file in declared.files.items()
    }
    there = {name: read for name, read in found.items() if read is not None}
    told = [] if earlier else faults  # an import before need not have all documents
    return {name: without_root(_interviews_alone(read, told)) for name, read in there.items()}


def _read(path: Path, name: str, file: CodedFile) -> FileRows:
    if file.kind == "qdpx":
        return replace(read_qdpx(path, file), entry=name)
    read = read_framework if file.kind == "framework" else read_coded_table
    return replace(read(path, name, file), entry=name)


def read_one(read: "Callable[[Path], T]", path: str, folder: Path, faults: list[str]) -> T | None:
    """What a reader makes of a file; None where something is wrong, which is added to `faults`."""
    if out := list(leaving("config.yaml: interviews", path)):
        faults += out
        return None
    if fault := fault_of(folder / path):
        faults.append(f"{path}: {fault}; put it there or correct its path in config.yaml")
        return None
    try:
        return read(folder / path)
    except CespError as error:
        faults += error.problems
    except OSError as error:
        faults.append(f"{path}: {unreadable(error)}")
    return None


def read_book(declared: Interviews, folder: Path, faults: list[str]) -> tuple[Code, ...] | None:
    """The codebook; None where there is none, or it cannot be read."""
    own = declared.codebook
    if own is None:
        return None
    return read_one(lambda path: read_codebook(path, own), own.path, folder, faults)


def _interviews_alone(read: FileRows, faults: list[str]) -> FileRows:
    """A file without the documents that are no interviews."""
    path, out = read.file.path, read.file.not_interviews
    there = sorted({who.source for who in read.met})
    faults += [
        f"{path}: not_interviews: {no_such('document', name, there, 'it has')}"
        for name in out
        if name not in there
    ]
    places = [row.place for row in read.rows if row.who.source in out]
    fact = "codings are of documents that are no interviews"
    return replace(
        read,
        rows=tuple(row for row in read.rows if row.who.source not in out),
        met={who: place for who, place in read.met.items() if who.source not in out},
        notes=(*read.notes, *noted(path, "not_interviews", places, fact)),
    )
