"""What Snakemake tells each job of a run: asked of its DAG when a run begins, for the steps that
trace it.

The DAG holds, of each file, the rule with its inputs, parameters and command as they are now; and
Snakemake makes again what was made otherwise. So what it says holds of every file at the end of a
run, also of those that an earlier run made. It is too long for a command's argument.
"""

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any

from cesp_analysis.code_files import sources_in
from cesp_analysis.long_specs import spec_of
from cesp_analysis.whole_files import write_json

TOLD = {
    "trace": Path(".snakemake/cesp.told.json"),
    "trace_public": Path(".snakemake/cesp.told_public.json"),
}
"""The rules that are told, and where: of itself, and of what comes after it, none can know."""


def write_told(workflow: Any, told: Mapping[str, Path] = TOLD) -> None:
    """Write what jobs before each rule of `told` are told; nothing of one that a run is without."""
    order = [rule.name for rule in workflow.rules]
    for rule, to in told.items():
        if jobs := list(_before(workflow.dag, rule)):
            found = sorted(jobs, key=lambda job: (order.index(job.rule.name), list(job.output)))
            write_json([_job(job) for job in found], to)


def _before(dag: Any, rule: str) -> Iterator[Any]:
    """The jobs that a rule waits for, directly or not."""
    last = [job for job in dag.jobs if job.rule.name == rule]
    yield from (job for job in dag.bfs(dag.dependencies, *last) if job not in last)


def _job(job: Any) -> dict[str, Any]:
    """One job as text: no path of it leads to a place of this machine."""
    code = job.input.get("code")  # Snakemake gives the one file of a name as it is
    return {
        "rule": job.rule.name,
        "does": " ".join((job.rule.docstring or "").split()),
        "wildcards": dict(job.wildcards_dict),
        "inputs": [str(path) for path in job.input if path != code],
        "outputs": [str(path) for path in job.output],
        "code": [] if code is None else list(sources_in(str(code))),
        "spec": spec_of(_spec_word(job)),
        "command": _command(job),
    }


def _command(job: Any) -> str:
    """The command without its log, its spec as a word however long it is; of a path outside the
    study's folder (a key) only its name."""
    log = f" &> {shlex.quote(str(job.log))}"  # a title may hold '&>' as well
    said: str = job.shellcmd.strip().removesuffix(log)
    word = _spec_word(job)
    said = said.replace(shlex.quote(word), shlex.quote(spec_of(word))) if word else said
    for value in map(str, job.params):
        if PurePath(value).is_absolute() or PurePath(value).parts[:1] == ("..",):
            said = said.replace(shlex.quote(value), shlex.quote(f"…/{PurePath(value).name}"))
    return said


def _spec_word(job: Any) -> str:
    """The word of a job's command that stands for what it is told; blank without any."""
    return str(job.params.get("spec", ""))


def rules_of(folder: str) -> list[str]:
    """The Snakefile and the files of rules beside it, relative to their folder."""
    top = Path(folder)
    return ["Snakefile", *sorted(f"rules/{path.name}" for path in top.glob("rules/*.smk"))]
