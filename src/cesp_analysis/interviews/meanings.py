"""What codes stand for: theme, subtheme, construct, valence; which of them only mark excerpts."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple

from cesp_analysis.declared.coded_files import LEVELS, CodedFile, CodeMeaning
from cesp_analysis.errors import no_such
from cesp_analysis.interviews.names import as_named, as_part

Kind = Literal["theme", "marker", "left_out", "heading"]


class Meaning(NamedTuple):
    """What a code stands for; construct, valence: of every excerpt of it, a marker's of its own;
    said: what of theme and subtheme the entry says, before what rows say."""

    kind: Kind
    theme: str
    subtheme: str
    construct: str
    valence: str
    said: frozenset[str] = frozenset()


class Meanings:
    """The codes of one file, as its entry reads them."""

    def __init__(self, file: CodedFile) -> None:
        self.file = file
        self.of = cache(self._of)

    def _of(self, code: str) -> Meaning:
        """What a code, its levels with ' / ' between, stands for."""
        if code in self.file.markers():
            construct = self.file.construct_codes.get(code, "")
            return Meaning("marker", "", "", construct, self.file.valence_codes.get(code, ""))
        if any(_within(code, other) for other in self.file.left_out):
            return Meaning("left_out", "", "", "", "")
        above = [key for key in self.file.codes if _within(code, key)]
        above.sort(key=len, reverse=True)  # the nearest first
        said = [(key, self.file.codes[key]) for key in above]
        theme, rest = _theme(code, said)
        subtheme = next((one.subtheme for _, one in said if one.subtheme), rest)
        construct = next((one.construct_ for _, one in said if one.construct_), "")
        valence = next((one.valence for _, one in said if one.valence), "")
        own = frozenset(n for n in ("theme", "subtheme") if any(getattr(one, n) for _, one in said))
        return Meaning("theme", theme, subtheme, construct, valence, own)


def _theme(code: str, said: list[tuple[str, CodeMeaning]]) -> tuple[str, str]:
    """A code's theme, and the levels below it."""
    for key, one in said:
        if one.theme:
            return one.theme, as_part(code[len(key) :].removeprefix(LEVELS))
    first, _, rest = code.partition(LEVELS)
    return as_named(first), as_part(rest)


def _within(code: str, above: str) -> bool:
    return code == above or code.startswith(above + LEVELS)


def unknown_codes(name: str, file: CodedFile, known: Iterable[str]) -> Iterator[str]:
    """One line for each code that an entry names and that neither file nor codebook has."""
    there = list(dict.fromkeys(known))
    levels = {one for code in there for one in _with_above(code)}
    asked = [("codes", code) for code in file.codes]
    asked += [("valence_codes", code) for code in file.valence_codes]
    asked += [("construct_codes", code) for code in file.construct_codes]
    asked += [("left_out", code) for code in file.left_out]
    if file.cleared and file.cleared.code:
        asked.append(("cleared.code", file.cleared.code))
    for place, code in asked:
        if code not in levels:
            yield (
                f"config.yaml: interviews.files.{name}.{place}:"
                f" {no_such('code', code, sorted(levels), 'file and codebook have')}"
            )


def _with_above(code: str) -> Iterator[str]:
    """A code and those above it."""
    parts = code.split(LEVELS)
    return (LEVELS.join(parts[:n]) for n in range(1, len(parts) + 1))


def together(valences: Iterable[str]) -> str:
    """What several marks of one excerpt say together: two that differ make it mixed."""
    found = set(valences)
    return "mixed" if len(found) > 1 else "".join(found)
