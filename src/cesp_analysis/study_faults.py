"""What is wrong with a study's files before a run begins: all of it, at once."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from cesp_analysis.analysis_plan.lock_file import LOCK, fault_of_lock, read_locks
from cesp_analysis.declared.paths import leaving, misplaced_raw
from cesp_analysis.declared.source_list import (
    SOURCES,
    changed_sources,
    checksums_of,
    read_sources,
    undecided_sources,
)
from cesp_analysis.errors import CespError
from cesp_analysis.feasibility.judgements import read_judgements
from cesp_analysis.feasibility.specs import judgements, people_judge
from cesp_analysis.instruments.types import read_instrument
from cesp_analysis.instruments.value_tables import read_value_table
from cesp_analysis.intake.corrections import read_corrections
from cesp_analysis.intake.tracked import tracked_without_licence
from cesp_analysis.models.prior import read_prior
from cesp_analysis.provenance.published import read_published
from cesp_analysis.readable import fault_of, leads_out
from cesp_analysis.study.read import still_to_decide
from cesp_analysis.study.study import Study
from cesp_analysis.survey.external_lines import read_external
from cesp_analysis.survey.margins import read_margins
from cesp_analysis.survey.specs import declared_of, margins

CORRECTIONS = "data/raw/CORRECTIONS.yaml"
_EXPORTS = frozenset(
    (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".sav", ".zsav", ".dta", ".por", ".zip")
)


def faults_of_files(study: Study) -> list[str]:
    """One line for each file that is absent, cannot be read as what it is, or has changed.

    Checksums are compared here, not by the time a file was written: a copy may keep an old one.
    """
    problems = list(absent_files(study))
    for path in {own.path for own in study.instruments.values() if not fault_of(Path(own.path))}:
        problems += _faults(_own_instrument, path)
    problems += fault_of_lock()
    if not fault_of(Path(LOCK)):
        problems += _faults(read_locks, Path(LOCK))
    prior = study.few_sites.prior
    if prior and not fault_of(Path(prior)):
        problems += _faults(read_prior, Path(prior))
    if study.published and not fault_of(Path(study.published.path)):
        problems += _faults(read_published, Path(study.published.path))
    weights = margins(study)
    if weights and not any(fault_of(Path(path)) for path in weights):
        known = declared_of(study)
        problems += _faults(lambda paths: read_margins(paths, known), [*map(Path, weights)])
    for path in judgements(study):
        if not fault_of(Path(path)):
            judged = people_judge(study)
            problems += _faults(partial(read_judgements, criteria=judged), Path(path))
    problems += _faults_of_value_sets(study)
    for own in study.external.values():
        if not fault_of(Path(own.path)):
            problems += _faults(partial(read_external, own=own), Path(own.path))
    for path in corrections():
        if fault := fault_of(Path(path)):
            remedy = "put the file itself there, or remove it if nothing is to be corrected"
            problems.append(f"{path}: {fault}; {remedy}")
        else:
            problems += _faults(read_corrections, Path(path))
    if not fault_of(SOURCES):
        found = _faults(read_sources, SOURCES)
        if not found:
            there = [path for path in study.raw_paths() if _in_place(path)]
            listed = checksums_of(there, read_sources(SOURCES), SOURCES)
            found += changed_sources(there, listed, SOURCES)
            found += _changed_beside(study)
            found += tracked_without_licence(study, SOURCES)
        problems += found
    return problems


def _faults_of_value_sets(study: Study) -> Iterator[str]:
    """What is wrong with tables of values whose instrument can be read."""
    own = {name: entry.path for name, entry in study.instruments.items()}
    for name, entry in study.value_sets.items():
        place = own.get(entry.instrument, entry.instrument)
        if fault_of(Path(entry.path)) or _faults(read_instrument, place):
            continue
        known = read_instrument(place)
        if name in [score.code for score in known.scores]:
            yield f"config.yaml: value_sets.{name}: is a score of {known.name}; choose another name"
        levels = [(item.low, item.high) for item in known.digits()]
        yield from _faults(partial(read_value_table, own=entry, levels=levels), Path(entry.path))


def _changed_beside(study: Study) -> list[str]:
    """A line for each file beside the raw ones that SOURCES.yaml lists and that has changed."""
    beside = [*margins(study), *(own.path for own in study.external.values())]
    beside += [own.path for own in study.value_sets.values()]
    there = [
        path
        for path in (*beside, *study.prior_files())
        if not any(leaving("", path)) and not fault_of(Path(path))
    ]
    listed = checksums_of(there, read_sources(SOURCES), SOURCES)
    return list(changed_sources([path for path in there if path in listed], listed, SOURCES))


def _gaps(study: Study, valid: bool) -> Iterator[str]:
    """What is still to decide, a line each; of a `valid` draft the first line says that it is one.

    An entry of SOURCES.yaml that is undecided is named in every study.
    """
    gaps = still_to_decide(study)
    if SOURCES.is_file() and not _faults(read_sources, SOURCES):
        gaps += undecided_sources(study.raw_paths(), read_sources(SOURCES), SOURCES)
    if study.study.draft and not gaps:
        yield "config.yaml: study.draft: nothing is left to decide; remove this setting"
    elif study.study.draft and valid:
        things = "1 thing is" if len(gaps) == 1 else f"{len(gaps)} things are"
        yield f"config.yaml: a valid draft; {things} still to decide before it can run"
    yield from gaps


def _own_instrument(path: str) -> None:
    """Raises CespError for each mistake, a worked example that does not come out among them."""
    from cesp_analysis.instruments.score import broken_example

    instrument = read_instrument(path)
    if wrong := list(broken_example(instrument)):
        raise CespError(f"{path}: {line}" for line in wrong)


def _misfits(study: Study) -> list[str]:
    """Faults of CORRECTIONS.yaml stop the run before `intake`: what it would say is told too."""
    from cesp_analysis.intake.intake import misfits
    from cesp_analysis.study import specs

    try:
        return misfits(specs.intake(study.resolved()), Path(CORRECTIONS))
    except CespError:  # no file, or no list of entries: nothing that could fit
        return []


def _stops_ahead(study: Study, found: list[str]) -> list[str]:
    """An absent file stops the run before any is read: what the others lack is told too."""
    paths = study.raw_paths()
    if not any(fault_of(Path(path)) for path in paths):
        return []
    from cesp_analysis.clean.ahead import stops_ahead
    from cesp_analysis.study import specs

    faulty = tuple(line.partition(": ")[0] for line in found)
    return stops_ahead(specs.clean(study.resolved()), [p for p in paths if p not in faulty])


def _faults(read: Callable[[Any], object], path: Any) -> list[str]:
    try:
        read(path)
    except CespError as error:
        return list(error.problems)
    return []


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
    named |= {f"external.{name}.path": own.path for name, own in study.external.items()}
    if study.published:
        named["published.path"] = study.published.path
    return named


def absent_files(study: Study) -> Iterator[str]:
    """One line for each file that config names and that is not there, or not in the folder."""
    origins = _origins()
    for place, path in named_files(study).items():
        misplaced = misplaced_raw if place.startswith("files.") else leaving
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
        yield f"{SOURCES}: {fault}; it lists where each raw file came from"


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
    if fault_of(SOURCES) or _faults(read_sources, SOURCES):
        return {}  # its own faults are told beside the absent files
    return {
        (SOURCES.parent / name).as_posix(): source.url
        for name, source in read_sources(SOURCES).items()
    }


def _in_place(path: str) -> bool:
    return not any(misplaced_raw("", path)) and not fault_of(Path(path))


def corrections() -> list[str]:
    """CORRECTIONS.yaml, if the study has one (also one that cannot be read: it was meant)."""
    return [CORRECTIONS] if os.path.lexists(CORRECTIONS) else []
