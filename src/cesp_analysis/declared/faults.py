"""What pydantic found wrong in a YAML file, in an analyst's words: config, instruments, sources."""

import reprlib
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from cesp_analysis.errors import closest, opposites

_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxlist, _SHORT.maxstring, _SHORT.maxother = 2, 3, 80, 80
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


def fact_of(fault: Any, fields: Mapping[str, Any]) -> str:
    """The fact of one mistake and its remedy; `fields`: what the section may hold."""
    kind, loc, context = fault["type"], fault["loc"], fault.get("ctx", {})
    about = getattr(fields.get(str(loc[-1]) if loc else ""), "description", None)
    blank = fault["input"] is None and kind in {"string_type", "tuple_type", *_NOUNS}
    if blank or kind == "string_too_short":
        return f"is empty; {about or 'write it, or leave the line out'}"
    if kind == "extra_forbidden":
        return _unknown_key(str(loc[-1]), fields)
    if kind == "missing":
        if isinstance(loc[-1], int):
            return f"value {loc[-1] + 1} of the list is missing; add it"
        return f"'{loc[-1]}' is missing; {about or 'add it'}"
    if kind == "literal_error":
        allowed = [
            word.strip().strip("'")
            for word in context["expected"].replace(" or ", ", ").split(", ")
        ]
        given = str(fault["input"])
        return f"must be {context['expected']}, not '{given}'{nearest(given, allowed)}"
    if kind == "string_pattern_mismatch":
        return (
            f"'{fault['input']}' is not a name; use at most 40 small letters, digits and"
            " underscores, beginning with a letter or digit"
        )
    if kind in {"dict_type", "model_type", "model_attributes_type"}:
        found = "empty" if fault["input"] is None else _shown(fault["input"])
        return f"must be a section with entries of its own; it is {found}"
    if kind in {"too_short", "too_long"}:
        bound = context.get("min_length", context.get("max_length"))
        return f"needs {'at least' if kind == 'too_short' else 'at most'} {bound} of them"
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return f"must be {words} {context[bound]:g}; it is {_shown(fault['input'])}"
    if kind == "tuple_type" and _of_numbers(fields, loc) and isinstance(fault["input"], str):
        return f"must be a list of numbers, such as [20, 40]; it is {_shown(fault['input'])}"
    if kind == "tuple_type":
        return f"must be a list; write [{fault['input']}]"
    if kind == "string_type" and not isinstance(fault["input"], dict | list):
        return f'must be text; put it in quotes: "{fault["input"]}"'
    if (noun := _NOUNS.get(kind)) is not None:
        return f"must be {noun}; it is {_shown(fault['input'])}"
    if kind == "value_error":  # a rule of our own, which says what is wrong and what to do
        return str(context["error"])
    message = f"{fault['msg'][0].lower()}{fault['msg'][1:]}"
    found = "" if isinstance(fault["input"], dict) else f"; it is {_shown(fault['input'])}"
    return message + found


def _of_numbers(fields: Mapping[str, Any], loc: Sequence[Any]) -> bool:
    """Whether a list holds numbers alone."""
    annotation = str(getattr(fields.get(str(loc[-1]) if loc else ""), "annotation", ""))
    return annotation.startswith(("tuple[int", "tuple[float"))


def _shown(value: Any) -> str:
    """A value as it is written, shortened: aliases can make a page of a few letters."""
    return "blank" if value is None else str(_SHORT.repr(value))


def nearest(word: str, declared: list[str]) -> str:
    """A question that names the declared word nearest to this one; nothing where none is near."""
    near = closest(word, declared)
    if near is None:
        return ""
    same = ", which says the same the other way round" if opposites(word, near) else ""
    return f"; did you mean '{near}'{same}?"


def _unknown_key(key: str, known: Mapping[str, Any]) -> str:
    return f"nothing here is called '{key}'{nearest(key, list(known))} (known: {', '.join(known)})"


def fields_at(
    loc: tuple[Any, ...], root: type[BaseModel], kinds: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The fields that a section may have, found by following the place through the types.

    `kinds`: model kind → its type.
    """
    model: Any = root
    named = False  # the next part is an entry's name, which may well be called like a field
    for index, part in enumerate(loc):
        if named:
            named = False
        elif index == 2 and loc[0] == "models" and part in (kinds or {}):
            model = (kinds or {})[str(part)]
        elif _is_model(model) and str(part) in model.model_fields:
            annotation = model.model_fields[str(part)].annotation
            named, model = "dict[" in str(annotation), _inner(annotation)
    return dict(model.model_fields) if _is_model(model) else {}


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _inner(annotation: Any) -> Any:
    """The section type inside dict[...], tuple[...] or X | None; the annotation itself else."""
    if _is_model(annotation):
        return annotation
    inner = [_inner(argument) for argument in get_args(annotation)]
    models = [kind for kind in inner if _is_model(kind)]
    return models[-1] if models else annotation
