"""What a run tells the step `trace`, of commands that a test runs itself."""

import shlex
from collections.abc import Iterable, Iterator
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

from cesp_analysis.whole_files import write_json

TOLD = Path(".snakemake/cesp.told.json")
TOLD_PUBLIC = Path(".snakemake/cesp.told_public.json")
AFTER = ("trace", "trace_public", "write", "render", "word", "pdf", "crate", "manifest", "show",
         "explain", "verify", "compare")  # fmt: skip
"""Steps of which no record of provenance speaks."""
TRACE = ["trace", "--told", str(TOLD), "--out", "results/provenance.json"]
TRACE_PUBLIC = [
    "trace_public",
    "--told",
    str(TOLD_PUBLIC),
    "--out",
    "results/public/provenance.json",
]
CRATE = [
    *("crate", "--spec", '{"title":"T","about":"A"}'),
    *("--results", "results", "--files", "results/report/report.json"),
    *("--sources", "data/raw/SOURCES.yaml"),
    *("--workflow", "results/tables/means.csv", "--locks", "results/tables/plan_locks.csv"),
    *("--out", "results/ro-crate-metadata.json"),
]


def write_told(
    commands: Iterable[list[str]], folder: Path = Path(), there: bool = False, to: Path = TOLD
) -> None:
    """Write what each command was told; the first that names a file makes it.

    `there`: they have run, and a file that is not there was made by none. `to`: for which trace.
    """
    jobs: list[dict[str, Any]] = []
    made: set[str] = set()
    for command in commands:
        files = dict.fromkeys(
            word
            for word in (*command, *_drawn(command))
            if word.startswith(("results/", "data/processed/"))
            and Path(word).suffix
            and (not there or (folder / word).exists())
        )
        given = dict(pairwise(command))
        own = [path for path in files if path not in made]
        named = {name: given.get(f"--{name}", "") for name in ("model", "figure")}
        jobs.append(
            {
                "rule": command[0],
                "does": f"Does {command[0]}.",
                "wildcards": {name: value for name, value in named.items() if value},
                "inputs": [path for path in files if path in made],
                "outputs": own,
                "code": ["cesp_analysis/cli.py"],
                "spec": given.get("--spec", ""),
                "command": shlex.join(["cesp", *command]),
            }
        )
        made |= set(own)
    (folder / TOLD).parent.mkdir(exist_ok=True)
    write_json([job for job in jobs if job["outputs"]], folder / to)


def _drawn(command: list[str]) -> Iterator[str]:
    """The pictures of residuals, which the command does not name."""
    if command[0] == "draw_residuals":
        for model in takewhile(lambda word: not word.startswith("--"), command[2:]):
            yield f"results/figures/models/{model}.svg"
