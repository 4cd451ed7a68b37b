"""Numbers and labels that usually mean: no answer. Drafts, profiles and cleaning agree on them."""

import re
from collections.abc import Iterable, Mapping

import numpy as np

CODES = (
    "-9", "-8", "-7", "-99", "-98", "-97", "-88", "-77", "-999", "-998", "-888", "-666", "-200",
    "88", "98", "99", "888", "998", "999", "9999",
)  # fmt: skip
"""Numbers that usually mean: no answer."""
_NONE = re.compile(
    r"(refus(ed|al|es)|declined)( to (answer|say|respond))?"
    r"|(i )?(do(es)? not|did not|dont|doesnt|didnt) know|not known|unknown|dk|can ?not say|cant say"
    r"|(prefer(red|s)?|rather|would rather|wish(ed|es)?) not( to)?( (say|answer|disclose|state))?"
    r"|not applicable|inapplicable|n ?a|missing( (value|data|answer))?|unanswered|skipped"
    r"|not (said|stated|answered|asked|ascertained|given|recorded|reported|provided|available)"
    r"|no (answer|response|reply|data|information)( given)?"
    r"|(ich )?weiss( ich)? (es )?nicht|keine (angaben?|antwort|information)|k ?a"
    r"|(antwort )?verweigert|nicht (zutreffend|beantwortet|bekannt|gefragt)"
    r"|fehlend|fehlt|unbekannt|(das )?moechte ich nicht (sagen|beantworten|angeben)"
)
"""Labels in small letters, without marks, that say that there is no answer."""
_MARKS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "'": "", "’": "", "‘": "", "´": ""})
_NUMBERS = np.array([float(code) for code in CODES])


def lonely_codes(numbers: np.ndarray) -> list[str]:
    """Usual codes of no answer among the numbers (n,) that lie apart from those that are none.

    Apart: beyond them by more than their range, or below zero where they are not. Codes beside
    codes (-999 and -888) do not hide each other; one that is not apart counts among the others.
    None where there is nothing but codes to lie apart from. The largest in size come first.
    """
    each = np.unique(numbers[np.isfinite(numbers)])
    others = each[~np.isin(each, _NUMBERS)]
    if not len(others):
        others = each[each >= 0] if (each < 0).any() else each[:0]
    if not len(others):
        return []
    low, high = float(others[0]), float(others[-1])
    found = []
    for code in sorted(CODES, key=lambda c: abs(float(c))):
        number = float(code)
        if number not in each:
            continue
        if (number < 0 <= low) or max(low - number, number - high) > max(high - low, 1.0):
            found.append(code)
        else:
            low, high = min(low, number), max(high, number)
    return found[::-1]


REPEATED = 3
"""Fewest times that a code stands above all skewed amounts before it is taken for one."""


def heaped_codes(numbers: np.ndarray) -> list[str]:
    """Usual codes of no answer that are the largest of skewed amounts (n,), where these reach far:
    repeated, and more often than all that lies between half of the code and it.

    A tail thins out; it has no heap at its end. The largest come first.
    """
    known, found = numbers[np.isfinite(numbers)], list[str]()
    for code in sorted(CODES, key=float, reverse=True):
        number = float(code)
        n = int((known == number).sum())
        if number <= 0 or not n:
            continue
        below = known[known < number]
        heaped = n >= REPEATED and n > (below >= number / 2).sum() and len(below) > 0
        if not heaped or (known > number).any():
            break
        found.append(code)
        known = below
    return found


def says_no_answer(label: str) -> bool:
    """Whether a label says that there is no answer: 'Refused', 'Don't know / no answer', '9 - keine
    Angabe'; 'Refused the service' is an answer."""
    small = label.casefold().translate(_MARKS)
    parts = [small, *re.split(r"[/,;:()\[\]–—-]| or | oder ", small)]
    words = [re.sub(r"^\d+ ", "", " ".join(re.findall(r"[a-z0-9]+", part))) for part in parts]
    whole, *each = words
    told = [word for word in each if word and not word.isdigit()]
    return bool(_NONE.fullmatch(whole) or (told and _NONE.fullmatch(told[0])))


def labelled_none(labels: Mapping[str, str], answers: Iterable[str]) -> list[str]:
    """The codes among the answers whose label says that there is none, in the labels' order."""
    said = [code for code, label in labels.items() if says_no_answer(label)]
    there = set(answers) if said else set()
    return [code for code in said if code in there]
