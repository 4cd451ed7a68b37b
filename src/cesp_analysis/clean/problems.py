"""The list of data problems: every one, with its place and what was done."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

KINDS: dict[str, str] = {
    "not_a_number": "text where a number should be",
    "out_of_range": "a number outside the declared range",
    "not_a_code": "a number that is no answer code",
    "undeclared_value": "a value that config.yaml does not declare",
    "not_derived": "a value that the rule of a derived variable does not cover",
    "not_a_date": "not a date in the declared format",
    "impossible_date": "a date outside the study's period",
    "date_before_baseline": "a later date that lies before the person's first",
    "respelled": "a declared value written differently (case, spaces)",
    "short_record": "fewer fields than the header; the rest read as blank",
    "blank_id": "a record without an id",
    "unknown_person": "an id that is not among the people",
    "undeclared_site": "a site that config.yaml does not declare",
    "undeclared_time": "a time that config.yaml does not declare",
    "undeclared_arm": "an arm that config.yaml does not declare",
    "exact_duplicate": "a record that repeats another, cell by cell",
    "unticked_unfinished": "no box ticked in a form that was left unfinished: asked or not?",
    "unclaimed_record": "a record that no entry of config.yaml reads",
    "register_contradicts": "another site, arm or neighbourhood than in the person's first record",
    "conflicting_duplicate": "a second record for the same unit and time that differs",
}
"""Kind of problem → what it means; config names kinds in problems.stop_on."""
OF_IDS = frozenset(
    {
        "exact_duplicate",
        "conflicting_duplicate",
        "unknown_person",
        "short_record",
        "register_contradicts",
    }
)
"""Kinds whose value is a record's id, or may be: it is printed on no page."""


@dataclass
class ProblemList:
    """Problems of one file, collected while it is cleaned."""

    path: str
    frames: "list[pd.DataFrame]" = field(default_factory=list)

    def add(
        self, kind: str, column: str, lines: "np.ndarray", values: "pd.Series", action: str
    ) -> None:
        """Note one kind of problem in one column: a line and a raw value for each."""
        import pandas as pd

        if len(lines):
            self.frames.append(
                pd.DataFrame(
                    {
                        "file": self.path,
                        "line": lines,
                        "column": column,
                        "kind": kind,
                        "value": values.to_numpy(),
                        "action": action,
                    }
                )
            )
