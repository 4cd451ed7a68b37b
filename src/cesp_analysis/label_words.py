"""A code's label as it is compared: its words, whatever their case and marks, without the code that
stands in front of it."""

import re
from collections import Counter
from collections.abc import Mapping

_MARKED = re.compile(r"[(\[]?(\d+)[)\]]?\s*[-–—.:)=]+\s*(?=[^\d\s])(.*\w.*)", re.DOTALL)
"""1 - Often, 1. Often, (1): Often; not 1.5 hours, 1 - 2 times."""
_BESIDE = re.compile(r"(\d+)\s+([^\W\d].*)", re.DOTALL)
"""1 Often."""


def words_of(label: str) -> str:
    """The words of a label in small letters, one space between them; signs alone as they are."""
    return " ".join(re.findall(r"\w+", label.casefold())) or label.strip().casefold()


def without_number(label: str, code: str | None = None) -> str:
    """A label without the number in front of it; `code`: only where a sign sets the number off, or
    it is this code (2 times)."""
    label = label.strip()
    if found := _MARKED.fullmatch(label):
        return found[2]
    found = _BESIDE.fullmatch(label)
    return found[2] if found and (code is None or found[1] == code) else label


def by_words(labels: Mapping[str, str]) -> dict[str, str]:
    """Code → label as words → code: labels that only their number in front tells apart keep it, and
    words that two codes share tell of neither."""
    bare = {code: words_of(without_number(label, code)) for code, label in labels.items()}
    often = Counter(bare.values())
    told = {c: words_of(labels[c]) if often[word] > 1 else word for c, word in bare.items()}
    often = Counter(told.values())
    return {word: code for code, word in told.items() if often[word] == 1}


def meant(label: str, answers: Mapping[str, int]) -> int | None:
    """The code of a label among answers, by their words; None where it is none of them."""
    found = answers.get(words_of(label))
    return answers.get(words_of(without_number(label))) if found is None else found
