"""examples/many_places: what its one command makes is a study that may be run."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from cesp_analysis.pipeline import opened
from cesp_analysis.report.wording_spec import starts_of
from cesp_analysis.study.study import Study

ROOT = Path(__file__).parents[2]
SITES = 14


def script() -> ModuleType:
    """make.py as a module."""
    spec = importlib.util.spec_from_file_location("make", ROOT / "examples/many_places/make.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A small one, read as a run reads it: its files are there, sound and named."""
    folder = tmp_path_factory.mktemp("many")
    with pytest.MonkeyPatch.context() as patch:
        sizes = ["--people", "210", "--sites", str(SITES)]
        patch.setattr(sys, "argv", ["make.py", "--out", str(folder), *sizes])
        script().main()
        patch.chdir(folder)
        return opened(".")


def test_its_sites_begin_at_three_times_or_never(study: Study) -> None:
    sites = study.sites.values()
    assert len(sites) == SITES
    assert {site.started for site in sites if site.arm == "control"} == {None}
    assert {site.started for site in sites if site.arm == "intervention"} == {None, "12m"}
    labels = starts_of(study)
    assert set(labels.values()) == {"6 months", "12 months"}
    assert set(labels) == {n for n, site in study.sites.items() if site.arm == "intervention"}


def test_it_has_two_waves_and_an_estimator_of_the_roll_out(study: Study) -> None:
    assert list(study.waves) == ["wave1", "wave2"]
    assert study.models["roll_out"].kind == "group_time"


def test_no_model_takes_places_of_a_site_as_independent(study: Study) -> None:
    clusters = {getattr(model, "cluster", None) for model in study.models.values()}
    assert "neighbourhood" not in clusters
    assert "site" in clusters
