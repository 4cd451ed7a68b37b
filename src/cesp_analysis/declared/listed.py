"""Words and numbers of config.yaml that may stand alone or as a list, as text."""

from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema


def _listed(value: object) -> object:
    """One word, number or a list of them, as text."""
    if isinstance(value, str | int | float):
        return (str(value),)
    return tuple(str(part) for part in value) if isinstance(value, list | tuple) else value


_WORD = {"anyOf": [{"type": "string"}, {"type": "number"}]}
_LISTED = {"anyOf": [*_WORD["anyOf"], {"type": "array", "items": _WORD}]}
"""How JSON schema says: one word or number, or a list of them."""
Formats = Annotated[tuple[str, ...], BeforeValidator(_listed), WithJsonSchema(_LISTED)]
Codes = Annotated[tuple[str, ...], BeforeValidator(_listed), WithJsonSchema(_LISTED)]
Values = Annotated[
    dict[str, str],
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "object", "additionalProperties": _WORD},
                {"type": "array", "items": _WORD},
            ]
        }
    ),
]
