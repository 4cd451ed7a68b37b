"""What the step `release` needs of the study, as JSON."""

from collections.abc import Iterable
from pathlib import Path

from cesp_analysis.disclosure.release import ReleaseSpec
from cesp_analysis.disclosure.tables import TABLES
from cesp_analysis.disclosure.tables_interviews import WRITTEN_BESIDE
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


def written_beside(tables: Iterable[str]) -> list[str]:
    """Of these tables those that another word of an inference changes; none without a joint
    display, so that all are released at once."""
    found = [path for path in tables if Path(path).stem in WRITTEN_BESIDE]
    return found if any(Path(path).stem == "joint_display" for path in found) else []


def leaving(tables: Iterable[str]) -> list[str]:
    """The tables that leave the team, in order of their names."""
    return sorted(path for path in tables if leaves(path))
