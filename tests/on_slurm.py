"""Simulated trials on a SLURM of four one-core machines: the same bytes as on one machine.

    .ci/slurm up && python tests/on_slurm.py; .ci/slurm down

The root study is run to what planning knows, then copied. One copy simulates its trials on one
core as one part, one on two cores as two parts, one on the cluster as four parts. A fourth is
disturbed on the cluster: the first part that is seen at work is killed with kill -9, and the
machine of another goes away with all that it runs. The table of simulated trials must be the same
bytes in all four. Prints the seconds of each and what a part costs beside its own work. Only
processes that this program or its cluster started are killed. Status 1 if a byte differs, a run
does not end well, or nothing could be killed.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from kill import made_study

ROOT = Path(__file__).resolve().parents[1]
TABLE = "results/tables/planning_trials.csv"
KNOWN = "results/tables/planning_known.csv"
LONGEST = 600.0  # seconds that a run may take
CLUSTER = Path(os.environ.get("CESP_SLURM", f"{tempfile.gettempdir()}/cesp-slurm"))


def command(folder: Path, target: str, *more: str) -> list[str]:
    """Snakemake in a study's folder."""
    own = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    return [*own, "--directory", str(folder), *more, "--", target]


def here(cores: int, parts: int) -> list[str]:
    """Options of a run on this machine."""
    return [
        *("--cores", str(cores), "--workflow-profile", str(ROOT / "profiles" / "default")),
        *("--config", f"planning={{trials: {{parts: {parts}}}}}"),
    ]


def on_cluster(parts: int) -> list[str]:
    """Options of a run on the cluster."""
    return [
        *("--workflow-profile", str(ROOT / "profiles" / "slurm")),
        *("--config", f"planning={{trials: {{parts: {parts}}}}}"),
    ]


def run(arguments: list[str], meanwhile: Callable[[], None] | None = None) -> float:
    """Run it; its seconds. Ends the program with what it said if it ends badly."""
    begun = time.monotonic()
    with tempfile.TemporaryFile("w+") as shown:
        process = subprocess.Popen(arguments, stdout=shown, stderr=subprocess.STDOUT)
        if meanwhile is not None:
            meanwhile()
        try:
            status: int | str = process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            process.terminate()
            status = f"nothing after {LONGEST:.0f} s"
        shown.seek(0)
        if status != 0:
            raise SystemExit(f"ended with {status}:\n{shown.read()}")
    return time.monotonic() - begun


def at_work(folder: Path) -> dict[int, int]:
    """Processes of `cesp simulate_trials` in a study's folder → the SLURM job they belong to."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            inside = (entry / "cwd").resolve() == folder.resolve()
            told = dict(
                one.split(b"=", 1)
                for one in (entry / "environ").read_bytes().split(b"\0")
                if b"=" in one
            )
        except OSError:  # it has ended, or is another's
            continue
        if b"simulate_trials" in words and b"--part" in words and inside:
            found[int(entry.name)] = int(told.get(b"SLURM_JOB_ID", b"0"))
    return found


def waited(folder: Path, besides: frozenset[int] = frozenset()) -> tuple[int, int]:
    """The next process at work and its job, none of `besides` among the jobs."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        for process, job in at_work(folder).items():
            if job not in besides:
                return process, job
        time.sleep(0.1)
    raise SystemExit("nothing was at work on the cluster")


def machine_of(job: int) -> str:
    """The machine of a SLURM job."""
    asked = ["squeue", "-h", "-j", str(job), "-o", "%N"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


def family(process: int) -> list[int]:
    """A process and all that it began."""
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            below.setdefault(parent, []).append(int(entry.name))
    found, todo = [], [process]
    while todo:
        found.append(todo.pop())
        todo += below.get(found[-1], [])
    return found


def gone(machine: str, job: int) -> None:
    """Take a machine away: its daemon, that of its job, all that they began. It says no more."""
    daemon = int((CLUSTER / "run" / f"slurmd.{machine}.pid").read_text())
    asked = ["pgrep", "-f", rf"slurmstepd: \[{job}\."]
    steps = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()
    begun = [one for first in (daemon, *map(int, steps)) for one in family(first)]
    for process in dict.fromkeys(begun):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:  # it went with its parent
            continue


def disturbed(folder: Path) -> Callable[[], None]:
    """Kill a part, then take the machine of another away."""

    def disturb() -> None:
        process, job = waited(folder)
        os.kill(process, signal.SIGKILL)
        print(f"killed: process {process} of job {job}", flush=True)
        other, another = waited(folder, frozenset({job}))
        machine = machine_of(another)
        gone(machine, another)
        print(f"gone: machine {machine} with process {other} of job {another}", flush=True)

    return disturb


def gone_by_log() -> list[str]:
    """What the cluster says of jobs whose machine went away."""
    lines = (CLUSTER / "log" / "slurmctld.log").read_text().splitlines()
    return [line for line in lines if "requeue" in line.lower()]


def main() -> None:
    """Run the four copies, compare, print."""
    with tempfile.TemporaryDirectory() as work:
        base = made_study("root", Path(work) / "known")
        run(command(base, KNOWN, *here(2, 1)))
        plans = {"1 core, 1 part": here(1, 1), "2 cores, 2 parts": here(2, 2)}
        plans |= {"cluster, 4 parts": on_cluster(4), "cluster, disturbed": on_cluster(4)}
        sums, seconds = {}, {}
        for name, options in plans.items():
            folder = Path(work) / name.replace(", ", "_").replace(" ", "_")
            shutil.copytree(base, folder)
            meanwhile = disturbed(folder) if name == "cluster, disturbed" else None
            seconds[name] = run(command(folder, TABLE, *options), meanwhile)
            sums[name] = sha256((folder / TABLE).read_bytes()).hexdigest()
            print(f"{name}: {seconds[name]:.0f} s, {sums[name][:16]}", flush=True)
    if len(set(sums.values())) > 1:
        raise SystemExit(f"the tables differ: {sums}")
    lost = gone_by_log()
    print("\n".join(lost))
    if not lost:
        raise SystemExit("the cluster did not see a machine go away with its job")
    beside = seconds["cluster, 4 parts"] - seconds["2 cores, 2 parts"]
    print(
        f"the same bytes; the cluster's five jobs took {beside:.0f} s longer than two parts on two"
        " cores, with first blocks that several parts made"
    )


if __name__ == "__main__":
    main()
