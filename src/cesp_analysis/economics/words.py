"""How figures and tables call the parts of an evaluation; no library is imported here."""

from collections.abc import Iterable

from cesp_analysis.numbers import listed

APPROACHES = {
    "gain": "Gain over baseline",
    "adjusted": "Adjusted for baseline",
    "unadjusted": "Not adjusted",
}
MISSING_DATA = {
    "boot_impute": "Bootstrap, then imputation",
    "imputed": "Multiple imputation",
    "complete": "People who are complete",
}
"""What is done about missing answers; the first that there is speaks for the base case."""
FOLLOW_UP = "follow_up"
"""What tables call all times after the first together."""
VALUE_SET = "value set "
"""Begins the names of scenarios with another value set."""
PERSPECTIVE, DEPARTURE, SUBGROUP = "perspective ", "departure ", "subgroup "
"""Begin those with other costs, with imputed values multiplied, and of a category of people."""
LOW, HIGH = "low", "high"
TORNADO = "tornado "
"""Begins the names of scenarios that vary one parameter: 'tornado NAME: low'."""
USUALLY = "which usually means no answer and lies above or apart from all others"
"""In every sentence of a number that looks like a code of no answer."""


def column_in_words(column: str) -> str:
    """A column of the table that is imputed, as a sentence calls it: 'cost nhs+social_care@6m' →
    'costs of nhs and social care at 6m'; 'sex[male]' → 'sex (male)'."""
    variable, _, time = column.partition("@")
    variable, _, category = variable.partition("[")
    kind, _, sectors = variable.partition(" ")
    if kind == "cost":
        of = "link workers' time" if sectors == "intervention.time" else listed(sectors.split("+"))
        variable = f"costs of {of}" if sectors else "costs"
    whose = f" ({category.rstrip(']')})" if category else ""
    return f"{variable}{whose}{f' at {time}' if time else ''}".replace("_", " ")


def columns_in_words(text: str, columns: Iterable[str]) -> str:
    """A sentence in which columns stand, with them in words; the longest first, since one may be
    the beginning of another."""
    for column in sorted(columns, key=len, reverse=True):
        text = text.replace(column, column_in_words(column))
    return text


def approaches_in(there: set[str]) -> list[str]:
    """Those that there are, in order."""
    return [name for name in APPROACHES if name in there]
