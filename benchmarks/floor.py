"""How far the whole root study is from the least it could cost: `make benchmark NAME=floor`.

The floor is the same DAG, run by the same Snakemake on 2 cores, in which each job is a Python that
only imports the third-party modules that its step's own code names, reads the job's input files and
writes the job's output files (copied from a finished run). Our jobs are forks of a process that has
imported (`cesp_analysis.forks`), so the ratio can be below 1. Both sides are run cold, in turn,
twice; the smaller time of each counts. Prints the floor's modules and seconds by step, and our time
with each job a Python of its own.
"""

import ast
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HOW, APART = "CESP_JOBS", "apart"

FLOOR_CLI = '''
"""The floor of a job: imports, reads, writes, nothing else."""
import json, os, shutil, sys, time
from importlib import import_module
from pathlib import Path

from cesp_analysis.steps import STEPS


def run():
    started = time.perf_counter()
    step, *words = sys.argv[1:]
    floor = json.loads(Path(os.environ["FLOOR"]).read_text())
    said = " ".join(words) if step == "fit" else ""
    jobs = floor["jobs"]
    kind = next((word for word in floor["kinds"] if f'"kind":"{word}"' in said), "")
    for name in floor["modules"][step] + floor["modules"].get(kind, []):
        import_module(name)
    finished = Path(os.environ["FINISHED"])
    for word in words:
        path = Path(word)
        if word.startswith("{") or len(word) > 200:
            continue
        if path.is_file():
            path.read_bytes()
        elif path.is_dir():
            [part.read_bytes() for part in path.rglob("*.parquet")]
        into_a_folder = words[words.index(word) - 1] == "--out" and word not in jobs
        for made in jobs[step] if into_a_folder else jobs.get(word, []):
            to = Path(made)
            if not to.exists():
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(finished / made, to)
    with open(os.environ["FLOOR_LOG"], "a") as log:
        log.write(f"{step} {time.perf_counter() - started:.3f}\\n")
'''


def third_party(path: Path) -> set[str]:
    """Third-party modules that one source file imports when it runs, also inside functions."""
    names: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
        waiting += ast.iter_child_nodes(node)
    own = sys.stdlib_module_names | {"cesp_analysis", "yaml", "pydantic"}
    light = {name for name in names if name.split(".")[0] in {"yaml", "pydantic"}}
    return {name for name in names if name.split(".")[0] not in own} | light


def modules_by_step() -> dict[str, list[str]]:
    """Step (and model kind) → the third-party modules its own source files name."""
    from cesp_analysis.models.kinds import KINDS, module_of
    from cesp_analysis.report.write import section_modules
    from cesp_analysis.rerun import code_of
    from cesp_analysis.steps import STEPS

    def named(files: list[str]) -> list[str]:
        sources = [Path(file) for file in files if file.endswith(".py")]
        return sorted({name for source in sources for name in third_party(source)})

    found = {step: named(code_of(step)) for step in STEPS}
    found["write"] = named(code_of("write", *section_modules()))
    base = set(found["fit"])
    for kind in KINDS:
        found[kind] = sorted(set(named(code_of("fit", module_of(kind)))) - base)
    return found


def jobs_of(study: Path) -> dict[str, list[str]]:
    """Each file that a finished run made, and each rule → what the same job made."""
    command = [sys.executable, "-m", "snakemake", "--detailed-summary"]
    environment = os.environ | {"PYTHONPATH": str(study / "src")}
    done = subprocess.run(
        command, cwd=study, env=environment, capture_output=True, text=True, check=True
    )
    jobs: dict[str, list[str]] = {}
    for row in csv.DictReader(io.StringIO(done.stdout), delimiter="\t"):
        jobs.setdefault(row["log-file(s)"], []).append(row["output_file"])
        jobs[row["rule"]] = jobs[row["log-file(s)"]]
    return jobs | {file: made for made in jobs.values() for file in made}


def checkout(to: Path) -> Path:
    """Program and root study, nothing that rules made."""
    to.mkdir()
    for name in ("Snakefile", "config.yaml"):
        shutil.copy(ROOT / name, to)
    for name in ("rules", "profiles", "src"):
        shutil.copytree(ROOT / name, to / name)
    shutil.copytree(ROOT / "data", to / "data", ignore=shutil.ignore_patterns("processed"))
    return to


def floor_checkout(to: Path) -> Path:
    """The same, its command line replaced by the floor's."""
    checkout(to)
    package = to / "src" / "cesp_analysis"
    cli = package / "cli.py"
    cli.write_text(FLOOR_CLI, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(to / "src")], check=True)
    return to


def seconds_of(folder: Path, extra: dict[str, str], *arguments: str) -> float:
    """Wall seconds of Snakemake in a checkout."""
    environment = os.environ | {"PYTHONPATH": str(folder / "src")} | extra
    started = time.perf_counter()
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return time.perf_counter() - started


def main() -> None:
    """Run both sides in turn and print the ratio."""
    from cesp_analysis.models.kinds import KINDS

    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        floor: dict[str, Any] = {"modules": modules_by_step(), "kinds": list(KINDS)}
        ours, least, apart = list[float](), list[float](), list[float]()
        for turn in range(2):
            study = checkout(work / f"ours{turn}")
            subprocess.run(
                [sys.executable, "-m", "compileall", "-q", str(study / "src")], check=True
            )
            ours.append(seconds_of(study, {}))
            again = seconds_of(study, {})
            floor["jobs"] = jobs_of(study)
            (work / "floor.json").write_text(json.dumps(floor), encoding="utf-8")
            bare = floor_checkout(work / f"floor{turn}")
            log = work / f"log{turn}"
            paths = {"FLOOR": work / "floor.json", "FINISHED": study, "FLOOR_LOG": log}
            told = {key: str(path) for key, path in paths.items()} | {HOW: APART}
            least.append(seconds_of(bare, told))
            shutil.rmtree(study / "results")
            shutil.rmtree(study / "data" / "processed")
            apart.append(seconds_of(study, {HOW: APART}))
        by_step: dict[str, list[float]] = {}
        for line in log.read_text(encoding="utf-8").splitlines():
            step, spent = line.split()
            by_step.setdefault(step, []).append(float(spent))
        for step, spent in by_step.items():
            modules = ", ".join(floor["modules"][step])
            print(f"{step:12} {len(spent):3} jobs  {sum(spent):6.2f} s  {modules}")
    print(f"measure study_seconds {min(ours):.1f} s")
    print(f"measure study_with_jobs_apart_seconds {min(apart):.1f} s")
    print(f"measure floor_seconds {min(least):.1f} s")
    print(f"measure nothing_to_do_seconds {again:.1f} s")
    print(f"ratio study_vs_floor {min(ours) / min(least):.2f}")


if __name__ == "__main__":
    main()
