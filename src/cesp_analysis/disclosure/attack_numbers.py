"""Between what a number lies that a released cell shows."""

from collections.abc import Iterator
from math import ceil, floor

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.bounds import UNBOUNDED, Range
from cesp_analysis.disclosure.leaving import Leaving, Row
from cesp_analysis.disclosure.protect import around
from cesp_analysis.disclosure.quantities import Key, key_of
from cesp_analysis.withheld import WITHHELD


def range_of_cell(row: Row, column: str, base: int, how: Disclosure) -> Range | None:
    """What one cell says; None: nothing."""
    why = row[WITHHELD].get(column, "")
    if why.startswith("few"):
        return Range(how.least(), how.threshold - 1)
    if why:
        return Range(how.threshold, UNBOUNDED)
    if not row[column]:
        return None
    value = int(float(row[column]))
    if base and value % base:  # not rounded: as it is
        return Range(value, value)
    return around(value, base, how.threshold)


def of_share(
    name: str, at: int, leaving: Leaving, row: Row, column: str, part: str, whole: str,
    how: Disclosure,
) -> Iterator[tuple[str, Key, Range]]:  # fmt: skip
    """How many the share of a whole is, and how many are not in it, to the last printed decimal."""
    if not row[column] or not whole or column.endswith(("_low", "_high")):
        return
    if row.get("weighted") == "yes":  # by weights: of how many it is is not told
        return
    base = how.round_to if whole in leaving.counts else how.sizes_to
    of = range_of_cell(row, whole, base, how)
    if of is None or of.high == UNBOUNDED:
        return
    decimals = len(row[column].partition(".")[2])
    half = (1.0 if decimals > 2 else 0.5) * 10.0**-decimals  # of more, the last one is rounded up
    value = float(row[column])
    if value > 1:  # a mean
        return
    if row.get(part) and abs(value - float(row[part]) / float(row[whole])) <= half + 1e-9:
        return  # the share of the printed numbers
    low, high = max(value - half, 0.0), min(value + half, 1.0)
    conditions = leaving.counts.get(part)
    key = key_of(conditions, row) if conditions else own_number(name, at, part)
    yield column, key, whole_numbers(of.low * low, of.high * high)
    rest = own_number(name, at, f"those not in {part}")
    yield column, rest, whole_numbers(of.low * (1 - high), of.high * (1 - low))


def whole_numbers(low: float, high: float) -> Range:
    return Range(float(ceil(low - 1e-9)), float(floor(high + 1e-9)))


def is_share(row: Row) -> bool:
    """Whether a mean and SD are those of zeros and ones, as far as they are printed."""
    if not row.get("mean") or not row.get("sd"):
        return False
    mean, sd = float(row["mean"]), float(row["sd"])
    near = 10.0 ** -len(row["sd"].partition(".")[2])
    return 0 < mean < 1 and abs(sd - (mean * (1 - mean)) ** 0.5) < near


def own_number(name: str, at: int, column: str) -> Key:
    """The key of a number that no other cell tells of."""
    return frozenset({("cell", f"{name} {at} {column}")})


def within_both(one: Range | None, other: Range) -> Range:
    """What two tellings of a number leave."""
    return other if one is None else Range(max(one.low, other.low), min(one.high, other.high))
