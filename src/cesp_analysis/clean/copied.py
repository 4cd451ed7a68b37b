"""Rows that cleaning took for copies of others, though the study does not say what copies are.

In a file with many rows a unit (one_row_per: any) that has no row's id, two contacts alike are the
same, cell by cell, as one that was exported twice. `copies` of the file says which of both it is.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from cesp_analysis import contracts
from cesp_analysis.arrays import Codes
from cesp_analysis.declared.files import RawFile
from cesp_analysis.numbers import counted
from cesp_analysis.schemas import Ledger

REPEATING = "repeating another one cell by cell"
"""In every sentence of such rows."""


def unsaid(files: Mapping[str, RawFile], read: Iterable[str]) -> dict[str, str]:
    """Those that are `read` and may have many rows a unit, and do not say what copies are: name →
    the raw file's path."""
    there = {name: files[name] for name in dict.fromkeys(read)}
    return {
        name: file.path
        for name, file in there.items()
        if file.one_row_per == "any" and file.copies is None
    }


def copied_lines(ledger: Path, files: Iterable[str]) -> dict[str, Codes]:
    """File → the lines of it that were set aside as copies, of those that have some; ledger: where
    Ledger is."""
    own = contracts.read(ledger, Ledger, coded=["unit"])
    own = own[own["reason"] == "exact_duplicate"]
    names, lines = own["file"].astype("str"), own["line"].to_numpy(dtype=np.intp)
    found = {name: lines[(names == name).to_numpy()] for name in files}
    return {name: those for name, those in found.items() if len(those)}


def copies_are(name: str, noun: str) -> str:
    """What became of copies in a file, and what to write; noun: what its rows are."""
    return (
        f"{REPEATING}: taken for the same {noun} twice, not counted (exact_duplicate in"
        f" data_problems.csv); if each is a {noun} of its own, write files.{name}.copies: keep,"
        " else copies: set_aside"
    )


def said_of_copies(ledger: Path, files: Mapping[str, str], noun: str) -> list[str]:
    """A sentence for each file (name → path) of which copies were set aside."""
    return [
        f"{files[name]}: {counted(len(lines), noun)} {copies_are(name, noun)}"
        for name, lines in copied_lines(ledger, files).items()
    ]
