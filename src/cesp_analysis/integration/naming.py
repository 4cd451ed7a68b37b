"""Whether words name somebody who was interviewed."""

import re
from collections.abc import Iterable

from cesp_analysis.interviews.names import compared


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
