"""Readers written in C work in a process of their own: a spoilt file can end that, not the job.

Some bytes make such a reader write where it should not (`tests/fuzz` found them); what comes back
is the table or one line, never half of either.
"""

import faulthandler
import os
import pickle
import signal
import sys
import warnings
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from cesp_analysis.errors import CespError

T = TypeVar("T")
_FORKS = sys.platform == "linux"
"""Elsewhere a fork of a program with libraries of the system is not safe: read in this process."""


def apart(read: Callable[[], T], broken_off: Callable[[str], str]) -> T:
    """What `read` gives, which may hold whatever can be pickled.

    Raises the CespError that it raises, and one of `broken_off`, which is told the signal, where
    its process was killed; ChildProcessError where it had a fault of the program, which it printed.
    """
    if not _FORKS:
        return read()
    source, sink = os.pipe()
    with warnings.catch_warnings():
        # threads of pyarrow, which no reader of these needs; Python 3.12 warns of them
        warnings.filterwarnings("ignore", message=".*multi-threaded.*", category=DeprecationWarning)
        process = os.fork()
    if process == 0:
        os.close(source)
        _tell(read, sink)
    os.close(sink)
    with os.fdopen(source, "rb") as stream:
        said = stream.read()
    _, how = os.waitpid(process, 0)
    if os.WIFSIGNALED(how):
        raise CespError(broken_off(signal.Signals(os.WTERMSIG(how)).name))
    if os.WEXITSTATUS(how):
        raise ChildProcessError("a reader failed; its own words stand above")
    made, value = pickle.loads(said)
    if not made:
        raise CespError(value)
    found: T = value
    return found


def _tell(read: Callable[[], Any], sink: int) -> NoReturn:
    """Write what `read` gives, or the lines of its CespError; end this process."""
    status, screen, nowhere = 1, os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)  # the C library tells of what it finds broken
    faulthandler.disable()
    try:
        try:
            said = True, read()
        except CespError as error:
            said = False, error.problems
        with os.fdopen(sink, "wb") as stream:
            pickle.dump(said, stream, pickle.HIGHEST_PROTOCOL)
        status = 0
    finally:
        os.dup2(screen, 2)
        if status:
            sys.excepthook(*sys.exc_info())
            sys.stderr.flush()
        os._exit(status)
