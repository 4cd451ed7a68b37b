"""The process whose forks are the jobs of a run: it imports, waits, forks, says how each ended."""

import os
import socket
import sys
from collections.abc import Iterator
from selectors import BaseSelector
from typing import Any, NoReturn

from cesp_analysis.forks import NO_FORK, PATIENCE, THREE, WHERE

LIBRARIES = (
    "pydantic", "yaml", "pyarrow.parquet", "pandas", "scipy.special", "scipy.linalg", "lxml.html",
    "matplotlib.figure", "matplotlib.backends.backend_agg", "jinja2", "scipy.optimize",
    "pyreadstat", "python_calamine", "docx", "pikepdf", "typst",
    # what these import only when they read or write something
    "pyarrow.dataset", "pyarrow.csv", "pandas.core.arrays.arrow.extension_types",
    "pandas.io.formats.csvs", "pandas.core.methods.to_dict", "matplotlib.backends.backend_svg",
    "PIL.PngImagePlugin", "PIL.BmpImagePlugin", "PIL.GifImagePlugin", "PIL.JpegImagePlugin",
    "PIL.PpmImagePlugin", "encodings.utf_8_sig",
)  # fmt: skip
BROKEN = (SyntaxError, ImportError, NameError, TypeError, AttributeError, ValueError, LookupError,
          OSError)  # fmt: skip
"""What the import of a module that is being edited may end in."""
MEASURED = "CESP_MEASURED"
"""The variable that names a file for what each job took: processor seconds, and its largest memory
(with what it shares with the process that it is a fork of)."""
_read: dict[str, int] = {}
"""File of the program that was imported → when it was written."""


def serve(address: str) -> None:
    """Fork for everyone who asks, until the standard input ends."""
    import contextlib
    import selectors
    import signal
    import socket
    import warnings
    from importlib import import_module

    # pyarrow has a thread of its own, which no fork needs; Python 3.12 warns of it
    warnings.filterwarnings(
        "ignore", message=".*multi-threaded.*fork.*", category=DeprecationWarning
    )
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run says when this process ends
    waiting = selectors.DefaultSelector()
    listener = socket.socket(socket.AF_UNIX)
    mask = os.umask(0o177)  # nobody else may ask
    try:
        listener.bind(address)
    except OSError:  # a file system without sockets: each job is a process of its own
        return
    finally:
        os.umask(mask)
    listener.listen(64)
    own = os.stat(address).st_ino  # noqa: PTH116
    waiting.register(listener, selectors.EVENT_READ)
    waiting.register(0, selectors.EVENT_READ)
    os.write(1, b"ready\n")
    modules = needed()
    while True:
        module = None
        # a job that needs a broken module says what is wrong with it; the others do not need it
        with contextlib.suppress(*BROKEN):
            module = next(modules, None)
            if module:
                import_module(module)
        if module:
            _remember()
        for key, _ in waiting.select(0 if module else None):
            if key.fileobj == 0:
                with contextlib.suppress(FileNotFoundError):
                    if os.stat(address).st_ino == own:  # noqa: PTH116  not of the next run
                        os.unlink(address)  # noqa: PTH108
                return
            if key.fileobj is listener:
                _take(listener, waiting)
            elif waiting.get_map().get(key.fd) is key:  # not of one who was dealt with just now
                _heard(waiting, key.fileobj, *key.data)


def needed() -> "Iterator[str]":
    """The modules that jobs need, one after the other: libraries, those of steps, the rest."""
    import gc

    yield from LIBRARIES
    from cesp_analysis.models.kinds import KINDS
    from cesp_analysis.steps import STEPS

    first = dict.fromkeys(one.split(":")[0] for one in (*STEPS.values(), *KINDS.values()))
    yield from first
    from cesp_analysis.report.write import section_modules
    from cesp_analysis.rerun import imported_by

    yield from sorted(imported_by(*first, *section_modules()) - {*first})
    gc.collect()
    gc.freeze()  # forks share what is there: nobody looks through it for garbage


def _take(listener: "socket.socket", waiting: "BaseSelector") -> None:
    """Fork for one who asks."""
    import json
    import selectors
    import socket

    asker, _ = listener.accept()
    asker.settimeout(PATIENCE)
    files: list[int] = []
    try:
        size, files, _, _ = socket.recv_fds(asker, 8, len(THREE))
        with asker.makefile("rb") as sent:
            told = json.loads(sent.read(int.from_bytes(size, "big")))
    except (OSError, ValueError):  # gone, or silent, before it had said what
        _forget(asker, files)
        return
    asker.settimeout(None)
    try:
        process = os.fork()
    except OSError:
        asker.sendall(bytes([NO_FORK]))
        _forget(asker, files)
        return
    if process == 0:
        for key in waiting.get_map().values():
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        asker.close()
        _work(told, files)
    for file in files:
        os.close(file)
    for of in (os.pidfd_open(process), asker):
        waiting.register(of, selectors.EVENT_READ, (process, asker, told["words"]))


def _forget(asker: "socket.socket", files: list[int]) -> None:
    for file in files:
        os.close(file)
    asker.close()


def _heard(
    waiting: "BaseSelector", of: Any, process: int, asker: "socket.socket", words: list[str]
) -> None:
    """A fork has ended; or who asked for it is gone, and then it shall end."""
    import contextlib
    import signal

    waiting.unregister(of)
    if of is asker:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
        return
    os.close(of)
    _, status, took = os.wait4(process, 0)
    _measured(words, took.ru_utime + took.ru_stime, took.ru_maxrss)
    ended = os.waitstatus_to_exitcode(status)
    if asker in {key.fileobj for key in waiting.get_map().values()}:
        waiting.unregister(asker)
    with asker, contextlib.suppress(OSError):  # who asked may be gone
        asker.sendall(bytes([ended if ended >= 0 else 128 - ended]))


def _measured(words: list[str], seconds: float, kilobytes: int) -> None:
    """A line of what a job took, where a file for it was named: JSON [words, seconds, kB]."""
    import json

    if MEASURED in os.environ:
        with open(os.environ[MEASURED], "a", encoding="utf-8") as lines:  # noqa: PTH123
            lines.write(json.dumps([words, round(seconds, 3), kilobytes]) + "\n")


def _work(told: dict[str, Any], files: list[int]) -> NoReturn:
    """Be `cesp` as a console command, and end."""
    import contextlib
    import signal

    for to, file in enumerate(files):
        os.dup2(file, to)
        os.close(file)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update({name: text for name, text in told["environment"].items() if name != WHERE})
    if changed():
        program = "from cesp_analysis.cli import run; run()"
        os.execv(sys.executable, [sys.executable, "-P", "-c", program, *told["words"]])
    from cesp_analysis.cli import run

    sys.argv = ["cesp", *told["words"]]
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


def changed() -> bool:
    """Whether a file of the program is not what was read of it."""
    return any(_written(path) != then for path, then in _read.items())


def _remember() -> None:
    """When the program's files that have been imported were written."""
    for name, module in list(sys.modules.items()):
        path = module.__file__ if name.partition(".")[0] == "cesp_analysis" else None
        if path and path not in _read:
            _read[path] = _written(path)


def _written(path: str) -> int:
    from pathlib import Path

    return Path(path).stat().st_mtime_ns if Path(path).exists() else 0


if __name__ == "__main__":
    serve(sys.argv[1])
