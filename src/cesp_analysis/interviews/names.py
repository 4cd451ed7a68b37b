"""Names of codes within paths and lists: a name that holds their marks stays one name.

' / ' stands between the levels of a code and ' | ' between the names of a list. Within a name they
are written ' \\/ ' and ' \\| ', so that two codes never become one and lists can be split again.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from cesp_analysis.declared.coded_files import LEVELS
from cesp_analysis.interviews.rows import Note, noted

BETWEEN = " | "
"""What stands between the names of a list."""
_MARK = re.compile(r"(?<![^ ])(\\*[/|])(?![^ ])")
_WRITTEN = re.compile(r"(?<![^ ])\\(\\*[/|])(?![^ ])")
_SLASH = re.compile(r"(?<![^ ])\\+/(?![^ ])")
_BAR = re.compile(r"(?<![^ ])(\\*\|)(?![^ ])")
_WRITTEN_BAR = re.compile(r"(?<![^ ])\\(\\*\|)(?![^ ])")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
"""Characters that no figure and no page may hold; tabs and line ends are spaces."""
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")


def tidy(name: str) -> str:
    """A name with one space between its words, and without characters that only look like none;
    itself if nothing is left."""
    return " ".join(_UNSEEN.sub("", name).split()) or name


@lru_cache(maxsize=4096)
def compared(name: str) -> str:
    """What two names share that a reader takes for one: whatever their case, spaces, characters
    that nobody sees (joiners of letters too), and ways to write a letter with its accent."""
    text = unicodedata.normalize("NFC", tidy(name))
    if not text.isascii():
        text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return " ".join(text.casefold().split())


def control_character(what: str, word: str) -> str:
    """What is said of a name with a control character; '' of one without."""
    odd = CONTROL.search(word)
    return f"the {what} '{word}' holds the control character {odd[0]!a}; take it out" if odd else ""


def as_level(name: str) -> str:
    """A name as one level of a path."""
    return _MARK.sub(r"\\\1", name)


def as_named(level: str) -> str:
    """The name that a level stands for."""
    return _WRITTEN.sub(r"\1", level)


def as_part(levels: str) -> str:
    """Levels as a subtheme is called: one by its name, unless a mark in it could be read as that of
    several; these as they are written. No two codes are called the same."""
    return levels if LEVELS in levels or _SLASH.search(levels) else as_named(levels)


def path_of(names: Iterable[str], mark: str | None) -> str:
    """A code's names from the top down as one path; `mark`: what leads down within a name. Where
    that is our own mark, names are written as here already."""
    parts = [part for name in names for part in (name.split(mark) if mark else (name,))]
    if mark == LEVELS:
        parts = [as_named(part) for part in parts]
    return LEVELS.join(as_level(" ".join(part.split())) for part in parts if part.strip())


def listed(names: Iterable[str]) -> str:
    """Names as a list."""
    return BETWEEN.join(_BAR.sub(r"\\\1", name) for name in names)


def split_list(text: str) -> list[str]:
    """The names of a list, their bars as they were before they were listed; [] of ''."""
    return [_WRITTEN_BAR.sub(r"\1", name) for name in text.split(BETWEEN)] if text else []


def marked(file: str, paths: Sequence[str], by_mark: bool = True) -> list[Note]:
    """A note of codes whose names hold a mark; by_mark: `hierarchy` can make levels of it."""
    own = [path for path in dict.fromkeys(paths) if _WRITTEN.search(path)]
    met = {found[1].lstrip("\\") for path in own for found in _WRITTEN.finditer(path)}
    ways = " or ".join(f"' {mark} '" for mark in sorted(met))
    by_column = "put the lower level in the column of subtheme"
    remedy = f"write hierarchy: {ways}" if by_mark else by_column
    fact = (
        "codes have '/' or '|' as a word of a name, which is one name, written with '\\' before it;"
        f" if it leads a level down, {remedy}"
    )
    return noted(file, "marks_in_names", own, fact)
