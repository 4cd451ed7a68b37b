"""Fixtures that several tests share; which tests may be skipped."""

import gc
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

for library in ("OMP", "OPENBLAS"):  # before NumPy: its threads would wait for one another's cores
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")  # one, as in every job of a run

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
    "bad_input/test_table.py",
    "cases/test_few_sites_cases.py",
    "cases/test_measurement_cases.py",
    "browser/test_page.py",
    "docs/test_tutorial.py",
    "bad_input/test_many_outcomes.py",
    "describe/test_flow.py",
    "pipeline/test_forks.py",
    "new_study/test_bad_input.py",
    "export/test_export.py",
    "intake/test_properties.py",
    "clean/test_clean.py",
    "missing/test_impute_step.py",
    "pipeline/test_progress.py",
    "feasibility/test_not_known.py",
    "test_benchmarks.py",
    "fidelity/test_delivery_steps.py",
    "feasibility/test_counts.py",
    "cases/test_examples.py",
    "pipeline/test_one_group.py",
    "cases/test_survey_description_cases.py",
    "cases/test_raw_data.py",
    "cases/test_survey_cases.py",
    "pipeline/test_nothing_of_few.py",
    "cases/test_report_cases.py",
    "cases/test_mixed_cases.py",
    "export/test_imputed_export.py",
    "new_study/test_root_study.py",
    "cases/test_glm_cases.py",
    "pipeline/test_commands.py",
    "feasibility/test_means_of_rows.py",
    "clean/test_cut.py",
    "fidelity/test_root_delivery.py",
    "models/test_nested.py",
    "pipeline/test_given.py",
    "feasibility/test_fillings.py",
    "missing/test_settling.py",
    "bad_input/test_poison.py",
    "clean/test_follow_up.py",
    "clean/test_members.py",
    "describe/test_describe.py",
    "survey/test_networks.py",
    "analysis_plan/test_estimands.py",
    "figures/test_figures.py",
    "models/test_least_squares.py",
    "test_dirt.py",
)
"""Files that take more than some seconds go first, the longest before the others, so that all
workers end at about one time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first; a worker takes whole files (--dist loadfile), whose tests share a study."""
    here = Path(__file__).parent
    rank = {here / name: at for at, name in enumerate(SLOWEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


def pytest_collection_finish() -> None:
    """The thousands of tests that are collected now stay to the end: nobody looks through them for
    garbage. A search of all took 0.1 s, and some libraries ask for one at each call."""
    gc.collect()
    gc.freeze()


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
