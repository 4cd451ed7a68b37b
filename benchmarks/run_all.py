"""Run the benchmarks one after another and write docs/performance.md: `make benchmarks`.

What was measured of this version on this machine is not measured again, so that a run that was
stopped goes on; `--again` measures anew, `--only NAME …` some, `--simulations` also those that
write tables of docs/validation.md (hours), `--page` nothing: it writes the page from what was
measured. A benchmark that fails is told at the end and on the page; the others go on.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path

import goals
import measured
import performance_page

HERE = Path(__file__).resolve().parent
HOURS = 6
"""After so long one is stopped and counts as failed."""


def main(words: Sequence[str] | None = None) -> int:
    """Run what is asked for; 1 if one failed."""
    asked = _parser().parse_args(words)
    names = [] if asked.page else chosen(asked.only, asked.simulations, asked.again)
    failed = []
    for at, name in enumerate(names, 1):
        print(f"== {name} ({at} of {len(names)})", flush=True)
        found = once(HERE / f"{name}.py")
        measured.write(measured.kept(measured.read(), name, found))
        performance_page.write()
        failed += [f"{name}: {one.unit}" for one in found if one.measure == measured.FAILED]
    performance_page.write()
    print("\n".join(["docs/performance.md is written", *[f"failed: {line}" for line in failed]]))
    return 1 if failed else 0


def chosen(only: Collection[str], simulations: bool, again: bool) -> list[str]:
    """Names of what is to be run, in the table's order.

    Raises SystemExit: a name that there is not.
    """
    known = [*goals.declared(), *goals.simulations()]
    if unknown := sorted(set(only) - set(known)):
        raise SystemExit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(known)}")
    if only:
        return [name for name in known if name in only]
    names = known if simulations else list(goals.declared())
    done = set() if again else measured_here()
    return [name for name in names if name not in done]


def measured_here() -> set[str]:
    """What was measured of this version on this machine, and did not fail."""
    here = (measured.project(), measured.machine())
    lines = measured.read()
    failed = {one.benchmark for one in lines if one.measure == measured.FAILED}
    return {one.benchmark for one in lines if (one.project, one.machine) == here} - failed


def once(script: Path) -> list[measured.Found]:
    """Run one in a process of its own, as `make benchmark` does; what it found."""
    started, load = time.perf_counter(), measured.load_now()
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    printed, failure = "", ""
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=HERE.parent,
    ) as process:
        try:
            printed, said = process.communicate(timeout=HOURS * 3600)
        except subprocess.TimeoutExpired:
            process.kill()
            printed, said = process.communicate()
            failure = f"stopped after {HOURS} hours"
    if process.returncode and not failure:
        last = said.strip().splitlines()[-1:] or [f"ended with {process.returncode}"]
        failure = last[0].replace(f"{HERE.parent}/", "")
    print(f"{printed}{said}({time.perf_counter() - started:.0f} s)", flush=True)
    return measured.told(script.stem, printed, load, failure)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=(), metavar="NAME")
    for name in ("again", "simulations", "page"):
        parser.add_argument(f"--{name}", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
