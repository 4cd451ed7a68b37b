"""What the terminal shows, read as a person would."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from running import environment

RULES = '''
rule all:
    input: "a.txt", "b.txt", "c.txt", "d.txt"


rule make:
    """Make one thing; not two."""
    output: "{name}.txt"
    params: spec=lambda wildcards: '{{"colour":"{}"}}'.format(config.get("colour", "red"))
    log: "logs/{name}.log"
    shell: "echo {params.spec:q} > /dev/null; echo 'made {wildcards.name}' > {log}; %s"
'''
FINE = "touch {output}"
ROOT = Path(__file__).resolve().parents[2]


def snakefile(folder: Path, command: str = FINE) -> Path:
    """A workflow of four jobs."""
    (folder / "Snakefile").write_text(RULES % command, encoding="utf-8")
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Snakemake with the project's display; stdout and stderr together."""
    command = [sys.executable, "-m", "snakemake", "--logger", "cesp", "--cores", "1", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(ROOT) | {"NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_a_run_can_be_followed_and_then_there_is_nothing_to_do(tmp_path: Path) -> None:
    done = run(snakefile(tmp_path))
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert lines[0] == "4 jobs to run"
    assert [line.split()[:4] for line in lines[1:5]] == [
        [f"{i}", "of", "4", "make"] for i in (1, 2, 3, 4)
    ]
    assert "Make one thing" in lines[1]
    assert lines[-1].startswith("4 of 4 jobs done in")
    assert "\033" not in done.stdout and "made" not in done.stdout
    again = run(tmp_path)
    assert again.stdout.splitlines()[-1] == "nothing to do: everything is up to date"


def test_few_jobs_end_with_what_they_said(tmp_path: Path) -> None:
    done = run(snakefile(tmp_path), "a.txt")
    assert done.stdout.splitlines()[-1] == "made a"


@pytest.mark.parametrize("going_on", [True, False])
def test_the_message_of_a_failed_job_is_last(tmp_path: Path, going_on: bool) -> None:
    command = "echo 'x.csv: line 3: bad' > {log}; echo 'y.csv: worse' >> {log}; exit 1"
    done = run(snakefile(tmp_path, command), *(["--keep-going"] if going_on else []))
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[-2:] == ["x.csv: line 3: bad", "y.csv: worse"]
    assert done.stdout.count("y.csv: worse") == (4 if going_on else 1)
    assert "WorkflowError" not in done.stdout and "Complete log" not in done.stdout
    (log,) = (tmp_path / ".snakemake" / "log").iterdir()
    assert "Error in rule make" in log.read_text(encoding="utf-8")


def test_a_job_without_a_message_shows_its_command_and_code(tmp_path: Path) -> None:
    done = run(snakefile(tmp_path, "rm {log}; exit 7"), "a.txt")
    assert "exit code 7" in done.stdout and "rm logs/a.log" in done.stdout.splitlines()[-1]


def test_a_dry_run_says_why_with_old_and_new_settings(tmp_path: Path) -> None:
    run(snakefile(tmp_path), "a.txt")
    done = run(tmp_path, "--dry-run", "--config", "colour=blue", "--", "a.txt")
    assert 'colour "red" → "blue"' in done.stdout
    assert done.stdout.splitlines()[-1] == "1 job would run"


def test_a_fault_in_the_snakefile_is_shown(tmp_path: Path) -> None:
    (tmp_path / "Snakefile").write_text("rule all:\n    inptu: 'x'\n", encoding="utf-8")
    done = run(tmp_path)
    assert done.returncode == 1 and "inptu" in done.stdout


def test_on_a_terminal_a_line_says_what_runs(tmp_path: Path) -> None:
    snakefile(tmp_path, "sleep 0.3; " + FINE)
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "snakemake", "--logger", "cesp", "--cores", "1", "a.txt"]
    shown = b""
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(ROOT), stdout=child, stderr=child, close_fds=True
    ) as process:
        os.close(child)
        try:
            while part := os.read(parent, 4096):
                shown += part
        except OSError:  # Linux: the terminal's other end is closed
            pass
        process.wait()
    os.close(parent)
    assert process.returncode == 0
    assert b"running: make a" in shown and b"\r" in shown
