"""Between what a withheld number lies, for somebody who has read everything else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cesp_analysis.disclosure.quantities import Equation, Key

UNBOUNDED = float("inf")


@dataclass(frozen=True)
class Range:
    """The whole numbers from `low` to `high` that a count may be; `high` may be infinite."""

    low: float
    high: float

    def values(self) -> float:
        """How many values it may have."""
        return self.high - self.low + 1


def parts_of(equations: Iterable[Equation], fixed: set[Key]) -> list[list[Equation]]:
    """Equations in lots that share no unknown: each lot can be solved by itself."""
    lots: list[list[Equation]] = []
    lot_of: dict[Key, int] = {}
    for equation in equations:
        unknown = [key for key in equation.named() if key not in fixed]
        met = sorted({lot_of[key] for key in unknown if key in lot_of})
        at = met[0] if met else len(lots)
        if not met:
            lots.append([])
        for other in met[1:]:
            lots[at] += lots[other]
            lots[other] = []
            lot_of |= {key: at for key, lot in lot_of.items() if lot == other}
        lots[at].append(equation)
        lot_of |= dict.fromkeys(unknown, at)
    return [lot for lot in lots if lot]


def solved(
    lot: Sequence[Equation], told: Mapping[Key, Range], asked: Sequence[Key]
) -> dict[Key, Range]:
    """For each asked key the smallest and the largest number that fits all equations and all that
    is told: of one equation by adding up, of several, if no way through their unknowns comes back
    to where it began, from one to the next, else by two linear programmes (HiGHS). A key of which
    nothing is told is 0 or more.

    Raises ValueError where nothing fits: the equations or what was told are wrong.
    """
    if len(lot) == 1:
        return {key: _alone(lot[0], told, key) for key in asked}
    if without_circles(lot, told):
        found = _one_to_the_next(lot, told, asked)
        return {key: found[key] for key in asked}
    return by_programmes(lot, told, asked)


def by_programmes(
    lot: Sequence[Equation], told: Mapping[Key, Range], asked: Sequence[Key]
) -> dict[Key, Range]:
    """`solved` by two linear programmes a key, whatever the equations."""
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    keys = list(dict.fromkeys(key for e in lot for key in e.named()))
    place = {key: at for at, key in enumerate(keys)}
    entries = [
        (at, place[key], sign)
        for at, equation in enumerate(lot)
        for keys_, sign in ((equation.left(), -1.0), (equation.parts, 1.0))
        for key in keys_
    ]
    lines, columns, signs = zip(*entries, strict=True)
    matrix = csr_array((signs, (lines, columns)), shape=(len(lot), len(keys)))
    limits = [(told[key].low, told[key].high) if key in told else (0, None) for key in keys]
    found = {}
    for key in asked:
        ends = []
        for sign in (1.0, -1.0):
            aim = np.zeros(len(keys))
            aim[place[key]] = sign
            result = linprog(aim, A_eq=matrix, b_eq=np.zeros(len(lot)), bounds=limits)
            if result.status == 3:  # unbounded
                ends.append(UNBOUNDED)
            elif result.status == 0:
                ends.append(sign * result.fun + 0.0)
            else:
                raise ValueError(f"no numbers fit what is released of {sorted(key)}")
        low, high = np.ceil(ends[0] - 1e-6), np.floor(ends[1] + 1e-6)
        found[key] = Range(float(low), float(high))
    return found


def _alone(equation: Equation, told: Mapping[Key, Range], key: Key) -> Range:
    """The range of one key of one equation in which each key stands once."""
    any_ = Range(0, UNBOUNDED)
    left = [told.get(other, any_) for other in equation.left() if other != key]
    parts = [told.get(other, any_) for other in equation.parts if other != key]
    same, across = (left, parts) if key in equation.left() else (parts, left)
    own = told.get(key, any_)
    low = max(own.low, sum(one.low for one in across) - sum(one.high for one in same))
    high = min(own.high, sum(one.high for one in across) - sum(one.low for one in same))
    if low > high:
        raise ValueError(f"no numbers fit what is released of {sorted(key)}")
    return Range(low, high)


def without_circles(lot: Sequence[Equation], told: Mapping[Key, Range]) -> bool:
    """Whether equations and the unknowns that they share make a forest: each unknown that links two
    of them is the only link."""
    above: dict[Key | int, Key | int] = {}

    def top(one: Key | int) -> Key | int:
        while (higher := above.setdefault(one, one)) != one:
            above[one] = above[higher]
            one = higher
        return one

    for at, equation in enumerate(lot):
        named = equation.named()
        if len({*named}) < len(named):
            return False
        for key in named:
            if key in told and told[key].low == told[key].high:
                continue
            own, other = top(at), top(key)
            if own == other:
                return False
            above[own] = other
    return True


def _one_to_the_next(
    lot: Sequence[Equation], told: Mapping[Key, Range], asked: Sequence[Key]
) -> dict[Key, Range]:
    """The range of every key of a forest of equations: each equation by adding up, until none says
    more. Of a forest these are the smallest and largest numbers that fit all of it (constraints
    without circles that agree pair by pair agree as a whole: Freuder 1982, J ACM 29:24-32)."""
    found = {key: told.get(key, Range(0, UNBOUNDED)) for e in lot for key in e.named()}
    said = True
    while said:
        said = False
        for equation in lot:
            for side, other in (
                (equation.left(), equation.parts),
                (equation.parts, equation.left()),
            ):
                low = sum(found[key].low for key in other)
                high = sum(found[key].high for key in other)
                for key in side:
                    rest = [found[one] for one in side if one != key]
                    own = found[key]
                    new = Range(
                        max(own.low, low - sum(one.high for one in rest)),
                        min(own.high, high - sum(one.low for one in rest)),
                    )
                    if new.low > new.high:
                        raise ValueError(f"no numbers fit what is released of {sorted(asked[0])}")
                    if new != own:
                        found[key], said = new, True
    return found
