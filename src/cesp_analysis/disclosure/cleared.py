"""Sentences of the program before they leave: numbers of people in them, as in the tables."""

import re

from cesp_analysis.study.disclosure import Disclosure

_NUMBER = re.compile(
    r"(?<![\w.,\-−–^(×@<>≤≥=])(?P<number>\d{1,3}(?:,\d{3})+|\d+)(?![\w.,%]*[\w%])"
    r"(?P<space> )(?P<noun>[A-Za-z]+)"
)
"""A whole number by itself, and the word behind it."""
_IN_WORDS = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine) (?P<noun>respondents?|units?|records?)"
    r" each(?: \([^)]*\))?"
)
"""'one respondent each (the names of the places)'."""
_MOST = re.compile(r"\bup to \d+")
"""The most that one person has."""
_NO_PEOPLE = frozenset(
    [
        "df",
        "degree",
        "degrees",
        "site",
        "sites",
        "neighbourhood",
        "neighbourhoods",
        "cluster",
        "clusters",
        "stratum",
        "strata",
        "coefficient",
        "coefficients",
        "set",
        "sets",
        "draw",
        "draws",
        "iteration",
        "iterations",
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "months",
        "year",
        "years",
        "time",
        "times",
        "wave",
        "waves",
        "point",
        "points",
        "SD",
        "SDs",
        "SE",
        "SEs",
        "standard",
        "decimals",
        "digits",
        "fits",
        "against",
        "before",
        "after",
        "or",
        "and",
        "to",
        "on",
        "in",
        "a",
        "sampling",
        "PSU",
        "PSUs",
        "replicates",
        "worker",
        "workers",
        "authorities",
        "pairs",
        "model",
        "models",
        "outcome",
        "outcomes",
        "criterion",
        "criteria",
        "link",
        "equation",
        "equations",
        "covariate",
        "covariates",
        "measured",
        "location",
        "locations",
        "category",
        "categories",
        "item",
        "items",
        "meeting",
        "meetings",
        "red",
        "amber",
        "green",
        "not",
    ]
)
"""Words behind numbers that count no people. Any other is taken to."""


def cleared(text: str, how: Disclosure) -> str:
    """The text with numbers of people as they may be told: '3 people without' → 'fewer than 10
    people without', '216 in the model' → 'about 215 in the model'."""
    text = _MOST.sub("up to several", _IN_WORDS.sub(r"few \g<noun>", text))
    return _NUMBER.sub(lambda found: _told(found, how), text)


def _told(found: "re.Match[str]", how: Disclosure) -> str:
    number = int(found["number"].replace(",", ""))
    before = found.string[: found.start()]
    year = 1900 <= number < 2100 and before.endswith(", ")
    if (
        found["noun"] in _NO_PEOPLE
        or not number
        or year
        or before.endswith(("fewer than ", "about "))
    ):
        return found[0]
    if how.small(number):
        return f"fewer than {how.threshold} {found['noun']}"
    base = how.sizes_to
    return f"about {int((number + base / 2) // base) * base:,} {found['noun']}"
