"""Snakemake as a fork of a process that has imported it: imports are most of a short run's time.

One process serves a program (its own modules are imported ahead, too). Where a file of the program
has changed since, Snakemake is started as people do, and reads what the files hold now. So do
CI's own runs, and every test that watches, kills or stops a run.
"""

import atexit
import json
import subprocess
import sys
import tempfile
from pathlib import Path

SERVER = """
import gc, json, os, sys

import cesp_analysis.pipeline, cesp_analysis.rerun, snakemake_logger_plugin_cesp
import snakemake.cli, snakemake.executors.dryrun, snakemake.report.html_reporter
import snakemake.scheduling.greedy, snakemake.scheduling.milp

gc.collect()
gc.freeze()
print("ready", flush=True)
for line in sys.stdin:
    if child := os.fork():
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    words, folder, environment, shown = json.loads(line)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream in (1, 2):
        os.dup2(os.open(shown, os.O_WRONLY | os.O_APPEND), stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["snakemake", *words]
    snakemake.cli.main(words)
    sys.exit()
"""

_servers: dict[Path, tuple[int, "subprocess.Popen[str]"]] = {}
"""Program → when its source was last changed before its process began, and the process."""


def _server(program: Path, environment: dict[str, str]) -> "subprocess.Popen[str] | None":
    """The process that forks for runs of a program; None where its source has changed since."""
    changed = max(path.stat().st_mtime_ns for path in (program / "src").rglob("*.py"))
    if program not in _servers:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        atexit.register(process.communicate)  # closes its standard input, and waits
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        _servers[program] = (changed, process)
    known, process = _servers[program]
    return process if changed == known else None


def run(
    program: Path, command: list[str], environment: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    """`python -m snakemake …`, in the working folder: how it ended, and what the terminal shows
    (stderr within stdout)."""
    process = _server(program, environment)
    if process is None:
        both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.run(command, env=environment, text=True, check=False, **both)
    assert process.stdin is not None and process.stdout is not None
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as shown:
        told = [command[3:], str(Path.cwd()), environment, shown.name]
        print(json.dumps(told), file=process.stdin, flush=True)
        status = int(process.stdout.readline())
        return subprocess.CompletedProcess(command, status, shown.read(), None)
