"""With how many digits a number leaves the team: so few that nobody's number follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cesp_analysis.columns import Row
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure import numbers
from cesp_analysis.disclosure.cleared import cleared
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.protect import rounded
from cesp_analysis.disclosure.unsaid import unsaid
from cesp_analysis.numbers import OTHER_DECIMALS

IN_UNIT = frozenset(
    (
        "estimate", "std_error", "ci_low", "ci_high", "ci_low_shock", "ci_high_shock",
        "ci_low_joint", "ci_high_joint",
        "baseline_gap", "difference", "common_mean", "inmb", "flip",
    )
)  # fmt: skip
"""Columns in the unit of the row's outcome."""
QUARTILES = ("q1", "median", "q3")
SHIFTS = ("shift_intervention", "shift_control")
CLUSTERS = ("n_clusters", "n_clusters_treated", "n_clusters_control")
SINGLE = ("person", "respondent")
"""Levels of clusters of which there are as many as people."""
Width = tuple[float, float]
"""Of how many people an interval is, and its half width."""


@dataclass(frozen=True)
class Digits:
    """How the cells of a table are said, once it is decided that they are shown.

    `widths`: estimate → of how many it is, and half its interval. `decimals`: (outcome, its own
    unit) → as they are printed.
    """

    leaving: Leaving
    how: Disclosure
    widths: Mapping[str, Width]
    decimals: Mapping[tuple[str, str], int]

    def text(self, row: Row, column: str, role: str, value: Any) -> str:
        """A cell as text."""
        leaving, how = self.leaving, self.how
        if role == "shown" and isinstance(value, str):
            return unsaid(value)
        if column in CLUSTERS and row["cluster_level"] in SINGLE:
            return str(rounded(value, how.sizes_to))  # as many as people
        if role == "texts":
            return cleared(str(value), how)
        if role == "counts":
            return str(rounded(value, how.round_to))
        if role == "sizes":
            return str(rounded(value, how.sizes_to))
        if role == "shares":
            return self._share(row, column, value)
        if role == "chances":
            return numbers.chance(value)
        if role == "means":
            return numbers.at(value, self._decimals_of_mean(row, column))
        if role == "coarse" and column in QUARTILES:
            return numbers.at(value, 0)
        if role in ("coarse", "sums"):
            return self._near(*self._of_estimate(row, column), value, numbers.MOST_DECIMALS)
        if role == "estimates":
            return self._estimate(*self._of_estimate(row, column), value)
        return str(int(value)) if column in leaving.whole else repr(value)

    def _of_estimate(self, row: Row, column: str) -> tuple[Row, str]:
        """The row and the column's name as the estimate that a number is of has them."""
        own, called = self.leaving.estimate_of(column)
        return self.leaving.side(row, own), called

    def _decimals_of_mean(self, row: Row, column: str) -> int:
        """Quartiles as whole numbers: of whole answers a half tells whether n is even."""
        if column in QUARTILES:
            return 0
        n = row[self.leaving.means[column]]
        ends = [row[end] for end in ("ci_low", "ci_high") if end in self.leaving.means]
        half = (ends[1] - ends[0]) / 2 if ends and None not in ends else 0.0
        most = numbers.decimals_of_mean(n, half)
        return min(most, numbers.decimals_of_interval(n, half, self.how)) if half else most

    def _estimate(self, row: Row, column: str, value: float) -> str:
        """In its outcome's unit no more decimals than are printed."""
        if column in ("df", "df_complete"):
            return numbers.degrees(row, value, self.how)
        if column.startswith("p_"):
            return f"{value:.2g}"
        most = numbers.MOST_DECIMALS
        if column in IN_UNIT and "outcome" in row and row.get("unit"):
            most = self.decimals.get(
                (str(row.get("outcome")), str(row.get("unit"))), OTHER_DECIMALS
            )
        return self._near(row, column, value, most)

    def _near(self, row: Row, column: str, value: float, most: int) -> str:
        """So near that its interval, or a standard error itself, leaves open of how many it is; of
        what has none two digits."""
        width = self._width(row, column, value)
        if width is not None:
            most = min(numbers.decimals_of_interval(*width, self.how), most)
        shifted = self.leaving.shifted and any(row[name] for name in SHIFTS)
        if width is None or shifted:  # how far an estimate moves by a shift is a share of people
            return numbers.coarse(value, most)
        return numbers.at(value, most)

    def _width(self, row: Row, column: str, value: float) -> Width | None:
        """Of how many a number is, and half the interval that tells it; None: it has none."""
        size = self.leaving.rests.get(column, self.leaving.rests_on)
        own = self.widths.get(str(row.get("estimate_id")))
        n = row[size] if size else own[0] if own else None
        if "std_error" in column:
            return (n, value) if n and value else None
        low, high = (row.get(name) for name in ends_of(column, row))
        if low is not None and high is not None:
            return (n, (high - low) / 2) if n and high > low else None
        return own if column in IN_UNIT else None

    def _share(self, row: Row, column: str, value: float) -> str:
        part, whole = self.leaving.shares[column]
        if part in self.leaving.counts:  # both stand beside it
            top, bottom = (rounded(row[name], self.how.round_to) for name in (part, whole))
            exact = self.how.round_to == 0
            return numbers.of_counts(value) if exact else f"{top / bottom:.2f}"
        if row[part] is None:  # a mean of as many as the whole
            low, high, n = row.get("ci_low"), row.get("ci_high"), row[whole] if whole else None
            if low is None or high is None or not n or high == low:
                return numbers.coarse(value)
            return numbers.at(value, numbers.decimals_of_interval(n, (high - low) / 2, self.how))
        own = row["value"] if "value" in self.leaving.shares else value
        below = row[whole] if whole else None
        return numbers.share(value, row[part], below, self.how, own)


def ends_of(column: str, row: Row) -> tuple[str, str]:
    """The ends of the interval that a column belongs to: its own; of what is in the unit of an
    estimate those of the row, with shocks too, since the interval without them tells more; of a
    model's mean those of its row, which holds no estimate."""
    if column in IN_UNIT or (column == "mean" and "estimate" not in row):
        return "ci_low", "ci_high"
    if f"{column}_low" in row:
        return f"{column}_low", f"{column}_high"
    if column.endswith(("_low", "_high")):
        base = column.rpartition("_")[0]
        return f"{base}_low", f"{base}_high"
    if column.startswith(("ci_low_", "ci_high_")):
        rest = column.split("_", 2)[2]
        return f"ci_low_{rest}", f"ci_high_{rest}"
    return "", ""
