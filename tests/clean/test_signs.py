"""Questions that a wave turned, of correlations written by hand: where a sign counts and whose."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.arrays import Floats
from cesp_analysis.clean.directions import Answers, _remedy, _score, _warned, directions_agree
from cesp_analysis.clean.turned import Turned, Wave, together, turned
from cleaned_parts import entry, listed, part, records, spec

# ------------------------------------------------------------------ how questions go together


def test_a_respondent_alone_in_a_place_says_nothing_and_costs_an_answer() -> None:
    pairs = np.array([[1.0, 2], [2, 1], [3, 4], [4, 3], [5, 5]])
    alone = together(np.vstack([pairs, [9.0, 1.0]]), np.array([-1, -1, -1, -1, -1, 7]))
    assert alone.r[0, 1] == pytest.approx(0.8) and alone.r[0, 0] == pytest.approx(1.0)
    assert alone.n.tolist() == [[4, 4], [4, 4]]


def test_a_place_without_an_answer_to_a_question_costs_it_none() -> None:
    answers = np.array([[1.0, 2], [2, 1], [3, 4], [4, 3], [5, 5], [np.nan, 5], [np.nan, 1]])
    wave = together(answers, np.array([0, 0, 0, 0, 0, 1, 1]))
    assert wave.n.tolist() == [[4, 3], [3, 5]]  # pairs less the places of the one that has more


def test_a_question_varies_though_its_answers_lie_far_from_zero() -> None:
    """One that differs by rounding alone does not: 7 answers of a third of ten million."""
    moves = np.array([1.0, 2, 3, 4, 5, 6, 7])
    still = [np.full(7, number) for number in (1e7 / 3, -1e7 / 3)]
    wave = together(np.column_stack([moves, 100 + moves, *still]), np.zeros(7, int))
    assert wave.r[0, 1] == pytest.approx(1.0)
    assert not wave.r[2:].any() and not wave.r[:, 2:].any()


def test_a_question_with_gaps_is_held_against_others_where_both_are_answered() -> None:
    """Less the means of all their answers, 3 and 3: products 2 and -1, squares 4 1 and 1 1."""
    wave = together(
        np.array([[1.0, 2], [2, 4], [3, 3], [6, np.nan], [np.nan, 3], [3, 3]]), np.zeros(6, int)
    )
    assert wave.n[0, 1] == 3 and wave.r[0, 1] == 0
    more = np.array([[1.0, 2], [2, 4], [3, 3], [6, np.nan], [np.nan, 3], [3, 3], [3, 3]])
    wave = together(more, np.zeros(7, int))
    assert wave.r[0, 1] == wave.r[1, 0] == pytest.approx(1 / np.sqrt(5 * 2))
    assert wave.n.tolist() == [[5, 4], [4, 5]]


# ------------------------------------------------------------------ which sign counts


def wave(r: list[list[float]] | float, n: float = 500) -> Wave:
    """Correlations of questions that n answered; a number: of two questions."""
    held = np.array([[1.0, r], [r, 1.0]] if isinstance(r, float) else r)
    return Wave(held, np.full(held.shape, float(n)))


def of_three(a: float, b: float, c: float, n: float = 500) -> Wave:
    """Correlations of the first question with the second and third, and of those two."""
    return wave([[1, a, b], [a, 1, c], [b, c, 1]], n)


def told(found: list[Turned]) -> list[tuple[int, int, float, float, bool]]:
    return [(one.wave, one.which, round(one.here, 6), round(one.elsewhere, 6), one.alone)
            for one in found]  # fmt: skip


def test_one_wave_or_one_question_has_nothing_to_go_against() -> None:
    assert list(turned([])) == []
    assert list(turned([wave(-0.9)])) == []
    assert list(turned([wave([[1.0]])] * 3)) == []


def test_a_sign_counts_beyond_four_standard_errors_in_both_waves() -> None:
    """0.5 is four standard errors of 67 answers, 1 / sqrt(67 - 3), and more of 68."""
    for here, there, said in ((68, 68, 1), (67, 68, 0), (68, 67, 0)):
        found = told(list(turned([wave(0.5, there), wave(-0.5, here)])))
        assert found == [(1, 0, -0.5, 0.5, True)] * said, (here, there)


def test_three_answers_are_too_few_to_have_a_sign() -> None:
    for n in (2, 3):
        assert list(turned([wave(0.9), wave(-1.0, n)])) == []


def test_the_waves_that_agree_are_weighed_by_their_answers() -> None:
    waves = [wave(0.4, 300), wave(0.6, 100), wave(-0.5, 200)]
    assert told(list(turned(waves))) == [(2, 0, -0.5, 0.45, True)]


def test_a_wave_without_a_clear_sign_does_not_agree() -> None:
    """0.05 of 100 is half a standard error: its answers weigh in no mean."""
    unclear = of_three(0.05, 0.05, 0.5, 100)
    waves = [of_three(0.5, 0.5, 0.5), unclear, of_three(0.5, 0.5, 0.5), of_three(-0.5, -0.5, 0.5)]
    assert told(list(turned(waves))) == [(3, 0, -0.57735, 0.57735, False)]


def test_where_one_clear_wave_stands_against_one_they_cannot_be_told_apart() -> None:
    """Whatever number of waves without a sign there is beside."""
    unclear = of_three(0.05, 0.05, 0.5, 100)
    waves = [of_three(0.5, 0.5, 0.5), unclear, of_three(-0.5, -0.5, 0.5)]
    assert [(one.which, one.alone) for one in turned(waves)] == [(0, True)]


def test_of_three_questions_one_is_known_to_be_turned_if_two_other_waves_agree() -> None:
    for many, alone in ((1, True), (2, False)):
        waves = [*[of_three(0.5, 0.5, 0.5)] * many, of_three(-0.5, -0.5, 0.5)]
        ((where, which, _, _, unsure),) = told(list(turned(waves)))
        assert (where, which, unsure) == (many, 0, alone)


def test_of_three_clear_waves_the_one_that_stands_alone_is_named() -> None:
    """Of the others one says this and one that: they are no yardstick for either."""
    waves = [of_three(0.5, 0.5, 0.5), of_three(-0.5, -0.5, 0.5), of_three(0.5, 0.5, 0.5)]
    assert [(one.wave, one.which) for one in turned(waves)] == [(1, 0)]


def test_the_clearest_is_named_first_and_turned_back() -> None:
    """Of five questions the second and, more clearly, the fourth: each once, and of the second the
    same is said as if it alone were turned."""
    load = np.array([0.6, 0.5, 0.6, 0.9, 0.6])
    usual = np.outer(load, load)
    np.fill_diagonal(usual, 1.0)

    def with_turned(*which: int) -> list[tuple[int, int, float, float, bool]]:
        sign = np.where(np.isin(np.arange(5), which), -1.0, 1.0)
        last = wave((usual * np.outer(sign, sign)).tolist())
        return told(list(turned([*[wave(usual.tolist())] * 2, last])))

    first, second = with_turned(1, 3)
    assert first[:2] == (2, 3)
    assert [second] == with_turned(1) and second[:2] == (2, 1)


def test_a_correlation_with_the_others_is_none_beyond_one() -> None:
    """Pairs that are not all answered by the same people may not fit together."""
    waves = [of_three(0.9, 0.9, -0.5), of_three(0.9, 0.9, -0.5), of_three(-0.9, -0.9, -0.5)]
    assert told(list(turned(waves)))[0] == (2, 0, -1.0, 1.0, False)


def test_others_that_cancel_each_other_out_say_nothing() -> None:
    """The mean of two questions that are each other's contrary does not vary."""
    waves = [of_three(0.5, 0.5, -1.0), of_three(0.5, 0.5, -1.0), of_three(-0.5, -0.5, -1.0)]
    assert 0 not in [one.which for one in turned(waves)]


# ------------------------------------------------------------------ of a survey's waves


def trait(seed: int, n: int = 400, k: int = 4) -> Floats:
    """Answers to k questions of one trait."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((n, k))
    return 0.8 * rng.standard_normal(n)[:, None] + 0.6 * noise


def waves_of(blocks: list[Floats]) -> list[Answers]:
    names = ["i.1", "i.2", "i.3", "x"]
    return [
        Answers(f"w{at}", ("f",), dict(zip(names, block.T, strict=True)), np.zeros(len(block), int))
        for at, block in enumerate(blocks)
    ]


def test_an_item_that_was_turned_counts_in_its_instruments_score_as_it_was_meant() -> None:
    """What is said of another question is the same as if the item had not been turned."""
    groups = [("i.1", "i.2", "i.3"), ("x",)]
    blocks = [trait(seed) for seed in (1, 2, 3)]
    blocks[2][:, 3] *= -1
    (meant,) = _warned(waves_of(blocks), groups)
    blocks[1] = blocks[1] * np.array([1.0, -1.0, 1.0, 1.0])
    item, found = _warned(waves_of(blocks), groups)
    assert (item.wave.wave, item.questions) == ("w1", ("i.2",))
    assert (found.wave.wave, found.questions) == (meant.wave.wave, meant.questions)
    assert found.found.here == pytest.approx(meant.found.here)
    assert found.found.elsewhere == pytest.approx(meant.found.elsewhere)


def test_a_respondent_with_one_answer_has_its_score() -> None:
    answers = np.array([[1.0, 2.0], [3.0, np.nan], [np.nan, 4.0]])
    assert _score(answers, np.ones(2)).tolist() == [-1.0, 1.0, 1.0]


def test_one_answer_alone_lies_at_its_own_mean() -> None:
    answers = np.array([[1.0, np.nan], [3.0, 7.0]])
    assert _score(answers, np.ones(2)).tolist() == [-1.0, 0.5]


def answered(times: list[str], block: Floats, columns: list[str]) -> Any:
    held = records([f"r{i}" for i in range(len(block))], time=times, site="north")
    return held.assign(**dict(zip(columns, block.T, strict=True)))


def test_two_waves_are_enough_and_the_files_that_ask_are_named() -> None:
    """Each file of the wave that asks the question has a line of its own; the others none."""
    three = trait(4)[:, :3]
    held = {
        "a": answered(["w1"] * 400, three, ["p", "q", "r"]),
        "b": answered(["w2"] * 200, trait(5)[:200, :3] * [1, -1, 1], ["p", "q", "r"]),
        "c": answered(["w2"] * 200, trait(6)[200:, :3] * [1, -1, 1], ["p", "q", "r"]),
        "d": answered(["w2"] * 4, trait(7)[:4, :3] * [1, np.nan, 1], ["p", "q", "r"]),
        "e": records(["P1"], time="w3"),
    }
    plain = {"level": "respondent", "variables": {"p": {}, "q": {}, "r": {}}}
    files = {name: entry(path=f"{name}.csv", **plain) for name in "abc"}
    files["d"] = entry(path="d.csv", crosswalk={"q": {"asked": False}}, **plain)
    files["e"] = entry(path="e.csv")
    cleaned = {name: part(one, name) for name, one in held.items()}
    found = directions_agree(cleaned, spec(files, times=("w1", "w2", "w3")))
    said = {name: [row[:3] for row in listed(one.problems)] for name, one in found.items()}
    line = [(0, "q", "turned_scale")]
    assert said == {"a": [], "b": line, "c": line, "d": [], "e": []}
    ((*_, action),) = listed(found["b"].problems)
    assert action == (
        "kept; compare the questionnaires: if so, write files.b.crosswalk: {q: {reversed: true}}"
        " (or another wave's, or the other question's: two cannot tell)"
    )
    one_wave = {name: cleaned[name] for name in "bc"}
    assert directions_agree(one_wave, spec({n: files[n] for n in "bc"})) is one_wave


def test_what_to_write_is_said_once_for_all_items_and_not_of_what_is_turned_already() -> None:
    how = {"level": "respondent", "instruments": {"q": "q{item}"}, "variables": {"p": {}}}
    crosswalk = {"q.2": {"reversed": True}, "p": {"values": {"1": "2"}}}
    plain, crossed = entry(**how), entry(**how, crosswalk=crosswalk)
    start, place = "kept; compare the questionnaires: ", "files.f.crosswalk"
    first = f"{start}if so, write {place}: {{q.1: {{reversed: true}}}}"
    unsure = " (or another wave's, or the other question's: two cannot tell)"
    items = ["q.1", "q.2", "q.3"]
    assert _remedy("f", plain, items[:1], alone=False) == first
    assert _remedy("f", plain, items[:1], alone=True) == first + unsure
    assert _remedy("f", plain, items, alone=False) == f"{first}, and so for the other 2"
    turned_there = f"{start}look whether {place}.%s turns what was not turned"
    assert _remedy("f", crossed, items, alone=False) == turned_there % "q.2"
    assert _remedy("f", crossed, ["p"], alone=False) == turned_there % "p"


def test_records_without_a_site_or_a_neighbourhood_are_a_place_of_their_own() -> None:
    """Answers that differ between such places alone go with nothing."""
    places = ["north", None] * 200
    level = np.array([2.0, 0.0] * 200)[:, None]
    rng = np.random.default_rng(8)
    held = {}
    for at, turn in enumerate([1, 1, -1]):
        block = rng.standard_normal((400, 2)) + level * [1, turn]
        held[f"f{at}"] = answered([f"w{at}"] * 400, block, ["p", "q"]).assign(
            site=pd.Series(places, dtype="str")
        )
    how = {"level": "respondent", "variables": {"p": {}, "q": {}}}
    files = {name: entry(path=f"{name}.csv", **how) for name in held}
    cleaned = {name: part(one, name) for name, one in held.items()}
    found = directions_agree(cleaned, spec(files, times=("w0", "w1", "w2")))
    assert all(one.problems.empty for one in found.values())
