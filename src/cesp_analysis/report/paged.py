"""The content tree on paper: runs of upright pages and of pages across, tall figures in parts.

What the Word file and the PDF have in common; both print the strings of `report.json` and nothing
that they count or round themselves.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cesp_analysis.errors import CespError
from cesp_analysis.report.paged_table import UPRIGHT, Layout, laid_out
from cesp_analysis.whole_files import existing

TALLEST = 620.0  # points that a figure has on a page, above its caption
SMALLEST = 0.7  # of its size: a figure that would be drawn smaller stands in parts
TWICE = 24.0  # points that a part shows of the one before: nothing is cut in both
_SIZE = re.compile(rb"<svg[^>]*?\bviewBox=\"0 0 ([\d.]+) ([\d.]+)\"")
_HEAD = 4000  # bytes in which an SVG says how large it is


@dataclass(frozen=True)
class Run:
    """Blocks on pages of one direction, each with the layout of its table."""

    across: bool
    blocks: tuple[tuple[dict[str, Any], Layout | None], ...]


@dataclass(frozen=True)
class Part:
    """A part of a figure: from where to where, as shares of its height; its size in points."""

    top: float
    bottom: float
    width: float
    height: float


def runs(blocks: Sequence[dict[str, Any]], stretch: float) -> list[Run]:
    """The blocks in reading order, wide tables on pages across; headings go with what follows.

    Tables to look rows up in are left out: nobody sorts paper, and each row stands in another.
    """
    found: list[tuple[bool, list[tuple[dict[str, Any], Layout | None]]]] = []
    for block in blocks:
        if block.get("sortable"):
            continue
        layout = laid_out(block, stretch) if block["kind"] == "table" else None
        across = layout is not None and layout.across
        if not found or found[-1][0] != across:
            taken = _headings_at_the_end(found[-1][1]) if found and across else []
            found.append((across, taken))
        found[-1][1].append((block, layout))
    return [Run(across, tuple(held)) for across, held in found if held]


def _headings_at_the_end(
    held: list[tuple[dict[str, Any], Layout | None]],
) -> list[tuple[dict[str, Any], Layout | None]]:
    """Take the last headings off what is held."""
    at = len(held)
    while at and held[at - 1][0]["kind"] == "heading":
        at -= 1
    taken = held[at:]
    del held[at:]
    return taken


def parts_of(svg: Path) -> list[Part]:
    """How a figure stands on upright pages: as it is, smaller, or in parts that overlap."""
    with existing(svg).open("rb") as file:
        told = _SIZE.search(file.read(_HEAD))
    if not told:
        raise CespError(
            f"{svg}: does not say how large it is (viewBox); run the study again (cesp run DIR)"
        )
    width, height = float(told[1]), float(told[2])
    scale = min(1.0, UPRIGHT / width)
    wide, tall = width * scale, height * scale
    if tall <= TALLEST / SMALLEST:
        scale = min(1.0, TALLEST / tall)
        return [Part(0.0, 1.0, wide * scale, tall * scale)]
    found, top = [], 0.0
    while True:
        bottom = min(top + TALLEST, tall)
        found.append(Part(top / tall, bottom / tall, wide, bottom - top))
        if bottom == tall:
            return found
        top = bottom - TWICE
