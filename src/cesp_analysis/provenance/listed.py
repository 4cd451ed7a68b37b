"""A manifest read as what a stranger may have written: nothing that it names is opened yet."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from cesp_analysis.errors import CespError
from cesp_analysis.provenance.manifest import HEADER, MANIFEST
from cesp_analysis.readable import fault_of

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Listed:
    """What a manifest says of a file."""

    size: int
    sha256: str


def read_manifest(folder: Path) -> tuple[dict[str, Listed], list[str]]:
    """Path within the folder → what is listed of it; and a line for each row that says nothing.

    Line ends of another system and a mark of UTF-8 are no difference. Raises CespError: there is no
    manifest, or it is none.
    """
    path = folder / MANIFEST
    if fault := fault_of(path):
        raise CespError(
            f"{path}: {fault}, so that nobody knows what these files were; results of earlier"
            " versions of the program have none: a run makes it (cesp run DIR)"
        )
    try:
        reader = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
        lines = [(reader.line_num, row) for row in reader if row]
    except UnicodeDecodeError:
        raise CespError(f"{path}: is not UTF-8, as a manifest is; take the original one") from None
    except csv.Error as error:
        raise CespError(f"{path}: is no CSV ({error}); take the original one") from None
    if not lines or tuple(lines[0][1]) != HEADER:
        raise CespError(f"{path}: does not begin with {','.join(HEADER)}; take the original one")
    found: dict[str, Listed] = {}
    faults: list[str] = []
    for number, row in lines[1:]:
        wrong = list(_faults(row, found))
        faults += [f"{path}: line {number}: {fault}" for fault in wrong]
        if not wrong:
            found[row[0]] = Listed(int(row[1]), row[2])
    return found, faults


def _faults(row: list[str], found: dict[str, Listed]) -> Iterator[str]:
    if len(row) != len(HEADER):
        yield f"has {len(row)} cells, not {len(HEADER)}"
        return
    name, size, sha256 = row
    if not _within(name):
        yield f"'{name}' is no path within the folder, and is not opened"
    elif name in found:
        yield f"'{name}' stands twice"
    if not (size.isascii() and size.isdigit() and len(size) < 20):
        yield f"'{size}' is no size in bytes"
    if not _SHA256.fullmatch(sha256):
        yield f"'{sha256}' is no sha256"


def _within(name: str) -> bool:
    """Whether a path names one thing below a folder, on any system, and in one way."""
    path = PurePosixPath(name)
    return (
        bool(name)
        and "\0" not in name
        and path.as_posix() == name
        and not path.is_absolute()
        and not PureWindowsPath(name).drive
        and "\\" not in name
        and not {".", ".."} & set(path.parts)
    )
