"""What holds of the whole report of any design: its summary, its ways, its headings."""

from collections.abc import Iterator

from cesp_analysis.report.blocks import Block, Heading, Link, Points, See
from cesp_analysis.report.own_words import strings
from cesp_analysis.report.reading import reading
from cesp_analysis.report.results import Results
from cesp_analysis.report.titles import TITLES

OLDEST = 13
"""Years: what people read at the end of primary school or soon after. The designs' labels are short
(the root study, with real ones, is at 11), so that a summary above this has sentences of our own
that are too long."""


def summary_age(blocks: tuple[Block, ...]) -> int:
    """The reading age of a summary: all that it says before it tells that age."""
    said = [block for block in blocks if not isinstance(block, Heading | See)][:-1]
    return reading(text for block in said for text in strings(vars(block))).age


def faults(results: Results, blocks: tuple[Block, ...]) -> Iterator[str]:
    """Ways that lead nowhere or elsewhere, titles that differ, headings with nothing below."""
    headings = {block.anchor: block.text for block in blocks if isinstance(block, Heading)}
    for link in _links(blocks):
        if headings.get(link.anchor) != link.text:
            yield f"a way to {link.anchor} ({link.text}), which is no heading"
    for anchor, text in headings.items():
        if TITLES.get(anchor, text) != text:
            yield f"{anchor} is called {text}, in titles.py {TITLES[anchor]}"
    for row in results.checklists:
        for anchor in filter(None, row["where"].split(" | ")):
            if anchor not in headings:
                yield f"{row['checklist']} {row['item']}: no section {anchor}"
    for one, other in zip(blocks, (*blocks[1:], Heading(1, "end", "end")), strict=True):
        if isinstance(one, Heading) and isinstance(other, Heading) and other.level <= one.level:
            yield f"nothing below {one.text}"


def _links(blocks: tuple[Block, ...]) -> Iterator[Link]:
    for block in blocks:
        if isinstance(block, See):
            yield from block.links
        elif isinstance(block, Points):
            for point in block.points:
                yield from point.links
