"""Numbers in the program's own sentences that stand in a cell with fewer digits, or are withheld.

A released number has so few digits that nobody's answer, nor how many there are, follows from it
(digits.py). A sentence that tells the same number as it was computed would undo that: it leaves
without it, and the cell, or the table that the sentence speaks of, says what may be told. Two
digits are left of what no cell holds and the sentence needs.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from cesp_analysis.disclosure.numbers import coarse
from cesp_analysis.models.link_worker_words import FACTOR, OF_WHOM

N = r"[−+-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?"
"""A number as sentences have it."""
BETWEEN = " | "
"""Between notes that stand in one cell."""
Instead = str | Callable[["re.Match[str]"], str]


def _two_digits(found: "re.Match[str]") -> str:
    return found["before"] + coarse(float(found["number"]))


def _without_numbers(found: "re.Match[str]") -> str:
    return found["before"] + re.sub(r" [+−-]\d+\.\d+(?=,|;|$)", "", found["listed"])


_UNSAID: tuple[tuple[str, Instead], ...] = (
    (  # bracket.csv has them, by outcome and time
        rf"(?P<before>the difference in mean change is) {N}: (?P<two>the two differ by \(slope on"
        rf" baseline − 1\) × [a-z ]+) = \({N} − 1\) × {N}, which",
        r"\g<before> another one: \g<two>, which",
    ),
    (  # columns of agreement.csv
        rf" \({N} of them apart\); of the difference {N} the weights make {N} \(interval {N} to"
        rf" {N}\), how the mixed model weighs neighbourhoods and members {N}",
        "; part of the difference is what the weights make, the rest how the mixed model weighs"
        " neighbourhoods and members",
    ),
    (rf"(?P<before>; SD within sites )(?P<number>{N})", _two_digits),
    (rf"; slope on baseline {N}", "; slope on baseline as in baseline_slope"),
    (rf"\bless {N} times the first\b", "less their slope times the first"),
    (rf"(?P<before>; t-test of their [a-z ,]+), {N} df: {N} to {N}\)", r"\g<before>)"),
    (rf"(?P<before>\b(?:Kenward-Roger|Satterthwaite|the) df) of {N}", r"\g<before>"),
    (rf"(?P<before>, which take it as known,) would be {N}", r"\g<before> would be others"),
    (rf"(?P<before>\bless those seen once): {N} \(interval {N} to {N}\)", r"\g<before>"),
    (rf"(?P<before>; by these the interval is) {N} to {N}, and", r"\g<before> wider, and"),
    (  # how many are in two waves is told of no other analysis
        rf"\boverlap of the waves: {N} of {N} respondents \([^)]*\)",
        "respondents of two waves are matched",
    ),
    (  # categories that few have are withheld in balance.csv
        r"(?P<before>\bstandard deviations in: )(?P<listed>[^;]*)",
        _without_numbers,
    ),
    (
        rf"\bthe {N} records are worth {N} equally weighted ones, and one carries {N}% of the"
        " weight",
        "the records are worth far fewer equally weighted ones, and one carries much of the weight",
    ),
    (  # means and ends of what single people have; a time's label may hold brackets, too
        rf"(?P<before>\bcannot be balanced: the mean of the .+?) \({N}\) (?P<after>is not"
        rf" inside what the .+?) \({N}(?: to {N})?\)(?=, so no weights)",
        r"\g<before> \g<after>",
    ),
    (
        rf"(?P<before>\bparts the .+?) \({N}(?: to {N})?\) (?P<after>from the .+?)"
        rf" \({N}(?: to {N})?\)(?=: a propensity)",
        r"\g<before> \g<after>",
    ),
    (rf" \(the lowest {N}\)", ""),
    (rf"(?P<before>\bthere are other values), such as {N}", r"\g<before>"),
    # everybody's
    (rf"\bevery record has the same value, {N}", "the records hardly differ in their value"),
    (rf"\ball answers are {N}: so is what", "answers hardly differ, nor does what"),
    (rf"\b(?:every cost is|all costs are) {N}", "costs hardly differ"),
    (  # of people the share tells how few they are, whatever is left of the number
        rf"\bone of the groups compared has {N} (?P<noun>people|respondents|records): their"
        rf" variance is hardly known, and with so few in one group and {N} to {N} [a-z]+ in the"
        rf" other 95% intervals held the truth in {N} to {N}% of simulated studies",
        r"one of the groups compared has few \g<noun>: their variance is hardly known, and the"
        " interval may hold the truth less often than it says",
    ),
    (rf"(?P<before>\(of unequal size): as good as {N}(?: to {N})? equal ones\)", r"\g<before>)"),
    (
        rf"(?P<before>{re.escape(FACTOR)}|{re.escape(OF_WHOM)})(?: =|:) {N}(?: and {N})?",
        r"\g<before>",
    ),  # with the number of people they tell how few have one link worker
)
"""A pattern of a sentence that tells such a number → what is said instead."""
_PATTERNS = [(re.compile(pattern), instead) for pattern, instead in _UNSAID]


@lru_cache(maxsize=4096)  # rows repeat their sentences
def unsaid(text: str) -> str:
    """The text without numbers that cells tell with fewer digits, or not at all; each of the notes
    that a cell joins for itself."""
    return BETWEEN.join(map(_unsaid, text.split(BETWEEN)))


def _unsaid(note: str) -> str:
    for pattern, instead in _PATTERNS:
        note = pattern.sub(instead, note)
    return note
