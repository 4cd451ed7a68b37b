"""The commands and edits that pages show, in their order; the table of what runs each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import page_links
import yaml

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("commands.yaml")
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SHELL = {"", "bash", "sh", "shell", "console"}
"""Blocks in these languages hold commands, a line each, and nothing else; what is no command is
marked `text`."""


@dataclass(frozen=True)
class Shown:
    """A block of a page: its language ('' for commands) and its lines."""

    language: str
    lines: list[str]

    @property
    def commands(self) -> list[str]:
        """The commands of a block, without what is said beside them."""
        told = [re.sub(r"(^|\s+)#\s.*$", "", line).strip() for line in self.lines]
        return [line for line in told if line] if self.language in SHELL else []


def pages() -> list[Path]:
    """Every page that is built."""
    return sorted({path for pattern in page_links.PAGES for path in ROOT.glob(pattern)})


def blocks(page: Path) -> Iterator[Shown]:
    """The blocks of a page."""
    for _, language, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        yield Shown(language, text.splitlines())


def shown() -> dict[str, list[str]]:
    """Command → the pages that show it."""
    found: dict[str, list[str]] = {}
    for page in pages():
        for command in (one for block in blocks(page) for one in block.commands):
            found.setdefault(command, []).append(page.relative_to(ROOT).as_posix())
    return found


def table() -> dict[str, dict[str, str]]:
    """Command → what runs it: {run: …}, {by: file, words: …} or {not: why no test does}."""
    listed: dict[str, dict[str, str]] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return listed
