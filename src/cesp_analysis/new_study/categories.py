"""The order in which a draft writes categories: of numbers where they begin with them."""

import re
from collections.abc import Sequence

_BEGINS = re.compile(r"(under |below |less than |up to |over |above |more than |[<>≤≥]=? ?)?(\d+)")
_BELOW = ("under ", "below ", "less than ", "up to ", "<", "≤")
_ABOVE = ("over ", "above ", "more than ", ">", "≥")


def in_order(words: Sequence[str]) -> list[str]:
    """The words by the numbers they begin with: '18-34', '35-49', '65+'; as given if one has none.

    '<18' comes before '18-34', '>65' after '50-65'.
    """
    places = [_place(word) for word in words]
    known = [place for place in places if place is not None]
    if len(known) < len(words):
        return list(words)
    return [word for _, word in sorted(zip(known, words, strict=True), key=lambda pair: pair[0])]


def _place(word: str) -> tuple[int, int] | None:
    """The number a word begins with, and whether it means less (-1) or more (1) than it."""
    found = _BEGINS.match(word.strip().casefold())
    if found is None:
        return None
    said = found[1] or ""
    return int(found[2]), said.startswith(_ABOVE) - said.startswith(_BELOW)


def as_before(words: Sequence[str], before: Sequence[str]) -> list[str]:
    """The words in the order of an earlier file's same column, if most of them stand there too."""
    if len(set(words) & set(before)) * 2 <= len(words):
        return list(words)
    first = [word for word in before if word in words]
    return in_order([*first, *(word for word in words if word not in before)])
