"""Whether a column seems to tell who somebody is."""

import pandas as pd

from cesp_analysis.cells import as_serials
from cesp_analysis.distinct import Distinct
from cesp_analysis.intake.finding import (
    BAND,
    DATED,
    DETAILS,
    NAMES,
    TITLE,
    WITHIN,
    Finding,
    occurs,
)
from cesp_analysis.intake.finding_days import Answers


def names_a_person(slug: str) -> bool:
    """Whether a column's name (small letters, digits, underscores) says who somebody is."""
    own = slug.startswith("redcap_") and slug != "redcap_survey_identifier"
    return not own and bool(NAMES.search(slug))


def counts_days(found: Finding, column: str) -> bool:
    """Whether a column that is called a date holds numbers such as a spreadsheet's days."""
    if found.kind != "whole number" or not DATED.search(column.lower()):
        return False
    return bool(as_serials(found.known().astype("str")).all())


def details_in(answers: Answers) -> bool:
    """Whether any answer holds an e-mail address, a postcode, a phone number or somebody's name."""
    words = pd.Series(answers.unique(), dtype="str")
    patterns = [p for p in (*WITHIN.values(), TITLE) if occurs(p, words)]
    words = words[~words.str.fullmatch(BAND.pattern)] if patterns else words
    return any(bool(words.map(lambda word, p=p: bool(p.search(word))).any()) for p in patterns)


def personal_in(answers: Answers) -> str:
    """Which details of people most answers look like; '' if none."""
    distinct = Distinct.of(answers)
    for what, pattern in DETAILS.items():
        if occurs(WITHIN[what], distinct.words):
            bands = distinct.words.str.fullmatch(BAND.pattern)
            fits = distinct.words.str.fullmatch(pattern.pattern, flags=pattern.flags)
            if distinct.where(fits & ~bands).mean() > 0.5:
                return what
    return ""
