"""Words that are a verdict on an intervention, which no design allows a report to say."""

import re

NEVER = (
    r"\b(?:cost-?)?(?:in)?effective(?:ly|ness)?\b(?! (?:sample )?(?:size|number))",
    r"\b(?:non-?|in)?significan(?:t|tly|ce)\b",
    r"\b(?:prove[sdn]?|proving|proof)\b",
    r"\bp(?:-value)?(?: is| was| of)?\s*[=<>≤≥]?\s*0?\.\d",
    r"\bp(?:-value)?\s*[=<>≤≥]\s*\d",
)
_ALONE = re.compile("|".join(NEVER), re.IGNORECASE)


def verdict_alone(text: str) -> bool:
    """Whether a text is nothing but such a word: as a name it could not be told from a verdict."""
    return bool(_ALONE.fullmatch(text.strip()))
