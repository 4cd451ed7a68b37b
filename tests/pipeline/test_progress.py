"""snakemake_logger_plugin_cesp: what a terminal shows of a run, to its last line."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from snakemake_logger_plugin_cesp.words import (
    FULL,
    cut,
    duration,
    error_in_words,
    in_words,
    is_full,
    nothing_makes,
)

RULE = '''
rule {name}:
    """Make {name} of nothing; one word per line."""
    output: "{name}.txt"
    log: "logs/{name}.log"
    shell: "{shell}"
'''
GOOD = "touch {{output}}; echo {name} is made &> {{log}}"
BAD = "(echo first problem; echo second problem) &> {{log}}; exit 1"
MUTE = "touch {{log}}; exit 3"
FAULTY = "echo 'Traceback (most recent call last):' &> {{log}}; exit 1"


def write(folder: Path, **shells: str) -> None:
    """A Snakefile with one rule per keyword and the profile form of `--logger cesp`."""
    wanted = ", ".join(f'"{name}.txt"' for name in shells)
    rules = [
        RULE.format(name=name, shell=shell.format(name=name)) for name, shell in shells.items()
    ]
    (folder / "Snakefile").write_text(f"rule all:\n    input: {wanted}\n{''.join(rules)}")
    profile = folder / "profiles" / "default" / "config.yaml"
    profile.parent.mkdir(parents=True)
    profile.write_text("cores: 1\nlogger: [cesp]\n")


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "snakemake", *words]


def run(folder: Path, *words: str) -> tuple[int, list[str]]:
    """Exit code and the lines of the terminal, without Snakemake's own line on the profile."""
    done = subprocess.run(
        command(*words),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    assert "\033" not in done.stdout and "\r" not in done.stdout
    return done.returncode, [
        line for line in done.stdout.splitlines() if not line.startswith("Using workflow specific")
    ]


def timeless(lines: list[str]) -> list[str]:
    return [re.sub(r"\d+\.\d s", "0 s", line) for line in lines]


def own_log(folder: Path) -> Path:
    (found,) = (folder / ".snakemake" / "log").glob("*.snakemake.log")
    return found


def test_a_run_then_nothing_to_do_then_the_reason_of_a_dry_run(tmp_path):
    write(tmp_path, a=GOOD, b=GOOD, c=GOOD, d=GOOD)
    code, lines = run(tmp_path, "--logger", "cesp", "--cores", "1")
    last = timeless(lines)[-1]
    assert (code, lines[0], last) == (0, "4 jobs to run", "4 of 4 jobs done in 0 s")
    jobs = timeless(lines[1:-1])
    assert [line[:6] for line in jobs] == ["1 of 4", "2 of 4", "3 of 4", "4 of 4"]
    assert sorted(line[8] for line in jobs) == ["a", "b", "c", "d"]
    assert all(re.fullmatch(r"\d of 4  \w +Make \w of nothing \(0 s\)", line) for line in jobs)

    assert run(tmp_path) == (0, ["nothing to do: everything is up to date"])

    (tmp_path / "b.txt").unlink()
    code, lines = run(tmp_path, "-n", "a.txt", "b.txt")
    assert (code, lines) == (0, ["b → b.txt", "    not made yet: b.txt", "1 job would run"])


def test_a_stopped_job_has_the_last_word(tmp_path):
    write(tmp_path, clean=BAD)
    code, lines = run(tmp_path)
    assert code == 1
    assert timeless(lines) == [
        "1 job to run",
        "stopped  clean",
        "0 of 1 job done in 0 s, 1 stopped",
        "",
        "clean stopped:",
        "first problem",
        "second problem",
    ]
    assert "Error in rule clean" in own_log(tmp_path).read_text()


def test_jobs_that_stop_for_the_same_reason_say_it_once(tmp_path):
    write(tmp_path, first=BAD, second=BAD)
    code, lines = run(tmp_path, "--keep-going")
    assert code == 1 and lines.count("first problem") == 1
    heading = lines[lines.index("first problem") - 1]
    assert heading in ("first, second stopped:", "second, first stopped:")


def test_every_stopped_job_is_told_once_with_its_command_or_as_a_fault(tmp_path):
    write(tmp_path, mute=MUTE, faulty=FAULTY, good=GOOD)
    code, lines = run(tmp_path, "--keep-going")
    text = "\n".join(lines)
    assert code == 1
    assert "1 of 3 jobs done in " in text and "s, 2 stopped\n" in text
    assert (text.count("mute stopped:"), text.count("faulty stopped:")) == (1, 1)
    report = f"please report it with the file .snakemake/log/{own_log(tmp_path).name}"
    told = text.partition("2 stopped\n\n")[2]
    assert set(told.split("\n\n")) == {
        "mute stopped:\nit wrote no message; its command was (exit code 3):"
        "\ntouch logs/mute.log; exit 3",
        "faulty stopped:\nTraceback (most recent call last):"
        f"\nthis is a fault of the program; {report}",
    }


FILLED = "echo 'x: cannot be written (No space left on device)' &> {{log}}; exit 1"


def test_a_full_disk_is_the_reason_also_of_a_job_that_could_write_nothing(tmp_path):
    write(tmp_path, first=FILLED, second=MUTE)
    status, lines = run(tmp_path, "--keep-going")
    assert status == 1
    told = [line for line in lines if "space" in line]
    assert sorted(told) == [FULL, "x: cannot be written (No space left on device)"]
    assert not any("wrote no message" in line for line in lines)


def test_snakemake_s_own_error_of_a_full_disk_has_the_remedy() -> None:
    said = "Error recording metadata ([Errno 28] No space left on device). Please ensure write"
    assert error_in_words(said) == FULL
    assert error_in_words("Error in rule x") == "Error in rule x"
    for none in ([], ["anything"]):
        assert not is_full(Path(__file__).parent, none)


def test_a_small_run_ends_with_what_its_jobs_wrote(tmp_path):
    write(tmp_path, a=GOOD, b=GOOD)
    code, lines = run(tmp_path)
    assert code == 0
    assert timeless(lines[:1] + lines[3:4]) == ["2 jobs to run", "2 of 2 jobs done in 0 s"]
    assert sorted("\n".join(lines[4:]).strip().split("\n\n")) == [
        "a:\na is made",
        "b:\nb is made",
    ]


def test_a_longer_run_ends_with_what_the_file_asked_for_wrote(tmp_path):
    write(tmp_path, **dict.fromkeys("abcde", GOOD))
    chain = (tmp_path / "Snakefile").read_text()
    for name, before in zip("bcde", "abcd", strict=True):
        output = f'output: "{name}.txt"'
        chain = chain.replace(output, f'input: "{before}.txt"\n    {output}')
    (tmp_path / "Snakefile").write_text(chain)
    status, lines = run(tmp_path, "e.txt")
    assert status == 0
    assert lines[0] == "5 jobs to run"
    assert lines[-1] == "e is made" and "d is made" not in lines


def test_an_error_in_the_snakefile_is_shown_whole(tmp_path):
    write(tmp_path, a=GOOD)
    with (tmp_path / "Snakefile").open("a") as snakefile:
        snakefile.write("\nraise ValueError('config.yaml: sites: two are needed')\n")
    code, lines = run(tmp_path)
    assert code == 1
    assert any(line.startswith("ValueError in file") for line in lines)
    assert "config.yaml: sites: two are needed" in lines


@pytest.mark.parametrize("no_color", ["", "1"])
def test_a_terminal_has_a_line_that_is_written_over(tmp_path, no_color):
    write(tmp_path, clean=BAD)
    shown = on_a_terminal(tmp_path, NO_COLOR=no_color, TERM="xterm")
    status = "0 of 1 done; running: clean"
    assert f"{status}\r{' ' * len(status)}\r" in shown
    heading = "clean stopped:" if no_color else "\033[31mclean stopped:\033[0m"
    assert shown.endswith(f"\r\n{heading}\r\nfirst problem\r\nsecond problem\r\n")
    assert not (no_color and "\033" in shown)


def on_a_terminal(folder: Path, **environment: str) -> str:
    """What a pseudo-terminal receives."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command(), cwd=folder, stdout=theirs, stderr=theirs, env=os.environ | environment
    ):
        os.close(theirs)
        parts = list(iter(lambda: read(ours), b""))
    os.close(ours)
    return b"".join(parts).decode()


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux's end of file, once the other side is closed
        return b""


PARAMS = (
    "Params have changed since last execution: Union of exclusive params before and now across "
    "all output: before: {} now: {} "
)


def test_changed_settings_are_shown_as_the_entries_that_differ():
    old, new = ('\'{"alpha": 0.05, "sites": [1]}\'', '\'{"alpha": 0.1, "sites": [1]}\'')
    assert in_words(PARAMS.format(old, new)) == "settings changed: alpha 0.05 → 0.1"
    assert in_words(PARAMS.format("1", "<nothing exclusive>")).endswith("1 → <nothing exclusive>")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('{"kind": "did"}', '{"kind": "did", "covariance": "classical"}',
         'covariance not set (HC2) → "classical"'),
        ('{"kind": "did", "covariance": "HC3"}', '{"kind": "did"}',
         'covariance "HC3" → not set (HC2)'),
        ('{"kind": "did"}', '{"kind": "did", "cluster": "person"}',
         'cluster not set → "person"'),
        ('{"seed": 1}', '{"seed": 1, "covariance": "CR2"}', 'covariance not set → "CR2"'),
        ('{"kind": ["did"]}', '{"kind": ["did"], "b": 1}', "b not set → 1"),
    ],
)  # fmt: skip
def test_a_setting_that_was_left_out_is_named_with_its_default(old, new, words):
    assert in_words(PARAMS.format(f"'{old}'", f"'{new}'")) == f"settings changed: {words}"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("Forced execution", "asked for"),
        ("Missing output files: a, b, c, d", "not made yet: a, b and 2 more"),
        (
            "Updated input files: x; Code has changed since last execution",
            "newer than the result: x; the rule's command was edited",
        ),
        ("A reason of a later Snakemake", "A reason of a later Snakemake"),
    ],
)
def test_reasons_in_words(reason, words):
    assert in_words(reason) == words


def test_durations_and_cuts():
    assert [duration(s) for s in (1.23, 41.4, 185)] == ["1.2 s", "41 s", "3 min 5 s"]
    assert (cut("a" * 300, 300), cut("abc", 2)) == ("a" * 300, "a…")


def test_what_nothing_makes_says_by_which_setting_it_would_be() -> None:
    said = nothing_makes("results/tables/planning_trials.csv")
    assert "needs, in config.yaml, a design of planning.designs with simulate: true;" in said
    assert "planning.costs, and economics with info" in nothing_makes("tables/planning_worth.csv")
    assert "a section planning;" in nothing_makes("results/tables/planning.csv")
    assert "by its kind and whose it is" in nothing_makes("results/figures/planning_layout.png")
    assert nothing_makes("results/x.csv").endswith("names the steps, config.yaml the models")
