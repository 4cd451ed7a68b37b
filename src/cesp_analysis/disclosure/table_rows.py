"""One table as it leaves: its rows as text, and what of each is withheld."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from cesp_analysis.columns import Row
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.attack_numbers import tells_few
from cesp_analysis.disclosure.digits import CLUSTERS, SINGLE, Digits, Width
from cesp_analysis.disclosure.dominance import Contributions, dominated
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.quantities import Key, key_in
from cesp_analysis.withheld import ALONG, FEW, WITHHELD


@dataclass(frozen=True)
class Release:
    """How a table is released: its entry, the settings, which counts are withheld and why.

    `apart`: columns whose counts are others than those of the same people elsewhere. `rare`:
    outcomes of which few people have one of two values: an estimate would tell how many.
    `hidden`: estimates that rest on few, in whatever table, and tables of which all do. `of_few`:
    (outcome, time) at which few of a group have a value: with the other group's mean an estimate
    would tell theirs. `widths`: estimate → of how many it is, and half its interval. `decimals`:
    (outcome, its own unit) → as they are printed.
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
        """The row's cells as text, and column → why it is withheld; those, too, that `prepared`
        left out and names under WITHHELD."""
        why = dict.fromkeys(row.get(WITHHELD, ()), ALONG) | self._counts(row) | self._sizes(row)
        why |= self._follow(row, why)
        digits = Digits(self.leaving, self.how, self.widths, self.decimals)
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
                cells[column] = digits.text(row, column, role, value)
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
        few = {
            name: ALONG
            for name, people in self.leaving.along.items()
            if row[name] is not None and row[people] is not None and self.how.small(row[people])
        }
        few |= {name: FEW for name in sizes if self.how.small(row[name])}
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
        if "mean" in found:  # what is estimated of the same answers tells it, by other weights
            same = self.leaving.estimates.split()
            found |= {name: ALONG for name in same if row[name] is not None}
        for column, size in self.leaving.sums.items():
            if row[column] is not None and (
                self._few(row, size) or self._one_person_s(row, column)
            ):
                found[column] = ALONG
        for column, size in self.leaving.rests.items():
            if row[column] is not None and self._few(row, size):
                found[column] = ALONG
        return found | self._estimates(row)

    def _estimates(self, row: Row) -> dict[str, str]:
        """Numbers of estimates of few; those of several estimates go with any of them."""
        leaving = self.leaving
        sides = {own: leaving.side(row, own) for own in leaving.named}
        few = {own: self._rare(s) or self._estimate_of_few(s) for own, s in sides.items()}
        if not any(few.values()):
            return {}
        names = f"{leaving.estimates} {leaving.coarse} {leaving.chances}".split()
        there = (name for name in names if row[name] is not None)
        return {name: ALONG for name in there if few.get(leaving.estimate_of(name)[0], True)}

    def _rare(self, row: Row) -> bool:
        """Whether a row is of an outcome of which few have one of two values."""
        return row.get("outcome") in self.rare or row.get("variable") in self.rare

    def _estimate_of_few(self, row: Row) -> bool:
        """Whether what is estimated rests on few, or on a group of few."""
        rests = self.leaving.rests_on
        if rests and row[rests] is not None and self._few(row, rests):
            return True
        of_group = (row.get("outcome"), row.get("time")) in self.of_few
        named = {row.get("estimate_id"), self.table} & {*self.hidden}
        return of_group or bool(named) or self._of_few(row)

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

    def _one_person_s(self, row: Row, column: str) -> bool:
        """Whether one person makes up too much of a sum; of unknown people it is taken to be so."""
        known = self.contributions
        return known is None or dominated(known(row, column), self.how.largest_share)

    def _of_few(self, row: Row) -> bool:
        """Whether an estimated proportion is of few, or leaves few out."""
        share, n = row.get("estimate"), row.get("n")
        if row.get("measure") != "proportion" or share is None or not n:
            return False
        return self.how.small(round(share * n)) or self.how.small(round((1 - share) * n))

    def _two_valued(self, row: Row, size: str) -> bool:
        """Whether a mean is the share of few: zeros and ones have SD √(p(1 − p) n/(n − 1)); or may
        be taken for one as it is printed."""
        if share_of_few(row.get("mean"), row.get("sd"), row[size], self.how):
            return True
        names = [name for name in ("mean", "sd", size) if row.get(name) is not None]
        digits = Digits(self.leaving, self.how, self.widths, self.decimals)
        roles = self.leaving.roles
        printed = {name: digits.text(row, name, roles[name], row[name]) for name in names}
        return tells_few(printed | {WITHHELD: {}}, size, self.leaving, self.how)


def share_of_few(mean: float | None, sd: float | None, n: float | None, how: Disclosure) -> bool:
    """Whether a mean is that of zeros and ones, of which few are either."""
    if mean is None or sd is None or not n or n < 2 or not 0 <= mean <= 1:
        return False
    if abs(sd**2 - mean * (1 - mean) * n / (n - 1)) > 1e-9:
        return False
    ones = round(mean * n)
    return how.small(ones) or how.small(n - ones)
