"""Notes that differ in numbers and names alone, said once: twenty of them nobody reads."""

import re
from collections.abc import Callable, Iterable, Sequence

from cesp_analysis.quoting import QUOTED, names_in

NAMED = 4
"""Of names in which notes differ so many are listed; more are in the CSV."""
SEVERAL = "several variables (the CSV names them)"
_NAMES = rf"{QUOTED}(?:, {QUOTED})*(?: and \d+ more)?"
_PART = re.compile(rf"({_NAMES}|\d[\d,]*(?:\.\d+)?)")


def alike(texts: Iterable[str], label: Callable[[str], str]) -> dict[str, str]:
    """Each text → the note that is printed for it and all that differ from it in numbers and names.

    Names are in quotes ('wellbeing@6m', see quoting.py); `label` gives what is printed in their
    place. Numbers that differ become their range.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for text in dict.fromkeys(texts):
        shape = tuple("'" if part[0] == "'" else "#" for part in _PART.findall(text))
        groups.setdefault((*_PART.split(text)[::2], *shape), []).append(text)
    return {text: note for own in groups.values() for text, note in _together(own, label)}


def _together(texts: Sequence[str], label: Callable[[str], str]) -> list[tuple[str, str]]:
    parts = [_PART.split(text) for text in texts]
    note = "".join(
        one[0] if at % 2 == 0 else _part(one, label)
        for at, one in enumerate(zip(*parts, strict=True))
    )
    return [(text, note) for text in texts]


def _part(values: Sequence[str], label: Callable[[str], str]) -> str:
    """Numbers, or lists of names, at one place of notes that are alike."""
    different = list(dict.fromkeys(values))
    if different[0][0] != "'":
        if len(different) == 1:
            return different[0]
        ordered = sorted(different, key=lambda number: float(number.replace(",", "")))
        return f"{ordered[0]} to {ordered[-1]}"
    if len(different) == 1:
        more = re.search(r" and \d+ more$", different[0])
        return _listed(different, label) + (more[0] if more else "")
    names = {name for value in different for name in names_in(value)}
    if len(names) > NAMED or any(value.endswith(" more") for value in different):
        return SEVERAL
    return _listed(different, label)


def _listed(values: Sequence[str], label: Callable[[str], str]) -> str:
    names = [name for value in values for name in names_in(value)]
    return "; ".join(dict.fromkeys(label(name) for name in names))
