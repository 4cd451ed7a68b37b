"""How often a fault stands in a file, and where: the first is told whole, the others counted."""

from collections.abc import Sequence

from cesp_analysis.errors import few
from cesp_analysis.intake.hidden import ranges


def such(lines: Sequence[int], noun: str = "records", at: str = "lines") -> str:
    """' (3 such records: lines 2 to 3, 7)'; '' where there is one alone."""
    if len(lines) < 2:
        return ""
    return f" ({len(lines):,} such {noun}: {at} {few(ranges(lines).split(', '))})"
