"""What a run that was killed leaves behind is no hindrance to the next, and does not stay."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from running import ROOT, environment

TAKE = "from cesp_analysis.errors import CespError\nfrom cesp_analysis.lock import hold_folder\n"
SAY = (
    "try: hold_folder()\nexcept CespError as error: print(error)\nelse: print('held', flush=True)\n"
)


def takes(folder: Path) -> str:
    """What a run that wants the folder says."""
    done = subprocess.run(
        [sys.executable, "-c", TAKE + SAY],
        cwd=folder,
        env=environment(ROOT),
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_parts_of_killed_steps_are_removed_and_nothing_else(tmp_path: Path) -> None:
    kept = ["results/tables/a.csv", "results/.hidden", "data/raw/.x.csv.abc.part", "notes.part"]
    parts = ["results/figures/.a.png.k3_x.part", "data/processed/records/.b.parquet.y.part"]
    for name in (*kept, *parts):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("half")
    assert takes(tmp_path) == "held"
    assert [name for name in (*kept, *parts) if (tmp_path / name).exists()] == kept


def test_the_lock_of_a_killed_run_is_free(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", TAKE + SAY + "input()"],
        cwd=tmp_path,
        env=environment(ROOT),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None and run.stdout.readline() == "held\n"
        assert takes(tmp_path).startswith("this study is being run already")
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
    assert (tmp_path / ".snakemake/cesp.lock").exists()
    assert takes(tmp_path) == "held"


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / ".snakemake").write_text("a file where the folder should be")
    line = takes(tmp_path)
    assert line.startswith(".snakemake: cannot be written to (") and "may write" in line


def test_a_folder_whose_list_of_steps_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / ".snakemake/cesp.steps").mkdir(parents=True)
    line = takes(tmp_path)
    assert line.startswith(".snakemake: cannot be written to (") and "may write" in line
    done = subprocess.run(
        [sys.executable, "-c", "from cesp_analysis.cli import run; run()"],
        cwd=tmp_path,
        env=environment(ROOT),
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("usage: cesp STEP") and done.stderr == ""
