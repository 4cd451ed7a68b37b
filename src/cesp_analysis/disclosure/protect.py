"""Which counts are withheld: small ones, and others from which these could be worked out."""

from collections.abc import Mapping, Sequence

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.bounds import UNBOUNDED, Range, parts_of, solved
from cesp_analysis.disclosure.quantities import Equation, Key
from cesp_analysis.withheld import ALONG, FEW

WHO = frozenset(("of", "site", "wave"))


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
    while True:
        told = {key: _told(key, value, key in counts, made, how) for key, value in whole.items()}
        exposed = _exposed(equations, told, small, how)
        if not exposed:
            return made
        done: set[Key] = set()  # of this turn: what lies beside them may be safe by now
        for key in exposed:
            if not any(key in e.named() and done & {*e.named()} for e in equations):
                done.add(_withhold_beside(key, equations, whole, made, how))


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


def _withhold_beside(
    key: Key, equations: Sequence[Equation], whole: Mapping[Key, int], made: Why, how: Disclosure
) -> Key:
    """Withhold the smallest number that is still released in an equation of the key's; where there
    is none, in an equation of its neighbours', and so on. Numbers that are told anyway come last:
    to withhold one hides nothing. Returns whose it is.

    Raises ValueError if nothing is left to withhold.
    """
    open_ = {
        other for other, value in whole.items() if value >= how.threshold and other not in made
    }
    for kept in (_told_anyway(equations), set[Key]()):
        near = _nearest(key, equations, open_ - kept)
        if near:
            chosen = min(near, key=lambda other: (whole[other], sorted(other)))
            made[chosen] = ALONG
            return chosen
    raise ValueError(f"a small number can be worked out from itself: {sorted(key)}")


def _nearest(key: Key, equations: Sequence[Equation], wanted: set[Key]) -> set[Key]:
    """Of the wanted keys those fewest equations away from a key; none if none is joined to it."""
    reached = seen = {key}
    while reached:
        near = {o for e in equations if reached & {*e.named()} for o in e.named()} - seen
        if found := near & wanted:
            return found
        seen, reached = seen | near, near
    return set()
