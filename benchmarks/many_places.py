"""Many places, whole: `make benchmark NAME=many_places`.

`examples/many_places` is made and run from raw files to the report, with 200 sites and each number
of people of SIZES (or those given as arguments). Of every step: seconds of the processor and the
largest memory of one of its jobs (with what it shares with the process that it is a fork of), as
the run itself says them (CESP_MEASURED). A step's time is linear where each further person costs no
more than at the smaller size: its slope between the two larger sizes over that between the two
smaller ones is about 1.

    python benchmarks/many_places.py                    # 2,000, 20,000 and 100,000 people
    python benchmarks/many_places.py 2000 20000 --sites 20 --until results/tables/rates.csv
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIZES = (2_000, 20_000, 100_000)
SLIGHT = 2.0
"""Seconds: steps that take no more at the largest size are not said to be linear or not."""
Taken = dict[str, tuple[float, float]]
"""Step → seconds of all its jobs, and megabytes of the largest."""


def made(folder: Path, people: int, sites: int) -> None:
    """The study of that many people."""
    script = ROOT / "examples/many_places/make.py"
    sizes = ["--people", str(people), "--sites", str(sites)]
    subprocess.run([sys.executable, str(script), "--out", str(folder), *sizes], check=True)


def run(folder: Path, until: list[str]) -> tuple[Taken, float]:
    """Run the study (or as far as these files); what each step took, and seconds by the clock."""
    lines = folder / "measured.jsonl"
    begun = time.perf_counter()
    subprocess.run(
        ["snakemake", "-s", str(ROOT / "Snakefile"), "--directory", str(folder), *until],
        check=True,
        env={**os.environ, "CESP_MEASURED": str(lines)},
        stdout=subprocess.DEVNULL,
    )
    return taken(lines), time.perf_counter() - begun


def taken(lines: Path) -> Taken:
    """What each step took, by the lines that a run wrote."""
    seconds, memory = defaultdict(float), defaultdict(float)
    for line in lines.read_text("utf-8").splitlines():
        words, spent, kilobytes = json.loads(line)
        seconds[called(words)] += spent
        memory[called(words)] = max(memory[called(words)], kilobytes / 1024)
    return {step: (seconds[step], memory[step]) for step in seconds}


def called(words: list[str]) -> str:
    """A job's step; of a figure which kind."""
    return f"draw {words[words.index('--figure') + 1]}" if "--figure" in words else words[0]


def slopes(sizes: list[int], seconds: list[float]) -> list[float]:
    """Seconds of each further 1,000 people, between one size and the next."""
    pairs = zip(pairwise(sizes), pairwise(seconds), strict=True)
    return [1000 * (b - a) / (more - fewer) for (fewer, more), (a, b) in pairs]


def table(sizes: list[int], found: list[Taken]) -> None:
    """Each step's seconds and megabytes, and how its last slope lies to the one before."""
    last = {step: spent for step, (spent, _) in found[-1].items()}
    steps = sorted({step for one in found for step in one}, key=lambda one: -last.get(one, 0.0))
    print("step".ljust(36), *(f"{size:>9,} s {'MB':>6}" for size in sizes), "  slopes' ratio")
    for step in steps:
        own = [one.get(step, (0.0, 0.0)) for one in found]
        cells = [f"{spent:>11.1f} {memory:>6.0f}" for spent, memory in own]
        each = slopes(sizes, [spent for spent, _ in own])
        told = len(each) > 1 and own[-1][0] > SLIGHT and each[0] > 0
        print(step.ljust(36), *cells, f"{each[-1] / each[-2]:>10.2f}" if told else "")


def main() -> None:
    """Print the table and the measures."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("people", type=int, nargs="*", default=SIZES)
    ask.add_argument("--sites", type=int, default=200)
    ask.add_argument("--until", nargs="*", default=[], help="files of the run, not all")
    asked = ask.parse_args()
    found: list[Taken] = []
    for people in asked.people:
        with tempfile.TemporaryDirectory() as name:
            made(Path(name), people, asked.sites)
            own, clock = run(Path(name), asked.until)
        found.append(own)
        total = sum(spent for spent, _ in own.values())
        most = max(memory for _, memory in own.values())
        print(f"measure many_places_{people}_seconds {clock:.0f} s")
        print(f"measure many_places_{people}_cpu_seconds {total:.0f} s")
        print(f"measure many_places_{people}_memory {most / 1024:.2f} GB", flush=True)
    table(list(asked.people), found)
    each = slopes(list(asked.people), [sum(s for s, _ in one.values()) for one in found])
    if len(each) > 1:
        print(f"ratio many_places_linear {each[-1] / each[-2]:.2f}")


if __name__ == "__main__":
    main()
