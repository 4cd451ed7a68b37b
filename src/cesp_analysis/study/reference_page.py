"""docs/study_file.md: every setting of config.yaml, made from the types that read it."""

import json
from collections.abc import Iterator
from typing import Any

from cesp_analysis.study.schema import schema_of_study

_INTRODUCTION = """# Every setting of config.yaml

Made from the types that read it by `cesp schema`; an editor that knows JSON schema completes the
same names ([schema.json](schema.json)). A setting without a default must be written; a section that
a study does not need is left out. `NAME` stands for a name of your own: small letters, digits and
underscores.
"""


def reference_page() -> str:
    """The page: one section for each part of the study file, in the file's order."""
    schema = schema_of_study()
    waiting: list[tuple[str, dict[str, Any]]] = [("", schema)]
    seen: set[str] = set()
    parts = [_INTRODUCTION]
    while waiting:
        path, node = waiting.pop(0)
        parts.append(_section(path, node, schema["$defs"]))
        for name, entry in node.get("properties", {}).items():
            for suffix, ref in _refs(entry):
                if ref not in seen:
                    seen.add(ref)
                    below = f"{path}.{name}" if path else name
                    part = schema["$defs"][ref]
                    kind = _named(part) if len(list(_refs(entry))) > 1 else ""
                    waiting.append((below + suffix + kind, part))
    return "\n".join(parts)


def _named(node: dict[str, Any]) -> str:
    """' (kind: weighted_did)', as the section itself must write it; '' of one without a kind."""
    kind = node.get("properties", {}).get("kind", {}).get("const", "")
    return f" (kind: {kind})" if kind else ""


def _section(path: str, node: dict[str, Any], definitions: dict[str, Any]) -> str:
    title = f"## `{path}`" if path else "## Sections"
    about = (node.get("description") or "").split("\n\n")[0].replace("\n", " ")
    rows = [
        _row(name, entry, name in node.get("required", ()), definitions)
        for name, entry in node.get("properties", {}).items()
    ]
    table = ["| setting | may be | default | meaning |", "|---|---|---|---|", *rows]
    return "\n".join([title, "", about, "", *table, ""])


def _row(name: str, entry: dict[str, Any], required: bool, definitions: dict[str, Any]) -> str:
    default = "must be written" if required else _default(entry.get("default"))
    meaning = entry.get("description") or _first_sentence(entry, definitions)
    meaning = meaning.replace("|", "\\|").replace("\n", " ")
    return f"| `{name}` | {_kind(entry)} | {default} | {meaning} |"


def _first_sentence(entry: dict[str, Any], definitions: dict[str, Any]) -> str:
    """What the first section that a setting holds says of itself."""
    ref = next((ref for _, ref in _refs(entry)), "")
    about = str(definitions.get(ref, {}).get("description", "")) if ref else ""
    return about.split("\n\n")[0].replace("\n", " ")


def _default(value: Any) -> str:
    if value is None or value in ({}, [], ""):
        return "none"
    return (
        f"`{json.dumps(value, ensure_ascii=False)}`" if not isinstance(value, dict) else "as below"
    )


def _kind(entry: dict[str, Any]) -> str:
    """What a setting may be, in words."""
    if "const" in entry:
        return f"`{entry['const']}`"
    if "enum" in entry:
        return ", ".join(f"`{word}`" for word in entry["enum"])
    if "anyOf" in entry or "oneOf" in entry:
        kinds = [_kind(part) for part in entry.get("anyOf") or entry["oneOf"]]
        return " or ".join(dict.fromkeys(kind for kind in kinds if kind != "nothing"))
    if "$ref" in entry or "allOf" in entry:
        return "a section"
    return _of_type(entry)


def _of_type(entry: dict[str, Any]) -> str:
    kind = entry.get("type")
    if kind == "array":
        items = entry.get("items") or (entry.get("prefixItems") or [{}])[0]
        return f"list of {_kind(items)}"
    if kind == "object":
        inner: Any = entry.get("additionalProperties") or next(
            iter(entry.get("patternProperties", {}).values()), {}
        )
        return f"`NAME`: {_kind(inner)}" if isinstance(inner, dict) and inner else "a section"
    words = {
        "string": "text",
        "number": "number",
        "integer": "whole number",
        "boolean": "`true` or `false`",
        "null": "nothing",
    }
    return words.get(str(kind), "anything")


def _refs(entry: dict[str, Any], suffix: str = "") -> Iterator[tuple[str, str]]:
    """The definitions that a setting points to, with what stands between: '.NAME' in a mapping."""
    if "$ref" in entry:
        yield suffix, entry["$ref"].rpartition("/")[2]
    for key in ("anyOf", "oneOf", "allOf"):
        for part in entry.get(key, ()):
            yield from _refs(part, suffix)
    for key in ("items", "additionalProperties"):
        if isinstance(entry.get(key), dict):
            yield from _refs(entry[key], suffix + (".NAME" if key != "items" else ""))
    for part in entry.get("patternProperties", {}).values():
        yield from _refs(part, suffix + ".NAME")
