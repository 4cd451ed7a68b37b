"""What each module of the program is for: docs/modules.md, written by `python tests/modules.py`.

The words are the modules' own: the first sentence of each docstring. Of a package these are its
modules, room by room, the lowest first.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from rooms import ORDER, SOURCE, tree

PAGE = SOURCE.parents[1] / "docs" / "modules.md"
HEAD = """# Modules

Written by `python tests/modules.py` from the first sentence of each module's docstring, and held by
a test. What a room is for, and how they hang together: [architecture](architecture.md); which
imports which: [rooms](rooms.md).
"""


def first_sentence(path: Path) -> str:
    """What a module's docstring says first, up to its first full stop that ends a sentence."""
    said = ast.get_docstring(tree(path)) or ""
    paragraph = " ".join(said.split("\n\n")[0].split())
    return re.split(r"(?<=[^.\s][a-z0-9)'`\"])\.(?:\s+(?=[A-Z`])|$)", paragraph)[0].removesuffix(
        "."
    )


def _listed(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.py")):
        if path.name != "__init__.py":
            yield f"| `{path.name}` | {first_sentence(path).replace('|', chr(92) + '|')} |"


def page() -> str:
    """docs/modules.md."""
    table = "| module | what it is for |\n|---|---|\n"
    parts = [HEAD, "## Beside the rooms\n\n" + table + "\n".join(_listed(SOURCE)) + "\n"]
    for room in ORDER:
        said = first_sentence(SOURCE / room / "__init__.py")
        rows = "\n".join(_listed(SOURCE / room))
        parts.append(f"## `{room}/`\n\n{said}.\n\n{table}{rows}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
