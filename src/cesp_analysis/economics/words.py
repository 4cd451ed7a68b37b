"""How figures and tables call the ways of an evaluation; no library is imported here."""

APPROACHES = {
    "gain": "Gain over baseline",
    "adjusted": "Adjusted for baseline",
    "unadjusted": "Not adjusted",
}
WAYS = {
    "boot_impute": "Bootstrap, then imputation",
    "imputed": "Multiple imputation",
    "complete": "People who are complete",
}
"""What is done about missing answers; the first that there is speaks for the base case."""
FOLLOW_UP = "follow_up"
"""What tables call all times after the first together."""
VALUE_SET = "value set "
"""Begins the names of scenarios with another value set."""
LOW, HIGH = "low", "high"
TORNADO = "tornado "
"""Begins the names of scenarios that vary one parameter: 'tornado NAME: low'."""


def approaches_in(there: set[str]) -> list[str]:
    """Those that there are, in order."""
    return [name for name in APPROACHES if name in there]
