"""Words that are a verdict on an intervention, which no design allows a report to say."""

import re
from collections.abc import Iterator

NEVER = (
    r"\b(?:cost-?)?(?:in)?effective(?:ly|ness)?\b(?! (?:sample )?(?:size|number))",
    r"\b(?:non-?|in)?significan(?:t|tly|ce)\b",
    r"\b(?:prove[sdn]?|proving|proof)\b",
    r"\bp(?:-value)?(?: is| was| of)?\s*[=<>≤≥]?\s*0?\.\d",
    r"\bp(?:-value)?\s*[=<>≤≥]\s*\d",
)
_SMALL = r"(?:(?:is|are|was|were|not|very|highly|most|more|less|the|an?)\s+)*"
"""Words that add nothing to a verdict: 'highly effective' is one all the same."""
_ALONE = re.compile(f"{_SMALL}(?:{'|'.join(NEVER)})", re.IGNORECASE)


def verdict_alone(text: str) -> bool:
    """Whether a text is nothing but such a word: as a name it could not be told from a verdict."""
    return bool(_ALONE.fullmatch(text.strip()))


def verdicts_in(*words: tuple[str, str]) -> Iterator[str]:
    """A line for each word (place, text) that is a verdict by itself."""
    for place, text in words:
        if verdict_alone(text):
            yield (
                f"{place}: '{text}' beside an estimate reads as a verdict on it; choose another"
                " word, or say in more words what it names"
            )
