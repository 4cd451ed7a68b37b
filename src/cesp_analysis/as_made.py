"""Whether results lie there as their steps left them, asked before a run.

A file that somebody edited is newer than what it is made of: Snakemake would make everything after
it again, and the report would tell the edited number. So the time at which a step left a file
(Snakemake's own record of it) is compared with the file's, and where it is another, its checksum
with those that the results tell: of a folder that was copied, all times are others.
"""

import json
from base64 import urlsafe_b64decode
from binascii import Error as NotCoded
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from cesp_analysis.checksums import sha256_of
from cesp_analysis.errors import CespError
from cesp_analysis.provenance.listed import read_manifest

KEPT = Path(".snakemake/metadata")
BEING_MADE = Path(".snakemake/incomplete")
FOLDERS = ("results", "results/public")
"""With a manifest.csv and a provenance.json each, which hold checksums."""
LAST = Path("results/manifest.csv")
_JITTER = 0.001  # seconds: a time is a float in Snakemake's record


def edited() -> list[str]:
    """A line for each file of the results, or between, that is not as its step left it.

    Nothing is said of a file of which Snakemake has no record, of one that a stopped step was
    making, or of the manifest, whose checksum nothing tells; nor, in a folder that was copied (most
    times are others), of what was made after the manifest told checksums. An edit that gives a file
    its old time back is not seen here: `cesp verify` sees it.
    """
    left = dict(_left())
    changed = [
        (path, made)
        for path, made in left.items()
        if path != LAST and abs(path.stat().st_mtime - made) > _JITTER
    ]
    known = _told() if changed else {}
    if 2 * len(changed) > len(left):
        told = left.get(LAST, 0.0)
        changed = [(path, made) for path, made in changed if made <= told]
    return [
        f"{path}: was changed at {_when(path)}, after the step that makes it had ended"
        f" ({_when_made(made)}); if you want to keep it, copy it elsewhere; then delete it here and"
        " run the study (cesp run DIR), which makes it again"
        for path, made in sorted(changed)
        if known.get(path.as_posix()) != sha256_of(path)
    ]


def _left() -> Iterator[tuple[Path, float]]:
    """Files that are there, and when their step left them."""
    if not KEPT.is_dir():
        return
    for record in KEPT.rglob("*"):
        name = _name(record)
        if name is None or (BEING_MADE / record.relative_to(KEPT)).exists():
            continue
        made, path = _ended(record), Path(name)
        if made is not None and path.is_file():
            yield path, made


def _name(record: Path) -> str | None:
    """The path that a record of Snakemake is of: its own name, coded, long ones cut by folders."""
    if not record.is_file():
        return None
    coded = "".join(part.removeprefix("@") for part in record.relative_to(KEPT).parts)
    try:
        return urlsafe_b64decode(coded).decode()
    except (NotCoded, UnicodeDecodeError):
        return None


def _ended(record: Path) -> float | None:
    try:
        told: Any = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None  # a run that was killed while Snakemake wrote it
    ended = told.get("endtime") if isinstance(told, dict) else None
    return ended if isinstance(ended, float) else None


def _told() -> dict[str, str]:
    """Path → checksum, as the last finished run told it."""
    found: dict[str, str] = {}
    for folder in map(Path, FOLDERS):
        found |= _told_by_record(folder / "provenance.json")
        try:
            listed, _ = read_manifest(folder)
        except CespError:
            continue  # no run has finished yet
        found |= {(folder / name).as_posix(): one.sha256 for name, one in listed.items()}
    return found


def _when(path: Path) -> str:
    return _when_made(path.stat().st_mtime)


def _when_made(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds):%Y-%m-%d %H:%M:%S}"


def _told_by_record(path: Path) -> dict[str, str]:
    """What a provenance.json says of the files that the run made; nothing if it is none."""
    try:
        jobs = json.loads(path.read_text(encoding="utf-8"))["jobs"]
        return {str(name): str(sha256) for job in jobs for name, sha256 in job["files"].items()
                if sha256}  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
