"""What a raw file says besides its cells (`attrs` of its table), passed on without copies.

pandas copies `attrs` to the bottom with every column and every selection of rows: of a file with
hundreds of labelled columns this costs more than the work on its cells. Whoever changes what is
known of a file says so before the table is passed on.
"""

from collections.abc import Mapping
from typing import Any


class _SharedDict(dict[str, Any]):
    """A mapping that a copy of its table shares."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "_SharedDict":
        return self


class _SharedList(list[Any]):
    """A list that a copy of its table shares."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "_SharedList":
        return self


def shared(attrs: Mapping[Any, Any]) -> dict[Any, Any]:
    """The same attributes, each of which all copies of the table share."""
    return {name: _shared(value) for name, value in attrs.items()}


def _shared(value: Any) -> Any:
    if isinstance(value, dict):
        return _SharedDict(value)
    return _SharedList(value) if isinstance(value, list | tuple) else value
