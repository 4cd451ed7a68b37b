"""Costs and QALYs through the pipeline: case 17, whose ratio has no interval; and coverage.

The data of the case are at hand for CI, not for users; where they are absent its tests skip.
"""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy.stats import t

from case_study import CASES, MODEL, run
from cesp_analysis import contracts
from cesp_analysis.economics.tables import Acceptability, Economics, Quadrants

ROOT = Path(__file__).resolve().parents[2]
CASE = "17-icer-across-quadrants"
needs_case = pytest.mark.skipif(not CASES.is_dir(), reason="shared/cases is absent")
TABLES = ("economics", "ceac", "ce_quadrants")
THRESHOLDS = [20_000, 30_000]
FILES = {
    "people": {
        "path": "data/raw/people.csv", "level": "person", "lists_people": True,
        "unit": "person", "one_row_per": "unit",
        "site": {"column": "site", "values": {"intervention": "a", "control": "b"}},
        "variables": {
            "cost": {"columns": {"end": "cost"}, "range": [0, 100_000]},
            "qalys": {"columns": {"end": "qaly"}, "range": [-1, 1]},
        },
    },
    "start": {
        "path": "data/raw/start.csv", "level": "person", "unit": "person",
        "time": {"constant": "start"},
        "variables": {"utility": {"range": [-0.6, 1]}},
    },
}  # fmt: skip
ECONOMICS = {
    "price_year": "2023/24",
    "costs": {"label": "Costs", "variable": "cost"},
    "qalys": {"label": "QALYs", "variable": "qalys"},
    "utility": {"label": "Utility", "variable": "utility"},
    "thresholds": THRESHOLDS,
    "missing": {"replicates": 10_000, "imputations": 2, "sets": 5},
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case as a study. It has no utilities of the start: everybody has the same here, so that
    gain over baseline is the QALYs less a number, and what differs between arms is theirs."""
    people = (CASES / CASE / "people.csv").read_text(encoding="utf-8").splitlines()[1:]
    start = ["person,utility", *(f"{line.split(',')[0]},0.7" for line in people), ""]
    return run(
        tmp_path_factory.mktemp("case17"), CASE, {"start.csv": "\n".join(start)},
        tuple(f"results/tables/{name}.csv" for name in TABLES),
        times={"start": {"label": "Start", "position": 0}, "end": {"label": "End", "position": 12}},
        files=FILES, economics=ECONOMICS, models={"qalys": MODEL | {"outcomes": ["qalys"]}},
        outcomes={"qalys": {"label": "QALYs", "variable": "qalys", "unit": "QALYs",
                            "direction": "higher_is_better", "role": "primary"}},
    )  # fmt: skip


@needs_case
def test_differences_and_net_benefit_are_the_cases(study: Path) -> None:
    table = contracts.read(study / "results/tables/economics.csv", Economics)
    own = table[(table["missing_data"] == "complete") & (table["approach"] == "unadjusted")]
    found = {
        (row.quantity, "" if np.isnan(row.threshold) else int(row.threshold)): row
        for row in own.itertuples()
    }
    mine = {}
    for name, key in {
        "delta_cost": ("cost", ""), "delta_qaly": ("qaly", ""),
        "inmb_20000": ("inmb", 20_000), "inmb_30000": ("inmb", 30_000),
    }.items():  # fmt: skip
        mine |= {name: found[key].estimate, f"se_{name}": found[key].std_error}
        assert found[key].ci_low < found[key].estimate < found[key].ci_high
    compared(mine)


@needs_case
def test_bootstrap_shares_and_probabilities_are_the_cases(study: Path) -> None:
    quadrants = contracts.read(study / "results/tables/ce_quadrants.csv", Quadrants)
    (row,) = quadrants[quadrants["approach"] == "gain"].to_dict("records")
    curve = contracts.read(study / "results/tables/ceac.csv", Acceptability)
    own = curve[(curve["missing_data"] == "boot_impute") & (curve["approach"] == "gain")]
    at = own.set_index("threshold")["probability"]
    compared(
        {
            "share_NE": row["dearer_gains"], "share_SE": row["cheaper_gains"],
            "share_NW": row["dearer_loses"], "share_SW": row["cheaper_loses"],
            "probability_20000": at[20_000], "probability_30000": at[30_000],
        }
    )  # fmt: skip


@needs_case
def test_the_ratio_has_no_interval(study: Path) -> None:
    quadrants = contracts.read(study / "results/tables/ce_quadrants.csv", Quadrants)
    assert quadrants[["ratio", "ratio_low", "ratio_high"]].isna().all().all()
    assert set(quadrants["kind"]) == {"straddles"}


def compared(mine: dict[str, float]) -> None:
    """Each number within the case's own tolerance."""
    told = json.loads((CASES / CASE / "expected.json").read_text(encoding="utf-8"))
    known = {row["name"]: row for row in told["values"]}
    for name, value in mine.items():
        kind = {"relative": "rel", "absolute": "abs"}[known[name]["tolerance_is"]]
        near = pytest.approx(known[name]["value"], **{kind: known[name]["tolerance"]})
        assert value == near, name


def benchmark() -> ModuleType:
    """benchmarks/inmb_coverage.py as a module."""
    folder = str(ROOT / "benchmarks")
    if folder not in sys.path:
        sys.path.append(folder)
    spec = importlib.util.spec_from_file_location(
        "inmb_coverage", ROOT / "benchmarks" / "inmb_coverage.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["inmb_coverage"] = module
    spec.loader.exec_module(module)
    return module


def test_intervals_of_net_benefit_cover_it() -> None:
    """120 studies of 60 people a site, a quarter lost at random: intervals of 95% hold
    the truth no less, of 80% and 50% neither less nor more often, within four errors; estimates
    lie about it, standard errors of
    the estimates' SD; what 600 studies give stands in docs/validation.md."""
    made, studies = benchmark(), 120
    rng = np.random.default_rng(8)
    found = [made.analysed(60, rng, 100) for _ in range(studies)]
    for way in (made.BOOT, made.RUBIN):
        estimate, error, df, low, high = np.array([one[way] for one in found]).T
        assert np.mean((low <= made.TRUE) & (high >= made.TRUE)) >= 0.95 - 4 * np.sqrt(
            0.95 * 0.05 / studies
        )
        off = np.abs(estimate - made.TRUE) / error
        for level in (0.8, 0.5):
            covered = np.mean(off <= t.ppf(0.5 + level / 2, df))
            assert abs(covered - level) < 4 * np.sqrt(level * (1 - level) / studies)
        assert abs(estimate.mean() - made.TRUE) < 4 * estimate.std() / np.sqrt(studies)
        spread = 4 / np.sqrt(2 * studies)
        assert np.sqrt(np.mean(error**2)) == pytest.approx(estimate.std(), rel=spread)
