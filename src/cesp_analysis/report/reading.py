"""How old a reader has to be: the Automated Readability Index of a text.

Smith and Senter (1967), Automated Readability Index, AMRL-TR-66-220: 4.71 characters a word + 0.5
words a sentence − 21.43, a school year of the United States, rounded up. It needs no syllables, so
that it is exact. Characters are all that is printed but spaces, marks too, as textstat counts them:
letters and digits alone would give a lower age. A sentence ends at a mark before a space or at the
end, so that the point of 1.57 ends none.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

_END = re.compile(r"[.!?](?=\s|$)")
FIRST_YEAR = 5
"""What an age is above a school year: the first year is that of six-year-olds."""


@dataclass(frozen=True)
class Reading:
    """What was counted in a text: characters, words, sentences; none is 0."""

    characters: int
    words: int
    sentences: int

    @property
    def grade(self) -> float:
        """The index, in school years; not rounded."""
        per_word, per_sentence = self.characters / self.words, self.words / self.sentences
        return 4.71 * per_word + 0.5 * per_sentence - 21.43

    @property
    def age(self) -> int:
        """The age at which people read so much, in years; 6 or more."""
        return max(1, math.ceil(self.grade)) + FIRST_YEAR


def reading(texts: Iterable[str]) -> Reading:
    """What is counted in texts, each of which ends a sentence. ValueError: there are no words."""
    parts = [text for text in texts if text.split()]
    if not parts:
        raise ValueError("a text without words has no reading age")
    words = [word for text in parts for word in text.split()]
    return Reading(sum(map(len, words)), len(words), sum(map(_sentences, parts)))


def _sentences(text: str) -> int:
    ends = len(_END.findall(text))
    return ends if _END.search(text.rstrip()[-1:]) else ends + 1
