"""Which zone of a criterion is the worst, as the decision table and its words have it."""

from collections.abc import Mapping
from typing import Any

NOT_ASSESSED = "not assessed"
ORDER = ("red", NOT_ASSESSED, "amber", "green")
"""From worst to best: what is not assessed may be red."""


def worst_shown(row: Mapping[str, Any]) -> str:
    """The worst zone that a criterion's row shows: that of the estimate, or the one that what is
    not known allows."""
    return str(row.get("zone_worst") or row["zone"])
