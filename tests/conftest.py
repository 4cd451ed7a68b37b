"""Fixtures that several tests share; which tests may be skipped."""

import gc
import os
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

for library in ("OMP", "OPENBLAS"):  # before NumPy: its threads would wait for one another's cores
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")  # one, as in every job of a run

from ran_once import STORE  # noqa: E402
from small_study import Study  # noqa: E402

settings.register_profile("suite", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("search", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

MUST_BE_THERE = {
    "shared/": "CESP_SHARED", "no Chromium": "CESP_PROGRAMS", "no LibreOffice": "CESP_PROGRAMS",
    "no R": "CESP_PROGRAMS",
}  # fmt: skip
"""What a reason to skip names → the variable by which CI says that it is there."""
SLOWEST = (
    "pipeline/test_privacy.py",
    "pipeline/test_pipeline.py",
    "pipeline/test_provenance.py",
    "test_budget.py",
    "report/test_claims.py",
    "bad_input/test_large.py",
    "cases/test_few_sites_cases.py",
    "cases/test_measurement_cases.py",
    "browser/test_page.py",
    "docs/test_tutorial.py",
    "bad_input/test_many_outcomes.py",
    "pipeline/test_forks.py",
    "export/test_export.py",
    "pipeline/test_progress.py",
    "cases/test_examples.py",
    "pipeline/test_one_group.py",
    "cases/test_survey_description_cases.py",
    "cases/test_raw_data.py",
    "cases/test_survey_cases.py",
    "pipeline/test_nothing_of_few.py",
    "cases/test_report_cases.py",
    "cases/test_mixed_cases.py",
    "export/test_imputed_export.py",
    "cases/test_glm_cases.py",
    "pipeline/test_commands.py",
    "pipeline/test_given.py",
    "bad_input/test_poison.py",
    "bad_input/test_table.py",
    "clean/test_clean.py",
    "missing/test_impute_step.py",
    "economics/test_bad_input.py",
    "planning/test_individual_trials.py",
    "intake/test_properties.py",
    "new_study/test_raw_exports.py",
    "describe/test_flow.py",
    "new_study/test_bad_input.py",
    "measurement/test_measure.py",
    "planning/test_wedge_reml.py",
    "survey/test_networks.py",
    "test_bad_input.py",
    "test_docs.py",
    "planning/test_tasks.py",
    "report/test_three_forms.py",
    "new_study/test_root_study.py",
    "test_benchmarks.py",
    "feasibility/test_rates.py",
    "feasibility/test_counts.py",
    "few_sites/test_without_variation.py",
    "new_study/test_people.py",
    "clean/test_follow_up.py",
    "feasibility/test_not_known.py",
    "few_sites/test_study.py",
    "test_sizes.py",
    "new_study/test_small.py",
    "planning/test_steps.py",
    "fuzz/test_fuzz.py",
    "missing/test_together.py",
    "intake/test_ids.py",
    "figures/test_residuals_figure.py",
    "planning/test_spread_by_arm.py",
    "survey/test_weigh.py",
    "missing/test_impute_bad_input.py",
    "fidelity/test_delivery_steps.py",
    "economics/test_boot.py",
    "clean/test_members.py",
    "disclosure/test_bounds.py",
    "planning/test_level_wedges.py",
    "planning/test_misfit.py",
    "report/test_own_words.py",
    "figures/test_figures.py",
    "models/test_over_time.py",
    "figures/test_neighbourhoods.py",
    "clean/test_cut.py",
    "missing/test_settling.py",
    "missing/test_sensitivity_step.py",
    "report/test_feasibility_section.py",
    "describe/test_describe.py",
    "economics/test_cases.py",
    "figures/test_sensitivity_figures.py",
    "panel/test_value_sets.py",
    "feasibility/test_fillings.py",
    "models/test_random_logit.py",
    "missing/test_mice_by_arm.py",
    "feasibility/test_criteria_checks.py",
    "economics/test_resource_use.py",
)
"""Files that take more than some seconds go first, the longest before the others, so that all
workers end at about one time."""


class FromTheEnd(pytest.Dir):
    """A folder of tests whose files are collected the last first."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Files and folders, from Z to A."""
        return reversed(list(super().collect()))


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Dir | None:
    """The second worker begins with the last file: on a fresh clone each of two workers rewrites
    the assertions of half of the files, and finds those of the others already rewritten."""
    if os.environ.get("PYTEST_XDIST_WORKER") != "gw1":
        return None
    return FromTheEnd.from_parent(parent, path=path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first, the others by their names; a worker takes whole files (--dist loadfile),
    whose tests share a study."""
    here = Path(__file__).parent
    rank = {here / name: at for at, name in enumerate(SLOWEST)}
    items.sort(key=lambda item: (rank.get(item.path, len(rank)), item.path))


def pytest_collection_finish() -> None:
    """The thousands of tests that are collected now stay to the end: nobody looks through them for
    garbage. A search of all took 0.1 s, and some libraries ask for one at each call."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """What other tests ran is not given to one that puts other code in the place of a step's."""
    STORE.begin(shared="monkeypatch" not in getattr(item, "fixturenames", ["monkeypatch"]))


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A tiny study in a folder with a space, brackets and an apostrophe."""
    folder = tmp_path / "anne's study (v2) [b]"
    folder.mkdir()
    return Study(folder)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """A test is skipped with a reason; not for want of what CI says is there (MUST_BE_THERE)."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped").lstrip(": ")
        lacked = any(what in reason and name in os.environ for what, name in MUST_BE_THERE.items())
        if lacked or not reason:
            report.outcome = "failed"
            report.longrepr = f"skipped ({reason or 'without a reason'}), but must run"
    return report
