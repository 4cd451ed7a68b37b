"""provenance.json of a folder of results: what each file was made from, by what, and how again.

That of results/public leaves the team. It names files that stay, and tells no checksum of them:
with one, whoever fills in what is withheld could see that a guess is right.
"""

from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cesp_analysis.checksums import sha256_of_text
from cesp_analysis.errors import CespError
from cesp_analysis.whole_files import BrokenContract, existing, read_json

RECORD = "provenance.json"
WITHIN, PUBLIC = "results", "results/public"
"""The folders that have a record: the team's own, and what leaves it."""
SPEC = "SPEC"
"""Stands in a command for the JSON text that it is told as its spec."""


@dataclass(frozen=True)
class Made:
    """One job: the files it made and what they were made from, each path with its sha256 ('' of
    what stays inside).

    rule: Snakemake's, whose name is the step's but where several rules take one step; wildcards:
    what the rule leaves open (the model, the figure); spec: the JSON text it was told,
    '' for none; command: with SPEC for that text; code: sha256 of the source files of the step,
    of which there are code_files; seed: where the step draws random numbers.
    """

    rule: str
    step: str
    does: str
    wildcards: dict[str, str]
    files: dict[str, str]
    inputs: dict[str, str]
    code: str
    code_files: int
    spec: str
    command: str
    remake: str
    seed: int | None = None


@dataclass(frozen=True)
class Record:
    """All jobs, in the order of rules; program: the package's name and version; folder: whose
    files they lead to."""

    program: str
    jobs: tuple[Made, ...]
    folder: str = WITHIN

    @property
    def public(self) -> bool:
        """Whether it leaves the team."""
        return self.folder == PUBLIC

    def holds(self, path: str) -> bool:
        """Whether a file (path relative to the study's folder) lies in the record's folder."""
        return path.startswith(f"{self.folder}/")

    def maker_of(self, path: str) -> Made | None:
        """The job that made a file (path relative to the study's folder)."""
        return self._makers.get(path)

    @cached_property
    def _makers(self) -> dict[str, Made]:
        return {path: job for job in self.jobs for path in job.files}

    def before(self, job: Made) -> list[Made]:
        """The jobs whose files a job needs, directly or not, in order."""
        waiting, found = [job], {id(job)}
        while waiting:
            for path in waiting.pop().inputs:
                maker = self.maker_of(path)
                if maker is not None and id(maker) not in found:
                    found.add(id(maker))
                    waiting.append(maker)
        return [one for one in self.jobs if id(one) in found and one is not job]


def read_record(path: Path) -> Record:
    """Read provenance.json; raises CespError if it is another version's or none."""
    try:
        data = read_json(existing(path))
        jobs = tuple(_made(data["specs"], job) for job in data["jobs"])
        return Record(data["program"], jobs, data["folder"])
    except (BrokenContract, KeyError, TypeError):
        raise CespError(
            f"{path}: is not as this version of the program writes it; a run makes it again"
            " (cesp run DIR)"
        ) from None


def as_data(record: Record) -> dict[str, Any]:
    """The JSON form: a spec that several jobs were told stands once, under its sha256."""
    specs = {sha256_of_text(job.spec): job.spec for job in record.jobs if job.spec}
    names = {text: name for name, text in specs.items()}
    jobs = [asdict(job) | {"spec": names.get(job.spec, "")} for job in record.jobs]
    return {"program": record.program, "folder": record.folder, "specs": specs, "jobs": jobs}


def _made(specs: dict[str, str], job: dict[str, Any]) -> Made:
    return Made(**job | {"spec": specs[job["spec"]] if job["spec"] else ""})
