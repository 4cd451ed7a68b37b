"""What the Snakefile needs besides rules: a calm environment, the study, one run at a time."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, TextIO

from cesp_analysis.errors import CespError
from cesp_analysis.intake.tracked import tracked_without_licence
from cesp_analysis.study.read import read_study
from cesp_analysis.study.study import Study

SOURCES = "data/raw/SOURCES.yaml"
CORRECTIONS = "data/raw/CORRECTIONS.yaml"

_held: list[TextIO] = []


def environment() -> None:
    """Jobs find `cesp`, use one BLAS thread (bytes must not depend on cores), and write UTF-8."""
    here = str(Path(sys.executable).parent)
    os.environ["PATH"] = here + os.pathsep + os.environ.get("PATH", "")
    for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM"):
        os.environ[f"{name}_NUM_THREADS"] = "1"
    os.environ["PYTHONUTF8"] = "1"
    os.environ["PYTHONHASHSEED"] = "0"


def open_study(overrides: dict[str, Any]) -> Study:
    """The study in the working folder; mistakes are printed, one line each, and end the run."""
    try:
        study = read_study(".", overrides)
        if absent := list(absent_files(study)):
            raise CespError(absent)
        if tracked := list(tracked_without_licence(study, Path(SOURCES))):
            raise CespError(tracked)
        return study
    except CespError as error:
        stop(error)


def absent_files(study: Study) -> Iterator[str]:
    """One line for each file that config names and that is not there."""
    remedy = "put it there, or correct its path in config.yaml"
    named = {f"files.{name}.path": file.path for name, file in study.files.items()}
    for name, file in study.files.items():
        named |= {f"files.{name}.{place}": path for place, path in file.companions().items()}
    named |= {f"instruments.{name}.path": own.path for name, own in study.instruments.items()}
    if study.published:
        named["published.path"] = study.published.path
    for place, path in named.items():
        if not Path(path).is_file():
            yield f"{path}: there is no such file ({place}); {remedy}"
    if not Path(SOURCES).is_file():
        yield f"{SOURCES}: there is no such file; it lists where each raw file came from"


def corrections() -> list[str]:
    """CORRECTIONS.yaml, if the study has one."""
    return [CORRECTIONS] if Path(CORRECTIONS).is_file() else []


def stop(error: CespError) -> NoReturn:
    """End the run with the message as the last thing on the screen."""
    print(error, file=sys.stderr, flush=True)
    sys.stdout.flush()
    os._exit(1)


def hold_folder(workflow: Any) -> None:
    """Let one run at a time use the folder; the lock ends with the process, even a killed one."""
    if not workflow.is_main_process or workflow.dryrun:
        return
    import fcntl

    lock = Path(".snakemake/cesp.lock")
    lock.parent.mkdir(exist_ok=True)
    stream = lock.open("w")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stop(CespError("this study is being run already (.snakemake/cesp.lock); wait for that run"))
    _held.append(stream)
