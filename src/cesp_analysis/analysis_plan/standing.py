"""Whether what a plan says now was said when it was locked: of an analysis, of its place in a
family, of the estimand it answers, of the ways of a specification curve."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from cesp_analysis.analysis_plan.content import Plan, content_of, content_with
from cesp_analysis.analysis_plan.formats import FORMAT, SINCE_MEASUREMENT, comparable
from cesp_analysis.analysis_plan.lock_file import Lock
from cesp_analysis.analysis_plan.words import PRE_SPECIFIED

Locks = tuple[Lock, ...]


def standing(locks: Locks, now: Plan, model: str, outcome: str) -> str:
    """Whether a model's analysis of an outcome was declared beforehand.

    pre-specified; or when it was added or changed. '' if nothing is locked.
    """
    return _standing(locks, now, lambda plan: content_of(plan, model, outcome))


def family_standing(locks: Locks, now: Plan, estimate: str) -> str:
    """Whether an estimate's family held it, and the same others, beforehand; of one in no family
    since when it is in none, and '' if it never was."""
    held = [_family_of(lock.plan, estimate) for lock in locks]
    if _family_of(now, estimate) is None:
        return "taken out of its family after the plan was locked" if any(held) else ""
    return _standing(locks, now, lambda plan: _family_of(plan, estimate))


def estimand_standing(locks: Locks, now: Plan, model: str, estimand: str) -> str:
    """Whether a model targeted an estimand, as it is defined now, beforehand."""
    return _standing(locks, now, lambda plan: _estimand_of(plan, model, estimand))


def criterion_standing(locks: Locks, now: Plan, criterion: str) -> str:
    """Whether a progression criterion, with the rate or mean that it judges, was declared so
    beforehand."""

    def decides(plan: Plan) -> Any:
        entry = plan.get("progression", {}).get(criterion)
        # locks of before hold the evidence that stands beside a criterion: it decides nothing
        decides_nothing = ("rationale", "linked")
        return entry and {n: said for n, said in entry.items() if n not in decides_nothing}

    return _standing(locks, now, decides)


def measurement_standing(locks: Locks, now: Plan) -> str:
    """Whether candidates for a main trial and their ranking were declared so beforehand; locks:
    those that hold them (`holding`)."""
    return _standing(locks, now, lambda plan: plan.get("measurement"))


def holding(locks: Locks) -> Locks:
    """The locks that hold candidates: earlier versions left them out."""
    return tuple(lock for lock in locks if lock.holds >= SINCE_MEASUREMENT)


def curve_standing(locks: Locks, now: Plan) -> dict[str, str]:
    """Way (as `ways` names it) → whether the curve held it, with the same settings, beforehand."""
    return {way: _standing(locks, now, partial(_way, way=way)) for way in ways(now)}


def withdrawn(locks: Locks, now: Plan) -> int:
    """How many ways of the curve, as it was locked at any time, it has no more."""
    return len({way for lock in locks for way in ways(lock.plan)} - set(ways(now)))


def ways(plan: Plan) -> list[str]:
    """The ways of a plan's curve: model/covariates/analysis set/outcome/time, `own` where no axis
    varies them."""
    return list(_settings_of_ways(plan))


def _standing(locks: Locks, now: Plan, part: Callable[[Plan], Any]) -> str:
    if not locks:
        return ""
    absent, same = [], []
    for lock in locks:
        then, today = comparable(lock.plan, lock.holds, now, FORMAT)
        content = part(then)
        absent.append(content is None)
        same.append(content == part(today))
    if not same[-1]:
        return f"{'added' if absent[-1] else 'changed'} after the plan was locked"
    since = next(i for i in range(len(locks)) if all(same[i:]))
    if since == 0:
        return PRE_SPECIFIED
    verb = "added" if all(absent[:since]) else "changed"
    return f"{verb} on {locks[since].date}, after the plan was first locked"


def _family_of(plan: Plan, estimate: str) -> list[str] | None:
    """The estimates of the family that holds one; None: none does. Its name decides nothing."""
    families = plan.get("analysis_plan", {}).get("families", {}).values()
    return next((f["estimates"] for f in families if estimate in f["estimates"]), None)


def _estimand_of(plan: Plan, model: str, estimand: str) -> list[Any] | None:
    """An estimand with what it calls contamination; None: the model does not target it."""
    if estimand not in plan.get("models", {}).get(model, {}).get("estimand", ()):
        return None
    own = plan["estimands"][estimand]
    named = "contamination" in own.get("intercurrent_events", {})
    return [own, plan["design"].get("contamination") if named else None]


def _way(plan: Plan, way: str) -> str | None:
    settings = _settings_of_ways(plan).get(way)
    return None if settings is None else content_with(plan, settings, way.split("/")[3])


def _settings_of_ways(plan: Plan) -> dict[str, dict[str, Any]]:
    return dict(_each_way(plan))


def _each_way(plan: Plan) -> Iterator[tuple[str, dict[str, Any]]]:
    curve = plan.get("analysis_plan", {}).get("specification_curve")
    if curve is None:
        return
    covariates = curve.get("covariates") or {"own": None}
    for model in curve["models"]:
        for adjusted, names in covariates.items():
            for chosen in curve.get("analysis_sets") or ("own",):
                settings = dict(plan["models"][model])
                settings |= {} if names is None else {"covariates": names}
                settings |= {} if chosen == "own" else {"analysis_set": chosen}
                for outcome in curve["outcomes"]:
                    for time in curve["times"]:
                        yield f"{model}/{adjusted}/{chosen}/{outcome}/{time}", settings
