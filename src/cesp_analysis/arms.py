"""The arms as tables name them."""

ARMS = ("intervention", "control")
"""In the order in which tables and pages show them."""
CODED = ("control", "intervention")
"""Each at the place of its code."""
ARM_CODES = (("intervention", 1), ("control", 0))
"""Each with its code, as they are shown."""
