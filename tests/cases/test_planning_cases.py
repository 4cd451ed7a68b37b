"""Case 19 through the pipeline: a trial in locations that there are, of unequal size.

The data are at hand for CI, not for users; where they are absent its test skips.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest import approx

from case_study import CASES, MODEL, OUTCOME, TIMES, expected, run
from cesp_analysis import contracts
from cesp_analysis.planning.tables import Planning

CASE = "19-unequal-locations"
FILES: dict[str, Any] = {
    "people": {
        "path": "data/raw/people.csv", "level": "person", "lists_people": True, "unit": "person",
        "one_row_per": "unit", "site": {"column": "site", "values": {"a": "a", "b": "b"}},
        "variables": {"score": {"columns": {"before": "before", "after": "after"}}},
    },
}  # fmt: skip


def people(n: int = 24) -> str:
    """A made-up study: the case says nothing of one."""
    rng = np.random.default_rng(19)
    rows = [
        f"p{i},{'ab'[i % 2]},{before:.3f},{before / 2 + rng.normal():.3f}"
        for i, before in enumerate(rng.normal(size=n))
    ]
    return "\n".join(["person,site,before,after", *rows, ""])


def fixed(value: float) -> dict[str, object]:
    return {"value": value, "sd": 0, "source": "case 19"}


@pytest.mark.skipif(not CASES.is_dir(), reason="shared/cases is absent")
def test_19_known_sizes_have_their_own_design_effect_and_df(tmp_path: Path) -> None:
    known = {"sd": 1, "retention": 1, "icc": 0.05, "size_cv": 0}
    designs = {
        "there": {"label": "These", "kind": "parallel_post", "sizes": "data/raw/locations.csv"},
        "alike": {"label": "Equal", "kind": "parallel_post", "locations": [12], "people": [35]},
    }
    folder = run(
        tmp_path, CASE, {"people.csv": people()}, ("results/tables/planning.csv",),
        times=TIMES, files=FILES, models={"change": MODEL | {"outcomes": ["score"]}},
        outcomes={"score": OUTCOME | {"label": "Score", "variable": "score"}},
        planning={
            "outcome": "score", "difference": 0.5, "difference_source": "case 19", "draws": 200,
            "known": {name: fixed(value) for name, value in known.items()}, "designs": designs,
        },
    )  # fmt: skip
    table = contracts.read(folder / "results/tables/planning.csv", Planning).set_index("design")
    right, row = expected(CASE), table.loc["there"]
    assert (row["locations"], row["people"], row["df"]) == (12, right["mean_size"], 10)
    assert row["std_error"] == approx(right["se_difference"], rel=1e-6)
    assert row["power"] == approx(right["power_t10"], rel=1e-5)
    assert row["power_normal"] == approx(right["power_normal"], rel=1e-5)
    assert row["assurance"] == approx(row["power"]), "nothing is uncertain"
    for said in ("CV 0.718", "of future locations 0.75", "design effect 3.602", "116.6", "10 df"):
        assert said in row["method"]
    assert table.loc["alike", "power"] == approx(0.80201211, rel=1e-5), "were they equal"
