"""Expressions: what may stand in them, checked against what pandas makes of them."""

import math

import pandas as pd
import pytest

from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.declared.expressions import Holds, fault_in, names_in

KNOWN = {
    "a": Holds("number"),
    "b": Holds("number"),
    "word": Holds("words", frozenset({"yes", "no"})),
    "code": Holds("words", frozenset({"0", "1"})),
    "text": Holds("words"),
    "day": Holds("date"),
}
FRAME = pd.DataFrame(
    {
        "a": [1.0, 2.0, math.nan],
        "b": [4.0, 0.0, 1.0],
        "word": ["yes", "no", "yes"],
        "code": ["0", "1", "1"],
        "text": ["x", "y", "z"],
        "day": ["2024-01-01", "2024-06-01", "2024-12-01"],
    }
).astype({"word": "str", "code": "str", "text": "str", "day": "str"})
NAN = math.nan

FINE: dict[str, list[float]] = {
    "a + 2 * b": [9, 2, NAN],
    "a / (365.25 / 12)": [12 / 365.25, 24 / 365.25, NAN],
    "-a ** 2": [-1, -4, NAN],
    "log(a)": [0, math.log(2), NAN],
    "a / b": [0.25, NAN, NAN],  # a division by zero has no value
    "a > 1": [0, 1, NAN],
    "1 < a <= 2": [0, 1, NAN],
    "not (a > 1)": [1, 0, NAN],
    "a > 1 and word == 'no'": [0, 1, 0],  # not known whether a > 1, but the word is yes
    "(a > 1) | (b > 3)": [1, 1, NAN],
    "(a > 1) + (b > 3)": [1, 1, NAN],
    "word == 'yes'": [1, 0, 1],
    "'yes' != word": [0, 1, 0],
    "word in ['yes', 'no']": [1, 1, 1],
    "text not in ['x']": [0, 1, 1],
    "b in [0, 1]": [0, 1, 1],
    "code == '1'": [0, 1, 1],
    "day >= '2024-06-01'": [0, 1, 1],
    "(a > 1) == (b > 3)": [0, 0, NAN],
}


@pytest.mark.parametrize("text", FINE)
def test_what_passes_can_be_computed(text: str) -> None:
    assert fault_in(text, KNOWN) is None
    found = [float(value) for value in evaluated(FRAME, text)]
    assert found == pytest.approx(FINE[text], nan_ok=True, rel=1e-12)


WRONG: dict[str, str] = {
    "code == 1": "'code' holds 0, 1, not 1; write '1' in quotation marks",
    "word == 1": "'word' holds no, yes, not 1",
    "a == '1'": "'a' holds numbers, not '1'",
    "word == 'Yes'": "word: no code is called 'Yes'; did you mean 'yes'? (declared: no, yes)",
    "word in ['yes', 'on']": "word: no code is called 'on'",
    "a in word": "behind 'in' must stand a list, not 'word'",
    "word > 'no'": "words have no order",
    "word == a": "'word' and 'a' are not of one kind",
    "word * 2": "'word' gives words where numbers must stand; recode them first",
    "text + text": "'text' gives words where numbers must stand",
    "log(word)": "'word' gives words where numbers must stand",
    "a or b > 1": "'a' gives numbers where yes or no must stand; write e.g. a == 1",
    "not a": "'a' gives numbers where yes or no must stand",
    "~a": "'a' gives numbers where yes or no must stand",
    "a & (b > 1)": "'a' gives numbers where yes or no must stand",
    "text": "'text' gives words, not a number",
    "day": "'day' gives dates, not a number",
    "1 + 1": "names no variable",
    "a + 1 / 0": "'1 / 0' has no value",
    "a * 10 ** 400": "'10 ** 400' has no value",
    "a * (-1) ** 0.5": "'(-1) ** 0.5' has no value",
    "[a, 1]": "may stand only behind 'in'",
    "a == None": "'None' is neither a number nor a word",
    "a + True": "'True' is neither a number nor a word",
    "a * 1j": "'1j' is neither a number nor a word",
    "text == b'x'": "is neither a number nor a word",
    "log()": "calls a function; known are",
    "log(a, b)": "calls a function; known are",
    "a.sum()": "calls a function; known are",
    "a[0]": "only arithmetic and comparisons may",
    "log + a": "no variable is called 'log'",
    "a +": "cannot be read",
    "a\0": "cannot be read",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_be_computed_is_said(text: str) -> None:
    assert WRONG[text] in str(fault_in(text, KNOWN))


@pytest.mark.parametrize("text", ["a + 1", "a", "log(a)"])
def test_a_condition_holds_or_not(text: str) -> None:
    assert "write a condition" in str(fault_in(text, KNOWN, condition=True))
    assert fault_in(f"{text} > 1", KNOWN, condition=True) is None


def test_names() -> None:
    assert names_in("log(a) + abs(b) * 2") == {"a", "b"}


TRUTH = (1.0, 0.0, NAN)
NOT = {1.0: 0.0, 0.0: 1.0}


def either(p: float, q: float) -> float:
    """Kleene's or: one that holds is enough; else both must be known."""
    return 1.0 if 1.0 in (p, q) else NAN if math.isnan(p) or math.isnan(q) else 0.0


def negated(p: float) -> float:
    """Kleene's not."""
    return NOT.get(p, NAN)


def both(p: float, q: float) -> float:
    """Kleene's and, by De Morgan."""
    return negated(either(negated(p), negated(q)))


@pytest.mark.parametrize("p", TRUTH)
@pytest.mark.parametrize("q", TRUTH)
def test_a_condition_is_known_as_soon_as_a_part_decides_it(p: float, q: float) -> None:
    frame = pd.DataFrame({"a": [p], "b": [q]})
    rules = {
        "a == 1 or b == 1": either(p, q),
        "a == 1 and b == 1": both(p, q),
        "(a == 1) | (b == 1)": either(p, q),
        "(a == 1) & ~(b == 1)": both(p, negated(q)),
        "not (a == 1 or b == 1)": negated(either(p, q)),
        "(a == 1 or b == 1) and a == 1": both(either(p, q), p),
        "0 < a < 0.5": both(p, negated(p)),  # 1 and 0: 0 < a and a < 0.5
        "a not in [1]": negated(p),
        "(a == 1) + (b == 1)": p + q,
    }
    for text, value in rules.items():
        assert fault_in(text, KNOWN) is None
        found = float(evaluated(frame, text).iloc[0])
        assert found == value or (math.isnan(found) and math.isnan(value)), (text, p, q)


@pytest.mark.parametrize("text", FINE)
def test_where_everything_is_known_pandas_says_the_same(text: str) -> None:
    whole = FRAME.dropna()
    ours = evaluated(whole, text)
    theirs = pd.Series(whole.eval(text, engine="python"), index=whole.index).astype("float64")
    assert list(ours) == pytest.approx(
        [v if math.isfinite(v) else NAN for v in theirs], nan_ok=True, rel=1e-15
    )
