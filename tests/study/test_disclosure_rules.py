"""Settings of what leaves: rounding hides a small number, and never makes nobody of others."""

from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.protect import rounded
from cesp_analysis.study.disclosure_rules import broken_disclosure
from cesp_analysis.study.read import read_study
from small_study import Study

BASES = {
    name: get_args(Disclosure.model_fields[name].annotation) for name in ("sizes_to", "round_to")
}


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (
            {"threshold": 3, "sizes_to": 10},
            "disclosure.sizes_to: rounded to 10, 3 people (threshold) may become nobody; round to 6"
            " or less",
        ),
        (
            {"threshold": 9, "round_to": 20},
            "disclosure.round_to: rounded to 20, 9 people (threshold) may become nobody; round to"
            " 18 or less",
        ),
        (
            {"threshold": 30, "sizes_to": 10},
            "disclosure.sizes_to: rounding to 10 leaves fewer than 15 values open, half of"
            " threshold (30); round to 15 or more",
        ),
        (
            {"cleared": ["moved", "moved"]},
            "disclosure.cleared: names a reason twice",
        ),
    ],
)
def test_settings_that_do_not_fit_together_are_named(
    tmp_path: Path, told: dict[str, Any], line: str
) -> None:
    study = Study(tmp_path)
    study.config["disclosure"] = told
    assert study.lines() == [f"config.yaml: {line}"]


@pytest.mark.parametrize("name", BASES)
def test_no_number_that_may_be_told_is_rounded_to_nobody(name: str, tmp_path: Path) -> None:
    """All settings that are accepted; and each that is refused for it would do so."""
    Study(tmp_path).write()
    study = read_study(tmp_path)
    accepted = 0
    for threshold, base in product(range(3, 31), BASES[name]):
        how = Disclosure(**{"threshold": threshold, "sizes_to": 20} | {name: base})
        told = study.model_copy(update={"disclosure": how})
        own = [line for line in broken_disclosure(told) if line.startswith(f"disclosure.{name}:")]
        nobody = any(rounded(n, base) == 0 for n in range(threshold, 31))
        assert nobody == any("may become nobody" in line for line in own), (threshold, base)
        accepted += not own
    assert accepted > 20
