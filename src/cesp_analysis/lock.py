"""One run at a time in a study's folder, and none while a step of a killed run is still at work.

Locks end with the process that holds them, even a killed one.
"""

import fcntl
import sys
from pathlib import Path
from typing import TextIO

from cesp_analysis.errors import CespError
from cesp_analysis.readable import PART

_FOLDER = Path(".snakemake")
_MADE = (Path("results"), Path("data/processed"))
_held: list[TextIO] = []


def hold_folder() -> None:
    """Take the folder for this run; wait for steps that outlived the run that started them, and
    remove what killed ones left half written.

    Raises CespError if another run has it.
    """
    try:
        _FOLDER.mkdir(exist_ok=True)
        run = (_FOLDER / "cesp.lock").open("w")
        steps = (_FOLDER / "cesp.steps").open("a")
    except OSError as error:
        raise CespError(
            f"{_FOLDER}: cannot be written to ({error.strerror}); a run needs a folder, and a disk"
            " with room, where you may write"
        ) from None
    try:
        fcntl.flock(run, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CespError(
            "this study is being run already (.snakemake/cesp.lock); wait for that run, or go on"
            " with it where it was stopped (fg, after Ctrl-Z), or end it"
        ) from None
    _held.append(run)
    with steps:
        try:
            fcntl.flock(steps, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for a step of an earlier run to end", file=sys.stderr, flush=True)
            fcntl.flock(steps, fcntl.LOCK_EX)
        for part in (found for top in _MADE for found in top.rglob(f".*{PART}")):
            part.unlink(missing_ok=True)  # half written by a step that was killed


def take_part() -> None:
    """Say that a step is at work here, until its process ends; nothing outside a study's folder.

    Where that cannot be written, no run can hold the folder either: there is none to wait for it.
    """
    try:
        steps = (_FOLDER / "cesp.steps").open("a")
    except OSError:
        return
    fcntl.flock(steps, fcntl.LOCK_SH)
    _held.append(steps)
