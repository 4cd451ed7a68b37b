"""What was measured, when and where: measured.csv, a line a number; the latest of each is kept."""

import csv
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

FILE = Path(__file__).resolve().with_name("measured.csv")
PACKAGES = ("numpy", "scipy", "pandas", "pyarrow", "snakemake", "pyfixest", "mixedlm", "moderndid")
R_PACKAGES = ("lme4", "pbkrtest", "nlme", "survey", "mice", "boot", "psych")
FAILED = "failed"
LINE = re.compile(r"^(?:ratio|measure) (\S+) (-?[\d.]+(?:e-?\d+)?)(?: (.*))?$")


@dataclass(frozen=True)
class Found:
    """One number, or one failure: then `measure` is 'failed' and `unit` says what it ended with.

    load: share of the cores that others used just before it began.
    """

    benchmark: str
    measure: str
    value: str
    unit: str
    date: str
    load: str
    project: str
    machine: str
    versions: str


def read(path: Path = FILE) -> list[Found]:
    """All that was measured; nothing where nothing was."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [Found(**row) for row in csv.DictReader(stream)]


def kept(old: Iterable[Found], benchmark: str, new: Iterable[Found]) -> list[Found]:
    """Old and new lines: those of one benchmark in place of what it said before. A benchmark that
    failed keeps the numbers it had, beside the failure."""
    new = list(new)
    failed = any(one.measure == FAILED for one in new)
    again = {one.measure for one in new}
    stay = [
        one
        for one in old
        if one.benchmark != benchmark
        or (failed and one.measure not in again and one.measure != FAILED)
    ]
    return sorted([*stay, *new], key=lambda one: one.benchmark)


def write(lines: Iterable[Found], path: Path = FILE) -> None:
    """Write the table, whole or not at all."""
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [f.name for f in fields(Found)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(one) for one in lines)
    part.replace(path)


def numbers(printed: str) -> list[tuple[str, str, str]]:
    """(name, value, unit) of the lines that a benchmark prints for others to read."""
    found = (LINE.match(line) for line in printed.splitlines())
    return [(one[1], one[2], one[3] or "") for one in found if one]


def told(benchmark: str, printed: str, load: float, failure: str = "") -> list[Found]:
    """The lines of one run; `failure`: what it ended with, if it did not end well."""
    rows = numbers(printed)
    if failure or not rows:
        rows.append((FAILED, "", failure or "ended without a number"))
    today = datetime.now().astimezone().date().isoformat()
    where = (today, f"{load:.1f}", project(), machine(), versions())
    return [Found(benchmark, *row, *where) for row in rows]


def load_now() -> float:
    """Share of the cores that others use, over two seconds in which nothing is measured yet."""
    return psutil.cpu_percent(interval=2.0) / 100


def project() -> str:
    """The version that was measured: the project's, and the commit's first eight digits."""
    words = ["git", "-C", str(FILE.parent), "rev-parse", "--short=8", "HEAD"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return " ".join([version("cesp-analysis"), done.stdout.strip()]).strip()


def machine() -> str:
    """Processor, cores, memory, system."""
    info = Path("/proc/cpuinfo")
    text = info.read_text(encoding="utf-8") if info.exists() else ""
    model = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    name = model[1] if model else platform.processor() or platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = f"{os.cpu_count()} cores"
    return f"{name}, {cores}, {memory:.0f} GB, {platform.system()} {platform.machine()}"


def versions() -> str:
    """Python, packages and R with its packages, as far as they are there."""
    found = [f"Python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join([*found, *_of_r()])


def _of_r() -> list[str]:
    names = ", ".join(f'"{name}"' for name in R_PACKAGES)
    code = (
        f'cat("R", as.character(getRversion()), "\\n"); for (p in c({names}))'
        ' if (nzchar(system.file(package = p))) cat(p, as.character(packageVersion(p)), "\\n")'
    )
    try:
        done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return []
    return [line.strip() for line in done.stdout.splitlines()]


if __name__ == "__main__":
    sys.stdout.write(f"{machine()}\n{versions()}\n")
