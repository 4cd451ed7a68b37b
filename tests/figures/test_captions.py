"""A caption on the page names every kind of line that its figure has."""

from pathlib import Path

import pytest

from few_sites.test_study import laddered
from small_study import Study


@pytest.mark.parametrize("declared", [True, False])
def test_a_forest_names_its_dotted_lines(tmp_path: Path, declared: bool) -> None:
    study = Study(tmp_path)
    study.config["outcomes"]["score"].pop("mid", None)
    if declared:
        study.config["outcomes"]["score"]["mid"] = {"value": 1.5, "source": "a made-up study"}
    caption = laddered(study)[1].figure("forest_person")["caption"]
    said = " Dotted: the minimally important difference, either way."
    assert caption.endswith(said) == declared and ("Dotted" in caption) == declared
