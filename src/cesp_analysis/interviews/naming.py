"""Whether words name somebody who was interviewed."""

import re
from collections.abc import Iterable, Iterator, Mapping

from cesp_analysis.interviews.names import compared
from cesp_analysis.interviews.rows import Note


class Naming:
    """Finds the pseudonyms of interviews in texts, as words of their own, whatever their case and
    spaces: 'ash' and "Ash's" name Ash, 'ashes' does not."""

    def __init__(self, pseudonyms: Iterable[str]) -> None:
        self.own = {compared(str(name)): str(name) for name in pseudonyms}
        self.own.pop("", None)
        longest = sorted(self.own, key=lambda word: (-len(word), word))
        words = "|".join(map(re.escape, longest))
        self.pattern = re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])" if words else r"(?!)")

    def first(self, text: str) -> str:
        """The first pseudonym that stands in a text; '' if none does."""
        found = self.pattern.search(compared(text))
        return self.own[found[0]] if found else ""


def named_in(leaving: Mapping[str, str], pseudonyms: Iterable[str]) -> Iterator[Note]:
    """A note of each text of the study file that names somebody; leaving: its place there → it."""
    names = Naming(pseudonyms)
    for place, text in leaving.items():
        if found := names.first(text):
            fact = f"{place} names '{found}', the pseudonym of an interview, and leaves the team as"
            fact = f"{fact} it is; write it otherwise"
            yield Note("config.yaml", "names_somebody", 1, place, fact)
