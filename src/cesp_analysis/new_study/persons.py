"""Columns that name somebody besides the participant: staff, carers, whoever wrote a row.

A draft writes a category's words into the study file, which git keeps: names never.
"""

import re
from collections.abc import Iterable

from cesp_analysis.new_study.tables import Column, slug
from cesp_analysis.new_study.usual_words import USUAL

_SAID_BY = re.compile(
    r"(^|_)(\w*workers?|(link|key|case|care|support)_?work|navigators?|connectors?|prescribers?"
    r"|practitioners?|interviewers?|enumerators?|staff|gps?|doctors?|physicians?|nurses?"
    r"|therapists?|counsell?ors?|clinicians?|psychologists?|psychiatrists?|coach(es)?|mentors?"
    r"|befrienders?|buddy|volunteers?|carers?|care_?givers?|guardians?|managers?|co_?ordinators?"
    r"|facilitators?|supervisors?|assessors?|raters?|coders?|observers?|researchers?|investigators?"
    r"|referrers?|advocates?|advis[eo]rs?|officers?|teachers?|tutors?|trainers?|employees?|leads?"
    r"|contact_person|person_responsible|responsible_person|kin|spouse|relatives?|who"
    r"|\w+_?(mitarbeiter|helfer|arbeiter|betreuer|berater|koordinator|pfleger)(in(nen)?)?"
    r"|(mitarbeiter|bearbeiter|betreuer|berater|koordinator|pfleger|therapeut|lotse|leiter)"
    r"(in(nen)?)?|(haus)?(arzt|aerztin))(_|$)"
    r"|[a-z]{2,}(ed|en|ne|wn|ut)(_in|_out)?_by(_|$)|_von$"
)
"""Of staff and carers, or by whom something was done: link_worker, key_worker, seen_by."""
_NOBODY = re.compile(
    r"(^|_)(practices?|surgery|types?|kind|role|groups?|hours?|visits?|contacts?|numbers?|counts?|n"
    r"|mode|grade|profession|teams?|organi[sz]ations?|services?|status|costs?|minutes|days?|dates?"
    r"|times?|gender|sex|age|years?|training|support|satisf\w+|trust\w*|rating|score)(_|$)"
)
"""What a column may hold of somebody besides a name."""
_PLACE = re.compile(
    r"(^|_)(ar(ea|rondissement)|district|town|city|village|ward|region|county|country|school|places?|parish"
    r"|borough|neighbou?rhood|venue|location|site|centre|center|clinic|nationality|language|street"
    r"|estate|stadt|ort|ortsteil|stadtteil|kreis|land)(_|$)"
)
"""Places are called like people."""
_TOKEN = r"(?:[A-ZÀ-ÞŁŚŻ][^\W\d_]*(?:['’-][^\W\d_]+)*\.?)"
_OF = r"(?:van|von|de|del|della|di|da|der|den|bin|al|el|la|le|zu)"
_LIKE_A_NAME = re.compile(rf"{_TOKEN}(?:,? (?:{_OF} )*{_TOKEN}){{1,3}}")
_CODE = re.compile(r"[A-Za-z]{0,4}[ _-]?\d+")
_LABEL = 6  # words: a longer label is a question, which may speak of anybody


def names_others(column: Column) -> bool:
    """Whether a category's words, or its codes' labels, may be names of people: its name or label
    says so and they are no usual answers, or most of them look like names."""
    words = {*column.found.words()} if column.found.kind == "category" else set()
    words |= {*column.codes.values()} if column.codes else set()
    if not words:
        return False
    called = [column.slug, *([slug(_label(column))] if _short(column) else [])]
    if any(_SAID_BY.search(name) and not _NOBODY.search(name) for name in called):
        return not all(_is_usual(word) for word in words)
    return not any(map(_PLACE.search, called)) and _look_like_names(words)


def _look_like_names(words: Iterable[str]) -> bool:
    """Whether more than half of the different words look like names of people."""
    each = list(words)
    return 2 * sum(map(_is_like_a_name, each)) > len(each)


def _label(column: Column) -> str:
    return column.label.split(" | ")[0]


def _short(column: Column) -> bool:
    return 0 < len(_label(column).split()) <= _LABEL


def _is_like_a_name(word: str) -> bool:
    """Two to four words with capitals, or initials, none of which answers usually have."""
    return bool(_LIKE_A_NAME.fullmatch(word.strip())) and not USUAL & _tokens(word)


def _is_usual(word: str) -> bool:
    """A number, a code such as OB3, or an answer of usual words alone."""
    return bool(_CODE.fullmatch(word.strip())) or _tokens(word) <= USUAL


def _tokens(word: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", word.casefold()))
