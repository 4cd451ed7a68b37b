"""What stands in a page for a code host, as the built pages need it.

`docs/index.md` lists every page once; its headings become the parts of the table of contents. Links
to folders lead to the README in them, or are words where there is none. A graph in Mermaid becomes
a drawing, because its program would have to be fetched.
"""

import re
import tomllib
from pathlib import Path, PurePosixPath

from room_graph import drawn

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    "README.md",
    "CHANGELOG.md",
    "docs/*.md",
    "docs/**/*.md",
    "examples/*/README.md",
    "benchmarks/README.md",
    "tests/reference/README.md",
]
"""The pages that are built."""
INDEX, INSTRUMENTS = "docs/index", "docs/instruments/README"
_LINK = re.compile(r"\[([^\]]+)\]\(([^)#\s]+)\)")
_ENTRY = re.compile(r"^- \[[^\]]+\]\(([^)\s]+)\)", re.MULTILINE)
_MERMAID = re.compile(r"```mermaid\n(.*?)```", re.DOTALL)


def version(root: Path) -> str:
    """The project's version."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


def as_read(_app: object, page: str, source: list[str]) -> None:
    """Change a page's text when it is read; `source` holds it."""
    text = source[0]
    if page == INDEX:
        text = with_contents(text)
    elif page == INSTRUMENTS:
        text += "\n```{toctree}\n:hidden:\n:glob:\n\n[a-z]*\n```\n"
    text = _MERMAID.sub(lambda found: f"```{{raw}} html\n{drawn(found[1])}\n```\n", text)
    source[0] = _LINK.sub(lambda found: _led(found, page), text)


def with_contents(index: str) -> str:
    """The index with a table of contents below each of its headings: the pages listed there."""
    parts = re.split(r"^## ", index, flags=re.MULTILINE)
    return parts[0] + "".join(f"## {part.rstrip()}\n\n{_contents(part)}\n\n" for part in parts[1:])


def _contents(part: str) -> str:
    title = part.split("\n", 1)[0]
    pages = "\n".join(_from_root(link) for link in _ENTRY.findall(part))
    return f"```{{toctree}}\n:hidden:\n:caption: {title}\n\n{pages}\n```"


def listed(index: str) -> list[str]:
    """The pages that an index lists, from the project's root, with their endings."""
    return [f"{_from_root(link)[1:]}.md" for link in _ENTRY.findall(index)]


def _from_root(link: str) -> str:
    """A link of the index as the name of a page: from the root, without an ending."""
    parts: list[str] = []
    for part in ("docs", *PurePosixPath(link).with_suffix("").parts):
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/" + "/".join(parts)


def _led(found: re.Match[str], page: str) -> str:
    """A link that a built page can follow; other links as they are."""
    words, link = found.groups()
    if "://" in link:
        return found[0]
    folder = ROOT / PurePosixPath(page).parent / link
    if not folder.is_dir():
        return found[0]
    return f"[{words}]({link}/README.md)" if (folder / "README.md").exists() else words
