"""Questions that a wave asks the other way round: found where they are, and named."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.arrays import Floats
from cesp_analysis.clean.directions import MOST, _some
from cesp_analysis.clean.turned import FAR, Turned, together, turned
from small_study import Study
from survey_study import survey


def answers(
    rng: np.random.Generator, n: int, k: int, load: float, icc: float, m: int = 40
) -> tuple[Floats, np.ndarray]:
    """n respondents' answers 1 to 5 to k questions of one trait (loading `load`), in places of m;
    each wave's places differ for reasons of their own."""
    place = np.arange(n) % (n // m)
    shared = np.sqrt(icc) * rng.standard_normal(n // m)[place]
    own = np.sqrt(icc) * rng.standard_normal((n // m, k))[place]
    trait = shared + np.sqrt(1 - icc) * rng.standard_normal(n)
    noise = own + np.sqrt(1 - icc) * rng.standard_normal((n, k))
    y = load * trait[:, None] + np.sqrt(1 - load**2) * noise
    codes = np.clip(np.floor(1.2 * y + 2.5), 0, 4) + 1
    codes[rng.random(codes.shape) < 0.03] = np.nan
    return codes, place


def found(waves: list[tuple[Floats, np.ndarray]]) -> list[Turned]:
    return list(turned([together(*wave) for wave in waves]))


def test_correlations_are_those_of_answers_less_their_places_means() -> None:
    """numpy's corrcoef of centred answers; n: pairs less places."""
    rng = np.random.default_rng(1)
    codes, place = answers(rng, 200, 3, 0.6, 0.2)
    codes = np.nan_to_num(codes, nan=3.0)
    centred = codes - np.array([codes[place == p].mean(axis=0) for p in range(5)])[place]
    wave = together(codes, place)
    np.testing.assert_allclose(wave.r, np.corrcoef(centred.T), rtol=1e-10)
    assert (wave.n == 195).all()


def test_pairs_without_an_answer_count_in_neither() -> None:
    codes = np.array([[1, 2, 1], [2, 1, 2], [3, 4, np.nan], [4, 3, 4], [np.nan, 5, 6], [6, 6, 5]])
    wave = together(codes, np.zeros(6, dtype=np.int64))
    assert wave.n[0, 1] == 4 and wave.n[0, 2] == 3  # 5 and 4 pairs, less one place
    assert wave.r[0, 2] == 0  # three are too few to say anything


def test_a_question_that_nobody_varies_in_goes_with_nothing() -> None:
    rng = np.random.default_rng(2)
    codes, place = answers(rng, 400, 4, 0.7, 0.05)
    codes[:, 2] = 4.0
    assert (together(codes, place).r[2] == 0).all()
    assert found([(codes, place)] * 3) == []


@pytest.mark.parametrize("at", [0, 1, 2])
def test_the_turned_question_of_one_wave_is_named_and_no_other(at: int) -> None:
    rng = np.random.default_rng(3)
    waves = [answers(rng, 500, 6, 0.6, 0.1) for _ in range(3)]
    assert found(waves) == []
    waves[at][0][:, 4] = 6 - waves[at][0][:, 4]
    (only,) = found(waves)
    assert (only.wave, only.which, only.alone) == (at, 4, False)
    assert only.here < -0.3 and only.elsewhere > 0.3


def test_an_item_that_points_the_other_way_in_every_wave_is_no_fault() -> None:
    rng = np.random.default_rng(4)
    waves = [answers(rng, 500, 6, 0.6, 0.1) for _ in range(3)]
    for codes, _ in waves:
        codes[:, 1] = 6 - codes[:, 1]
    assert found(waves) == []


def test_two_turned_questions_are_both_named() -> None:
    rng = np.random.default_rng(5)
    waves = [answers(rng, 500, 8, 0.6, 0.1) for _ in range(3)]
    waves[2][0][:, [1, 5]] = 6 - waves[2][0][:, [1, 5]]
    assert {(each.wave, each.which) for each in found(waves)} == {(2, 1), (2, 5)}


def test_of_two_waves_or_questions_the_later_is_named_as_not_to_be_told_apart() -> None:
    rng = np.random.default_rng(6)
    waves = [answers(rng, 500, 5, 0.6, 0.1) for _ in range(2)]
    waves[0][0][:, 2] = 6 - waves[0][0][:, 2]
    assert [(each.wave, each.which, each.alone) for each in found(waves)] == [(1, 2, True)]
    pair = [answers(rng, 500, 2, 0.8, 0.1) for _ in range(3)]
    pair[1][0][:, 1] = 6 - pair[1][0][:, 1]
    assert [(each.wave, each.alone) for each in found(pair)] == [(1, True)]


def test_it_is_not_said_of_questions_that_go_with_nothing() -> None:
    """100 surveys without correlation, with places that differ: at FAR = 4 standard errors 3e-5 of
    the signs of 3 x 6 questions are far enough to be wrong by chance."""
    assert FAR == 4
    rng = np.random.default_rng(7)
    said = [found([answers(rng, 500, 6, 0.0, 0.2) for _ in range(3)]) for _ in range(100)]
    assert not any(said)


def test_what_is_looked_at_of_a_large_wave_does_not_depend_on_the_order_of_its_rows() -> None:
    """Nor on how often an answer is given: each pattern is taken as often as it occurs."""
    rng = np.random.default_rng(9)
    n = MOST + 5_000
    table = pd.DataFrame({
        "site": pd.Categorical(rng.choice(["north", "south"], n)), "neighbourhood": None,
        "x": rng.choice([1.0, 2.0, np.nan], n, p=[0.6, 0.3, 0.1]), "y": rng.integers(1, 4, n),
    })  # fmt: skip
    seen, turned_round = (_some(rows, ["x", "y", "z"]) for rows in (table, table.iloc[::-1]))
    assert len(seen) == MOST and seen["z"].isna().all()
    counts = [part.value_counts(dropna=False).sort_index() for part in (seen, turned_round)]
    pd.testing.assert_series_equal(*counts)
    whole = table.assign(z=np.nan)[list(seen)].value_counts(dropna=False).sort_index()
    # every k-th of a run of alike records: less than one off at each end
    assert (counts[0] - whole * MOST / n).abs().max() < 2


@pytest.mark.parametrize("codes", [[1.0, 1.0, 2.0], [1.0, 2.0, 2.0]])
def test_both_ends_of_a_large_wave_are_looked_at(
    monkeypatch: pytest.MonkeyPatch, codes: list[float]
) -> None:
    """Three records of two patterns, of which two are looked at: one of each."""
    monkeypatch.setattr("cesp_analysis.clean.directions.MOST", 2)
    table = pd.DataFrame({"site": "north", "neighbourhood": None, "x": codes})
    assert sorted(_some(table, ["x"])["x"]) == [1.0, 2.0]
    assert len(_some(table[:2], ["x"])) == 2


# ------------------------------------------------------------------ through the step


def asked(n: int, wave: int, turn: tuple[str, ...] = ()) -> str:
    """n respondents' answers: trust 1 to 4, three items of UCLA-3, all of one trait."""
    rng = np.random.default_rng([8, wave])
    trait = rng.standard_normal(n)
    codes = {}
    for name, high in (("trust", 4), ("u_1", 3), ("u_2", 3), ("u_3", 3)):
        y = 0.75 * trait + 0.66 * rng.standard_normal(n)
        code = np.clip(np.floor(y + (high + 1) / 2), 1, high).astype(int)
        codes[name] = high + 1 - code if name in turn else code
    rows = [
        f"w{wave}r{i:03},{('north', 'south')[i % 2]},n{i % 8},{codes['trust'][i]},yes,"
        f"{codes['u_1'][i]},{codes['u_2'][i]},{codes['u_3'][i]}\n"
        for i in range(n)
    ]
    return "id,site,near,trust,chat,u_1,u_2,u_3\n" + "".join(rows)


@pytest.fixture
def three_waves(tmp_path: Path) -> Study:
    """Three waves of 240 that all ask the same."""
    study = survey(tmp_path)
    study.config["waves"]["w3"] = {"label": "Third", "position": 24}
    one = {k: v for k, v in study.config["files"]["one"].items() if k not in ("mode", "version")}
    study.config["files"] = {
        name: {**one, "path": f"data/raw/{name}.csv", "time": {"constant": f"w{n}"}}
        for n, name in enumerate(("one", "two", "three"), 1)
    }
    study.files = {
        f"{name}.csv": asked(240, n) for n, name in enumerate(("one", "two", "three"), 1)
    }
    return study


def listed(study: Study) -> list[tuple[str, int, str, str, str]]:
    result = study.run("check")
    assert result.status == 0, result.shown
    own = result.problems()
    own = own[own["kind"] == "turned_scale"]
    return [tuple(row) for row in own[["file", "line", "column", "value", "action"]].to_numpy()]


def test_nothing_is_said_of_waves_that_ask_alike(three_waves: Study) -> None:
    assert listed(three_waves) == []


def test_an_item_is_named_with_its_correlations_and_the_crosswalk(three_waves: Study) -> None:
    three_waves.files["two.csv"] = asked(240, 2, turn=("u_2",))
    ((file, line, column, value, action),) = listed(three_waves)
    assert (file, line, column) == ("data/raw/two.csv", 0, "u_2")
    assert value.startswith("correlation with the other questions -0.")
    assert " in w2, 0." in value and value.endswith(" in the other waves")
    assert "files.two.crosswalk: {ucla3.2: {reversed: true}}" in action
    three_waves.config["files"]["two"]["crosswalk"] = {"ucla3.2": {"reversed": True}}
    assert listed(three_waves) == []


def test_respondents_of_no_neighbourhood_are_one_place(three_waves: Study) -> None:
    three_waves.files["two.csv"] = asked(240, 2, turn=("u_2",))
    for file in three_waves.config["files"].values():
        file.pop("neighbourhood")
    ((_, _, column, _, _),) = listed(three_waves)
    assert column == "u_2"


def test_a_question_that_one_file_alone_declares_is_missing_in_the_others(
    three_waves: Study,
) -> None:
    three_waves.config["files"]["two"]["variables"] = {
        "again": {"column": "trust", "range": [1, 4]}
    }
    assert listed(three_waves) == []


def test_a_whole_instrument_is_held_against_the_other_questions(three_waves: Study) -> None:
    three_waves.files["three.csv"] = asked(240, 3, turn=("u_1", "u_2", "u_3"))
    ((file, _, column, _, action),) = listed(three_waves)
    assert file == "data/raw/three.csv"
    # two groups of questions: the answers do not say which of them is turned
    assert column in ("u_1, u_2, u_3", "trust") and "two cannot tell" in action


def test_a_crosswalk_that_turns_what_was_not_turned_is_named(three_waves: Study) -> None:
    three_waves.config["files"]["two"]["crosswalk"] = {"ucla3.1": {"reversed": True}}
    ((_, _, column, _, action),) = listed(three_waves)
    assert column == "u_1" and "look whether files.two.crosswalk.ucla3.1 turns what was" in action
