"""YAML as an analyst means it: `no` is a word, a date is text, a key stands once."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from cesp_analysis.errors import CespError
from cesp_analysis.readable import fault_of

_HALF = re.compile("[\ud800-\udfff]")
_PLAIN_TEXT = re.compile(
    "[\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*"
)
"""What both parsers read alike: no tabs, odd line ends or marks of byte order, which libyaml takes
for spaces, or drops."""
_BLOCK_COMMENT = re.compile(r"[|>][-+0-9]*#")
"""A comment at once behind the sign of a block of text, which Python's parser refuses."""


class _Words(Composer, SafeConstructor, Resolver):
    """SafeLoader without YAML 1.1's surprises (no, on, 2026-01-31, 12:30) and with text keys."""

    faults: list[str]
    file: str

    def compose_scalar_node(self, anchor: dict[Any, yaml.Node]) -> yaml.ScalarNode:
        node = super().compose_scalar_node(anchor)
        if half := _HALF.search(str(node.value)):  # '\\ud800' in quotes: no file can hold it
            self.faults.append(
                f"{self.file}: line {node.start_mark.line + 1}: {half[0]!a} is half a character;"
                " write the character itself"
            )
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = str(key_node.value)
            if key in seen and key != "<<":
                self.faults.append(
                    f"{self.file}: line {key_node.start_mark.line + 1}: '{key}' stands twice in the"
                    " same section; keep one of them"
                )
            seen.add(key)
        self.flatten_mapping(node)  # merge keys (<<) come first, own keys override them
        mapping: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            mapping[str(key_node.value)] = self.construct_object(value_node, deep=True)
        return mapping


class _Loader(_Words, yaml.SafeLoader):
    """With the parser in Python, whose messages an analyst reads."""

    def __init__(self, stream: str, name: str) -> None:
        yaml.SafeLoader.__init__(self, stream)
        self.faults, self.file = [], name


class _Quick(_Words, CParser):
    """With libyaml's parser, which takes an eighth of the time: a start reads all YAML there is."""

    def __init__(self, stream: str, name: str) -> None:
        CParser.__init__(self, stream)
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)
        self.faults, self.file = [], name


_PLAIN = {
    "null": (r"~|null|Null|NULL|", "~nN\0"),
    "bool": (r"true|false", "tf"),
    "int": (r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    "float": (
        r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?",
        "-+.0123456789",
    ),
    "merge": (r"<<", "<"),
}
"""What an unquoted word may be besides text: YAML 1.2's core, and merge keys."""

_Words.yaml_implicit_resolvers = {}
for _tag, (_pattern, _first) in _PLAIN.items():
    _Words.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )
_Words.yaml_implicit_resolvers[""] = _Words.yaml_implicit_resolvers.pop("\0")


def read_yaml(
    path: Path,
    shown_as: str = "",
    lacks: str = "sections; examples/incinerator shows which there must be",
) -> dict[str, Any]:
    """Read a YAML file whose top level is a mapping; every fault is a CespError with its line.

    lacks: what one without a mapping does not hold, and the remedy.
    """
    name = shown_as or str(path)
    if fault := fault_of(path):
        raise CespError(f"{name}: {fault}; a study is a folder that holds config.yaml")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        byte = error.object[error.start]
        raise CespError(
            f"{name}: line {line}: byte 0x{byte:02x} is not UTF-8; save the file as UTF-8"
        ) from None
    data, faults = _read(text, name)
    if faults:
        raise CespError(faults)
    if not isinstance(data, dict):
        raise CespError(f"{name}: holds no {lacks}")
    return data


def _read(text: str, name: str) -> tuple[Any, list[str]]:
    """What YAML says, and its faults; what libyaml refuses is read again for Python's words."""
    alike = _PLAIN_TEXT.fullmatch(text) and not _BLOCK_COMMENT.search(text)
    kinds = (_Quick, _Loader) if alike else (_Loader,)
    for kind in kinds:
        try:
            loader = kind(text, name)
            return loader.get_single_data(), loader.faults
        except yaml.YAMLError as error:
            refused = _syntax(error, name, text)
        except RecursionError:
            refused = f"{name}: brackets or aliases (*) without an end; remove them"
    raise CespError(refused)


def _syntax(error: yaml.YAMLError, name: str, text: str) -> str:
    if isinstance(error, yaml.reader.ReaderError):
        line = text[: error.position].count("\n") + 1
        shown = ascii(text[error.position : error.position + 1])
        return f"{name}: line {line}: holds a character that nobody sees, {shown}; remove it"
    mark = getattr(error, "problem_mark", None)
    fact = getattr(error, "problem", None) or "cannot be read"
    place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "start"
    return f"{name}: {place}: {fact}; check indentation (spaces, no tabs), colons and quotes there"
