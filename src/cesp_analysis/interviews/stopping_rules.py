"""Published rules of when interviews bring little that is new, as a description of what came.

They are read off interviews that were held: none of them says that nothing else was to be found,
and each depends on the order of interviews, on how fine the codes are and on who was asked.

Sources: Guest, Namey & Chen (2020), PLoS ONE 15:e0232076 (base size, run length, new information
threshold); Guest, Bunce & Johnson (2006), Field Methods 18:59-82 (share of codes after 6 and 12);
Francis et al. (2010), Psychol Health 25:1229-45 (initial sample 10, stopping criterion 3).
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.interviews.coverage import Coverage

BASE, RUN, THRESHOLD = 4, 2, 0.05
"""Guest et al. (2020): the sizes of their worked example; they also give 5 and 6, 3, and 0."""
INITIAL, WITHOUT_NEW = 10, 3
"""Francis et al. (2010)."""
PUBLISHED = {6: 0.73, 12: 0.92}
"""Guest et al. (2006): share of the codes of its 30 interviews in Ghana (of 60, in two
countries) that so many of them had."""
ROUNDING = 1e-12
"""5 of 100 is no more than .05, whatever the last digit of the quotient."""


@dataclass(frozen=True)
class LittleNew:
    """Guest et al. (2020). reached: how many interviews came before the first run with no more than
    the threshold of what the first `base` had (theirs: 'reached' + run), None: none has. reason:
    why there are no runs."""

    base: int
    run: int
    threshold: float
    reached: int | None
    reason: str | None = None


@dataclass(frozen=True)
class NothingNew:
    """Francis et al. (2010). reached: how many interviews had been held, of at least initial +
    criterion, when the last `criterion` brought nothing new; None: never. longest: most interviews
    after the initial ones, one after the other, without a new name. reason: why it does not
    apply."""

    initial: int
    criterion: int
    reached: int | None
    longest: int
    reason: str | None = None


@dataclass(frozen=True)
class Found:
    """Share of all names that the first so many interviews had; published: Guest et al. (2006)."""

    interviews: int
    share: float
    published: float | None


def little_new(
    of: Coverage, base: int = BASE, run: int = RUN, threshold: float = THRESHOLD
) -> LittleNew:
    """When a run of interviews first brought no more than `threshold` of what the base had.

    Runs overlap: of length 2 after a base of 4 they are interviews 5 and 6, 6 and 7, and so on.
    """
    n, found = len(of.interviews), int(of.new[:base].sum())
    if n < base + run:
        return LittleNew(base, run, threshold, None, _few(n, base + run))
    if found == 0:
        none = f"the first {base} interviews have no {of.by}"
        return LittleNew(base, run, threshold, None, none)
    fresh = np.convolve(of.new[base:], np.ones(run, dtype=np.int64), "valid").tolist()
    low = (base + i for i, new in enumerate(fresh) if new / found <= threshold + ROUNDING)
    return LittleNew(base, run, threshold, next(low, None))


def nothing_new(of: Coverage, initial: int = INITIAL, criterion: int = WITHOUT_NEW) -> NothingNew:
    """When, after the initial interviews, so many one after the other first brought nothing new."""
    n = len(of.interviews)
    if n < initial + criterion:
        return NothingNew(initial, criterion, None, 0, _few(n, initial + criterion))
    longest, now, reached = 0, 0, None
    for place, new in enumerate(of.new[initial:].tolist(), start=initial + 1):
        now = 0 if new else now + 1
        longest = max(longest, now)
        if reached is None and now == criterion:
            reached = place
    return NothingNew(initial, criterion, reached, longest)


def found_after(of: Coverage, numbers: tuple[int, ...] = tuple(PUBLISHED)) -> tuple[Found, ...]:
    """What share of all names the first interviews had; of numbers of interviews there are."""
    if not of.names:
        return ()
    there = [number for number in numbers if 1 <= number <= len(of.interviews)]
    return tuple(Found(i, float(of.so_far[i - 1]) / len(of.names), PUBLISHED.get(i)) for i in there)


def _few(n: int, needed: int) -> str:
    held = "1 interview was" if n == 1 else f"{n} interviews were"
    return f"{held} held; the rule needs {needed}"
