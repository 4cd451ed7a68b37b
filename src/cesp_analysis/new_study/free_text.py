"""Answers in people's own words: they may hold names, and belong in no study file."""

import re
from collections.abc import Sequence

from cesp_analysis.intake.personal import details_in
from cesp_analysis.new_study.tables import Column, plain
from cesp_analysis.new_study.usual_words import USUAL

_WORDS = 5  # more in one answer, or more characters, make a sentence of it
_CHARACTERS = 60
_NOTE = 3  # words of the only answer that stands in a column: of a note, written again and again
_CHOICE = 4  # words of a reason to choose from a list
_LABEL = 6  # words: a longer label is a question, which may speak of notes
_TEXT = re.compile(
    r"(^|_)((case|field|staff|free)?_?(notes?|text)|comments?|remarks?|memos?|specify|specified"
    r"|please_(describe|explain)|descriptions?|details|narrative|observations?|feedback|explanations?"
    r"|quotes?|verbatim|notiz(en)?|kommentare?|anmerkung(en)?|bemerkung(en)?|freitext)(_|$)"
)
_REASON = re.compile(r"(^|_)(reasons?|why|grund|gruende)(_|$)")
"""Asked openly, or with a list to choose from: short answers that repeat are such a list's."""


def is_labelled(column: Column) -> bool:
    """Whether each answer is a code that has a label."""
    return bool(column.codes) and set(column.found.answers) <= set(column.codes)


def is_text(column: Column) -> bool:
    """Free text, also where few people wrote any; or nothing at all."""
    found = column.found
    if found.kind in ("text", "empty"):
        return True
    if found.kind != "category" or is_labelled(column):
        return False
    words = list(found.words())
    spoken = any(map(_is_sentence, words)) or (len(words) == 1 and _is_note(words[0]))
    return spoken or _is_called_text(column, words) or details_in(found.answers)


def _is_called_text(column: Column, words: Sequence[str]) -> bool:
    label = column.label.split(" | ")[0]
    called = [column.slug, *([plain(label)] if len(label.split()) <= _LABEL else [])]
    if any(map(_TEXT.search, called)):
        return True
    open_ended = any(_length(w) > _NOTE for w in words) or 2 * len(words) > len(
        column.found.answers
    )
    return open_ended and any(map(_REASON.search, called))


def _length(answer: str) -> int:
    return len(re.findall(r"[^\W\d_]+", answer))


def _is_note(only: str) -> bool:
    """Whether the only answer of a column was written freely: several words, not all usual."""
    words = only.split()
    return len(words) >= _NOTE and not {word.casefold() for word in words} <= USUAL


def _is_sentence(word: str) -> bool:
    """Whether an answer was written freely: then it may hold names, and belongs in no config."""
    words = _length(word)
    long = words > 1 and len(word) > _CHARACTERS
    return long or words > _WORDS or (words > 2 and word.rstrip()[-1] in ".!?")
