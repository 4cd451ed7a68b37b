"""What the plan's numbers are read from: variables followed to the raw ones, which records and
answers count, how dates and decimals are read, scoring files and priors by what they hold. Not:
where columns stand."""

import csv
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cesp_analysis.analysis_plan.content import NETWORK, of_networks
from cesp_analysis.declared.derived import sources_of
from cesp_analysis.declared.expressions import names_in
from cesp_analysis.declared.external import External
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.surveys import SurveyDesign
from cesp_analysis.declared.value_sets import ValueSet
from cesp_analysis.errors import CespError
from cesp_analysis.instruments.types import read_instrument
from cesp_analysis.models.prior import read_prior
from cesp_analysis.readable import fault_of
from cesp_analysis.study.study import Study
from cesp_analysis.survey.external_lines import read_external

Said = dict[str, Any]

OF_RECORDS = {
    "lists_people",
    "one_row_per",
    "duplicates",
    "copies",
    "rows",
    "last_line",
    "decimal",
    "left_out",
    "missing",
    "answers",
    "redcap_forms",
    "crosswalk",
    "item_values",
}
_OF_A_HEADER = {"skip", "rows"}
"""What decides on which line records begin."""
OF_A_VARIABLE = {"type", "range", "values", "missing", "format"}
_PARTS = ("time", "site", "arm", "neighbourhood", "link_worker", "weight")


def read_from(study: Study, folder: Path) -> dict[str, Said]:
    """The sections derived, variables, records and instruments of the plan; folder: the study's."""
    files = {name: file.with_form(study.forms) for name, file in study.files.items()}
    read = {name: _followed(file, wanted(study)) for name, file in files.items()}
    scores = (*study.outcomes.values(), *study.covariates.values())
    scored = {str(entry.score).rpartition(".")[0] for entry in scores if entry.score}
    return {
        "derived": {
            f"files.{name}.{word}": _said(file.derived[word])
            for name, file in files.items()
            for word in sorted(read[name] & set(file.derived))
        },
        "variables": {
            f"files.{name}.{word}": _said(file.variables[word], only=OF_A_VARIABLE)
            for name, file in files.items()
            for word in sorted(read[name] & set(file.variables))
        },
        "records": {
            f"files.{name}": _records(file, scored)
            for name, file in files.items()
            if read[name]
            or file.lists_people
            or scored & set(file.instruments)
            or (NETWORK in scored and file.level == "respondent")
        },
        "instruments": {
            name: {"sha256": _of_instrument(_readable(folder, own.path))}
            for name, own in study.instruments.items()
            if name in scored
        }
        | {
            name: _said(own, without={"path", "source"})
            | {"sha256": _sha256(_rows(_readable(folder, own.path)))}
            for name, own in value_sets_of(study).items()
        },
    }


def wanted(study: Study) -> set[str]:
    """The variables that outcomes, covariates, contamination, events and visits are read from."""
    entries = (*study.outcomes.values(), *study.covariates.values())
    read = {entry.variable for entry in entries if entry.variable}
    if study.networks and scored_by_networks(study):
        read |= of_networks(study.networks.model_dump())
    for own in value_sets_of(study).values():
        named = [name for name in (own.age_variable, own.sex_variable) if name]
        found = (study.covariates.get(name) for name in named)
        read |= {*named, *(entry.variable for entry in found if entry and entry.variable)}
    read |= {study.contamination.variable} if study.contamination else set()
    read |= {study.visits.since} if study.visits.since else set()
    for event in study.events.values():
        read |= {name for name in (event.date, event.to) if name}
        read |= names_in(event.where) if event.where else set()
    return read


def value_sets_of(study: Study) -> dict[str, ValueSet]:
    """instrument.name → the value set, of those that an outcome or covariate is read from."""
    scores = {entry.score for entry in (*study.outcomes.values(), *study.covariates.values())}
    sets = {f"{own.instrument}.{name}": own for name, own in study.value_sets.items()}
    return {name: own for name, own in sets.items() if name in scores}


def scored_by_networks(study: Study) -> bool:
    """Whether an outcome or covariate is read from the ties that respondents named."""
    entries = (*study.outcomes.values(), *study.covariates.values())
    return any(str(entry.score).startswith(f"{NETWORK}.") for entry in entries if entry.score)


def networks_of(study: Study) -> Said:
    """What was asked of whom respondents know; nothing where no outcome is read from it."""
    return _said(study.networks) if study.networks and scored_by_networks(study) else {}


def external_of(study: Study, folder: Path) -> Said:
    """The files of figures from outside that divergences are computed from: how they are read, and
    the figures of the series taken, as sha256."""
    taken: dict[str, set[str]] = {}
    for past in study.few_sites.divergences.values():
        if past.series:
            name, _, series = past.series.partition(".")
            taken.setdefault(name, set()).add(series)
    return {name: _outside(study.external[name], words, folder) for name, words in taken.items()}


def _outside(own: External, words: set[str], folder: Path) -> Said:
    figures = read_external(_readable(folder, own.path), own)
    held = {
        word: sorted((one.authority, one.period, one.value) for one in figures[word])
        for word in sorted(words)
    }
    said = _said(own, only={"over", "before", "authorities"})
    said["columns"] = own.columns.model_dump(mode="json", exclude={"source"})
    return said | {"sha256": {word: _sha256(rows) for word, rows in held.items()}}


def prior_of(study: Study, folder: Path) -> str:
    """What the study's own prior holds, as sha256; '': it has none."""
    path = study.few_sites.prior
    if path is None:
        return ""
    return _sha256([asdict(pair) for pair in read_prior(_readable(folder, path)).pairs])


def surveys_of(study: Study, folder: Path) -> Said:
    """How respondents were drawn and weighted; margins by what they hold (sha256) and the
    covariates that they name. Response rates and descriptions decide on no estimate."""
    said = _said(study.surveys, only={*SurveyDesign.model_fields, "weights"})
    weights = study.surveys.weights
    if weights is None:
        return said
    held = [_rows(_readable(folder, path)) for path in weights.margins]
    words = {word for rows in held for row in rows for word in (*row, row.get("variable", ""))}
    margins = {"sha256": sorted(_sha256(rows) for rows in held)}
    said["weights"] = _said(weights, without={"margins", "replicates", "draws"})
    said["weights"]["margins"] = margins | {"covariates": sorted(words & set(study.covariates))}
    return said


def _rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, in an order of their own; a line that is too long or too short, which
    stops the step that reads it, is one of them."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [dict(row) for row in csv.DictReader(stream, restkey="", restval="")]
    return sorted(rows, key=lambda row: sorted((name, str(cell)) for name, cell in row.items()))


def _followed(file: RawFile, names: set[str]) -> set[str]:
    """The variables of a file among `names`, and all that those are derived from."""
    found: set[str] = set()
    left = names & {*file.variables, *file.derived}
    while left:
        found |= left
        further = {s for name in left & set(file.derived) for s in sources_of(file.derived[name])}
        left = (further & {*file.variables, *file.derived}) - found
    return found


def _records(file: RawFile, scored: set[str]) -> Said:
    said = _said(file, only=OF_RECORDS)
    for part in _PARTS:
        if (own := getattr(file, part)) is not None:
            said[part] = _said(own, without={"column", "format"})
    if file.date is not None:
        said["date"] = _said(file.date, without={"column"})
    if header := _said(file.header, only=_OF_A_HEADER):
        said["header"] = header
    if file.level != "person":
        said["level"] = file.level
    if held := sorted(scored & set(file.instruments)):
        said["instruments"] = held
    return said


def _said(entry: Any, only: set[str] | None = None, without: set[str] | None = None) -> Said:
    dumped = entry.model_dump(mode="json", exclude_defaults=True, include=only, exclude=without)
    return {key: value for key, value in dumped.items() if key not in ("label", "unit")}


def _of_instrument(path: Path) -> str:
    """What decides on its scores: not whether alpha means something for it, nor who published
    values. What a score does not use is left out: locks of before there was such a thing stay."""
    said = read_instrument(path).model_dump(mode="json", exclude={"reflective"})
    for score in said["scores"]:
        del score["source"]
        for key in ("start", "any_at"):
            if not score[key]:
                del score[key]
    return _sha256(said)


def _readable(folder: Path, path: str) -> Path:
    if fault := fault_of(folder / path):
        raise CespError(f"{path}: {fault}; put it there, or correct its path in config.yaml")
    return folder / path


def _sha256(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
