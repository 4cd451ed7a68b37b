"""A file is written whole or not at all, and read with one line where it is not there."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cesp_analysis.errors import CespError
from cesp_analysis.readable import PART, fault_of


class BrokenContract(Exception):
    """A step made or met a table that is not what it promises: a fault of the program."""


class Spoilt(BrokenContract, CespError):
    """A file of the results is not as the step that makes it left it: somebody edited it."""

    def __init__(self, fault: str) -> None:
        CespError.__init__(
            self,
            f"{fault}: the file is not as the step that makes it leaves it; if somebody edited it,"
            " delete it and run the study (cesp run DIR), which makes it again",
        )


def write_text(content: str, path: Path) -> None:
    """Write text, whole or not at all."""
    with replaced(path) as part:
        part.write_text(content, encoding="utf-8", newline="\n")


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A new file to write to, of this process alone; at the end it takes the place of `path`.

    Raises CespError where it cannot be written: a full disk, no permission.
    """
    part = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(PART, f".{path.name}.", path.parent)
        os.close(handle)
        part = Path(name)
        yield part
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    except OSError as error:
        raise CespError(
            f"{path}: cannot be written ({error.strerror or error}); nothing of it was kept: make"
            " room on the disk, or see that you may write there, and run again"
        ) from None
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _umask() -> int:
    """What the user's new files are not allowed; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def write_json(data: Any, path: Path) -> None:
    """Write JSON with sorted keys, whole or not at all; a number that is not finite is null."""
    write_text(json.dumps(_finite(data), indent=1, sort_keys=True, ensure_ascii=False) + "\n", path)


def read_json(path: Path) -> Any:
    """Read JSON that a step wrote."""
    try:
        return json.loads(existing(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise Spoilt(f"{path}: is no JSON ({error})") from None


def _finite(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    if isinstance(data, float) and (data != data or data in (float("inf"), float("-inf"))):
        return None
    return data


def existing(path: Path) -> Path:
    """The path, or one line that says that the file is not there."""
    if fault := fault_of(path):
        raise CespError(f"{path}: {fault}; run the study first (cesp run DIR)")
    return path
