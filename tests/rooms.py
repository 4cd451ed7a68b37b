"""Which room of the program imports which: docs/rooms.md, written by `python tests/rooms.py`.

A room is a folder of src/cesp_analysis; files beside them are shared, and belong to none. Each room
imports those below it alone: ORDER says which these are, the lowest first. Of the files beside them
rooms import those alone that lead to no room but the lowest.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "cesp_analysis"
PAGE = ROOT / "docs" / "rooms.md"
ORDER = (
    "declared", "instruments", "models", "study", "simulate", "intake", "panel", "clean", "missing",
    "survey", "analysis_plan", "measurement", "fidelity", "interviews", "describe", "feasibility",
    "few_sites", "economics", "planning", "integration", "checklists", "figures", "provenance",
    "disclosure", "report", "new_study", "export",
)  # fmt: skip
"""Rooms, the lowest first."""


@cache
def tree(path: Path) -> ast.Module:
    """A source file as Python reads it: read once for all that look at it."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports() -> Counter[tuple[str, str]]:
    """(room, room that it imports) → in how many statements, those that only types need too."""
    found: Counter[tuple[str, str]] = Counter()
    for path in sorted(SOURCE.rglob("*.py")):
        room = path.relative_to(SOURCE).parts[0]
        for other in _rooms_in(path):
            if room in ORDER and other in ORDER and other != room:
                found[room, other] += 1
    return found


def _rooms_in(path: Path) -> Iterator[str]:
    """The rooms of a file's imports."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cesp_analysis"):
            parts = str(node.module).split(".")
            yield from [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]


def upwards() -> list[str]:
    """What imports a room above it; each folder is a room. And what comes back to rooms by way of a
    file beside them: those that rooms import know the lowest room alone."""
    places = {room: at for at, room in enumerate(ORDER)}
    found = imports()
    unknown = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()}
    return [
        *(f"{a} imports {b}" for a, b in found if places[b] > places[a]),
        *(f"{room} has no place" for room in sorted(unknown ^ set(ORDER))),
        *(
            f"{path.relative_to(SOURCE)} imports {shared}.py, which leads to {', '.join(rooms)}"
            for path in sorted(SOURCE.rglob("*.py"))
            if path.relative_to(SOURCE).parts[0] in ORDER
            for shared in sorted({*_rooms_in(path)} - {*ORDER})
            if (rooms := sorted(_led_to(shared) - {ORDER[0]}))
        ),
    ]


@cache
def _led_to(shared: str) -> frozenset[str]:
    """The rooms that a file beside the rooms imports, itself or by way of others beside it."""
    waiting, seen, rooms = [shared], {shared}, set()
    while waiting:
        path = SOURCE / f"{waiting.pop()}.py"
        others = {*_rooms_in(path)} if path.exists() else set()
        rooms |= others & {*ORDER}
        new = others - {*ORDER} - seen
        seen |= new
        waiting += new
    return frozenset(rooms)


def direct() -> list[tuple[str, str]]:
    """The imports that do not follow from others: a room that is reached by way of another is left
    out."""
    below: dict[str, set[str]] = {room: set() for room in ORDER}
    for room, other in imports():
        below[room].add(other)
    reached: dict[str, set[str]] = {}
    for room in ORDER:
        reached[room] = below[room].union(*(reached[one] for one in below[room]))
    return [
        (room, other)
        for room in ORDER
        for other in ORDER
        if other in below[room] and not any(other in reached[one] for one in below[room])
    ]


def page() -> str:
    """docs/rooms.md."""
    files = Counter(path.relative_to(SOURCE).parts[0] for path in SOURCE.rglob("*.py"))
    arrows = "\n".join(f"    {room} --> {other}" for room, other in direct())
    found = imports()
    rows = "\n".join(
        f"| `{room}/` | {files[room] - 1} | "
        + (
            ", ".join(f"{other} {found[room, other]}" for other in ORDER if found[room, other])
            or "–"
        )
        + " |"
        for room in ORDER
    )
    return f"""# Rooms

Written by `python tests/rooms.py`, and held by a test: each room imports rooms below it alone, so
that there is no way round. What each holds: [architecture](architecture.md). Files beside the rooms
are shared: those that rooms import lead to no room but the lowest.

Arrows lead from a room to what it imports; those that follow from others are left out.

```mermaid
graph BT
{arrows}
```

From the lowest to the highest, with the statements by which each imports others:

| room | files | imports |
|---|---|---|
{rows}
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
