"""Settings of planning that nothing would use are refused, and what cannot be held in memory."""

from pathlib import Path
from typing import Any

import pytest

from planned_study import SECTION, planned_study

POST = {"label": "P", "kind": "parallel_post", "locations": [20], "people": [10]}
ASSUMED = {"value": 0.05, "source": "s"}


def lines(folder: Path, **planning: Any) -> list[str]:
    """What is wrong with the tiny study, planned so."""
    study = planned_study(folder)
    study.config["planning"] = SECTION | planning
    return [line.removeprefix("config.yaml: planning.") for line in study.lines()]


def test_the_section_is_right_as_it_stands(tmp_path: Path) -> None:
    assert lines(tmp_path) == []


def test_what_nothing_uses_is_refused(tmp_path: Path) -> None:
    known = dict.fromkeys(("correlation", "cac", "icc_link_worker", "size_cv"), ASSUMED)
    near = {"icc_neighbourhood": ASSUMED}
    told = lines(tmp_path, designs={"post": POST}, known=known | near, delay=2, trials={"parts": 3})
    assert [line.split(": ")[0] for line in told] == [
        "delay", "trials.parts", "known.correlation", "known.cac", "known.icc_link_worker",
        "known.icc_neighbourhood",
    ]  # fmt: skip
    assert all(line.endswith("remove it") for line in told)
    own = {"known": SECTION["known"] | {"cac": ASSUMED}, "structure": "exchangeable"}
    (line,) = lines(tmp_path, **own)
    assert line.startswith("known.cac: of structure exchangeable a location's periods are all")


def test_a_source_without_its_difference_is_refused(tmp_path: Path) -> None:
    study = planned_study(tmp_path)
    study.config["outcomes"]["score"]["mid"] = {"value": 2, "source": "m"}
    study.config["planning"] = {k: v for k, v in SECTION.items() if k != "difference"}
    (line,) = study.lines()
    assert line.startswith("config.yaml: planning.difference_source: is of planning.difference")


ARMS = SECTION["designs"]["arms"]


@pytest.mark.parametrize(
    ("planning", "said"),
    [
        ({"draws": 10**12}, "draws: must be at most 100000; it is 1000000000000"),
        ({"trials": {"most": 10**15}}, "trials.most: must be at most 1e+09"),
        ({"trials": {"analyses": ["z", "permutation", "z"]}},
         "trials.analyses: 'z' stands twice; keep one"),
        ({"designs": {"arms": ARMS | {"simulated_people": [10, 10]}}},
         "designs.arms: simulated_people: a number stands twice; keep one"),
        ({"designs": {"arms": ARMS | {"locations": [10**6]}}},
         "designs.arms: simulate: trials of 1,000,000 locations with 10 people are too large"),
        ({"designs": {"arms": ARMS | {"people": [10**6]}}},
         "designs.arms: simulate: trials of 8 locations with 1,000,000 people are too large"),
        ({"designs": {"arms": ARMS | {"kind": "stepped_wedge", "observed": 2}}},
         "designs.arms.observed: is two numbers of periods, before the step and after it: [1, 1]"),
        ({"designs": {"arms": ARMS | {"months": float("inf")}}}, "designs.arms.months: "),
    ],
)  # fmt: skip
def test_what_would_end_in_a_traceback_is_a_line(
    tmp_path: Path, planning: dict[str, Any], said: str
) -> None:
    assert any(line.startswith(said) for line in lines(tmp_path, **planning))
