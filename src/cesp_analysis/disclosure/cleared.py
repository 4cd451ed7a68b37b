"""Sentences of the program before they leave: numbers of people in them, as in the tables."""

import re

from cesp_analysis.study.disclosure import Disclosure

_NUMBER = re.compile(
    r"(?<![\w.,\-−–^×@<>≤≥=])(?P<number>\d{1,3}(?:,\d{3})+|\d+)(?![\w.,%]*[\w%])"
    r"(?P<space> )(?P<noun>[A-Za-z]+)"
)
"""A whole number by itself, and the word behind it."""
_IN_WORDS = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine) (?P<noun>respondents?|units?|records?)"
    r" each(?: \([^)]*\))?"
)
"""'one respondent each (the names of the places)'."""
_ALIKE = re.compile(r"\ball \d[\d,]* of the (?P<whose>.+?) have the same (?P<what>\w+) \([^)]*\)")
"""'all 85 of the control arm have the same change (0)': it tells each one's."""
_MOST = re.compile(r"\bup to \d+")
"""The most that one person has."""
_BARE = re.compile(
    r"(?<=\w \()(?P<number>\d{1,3}(?:,\d{3})+|\d+)(?=\))|(?<=\bby )\b\d+\b(?=[.;,]|$)"
)
"""A number alone in brackets behind a word, or at the end: 'moved (4)', 'answered by 3'."""
_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine)(?= (?:people|persons|respondents|answers|units"
    r"|records)\b)"
)
NO_PEOPLE = frozenset(
    (
        "df", "degree", "degrees", "site", "sites", "neighbourhood", "neighbourhoods", "cluster",
        "clusters", "stratum", "strata", "coefficient", "coefficients", "set", "sets", "draw",
        "draws", "iteration", "iterations", "day", "days", "week", "weeks", "month", "months",
        "year", "years", "time", "times", "wave", "waves", "point", "points", "SD", "SDs", "SE",
        "SEs", "standard", "decimals", "digits", "fits", "against", "and", "sampling", "PSU",
        "PSUs", "replicates", "worker", "workers", "authorities", "pairs", "model", "models",
        "outcome", "outcomes", "criterion", "criteria", "link", "equation", "equations",
        "covariate", "covariates", "measured", "location", "locations", "category", "categories",
        "item", "items", "meeting", "meetings", "red", "amber", "green", "more", "to"
    )
)  # fmt: skip
"""Words behind numbers that count no people. Any other is taken to."""
_PLANNED = " a location"
"""What stands behind a number of people that is a setting: those of a trial that is planned."""


def cleared(text: str, how: Disclosure) -> str:
    """The text with numbers of people as they may be told: '3 people without' → 'fewer than 10
    people without', '216 in the model' → 'about 215 in the model'."""
    text = _ALIKE.sub(r"people of the \g<whose> hardly differ in their \g<what>", text)
    text = _WORDS.sub("few", text)
    text = _BARE.sub(lambda found: _bare(found[0], how), text)
    text = _MOST.sub("up to several", _IN_WORDS.sub(r"few \g<noun>", text))
    return _NUMBER.sub(lambda found: _told(found, how), text)


def _bare(text: str, how: Disclosure) -> str:
    number = int(text.replace(",", ""))
    if not number or 1900 <= number < 2100:
        return text
    base = how.sizes_to
    near = int((number + base / 2) // base) * base
    return f"fewer than {how.threshold}" if how.small(number) else f"about {near:,}"


def _told(found: "re.Match[str]", how: Disclosure) -> str:
    number = int(found["number"].replace(",", ""))
    before = found.string[: found.start()]
    year = 1900 <= number < 2100 and before.endswith(", ")
    if (
        found["noun"] in NO_PEOPLE
        or not number
        or year
        or before.endswith(("fewer than ", "about "))
        or found.string[found.end() :].startswith(_PLANNED)
    ):
        return found[0]
    if how.small(number):
        return f"fewer than {how.threshold} {found['noun']}"
    base = how.sizes_to
    return f"about {int((number + base / 2) // base) * base:,} {found['noun']}"
