"""Sentences of the program before they leave: numbers of people in them, as in the tables."""

import re

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.protect import rounded
from cesp_analysis.disclosure.unsaid import BETWEEN, unsaid

_DIGITS = r"\d{1,3}(?:,\d{3})+|\d+"
_NUMBER = re.compile(
    rf"(?<![\w.,\-−–^×@<>≤≥=])(?P<number>{_DIGITS})(?![\w.,%]*[\w%])"
    rf"(?= (?:(?:and|to|or|more|other|against) (?:(?:{_DIGITS}) )?)*(?P<noun>[A-Za-z]+))"
)
"""A whole number by itself, and the word that says what it counts: of '3 and 5 people' people."""
_ONE = re.compile(
    r"(?<![\w.,\-−–])1 (?P<noun>person|respondent|record|unit|row|contact|rating|event|answer|value"
    r"|interview|invitation|visit|resident|participant|case|member|observation)\b"
    r"(?:(?P<between>(?: [a-z]+){0,3}?)"
    r" (?P<verb>is|was|has|does|determines|leaves|lies|stands|keeps|belongs|counts)\b)?"
)
"""'1 record alone determines': of one the words would tell what the number does not."""
_MANY = {"is": "are", "was": "were", "has": "have", "does": "do"}
_N_IS = re.compile(rf"\bn = (?P<number>{_DIGITS})\b")
_IN_WORDS = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine) (?P<noun>respondent|unit|record)s?"
    r" each(?: \([^)]*\))?"
)
"""'one respondent each (the names of the places)'."""
_ALIKE = re.compile(
    r"\ball \d[\d,]*(?: people| respondents| records)? of (?P<whose>(?:the|those|sites|people) .+?)"
    r" have the same (?P<what>\w+) \([^)]*\)"
)
"""'all 85 of the control arm have the same change (0)': it tells each one's."""
_ALONE = re.compile(r"\b\d+ records? alone determines? a coefficient \([^)]*\)")
"""Each of few people who alone have a category: that of which few have it is one person's."""
_MOST = re.compile(r"\bup to \d+")
"""The most that one person has."""
_LINES = re.compile(r": lines? \d+(?:, \d+)*(?: and \d[\d,]* more)?")
"""Lines of a raw file: as many as people have what is told."""
_ENDS = r"(?=[;)]|[.,](?!\d)|$)"  # no digits of a longer number: 1,234, 2.38
_BARE = re.compile(
    rf"(?<=\w \()(?:{_DIGITS})(?=\))|(?:(?<=\bby )|(?<=\bof )|(?<=\bonly ))(?:{_DIGITS}){_ENDS}"
)
"""A number alone in brackets behind a word, or at the end: 'moved (4)', 'answered by 3'."""
_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine)(?= (?:people|persons|respondents|answers|units"
    r"|records)\b)"
)
_SHARING = re.compile(
    rf"(?P<have>\bhas \d+ link workers) for (?:about |fewer than )?(?:{_DIGITS})"
    rf" (?:person|people)(?: \(and (?:about |fewer than )?(?:{_DIGITS}) without one\))?"
)
"""'5 link workers for 110 people (and 3 without one)': how many an arm has at a time may be
withheld in the tables."""
_HELD = re.compile(r"\b(?P<holds>holds?) one (?:person|respondent)\b")
"""'the control arm holds one person with a value': why a row has no estimate."""
_SPAN = r"-?\d[\d.,]*(?:e[+-]?\d+)?"
_IMPUTED = re.compile(
    rf"\b(?:{_DIGITS}) of (?:{_DIGITS}) of (?P<what>[^();]+?) \({_SPAN} to {_SPAN}\)"
)
"""'12 of 80 of utility at baseline (0.06 to 1.5)': values of so many sets tell of how many people
there is none, and matched ones are those of single people."""
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
        "item", "items", "meeting", "meetings", "red", "amber", "green", "leave", "leaves", "more",
        "to", "bootstrap", "minute", "minutes", "donor", "donors", "columns"
    )
)  # fmt: skip
"""Words behind numbers that count no people. Any other is taken to."""
_PLANNED = (" people a location", " not assessed")
"""What stands behind a number that counts none of the study's people: those of a trial that is
planned, criteria."""


def cleared(text: str, how: Disclosure) -> str:
    """The text with numbers of people as they may be told: '3 people without' → 'fewer than 10
    people without', '216 in the model' → 'about 215 in the model'; each of the notes that a cell
    joins for itself."""
    return BETWEEN.join(_cleared(note, how) for note in text.split(BETWEEN))


def _cleared(text: str, how: Disclosure) -> str:
    text = _HELD.sub(r"\g<holds> too few people", _LINES.sub(": some lines", unsaid(text)))
    text = _ALIKE.sub(r"people of \g<whose> hardly differ in their \g<what>", text)
    text = _SHARING.sub(r"\g<have>", text)
    text = _IMPUTED.sub(r"some of \g<what>", text)
    text = _ALONE.sub("a coefficient rests on too few records", _WORDS.sub("few", text))
    text = _BARE.sub(lambda found: _bare(found[0], how), text)
    text = _MOST.sub("several", _IN_WORDS.sub(r"few \g<noun>s", text))
    text = _N_IS.sub(lambda found: _size(found, how), _ONE.sub(_of_one, text))
    return _NUMBER.sub(lambda found: _told(found, how), text)


def _of_one(found: "re.Match[str]") -> str:
    """'1 records alone determine' of '1 record alone determines', where the number goes."""
    noun, verb = found["noun"], found["verb"]
    many = "people" if noun == "person" else f"{noun}s"
    end = "" if verb is None else f" {_MANY.get(verb, verb.removesuffix('s'))}"
    return f"1 {many}{found['between'] or ''}{end}"


def _size(found: "re.Match[str]", how: Disclosure) -> str:
    number = int(found["number"].replace(",", ""))
    if how.small(number):
        return f"n < {how.threshold}"
    return f"n about {rounded(number, how.sizes_to):,}" if number else found[0]


def _bare(text: str, how: Disclosure) -> str:
    number = int(text.replace(",", ""))
    if 1900 <= number < 2100:
        return text
    if how.small(number):
        return f"fewer than {how.threshold}"
    return f"about {rounded(number, how.sizes_to):,}" if number else text


def _told(found: "re.Match[str]", how: Disclosure) -> str:
    number = int(found["number"].replace(",", ""))
    before, after = found.string[: found.start()], found.string[found.end() :]
    year = 1900 <= number < 2100 and before.endswith(", ")
    told = before.endswith(("fewer than ", "about ", "n < "))
    if found["noun"] in NO_PEOPLE or year or told or after.startswith(_PLANNED):
        return found[0]
    if how.small(number):
        return f"fewer than {how.threshold}"
    return f"about {rounded(number, how.sizes_to):,}" if number else found[0]
