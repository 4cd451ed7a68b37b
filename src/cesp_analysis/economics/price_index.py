"""Price indices: a file read, and by what factor prices rose from one year to another."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from cesp_analysis.csv_lines import Wrong, number, told_rows
from cesp_analysis.declared.resources import following, is_price_year
from cesp_analysis.errors import CespError, few, no_such

INDEX = Path(__file__).parent / "prices" / "price_index.csv"
INDEXED = ("index", "year", "change", "source")
Changes = Mapping[str, Mapping[str, float]]
"""Index → year → change since the year before, in percent."""


def read_index(path: Path) -> dict[str, dict[str, float]]:
    """Index → year → change in percent; CespError with a line for each fault."""
    found: dict[str, dict[str, float]] = {}
    wrong = Wrong(path)
    rows, _ = told_rows(path, wrong, INDEXED, others=("note",))
    for line, row in rows:
        change = number(row["change"])
        own = found.setdefault(row["index"], {})
        for fault in _faults_of_change(row, change, own):
            wrong.add(line, fault)
        own.setdefault(row["year"], math.nan if change is None else change)
    if told := wrong.told():
        raise CespError(told)
    return found


def changes_of(own: Path | None) -> dict[str, dict[str, float]]:
    """The indices of a study's file, whole, and those shipped that it does not name."""
    return read_index(INDEX) | (read_index(own) if own else {})


class OfIndex(ValueError):
    """A price that an index does not bring to the study's year, whatever the price is."""


class Unreached(OfIndex):
    """A price that an index does not bring to the study's year. index; lacks: the years of which it
    has no change; runs: of which it has, first and last."""

    def __init__(
        self, index: str, lacks: Sequence[str], runs: tuple[str, str], of: str, to: str
    ) -> None:
        self.index, self.lacks, self.runs, self.to = index, lacks, runs, to
        super().__init__(self.told(f"prices of {of}", lacks))

    def told(self, what: str, lacks: Sequence[str]) -> str:
        """The line, of these prices and years."""
        whole = following(lacks[0], len(lacks) - 1) == lacks[-1] and len(lacks) > 1
        years = f"{lacks[0]} to {lacks[-1]}" if whole else few(lacks)
        return (
            f"the price index {self.index} has no change for {years} (it runs from"
            f" {self.runs[0]} to {self.runs[1]}), so that {what} cannot be brought to {self.to};"
            " give an index that reaches (economics.index), or another price_year"
        )


def inflated(value: float, of: str, changes: Changes, year: str, index: str) -> float:
    """£ of one price year in those of another; OfIndex where the index does not reach."""
    return value * factor_of(index, of, changes, year)


def factor_of(index: str, of: str, changes: Changes, year: str) -> float:
    """Product of an index's changes from the one year to the other, or its inverse back; OfIndex
    where it does not reach."""
    if of == year:
        return 1.0
    if index not in changes:
        told = no_such("price index", index, sorted(changes))
        raise OfIndex(f"{told}; write its changes into the file of economics.index")
    known, span = changes[index], list[str]()
    first, last = sorted([of, year])
    while first < last:
        first = following(first)
        span.append(first)
    if lacks := [one for one in span if one not in known]:
        raise Unreached(index, lacks, (min(known), max(known)), of, year)
    factor = math.prod(1 + known[one] / 100 for one in span)
    return factor if of < year else 1 / factor


def _faults_of_change(
    row: Mapping[str, str], change: float | None, known: Collection[str]
) -> Iterator[str]:
    """known: years of which the index has a change already."""
    if not row["index"]:
        yield "index: is blank; write what unit costs call it"
    if not is_price_year(row["year"]):
        yield f"year: must be a financial year like 2023/24, not '{row['year']}'"
    if change is None or not -50 < change < 100:
        yield f"change: must be percent since the year before, not '{row['change']}'"
    if not row["source"]:
        yield "source: is blank; write where the change is from"
    if row["year"] in known:
        yield f"{row['index']} of {row['year']} stands there twice; keep one"
