"""Running Snakemake on a copy of a study, as a person would."""

import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import imported_once
from forks import forked

ROOT = Path(__file__).resolve().parents[2]
JOB = re.compile(r"^(?:local)?rule (\w+):$")


def copy_of_study(study: Path, to: Path) -> Path:
    """A study's own files (config.yaml, raw data, those beside them), nothing that rules made."""
    (to / "data").mkdir(parents=True)
    shutil.copytree(study / "data" / "raw", to / "data" / "raw")
    for name in (
        "config.yaml",
        "expected.csv",
        "data/unit_costs.csv",
        "data/inferences.csv",
        "data/context_events.csv",
    ):
        if (study / name).exists():
            shutil.copy(study / name, to / name)
    return to


def copy_of_program(to: Path) -> Path:
    """Snakefile, rules, profiles and source: a checkout that a test may edit."""
    to.mkdir(parents=True)
    shutil.copy(ROOT / "Snakefile", to)
    for name in ("rules", "profiles", "src"):
        shutil.copytree(ROOT / name, to / name)  # with bytecode: files keep their times
    return to


def command(program: Path, study: Path, *arguments: str, plain: bool = False) -> list[str]:
    """The command line; `plain` uses Snakemake's own log instead of the project's."""
    profile = ["--workflow-profile", "none"] if plain else [
        "--workflow-profile", str(program / "profiles" / "default")
    ]  # fmt: skip
    cores = ["--cores", "2"] if "--cores" not in arguments else []
    return [
        *(sys.executable, "-m", "snakemake", "--snakefile", str(program / "Snakefile")),
        *("--directory", str(study), *profile, *cores, "--scheduler", "greedy", *arguments),
    ]


def environment(program: Path) -> dict[str, str]:
    """The environment in which `program`'s own source is imported."""
    return os.environ | {"PYTHONPATH": str(program / "src")}


def snakemake(
    program: Path, study: Path, *arguments: str, plain: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run Snakemake and return what the terminal shows (stderr within stdout)."""
    dry = "--dry-run" in arguments or "--list" in arguments
    return imported_once.run(
        program,
        command(program, study, *arguments, plain=plain),
        environment(program) | ({} if dry else forked(program)),
    )


def would_run(program: Path, study: Path, *targets: str) -> list[str]:
    """Rules (with the wildcard's value) that a dry run names, sorted."""
    done = snakemake(program, study, "--dry-run", *targets, plain=True)
    assert done.returncode == 0, done.stdout
    jobs: list[str] = []
    for line in done.stdout.splitlines():
        if found := JOB.match(line):
            jobs.append(found[1])
        elif line.startswith("    wildcards:") and jobs:
            jobs[-1] += " " + line.split("=", 1)[1]
    return sorted(set(jobs) - {"all"})


def checksums(study: Path) -> dict[str, str]:
    """Every result and processed file → its checksum; logs hold times and are left out."""
    made = [*(study / "results").rglob("*"), *(study / "data" / "processed").rglob("*")]
    return {
        str(path.relative_to(study)): sha256(path.read_bytes()).hexdigest()
        for path in made
        if path.is_file() and "logs" not in path.parts
    }
