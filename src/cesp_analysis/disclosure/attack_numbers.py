"""Between what a number lies that a released cell shows."""

from collections.abc import Iterator
from math import ceil, floor

from cesp_analysis.columns import Row
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.bounds import UNBOUNDED, Range
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.protect import around, needed
from cesp_analysis.disclosure.quantities import Key, key_of
from cesp_analysis.withheld import WITHHELD

ONES = "of which 1"
"""How many of those whom a mean of zeros and ones is of."""
NOISE = 1e-9
"""Of floating point, where a last digit stands at its end."""


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
    """The whole numbers between two ends, which may be off by rounding."""
    return Range(float(ceil(low - 1e-9)), float(floor(high + 1e-9)))


def is_told(own: Range, how: Disclosure) -> bool:
    """Whether it is certain that there is somebody, that they are few, and nearly how many."""
    few = how.least() <= own.low and own.high < how.threshold
    return few and own.values() < needed(how)


def is_share(row: Row, size: str, how: Disclosure) -> bool:
    """Whether a mean and SD may be those of zeros and ones, √(p(1 − p) n/(n − 1)), by every digit
    that is printed of them and of their size."""
    of = range_of_cell(row, size, how.sizes_to, how)
    if not row.get("mean") or not row.get("sd") or of is None or of.low < 2:
        return False
    (low, high), (least, most) = (_printed(row[name]) for name in ("mean", "sd"))
    if not 0 < float(row["mean"]) < 1:
        return False
    ends = [(p * (1 - p)) ** 0.5 for p in (max(low, 0.0), min(high, 1.0))]
    widest = 0.5 if low <= 0.5 <= high else max(ends)
    more = (of.low / (of.low - 1)) ** 0.5
    return bool(min(ends) <= most + NOISE and least <= widest * more + NOISE)


def tells_few(row: Row, size: str, leaving: Leaving, how: Disclosure) -> bool:
    """Whether a mean, as printed, is taken by the attack for a share that tells how few people have
    one of two values: what leaves and the attack on it ask the same."""
    if leaving.graded or not is_share(row, size, how):
        return False
    told = of_share("", 0, leaving, row, "mean", ONES, size, how)
    return any(is_told(own, how) for _, _, own in told)


def _printed(cell: str) -> tuple[float, float]:
    """Between what a number lies that is printed so."""
    half = 0.5 * 10.0 ** -len(cell.partition(".")[2])
    return float(cell) - half, float(cell) + half


def own_number(name: str, at: int, column: str) -> Key:
    """The key of a number that no other cell tells of."""
    return frozenset({("cell", f"{name} {at} {column}")})


def within_both(one: Range | None, other: Range) -> Range:
    """What two tellings of a number leave."""
    return other if one is None else Range(max(one.low, other.low), min(one.high, other.high))
