"""Whether data had been received when a plan was locked: then it may have been chosen by them."""

import os
from collections.abc import Sequence
from datetime import date

from cesp_analysis.analysis_plan.lock_file import Lock
from cesp_analysis.analysis_plan.words import AS_LOCKED, PRE_SPECIFIED
from cesp_analysis.declared.source_list import SOURCES, read_sources
from cesp_analysis.study.study import Study


def first_received(study: Study) -> str:
    """The day on which the first raw file of the study was received, as SOURCES.yaml in this folder
    says; '': it says no day."""
    sources = read_sources(SOURCES)
    names = [os.path.relpath(path, SOURCES.parent) for path in study.raw_paths()]
    days = [day for name in names if name in sources if (day := _day(sources[name].received))]
    return min(days, default="")


def before(lock: Lock, received: str) -> str:
    """The day on which data had been received, if a lock is later; '': it is not."""
    return received if received and lock.date > received else ""


def called(standing: str, locks: Sequence[Lock], received: str) -> str:
    """A standing as tables print it: pre-specified only where no data had been received."""
    late = standing == PRE_SPECIFIED and before(locks[0], received)
    return AS_LOCKED if late else standing


def _day(written: str) -> str:
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        return ""
