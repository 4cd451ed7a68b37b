"""Names of columns within a sentence: in quotes where it is written, labels where it is printed.

A category may hold an apostrophe (says[Don't know]): it is written twice, as in SQL, so that a name
ends where its quote does. A quote begins after no letter: "people's" opens none.
"""

import re
from collections.abc import Sequence

QUOTED = r"(?<!\w)'(?:[^']|'')+'(?!\w)"
"""A pattern of one name in quotes."""
_ONE = re.compile(QUOTED)


def quoted(names: Sequence[str]) -> str:
    """Names in quotes, one after the other: the report prints labels in their place."""
    return ", ".join("'" + name.replace("'", "''") + "'" for name in names)


def names_in(text: str) -> list[str]:
    """The names in quotes that a text holds, as they are."""
    return [one[1:-1].replace("''", "'") for one in _ONE.findall(text)]
