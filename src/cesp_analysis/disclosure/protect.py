"""Which counts are withheld: small ones, and others from which these could be worked out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.bounds import UNBOUNDED, Range, parts_of, solved
from cesp_analysis.disclosure.quantities import Equation, Key
from cesp_analysis.withheld import ALONG, FEW

WHO = frozenset(("of", "site", "wave"))


ByKey = Mapping[Key, Sequence[Equation]]
Why = dict[Key, str]
"""key → why it is withheld (FEW or ALONG); all others are released, rounded as told."""


def needed(how: Disclosure) -> int:
    """How many values a small number must at least be able to have, for who reads the rest."""
    return (how.threshold + 1) // 2


def rounded(value: float, base: int) -> int:
    """The nearest multiple of base, halves upwards; 0: as it is."""
    return round(value) if not base else int((value + base / 2) // base) * base


def around(value: int, base: int, threshold: int) -> Range:
    """What a rounded number may have been: where it was not withheld, no small one."""
    if not base or not value:
        return Range(value, value)
    low = value - base // 2
    return Range(max(low, threshold), low + base - 1)


def protect(
    counts: Mapping[Key, int],
    sizes: Mapping[Key, int],
    equations: Sequence[Equation],
    how: Disclosure,
) -> Why:
    """Withhold every count below the threshold, and then, one after the other, the smallest
    released number beside one that can still be worked out to within too few values.

    counts, sizes: key → number, as released exactly (or rounded to `round_to`), or rounded to
    `sizes_to`. Of a key that is both, the count says more.
    """
    whole = {**sizes, **counts}
    made = {key: FEW for key, value in whole.items() if how.small(value)}
    small = _small(whole, equations, how)
    still = _still_open(equations, whole, made, how)
    while True:
        told = {key: _told(key, value, key in counts, made, how) for key, value in whole.items()}
        exposed = _exposed(equations, told, small, how)
        if not exposed:
            return made
        done: set[Key] = set()  # of this turn: what lies beside them may be safe by now
        for key in exposed:
            if all(done.isdisjoint(e.named()) for e in still.of.get(key, ())):
                done.add(_withhold_beside(key, still, whole, made))


def _small(whole: Mapping[Key, int], equations: Sequence[Equation], how: Disclosure) -> set[Key]:
    """The keys of few; also of those whom no cell counts by themselves: what is left of a whole."""
    small = {key for key, value in whole.items() if how.small(value)}
    for equation in equations:
        untold = [part for part in equation.parts if part not in whole]
        if len(untold) == 1:
            left = sum(whole[key] for key in equation.left())
            if how.small(left - sum(whole.get(part, 0) for part in equation.parts)):
                small.add(untold[0])
    return small


def _told(key: Key, value: int, exact: bool, made: Why, how: Disclosure) -> Range:
    """What a reader is told of a number."""
    why = made.get(key)
    if why == FEW:
        return Range(how.least(), how.threshold - 1)
    if why == ALONG:
        return Range(how.threshold, UNBOUNDED)
    base = how.round_to if exact else how.sizes_to
    return around(rounded(value, base), base, how.threshold)


def _exposed(
    equations: Sequence[Equation], told: Mapping[Key, Range], small: set[Key], how: Disclosure
) -> list[Key]:
    """The small numbers that may be too few values, one of each lot of equations."""
    fixed = {key for key, own in told.items() if own.low == own.high}
    found = []
    for lot in parts_of(equations, fixed):
        own = sorted({key for e in lot for key in e.named() if key in small}, key=sorted)
        for key in own:
            if solved(lot, told, [key])[key].values() < needed(how):
                found.append(key)
                break
    return found


def _told_anyway(equations: Sequence[Equation]) -> set[Key]:
    """How many people or respondents there are: in every table, and so never withheld; and steps
    of the flow that all of them reached."""
    kept = {key for e in equations for key in e.named() if {name for name, _ in key} <= WHO}
    pairs = [(e.whole, e.parts[0]) for e in equations if not e.more and len(e.parts) == 1]
    while more := {b for a, b in pairs if a in kept} | {a for a, b in pairs if b in kept}:
        if more <= kept:
            break
        kept |= more
    return kept


def equations_by_key(equations: Iterable[Equation]) -> ByKey:
    """The equations that name each key."""
    found: dict[Key, list[Equation]] = {}
    for equation in equations:
        for key in dict.fromkeys(equation.named()):
            found.setdefault(key, []).append(equation)
    return found


@dataclass(frozen=True)
class Still:
    """Numbers that may still be withheld: open_, and last, if there is none of these, those that
    are told anyway: to withhold one hides nothing. of: the equations that name each key."""

    of: ByKey
    open_: set[Key]
    last: set[Key]


def _still_open(
    equations: Sequence[Equation], whole: Mapping[Key, int], made: Why, how: Disclosure
) -> Still:
    """All that are large enough to hide another, and not withheld."""
    large = {key for key, value in whole.items() if value >= how.threshold and key not in made}
    last = large & _told_anyway(equations)
    return Still(equations_by_key(equations), large - last, last)


def _withhold_beside(key: Key, still: Still, whole: Mapping[Key, int], made: Why) -> Key:
    """Withhold the smallest number that is still released in an equation of the key's; where there
    is none, in an equation of its neighbours', and so on. Returns whose it is.

    Raises ValueError if nothing is left to withhold.
    """
    for wanted in (still.open_, still.last):
        if near := _nearest(key, still.of, wanted):
            chosen = min(near, key=lambda other: (whole[other], sorted(other)))
            made[chosen] = ALONG
            wanted.remove(chosen)
            return chosen
    raise ValueError(f"a small number can be worked out from itself: {sorted(key)}")


def _nearest(key: Key, of: ByKey, wanted: set[Key]) -> set[Key]:
    """Of the wanted keys those fewest equations away from a key; none if none is joined to it."""
    reached = seen = {key}
    while reached:
        near = {o for one in reached for e in of.get(one, ()) for o in e.named()} - seen
        if found := near & wanted:
            return found
        seen, reached = seen | near, near
    return set()
