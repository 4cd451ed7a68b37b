"""One table as it leaves: its rows as text, and what of each is withheld."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cesp_analysis.disclosure import numbers
from cesp_analysis.disclosure.cleared import cleared
from cesp_analysis.disclosure.dominance import Contributions, dominated
from cesp_analysis.disclosure.leaving import Leaving, Row
from cesp_analysis.disclosure.protect import rounded
from cesp_analysis.disclosure.quantities import Key, key_in
from cesp_analysis.numbers import OTHER_DECIMALS
from cesp_analysis.study.disclosure import Disclosure
from cesp_analysis.withheld import ALONG, FEW

IN_UNIT = frozenset(
    (
        "estimate", "std_error", "ci_low", "ci_high", "ci_low_shock", "ci_high_shock",
        "baseline_gap", "difference", "common_mean",
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
class Release:
    """How a table is released: its entry, the settings, which counts are withheld and why.

    `apart`: columns whose counts are others than those of the same people elsewhere. `rare`:
    outcomes of which few people have one of two values: an estimate would tell how many.
    `hidden`: estimates that rest on few, in whatever table. `of_few`: (outcome, time) at which few
    of a group have a value: with the other group's mean an estimate would tell theirs. `widths`:
    estimate → of how many it is, and half its interval. `decimals`: (outcome, its own unit) → as
    they are printed.
    """

    table: str
    leaving: Leaving
    how: Disclosure
    withheld: Mapping[Key, str]
    apart: Collection[tuple[str, str]] = ()
    rare: Collection[str] = ()
    hidden: Collection[str] = ()
    of_few: Collection[tuple[str, str]] = ()
    widths: Mapping[str, Width] = field(default_factory=dict)
    decimals: Mapping[tuple[str, str], int] = field(default_factory=dict)
    contributions: Contributions | None = None

    def rows(self, rows: Sequence[Row]) -> list[tuple[dict[str, str], dict[str, str]]]:
        """Every row's cells as text, and column → why it is withheld.

        What describes several rows at once (`together`) is withheld with any number of theirs.
        """
        made = [self.row(row) for row in rows]
        for column, (names, with_) in self.leaving.together.items():
            keys = [tuple(row[name] for name in names) for row in rows]
            hidden = {
                key for key, (_, why) in zip(keys, made, strict=True) if why.keys() & {*with_}
            }
            for row, key, (cells, why) in zip(rows, keys, made, strict=True):
                if key in hidden and row[column] is not None:
                    cells[column], why[column] = "", ALONG
        return made

    def row(self, row: Row) -> tuple[dict[str, str], dict[str, str]]:
        """The row's cells as text, and column → why it is withheld."""
        why = self._counts(row) | self._sizes(row)
        why |= self._follow(row, why)
        cells = {}
        for column, role in self.leaving.roles.items():
            value = row[column]
            if column in why or value is None or value == "":
                cells[column] = ""
            elif role == "blank":
                cells[column] = ""
                if not isinstance(value, str):
                    why[column] = ALONG
            else:
                cells[column] = self._text(row, column, role, value)
        return cells, why

    def _counts(self, row: Row) -> dict[str, str]:
        found = {}
        for conditions in (self.leaving.counts, self.leaving.sized):
            for column, own in conditions.items():
                key = key_in(self.table, column, own, row, self.apart)
                if row[column] is not None and (why := self.withheld.get(key)):
                    found[column] = why
        return found

    def _sizes(self, row: Row) -> dict[str, str]:
        sizes = [name for name in self.leaving.sizes.split() if row[name] is not None]
        if row.get("cluster_level") in SINGLE:
            sizes += [name for name in CLUSTERS if row.get(name) is not None]
        few = {name: FEW for name in sizes if self.how.small(row[name])}
        return few if self.leaving.counts_people(row) else dict.fromkeys(sizes, ALONG)

    def _follow(self, row: Row, why: Mapping[str, str]) -> dict[str, str]:
        """What follows from withheld numbers, or rests on few."""
        found = {}
        for column, (part, whole) in self.leaving.shares.items():
            if row[column] is not None and self._tells(row, part, whole, why):
                found[column] = ALONG
        if found:  # probabilities of a share tell it
            chances = self.leaving.chances.split()
            found |= {name: ALONG for name in chances if row[name] is not None}
        rare = self._rare(row)
        for column, size in self.leaving.means.items():
            few = self._few(row, size) or self._two_valued(row, size)
            if row[column] is not None and (few or rare):
                found[column] = ALONG
        for column, size in self.leaving.sums.items():
            if row[column] is not None and (self._few(row, size) or self._one_person_s(row)):
                found[column] = ALONG
        for column, size in self.leaving.rests.items():
            if row[column] is not None and self._few(row, size):
                found[column] = ALONG
        if rare or self._estimate_of_few(row):
            leaving = self.leaving
            names = f"{leaving.estimates} {leaving.coarse} {leaving.chances}".split()
            found |= {name: ALONG for name in names if row[name] is not None}
        return found

    def _rare(self, row: Row) -> bool:
        """Whether a row is of an outcome of which few have one of two values."""
        return row.get("outcome") in self.rare or row.get("variable") in self.rare

    def _estimate_of_few(self, row: Row) -> bool:
        """Whether what is estimated rests on few, or on a group of few."""
        rests = self.leaving.rests_on
        if rests and row[rests] is not None and self._few(row, rests):
            return True
        of_group = (row.get("outcome"), row.get("time")) in self.of_few
        return of_group or row.get("estimate_id") in self.hidden or self._of_few(row)

    def _tells(self, row: Row, part: str, whole: str, why: Mapping[str, str]) -> bool:
        """Whether a share would tell a small part, or that few are not in it."""
        if part in why or whole in why:
            return True
        if row[part] is None:  # a mean, of as many as the whole
            return bool(whole and self._few(row, whole))
        if not whole or row[whole] is None:
            return self.how.small(row[part])
        return self.how.small(row[part]) or self.how.small(row[whole] - row[part])

    def _few(self, row: Row, size: str) -> bool:
        return row[size] is None or row[size] < self.how.threshold

    def _one_person_s(self, row: Row) -> bool:
        """Whether one person makes up too much of a sum; of unknown people it is taken to be so."""
        known = self.contributions
        return known is None or dominated(known(row), self.how.largest_share)

    def _of_few(self, row: Row) -> bool:
        """Whether an estimated proportion is of few, or leaves few out."""
        share, n = row.get("estimate"), row.get("n")
        if row.get("measure") != "proportion" or share is None or not n:
            return False
        return self.how.small(round(share * n)) or self.how.small(round((1 - share) * n))

    def _two_valued(self, row: Row, size: str) -> bool:
        """Whether a mean is the share of few: zeros and ones have SD √(p(1 − p) n/(n − 1))."""
        return share_of_few(row.get("mean"), row.get("sd"), row[size], self.how)

    def _text(self, row: Row, column: str, role: str, value: Any) -> str:
        leaving, how = self.leaving, self.how
        if role == "shown" and isinstance(value, str):
            return value
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
        if role == "coarse":
            return self._near(row, column, value, numbers.MOST_DECIMALS)
        if role == "sums":
            return numbers.coarse(value)
        if role == "estimates":
            return self._estimate(row, column, value)
        return str(int(value)) if column in leaving.whole else repr(value)

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
    estimate those of the row, with shocks too, since the interval without them tells more."""
    if column in IN_UNIT:
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


def share_of_few(mean: float | None, sd: float | None, n: float | None, how: Disclosure) -> bool:
    """Whether a mean is that of zeros and ones, of which few are either."""
    if mean is None or sd is None or not n or n < 2 or not 0 <= mean <= 1:
        return False
    if abs(sd**2 - mean * (1 - mean) * n / (n - 1)) > 1e-9:
        return False
    ones = round(mean * n)
    return how.small(ones) or how.small(n - ones)
