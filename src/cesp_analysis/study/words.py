"""What is wrong with config.yaml, in an analyst's words."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from cesp_analysis.models.kinds import KINDS, class_of
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.study.study import Study


def in_words(error: ValidationError, data: dict[str, Any]) -> Iterator[str]:
    """One line for each mistake that pydantic found: place, fact, nearest right word."""
    for fault in error.errors(include_url=False):
        place = _place(fault["loc"])
        yield f"{place}: {_fact(fault, data)}"


def _place(loc: tuple[Any, ...]) -> str:
    kinds = set(KINDS)
    parts = [
        str(part)
        for index, part in enumerate(loc)
        if not (index == 2 and loc[0] == "models" and part in kinds) and part != "[key]"
    ]
    return ".".join(parts)


def _fact(fault: Any, data: dict[str, Any]) -> str:
    kind, loc, context = fault["type"], fault["loc"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(str(loc[-1]), _fields_at(loc[:-1]))
    if kind == "missing":
        return f"'{loc[-1]}' is missing; {_about(loc)}"
    if kind == "literal_error":
        allowed = [
            word.strip().strip("'")
            for word in context["expected"].replace(" or ", ", ").split(", ")
        ]
        given = str(fault["input"])
        return f"must be {context['expected']}, not '{given}'{_near(given, allowed)}"
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        named = fault["input"].get("kind") if isinstance(fault["input"], dict) else None
        if named is None:
            return f"'kind' is missing; write one of {', '.join(KINDS)}"
        near, known = _near(str(named), list(KINDS)), ", ".join(KINDS)
        return f"no model kind is called '{named}'{near} (known: {known})"
    if kind == "string_pattern_mismatch":
        return (
            f"'{fault['input']}' is not a name; use at most 40 small letters, digits and"
            " underscores, beginning with a letter or digit"
        )
    if kind in {"dict_type", "model_type", "model_attributes_type"}:
        return f"must be a section with entries of its own; it is {fault['input']!r}"
    if kind in {"too_short", "too_long"}:
        bound = context.get("min_length", context.get("max_length"))
        return f"needs {'at least' if kind == 'too_short' else 'at most'} {bound} of them"
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return f"must be {words} {context[bound]:g}; it is {fault['input']!r}"
    if kind == "tuple_type":
        return f"must be a list; write [{fault['input']}]"
    if kind == "string_type" and not isinstance(fault["input"], dict | list):
        return f'must be text; put it in quotes: "{fault["input"]}"'
    if (noun := _NOUNS.get(kind)) is not None:
        return f"must be {noun}; it is {fault['input']!r}"
    message = fault["msg"][0].lower() + fault["msg"][1:]
    return (
        f"{message}; it is {fault['input']!r}" if not isinstance(fault["input"], dict) else message
    )


_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
}
"""A number out of its bounds, in words, and where the bound stands."""
_NOUNS = {
    "string_type": "text",
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "a whole number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
}
"""What pydantic wanted, in words."""


def _near(word: str, declared: list[str]) -> str:
    near = get_close_matches(word, declared, n=1, cutoff=0.5)
    return f"; did you mean '{near[0]}'?" if near else ""


def _unknown_key(key: str, known: dict[str, Any]) -> str:
    return f"nothing here is called '{key}'{_near(key, list(known))} (known: {', '.join(known)})"


def _about(loc: tuple[Any, ...]) -> str:
    field = _fields_at(loc[:-1]).get(str(loc[-1]))
    description = getattr(field, "description", None)
    return description or "add it"


def _fields_at(loc: tuple[Any, ...]) -> dict[str, Any]:
    """The fields that a section may have, found by following the place through the types."""
    model: Any = Study
    named = False  # the next part is an entry's name, which may well be called like a field
    for index, part in enumerate(loc):
        if named:
            named = False
        elif index == 2 and loc[0] == "models" and part in KINDS:
            model = class_of(str(part))
        elif _is_model(model) and str(part) in model.model_fields:
            annotation = model.model_fields[str(part)].annotation
            named, model = "dict[" in str(annotation), _inner(annotation)
    fields = dict(model.model_fields) if _is_model(model) else {}
    if _is_model(model) and issubclass(model, ModelSpec):
        del fields["study"]  # filled in when a study is read, not written by hand
    return fields


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _inner(annotation: Any) -> Any:
    """The section type inside dict[...], tuple[...] or X | None; the annotation itself else."""
    if _is_model(annotation):
        return annotation
    inner = [_inner(argument) for argument in get_args(annotation)]
    models = [kind for kind in inner if _is_model(kind)]
    return models[-1] if models else annotation
