"""What tables and report say of the analysis plan, in the same words."""

UNTARGETED = "no model targets it: nothing in these results answers it"

PRE_SPECIFIED = "pre-specified"
AS_LOCKED = "as first locked"
"""In place of pre-specified, where data had been received before the plan was locked."""
NOT_HELD = "not held by the lock"
"""Standing of what every lock leaves out, since an earlier version wrote it."""
UNCHANGED = (PRE_SPECIFIED, AS_LOCKED)

CHANGED = (
    "An analysis that was chosen or changed after somebody saw the answers may have been chosen for"
    " what it says; its interval and p-value then promise more than they hold."
)
AFTER_DATA = (
    "Data had been received when it was first locked, some on {}: nothing here shows that nobody"
    " had looked at them."
)
NOT_LOCKED = (
    "The analysis plan is not locked: nothing here shows which analyses were chosen before anybody"
    " saw the answers."
)
EXPLORATORY = (
    "No confirmatory family is declared: every estimate is exploratory. With many looks some"
    " intervals miss zero by chance alone."
)
OTHERS = (
    "Every estimate outside a family is exploratory. With many looks some intervals miss zero by"
    " chance alone."
)


def since_locked(told: list[str], gone: int) -> str:
    """How a curve differs from the locked one, by the standing of its ways (none: '') and how many
    ways are gone; '' if it does not."""
    if not told or not all(told):
        return "The plan is not locked: nothing shows which of these were declared beforehand."
    late = sum(said not in UNCHANGED for said in told)
    parts = [f"{late} of {len(told)} were added or changed after the plan was locked"] * bool(late)
    parts += [f"{gone} that were declared when it was locked are left out"] * bool(gone)
    return f"{' and '.join(parts)}.".capitalize() if parts else ""
