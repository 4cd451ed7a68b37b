"""Numbers as the report and its figures print them. A number becomes text once, here."""

from collections.abc import Sequence
from math import floor

from cesp_analysis.withheld import LETTER, Rounded, Withheld

MINUS = "\N{MINUS SIGN}"
NONE = "\N{EN DASH}"
NOT_SHOWN = "not shown"
"""What the reason of a number begins with that few people would be known by."""
OTHER_DECIMALS = 3
"""Of an estimate that is not in its outcome's unit: a probability of a category, a ratio."""


def fixed(value: float | None, decimals: int) -> str:
    """'−1,234.50'; an en dash where there is no number; never '−0.00'.

    Of a released number no more decimals than it has; of a withheld one what stands for it.
    """
    if isinstance(value, Withheld):
        return value.text
    if value is None or value != value:
        return NONE
    if isinstance(value, Rounded):
        decimals = min(decimals, value.decimals)
    text = f"{abs(value):,.{decimals}f}"
    zero = not any(digit in text for digit in "123456789")
    return text if value >= 0 or zero else MINUS + text


def by_size(decimals: int, *values: float | None) -> int:
    """Decimals of numbers of one outcome: one fewer from 100 on, two from 1,000 on, so that a
    column of thousands is no wider than one of tens and says no digits that nobody measures."""
    known = [v for v in values if v is not None and not isinstance(v, Withheld) and v == v]
    largest = max(map(abs, known), default=0.0)
    return max(0, decimals - (largest >= 100) - (largest >= 1000))


def interval(low: float | None, high: float | None, decimals: int) -> str:
    """'−1.20 to 3.40'; of a withheld end what stands for it."""
    if isinstance(low, Withheld) or isinstance(high, Withheld):
        return LETTER
    if low is None or high is None:
        return NONE
    return f"{fixed(low, decimals)} to {fixed(high, decimals)}"


def count(value: float | None) -> str:
    """A whole number with thousands separated; of a withheld one what stands for it."""
    if isinstance(value, Withheld):
        return value.text
    return NONE if value is None else f"{round(value):,}"


def in_words(value: float | None) -> str:
    """A count within a sentence: '43'; of a withheld one 'fewer than 10' or 'some'."""
    if isinstance(value, Withheld):
        return "some" if value.text == LETTER else f"fewer than {value.text[1:]}"
    return count(value)


def shared(part: float, whole: float) -> str:
    """' (13%)' behind a count; nothing where it is withheld."""
    withheld = isinstance(part, Withheld) or isinstance(whole, Withheld)
    return "" if withheld else f" ({percent(part, whole)})"


def counted(number: int, one: str, many: str = "") -> str:
    """'1 change', '1,234 changes', '<10 changes'; `many` where an s does not make it."""
    if isinstance(number, Withheld):
        return f"{number} {many or one + 's'}"
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def degrees(value: float | None) -> str:
    """Degrees of freedom: whole where they are whole, else one decimal."""
    if isinstance(value, Withheld):
        return value.text
    if value is None:
        return NONE
    return f"{value:,.0f}" if abs(value - round(value)) < 1e-6 else f"{value:,.1f}"


def percent(part: float, whole: float) -> str:
    """'13%' of 12.5; '<1%' and '>99%' of what is not quite none or all."""
    if isinstance(part, Withheld) or isinstance(whole, Withheld):
        return LETTER
    if whole == 0:
        return NONE
    share = 100 * part / whole
    if 0 < share < 1:
        return "<1%"
    return ">99%" if 99 < share < 100 else f"{floor(share + 0.5)}%"


def percentage(share: float | None, decimals: int) -> str:
    """'12.5%' of 0.125; of a withheld one what stands for it."""
    if share is None:
        return NONE
    text = fixed(100 * share, decimals)
    return text if isinstance(share, Withheld) else f"{text}%"


def compact(value: float | None) -> str:
    """Ten significant digits, for comparisons with published numbers."""
    if value is None or value != value:
        return NONE
    return f"{value:.10g}".replace("-", MINUS)


def p_text(p: float) -> str:
    """'p = 0.032', 'p < 0.001'."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def listed(words: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def series(labels: Sequence[str]) -> str:
    """The same; with semicolons where a label has a comma of its own."""
    return "; ".join(labels) if any("," in label for label in labels) else listed(labels)
