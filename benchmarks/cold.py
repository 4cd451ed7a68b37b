"""Where a cold run of the root study spends its processor time: `make benchmark NAME=cold`.

The study is run once as people run it; then each of its jobs is made again, one after the other, as
a fork of a process that has imported what jobs need (as in a run), and its processor time is taken.
Jobs whose record the run does not hold (the report's forms, which are made last) are taken from the
commands that Snakemake prints. Prints a line a step, and what is left for Snakemake itself.
"""

import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("Snakefile", "rules", "profiles", "data/raw", "data/unit_costs.csv",
    "config.yaml", "analysis_plan.lock.json",
)  # fmt: skip


def study_in(folder: Path) -> Path:
    """The root study without anything that was made of it."""
    for name in COPIED:
        to = folder / name
        to.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to)
        else:
            shutil.copy(ROOT / name, to)
    return folder


def commands(folder: Path) -> Iterator[list[str]]:
    """The words of every job's command, in an order in which they can be run."""
    snakemake = [sys.executable, "-m", "snakemake", "--workflow-profile", "none", "--cores", "1"]
    shown = subprocess.run(
        [*snakemake, "--directory", str(folder), "--snakefile", str(folder / "Snakefile"),
         "--forceall", "--dry-run", "--printshellcmds"],
        capture_output=True, text=True, check=True, cwd=folder,
    ).stdout  # fmt: skip
    for command in re.findall(r"^ *(?:Shell command: )?(cesp .*?) &> ", shown, re.MULTILINE):
        yield shlex.split(command)[1:]


def seconds_of(words: list[str]) -> float:
    """Processor seconds of one job as a fork."""
    from cesp_analysis.cli import main

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    if (child := os.fork()) == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        status = 1
        try:
            status = main(words)
        finally:
            os._exit(status)
    if status := os.waitpid(child, 0)[1]:
        raise SystemExit(f"cesp {words[0]} ended with {status}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """A line a step: processor seconds, jobs."""
    from cesp_analysis.fork_server import needed

    with tempfile.TemporaryDirectory() as place:
        folder = study_in(Path(place) / "study")
        began = time.perf_counter()
        words = [sys.executable, "-m", "snakemake", "--directory", str(folder)]
        subprocess.run(
            [*words, "--snakefile", str(ROOT / "Snakefile")],
            check=True, capture_output=True, cwd=ROOT,
        )  # fmt: skip
        wall = time.perf_counter() - began
        for module in needed():
            import_module(module)
        os.chdir(folder)
        taken, jobs = Counter[str](), Counter[str]()
        for job in commands(folder):
            taken[job[0]] += seconds_of(job)
            jobs[job[0]] += 1
        os.chdir(ROOT)
    for step, seconds in taken.most_common():
        print(f"{step:24} {jobs[step]:4d} jobs {seconds:7.2f} s")
    print(f"{'all jobs':24} {jobs.total():4d} jobs {taken.total():7.2f} s")
    print(f"measure cold_run {wall:.1f} s")
    print(f"measure cold_jobs {taken.total():.1f} cpu-s")


if __name__ == "__main__":
    main()
