"""`cesp lock-plan`: write down what the analysis plan is, before the answers are looked at."""

from dataclasses import asdict, replace
from datetime import date as calendar
from pathlib import Path

from cesp_analysis.analysis_plan.canonical import plan_of
from cesp_analysis.analysis_plan.formats import FORMAT, comparable
from cesp_analysis.analysis_plan.lock_file import (
    LOCK,
    Lock,
    changes,
    fault_of_lock,
    read_locks,
    sealed,
)
from cesp_analysis.errors import CespError
from cesp_analysis.study.read import read_study
from cesp_analysis.whole_files import write_json

FIRST = calendar(2020, 1, 1)
"""A year beyond every plan that config.yaml could have declared: an earlier date is a slip."""


def lock_plan(date: str = "", amend: str = "", folder: Path = Path()) -> None:
    """Lock the analysis plan of the study in this folder, with today's date or the one given.

    `amend`: of a plan that is locked already, why it changed; the first lock stays in the file.
    """
    study = read_study(folder)
    if study.study.draft:
        raise CespError("config.yaml: study.draft: a draft leaves things open; lock the plan then")
    path = folder / LOCK
    if faults := list(fault_of_lock(folder)):
        raise CespError(faults)
    locks = read_locks(path) if path.exists() else ()
    plan, day = plan_of(study, folder), _day(date)
    if locks:
        last = locks[-1]
        changed = list(changes(*comparable(last.plan, last.holds, plan, FORMAT)))
        _may_amend(path, last, day, amend, bool(changed))
        for one in changed:
            print(f"{one.section}: {one.entry}: {one.field or one.change}")
    elif amend:
        raise CespError(f"{path}: there is no lock to amend; leave --amend out")
    found = Lock(day, amend, "", plan, FORMAT)
    found = replace(found, sha256=sealed(found, locks[-1] if locks else None))
    write_json({"locks": [asdict(lock) for lock in (*locks, found)]}, path)
    print(f"{path}: locked on {day}: {found.sha256}; keep it under version control")


def _day(written: str) -> str:
    """The date of the lock: not after today (nothing could be amended until then), and not before
    the pipeline could write one."""
    today = calendar.today()
    try:
        day = calendar.fromisoformat(written) if written else today
    except ValueError:
        raise CespError(f"--date: write a date as YYYY-MM-DD, not '{written}'") from None
    if day > today:
        raise CespError(f"--date: {day} is still to come; write the day on which it is locked")
    if day < FIRST:
        raise CespError(f"--date: {day}: no plan was locked before {FIRST}; write the day as it is")
    return day.isoformat()


def _may_amend(path: Path, last: Lock, day: str, why: str, changed: bool) -> None:
    """A change may be locked with its reason; so may the same plan, where the lock is of an earlier
    version that holds less."""
    if not changed and last.holds == FORMAT:
        raise CespError(f"{path}: the plan is as it was locked on {last.date}; nothing to lock")
    if not why.strip():
        raise CespError(
            f"{path}: the plan was locked on {last.date}"
            + (" and has changed since; the report says what changed" if changed else "")
            + '. To lock it anew beside the first, say why: --amend "REASON"'
        )
    if day < last.date:
        raise CespError(f"{path}: locked on {last.date}; an amendment cannot be of {day}")
