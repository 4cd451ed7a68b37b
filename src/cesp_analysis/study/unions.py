"""Mistakes where the study file may hold one of several forms, as a word or a section.

Pydantic tries each form and tells the mistakes of all. An analyst meant one of them: of a section
the form of a section, of anything else that of a word.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from cesp_analysis.models.kinds import KINDS

Fault = dict[str, Any]
_NOT_WRITTEN = -1
ALIKE = 0.7
"""Of two keys: one is the other misspelt, as difflib measures it."""


def one_each(faults: Sequence[Any], data: Mapping[str, Any]) -> list[Fault]:
    """The mistakes without those of forms that were not meant; their `loc` holds what is written
    alone.

    Left out, too, are lists that seem too short because entries of theirs are wrong, and keys that
    are missing because they are misspelt.
    """
    groups: dict[tuple[Any, ...], list[Fault]] = {}
    for fault in faults:
        at = _form_at(fault, data)
        place = fault["loc"] if at == _NOT_WRITTEN else (*fault["loc"][:at], None)
        groups.setdefault(place, []).append(dict(fault))
    found = [one for place, own in groups.items() for one in _meant(place, own)]
    return [one for one in found if not (_short_by_others(one, found) or _misspelt(one, found))]


def _form_at(fault: Any, data: Mapping[str, Any]) -> int:
    """Where the place names a form, not what is written."""
    here: Any = data
    loc = fault["loc"]
    for at, part in enumerate(loc):
        if _holds(here, part):
            here = here[part]
        elif at == 2 and loc[0] == "models" and part in KINDS:
            continue  # which kind a model is
        else:
            lacks = fault["type"] == "missing" and at == len(loc) - 1
            return _NOT_WRITTEN if lacks or str(part).startswith("[") else at
    return _NOT_WRITTEN


def _holds(here: Any, part: Any) -> bool:
    if isinstance(here, list):
        return isinstance(part, int) and part < len(here)
    return isinstance(here, Mapping) and part in here


def _meant(place: tuple[Any, ...], faults: list[Fault]) -> Iterator[Fault]:
    if not place or place[-1] is not None:
        yield from faults
        return
    at = len(place) - 1
    forms: dict[Any, list[Fault]] = {}
    for fault in faults:
        forms.setdefault(fault["loc"][at], []).append(fault)
        fault["loc"] = (*fault["loc"][:at], *fault["loc"][at + 1 :])
    inside = [own for own in forms.values() if all(len(one["loc"]) > at for one in own)]
    if inside:
        yield from min(inside, key=len)
        return
    sections = any(one["type"] == "model_type" for own in forms.values() for one in own)
    words = [one for own in forms.values() for one in own if one["type"] == "literal_error"]
    yield {**words[0], "or_section": sections} if words else faults[0]


def _short_by_others(fault: Fault, found: Sequence[Fault]) -> bool:
    loc = fault["loc"]
    return fault["type"] == "too_short" and any(
        one is not fault and one["loc"][: len(loc)] == loc for one in found
    )


def _misspelt(fault: Fault, found: Sequence[Fault]) -> bool:
    *section, name = fault["loc"] or ("",)
    others = [
        str(one["loc"][-1])
        for one in found
        if one["type"] == "extra_forbidden" and [*one["loc"][:-1]] == section
    ]
    return fault["type"] == "missing" and bool(get_close_matches(str(name), others, cutoff=ALIKE))
