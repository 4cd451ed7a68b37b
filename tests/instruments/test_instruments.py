"""Scores against hand-written arithmetic; instrument files against the rules they must keep."""

import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from pydantic import ValidationError

from cesp_analysis.errors import CespError
from cesp_analysis.instruments import score as score_module
from cesp_analysis.instruments.broken import raw_range
from cesp_analysis.instruments.pages import instruments
from cesp_analysis.instruments.score import band_of, broken_example, score_items
from cesp_analysis.instruments.types import Instrument, names, read_instrument
from cesp_analysis.label_words import words_of

SHIPPED = (
    "bscs", "dass21", "dejong_gierveld_6", "direct_loneliness", "eq5d_3l", "eq5d_5l", "gad7",
    "icecap_o", "ons4", "phq9", "social_provisions", "swemwbs", "ucla3", "wemwbs",
)  # fmt: skip
ROUNDING = 1e-14  # one multiplication and one division
NAN = float("nan")


def toy(**changes: Any) -> dict[str, Any]:
    """Three items 0 to 4, the second reversed; their sum."""
    score = {
        "code": "total", "label": "Toy", "items": ["a", "b", "c"], "method": "sum",
        "range": [0, 12], "direction": "higher_is_better", "unit": "points",
    }  # fmt: skip
    items = [{"code": c, "label": c, "low": 0, "high": 4, "reverse": c == "b"} for c in "abc"]
    example = {"answers": {"a": 1, "b": 1, "c": 2}, "scores": {"total": 6}, "source": "1 + 3 + 2"}
    return {
        "name": "toy", "title": "Toy", "response": "0 to 4", "items": items,
        "scores": [score | changes], "source": "made up", "copyright": "none",
        "missing_rule": "made up", "worked_example": example,
    }  # fmt: skip


def scored(answers: Any, instrument: Instrument, code: str = "total") -> score_module.Scored:
    return score_items(np.array(answers, dtype=float), instrument)[code]


def every_answer(instrument: Instrument) -> np.ndarray:
    """All combinations of answers, (n, k)."""
    return np.array(list(product(*(range(i.low, i.high + 1) for i in instrument.items))))


# ------------------------------------------------------------------ every shipped file


def test_the_shipped_instruments() -> None:
    assert tuple(names()) == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_worked_example_comes_out(name: str) -> None:
    instrument = read_instrument(name)
    assert instrument.name == name
    assert list(broken_example(instrument)) == []


def test_a_wrong_worked_example_is_found() -> None:
    data = toy()
    data["worked_example"]["scores"]["total"] = 4  # b not reversed
    lines = list(broken_example(Instrument.model_validate(data)))
    assert lines == ["worked_example.scores.total: says 4; the answers give 6"]


@pytest.mark.parametrize("name", SHIPPED)
def test_nobody_and_no_answer(name: str) -> None:
    instrument = read_instrument(name)
    k = len(instrument.items)
    nobody = score_items(np.empty((0, k)), instrument)
    blank = score_items(np.full((3, k), np.nan), instrument)
    assert list(nobody) == list(blank) == [score.code for score in instrument.scores]
    for part in nobody.values():
        assert part.value.shape == part.answered.shape == part.prorated.shape == (0,)
    for part in blank.values():
        assert np.isnan(part.value).all()
        assert part.answered.tolist() == [0, 0, 0]
        assert not part.prorated.any()


@pytest.mark.parametrize("name", SHIPPED)
def test_lowest_and_highest_score_are_the_range(name: str) -> None:
    instrument = read_instrument(name)
    ends = np.array([[item.low, item.high] for item in instrument.items]).T
    reversed_ = [item.reverse for item in instrument.items]
    ends[:, reversed_] = ends[::-1, reversed_]
    if name == "dejong_gierveld_6":
        ends = np.array([[1, 1, 1, 3, 3, 3], [3, 3, 3, 1, 1, 1]])
    for score in instrument.scores:
        found = scored(ends, instrument, score.code).value
        found = np.sort(found) if score.start else found  # level 1 is the best of the EQ-5D
        np.testing.assert_allclose(found, score.range, rtol=0, atol=1e-12)  # sums of few decimals


@pytest.mark.parametrize("name", SHIPPED)
def test_one_row_is_scored_like_many(name: str) -> None:
    instrument = read_instrument(name)
    rng = np.random.default_rng(20)
    low, high = ([getattr(i, end) for i in instrument.items] for end in ("low", "high"))
    answers = rng.integers(low, np.array(high) + 1, (40, len(low))).astype(float)
    answers[rng.random(answers.shape) < 0.1] = np.nan
    untouched = answers.copy()
    together = score_items(answers, instrument)
    np.testing.assert_array_equal(answers, untouched)
    for row, given in enumerate(answers):
        for code, alone in score_items(given[None, :], instrument).items():
            np.testing.assert_array_equal(alone.value[0], together[code].value[row])
            assert alone.answered[0] == together[code].answered[row]


@pytest.mark.parametrize("name", SHIPPED)
def test_words_of_answers_are_those_that_the_response_format_names(name: str) -> None:
    """Of each item both ends; of the EQ-5D, whose worst level has other words in each dimension,
    the best; of the ICECAP-O's security nothing, where none is no concern, nor of its control."""
    instrument = read_instrument(name)
    said = f" {words_of(instrument.response)} "
    for item in instrument.items:
        own = item.answers or instrument.answers
        ends = [item.low, item.high][: 1 if name.startswith("eq5d") else 2]
        if (name, item.code) in {("icecap_o", "security"), ("icecap_o", "control")}:
            assert own == {}
            continue
        for end in ends if item.code != "vas" else ():
            assert any(f" {end} {words_of(word)} " in said for word in own[end]), (end, own)


def test_words_of_an_item_are_its_own_or_the_instrument_s() -> None:
    data = toy() | {"answers": {0: "never", 4: ["Every day", "daily"], 3: "often"}}
    data["items"][1] |= {"answers": {0: "no"}}
    data["items"][2] |= {"high": 3}
    data["worked_example"]["answers"]["c"] = 2
    instrument = Instrument.model_validate(data | {"scores": [data["scores"][0] | RANGE_11]})
    first, second, third = (instrument.codes(item) for item in instrument.items)
    assert first == {"never": 0, "every day": 4, "daily": 4, "often": 3}
    assert (second, third) == ({"no": 0}, {"never": 0, "often": 3})


RANGE_11 = {"range": [0, 11]}


def test_words_of_answers_that_cannot_be_are_named() -> None:
    data = toy() | {"answers": {0: ["never", " "], 1: "Never!", 7: "always"}}
    data["items"][0] |= {"answers": {5: "daily"}}
    with pytest.raises(ValidationError) as found:
        Instrument.model_validate(data)
    assert str(found.value.errors()[0]["ctx"]["error"]).splitlines() == [
        "answers.0: a word is blank",
        "answers.1: 'Never!' is 0, too; a word has one code",
        "answers.7: codes go from 0 to 4",
        "items.a.answers.5: codes go from 0 to 4",
    ]


# ------------------------------------------------------------------ instrument by instrument

# Raw score 7, 8, ... 35, typed from the published table apart from the shipped file.
SWEMWBS_METRIC = [
    7.00, 9.51, 11.25, 12.40, 13.33, 14.08, 14.75, 15.32, 15.84, 16.36, 16.88, 17.43, 17.98, 18.59,
    19.25, 19.98, 20.73, 21.54, 22.35, 23.21, 24.11, 25.03, 26.02, 27.03, 28.13, 29.31, 30.70,
    32.55, 35.00,
]  # fmt: skip


def test_swemwbs_every_raw_score() -> None:
    assert len(SWEMWBS_METRIC) == 29
    assert (np.diff(SWEMWBS_METRIC) > 0).all()
    assert (SWEMWBS_METRIC[0], SWEMWBS_METRIC[-1]) == (7.00, 35.00)
    rows = []
    for raw in range(7, 36):
        fives, rest = divmod(raw - 7, 4)
        rows.append(([5] * fives + [1 + rest] + [1] * 7)[:7])
        assert sum(rows[-1]) == raw
    found = scored(rows, read_instrument("swemwbs")).value
    np.testing.assert_array_equal(found, SWEMWBS_METRIC)


def test_swemwbs_is_never_converted_from_six_answers() -> None:
    found = scored([[4, 4, 4, 4, 4, 4, NAN]], read_instrument("swemwbs"))
    assert np.isnan(found.value[0])
    assert found.answered[0] == 6


def test_ucla_every_answer() -> None:
    answers = every_answer(read_instrument("ucla3"))
    by_hand = [a + b + c for a, b, c in answers.tolist()]
    assert len(by_hand) == 27
    assert scored(answers, read_instrument("ucla3")).value.tolist() == by_hand
    assert np.isnan(scored([[1, NAN, 3]], read_instrument("ucla3")).value[0])


def djg_by_hand(answers: tuple[int | None, ...]) -> tuple[float, float, float]:
    """Total, emotional, social as the manual has it; None is not answered."""
    emotional = [a for a in answers[:3] if a is not None]
    social = [a for a in answers[3:] if a is not None]
    e = sum(1 for a in emotional if a != 1)  # more or less, yes
    s = sum(1 for a in social if a != 3)  # no, more or less
    return (
        e + s if len(emotional) + len(social) >= 5 else NAN,
        e if len(emotional) == 3 else NAN,
        s if len(social) == 3 else NAN,
    )


@pytest.mark.parametrize("choices", [(1, 2, 3), (1, 2, 3, None)], ids=["complete", "with blanks"])
def test_de_jong_gierveld_every_answer(choices: tuple[int | None, ...]) -> None:
    people = list(product(choices, repeat=6))  # 3^6 = 729; with blanks 4^6 = 4096
    instrument = read_instrument("dejong_gierveld_6")
    found = score_items(np.array(people, dtype=float), instrument)
    by_hand = np.array([djg_by_hand(person) for person in people])
    for column, code in enumerate(("total", "emotional", "social")):
        np.testing.assert_array_equal(found[code].value, by_hand[:, column])
        assert not found[code].prorated.any()


def test_de_jong_gierveld_missing_rule() -> None:
    instrument = read_instrument("dejong_gierveld_6")
    one, two = [NAN, 3, 3, 1, 1, 1], [NAN, 3, 3, 1, 1, NAN]
    found = score_items(np.array([one, two]), instrument)
    np.testing.assert_array_equal(found["total"].value, [5, NAN])
    np.testing.assert_array_equal(found["emotional"].value, [NAN, NAN])
    np.testing.assert_array_equal(found["social"].value, [3, NAN])
    assert found["total"].answered.tolist() == [5, 4]


def test_de_jong_gierveld_bands() -> None:
    total = read_instrument("dejong_gierveld_6").scores[0]
    labels = [total.bands[band].label.split()[0] for band in band_of(np.arange(7), total)]
    assert labels == ["not"] * 2 + ["moderately"] * 3 + ["severely"] * 2


@pytest.mark.parametrize("name", ["ons4", "eq5d_5l"])
def test_single_items_are_passed_on(name: str) -> None:
    instrument = read_instrument(name)
    answers = np.array([[item.low + j for j, item in enumerate(instrument.items)]], dtype=float)
    answers = np.vstack([np.minimum(answers, [i.high for i in instrument.items]), answers * NAN])
    for j, score in enumerate(one for one in instrument.scores if len(one.items) == 1):
        found = scored(answers, instrument, score.code)
        np.testing.assert_array_equal(found.value, answers[:, j])
        assert found.answered.tolist() == [1, 0]


def test_single_items_stand_alone() -> None:
    found = score_items(np.array([[7, NAN, 0, 10]]), read_instrument("ons4"))
    by_code = {code: part.value[0] for code, part in found.items()}
    np.testing.assert_equal(by_code, {"satisfied": 7, "worthwhile": NAN, "happy": 0, "anxious": 10})


def test_directions() -> None:
    worse = {
        f"{name}.{score.code}"
        for name in SHIPPED
        for score in read_instrument(name).scores
        if score.direction == "higher_is_worse"
    }
    assert worse == {
        "dass21.anxiety", "dass21.depression", "dass21.stress", "eq5d_3l.anxiety",
        "eq5d_3l.mobility", "eq5d_3l.pain", "eq5d_3l.self_care", "eq5d_3l.usual_activities",
        "gad7.total", "dejong_gierveld_6.emotional", "dejong_gierveld_6.social",
        "dejong_gierveld_6.total",
        "eq5d_5l.anxiety", "eq5d_5l.mobility", "eq5d_5l.pain", "eq5d_5l.self_care",
        "eq5d_5l.usual_activities", "ons4.anxious", "phq9.total", "ucla3.total",
    }  # fmt: skip


def test_only_the_vas_may_be_absent() -> None:
    absent = [(n, i.code) for n in SHIPPED for i in read_instrument(n).items if i.optional]
    assert absent == [("eq5d_3l", "vas"), ("eq5d_5l", "vas")]


# A blank is not a zero: nine items of twelve people; the 4 of A07 was set aside by cleaning.
PHQ9 = {
    "A01": ([0, 0, 0, 0, 0, 0, 0, 0, 0], 0, "minimal"),
    "A02": ([3, 3, 3, 3, 3, 3, 3, 3, 3], 27, "severe"),
    "A03": ([2, 1, 2, 1, 2, 1, NAN, 3, 1], NAN, ""),
    "A04": ([NAN] * 9, NAN, ""),
    "A05": ([1, 1, 1, 1, 1, 2, 1, 1, 1], 10, "moderate"),
    "A06": ([1, 1, 1, 1, 1, 1, 1, 1, 1], 9, "mild"),
    "A07": ([2, 2, NAN, 1, 1, 0, 0, 0, 0], NAN, ""),
    "A08": ([2, 1, 1, 0, 0, 1, 2, 0, 0], 7, "mild"),
    "A09": ([1, 2, NAN, 1, 1, 1, 0, 0, 0], NAN, ""),
    "A10": ([3, 3, 2, 2, 2, 2, 2, 2, 1], 19, "moderately severe"),
    "A11": ([3, 3, 3, 2, 2, 2, 2, 2, 1], 20, "severe"),
    "A12": ([1, 0, 1, 0, 1, 0, 1, 0, 0], 4, "minimal"),
}


def test_phq9_a_blank_is_not_a_zero() -> None:
    total = read_instrument("phq9").scores[0]
    found = scored([answers for answers, _, _ in PHQ9.values()], read_instrument("phq9"))
    np.testing.assert_array_equal(found.value, [points for _, points, _ in PHQ9.values()])
    bands = band_of(found.value, total)
    labels = ["" if band < 0 else total.bands[band].label for band in bands]
    assert labels == [severity for _, _, severity in PHQ9.values()]
    assert np.count_nonzero(~np.isnan(found.value)) == 8
    assert np.nanmean(found.value) == 12.0


def test_phq9_every_band_edge() -> None:
    total = read_instrument("phq9").scores[0]
    edges = [0, 4, 5, 9, 10, 14, 15, 19, 20, 27, NAN]
    assert band_of(edges, total).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, -1]


def test_bscs_means_of_random_answers() -> None:
    rng = np.random.default_rng(8)
    answers = rng.integers(1, 6, (200, 8))
    found = score_items(answers, read_instrument("bscs"))
    for row, a in enumerate(answers.tolist()):
        by_hand = {
            "total": sum(a) / 8,
            "needs": (a[0] + a[1]) / 2,
            "membership": (a[2] + a[3]) / 2,
            "influence": (a[4] + a[5]) / 2,
            "connection": (a[6] + a[7]) / 2,
        }
        assert {code: part.value[row] for code, part in found.items()} == by_hand


def test_bscs_a_blank_takes_its_subscale_and_the_total() -> None:
    found = score_items(np.array([[1, 2, 3, 4, 5, NAN, 4, 3]]), read_instrument("bscs"))
    by_code = {code: part.value[0] for code, part in found.items()}
    np.testing.assert_equal(
        by_code,
        {"total": NAN, "needs": 1.5, "membership": 3.5, "influence": NAN, "connection": 3.5},
    )


# ------------------------------------------------------------------ the general rules


@pytest.mark.parametrize(("low", "high"), [(0, 4), (1, 5), (2, 3), (-2, 1)])
def test_reversal_is_low_plus_high_minus_answer(low: int, high: int) -> None:
    data = toy(range=[3 * low, 3 * high])
    for item in data["items"]:
        item |= {"low": low, "high": high}
    data["worked_example"]["answers"] = dict.fromkeys("abc", low)
    instrument = Instrument.model_validate(data)
    answers = every_answer(instrument)
    turned = dict(zip(range(low, high + 1), range(high, low - 1, -1), strict=True))
    by_hand = [a + turned[b] + c for a, b, c in answers.tolist()]
    assert scored(answers, instrument).value.tolist() == by_hand


def test_a_blank_in_a_reversed_item_adds_nothing() -> None:
    instrument = Instrument.model_validate(toy(minimum_answered=2, prorate="person_mean"))
    assert scored([[1, NAN, 3]], instrument).value.tolist() == [4 * 3 / 2]


@pytest.mark.parametrize(("method", "high"), [("sum", 12), ("mean", 4)])
def test_prorating_is_the_mean_of_what_was_answered(method: str, high: int) -> None:
    changes = {"minimum_answered": 2, "prorate": "person_mean", "method": method}
    instrument = Instrument.model_validate(toy(**changes, range=[0, high]))
    people = list(product((0, 1, 2, 3, 4, NAN), repeat=3))
    found = scored(people, instrument)
    for row, person in enumerate(people):
        points = [4 - x if j == 1 else x for j, x in enumerate(person) if x == x]
        mean = sum(points) / len(points) if len(points) >= 2 else NAN
        by_hand = mean * 3 if method == "sum" else mean
        np.testing.assert_allclose(found.value[row], by_hand, rtol=ROUNDING)
        assert found.answered[row] == len(points)
        assert found.prorated[row] == (len(points) == 2)


def test_a_prorated_count() -> None:
    data = toy(
        method="count_in", counted={"a": [3, 4], "b": [0], "c": [1, 2, 3, 4]}, range=[0, 3],
        minimum_answered=2, prorate="person_mean",
    )  # fmt: skip
    data["items"][1]["reverse"] = False
    found = scored([[4, 0, NAN], [4, 1, NAN], [4, 0, 1], [NAN, NAN, 1]], _counting(data))
    np.testing.assert_array_equal(found.value, [3, 1.5, 3, NAN])
    assert found.prorated.tolist() == [True, True, False, False]


def _counting(data: dict[str, Any]) -> Instrument:
    data["worked_example"] |= {"answers": {"a": 4, "b": 0, "c": 0}, "scores": {"total": 2}}
    instrument = Instrument.model_validate(data)
    assert list(broken_example(instrument)) == []
    return instrument


def test_a_blank_is_not_a_zero_that_counts() -> None:
    data = toy(
        method="count_in", counted={"a": [0], "b": [0], "c": [0]}, range=[0, 3],
        minimum_answered=1,
    )  # fmt: skip
    data["items"][1]["reverse"] = False
    data["worked_example"]["scores"]["total"] = 0
    assert scored([[0, NAN, 4]], Instrument.model_validate(data)).value.tolist() == [1]


def test_blocks_of_rows_cannot_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    instrument = Instrument.model_validate(toy(minimum_answered=2, prorate="person_mean"))
    answers = np.random.default_rng(3).integers(0, 5, (103, 3)).astype(float)
    answers[::7, 1] = np.nan
    whole = scored(answers, instrument)
    monkeypatch.setattr(score_module, "_ROWS", 10)
    blocks = scored(answers, instrument)
    np.testing.assert_array_equal(blocks.value, whole.value)
    np.testing.assert_array_equal(blocks.answered, whole.answered)
    np.testing.assert_array_equal(blocks.prorated, whole.prorated)


@pytest.mark.parametrize("wrong", [-1, 5, 99, 2.5, np.inf, -np.inf])
def test_an_answer_that_is_no_code_is_refused(wrong: float, monkeypatch: Any) -> None:
    monkeypatch.setattr(score_module, "_ROWS", 2)
    answers = np.ones((6, 3))
    answers[4, 1] = wrong
    with pytest.raises(ValueError, match=r"toy: item b: row 4: \S+ is not a whole number from 0"):
        score_items(answers, Instrument.model_validate(toy()))


@pytest.mark.parametrize("shape", [(3,), (2, 2), (2, 4), (1, 3, 1)])
def test_another_number_of_columns_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="toy: needs 3 columns"):
        score_items(np.ones(shape), Instrument.model_validate(toy()))


def test_results_are_frozen() -> None:
    with pytest.raises(AttributeError):
        scored([[1, 1, 1]], Instrument.model_validate(toy())).value = np.ones(1)  # type: ignore[misc]


def test_a_counted_item_may_always_count() -> None:
    data = toy(method="count_in", counted={c: [0, 1, 2, 3, 4] for c in "abc"}, range=[3, 3])
    data["items"][1]["reverse"] = False
    score = Instrument.model_validate(data).scores[0]
    assert raw_range(score, Instrument.model_validate(data).items) == (3, 3)


# ------------------------------------------------------------------ mistakes in a file

Change = Callable[[dict[str, Any]], Any]
CONVERSION = {raw: raw / 2 for raw in range(13)}


def of_score(**changes: Any) -> Change:
    return lambda data: data["scores"][0].update(changes)


def counting(**changes: Any) -> Change:
    """A score that counts, all well but for `changes`; no item reversed."""

    def change(data: dict[str, Any]) -> None:
        data["items"][1]["reverse"] = False
        fine = {"method": "count_in", "counted": {c: [4] for c in "abc"}, "range": [0, 3]}
        data["scores"][0].update(fine | changes)

    return change


def valued(**changes: Any) -> Change:
    """A score that adds values of levels, all well but for `changes`; no item reversed."""

    def change(data: dict[str, Any]) -> None:
        data["items"][1]["reverse"] = False
        values = {code: {level: level / 4 for level in range(5)} for code in "abc"}
        fine = {"method": "level_values", "level_values": values, "range": [0, 3]}
        data["scores"][0].update(fine | changes)

    return change


def banded(*lowest: float) -> Change:
    return of_score(bands=[{"label": str(x), "lowest": x} for x in lowest])


MISTAKES: dict[str, tuple[Change, str]] = {
    "unknown key": (lambda d: d.update(licence="x"), "licence: "),
    "unknown key of an item": (lambda d: d["items"][1].update(rev=True), "items.1.rev: "),
    "lacking": (lambda d: d.pop("source"), "source: "),
    "no worked example": (lambda d: d.pop("worked_example"), "worked_example: "),
    "method": (of_score(method="total"), "scores.0.method: "),
    "direction": (of_score(direction="up"), "scores.0.direction: "),
    "low above high": (lambda d: d["items"][2].update(low=5), "items.2: low (5) must be below"),
    "item twice": (lambda d: d["items"].append(d["items"][0]), "items: 'a' stands there more"),
    "score twice": (lambda d: d["scores"].append(d["scores"][0]), "scores: 'total' stands"),
    "item twice in a score": (of_score(items=["a", "b", "b"]), "scores.total.items: 'b' stands"),
    "unknown item": (
        of_score(items=["a", "b", "cc"]),
        "scores.total.items: no item is called 'cc'",
    ),
    "minimum above all": (of_score(minimum_answered=4), "scores.total.minimum_answered: must be"),
    "minimum of none": (of_score(minimum_answered=0), "scores.total.minimum_answered: must be"),
    "blank as zero": (of_score(minimum_answered=2), "scores.total.prorate: say person_mean"),
    "idle prorating": (of_score(prorate="person_mean"), "scores.total.prorate: has no effect"),
    "value of three": (of_score(method="value"), "scores.total.items: method 'value' takes one"),
    "uneven mean": (
        lambda d: (d["items"][0].update(high=9), d["scores"][0].update(method="mean")),
        "scores.total.items: a person's mean",
    ),
    "uneven prorating": (
        lambda d: (
            d["items"][0].update(high=9),
            d["scores"][0].update(minimum_answered=2, prorate="person_mean"),
        ),
        "scores.total.items: a person's mean",
    ),
    "counted without count_in": (of_score(counted={"a": [1]}), "scores.total.counted: goes with"),
    "count_in without counted": (counting(counted={}), "scores.total.counted: goes with"),
    "counted for two": (counting(counted={"a": [1], "b": [1]}), "scores.total.counted: must name"),
    "counted outside": (
        counting(counted={"a": [1], "b": [5], "c": [1]}),
        "scores.total.counted.b: needs answers from 0 to 4",
    ),
    "counted empty": (
        counting(counted={"a": [1], "b": [], "c": [1]}),
        "scores.total.counted.b: needs answers from 0 to 4",
    ),
    "counted and reversed": (
        lambda d: (counting()(d), d["items"][2].update(reverse=True)),
        "scores.total.counted.c: counts answers as given",
    ),
    "range": (of_score(range=[3, 12]), "scores.total.range: scores go from 0 to 12; it says 3 to"),
    "range of a mean": (of_score(method="mean"), "scores.total.range: scores go from 0 to 4"),
    "conversion gap": (
        of_score(conversion={k: v for k, v in CONVERSION.items() if k not in {3, 5}}),
        "scores.total.conversion: lacks raw scores 3, 5",
    ),
    "conversion beyond": (
        of_score(conversion=CONVERSION | {13: 6.5}, range=[0, 6.5]),
        "scores.total.conversion: 13 cannot occur",
    ),
    "range unconverted": (of_score(conversion=CONVERSION), "scores.total.range: scores go from 0"),
    "conversion of a mean": (
        of_score(method="mean", conversion=CONVERSION),
        "scores.total.conversion: is for whole raw scores",
    ),
    "conversion prorated": (
        of_score(conversion=CONVERSION, minimum_answered=2, prorate="person_mean"),
        "scores.total.conversion: is for whole raw scores",
    ),
    "values without their method": (
        of_score(level_values={"a": {0: 1.0}}),
        "scores.total.level_values: goes with method 'level_values'",
    ),
    "values of other items": (
        valued(level_values={"a": {0: 1.0}}),
        "scores.total.level_values: must name the score's items",
    ),
    "values of some levels": (
        valued(level_values={code: {0: 0.0, 4: 1.0} for code in "abc"}),
        "scores.total.level_values.a: needs a value for each answer 0-4",
    ),
    "values of few answers": (
        valued(minimum_answered=2),
        "scores.total.minimum_answered: a sum of values needs every answer",
    ),
    "bands begin late": (banded(1, 5), "scores.total.bands: the first must begin at 0"),
    "bands fall": (banded(0, 7, 5), "scores.total.bands: must rise"),
    "bands twice": (banded(0, 5, 5), "scores.total.bands: must rise"),
    "bands above": (banded(0, 13), "scores.total.bands: must rise, and none may begin above 12"),
    "example lacks": (
        lambda d: d["worked_example"]["answers"].pop("c"),
        "worked_example.answers: lacks item 'c'",
    ),
    "example has more": (
        lambda d: d["worked_example"]["answers"].update(d=1),
        "worked_example.answers: no item is called 'd'",
    ),
    "example lacks a score": (
        lambda d: d["worked_example"]["scores"].clear(),
        "worked_example.scores: lacks score 'total'",
    ),
    "example outside": (
        lambda d: d["worked_example"]["answers"].update(b=7),
        "worked_example.answers.b: must be 0 to 4, not 7",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_place(mistake: str, tmp_path: Path) -> None:
    change, said = MISTAKES[mistake]
    data = toy()
    change(data)
    with pytest.raises(ValidationError):
        Instrument.model_validate(data)
    path = tmp_path / "toy.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(CespError) as caught:
        read_instrument(path)
    assert isinstance(caught.value.__cause__, ValidationError)
    assert all(line.startswith(f"{path}: ") for line in caught.value.problems)
    assert any(line.startswith(f"{path}: {said}") for line in caught.value.problems)
    follow = {"minimum of none": 2, "conversion gap": 2, "values of some levels": 3}
    assert len(caught.value.problems) == follow.get(mistake, 1)  # nothing else is told of it


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    data = toy(range=[0, 1], bands=[{"label": "x", "lowest": 2}])
    data["worked_example"]["answers"]["a"] = 9
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(CespError) as caught:
        read_instrument(tmp_path / "toy.yaml")
    assert len(caught.value.problems) == 3


# ------------------------------------------------------------------ reading


def test_a_study_may_bring_its_own(tmp_path: Path) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text(yaml.safe_dump(toy()), encoding="utf-8")
    assert read_instrument(path) == read_instrument(str(path)) == Instrument.model_validate(toy())


def test_codes_that_look_like_numbers_are_text() -> None:
    assert [item.code for item in read_instrument("phq9").items] == list("123456789")


def test_an_unknown_name_says_the_nearest() -> None:
    with pytest.raises(CespError, match=r"no instrument is called 'phq8'; did you mean 'phq9'\?"):
        read_instrument("phq8")


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(CespError, match=r"own\.yaml: there is no such file"):
        read_instrument(tmp_path / "own.yaml")


def test_instruments_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        read_instrument("phq9").name = "x"


def test_reading_loads_neither_numpy_nor_pandas() -> None:
    code = (
        "import sys; from cesp_analysis.instruments.types import read_instrument;"
        " read_instrument('swemwbs'); print({'numpy', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_icecap_o_ends_and_missing() -> None:
    instrument = read_instrument("icecap_o")
    found = scored(np.array([[1.0] * 5, [4.0] * 5, [4, 4, NAN, 4, 4]]), instrument, "value")
    np.testing.assert_allclose(found.value[:2], [0, 1], atol=1e-12)  # the tariff's own anchors
    assert np.isnan(found.value[2]) and found.answered[2] == 4


LOCKDOWN = Path(__file__).resolve().parents[3] / "shared" / "data" / "loneliness_lockdown1"


@pytest.mark.skipif(not LOCKDOWN.is_dir(), reason="shared/data/loneliness_lockdown1 is absent")
@pytest.mark.parametrize(
    ("name", "file", "scores"),
    [
        ("ucla3", "ucla3", {"total": "loneliness"}),
        (
            "dass21",
            "dass21",
            {"depression": "depression", "anxiety": "anxiety", "stress": "stress"},
        ),
    ],
)
def test_real_answers_give_the_authors_scores(name: str, file: str, scores: dict[str, str]) -> None:
    """220 people before and during: every complete (sub)scale; the authors imputed the others."""
    items = pd.read_csv(LOCKDOWN / f"{file}_items_long.csv")
    expected = pd.read_csv(LOCKDOWN / f"expected_{file}_scores.csv").set_index("response_id")
    instrument = read_instrument(name)
    for period in ("before", "during"):
        answers = items[items["lockdown_period"] == period].pivot(
            index="response_id", columns="item", values="score"
        )
        wide = answers[sorted(answers.columns)]
        for code, column in scores.items():
            found = pd.Series(
                scored(wide.to_numpy(dtype=float), instrument, code).value, index=wide.index
            ).dropna()
            assert len(found) > 210
            theirs = expected.loc[found.index, f"{column}_{period}"]
            assert (found == theirs).all()


def test_the_pages_are_made_from_the_files(tmp_path: Path) -> None:
    instruments(tmp_path)
    made = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    folder = Path(__file__).resolve().parents[2] / "docs" / "instruments"
    assert made == {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


# ------------------------------------------------------------------ what mutants showed to be open


@pytest.mark.parametrize(("off", "said"), [(0.5, True), (1e-9, True), (1e-13, False), (0, False)])
def test_a_worked_example_that_is_off_is_told(off: float, said: bool) -> None:
    data = toy()
    data["worked_example"]["scores"]["total"] = 6 + off
    lines = list(broken_example(Instrument.model_validate(data)))
    assert bool(lines) == said
    if off == 0.5:
        assert lines == ["worked_example.scores.total: says 6.5; the answers give 6"]


def test_a_mean_of_one_answer_is_that_answer() -> None:
    data = toy(method="mean", minimum_answered=1, prorate="person_mean", range=[0, 4])
    data["worked_example"] |= {"scores": {"total": 2}, "source": "(1 + 3 + 2) / 3"}
    mean = Instrument.model_validate(data)
    found = scored([[3, NAN, NAN], [3, NAN, 4], [NAN, NAN, NAN]], mean)
    assert found.value[:2].tolist() == [3, 3.5] and np.isnan(found.value[2])


def test_values_of_levels_are_added_and_without_an_answer_there_is_no_score() -> None:
    """Levels 1 to 3 are worth 0.1, 0.25 and 0.7; the sum goes from exactly 0.3, not
    0.30000000000000004, to 2.1."""
    worth = {code: {1: 0.1, 2: 0.25, 3: 0.7} for code in "abc"}
    data = toy(method="level_values", level_values=worth, range=[0.3, 2.1])
    data["items"] = [{"code": c, "label": c, "low": 1, "high": 3} for c in "abc"]
    data["worked_example"] = {"answers": {"a": 1, "b": 2, "c": 3}, "scores": {"total": 1.05},
                              "source": "0.1 + 0.25 + 0.7"}  # fmt: skip
    made = Instrument.model_validate(data)
    assert raw_range(made.scores[0], made.items) == (0.3, 2.1)
    found = scored([[3, 3, 3], [1, 2, 3], [1, 1, 1], [NAN, 3, 3]], made)
    assert found.value[:3].tolist() == pytest.approx([2.1, 1.05, 0.3], abs=1e-15)
    assert np.isnan(found.value[3]) and found.answered.tolist() == [3, 3, 3, 2]


def test_an_item_of_one_code_is_no_question_and_a_band_may_be_the_highest_score() -> None:
    data = toy()
    data["items"][0] |= {"low": 4, "high": 4}
    with pytest.raises(ValidationError, match="low \\(4\\) must be below high \\(4\\)"):
        Instrument.model_validate(data)
    bands = [{"lowest": 0, "label": "some"}, {"lowest": 12, "label": "all"}]
    made = Instrument.model_validate(toy(bands=bands))
    assert band_of([0, 11, 12, NAN], made.scores[0]).tolist() == [0, 0, 1, -1]
    with pytest.raises(ValidationError, match="none may begin above 12"):
        Instrument.model_validate(toy(bands=[bands[0], {"lowest": 13, "label": "more"}]))
