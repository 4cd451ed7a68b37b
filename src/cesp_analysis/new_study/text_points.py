"""Whether text in a sheet has decimal points beside decimal commas: then both marks are in use."""

from collections.abc import Mapping
from pathlib import Path

from cesp_analysis.cells import POINTED
from cesp_analysis.declared.file_forms import Written
from cesp_analysis.intake.finding import Finding
from cesp_analysis.intake.read import read_raw


def has_text_points(path: Path, how: Written, found: Mapping[str, Finding]) -> bool:
    """Of a sheet with commas in numbers: whether numbers that are text have points, too. True
    numbers have no mark, and speak against none. `found`: column → what it holds."""
    numbers = {n for n, one in found.items() if one.kind in ("number", "whole number")}
    if how.kind_of_file() != "xlsx" or not any(found[name].commas for name in numbers):
        return False
    read = read_raw(path, how.model_copy(update={"decimal": ","}))
    return bool(numbers & {*read.attrs.get(POINTED, {})})
