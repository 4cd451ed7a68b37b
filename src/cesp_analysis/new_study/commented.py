"""YAML with comments: sections in their order, what a person should read above or behind a line."""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

_WIDTH = 100
_PLAIN = re.compile(r"[A-Za-z_][\w %/.+()'-]*(?<! )|\d{1,3}[mwy][a-z]*")
_WORDS = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}
"""Words that some readers of YAML take for something else."""

Place = tuple[str, ...]
"""Keys that lead to a setting: ('sites', 'north', 'arm')."""


def written(data: Mapping[str, Any], notes: Mapping[Place, list[str]]) -> str:
    """The data as YAML; `notes`: place → comments that stand above it."""
    lines: list[str] = []
    for key, value in data.items():
        if lines:
            lines.append("")
        lines += _lines(key, value, (key,), notes)
    return "\n".join(lines) + "\n"


def comment(text: str, indent: int = 0) -> list[str]:
    """A comment, wrapped; questions begin with '# ?'. Settings in it keep their indentation."""
    start = "# ? " if text.endswith("?") else "# "
    pad = " " * indent
    inside = len(text) - len(text.lstrip())
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=pad + start,
        subsequent_indent=pad + "#" + " " * (len(start) - 1 + 2 * inside),
        break_long_words=False,
        break_on_hyphens=False,
    )


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(str(k))}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(part) for part in value) + "]"
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, float | int):
        return f"{value:g}" if float(value).is_integer() else repr(value)
    text = str(value)
    plain = _PLAIN.fullmatch(text) and text.isascii() and text.lower() not in _WORDS
    return text if plain else json.dumps(text, ensure_ascii=not text.isprintable())


def _lines(key: str, value: Any, place: Place, notes: Mapping[Place, list[str]]) -> Iterator[str]:
    indent = 2 * (len(place) - 1)
    for note in notes.get(place, ()):
        yield from comment(note, indent)
    start = f"{' ' * indent}{flow(key)}:"
    inside = any(len(other) > len(place) and other[: len(place)] == place for other in notes)
    block = len(place) == 1 or (len(place) == 2 and place[0] in ("files", "models", "outcomes"))
    short = len(f"{start} {flow(value)}") <= _WIDTH and not inside
    if not isinstance(value, Mapping | list | tuple) or not value or (short and not block):
        yield f"{start} {flow(value)}"
    elif isinstance(value, Mapping):
        yield start
        for name, part in value.items():
            if key == "files" and name != next(iter(value)):
                yield ""
            yield from _lines(str(name), part, (*place, str(name)), notes)
    else:
        yield start
        yield from (f"{' ' * indent}  - {flow(part)}" for part in value)
