"""Utilities of the EQ-5D by the shipped value sets: published values, every state, decimals."""

import csv
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from cesp_analysis.instruments.pages import page_of
from cesp_analysis.instruments.score import decimals_of, score_items
from cesp_analysis.instruments.types import Instrument, Score, read_instrument

SETS = {"eq5d_3l.uk_1997": 3, "eq5d_5l.england_2018": 5, "eq5d_5l.uk_2026": 5}
"""Each value set, and how many levels its dimensions have."""
PUBLISHED = {
    "eq5d_3l.uk_1997": {
        "11111": 1, "33333": -0.594, "22222": 0.516, "11221": 0.760, "33221": -0.037,
        "12321": 0.329,
    },
    "eq5d_5l.england_2018": {"11111": 1, "23245": 0.247, "11112": 0.922, "55555": -0.285},
    "eq5d_5l.uk_2026": {
        "11111": 1, "22222": 0.784, "33333": 0.604, "44444": -0.209, "55555": -0.567,
    },
}  # fmt: skip
"""State → value, as the papers and the test vectors of the R package eq5d have them."""
TABLES = {
    "eq5d_3l.uk_1997": ("eq5d_3l_uk_tto_coefficients.csv", "uk_tto"),
    "eq5d_5l.england_2018": ("eq5d_5l_coefficients_england2018_uk2026.csv", "England"),
    "eq5d_5l.uk_2026": ("eq5d_5l_coefficients_england2018_uk2026.csv", "UK"),
}
DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "eq5d_value_sets"
NAN = float("nan")


def entry_of(name: str) -> Score:
    instrument, _, code = name.partition(".")
    return next(one for one in read_instrument(instrument).scores if one.code == code)


def utilities(name: str, states: Any) -> np.ndarray:
    """The value of each state, (n,); states (n, 5), the EQ VAS not answered."""
    instrument, _, code = name.partition(".")
    answers = np.column_stack([np.asarray(states, dtype=float), np.full(len(states), NAN)])
    return score_items(answers, read_instrument(instrument))[code].value


def every_state(levels: int) -> np.ndarray:
    return np.array(list(product(range(1, levels + 1), repeat=5)))


@pytest.mark.parametrize("name", SETS)
def test_published_values_come_out_to_the_last_digit(name: str) -> None:
    states = [[int(digit) for digit in state] for state in PUBLISHED[name]]
    assert utilities(name, states).tolist() == list(PUBLISHED[name].values())


@pytest.mark.parametrize("name", SETS)
def test_every_state_is_the_exact_sum(name: str) -> None:
    """By decimal arithmetic, term by term; the nearest float to it, bit by bit."""
    entry, levels = entry_of(name), SETS[name]
    exact = []
    for state in product(range(1, levels + 1), repeat=5):
        terms = [
            entry.level_values[item][level] for item, level in zip(entry.items, state, strict=True)
        ]
        terms += [value for level, value in entry.any_at.items() if max(state) >= level]
        exact.append(float(1 + sum(Decimal(repr(term)) for term in terms)))
    found = utilities(name, every_state(levels))
    assert len(found) == levels**5 and found.tolist() == exact
    assert decimals_of(entry) == 3


@pytest.mark.parametrize("name", SETS)
def test_the_best_state_is_first_the_worst_last_and_a_worse_level_never_raises(name: str) -> None:
    levels, entry = SETS[name], entry_of(name)
    found = utilities(name, every_state(levels)).reshape([levels] * 5)
    assert (found.flat[0], found.flat[-1]) == (found.max(), found.min())
    assert (found.min(), found.max()) == entry.range
    assert all((np.diff(found, axis=axis) <= 0).all() for axis in range(5))
    assert (found == 1).sum() == 1  # full health alone


@pytest.mark.parametrize("name", SETS)
def test_a_lost_dimension_is_no_value_and_the_vas_needs_no_answer(name: str) -> None:
    states = np.ones((6, 5))
    states[np.arange(5), np.arange(5)] = NAN
    np.testing.assert_array_equal(utilities(name, states), [NAN] * 5 + [1])


def test_a_constant_is_taken_once_however_many_items_reach_it() -> None:
    rows = [[2, 1, 1, 1, 1], [2, 2, 2, 2, 2], [3, 1, 1, 1, 1], [3, 3, 3, 3, 3]]
    entry = entry_of("eq5d_3l.uk_1997")
    added = [
        sum(entry.level_values[i][n] for i, n in zip(entry.items, r, strict=True)) for r in rows
    ]
    once = utilities("eq5d_3l.uk_1997", rows) - 1 - added
    np.testing.assert_allclose(once, [-0.081, -0.081, -0.35, -0.35], rtol=0, atol=1e-12)


def toy(**changes: Any) -> dict[str, Any]:
    """Two items of levels 1 to 3; from 1, less what a level takes and once what the worst does."""
    score = {
        "code": "index", "label": "Toy", "items": ["a", "b"], "method": "level_values",
        "start": 1, "any_at": {3: -0.5}, "range": [-0.5, 1], "direction": "higher_is_better",
        "unit": "utility",
        "level_values": {c: {1: 0, 2: -0.25, 3: -0.5} for c in "ab"},
    }  # fmt: skip
    return {
        "name": "toy", "title": "Toy", "response": "1 to 3", "source": "made up",
        "items": [{"code": c, "label": c, "low": 1, "high": 3} for c in "ab"],
        "scores": [score | changes], "copyright": "none", "missing_rule": "made up",
        "worked_example": {
            "answers": {"a": 2, "b": 3}, "scores": {"index": -0.25}, "source": "1 - .25 - .5 - .5",
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"any_at": {1: -0.5}}, "scores.index.any_at.1: must be above 1, which all reach, and at"
                                " most 3"),
        ({"any_at": {4: -0.5}}, "scores.index.any_at.4: must be above 1, which all reach, and at"
                                " most 3"),
        ({"range": [-1, 1]}, "scores.index.range: scores go from -0.5 to 1; it says -1 to 1"),
        ({"method": "sum", "level_values": {}, "range": [2, 6]},
         "scores.index.start, any_at: go with method 'level_values', and only with it"),
        ({"any_at": {3: 0.6}, "range": [0.25, 1.1]},
         "scores.index.range: scores go from 0.5 to 1.1; it says 0.25 to 1.1"),
    ],
)  # fmt: skip
def test_a_mistake_is_a_line(changes: dict[str, Any], line: str) -> None:
    with pytest.raises(ValidationError) as error:
        Instrument.model_validate(toy(**changes))
    assert line in str(error.value)


@pytest.mark.parametrize("seed", range(20))
def test_the_range_is_that_of_all_answers(seed: int) -> None:
    """Also where a constant makes a worse level better, and items have different levels."""
    rng = np.random.default_rng(seed)
    lows, highs = rng.integers(0, 3, 3), rng.integers(3, 6, 3)
    ends = list(zip("abc", lows.tolist(), highs.tolist(), strict=True))
    values = {
        c: {n: int(rng.integers(-9, 9)) / 4 for n in range(low, high + 1)} for c, low, high in ends
    }
    data = toy(
        items=["a", "b", "c"], level_values=values, start=0.25, range=[0, 0],
        any_at={n: int(rng.integers(-9, 9)) / 4 for n in range(min(lows) + 1, max(highs) + 1)},
    )  # fmt: skip
    data["items"] = [{"code": c, "label": c, "low": low, "high": high} for c, low, high in ends]
    data["worked_example"]["answers"] = {c: high for c, _, high in ends}
    with pytest.raises(ValidationError) as error:
        Instrument.model_validate(data)
    told = str(error.value).split("scores go from ")[1].split(";")[0]
    data["scores"][0]["range"] = [float(end) for end in told.split(" to ")]
    instrument = Instrument.model_validate(data)
    answers = np.array(list(product(*(range(low, high + 1) for _, low, high in ends))), dtype=float)
    found = score_items(answers, instrument)["index"].value
    assert (found.min(), found.max()) == instrument.scores[0].range


@pytest.mark.parametrize(
    ("instrument", "said"),
    [
        ("eq5d_3l", ["1 and the values of the levels, once -0.081 if any is at 2 or above, once"
                     " -0.269 if any is at 3 or above", "**Source of `uk_1997`.** Dolan 1997",
                     "Copyright EuroQol"]),
        ("eq5d_5l", ["**Source of `england_2018`.** Devlin et al. 2018",
                     "**Source of `uk_2026`.** Rowen et al. 2026", "Copyright EuroQol"]),
    ],
)  # fmt: skip
def test_the_page_names_source_and_copyright(instrument: str, said: list[str]) -> None:
    page = page_of(read_instrument(instrument))
    assert all(words in page for words in said)


@pytest.mark.skipif(not DATA.is_dir(), reason="shared/data is absent")
@pytest.mark.parametrize("name", SETS)
def test_every_coefficient_is_the_reference_tables(name: str) -> None:
    """And the tables hold no further term: constants of N4, N5 and interactions are blank."""
    file, column = TABLES[name]
    with (DATA / file).open(encoding="utf-8", newline="") as stream:
        rows = [list(row.values()) for row in csv.DictReader(stream)]
        stream.seek(0)
        at = next(csv.reader(stream)).index(column)
    told = {row[0]: float(row[at]) for row in rows if row[at]}
    entry = entry_of(name)
    shorts = dict(zip(entry.items, ("MO", "SC", "UA", "PD", "AD"), strict=True))
    ours = {
        f"{shorts[item]}{level}": value
        for item, values in entry.level_values.items()
        for level, value in values.items()
    }
    ours |= {"FullHealth": 1.0, "StartValue": 1.0}
    ours |= dict(zip(("AtLeastOne2Or3", "AtLeastOne3"), entry.any_at.values(), strict=False))
    assert set(told) <= set(ours) and all(ours[term] == value for term, value in told.items())
    assert all(ours[term] == 0 for term in set(ours) - set(told) if term[2:] == "1")
