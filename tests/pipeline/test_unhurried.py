"""Snakemake's own limit of jobs a second, whose timers multiply, is off; another one stays."""

from types import SimpleNamespace

import pytest
from snakemake.cli import get_argument_parser
from snakemake.scheduling.job_scheduler import JobRateLimiter
from snakemake.settings.types import MaxJobsPerTimespan

from cesp_analysis.pipeline import unhurried


@pytest.mark.parametrize(("said", "stays"), [("100/1s", False), ("3/1s", True), ("100/1m", True)])
def test_the_limit_that_nobody_asked_for_is_taken_off(said: str, stays: bool) -> None:
    limiter = JobRateLimiter(MaxJobsPerTimespan.parse_choice(said))
    scheduler = SimpleNamespace(job_rate_limiter=limiter)
    unhurried(SimpleNamespace(scheduler=scheduler))
    assert scheduler.job_rate_limiter is (limiter if stays else None)


def test_that_limit_is_what_snakemake_has_by_default() -> None:
    assert get_argument_parser().get_default("max_jobs_per_timespan") == "100/1s"


def test_a_run_without_a_limit_stays_so() -> None:
    scheduler = SimpleNamespace(job_rate_limiter=None)
    unhurried(SimpleNamespace(scheduler=scheduler))
    assert scheduler.job_rate_limiter is None
