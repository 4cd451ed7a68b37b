"""What tables and report say of the analysis plan, in the same words."""

UNTARGETED = "no model targets it: nothing in these results answers it"

PRE_SPECIFIED = "pre-specified"

CHANGED = (
    "An analysis that was chosen or changed after somebody saw the answers may have been chosen for"
    " what it says; its interval and p-value then promise more than they hold."
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
    late = sum(said != PRE_SPECIFIED for said in told)
    parts = [f"{late} of {len(told)} were added or changed after the plan was locked"] * bool(late)
    parts += [f"{gone} that were declared when it was locked are left out"] * bool(gone)
    return f"{' and '.join(parts)}.".capitalize() if parts else ""
