"""The steps `trace` and `trace_public`: where every file of the results, and of what leaves the
team, comes from, as provenance.json."""

import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from cesp_analysis.checksums import sha256_of, together
from cesp_analysis.errors import CespError
from cesp_analysis.given import hold
from cesp_analysis.provenance.record import SPEC, Made, Record, as_data
from cesp_analysis.readable import fault_of
from cesp_analysis.rerun import at_package
from cesp_analysis.whole_files import existing, write_json

_PACKAGE = "cesp-analysis"
_RAW = "data/raw/"


def trace(told: Path, out: Path, checksums: str = "") -> None:
    """Write of every result by which step it was made, of what, with which code, and how again.

    `told`: what Snakemake told each job, which it writes when a run begins;
    `checksums`: of the files of its rules, see given.py.
    """
    hold(checksums)
    sha256 = cache(lambda path: sha256_of(existing(path)))  # jobs share files
    _write(tuple(_made(job, sha256) for job in _read(told, out)), out)


def trace_public(told: Path, out: Path, checksums: str = "") -> None:
    """Write the same of what leaves the team: of what stays inside names alone, no checksum.

    `told`: what Snakemake told each job that it comes from. Settings, commands (labels of others,
    checksums of raw files) and the folders of raw files are left out; `checksums`: of the
    files of its rules.
    """
    hold(checksums)
    folder = out.parent

    @cache
    def sha256(path: Path) -> str:
        leaves = path.is_relative_to(folder) or path.is_absolute()  # or source code
        return sha256_of(existing(path)) if leaves else ""

    _write(tuple(_outside(_made(job, sha256)) for job in _read(told, out)), out)


def _read(told: Path, out: Path) -> list[dict[str, Any]]:
    """What the jobs were told."""
    if fault := fault_of(told):
        raise CespError(f"{told}: {fault}; a run writes it: cesp run . -f {out}")
    found: list[dict[str, Any]] = json.loads(told.read_text(encoding="utf-8"))
    return found


def _write(made: tuple[Made, ...], out: Path) -> None:
    record = Record(f"{_PACKAGE} {version(_PACKAGE)}", made, out.parent.as_posix())
    write_json(as_data(record), out)


def _outside(made: Made) -> Made:
    """What may be told of a job outside the team."""
    named = {_named(path): sha256 for path, sha256 in made.inputs.items()}
    return replace(made, inputs=named, spec="", command="")


def _named(path: str) -> str:
    """A raw file by its name; another by its path."""
    return PurePosixPath(path).name if path.startswith(_RAW) else path


def _made(job: dict[str, Any], sha256: Callable[[Path], str]) -> Made:
    """One job's record."""
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
        remake=f"cesp run . -f {shlex.quote(_foremost(job['outputs']))}",
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
