"""Jobs as forks: same bytes, the code that the files hold, and an end for everybody."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from forks import serving
from running import ROOT, command, copy_of_program, environment

from cesp_analysis.fork_server import LIBRARIES, needed
from cesp_analysis.forks import HOW, LOST, WHERE, asked, begin_forks
from cesp_analysis.models.kinds import KINDS
from cesp_analysis.steps import STEPS
from small_study import Study

CESP = [sys.executable, "-c", "from cesp_analysis.cli import run; run()"]
LONG = 600.0  # seconds after which a process that should have ended has not


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return copy_of_program(tmp_path / "program")


@pytest.fixture
def server(program: Path, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    process = serving(program, str(tmp_path / "forks"))
    yield process
    process.communicate()


def job(program: Path, address: Path, *words: str) -> "subprocess.Popen[str]":
    known = environment(program) | {WHERE: str(address)}
    return subprocess.Popen([*CESP, *words], env=known, text=True, stdout=subprocess.PIPE)


def status(job: "subprocess.Popen[str]") -> int:
    """How a job ended."""
    job.communicate(timeout=LONG)
    return job.returncode


def ended(condition: object) -> bool:
    """Whether `condition()` comes true in time."""
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


def test_a_fork_runs_what_the_files_hold_now(
    program: Path, tmp_path: Path, server: "subprocess.Popen[bytes]"
) -> None:
    overview = program / "src/cesp_analysis/cli.py"
    first = job(program, tmp_path / "forks", "--help").communicate()[0]
    assert first.startswith("usage: cesp STEP")
    overview.write_text(overview.read_text().replace("usage: cesp STEP", "usage: another STEP"))
    assert job(program, tmp_path / "forks", "--help").communicate()[0].startswith("usage: another")


def test_status_and_message_are_those_of_the_job(
    program: Path, tmp_path: Path, server: "subprocess.Popen[bytes]"
) -> None:
    assert status(job(program, tmp_path / "forks", "no-such-step")) == 2
    assert status(job(program, tmp_path / "forks", "account", "--paths", "{}")) == 2
    assert status(job(program, tmp_path / "forks")) == 2


def test_a_module_that_is_broken_stops_no_job_that_does_without_it(
    program: Path, tmp_path: Path
) -> None:
    """Two imports ahead fail, then even what names the modules: forks are there for who asks."""
    forks = program / "src/cesp_analysis/fork_server.py"
    text = forks.read_text()
    ahead = 'def needed() -> "Iterator[str]":\n'
    broken = (
        '    yield from ("cesp_analysis.broken", "cesp_analysis.not_there")\n    open("nowhere")\n'
    )
    assert ahead in text
    forks.write_text(text.replace(ahead, ahead + broken))
    (program / "src/cesp_analysis/broken.py").write_text("def broken(:\n")
    process = serving(program, str(tmp_path / "forks"))
    for _ in range(2):
        assert job(program, tmp_path / "forks", "--help").communicate()[0].startswith("usage: cesp")
    assert process.poll() is None
    process.communicate()


SLEEPER = '''

def sleeper() -> None:
    """Sleep where everybody sees it."""
    import os
    import time

    with open("sleeper", "w") as file:
        file.write(str(os.getpid()))
    os.rename("sleeper", "asleep")
    time.sleep(600)
'''


@pytest.fixture
def asleep(program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A program with a step that sleeps; its file says in which process."""
    source = program / "src/cesp_analysis/steps.py"
    text, first = source.read_text(), "STEPS: dict[str, str] = {"
    assert first in text
    entry = '"sleeper": "cesp_analysis.sleeper:sleeper",'
    source.write_text(text.replace(first, f"{first}\n    {entry}"))
    (program / "src/cesp_analysis/sleeper.py").write_text('"""A step."""' + SLEEPER)
    monkeypatch.chdir(tmp_path)
    yield tmp_path / "asleep"
    if (tmp_path / "asleep").exists() and running(number := int((tmp_path / "asleep").read_text())):
        os.kill(number, signal.SIGKILL)


def running(process: int) -> bool:
    """Whether a process is there and is no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_killed_fork_ends_its_command_as_a_killed_job_would(
    program: Path, tmp_path: Path, asleep: Path
) -> None:
    process = serving(program, str(tmp_path / "forks"))
    waiting = job(program, tmp_path / "forks", "sleeper")
    assert ended(asleep.exists)
    os.kill(int(asleep.read_text()), signal.SIGKILL)
    assert status(waiting) == 128 + signal.SIGKILL
    process.communicate()


def test_a_fork_ends_with_who_asked_for_it(program: Path, tmp_path: Path, asleep: Path) -> None:
    process = serving(program, str(tmp_path / "forks"))
    waiting = job(program, tmp_path / "forks", "sleeper")
    assert ended(asleep.exists)
    waiting.kill()
    waiting.communicate()
    assert ended(lambda: not running(int(asleep.read_text())))
    assert status(job(program, tmp_path / "forks", "no-such-step")) == 2  # others are served still
    process.communicate()


def test_forks_outlive_the_process_and_who_asked_is_told_that_nobody_knows(
    program: Path, tmp_path: Path, asleep: Path
) -> None:
    process = serving(program, str(tmp_path / "forks"))
    waiting = job(program, tmp_path / "forks", "sleeper")
    assert ended(asleep.exists)
    process.kill()
    assert waiting.wait(LONG) == LOST
    fork = int(asleep.read_text())
    assert running(fork)
    os.kill(fork, signal.SIGKILL)
    waiting.communicate()
    process.communicate()


def test_the_process_ends_with_its_standard_input(tmp_path: Path) -> None:
    process = serving(ROOT, str(tmp_path / "forks"))
    process.communicate()  # closes it
    assert process.returncode == 0


def test_without_a_process_a_command_runs_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(WHERE, raising=False)
    assert asked(["--help"]) is None
    monkeypatch.setenv(WHERE, str(tmp_path / "nobody"))
    assert asked(["--help"]) is None
    assert status(job(ROOT, tmp_path / "nobody", "no-such-step")) == 2


def test_nobody_else_may_ask(tmp_path: Path) -> None:
    process = serving(ROOT, str(tmp_path / "forks"))
    assert stat.S_IMODE((tmp_path / "forks").stat().st_mode) == 0o600
    process.communicate()


def test_who_asks_and_goes_or_says_nothing_sensible_stops_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = serving(ROOT, str(tmp_path / "forks"))
    for said in (b"", (5).to_bytes(8, "big") + b"{{{{{"):
        with socket.socket(socket.AF_UNIX) as one:
            one.connect(str(tmp_path / "forks"))
            one.sendall(said)
    assert status(job(ROOT, tmp_path / "forks", "no-such-step")) == 2
    process.communicate()
    assert process.returncode == 0
    assert not (tmp_path / "forks").exists()


def test_an_end_and_a_leaving_at_once_stop_nobody_else(
    program: Path, tmp_path: Path, asleep: Path
) -> None:
    process = serving(program, str(tmp_path / "forks"))
    waiting = job(program, tmp_path / "forks", "sleeper")
    assert ended(asleep.exists)
    os.kill(process.pid, signal.SIGSTOP)  # both are seen together when it goes on
    os.kill(int(asleep.read_text()), signal.SIGKILL)
    waiting.kill()
    waiting.communicate()
    os.kill(process.pid, signal.SIGCONT)
    assert status(job(program, tmp_path / "forks", "no-such-step")) == 2
    process.communicate()


def test_where_a_fork_cannot_be_made_or_watched_jobs_run_by_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(WHERE, raising=False)
    monkeypatch.delenv(HOW, raising=False)

    def refused(_: int) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "pidfd_open", refused)
    begin_forks()
    assert WHERE not in os.environ
    long = tmp_path / ("x" * 200)  # no socket can have such a name
    monkeypatch.undo()
    lost = subprocess.run(
        [sys.executable, "-P", "-m", "cesp_analysis.fork_server", str(long)],
        env=environment(ROOT), capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert (lost.returncode, lost.stdout, lost.stderr) == (0, "", "")


def test_a_study_is_no_place_to_import_from(program: Path, tmp_path: Path) -> None:
    Study(tmp_path / "study").write()
    (tmp_path / "study" / "pandas.py").write_text("raise SystemExit('imported from the study')\n")
    done = subprocess.run(
        command(ROOT, tmp_path / "study"),
        env=environment(ROOT),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_steps_and_kinds_are_imported_ahead() -> None:
    ahead = set(needed())
    assert set(LIBRARIES) <= ahead
    assert {one.split(":")[0] for one in (*STEPS.values(), *KINDS.values())} <= ahead


LATE = """
import sys
from importlib import import_module
from cesp_analysis.cli import main
from cesp_analysis.fork_server import needed

for module in needed():
    import_module(module)
before = set(sys.modules)
assert main(sys.argv[1:]) == 0
print(*sorted(name for name in set(sys.modules) - before if not name.startswith("encodings.")))
"""


@pytest.mark.parametrize("step", ["changes", "means"])
def test_a_job_imports_nothing_that_was_not_imported_ahead(step: str, tmp_path: Path) -> None:
    """It reads Parquet and writes CSV, as most do; what it imports itself every job pays again."""
    ran = Study(tmp_path).run("panel")
    assert ran.status == 0, ran.shown
    words = [step, "--panel", "data/processed/panel.parquet", "--ci-level", "0.95"]
    done = subprocess.run(
        [sys.executable, "-c", LATE, *words, "--out", f"results/tables/{step}.csv"],
        cwd=tmp_path, env=environment(ROOT), capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr
