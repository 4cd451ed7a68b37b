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
