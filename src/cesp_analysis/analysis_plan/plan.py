"""The step `plan`: what was declared beside what was estimated.

Which estimate targets which estimand, which families are confirmatory, what was locked and when.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from cesp_analysis import contracts
from cesp_analysis.analysis_plan.estimand_rows import Targeted, estimand_rows, targeted
from cesp_analysis.analysis_plan.formats import FORMAT, comparable, not_held
from cesp_analysis.analysis_plan.lock_file import Lock, changes, read_locks
from cesp_analysis.analysis_plan.multiplicity import bonferroni_level, holm
from cesp_analysis.analysis_plan.received import before, called
from cesp_analysis.analysis_plan.standing import (
    estimand_standing,
    family_standing,
    standing,
)
from cesp_analysis.analysis_plan.tables import Estimands, PlanChanges, PlanLocks, Planned
from cesp_analysis.columns import Row
from cesp_analysis.declared.analysis_plan import Family
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.estimands import Estimand
from cesp_analysis.given import hold
from cesp_analysis.models.student import t_interval
from cesp_analysis.schemas import Estimates

ROUNDED = 1e-6  # relative: an interval written and read again is estimate -+ t * SE to rounding


class PlanSpec(Frozen):
    """What the step is told. plan: the canonical one; targets: model → estimands; events: name →
    label, contamination among them; received: the day of the first raw file, '' if not known."""

    estimands: dict[str, Estimand] = {}
    targets: dict[str, tuple[str, ...]] = {}
    events: dict[str, str] = {}
    families: dict[str, Family] = {}
    received: str = ""
    plan: dict[str, dict[str, Any]] = {}


@dataclass(frozen=True)
class Simultaneous:
    """What a family says of one estimate: adjusted p-value, interval that holds for all at once."""

    family: str
    size: int
    p_holm: float | None
    low: float | None
    high: float | None
    level: float | None
    method: str


def plan(
    spec: str,
    estimates: Path,
    estimands: Path,
    planned: Path,
    locks: Path,
    changed: Path,
    lock: list[Path] | None = None,
    checksums: str = "",
) -> None:
    """Set the analysis plan beside the estimates: estimands, families, what was locked.

    `lock`: analysis_plan.lock.json, if there is one (`checksums`: see given.py).
    """
    hold(checksums)
    told = PlanSpec.model_validate_json(spec)
    rows = list(contracts.rows(estimates, Estimates))
    locked = read_locks(lock[0]) if lock else ()
    aims = targeted(rows, told.estimands, told.targets)
    declared = estimand_rows(told.estimands, told.targets, told.events, aims, rows)
    contracts.write_rows(list(declared), estimands, Estimands)
    contracts.write_rows(
        [_called(one, told, locked) for one in _planned(told, rows, aims, locked)], planned, Planned
    )
    contracts.write_rows([_lock_row(one, told.received) for one in locked], locks, PlanLocks)
    contracts.write_rows(list(_changes(locked, told.plan)), changed, PlanChanges)


def _planned(
    told: PlanSpec, rows: list[Row], aims: list[Targeted], locked: tuple[Lock, ...]
) -> Iterator[Row]:
    """One row an estimate."""
    aimed = {aim.estimate_id: aim.estimand for aim in aims}
    tested: dict[str, Simultaneous] = {}
    for name, family in told.families.items():
        tested |= adjusted(name, family, rows)
    for row in rows:
        name = row["estimate_id"]
        own = _of_family(tested[name]) if name in tested else _exploratory()
        aim, model = aimed.get(name, ""), row["model"]
        yield own | {
            "estimate_id": name,
            "estimand": aim,
            "p_value": row["p_value"],
            "standing": standing(locked, told.plan, model, row["outcome"]),
            "family_standing": family_standing(locked, told.plan, name),
            "estimand_standing": estimand_standing(locked, told.plan, model, aim) if aim else "",
        }
    for name in [name for name in tested if name not in {row["estimate_id"] for row in rows}]:
        yield _of_family(tested[name]) | {
            "estimate_id": name,
            "estimand": "",
            "p_value": None,
            "standing": "",
            "family_standing": family_standing(locked, told.plan, name),
            "estimand_standing": "",
        }


def _called(row: Row, told: PlanSpec, locked: tuple[Lock, ...]) -> Row:
    """The row with its standings as tables print them."""
    names = ("standing", "family_standing", "estimand_standing")
    return row | {name: called(row[name], locked, told.received) for name in names}


def _exploratory() -> Row:
    return dict.fromkeys(Planned.columns(), None) | {
        "role": "exploratory",
        "family": "",
        "method": "",
    }


def _of_family(found: Simultaneous) -> Row:
    return {
        "role": "confirmatory",
        "family": found.family,
        "family_size": found.size,
        "p_holm": found.p_holm,
        "ci_low_family": found.low,
        "ci_high_family": found.high,
        "ci_level_family": found.level,
        "method": found.method,
    }


def adjusted(name: str, family: Family, rows: list[Row]) -> dict[str, Simultaneous]:
    """estimate_id → what the family says of it; an estimate without a p-value, or one that no
    model made, counts in its size."""
    made = {row["estimate_id"]: row for row in rows}
    size = len(family.estimates)
    own = [made.get(estimate) for estimate in family.estimates]
    p_values = [row["p_value"] if row else None for row in own]
    known = sum(p is not None for p in p_values)
    words = f"Holm over {size} p-values ({known} known), each from sampling error alone"
    found = {}
    for estimate, row, p in zip(family.estimates, own, holm(p_values), strict=True):
        level = bonferroni_level(row["ci_level"], size) if row else None
        low, high = _interval(row, level) if row and level else (None, None)
        said = words if row else f"no model made this estimate; {words}"
        said += f"; interval: Bonferroni, {100 * level:.4g}%" if low is not None and level else ""
        found[estimate] = Simultaneous(name, size, p, low, high, level, said)
    return found


def _interval(row: Row, level: float) -> tuple[float | None, float | None]:
    """The interval at another level, where the row's own is estimate -+ t * SE; else none."""
    estimate, error = row["estimate"], row["std_error"]
    if row["status"] != "estimated" or estimate is None or not error:
        return None, None
    df = float("inf") if row["df"] is None else row["df"]
    low, high = t_interval(estimate, error, df, row["ci_level"])
    apart = max(abs(low - row["ci_low"]), abs(high - row["ci_high"]))
    if apart > ROUNDED * (high - low):
        return None, None
    return t_interval(estimate, error, df, level)


def _lock_row(lock: Lock, received: str) -> Row:
    return {
        "date": lock.date,
        "reason": lock.reason,
        "sha256": lock.sha256,
        "received": before(lock, received),
        "not_held": not_held(lock.holds),
    }


def _changes(locked: tuple[Lock, ...], now: dict[str, dict[str, Any]]) -> Iterator[Row]:
    """What each amendment changed, and what is different now; date '': it is in no lock."""
    for lock, after in pairwise((*locked, Lock("", "", "", now, FORMAT)) if locked else ()):
        both = comparable(lock.plan, lock.holds, after.plan, after.holds)
        for change in changes(*both):
            when = {"since": lock.date, "date": after.date, "reason": after.reason}
            yield when | asdict(change)
