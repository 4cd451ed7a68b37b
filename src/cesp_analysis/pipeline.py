"""What the Snakefile needs besides rules: a calm environment, the study, one run at a time."""

import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from cesp_analysis.as_made import edited
from cesp_analysis.declared.fed import said_of_times
from cesp_analysis.errors import CespError
from cesp_analysis.forks import begin_forks
from cesp_analysis.intake.key import made_key, place_of_key
from cesp_analysis.lock import hold_folder
from cesp_analysis.long_specs import may_be_written
from cesp_analysis.made_folders import FIRST, folders_of, in_the_way
from cesp_analysis.named_files import CORRECTIONS, unread_files
from cesp_analysis.permissions import RAW, close, open_to_others, opened_line
from cesp_analysis.provenance.told import write_told
from cesp_analysis.study.format import UNNAMED
from cesp_analysis.study.read import checked
from cesp_analysis.study.study import Study
from cesp_analysis.study_faults import (
    cleaning_ahead,
    corrections_ahead,
    economics_ahead,
    faults_of_files,
    still_open,
)

_YEAR = ("config.yaml: economics.price_year: ", "config.yaml: economics.index: ")
"""Mistakes that leave open to which year, or by which index, prices are brought."""
_ITEMS = "config.yaml: economics.unit_costs: "
_PRICES = tuple(
    f"config.yaml: economics.{part}" for part in ("services", "intervention", "price_year")
)
"""How lines of prices begin that a file of the study's own might have."""
_TOLD = "CESP_TOLD"
"""The variable that says whether the unread files have been named in this run."""


def environment() -> None:
    """Jobs find `cesp`, use one BLAS thread (bytes must not depend on cores), and write UTF-8.

    A log that cannot be written (a full disk) does not hide what the terminal says with tracebacks.
    """
    logging.raiseExceptions = False
    here = str(Path(sys.executable).parent)
    os.environ["PATH"] = here + os.pathsep + os.environ.get("PATH", "")
    for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM"):
        os.environ[f"{name}_NUM_THREADS"] = "1"
    os.environ["PYTHONUTF8"] = "1"
    os.environ["PYTHONHASHSEED"] = "0"


def unhurried(workflow: Any) -> None:
    """Snakemake's scheduler turns when a job begins or ends, not by the clock as well.

    Its limit of 100 jobs a second sets a timer at each turn that makes one more a second later, so
    that turns multiply with the jobs done, each looking at all files that jobs wait for: a third of
    a processor and more of a long run. Jobs of this machine are limited by its cores. Another limit
    (--max-jobs-per-timespan) and other executors' stay.
    """
    limiter = workflow.scheduler.job_rate_limiter
    if limiter and (limiter.max_jobs, limiter.timespan) == (100, 1):
        workflow.scheduler.job_rate_limiter = None


def option(name: str, words: Iterable[str]) -> list[str]:
    """An option of a command with its words; nothing where there are none, so that a printed
    command has no option that asks for a word."""
    found = list(words)
    return [name, *found] if found else []


def open_study(overrides: dict[str, Any]) -> Study:
    """The study in the working folder; mistakes are printed, one line each, and end the run.

    Results that somebody edited are such a mistake. A run says once which raw files
    nothing names, and that a study file names no format.
    """
    try:
        study = opened(".", overrides)
        if lines := [*in_the_way(FIRST), *edited()]:
            raise CespError(lines)
        may_be_written()
    except CespError as error:
        stop(error)
    if os.environ.setdefault(_TOLD, "no") == "no":  # a cluster's jobs open the study, too
        os.environ[_TOLD] = "yes"
        unnamed = [] if study.format else [UNNAMED]
        for line in [*unnamed, *unread_files(study)]:
            print(line, file=sys.stderr, flush=True)
    return study


def free_folders(rules: Iterable[Any]) -> None:
    """End the run, one line each, if something stands in the place of a folder that rules write
    in."""
    if lines := list(in_the_way(folders_of(rules))):
        stop(CespError(lines))


def opened(folder: str, overrides: dict[str, Any] | None = None) -> Study:
    """The study, with its files there and unchanged; CespError with a line for each mistake."""
    study, problems = checked(folder, overrides)
    if study is not None:
        year_known = not any(line.startswith(_YEAR) for line in problems)
        found = faults_of_files(study, year_known)
        found = [line for line in found if not _follows(line, problems)]
        if found and not problems and all(line.startswith(f"{CORRECTIONS}: ") for line in found):
            found += corrections_ahead(study)
        if not problems:
            found += cleaning_ahead(study, found) or economics_ahead(study, found)
        problems += found
        problems += still_open(study, valid=not problems)
    if problems or study is None:
        raise CespError(problems)
    return study.resolved()


def _follows(line: str, mistakes: list[str]) -> bool:
    """Whether a price seems wrong only because the list of prices is malformed."""
    return any(own.startswith(_ITEMS) for own in mistakes) and line.startswith(_PRICES)


def stop(error: CespError) -> NoReturn:
    """End the run with the message as the last thing on the screen."""
    sys.stdout.flush()
    print(error, file=sys.stderr, flush=True)
    os._exit(1)


def begin(study: Study, workflow: Any) -> None:
    """Before the first job: let one run at a time use the folder; make the key if it is wanted;
    write down for the step `trace` what jobs are told.

    What the run makes is closed to others on the machine. Times that no file feeds are named.
    """
    place = key_place(study)
    try:
        hold_folder()
        said = [*close(), *([opened_line(RAW)] if place and open_to_others(RAW) else [])]
        write_told(workflow)
        made = bool(place) and made_key(Path(place))
    except CespError as error:
        workflow.logger_manager.stop()  # what is waiting to be shown comes before the message
        stop(error)
    if not workflow.non_local_exec:  # jobs on other machines are none of this one's forks
        begin_forks()
        unhurried(workflow)
    for line in said:
        print(line, file=sys.stderr, flush=True)
    for line in said_of_times(study.without_file("person"), study.without_file("respondent")):
        print(line, file=sys.stderr, flush=True)
    if made:
        told = (
            f"made the key of the study's pseudonyms: {place}; keep it apart from the results, and"
        )
        told += " keep a copy: without it nobody can tell whose a pseudonym is"
        print(told, file=sys.stderr, flush=True)
    elif place and not Path("data/processed/intake").exists():
        told = f"the key of the study's pseudonyms is there already: {place}; a study of another"
        told += " project that has this study's id needs its own (study.key)"
        print(told, file=sys.stderr, flush=True)


def key_place(study: Study) -> str:
    """Where the key of the pseudonyms lies; blank where none is needed."""
    if study.study.synthetic or not study.study.pseudonyms:
        return ""
    return str(place_of_key(study.study.id, study.study.key))
