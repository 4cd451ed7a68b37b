"""Files that no rule makes, beside the raw ones, and that a step reads as they are: margins, a
prior, figures from outside, corrections, instruments of the study's own, SOURCES.yaml.

What they hold decides whether a step runs again, not their times: a copy may keep an old one.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from cesp_analysis.declared.as_data import as_json
from cesp_analysis.errors import CespError


def given(paths: Iterable[str]) -> list[str]:
    """Path → sha256 of what the file holds now, as one line of JSON; nothing of no file."""
    found = {path: _sha256(path) for path in paths}
    return [as_json(found)] if found else []


def hold(checksums: str) -> None:
    """CespError with a line for each file that is no longer what the run was told; '': told of
    none."""
    told: dict[str, str] = json.loads(checksums) if checksums else {}
    if changed := [path for path, sha256 in told.items() if _sha256(path) != sha256]:
        raise CespError(
            f"{path}: has changed since the run began; let it be written to its end, and run again"
            for path in changed
        )


def _sha256(path: str) -> str:
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
