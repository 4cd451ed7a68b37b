"""What a lock holds: the settings that the pipeline knew when it wrote the lock.

A later version writes down more. Plans are compared in what both hold, so that a lock stays one
after an update; what it does not hold is said, since a change of that goes unseen.
"""

from typing import Any

from cesp_analysis.analysis_plan.content import Plan

FORMAT = 6
"""The number that locks are written with. Before 4 they had none: see `format_of`."""

SINCE_MEASUREMENT = 6
_SECTIONS = {
    "variables": 2,
    "records": 2,
    "instruments": 2,
    "defaults": 4,
    "measurement": SINCE_MEASUREMENT,
}
_FIELDS = {
    "design": {"seed": 3, "period": 4, "surveys": 5, "networks": 5, "external": 5},
    "records": {"last_line": 3, "decimal": 4, "date": 4, "header": 4},
    "variables": {"format": 4},
}
"""Section, or setting → the first format that holds it; of `design` the entry is the setting."""
_MISSED = {
    2: "which records count and how their answers are coded",
    3: "the seed and where a file ends",
    4: "how dates and decimals are read, and the pipeline's own defaults",
    5: "how surveys were drawn and weighted, networks, and figures from outside",
    6: "candidates for a main trial's primary outcome, how they are ranked and for which trial",
}
"""Format → what those before it do not hold."""


def format_of(number: int, plan: Plan) -> int:
    """The format of a lock; number: as it is written there, 0 of one that has none."""
    if number:
        return number
    if "records" not in plan:
        return 1
    return 3 if "seed" in plan.get("design", {}) else 2


def not_held(number: int) -> str:
    """What a lock of this format does not hold, in words; '': nothing."""
    return "; ".join(missed for since, missed in _MISSED.items() if number < since)


def comparable(one: Plan, its: int, other: Plan, others: int) -> tuple[Plan, Plan]:
    """Two plans and their formats → the two in what both formats hold."""
    both = min(its, others)
    first, second = _held(one, both), _held(other, both)
    if both == 1:  # it held no variable that another is derived from
        first, second = _shared(first, second, "derived")
    if "defaults" in first and "defaults" in second:
        first, second = _shared(first, second, "defaults")
        for kind in first.get("defaults", {}):  # a setting that one version did not have
            entries = first["defaults"][kind], second["defaults"][kind]
            known = entries[0].keys() & entries[1].keys()
            for plan, entry in zip((first, second), entries, strict=True):
                plan["defaults"][kind] = {key: entry[key] for key in entry if key in known}
    return first, second


def _held(plan: Plan, number: int) -> Plan:
    """The plan without what a format does not hold."""
    left: Plan = {}
    for section, entries in plan.items():
        if _SECTIONS.get(section, 1) > number:
            continue
        late = {name for name, since in _FIELDS.get(section, {}).items() if since > number}
        if section == "design":
            left[section] = {key: part for key, part in entries.items() if key not in late}
        else:
            left[section] = {name: _without(entry, late) for name, entry in entries.items()}
    if number == 1 and "few_sites" in left.get("design", {}):  # a prior stood there by its path
        left["design"]["few_sites"] = _without(left["design"]["few_sites"], {"prior"})
    return left


def _without(entry: Any, names: set[str]) -> Any:
    return {k: v for k, v in entry.items() if k not in names} if isinstance(entry, dict) else entry


def _shared(one: Plan, other: Plan, section: str) -> tuple[Plan, Plan]:
    """Both with those entries of a section alone that stand in both."""
    both = one.get(section, {}).keys() & other.get(section, {}).keys()
    first, second = (
        plan
        | {section: {name: entry for name, entry in plan.get(section, {}).items() if name in both}}
        for plan in (one, other)
    )
    return first, second
