"""`cesp explain NUMBER`: where a number, a table or a figure comes from, as the report says it."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from cesp_analysis.checksums import sha256_of
from cesp_analysis.contracts import rows
from cesp_analysis.errors import CespError, one_line
from cesp_analysis.provenance.entries import Entry, entry, name_of, narrowed
from cesp_analysis.provenance.published import TABLES, cells_of
from cesp_analysis.provenance.record import (
    PUBLIC,
    RECORD,
    WITHIN,
    Made,
    Record,
    read_record,
)
from cesp_analysis.schemas import Estimates
from cesp_analysis.whole_files import read_json

PUBLIC_NAME = Path(PUBLIC).name
_NEAR = 3  # names that an unknown one may be meant to be


def explain(number: str, /, folder: Path = Path("results")) -> None:
    """Print what made a number (did/wellbeing/6m; as published numbers are named, of other tables:
    economics/base/imputed/gain/net_benefit/cost//estimate), a table (flow, tables/flow.csv) or a
    figure (forest_person): of what, with which code and settings, and how to make it again.

    `folder`: the study's results, or what of them left the team (results/public).
    """
    if Path(number).is_relative_to(folder / PUBLIC_NAME):
        folder = folder / PUBLIC_NAME
    record = read_record(folder / RECORD)
    known = _known(record, folder)
    known = _of_table(number, folder, known) | known
    job = known.get(_relative(number, folder, record), known.get(number))
    if job is None:
        raise CespError(_unknown(number, list(known)))
    meant = _meant(record, job, _relative(number, folder, record))
    said = [*_said(record, job), *_before_release(record, job, meant)]
    print("\n".join(map(one_line, [*said, *_changed(record, job, folder)])))


def _known(record: Record, folder: Path) -> dict[str, Made]:
    """Whatever may be asked for → the job that made it; the more exact name comes last."""
    found = _by_name(record)
    for job in record.jobs:
        found.setdefault(name_of(job), job)
        if model := job.wildcards.get("model"):
            found[model] = job
    for job in record.jobs:
        for path in job.files:
            found |= {path: job, path.removeprefix("results/"): job}
    for path, job in _within(record):
        found[path] = job
    found |= _of_report(record, folder / ("" if record.public else "report") / "report.json")
    estimates = folder / "tables" / "estimates.csv"
    if estimates.exists():
        for row in rows(estimates, Estimates):
            made = record.maker_of(f"results/models/{row['model']}/estimates.csv")
            if made is not None:
                found[row["estimate_id"]] = made
    return found


def _of_table(number: str, folder: Path, known: dict[str, Made]) -> dict[str, Made]:
    """The numbers of the table that a name begins with, as published numbers name them:
    economics/base/imputed/gain/net_benefit/cost//estimate."""
    name = number.partition("/")[0]
    job, path = known.get(f"tables/{name}.csv"), folder / "tables" / f"{name}.csv"
    if name not in TABLES or job is None or not path.exists():
        return {}
    return {cell: job for cell, _ in cells_of(path)}


def _within(record: Record) -> Iterator[tuple[str, Made]]:
    """Files of the record's folder by their paths in it, with the job that made each."""
    for job in record.jobs:
        for path in filter(record.holds, job.files):
            yield path.removeprefix(f"{record.folder}/"), job


def _by_name(record: Record) -> dict[str, Made]:
    """Files by their names without folder, and without ending: tables and figures before others;
    a name that several of these have (each model's diagnostics.json) names none."""
    places = (*(f"{record.folder}/{place}/" for place in ("tables", "figures")), "")
    found: dict[str, Made] = {}
    for place in places:
        own: dict[str, list[Made]] = {}
        for job in record.jobs:
            for path in map(Path, job.files):
                if path.as_posix() == f"{place}{path.name}" or not place:
                    for name in {path.name, path.stem}:
                        own.setdefault(name, []).append(job)
        alone = {name: jobs[0] for name, jobs in own.items() if len({*map(id, jobs)}) == 1}
        found = alone | found
    return found


def _of_report(record: Record, path: Path) -> dict[str, Made]:
    """Tables and figures by the ids that they have in the report."""
    if not path.exists():
        return {}
    blocks: list[dict[str, Any]] = read_json(path)["blocks"]
    files = {block["id"]: block.get("csv") or block.get("svg") for block in blocks if "id" in block}
    makers = {name: record.maker_of(f"{record.folder}/{file}") for name, file in files.items()}
    return {name: job for name, job in makers.items() if job is not None}


def _relative(number: str, folder: Path, record: Record) -> str:
    """A path as the record has it, if it lies in the results folder."""
    path = Path(number)
    if not path.is_relative_to(folder):
        return number
    return f"{record.folder}/{path.relative_to(folder).as_posix()}"


def _unknown(number: str, known: list[str]) -> str:
    near = get_close_matches(number, known, n=_NEAR, cutoff=0.5)
    hint = f"; did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
    return (
        f"nothing in the results is called '{number}'{hint} (a number's name stands under its row"
        " in the report, as model/outcome/time, or is its path in a table, as of published"
        " numbers; tables and figures are called as their files)"
    )


def _said(record: Record, job: Made) -> Iterator[str]:
    """The entry of the job, as the report has it, and the raw files from which it starts."""
    own = [other for other in record.jobs if name_of(other) == name_of(job)]
    yield from lines_of(narrowed(entry(record, own), job, own))
    for first in record.before(job):
        if raw := {path: sum for path, sum in first.inputs.items() if not record.maker_of(path)}:
            said = "; ".join(f"{path} (sha256 {sum})" if sum else path for path, sum in raw.items())
            yield f"{name_of(first)} is made from {said}"


def _meant(record: Record, job: Made, number: str) -> list[str]:
    """The files of a job that a path or a name stands for; of a name, tables before others."""
    paths = {number, f"{record.folder}/{number}"}
    called = [path for path in job.files if number in (Path(path).name, Path(path).stem)]
    tables = [path for path in called if Path(path).parent == Path(record.folder, "tables")]
    return [path for path in job.files if path in paths] or tables or called


def _before_release(record: Record, job: Made, meant: list[str]) -> Iterator[str]:
    """Of each released table, which table of the team it is, and which step made that."""
    for path in meant:
        own = f"{WITHIN}/{path.removeprefix(f'{record.folder}/')}"
        maker = record.maker_of(own)
        if own in job.inputs and maker:
            yield f"{path} is the released form of {own}, of {name_of(maker)}"


def lines_of(found: Entry) -> Iterator[str]:
    """An entry as lines of a terminal."""
    yield found.name
    width = max(len(fact.label) for fact in found.facts)
    yield from (f"  {fact.label:{width}}  {fact.text}" for fact in found.facts)
    yield from (f"  {line}" for line in found.told.splitlines())


def _changed(record: Record, job: Made, folder: Path) -> Iterator[str]:
    """A line for each file of the results that is not what was recorded."""
    for path, sha256 in job.files.items():
        here = folder / path.removeprefix(f"{record.folder}/")
        if record.holds(path) and (not here.exists() or sha256_of(here) != sha256):
            yield f"{here}: is no longer what is told here; run the study (cesp run DIR)"
