"""The step `crate`: results with their provenance as an RO-Crate, which other programs read.

Profile: Workflow Run RO-Crate 0.5 (w3id.org/ro/wfrun), RO-Crate 1.1. One action a job, and one of
the whole workflow. It has no clock time, person or machine: its date is the last of those on which
raw files were received and the plan was locked.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

from cesp_analysis.analysis_plan.tables import PlanLocks
from cesp_analysis.checksums import sha256_of
from cesp_analysis.contracts import rows
from cesp_analysis.declared.source_list import read_sources
from cesp_analysis.given import hold
from cesp_analysis.provenance.entries import name_of
from cesp_analysis.provenance.record import RECORD, Made, Record, read_record
from cesp_analysis.whole_files import existing, replaced, write_json

_RUN = "https://w3id.org/ro/wfrun/{}/0.5"
_WORKFLOW_CRATE = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
_TERMS = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
_LICENCE = "No licence is declared for these results: ask who made the study."
_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def crate(
    spec: str,
    results: Path,
    files: list[Path],
    workflow: list[Path],
    sources: Path,
    locks: Path,
    out: Path,
    checksums: str = "",
) -> None:
    """Describe the results as an RO-Crate; the rules that made them are copied beside it.

    `files`: those of the results that the record of provenance does not name (the report);
    `workflow`: the Snakefile, then the rules that it includes; `sources`: SOURCES.yaml; `locks`:
    the table of plan locks; `checksums`: of `sources` and `workflow`, see given.py.
    """
    hold(checksums)
    locked = [row["date"] for row in rows(locks, PlanLocks)]
    received = [str(source.received) for source in read_sources(sources).values()]
    record = read_record(results / RECORD)
    made = _Crate(json.loads(spec), max(locked + received, default=""), results, record)
    made.workflow([_copied(path, workflow[0].parent, out.parent / "workflow") for path in workflow])
    for job in record.jobs:
        made.job(job)
    made.run(
        [made.file(path.relative_to(results).as_posix()) for path in [results / RECORD, *files]]
    )
    write_json(made.data(), out)


def _copied(path: Path, folder: Path, to: Path) -> Path:
    """A file of the workflow, copied into the crate."""
    place = to / path.relative_to(folder)
    with replaced(place) as part:
        part.write_bytes(existing(path).read_bytes())
    return place


class _Crate:
    """The crate that is being made; each file and step is in it once."""

    def __init__(self, told: dict[str, str], date: str, results: Path, record: Record) -> None:
        self.results, self.record = results, record
        self.crate = ROCrate(version="1.1")
        self.crate.metadata.extra_terms.update(_TERMS)
        self.crate.name, self.crate.description = told["title"], told["about"]
        self.crate.license = _LICENCE
        root = self.crate.root_dataset
        root.pop("datePublished", None)
        if date:
            self.crate.datePublished = date
        profiles = [
            (_RUN.format("process"), "Process Run Crate", "0.5"),
            (_RUN.format("workflow"), "Workflow Run Crate", "0.5"),
            (_WORKFLOW_CRATE, "Workflow RO-Crate", "1.0"),
        ]
        root["conformsTo"] = [
            self._known(url, "CreativeWork", name=name, version=version)
            for url, name, version in profiles
        ]
        self.used: dict[str, Any] = {}
        self.made: dict[str, Any] = {}

    def workflow(self, paths: list[Path]) -> None:
        """The Snakefile as the main workflow, with the rules that it includes."""
        first, *rest = [path.relative_to(self.results).as_posix() for path in paths]
        self.main = self.crate.add_workflow(
            source=str(paths[0]), dest_path=first, main=True, lang="snakemake"
        )
        self.main["name"] = "From raw files to a report"
        self.main["encodingFormat"] = "text/plain"
        self.main["sha256"] = sha256_of(paths[0])
        self.main["hasPart"] = [self.file(path) for path in rest]

    def job(self, job: Made) -> None:
        """One job as an action of its step: what it read, what it made, its command."""
        used = {path: self._of(path, sha256) for path, sha256 in job.inputs.items()}
        made = {path: self._of(path, sha256) for path, sha256 in job.files.items()}
        self.used |= used
        self.made |= made
        name = " ".join((name_of(job), *_figure(job)))
        said = {"name": name, "description": f"{job.does} {job.command}".strip()}
        identifier = f"#run-{name.replace(' ', '-')}"
        self.crate.add_action(
            self._step(job), identifier, _one_or_all(used), _one_or_all(made), said
        )

    def run(self, files: list[Any]) -> None:
        """The run as a whole: from what no step made to all that steps made."""
        first = {path: one for path, one in self.used.items() if path not in self.made}
        made = [*self.made.values(), *files]
        said = {"name": "From raw files to a report"}
        action = self.crate.add_action(self.main, "#run", _one_or_all(first), made, said)
        self.crate.root_dataset["mentions"] = action

    def file(self, path: str, sha256: str = "") -> Any:
        """A file of the results, once."""
        if (known := self.crate.get(path)) is not None:
            return known
        place = self.results / path
        said = {
            "name": path,
            "encodingFormat": _TYPES.get(place.suffix, "text/plain"),
            "contentSize": str(existing(place).stat().st_size),
            "sha256": sha256 or sha256_of(place),
        }
        return self.crate.add_file(str(place), path, properties=said)

    def data(self) -> dict[str, Any]:
        """The JSON-LD, entities sorted by their names."""
        data: dict[str, Any] = self.crate.metadata.generate()
        return data | {"@graph": sorted(data["@graph"], key=lambda entity: str(entity["@id"]))}

    def _of(self, path: str, sha256: str) -> Any:
        """A file that a job read or made: of the crate, or named with its checksum where that may
        be told."""
        if self.record.holds(path):
            return self.file(path.removeprefix(f"{self.record.folder}/"), sha256)
        told = {"sha256": sha256} if sha256 else {}
        return self._known(f"#{path}", "CreativeWork", name=path, **told)

    def _step(self, job: Made) -> Any:
        """The program of a step, in the version that its source files have together."""
        said = {"name": f"cesp {job.step}", "softwareVersion": f"sha256 {job.code}"}
        return self._known(f"#cesp-{name_of(job).replace(' ', '-')}", "SoftwareApplication", **said)

    def _known(self, identifier: str, kind: str, **said: str) -> Any:
        """An entity that is no file of the crate, once."""
        if (known := self.crate.get(identifier)) is not None:
            return known
        properties = {"@type": kind, **said}
        return self.crate.add(ContextEntity(self.crate, identifier, properties=properties))


def _one_or_all(entities: dict[str, Any]) -> Any:
    """Entities as JSON-LD has them: one by itself, several as a list."""
    found = [*entities.values()]
    return found[0] if len(found) == 1 else found


def _figure(job: Made) -> Iterator[str]:
    """What besides a model its rule leaves open."""
    yield from (value for name, value in job.wildcards.items() if name != "model")
