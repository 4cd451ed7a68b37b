"""Kill -9 at a random moment, run again, compare every file byte by byte with an undisturbed run.

    python tests/kill.py --study small --repeats 100 --seed 1

The undisturbed run has one core, all others two. Each repeat begins in a fresh folder. The moments
are spread evenly over the length of a run; of three repeats one kills Snakemake with all its jobs,
one Snakemake alone, whose jobs go on, and one kills all twice: the resumed run too. Nothing is
tidied by hand before the run is started again. Only processes that this program started are killed.
Status 1 if a byte differs, a file is too many or absent, or a second run does not end well.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from small_study import Study

ROOT = Path(__file__).resolve().parents[1]
KEPT = ("results", "data/processed")
LONGEST = 600.0  # seconds that a run which was not killed may take


@dataclass(frozen=True)
class End:
    """How a run ended: its status (below 0: killed), its length, what the terminal showed."""

    status: int
    seconds: float
    shown: str


def made_study(which: str, folder: Path) -> Path:
    """A fresh folder with a study: `small`, `root`, or a path of one."""
    if which == "small":
        folder.mkdir(parents=True)
        Study(folder).write()
        return folder
    source = ROOT if which == "root" else Path(which)
    shutil.copytree(source / "data" / "raw", folder / "data" / "raw")
    for own in (*source.glob("*.yaml"), *source.glob("*.csv"), *source.glob("data/*.csv")):
        shutil.copy(own, folder / own.relative_to(source))
    return folder


def run(folder: Path, kill_after: float | None = None, alone: bool = False, cores: int = 2) -> End:
    """Run Snakemake; kill it after so many seconds with all its jobs, or `alone`."""
    command = [
        *(sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")),
        *("--directory", str(folder), "--cores", str(cores)),
        *("--workflow-profile", str(ROOT / "profiles" / "default")),
    ]
    begun = time.monotonic()
    with tempfile.TemporaryFile("w+") as shown:
        process = subprocess.Popen(
            command,
            env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
            stdout=shown,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a process group of its own, with its jobs
        )
        try:
            process.wait(LONGEST if kill_after is None else kill_after)
        except subprocess.TimeoutExpired:
            if alone and kill_after is not None:
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shown.seek(0)
        return End(process.returncode, time.monotonic() - begun, shown.read())


def bytes_of(folder: Path) -> dict[str, str]:
    """Every file that a run made, hidden ones and logs too → its checksum."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for top in KEPT
        for path in sorted((folder / top).rglob("*"))
        if path.is_file()
    }


def differences(expected: dict[str, str], found: dict[str, str]) -> Iterator[str]:
    """A line for each file that is too many, absent or another."""
    for path in sorted(expected.keys() | found.keys()):
        if expected.get(path) != found.get(path):
            how = "too many" if path not in expected else "absent" if path not in found else "other"
            yield f"{path}: {how}"


@dataclass
class Proof:
    """A study, its undisturbed run, and how often a killed one was compared with it."""

    which: str
    work: Path
    random: random.Random

    def __post_init__(self) -> None:
        folder = made_study(self.which, self.work / "undisturbed")
        whole = run(folder, cores=1)
        if whole.status != 0:
            raise SystemExit(f"the undisturbed run ended with {whole.status}:\n{whole.shown}")
        self.expected = bytes_of(folder)
        self.seconds = 0.7 * whole.seconds  # about what two cores take

    def repeat(self, number: int) -> tuple[str, list[str]]:
        """Kill one run, run again: a line that tells of it, and what is wrong."""
        folder = self.work / f"killed {number}"
        alone, twice = number % 3 == 1, number % 3 == 2
        while True:
            made_study(self.which, folder)
            moment = self.random.uniform(0, self.seconds)
            killed = run(folder, moment, alone)
            if killed.status < 0:
                break
            self.seconds = killed.seconds  # it had ended: runs are shorter than was thought
            shutil.rmtree(folder)
        before = bytes_of(folder)
        if twice:  # unless it ended before
            run(folder, self.random.uniform(0, self.seconds - moment))
        parts = sum(Path(path).name.startswith(".") for path in before)
        again = run(folder)
        wrong = list(differences(self.expected, bytes_of(folder)))
        if again.status != 0:
            wrong.insert(0, f"the second run ended with {again.status}:\n{again.shown}")
        target = "snakemake alone" if alone else "all, twice," if twice else "all"
        told = (
            f"{number}: {target} killed at {moment:.2f} s; {len(before)} files there,"
            f" {parts} of them parts; resumed in {again.seconds:.1f} s"
        )
        if not wrong:
            shutil.rmtree(folder)
        return told, wrong


def main() -> int:
    """Repeat, tell of each, and count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--study", default="small", help="small, root, or a study's folder")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="an empty folder to work in, kept with all runs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kill ") as temporary:
        proof = Proof(given.study, given.keep or Path(temporary), random.Random(given.seed))
        print(
            f"undisturbed: {len(proof.expected)} files in {proof.seconds:.1f} s, seed {given.seed}",
            flush=True,
        )
        failed = 0
        for number in range(given.repeats):
            told, wrong = proof.repeat(number)
            print("\n  ".join([told, *wrong]), flush=True)
            failed += bool(wrong)
    print(f"{given.repeats - failed} of {given.repeats} killed runs came to the same bytes")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
