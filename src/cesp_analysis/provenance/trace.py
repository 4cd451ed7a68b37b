"""The step `trace`: where every file of the results comes from, as results/provenance.json."""

import json
import shlex
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cesp_analysis.contracts import existing, write_json
from cesp_analysis.errors import CespError
from cesp_analysis.provenance.checksums import sha256_of, together
from cesp_analysis.provenance.record import SPEC, Made, Record, as_data
from cesp_analysis.readable import fault_of
from cesp_analysis.rerun import at_package

_PACKAGE = "cesp-analysis"


def trace(told: Path, out: Path) -> None:
    """Write of every result by which step it was made, of what, with which code, and how again.

    `told`: what Snakemake told each job, which it writes when a run begins.
    """
    if fault := fault_of(told):
        raise CespError(f"{told}: {fault}; a run writes it: snakemake -f {out}")
    jobs = json.loads(told.read_text(encoding="utf-8"))
    sums: dict[Path, str] = {}
    made = tuple(_made(job, sums) for job in jobs)
    record = Record(f"{_PACKAGE} {version(_PACKAGE)}", made)
    write_json(as_data(record), out)


def _made(job: dict[str, Any], sums: dict[Path, str]) -> Made:
    """One job's record; `sums`: the checksums that are known already, since jobs share files."""

    def sha256(path: Path) -> str:
        if path not in sums:
            sums[path] = sha256_of(existing(path))
        return sums[path]

    spec = job["spec"]
    command = job["command"].replace(shlex.quote(spec), SPEC) if spec else job["command"]
    code = {path: sha256(at_package(path)) for path in job["code"]}
    return Made(
        rule=job["rule"],
        step=shlex.split(command)[1],
        does=job["does"],
        wildcards=job["wildcards"],
        files={path: sha256(Path(path)) for path in job["outputs"]},
        inputs={path: sha256(Path(path)) for path in job["inputs"]},
        code=together(code),
        code_files=len(code),
        spec=spec,
        command=command,
        remake=f"snakemake -f {shlex.quote(_foremost(job['outputs']))}",
        seed=_seed(json.loads(spec)) if spec else None,
    )


def _foremost(outputs: list[str]) -> str:
    """The file by which a job is asked for: the first that readers see."""
    return next((path for path in outputs if path.startswith("results/")), outputs[0])


def _seed(spec: Any) -> int | None:
    """The seed that a step is told: its own, or (figures) the study's."""
    for told in (spec, spec.get("study") if isinstance(spec, dict) else None):
        if isinstance(told, dict) and isinstance(told.get("seed"), int):
            return int(told["seed"])
    return None
