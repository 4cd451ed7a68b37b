"""Which files a study names, and which of them are not there: told before any is read."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cesp_analysis.declared.paths import leaving, misplaced_raw
from cesp_analysis.declared.source_list import SOURCES, WRITE_IT, read_sources
from cesp_analysis.economics.specs import own_prices
from cesp_analysis.errors import CespError
from cesp_analysis.readable import fault_of, leads_out
from cesp_analysis.study.study import Study
from cesp_analysis.survey.specs import margins

CORRECTIONS = "data/raw/CORRECTIONS.yaml"
_EXPORTS = frozenset(
    (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".sav", ".zsav", ".dta", ".por", ".zip")
)


def named_files(study: Study) -> dict[str, str]:
    """The place in config.yaml → the file that it names."""
    named = {f"files.{name}.path": file.path for name, file in study.files.items()}
    for name, file in study.files.items():
        named |= {f"files.{name}.{place}": path for place, path in file.companions().items()}
    named |= {f"instruments.{name}.path": own.path for name, own in study.instruments.items()}
    if study.few_sites.prior:
        named["few_sites.prior"] = study.few_sites.prior
    named |= {f"surveys.weights.margins[{n}]": path for n, path in enumerate(margins(study), 1)}
    if study.feasibility and study.feasibility.judgements:
        named["feasibility.judgements"] = study.feasibility.judgements
    named |= {f"value_sets.{name}.path": own.path for name, own in study.value_sets.items()}
    named |= {f"economics.{setting}": path for setting, path in own_prices(study).items()}
    named |= {f"external.{name}.path": own.path for name, own in study.external.items()}
    if study.planning:
        for name, design in study.planning.designs.items():
            named |= {f"planning.designs.{name}.sizes": design.sizes} if design.sizes else {}
    named |= _of_interviews(study)
    if study.published:
        named["published.path"] = study.published.path
    return named


def _of_interviews(study: Study) -> Iterator[tuple[str, str]]:
    """Files of coded interviews, and those that join them to the numbers."""
    if (own := study.interviews) is not None:
        for name, file in own.files.items():
            for setting in ("path", "previous"):
                if path := getattr(file, setting):
                    yield f"interviews.files.{name}.{setting}", path
        for setting in ("people", "codebook", "previous_codebook"):
            if (other := getattr(own, setting)) is not None:
                yield f"interviews.{setting}.path", other.path
    if study.integration is not None:
        for setting in ("inferences", "context"):
            if path := getattr(study.integration, setting):
                yield f"integration.{setting}", path


def absent_files(study: Study) -> Iterator[str]:
    """One line for each file that config names and that is not there, or not in the folder."""
    origins = _origins()
    for place, path in named_files(study).items():
        raw = place.startswith(("files.", "interviews."))
        misplaced = misplaced_raw if raw else leaving
        if any(misplaced(place, path)):
            continue  # the rules of config.yaml say so
        remedy = "put it there, or correct its path in config.yaml"
        if (url := origins.get(path)) and not Path(path).exists():
            remedy = f"get it from {url} ({SOURCES} says how) and put it there"
        if fault := fault_of(Path(path)):
            yield f"{path}: {fault} ({place}); {remedy}"
        else:
            yield from _led_out(path, f" ({place})")
    for path in ("config.yaml", str(SOURCES), *corrections()):
        yield from _led_out(path)
    if fault := fault_of(SOURCES):
        yield f"{SOURCES}: {fault}; {WRITE_IT}"


def unread_files(study: Study) -> Iterator[str]:
    """A line for each export among the raw files that nothing names: a second one, or a copy."""
    known = {*named_files(study).values(), *_origins()}
    for path in sorted(SOURCES.parent.rglob("*")):
        own = not path.name.startswith(("~$", "."))  # Excel's and macOS' companions are no exports
        export = own and path.suffix.lower() in _EXPORTS and path.is_file()
        if export and path.as_posix() not in known:
            yield (
                f"{path}: no entry of config.yaml reads it, and {SOURCES} does not list it: was it"
                " to take the place of another, is it a new time or wave (declare it under files:,"
                " and list it there), or a copy to be removed?"
            )


def _led_out(path: str, place: str = "") -> Iterator[str]:
    """A line if a file of the study lies elsewhere: a study is one folder, whole when copied."""
    if not fault_of(Path(path)) and leads_out(Path(path), Path()):
        yield (
            f"{path}: leads out of the study's folder, to {Path(path).resolve()}{place};"
            " put the file itself there, not a link"
        )


def _origins() -> dict[str, str]:
    """Path of a raw file → the address that SOURCES.yaml gives for it."""
    if fault_of(SOURCES) or told_in(read_sources, SOURCES):
        return {}  # its own faults are told beside the absent files
    return {
        (SOURCES.parent / name).as_posix(): source.url
        for name, source in read_sources(SOURCES).items()
    }


def corrections() -> list[str]:
    """CORRECTIONS.yaml, if the study has one (also one that cannot be read: it was meant)."""
    return [CORRECTIONS] if os.path.lexists(CORRECTIONS) else []


def told_in(read: Callable[[Any], object], path: Any) -> list[str]:
    """What `read` says is wrong with a file; nothing if it can be read."""
    try:
        read(path)
    except CespError as error:
        return list(error.problems)
    return []
