"""Texts of the content tree as paper needs them: what may stand in a file, where a line may end."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import groupby, takewhile
from typing import Any
from unicodedata import category, combining, east_asian_width

_IN_BRACKETS = re.compile(r"(\([^()]+ to [^()]+\))")
_NEVER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NARROW = frozenset("fijlrtI.,:;'|!()[]{}/-‐–·’‘`")
_BROAD = frozenset("mwMW@%—…")
BREAK = "\u200b"
"""A place where a word may break; nobody sees it."""


def above_pages(report: dict[str, Any]) -> str:
    """What stands above every page: the banner, and who may read it."""
    return " · ".join(filter(None, (report["banner"], report["notice"])))


def before_contents(blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The blocks before the first heading, which stand before the list of contents; none in a
    report without headings."""
    if not any(block["kind"] == "heading" for block in blocks):
        return []
    return list(takewhile(lambda block: block["kind"] != "heading", blocks))


def interval_parts(text: str) -> list[tuple[str, bool]]:
    """A text in parts, each with whether it is an interval in brackets, '(1 to 2)'."""
    parts = _IN_BRACKETS.split(text)  # every second one is an interval
    return [(part, at % 2 == 1) for at, part in enumerate(parts) if part]


def printable(text: str) -> str:
    """The text with what neither XML nor a PDF may hold as U+FFFD, and line ends as spaces."""
    return _NEVER.sub("\ufffd", text.replace("\n", " ").replace("\r", " ").replace("\t", " "))


def ems(text: str) -> float:
    """About how wide a text is, in ems of a usual text face: for the widths of columns."""
    return sum(map(_em, text))


def words(text: str) -> list[str]:
    """The parts of a text between which a line may end: at spaces and after slashes."""
    return [word for part in text.split() for word in re.split(r"(?<=/)", part) if word]


def breakable(text: str, room: float) -> str:
    """The text with places to break in words that are wider than `room` ems."""
    if ems(text) <= room:
        return text
    parts = ("".join(part) for _, part in groupby(text, key=str.isspace))
    return "".join(part if ems(part) <= room else _loose(part, room) for part in parts)


def _loose(word: str, room: float) -> str:
    """A word with places to break after its slashes and, in parts that are still too wide, before
    each letter; a mark stays with the letter before it."""
    return BREAK.join(
        part
        if ems(part) <= room
        else part[0] + "".join(one if combining(one) else BREAK + one for one in part[1:])
        for part in words(word) or [word]
    )


@cache
def _em(letter: str) -> float:
    if combining(letter) or category(letter) in ("Cf", "Mn", "Me"):
        return 0.0
    if east_asian_width(letter) in "WF":
        return 1.0
    if letter.isspace():
        return 0.27
    if letter in _NARROW:
        return 0.34
    if letter in _BROAD:
        return 0.85
    return 0.68 if letter.isupper() else 0.52


def clean(tree: Any) -> Any:
    """The tree with every string as it can be printed."""
    if isinstance(tree, str):
        return printable(tree)
    if isinstance(tree, list):
        return [clean(one) for one in tree]
    if isinstance(tree, dict):
        return {name: clean(one) for name, one in tree.items()}
    return tree
