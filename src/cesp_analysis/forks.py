"""Jobs of a run as forks of one process that has imported what they need.

Imports are most of a small job: a study of seventy jobs would spend half its time on them. The
process begins with a run's first job. `cesp` tells it of a job (words, folder, environment, open
files); it forks, and says how the fork ended. While nobody asks it imports. It ends with the run,
even a killed one; forks at work then go on, as jobs do, and hold the lock of steps.

A fork runs the code that the files hold: if one of them has changed since it was read, the fork
begins a new Python instead. A command that somebody types asks no such process. Linux only;
elsewhere, and with CESP_JOBS=apart in the environment, each job is a Python of its own: same bytes.

    python -P -m cesp_analysis.fork_server ADDRESS    # ends when its standard input does
    CESP_FORKS=ADDRESS cesp intake --spec …
"""

import os
import sys
from typing import Any

WHERE = "CESP_FORKS"
"""The variable that names the socket, relative to the study's folder: no path is too long."""
ADDRESS = ".snakemake/cesp.forks"
SERVER = "cesp_analysis.fork_server"
HOW, APART = "CESP_JOBS", "apart"
THREE = (0, 1, 2)
LOST = 70  # EX_SOFTWARE of sysexits.h: the process ended, and nobody knows how the job did
NO_FORK = 255  # no job ends so: statuses are 0 to 2, and 128 and the signal
PATIENCE = 10.0  # seconds in which one who asks must have said what
_begun: list[Any] = []


def begin_forks() -> None:
    """Start the process for the jobs of this run, in the folder of the study."""
    import subprocess
    from pathlib import Path

    if os.environ.get(HOW) == APART or not _can_fork():
        return
    os.environ.pop(WHERE, None)
    Path(ADDRESS).unlink(missing_ok=True)
    # -P: the study's folder is no place to import from
    server = subprocess.Popen(
        [sys.executable, "-P", "-m", SERVER, ADDRESS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    _begun.append(server)  # its standard input ends when this process does
    if server.stdout is not None and server.stdout.readline() == b"ready\n":
        os.environ[WHERE] = ADDRESS


def _can_fork() -> bool:
    """Whether this kernel (or container) tells when a fork ends; what Python was built on may not
    be what it runs on."""
    if not hasattr(os, "pidfd_open"):
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True


def asked(words: list[str]) -> int | None:
    """The exit status of a fork that runs `cesp` with these words; None: there is nobody to ask."""
    if not (address := os.environ.get(WHERE)):
        return None
    import array
    import json
    import socket

    job = {"words": words, "folder": os.getcwd(), "environment": dict(os.environ)}  # noqa: PTH109
    text = json.dumps(job).encode()
    with socket.socket(socket.AF_UNIX) as server:
        try:
            server.connect(address)
        except OSError:  # the run is another machine's, or its process has ended
            return None
        files = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", THREE))
        try:
            server.sendmsg([len(text).to_bytes(8, "big")], [files])
            server.sendall(text)
        except ConnectionError:  # it has ended, and has not begun this job
            return None
        try:
            told = server.recv(1)
        except ConnectionError:
            told = b""
    if told and told[0] == NO_FORK:  # too many processes, or no memory for one more
        return None
    if not told:
        sys.stderr.write(
            "the process whose forks do a run's jobs has ended, and nobody knows how this one did;"
            " run again (CESP_JOBS=apart in the environment gives each job a process of its own)\n"
        )
    return told[0] if told else LOST


if __name__ == "__main__":  # forks.py ask WORDS: `cesp WORDS` without the console command
    sys.exit(LOST if (status := asked(sys.argv[2:])) is None else status)
