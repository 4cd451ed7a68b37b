"""Records that alone determine a coefficient are told in the estimate's row, whatever the kind."""

from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.models.alone import with_alone
from cesp_analysis.models.residuals import examined
from small_panel import model, panel_of
from small_study import PEOPLE, Study

COVARIATES = {"covariates": ["rare"], "outcomes": ["score"]}
KINDS = [
    {"kind": "did", "design": "change"},
    {"kind": "did", "design": "cross_sections"},
    {"kind": "ancova"},
    {"kind": "mmrm"},
]


def studied(folder: Path, settings: dict[str, Any], with_rare: tuple[int, ...]) -> Study:
    """The tiny study, some of whose twelve people have a rare category."""
    study = Study(folder)
    head, *lines = PEOPLE.splitlines()
    told = [f"{line},{'yes' if i in with_rare else 'no'}" for i, line in enumerate(lines)]
    study.files["people.csv"] = "\n".join([f"{head},rare", *told, ""])
    rare = {"type": "category", "values": ["no", "yes"]}
    study.config["files"]["people"]["variables"]["rare"] = rare
    study.config["covariates"]["rare"] = {"label": "Rare", "variable": "rare"}
    study.config["models"]["did"] = COVARIATES | settings
    return study


@pytest.mark.parametrize("settings", KINDS, ids=lambda s: " ".join(s.values()))
def test_one_person_of_a_category_is_told(settings: dict[str, Any], tmp_path: Path) -> None:
    # Of cross-sections one regression holds both times, and the person is in it twice.
    ran = studied(tmp_path / "one", settings, (1,)).run()
    assert ran.status == 0, ran.shown
    (row,) = ran.estimates()
    assert row["status"] == "estimated", row["reason"]
    expected = settings.get("design") != "cross_sections"
    assert ("alone determine" in row["warnings"]) == expected
    assert ("(by rare[yes])" in row["warnings"]) == expected
    many = studied(tmp_path / "many", settings, (1, 2, 3, 4, 5, 6)).run()
    (row,) = many.estimates()
    assert row["status"] == "estimated" and "alone determine" not in row["warnings"]


@pytest.mark.parametrize("rare", [1, 2])
def test_cells_of_weighted_records_are_looked_at_each_by_itself(rare: int) -> None:
    """dr_did has a regression in each arm and time: one person there is alone, two are not."""
    panel = panel_of(80)
    few = panel["unit"].isin([f"p{i:03}" for i in range(2 * rare)])  # so many in each arm
    panel = panel.assign(rare=few.astype(float))
    fitted = model(kind="dr_did", design="cross_sections", covariates=["rare"]).fit(panel)
    found = with_alone(fitted, [(one, examined(one).leverage) for one in fitted.checks])
    (row,) = found.estimates
    assert row.status == "estimated"
    told = [said for said in row.warnings if "alone determine" in said]
    assert len(told) == (rare == 1)
    if rare == 1:
        assert told[0].startswith("4 records alone determine a coefficient (by rare): ")
