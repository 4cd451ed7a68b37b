"""Feasibility of the root study: `make benchmark NAME=feasibility_root`.

The study is run up to what the steps read; then the steps themselves, one after the other in one
process, by the rules' own commands, imports counted. `measure` is given no estimates: models are
no part of it.
"""

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STEPS = ("contamination", "flow", "baseline", "rates", "progression", "fidelity", "dose",
         "activity", "measure")  # fmt: skip
TABLES = [f"results/tables/{name}.csv" for name in STEPS[:-1]]
MEASURED = "results/tables/measurability.csv"


def main() -> None:
    """Print the seconds of all steps."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("config.yaml", "analysis_plan.lock.json"):
            shutil.copy(ROOT / part, folder)
        leave = shutil.ignore_patterns("processed")
        shutil.copytree(ROOT / "data", folder / "data", ignore=leave)
        _snakemake(folder, *TABLES)
        made = commands(_snakemake(folder, "-n", "-p", "--forceall", *TABLES, MEASURED))
        with contextlib.chdir(folder):
            began = time.perf_counter()
            from cesp_analysis.cli import main as cesp

            seconds = {}
            assert cesp(["collect", "--out", "results/tables/estimates.csv"]) == 0
            for step in STEPS:
                since = time.perf_counter()
                assert cesp(made[step]) == 0, step
                seconds[step] = time.perf_counter() - since
            whole = time.perf_counter() - began
    said = ", ".join(f"{step} {took:.1f}" for step, took in seconds.items())
    print(f"steps of the root study, seconds: {said}")
    print(f"measure feasibility_root_seconds {whole:.2f} s")


def _snakemake(folder: Path, *words: str) -> str:
    command = ["snakemake", "-s", str(ROOT / "Snakefile"), "-d", str(folder), "--cores", "2"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [*command, *words],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
    )
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout + done.stderr


def commands(printed: str) -> dict[str, list[str]]:
    """Step → its arguments, of the shell commands that snakemake printed."""
    found = {}
    for line in printed.splitlines():
        if told := re.match(r"\s*cesp (\w+) (.*) &> \S+$", line):
            found[told[1]] = [told[1], *shlex.split(told[2])]
    return found


if __name__ == "__main__":
    main()
