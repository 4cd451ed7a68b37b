"""SOURCES.yaml: where each raw file came from, and whether it is still the same file."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from cesp_analysis.errors import CespError
from cesp_analysis.study.base import Frozen
from cesp_analysis.study.strict_yaml import read_yaml


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
    entries = read_yaml(path).get("files") or {}
    found, problems = {}, []
    for name, entry in entries.items():
        try:
            found[str(name)] = Source.model_validate(entry)
        except ValidationError as error:
            problems += [
                f"{path}: files.{name}.{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
                for fault in error.errors()
            ]
    if problems:
        raise CespError(problems)
    return found


def sha256_of(path: Path) -> str:
    """The checksum of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def changed_sources(paths: list[str], sources: dict[str, Source], listed_in: Path) -> Iterator[str]:
    """One line for each raw file that is missing, unlisted, or not the file that was listed."""
    for path in paths:
        file, name = Path(path), str(Path(path).relative_to(listed_in.parent))
        if not file.exists():
            yield f"{path}: there is no such file; put it there or correct its path in config.yaml"
        elif name not in sources:
            yield (
                f"{listed_in}: lists no file '{name}'; add where it came from and its sha256"
                f" ('cesp checksum' prints it)"
            )
        elif sha256_of(file) != sources[name].sha256:
            yield (
                f"{path}: has changed since {listed_in.name} was written (sha256 now"
                f" {sha256_of(file)[:12]}…, listed {sources[name].sha256[:12]}…); restore the"
                " file, or record the new export ('cesp checksum' prints its sha256)"
            )
