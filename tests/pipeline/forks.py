"""Jobs of the tests' runs as forks of one process that has imported everything.

A small study has thirty jobs, and imports are most of each. Snakemake, its rules and shell lines
stay as they are; only the word `cesp` is a bash function that hands its arguments, folder,
environment and open files to `serve`. CI's own runs, and those of tests/bad_input, use the real
`cesp`.

    python forks.py serve PROGRAM ADDRESS      # ends when its standard input does
    python -IS forks.py ADDRESS intake --spec …
"""

import array
import atexit
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

THREE = (0, 1, 2)
_servers: dict[tuple[Path, int], str] = {}
"""Program and when its source was last changed → the address of the process that has it."""


def forked(program: Path) -> dict[str, str]:
    """The environment in which `cesp` is a fork of a process that runs `program`'s source."""
    changed = max(path.stat().st_mtime_ns for path in (program / "src").rglob("*.py"))
    if (program, changed) not in _servers:
        folder = tempfile.mkdtemp(prefix="cesp ")
        address = f"{folder}/forks"
        calm = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
        server = subprocess.Popen(
            [sys.executable, __file__, "serve", str(program), address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # as cesp_analysis.pipeline.environment: what counts when Python begins
            env=os.environ | calm | {"PYTHONUTF8": "1", "PYTHONHASHSEED": "0"}
            | {"PYTHONPATH": str(program / "src")},
        )  # fmt: skip
        assert server.stdin is not None and server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        atexit.register(shutil.rmtree, folder)
        atexit.register(server.communicate)  # closes its standard input, and waits
        _servers[program, changed] = address
    words = f"'{sys.executable}' -IS '{__file__}' '{_servers[program, changed]}'"
    return {"BASH_FUNC_cesp%%": f'() {{ {words} "$@"; }}'}


def ask(address: str, words: list[str]) -> int:
    """The exit status of a job with these words; its files, folder, environment are ours."""
    asked = {"words": words, "folder": os.getcwd(), "environment": dict(os.environ)}  # noqa: PTH109
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(address)
        files = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", THREE))
        server.sendmsg([b"!"], [files])
        server.sendall(json.dumps(asked).encode())
        server.shutdown(socket.SHUT_WR)
        told = server.recv(1)
    return told[0] if told else 70


def serve(address: str) -> None:
    """Fork for everyone who asks, until the standard input ends."""
    import selectors

    _import_everything()
    waiting = selectors.DefaultSelector()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(16)
    waiting.register(listener, selectors.EVENT_READ)
    waiting.register(0, selectors.EVENT_READ)
    print("ready", flush=True)
    while True:
        for key, _ in waiting.select():
            if key.fileobj == 0:
                return
            if key.fileobj is listener:
                asker, _ = listener.accept()
                job = _begun(asker)
                waiting.register(os.pidfd_open(job), selectors.EVENT_READ, (job, asker))
            else:
                waiting.unregister(key.fileobj)
                os.close(key.fd)
                _told(*key.data)


def _import_everything() -> None:
    from importlib import import_module

    from cesp_analysis.cli import STEPS
    from cesp_analysis.models.kinds import KINDS

    for target in (*STEPS.values(), *KINDS.values()):
        import_module(target.split(":")[0])
    for name in ("scipy.optimize", "scipy.stats", "pyreadstat", "openpyxl", "python_calamine"):
        import_module(name)
    for name in ("matplotlib.figure", "matplotlib.backends.backend_agg", "lxml.html", "jinja2"):
        import_module(name)


def _begun(asker: socket.socket) -> int:
    """The process that does what was asked."""
    _, files, _, _ = socket.recv_fds(asker, 1, len(THREE))
    asked = json.loads(b"".join(iter(lambda: asker.recv(2**16), b"")))
    job = os.fork()
    if job == 0:
        _work(asked, files)
    for file in files:
        os.close(file)
    return job


def _work(asked: dict, files: list[int]) -> None:  # type: ignore[type-arg]
    """Be `cesp` as a console command, and end."""
    from cesp_analysis.cli import run

    for to, file in enumerate(files):
        os.dup2(file, to)
        os.close(file)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["cesp", *asked["words"]]
    status = 1
    try:
        run()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    finally:
        if sys.exc_info()[1] is not None:
            sys.excepthook(*sys.exc_info())
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _told(job: int, asker: socket.socket) -> None:
    status = os.waitstatus_to_exitcode(os.waitpid(job, 0)[1])
    with asker, contextlib.suppress(OSError):  # who asked may have been killed
        asker.sendall(bytes([status % 256]))


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[3])
    else:
        sys.exit(ask(sys.argv[1], sys.argv[2:]))
