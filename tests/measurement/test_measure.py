"""The step measure: one row a candidate, from a study on disk."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from pytest import approx

from cesp_analysis.measurement.retest import retest
from cesp_analysis.whole_files import write_text
from measured_study import RETEST, measured, row_of, with_retest
from small_study import Study

EXACT = 1e-12  # the same arithmetic, rounding apart


def lonely(i: int) -> tuple[int, int, int]:
    """The items of person i in the tiny study, the same both times."""
    return 1 + i % 3, 1 + i % 2, 2


def score(i: int, time: int) -> float:
    return 10 + i + time * (i % 2 + 0.5 * (i * 7 % 5))


def test_values_ends_and_spread_are_of_the_first_time(tmp_path: Path) -> None:
    row = row_of(measured(Study(tmp_path)), "score")
    values = np.array([score(i, 0) for i in range(1, 13)])
    assert (row["n"], row["expected"], row["missing_n"]) == (12, 24, 0)
    assert (row["mean"], row["sd"]) == approx((values.mean(), values.std(ddof=1)), rel=EXACT)
    assert [row[q] for q in ("q1", "median", "q3")] == approx(
        np.quantile(values, [0.25, 0.5, 0.75]), rel=EXACT
    )
    assert (row["lowest"], row["highest"], row["floor"], row["ceiling"]) == (0, 40, 0, 0)
    north, south = values[::2], values[1::2]
    squares = ((north - north.mean()) ** 2).sum() + ((south - south.mean()) ** 2).sum()
    assert row["sd_within"] == approx((squares / 10) ** 0.5, rel=EXACT)
    assert row["sd_df"] == 10


def test_the_correlation_leaves_differences_between_sites_out(tmp_path: Path) -> None:
    """That of what is left when each site's means are taken out, by numpy."""
    row = row_of(measured(Study(tmp_path)), "score")
    both = np.array([[score(i, 0), score(i, 1)] for i in range(1, 13)])
    both[::2] -= both[::2].mean(axis=0)
    both[1::2] -= both[1::2].mean(axis=0)
    r = float(np.corrcoef(both.T)[0, 1])
    assert (row["pairs"], row["correlation"]) == (12, approx(r, rel=1e-10))
    half = 1.959963984540054 / (12 - 3 - 1) ** 0.5
    assert (row["correlation_low"], row["correlation_high"]) == approx(
        (np.tanh(np.arctanh(r) - half), np.tanh(np.arctanh(r) + half)), rel=1e-9
    )


def test_responsiveness_is_of_the_intervention_arm(tmp_path: Path) -> None:
    row = row_of(measured(Study(tmp_path)), "score")
    before = np.array([score(i, 0) for i in range(1, 13, 2)])
    change = np.array([score(i, 1) for i in range(1, 13, 2)]) - before
    assert row["changed_n"] == 6
    assert row["effect_size"] == approx(change.mean() / before.std(ddof=1), rel=1e-10)
    assert row["srm"] == approx(change.mean() / change.std(ddof=1), rel=1e-10)


def test_a_retest_is_of_stable_people_with_both_answers(tmp_path: Path) -> None:
    study = Study(tmp_path)
    with_retest(study)
    study.config["outcomes"]["score"]["mid"] = {"value": 1.0, "source": "somebody"}
    tables = measured(study)
    row = row_of(tables, "score")
    second = np.array([10 + i + (i % 3 == 0) for i in range(1, 10)], dtype=float)
    apart = second - np.array([10.0 + i for i in range(1, 10)])
    assert (row["retest_n"], row["loa_mean"]) == (9, approx(apart.mean(), rel=EXACT))
    # within people: MSW of two occasions; SEM of agreement = its root
    assert row["sem"] == approx((apart @ apart / 2 / 9) ** 0.5, rel=1e-10)
    assert row["mdc95_person"] == approx(1.96 * 2**0.5 * row["sem"], rel=1e-10)
    assert (row["group_n"], row["mdc95_group"]) == (6, approx(row["mdc95_person"] / 6**0.5))
    assert row["guyatt"] == approx(1 / apart.std(ddof=1), rel=1e-10)
    assert row["retest"] == "3 who said that they had changed, or did not say, are left out"
    assert row_of(tables, "lonely")["retest_days"] == 10


def test_errors_of_measurement_have_their_intervals(tmp_path: Path) -> None:
    study = Study(tmp_path)
    with_retest(study)
    row = row_of(measured(study), "score")
    pairs = [(10.0 + i, 10.0 + i + (i % 3 == 0)) for i in range(1, 10)]
    found = retest(np.array(pairs), row["ci_level"])
    assert found.limits is not None and row["ci_level"] == 0.95
    known = {"sem": found.sem_agreement, "mdc95_person": found.mdc_person,
             "mdc95_group": found.mdc_of(row["group_n"]), "loa_mean": found.limits.bias,
             "loa_low": found.limits.low, "loa_high": found.limits.high}  # fmt: skip
    for name, own in known.items():
        assert own.low is not None and own.value is not None
        assert (row[name], row[f"{name}_low"], row[f"{name}_high"]) == approx(
            (own.value, own.low, own.high), rel=1e-10
        )


def test_a_retest_before_the_first_answer_is_none(tmp_path: Path) -> None:
    """P01's is dated a year before: it is left out, and the later one is the first that counts;
    P02's has no date."""
    study = Study(tmp_path)
    lines = RETEST.replace("P02,2024-01-22", "P02,")
    with_retest(study, lines + "P01,2023-01-20,3,3,3,40,same\n")
    tables = measured(study)
    for name in ("score", "lonely"):  # a variable, whose date is that of the questionnaires
        row = row_of(tables, name)
        assert row["retest_n"] == 9
        assert "1 retest dated before the first answer left out" in row["retest"]
        assert "of 1 pair a date is not known" in row["retest"]
    assert row_of(tables, "lonely")["retest_days"] == 10
    assert row_of(tables, "score")["loa_mean"] == approx(3 / 9, rel=EXACT)


def test_of_several_retests_the_first_counts_and_without_an_anchor_it_says_so(
    tmp_path: Path,
) -> None:
    study = Study(tmp_path)
    with_retest(study, RETEST + "P01,2024-02-20,3,3,3,40,same\n")
    del study.config["measurement"]["retest"]["anchor"]
    del study.config["measurement"]["retest"]["stable"]
    row = row_of(measured(study), "score")
    assert row["retest_n"] == 12 and row["loa_mean"] == approx(4 / 12, rel=EXACT)
    assert "no anchor says who was stable" in row["retest"]
    assert "the first counts (1 further records)" in row["retest"]


def test_without_a_retest_nothing_is_said_of_detectable_change(tmp_path: Path) -> None:
    """Pre-post change is never taken for error, however small it is."""
    for row in measured(Study(tmp_path))["measurability"]:
        assert row["retest"] == "the study has no retest"
        assert all(row[n] is None for n in ("sem", "mdc95_person", "mdc95_group", "retest_icc"))
        assert row["guyatt"] is None


def test_perfect_agreement_has_no_interval_and_the_rest_goes_on(tmp_path: Path) -> None:
    study = Study(tmp_path)
    same = [line.rsplit(",", 2) for line in RETEST.splitlines()[1:]]
    lines = [f"{head},{10 + i},same" for i, (head, _, _) in enumerate(same, start=1)]
    with_retest(study, "\n".join([RETEST.splitlines()[0], *lines]) + "\n")
    row = row_of(measured(study), "score")
    assert (row["retest_icc"], row["retest_icc_low"], row["sem"]) == (1, None, 0)
    assert "perfect agreement" in row["retest"]
    assert "so the smallest detectable change is not known" in row["retest"]
    assert (row["mdc95_person"], row["mdc95_group"], row["loa_low_low"]) == (None, None, None)
    assert row["n"] == 12


def test_items_by_site_and_time_and_an_item_with_one_category(tmp_path: Path) -> None:
    tables = measured(Study(tmp_path))
    items = {(i["item"], i["site"], i["time"]): i for i in tables["items"]}
    assert len(items) == 3 * 3 * 2
    whole = items["ucla3.1", "", "before"]
    answers = np.array([lonely(i)[0] for i in range(1, 13)])
    assert (whole["n"], whole["mean"]) == (12, approx(answers.mean(), rel=EXACT))
    assert (whole["floor"], whole["ceiling"]) == approx((1 / 3, 1 / 3), rel=EXACT)
    rest = np.array([sum(lonely(i)[1:]) for i in range(1, 13)])
    assert whole["rest_correlation"] == approx(float(np.corrcoef(answers, rest)[0, 1]), abs=1e-12)
    constant = items["ucla3.3", "", "before"]
    assert (constant["categories"], constant["rest_correlation"]) == (1, None)
    assert constant["reason"] == "everybody gave the same answer"
    row = row_of(tables, "lonely")
    assert row["reliability"].startswith("everybody gave the same answer to item 3: left out")
    assert row["alpha"] is not None


def test_missing_values_and_items_are_counted_by_site_and_time(tmp_path: Path) -> None:
    study = Study(tmp_path)
    lines = str(study.files["after.csv"]).splitlines()
    lines[1] = lines[1].rsplit(",", 1)[0] + ","  # P01 leaves the third item
    study.files["after.csv"] = "\n".join(lines[:-1]) + "\n"  # P12 does not come back
    tables = measured(study)
    row = row_of(tables, "lonely")
    assert (row["expected"], row["missing_n"]) == (24, 2)
    assert row["missing_cells"] == (
        "north before 0/6 | south before 0/6 | north after 1/6 | south after 1/6"
    )
    assert (row["item_answers"], row["item_missing_n"]) == (69, 1)
    assert row["item_missing_where"] == "ucla3.3 north after"
    cells = {(c["outcome"], c["site"], c["time"]): c for c in tables["measurability_cells"]}
    assert cells["lonely", "south", "after"]["n"] == 5


def own_scale(folder: Path, reflective: bool | None, items: int) -> dict[str, Any]:
    """An instrument of the study's own, of the first items of UCLA-3."""
    codes = [str(i) for i in range(1, items + 1)]
    told = {
        "name": "own", "title": "Own", "response": "1 to 3",
        "items": [{"code": c, "label": c, "low": 1, "high": 3} for c in codes],
        "scores": [{
            "code": "total", "label": "Own", "items": codes, "method": "sum",
            "range": [items, 3 * items], "direction": "higher_is_worse", "unit": "points",
        }],
        "source": "x", "copyright": "x", "missing_rule": "x",
        "worked_example": {
            "answers": dict.fromkeys(codes, 1), "scores": {"total": items}, "source": "x"
        },
    }  # fmt: skip
    if reflective is not None:
        told["reflective"] = reflective
    write_text(yaml.safe_dump(told), folder / "own.yaml")
    return {"own": {"path": "own.yaml"}}


@pytest.mark.parametrize(
    ("reflective", "items", "said"),
    [
        (True, 1, "not applicable: a single item"),
        (False, 3, "not applicable: its items are not signs of one thing"),
        (None, 3, "not applicable: the file of own does not say whether its items are signs of"),
    ],
)
def test_alpha_is_of_reflective_scales_of_several_items_alone(
    tmp_path: Path, reflective: bool | None, items: int, said: str
) -> None:
    study = Study(tmp_path)
    study.config["instruments"] = own_scale(tmp_path, reflective, items)
    for name in ("before", "after"):
        study.config["files"][name]["instruments"] = {"own": "u_{item}"}
    study.config["outcomes"]["lonely"]["score"] = "own.total"
    row = row_of(measured(study), "lonely")
    assert row["reliability"].startswith(said)
    assert (row["alpha"], row["omega"], row["factors"]) == (None, None, None)
    assert row["n"] == 12


def test_an_outcome_that_nobody_answered_is_a_row_with_its_reason(tmp_path: Path) -> None:
    study = Study(tmp_path)
    for name in ("before.csv", "after.csv"):
        head, *lines = str(study.files[name]).splitlines()
        blank = [",".join([*line.split(",")[:3], "", "", ""]) for line in lines]
        study.files[name] = "\n".join([head, *blank]) + "\n"
    tables = measured(study)
    row = row_of(tables, "lonely")
    assert (row["n"], row["missing"]) == (0, 1)
    assert row["distribution_reason"] == "nobody has a value"
    assert row_of(tables, "score")["n"] == 12


def test_the_foremost_estimate_is_classed_with_and_without_shocks(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["outcomes"]["score"]["mid"] = {"value": 0.5, "source": "somebody"}
    row = row_of(measured(study), "score")
    assert row["estimate_id"] == "did/score/after"
    assert (row["ci_low"] <= 0, row["ci_high"] >= 0.5) == (True, True)
    assert row["mid_class"] == row["mid_class_shock"] == "compatible with none and MID"
    assert row["ci_high_shock"] > row["ci_high"]
    assert row["icc_site"] == "not estimable from two sites"
    assert row_of(measured(study), "lonely")["mid_reason"] == (
        "no minimally important difference is declared"
    )


def test_the_cost_is_by_the_sd_and_by_its_upper_limit(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["measurement"] = {
        "draws": 200,
        "effects": {"score": {"value": 1.0, "source": "assumed"}},
        "sample_size": {"person": {"cluster_size": 20, "icc": 0.03, "icc_source": "elsewhere"}},
        "ranking": {"criteria": [{"of": "mid_known", "at_least": 1}]},
    }
    tables = measured(study)
    row = row_of(tables, "score")
    assert row["people"] < row["people_upper"] == 20 * row["locations_upper"]
    assert row["design_effect"] == approx(1 + 19 * 0.03)
    assert "ICC 0.03 (elsewhere)" in row["sample_size"]
    assert row["warnings"].startswith("SD from 12 values: fewer than 70")
    other = row_of(tables, "lonely")
    assert other["people"] is None
    assert other["sample_size"] == (
        "neither an important difference nor one to plan for is declared"
    )
    assert (row["rank"], other["rank"]) == (1, 2)


def test_every_value_lies_in_one_bin(tmp_path: Path) -> None:
    bins = measured(Study(tmp_path))["distributions"]
    for name in ("score", "lonely"):
        own = [b for b in bins if b["outcome"] == name]
        assert sum(b["n"] for b in own) == 12
        assert sum(b["share"] for b in own) == approx(1, rel=EXACT)


def test_missing_at_the_last_time_is_not_diluted_by_the_first(tmp_path: Path) -> None:
    """Everybody answers before, five of twelve after."""
    study = Study(tmp_path)
    study.files["after.csv"] = "".join(str(study.files["after.csv"]).splitlines(True)[:6])
    criteria = [{"of": "missing", "at_most": 0.3}, {"of": "missing_last", "at_most": 0.3}]
    study.config["measurement"] = {"ranking": {"criteria": criteria}}
    row = row_of(measured(study), "score")
    assert (row["missing"], row["missing_last"]) == (approx(7 / 24), approx(7 / 12))
    assert row["criteria"] == (
        "missing at most 0.3: met (0.292) | missing_last at most 0.3: not met (0.583)"
    )


@pytest.mark.parametrize(
    ("made", "ends"),
    [
        ({"expression": "score > 15 and not (score > 30)"}, (0, 1)),  # yes or no
        ({"expression": "score / 2"}, (None, None)),
        ({"cases": [{"where": "score > 15", "value": 2}, {"value": 0}]}, (0, 2)),
        ({"source": "word", "values": {"a": "0", "b": "1"}}, (0, 1)),
        ({"known": "score"}, (0, 1)),
    ],
)
def test_the_ends_of_a_derived_scale_are_known(
    tmp_path: Path, made: dict[str, Any], ends: tuple[float | None, float | None]
) -> None:
    study = Study(tmp_path)
    for name in ("before", "after"):
        file = study.config["files"][name]
        word = {"type": "category", "column": "u_1", "values": {"1": "a", "2": "b", "3": "b"}}
        study.config["files"][name] = file | {
            "variables": file["variables"] | {"word": word},
            "derived": {"made": made},
            "instruments": {},
        }
    study.config["outcomes"]["score"]["variable"] = "made"
    study.config["outcomes"].pop("lonely")
    row = row_of(measured(study), "score")
    assert (row["lowest"], row["highest"]) == ends
    assert (row["floor"] is None, row["ceiling"] is None) == (ends[0] is None, ends[1] is None)


def test_by_default_candidates_are_scores_and_primary_outcomes(tmp_path: Path) -> None:
    study = Study(tmp_path)
    plain = study.config["outcomes"]["score"] | {"label": "Plain", "role": "secondary"}
    study.config["outcomes"]["plain"] = plain
    found = [row["outcome"] for row in measured(study)["measurability"]]
    assert found == ["score", "lonely"]


def test_the_same_study_makes_the_same_bytes(tmp_path: Path) -> None:
    study = Study(tmp_path)
    with_retest(study)
    measured(study)
    path = tmp_path / "results/tables/measurability.csv"
    first = path.read_bytes()
    measured(study)
    assert path.read_bytes() == first
