"""Assurance: the probability that a trial succeeds, over what is not known when it is planned.

Power is worked out at one set of assumptions; assurance is its mean over their posterior draws
(O'Hagan, Stevens & Campbell 2005, Pharm Stat 4:187-201). By default it is a hybrid: spread,
correlations and retention are drawn, the difference is held at the smallest that matters (MID). The
trial is to find that difference if it is there, however likely it is; that spread and correlations
are not known is no matter of choice, and a trial too small for half of their values should not be
called one of 80% power (Williamson, Tishkovskaya & Wilson 2025, Clin Trials, doi
10.1177/17407745241312635). With a declared law of the effect assurance is the unconditional
probability of success, which can't exceed the law's probability of a benefit, whatever the size.

Success at a fixed effect: the two-sided test at alpha rejects, which is planning's own power. Under
a law of the effect: it rejects with an estimate on the side of benefit (effects above 0), so that
what is found where the intervention harms is no success.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.power import power as on_t
from cesp_analysis.planning.uncertain import Uncertain, crossed, error_of_mean

AT_ONCE = 20_000
"""Scenarios that are answered at once: a stepped wedge's degrees of freedom take 10 KB of each."""


class Tested(Protocol):
    """Of scenarios (n,): power, the effect's standard error and its degrees of freedom (∞: normal);
    NaN where there is no answer."""

    @property
    def power(self) -> Floats: ...
    @property
    def std_error(self) -> Floats: ...
    @property
    def df(self) -> Floats: ...


class Answered(Tested, Protocol):
    """The same, and why there is no answer, else ''."""

    @property
    def reason(self) -> NDArray[np.object_]: ...


Answer = Callable[[Mapping[str, Floats]], Answered]
"""planning's `answered` for one layout and analysis: fields of Scenarios (n,) → answers (n,)."""


@dataclass(frozen=True)
class Assurance:
    """Of designs (k,). value: mean of power over the draws; error: its Monte Carlo standard error;
    low, high: interval of power over the draws, of `level`; unanswered: draws that have no answer
    (value, low and high are then NaN), and why, the reason of most of them; most: what assurance
    cannot exceed, the share of draws with a benefit."""

    value: Floats
    error: Floats
    low: Floats
    high: Floats
    unanswered: NDArray[np.int64]
    why: tuple[str, ...]
    most: float
    draws: int
    level: float


def _nobody(answered: int) -> None:
    """Nobody waits for it."""


def assured(
    answer: Answer,
    designs: Mapping[str, Floats],
    known: Uncertain,
    effect: float | Floats,
    alpha: float = 0.05,
    level: float = 0.95,
    tell: Callable[[int], None] = _nobody,
) -> Assurance:
    """Assurance of designs: name of a field of Scenarios (locations, people) → values (k,).

    effect: one number (the MID: hybrid) or draws (draws,) of a declared law, above 0 a benefit. All
    designs see the same draws, so that differences between them are not Monte Carlo's. tell: told
    how many designs are answered, each time that some are. ValueError for fewer than 2 draws.
    """
    if known.draws < 2:
        raise ValueError("assurance is a mean over 2 draws or more")
    law = np.ndim(effect) > 0
    drawn = np.broadcast_to(np.asarray(effect, dtype=float), (known.draws,))
    given = Uncertain({**known.values, "effect": drawn, "alpha": np.full(known.draws, alpha)})
    parts, why = [], list[str]()
    for made, rows in answers(answer, designs, given):
        power = success(made, np.tile(drawn, rows), alpha) if law else made.power
        why += [_usual(one) for one in np.asarray(made.reason).reshape(rows, -1)]
        parts.append(_over_draws(power.reshape(rows, -1), level))
        tell(sum(len(one[0]) for one in parts))
    value, error, low, high, missing = (np.concatenate(one) for one in zip(*parts, strict=True))
    unanswered, most = missing.astype(np.int64), float((drawn > 0).mean())
    return Assurance(value, error, low, high, unanswered, tuple(why), most, known.draws, level)


def _usual(reasons: NDArray[np.object_]) -> str:
    """The reason of most draws that have one, else ''."""
    found = Counter(str(one) for one in reasons if one)
    return found.most_common(1)[0][0] if found else ""


def answers(
    answer: Answer, designs: Mapping[str, Floats], known: Uncertain
) -> Iterator[tuple[Answered, int]]:
    """Answers to every design with every draw, (rows × draws,), some rows at a time, and how many
    rows they are: no more scenarios than AT_ONCE lie in memory (or one design's)."""
    step = max(1, AT_ONCE // known.draws)
    for start in range(0, len(next(iter(designs.values()))), step):
        some = {name: value[start : start + step] for name, value in designs.items()}
        rows = len(next(iter(some.values())))
        yield answer(crossed(some, known.values)), rows


def success(made: Tested, effect: Floats, alpha: float) -> Floats:
    """Probability (n,) of rejecting on the side of benefit, at effects (n,) of either sign: power
    less what rejects on the wrong side, P(T < -t(1 - alpha / 2)), T noncentral t of the answer's df
    and |effect| / standard error; where the effect is below 0, that alone."""
    import scipy.special as sc  # type: ignore[import-untyped, unused-ignore]

    z = np.abs(effect) / made.std_error
    normal = np.isinf(made.df)
    df = np.where(normal, 1.0, made.df)
    # SciPy has NaN for what is too small for its series, below 1e-13: see planning/power.py
    of_t = np.nan_to_num(sc.nctdtr(df, z, -sc.stdtrit(df, 1 - alpha / 2)))
    wrong = np.where(normal, sc.ndtr(-z - sc.ndtri(1 - alpha / 2)), of_t)
    wrong = wrong * made.power / on_t(z, made.df, alpha)  # an analysis may be more cautious than t
    found = np.where(effect < 0, wrong, made.power - wrong)
    return np.asarray(np.where(np.isnan(made.power), np.nan, found))


def _over_draws(power: Floats, level: float) -> tuple[Floats, ...]:
    """Mean, its error, both quantiles and how many are missing of power (rows, draws)."""
    missing = np.isnan(power).sum(axis=1)
    low, high = np.quantile(power, [(1 - level) / 2, (1 + level) / 2], axis=1)
    return power.mean(axis=1), error_of_mean(power), low, high, missing
