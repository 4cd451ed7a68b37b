"""What the step `release` needs of the study, as JSON."""

from collections.abc import Iterable
from pathlib import Path

from cesp_analysis.disclosure.release import ReleaseSpec
from cesp_analysis.disclosure.tables import TABLES
from cesp_analysis.study.study import Study


def release(study: Study, tables: Iterable[str]) -> str:
    """How small numbers are kept, and which of the tables stay."""
    stay = sorted(Path(path).stem for path in tables if not leaves(path))
    printed = {name: (own.unit, own.decimals) for name, own in study.outcomes.items()}
    told = ReleaseSpec(disclosure=study.disclosure, decimals=printed, stay=tuple(stay))
    return told.model_dump_json()


def leaves(path: str) -> bool:
    """Whether a table of results leaves the team."""
    return Path(path).stem in TABLES


def leaving(tables: Iterable[str]) -> list[str]:
    """The tables that leave the team, in order of their names."""
    return sorted(path for path in tables if leaves(path))
