"""What is wrong with config.yaml, in an analyst's words."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from cesp_analysis.declared.faults import fact_of, fields_at, nearest
from cesp_analysis.models.kinds import KINDS, class_of
from cesp_analysis.study.study import Study
from cesp_analysis.study.unions import ALIKE, one_each


def in_words(error: ValidationError, data: dict[str, Any]) -> Iterator[str]:
    """One line for each mistake that pydantic found: place, fact, nearest right word."""
    for fault in one_each(error.errors(include_url=False), data):
        place = _place(fault["loc"])
        for line in _fact(fault, data).splitlines():
            yield f"{place}: {line}"


def _place(loc: tuple[Any, ...]) -> str:
    kinds = set(KINDS)
    parts = [
        str(part)
        for index, part in enumerate(loc)
        if not (index == 2 and loc[0] == "models" and part in kinds)
        and not str(part).startswith("[")  # [key]; [state]: of an instrument's columns
    ]
    return ".".join(parts)


def _fact(fault: Any, data: dict[str, Any]) -> str:
    kind, loc = fault["type"], fault["loc"]
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        named = fault["input"].get("kind") if isinstance(fault["input"], dict) else None
        if named is None:
            meant = _kind_meant(fault["input"])
            return f"'kind' is missing{meant}; write one of {', '.join(KINDS)}"
        near, known = nearest(str(named), list(KINDS)), ", ".join(KINDS)
        return f"no model kind is called '{named}'{near} (known: {known})"
    fields = fields_at(loc[:-1], Study, {kind: class_of(kind) for kind in KINDS})
    if loc[0] == "models":
        fields.pop("study", None)  # filled in when a study is read, not written by hand
    if fault.get("or_section"):
        given = f", not '{fault['input']}'"
        section = f"{{{', '.join(fields_at(loc, Study))}}}"
        return fact_of(fault, fields).replace(given, f", or {section}{given}", 1)
    return fact_of(fault, fields)


def _kind_meant(section: Any) -> str:
    """The key of a model that stands for its kind, by its name or its value; '' if none does."""
    entries = {str(k): v for k, v in section.items()} if isinstance(section, dict) else {}
    near = get_close_matches("kind", list(entries), n=1, cutoff=ALIKE)
    near += [key for key, value in entries.items() if isinstance(value, str) and value in KINDS]
    return f" ('{near[0]}': did you mean 'kind'?)" if near else ""
