"""Checksums of files, one by one and of several together."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

SHOWN = 12
"""Letters of a checksum that a person compares; 48 bits."""


def sha256_of(path: Path) -> str:
    """The sha256 of what a file holds, as 64 letters of base 16."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_of_text(text: str) -> str:
    """The sha256 of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def together(sums: Mapping[str, str]) -> str:
    """One sha256 of several files, by name: that of the lines that `sha256sum` prints of them,
    sorted by name."""
    return sha256_of_text(sum_lines(sums))


def sum_lines(sums: Mapping[str, str]) -> str:
    """The lines that `sha256sum` prints of files, by name, sorted by name."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))


def short(sha256: str) -> str:
    """The first letters of a checksum."""
    return f"{sha256[:SHOWN]}…"
