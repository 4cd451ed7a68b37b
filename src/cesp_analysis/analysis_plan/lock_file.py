"""analysis_plan.lock.json: the plan as it was locked, with its date; and what changed since."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cesp_analysis.analysis_plan.content import Plan, fingerprint
from cesp_analysis.analysis_plan.formats import FORMAT, format_of
from cesp_analysis.errors import CespError
from cesp_analysis.readable import fault_of, leads_out

LOCK = "analysis_plan.lock.json"


@dataclass(frozen=True)
class Lock:
    """The plan as it stood on a day; reason: why it was amended, '' for the first.

    sha256: see `sealed`; format: of what it holds, 0 in a lock of an earlier version.
    """

    date: str
    reason: str
    sha256: str
    plan: Plan
    format: int = 0

    @property
    def holds(self) -> int:
        """The format of what it holds: see formats.py."""
        return format_of(self.format, self.plan)


def sealed(lock: Lock, before: Lock | None) -> str:
    """sha256 of a lock: its plan, date, reason, and the lock before it; without a number of its
    format, as earlier versions wrote it, of the plan alone."""
    if not lock.format:
        return fingerprint(lock.plan)
    past = [before.date, before.reason, before.sha256] if before else []
    return fingerprint([lock.format, lock.date, lock.reason, lock.plan, past])


@dataclass(frozen=True)
class Change:
    """One thing that differs between two plans; field '': the entry as a whole."""

    section: str
    entry: str
    field: str
    change: str
    before: str
    after: str


def fault_of_lock(folder: Path = Path()) -> Iterator[str]:
    """A line if something stands in the lock's place that is no file of the study's folder."""
    path = folder / LOCK
    if not os.path.lexists(path):
        return
    if fault := fault_of(path):
        yield f"{LOCK}: {fault}; restore it from version control, or remove it"
    elif leads_out(path, folder):
        yield (
            f"{LOCK}: leads out of the study's folder, to {path.resolve()}; put the file itself"
            " there, not a link"
        )


def read_locks(path: Path) -> tuple[Lock, ...]:
    """The locks in their order; raises CespError where the file is not as it was written."""
    remedy = "restore it from version control"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        locks = tuple(Lock(**entry) for entry in data["locks"])
        days = [date.fromisoformat(lock.date) for lock in locks]
        late = [lock.date for lock in locks if lock.format > FORMAT]
        before = (None, *locks)  # one more than there are
        own = [sealed(lock, one) for lock, one in zip(locks, before, strict=False)]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CespError(f"{path}: is no lock as cesp lock-plan writes it; {remedy}") from None
    if not locks or days != sorted(days):
        raise CespError(f"{path}: its dates are not in order; {remedy}")
    if late:
        raise CespError(
            f"{path}: the lock of {late[0]} was written by a later version of the pipeline; use"
            " that version"
        )
    for lock, found in zip(locks, own, strict=True):
        if lock.sha256 != found:
            raise CespError(
                f"{path}: the lock of {lock.date} is not as it was written then: its plan, date or"
                " reason was edited, or the lock before it (its sha256 differs);"
                f" {remedy}"
            )
    return locks


def changes(before: Plan, after: Plan) -> Iterator[Change]:
    """Entries that were added, removed or changed, field by field."""
    for section in sorted({*before, *after}):
        old, new = before.get(section, {}), after.get(section, {})
        for entry in sorted({*old, *new}):
            if entry not in old:
                yield Change(section, entry, "", "added", "", shown(new[entry]))
            elif entry not in new:
                yield Change(section, entry, "", "removed", shown(old[entry]), "")
            else:
                for field, one, other in _differing(old[entry], new[entry], ""):
                    yield Change(section, entry, field, "changed", one, other)


def _differing(old: Any, new: Any, place: str) -> Iterator[tuple[str, str, str]]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            below = f"{place}.{key}" if place else key
            yield from _differing(old.get(key), new.get(key), below)
        return
    yield place, shown(old), shown(new)


def shown(value: Any) -> str:
    """A setting in one line; 'not set' of none."""
    if value is None:
        return "not set"
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
