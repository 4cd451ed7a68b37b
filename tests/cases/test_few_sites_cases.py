"""Few clusters, as users of other tools met them: cases 01 and 03, vectors A3 and A4, run by
Snakemake as studies of their own.

The data of the cases are at hand for CI, not for users; where they are absent these tests skip.
"""

import re
from itertools import product
from math import cos, sin
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest import approx

from case_study import CASES, OUTCOME, TIMES, expected, run
from cesp_analysis import contracts
from cesp_analysis.few_sites.tables import Ladder
from cesp_analysis.models.two_sites import SAMPLING_ONLY
from cesp_analysis.schemas import Estimates

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="shared/cases is absent")

SITE = {"column": "site", "values": {"intervention": "a", "control": "b"}}
TABLES = ("results/tables/ladder.csv", "results/tables/estimates.csv")
PAGE = "results/report/index.html"
OUTCOMES = {"score": OUTCOME | {"label": "Score", "variable": "score"}}
WAVES = {"w1": {"label": "First", "position": 0}, "w2": {"label": "Second", "position": 12}}
SURVEY = {
    "kind": "did", "level": "respondent", "design": "cross_sections", "covariance": "CR1",
    "cluster": "neighbourhood", "outcomes": ["score"],
}  # fmt: skip


def rungs(folder: Path) -> dict[str, Any]:
    """The rows of ladder.csv by what follows the model's name."""
    rows = contracts.rows(folder / "results/tables/ladder.csv", Ladder)
    return {row["rung_id"]: row for row in rows}


def estimates(folder: Path) -> dict[str, Any]:
    """The rows of estimates.csv by id."""
    rows = contracts.rows(folder / "results/tables/estimates.csv", Estimates)
    return {row["estimate_id"]: row for row in rows}


def respondents(path: str, score: str) -> dict[str, Any]:
    return {
        "path": f"data/raw/{path}", "level": "respondent", "unit": "respondent", "site": SITE,
        "neighbourhood": {"column": "neighbourhood"},
        "time": {"column": "wave", "values": {"1": "w1", "2": "w2"}},
        "variables": {"score": {"column": score}},
    }  # fmt: skip


def test_01_cr2_with_its_df_stands_beside_six_clusters(tmp_path: Path) -> None:
    case = "01-cluster-p-value"
    people = {
        "path": "data/raw/people.csv", "level": "person", "lists_people": True, "unit": "person",
        "one_row_per": "unit", "site": SITE, "neighbourhood": {"column": "neighbourhood"},
        "variables": {
            "score": {"columns": {"before": "baseline", "after": "follow_up"}, "range": [0, 200]}
        },
    }  # fmt: skip
    change = {"kind": "did", "design": "change", "cluster": "neighbourhood", "outcomes": ["score"]}
    folder = run(
        tmp_path / "study", case, {}, (PAGE, *TABLES), times=TIMES, files={"people": people},
        outcomes=OUTCOMES,
        models={"cr2": change | {"covariance": "CR2"}, "cr1": change | {"covariance": "CR1"}},
    )  # fmt: skip
    right, found = expected(case), estimates(folder)
    row = found["cr2/score/after"]
    assert row["estimate"] == approx(right["estimate"], rel=1e-6)
    assert (row["std_error"], row["df"], row["p_value"]) == approx(
        (right["cr2_se"], right["cr2_df"], right["cr2_p"]), rel=1e-6
    )
    assert (row["ci_low"], row["ci_high"]) == approx(
        (right["cr2_ci_low"], right["cr2_ci_high"]), rel=1e-6
    )
    assert (row["n_clusters"], row["cluster_level"]) == (6, "neighbourhood")
    assert SAMPLING_ONLY in row["warnings"]
    assert found["cr1/score/after"]["std_error"] == approx(right["cr1s_se"], rel=1e-6)
    low, high = row["ci_low_shock"], row["ci_high_shock"]
    assert low < row["ci_low"] < row["ci_high"] < high  # wider than with z, narrower than with none
    ladder = rungs(folder)
    again = ladder["cr1/score/after/neighbourhood/cr2"]
    assert (again["std_error"], again["df"], again["p_value"]) == approx(
        (right["cr2_se"], right["cr2_df"], right["cr2_p"]), rel=1e-6
    )
    means = ladder["cr2/score/after/neighbourhood/donald_lang"]  # case.md's check: p .120, 4 df
    assert (means["df"], means["p_value"]) == approx((4, 0.120), abs=5e-4)
    labels = ladder["cr2/score/after/neighbourhood/relabelling"]
    assert labels["smallest_p"] == approx(0.1) and labels["status"] == "not_available"
    assert labels["reason"].startswith("not available at 5%: with 3 against 3 clusters")
    wild = ladder["cr2/score/after/neighbourhood/wild_bootstrap"]
    assert (wild["draws"], wild["smallest_p"]) == (64, 2 / 64)
    for name in ("cr2", "wild_bootstrap", "mixed_kenward_roger"):
        assert ladder[f"cr2/score/after/site/{name}"]["status"] == "refused"
    assert ladder["cr2/score/after/site/relabelling"]["smallest_p"] == 1
    page = (folder / PAGE).read_text(encoding="utf-8")
    assert "3 against 3" in page and "Not available at 5%" in page
    page = re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)  # paths hold any digits
    for p in (row["p_value"], found["cr1/score/after"]["p_value"], means["p_value"]):
        assert f"{p:.3f}"[1:] not in page  # a p-value stays in the tables


def test_03_signs_are_drawn_by_neighbourhood_and_all_enumerated(tmp_path: Path) -> None:
    case = "03-wild-bootstrap-level"
    folder = run(
        tmp_path / "study", case, {}, TABLES, waves=WAVES,
        files={"survey": respondents("respondents.csv", "belonging")},
        outcomes={"score": OUTCOMES["score"] | {"level": "respondent"}},
        models={"survey": SURVEY},
    )  # fmt: skip
    right, row = expected(case), estimates(folder)["survey/score/w2"]
    assert row["estimate"] == approx(right["estimate"], rel=1e-6)
    assert row["std_error"] == approx(right["cr1s_se"], rel=1e-6)
    wild = rungs(folder)["survey/score/w2/neighbourhood/wild_bootstrap"]
    assert (wild["p_value"], wild["draws"]) == (right["p_ties_counted"], right["draws"])
    assert wild["n_clusters_treated"] + wild["n_clusters_control"] == 8
    assert "all 256 enumerated, ties counted as extreme" in wild["method"]
    assert wild["cluster_level"] == "neighbourhood" and wild["smallest_p"] == 2 / 256


def test_a3_through_the_pipeline(tmp_path: Path) -> None:
    lines, k = ["respondent,site,neighbourhood,wave,score"], 0
    for nb, w in product(range(10), (0, 1)):
        for _ in range(6 + (3 * nb + w) % 5):
            k += 1
            s = int(nb >= 5)
            y = 20 + s + 0.5 * w + 1.2 * s * w + 2 * sin(2.7 * nb + 1) + 0.9 * cos(4.1 * nb + 3 * w)
            site = "intervention" if s else "control"
            lines.append(f"R{k},{site},n{nb},{w + 1},{y + 3 * sin(1.3 * k)!r}")
    folder = run(
        tmp_path / "study", "no case", {"survey.csv": "\n".join(lines) + "\n"}, TABLES,
        waves=WAVES, files={"survey": respondents("survey.csv", "score")},
        outcomes={"score": OUTCOMES["score"] | {"level": "respondent"}},
        models={"survey": SURVEY}, few_sites={"webb": True},
    )  # fmt: skip
    ladder = rungs(folder)
    at = "survey/score/w2/neighbourhood/"
    cr2 = ladder[at + "cr2"]
    assert (cr2["estimate"], cr2["std_error"], cr2["df"], cr2["p_value"]) == approx(
        (1.3212003779, 1.0220378490, 7.856263152, 0.2328300685)
    )
    assert ladder[at + "wild_bootstrap"]["p_value"] == 218 / 1024
    means = ladder[at + "donald_lang"]
    assert (means["estimate"], means["std_error"], means["p_value"]) == approx(
        (1.3371873699, 1.0321189615, 0.2312521926)
    )
    labels = ladder[at + "relabelling"]
    assert (labels["p_value"], labels["draws"]) == (approx(60 / 252), 252)
    webb = ladder[at + "wild_bootstrap_webb"]
    assert webb["draws"] == 9_999 and webb["p_value"] == approx(218 / 1024, abs=0.05)
    trends = ladder["survey/score/w2/parallel_trends"]
    assert "parallel trends cannot be examined" in trends["reason"]


def test_a4_site_clustering_is_refused_and_the_shock_is_sized(tmp_path: Path) -> None:
    rng, n = np.random.default_rng(20240501), 60
    site = np.repeat([0, 1], n)
    y0 = rng.normal(50, 10, 2 * n)
    y1 = 0.5 * y0 + 25 + rng.normal(0, 8, 2 * n) + 2 * (site == 1)
    lines = ["person,site,first,last"]
    for i in range(2 * n):
        where = "intervention" if site[i] else "control"
        lines.append(f"P{i},{where},{float(y0[i])!r},{float(y1[i])!r}")
    people = {
        "path": "data/raw/people.csv", "level": "person", "lists_people": True, "unit": "person",
        "one_row_per": "unit", "site": SITE,
        "variables": {"score": {"columns": {"before": "first", "after": "last"}}},
    }  # fmt: skip
    folder = run(
        tmp_path / "study", "no case", {"people.csv": "\n".join(lines) + "\n"}, TABLES,
        times=TIMES, files={"people": people}, outcomes=OUTCOMES,
        models={
            "people": {"kind": "did", "design": "change", "covariance": "CR1", "cluster": "person",
                       "outcomes": ["score"]},
            "sites": {"kind": "did", "design": "change", "covariance": "CR2", "cluster": "site",
                      "outcomes": ["score"]},
        },
    )  # fmt: skip
    found, ladder = estimates(folder), rungs(folder)
    row = found["people/score/after"]
    assert row["estimate"] == approx(2.4946, abs=5e-5)
    # of 120 changes; 1.790 is of the long table, whose factor counts 240 records and four columns
    factor = ((119 / 118) / (239 / 236)) ** 0.5
    assert row["std_error"] / factor == approx(1.790, abs=5e-4)
    assert found["sites/score/after"]["status"] == "refused"
    assert found["sites/score/after"]["ci_low_shock"] is None
    half = (row["ci_high_shock"] - row["ci_low_shock"]) / 2
    assert half > (row["ci_high"] - row["ci_low"]) / 2
    assert ladder["people/score/after/breakdown_interval"]["shock"] == 0
    assert ladder["people/score/after/breakdown_sign"]["shock"] == approx(row["estimate"])
    for name in ("cr2", "wild_bootstrap"):
        assert "zero by construction" in ladder[f"people/score/after/site/{name}"]["reason"]
