"""Studies with missing answers and the ways to analyse them, for imputation_simulation.py.

Two sites; a baseline that everybody has, an interim answer and a last one; the difference in change
to the last time is what is asked. A study is a table (n, 3) with gaps as NaN.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, ndtri

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.chained import Groups, impute
from cesp_analysis.missing.departures import conditional_mean, drawn_sets, draws
from cesp_analysis.missing.imputed import Imputations
from cesp_analysis.missing.linear_estimate import LinearEstimate
from cesp_analysis.missing.pooling import Pooled, pool
from cesp_analysis.missing.recipe import Column, Method, Recipe
from cesp_analysis.missing.reference_based import Strategy
from cesp_analysis.models.mmrm_engine import NeverTogether, NotConverged, NotIdentified, fit_mmrm
from cesp_analysis.models.mmrm_small_sample import small_sample
from cesp_analysis.models.refusals import NotEstimable

M, ITERATIONS, EFFECT = 20, 5, 1.0
SLOPE = 1.5
"""Of the log odds of being lost, per SD of the baseline: at the control site the other way."""
SHIFT = (-0.25, -1.0)
"""MNAR: what is added to the last answers of those lost, control and intervention site."""
GAIN = np.array([0.0, 0.5, EFFECT])
CASES, REML, JOINT, NORM, PMM = (
    "complete cases", "repeated measures (REML)", "repeated measures, errors joint",
    "norm, by site", "pmm, by site",
)  # fmt: skip
SHIFTED, JACKKNIFE, RUBIN = (
    "norm, shifted by site", "jump to reference, jackknife", "jump to reference, Rubin",
)  # fmt: skip
Found = dict[str, tuple[float, float, float]]
"""Way → estimate, standard error, df; NaN where it was refused."""
NONE = (np.nan, np.nan, np.nan)
REFUSALS = (NotEstimable, NotIdentified, NotConverged, NeverTogether)
Analysis = Callable[[Floats, Codes], tuple[Floats, Floats]]
"""Sets (m, n, columns), groups (n,) → estimates (m,) and squared standard errors (m,)."""


def by_rubin(
    y: Floats,
    arm: Codes,
    strategy: Strategy,
    analysis: Analysis,
    df_complete: float,
    m: int,
    seed: int,
) -> Pooled | str:
    """What m drawn sets say by Rubin's rules of a strategy; or why there are none."""
    drawn = draws(y, arm, m, seed)
    if isinstance(drawn, str):
        return drawn
    return pool(*analysis(drawn_sets(y, arm, strategy, drawn), arm), df_complete)


@dataclass(frozen=True)
class Design:
    """Who is lost (MCAR, MAR, jump), people in all, share lost at the last time."""

    lost_by: str
    people: int
    lost: float

    @property
    def site(self) -> np.ndarray:
        """Site (n,): 1 is the intervention."""
        return np.repeat([0, 1], self.people // 2)


def _level(lost: float) -> float:
    """Constant of the log odds at which a share is lost, over a standard normal variable."""
    z = ndtri((np.arange(20_000) + 0.5) / 20_000)
    low, high = -10.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if expit(middle + SLOPE * z).mean() < lost else (low, middle)
    return (low + high) / 2


LEVELS = {lost: _level(lost) for lost in (0.15, 0.3, 0.45)}


def drawn(design: Design, rng: np.random.Generator) -> np.ndarray:
    """A study (n, 3). Jump: who is lost after time d gains no more than the control from then on,
    which nobody sees; after the baseline or the interim answer, as likely. Else half as many miss
    the interim answer as the last one, whoever they are."""
    n, site = design.people, design.site
    y = 5 + rng.normal(size=(n, 1)) + rng.normal(size=(n, 3)) + np.array([0, 0.3, 0.5])
    y += np.outer(site, GAIN)
    share = np.full(n, design.lost)
    if design.lost_by != "MCAR":
        share = expit(LEVELS[design.lost] + SLOPE * (y[:, 0] - 5) / np.sqrt(2) * (2 * site - 1))
    gone, half = rng.random(n) < share, rng.random(n)
    y[gone, 2] = np.nan
    y[(gone & (half < 0.5)) if design.lost_by == "jump" else half < design.lost / 2, 1] = np.nan
    return y


def _shifted(made: Imputations, column: str, by: np.ndarray) -> Imputations:
    """The same sets with by (n,) added to what was imputed in a column; answers stay."""
    cells = tuple(
        replace(one, values=one.values + by[one.rows]) if one.column == column else one
        for one in made.cells
    )
    return replace(made, cells=cells)


def analysed(design: Design, rng: np.random.Generator, costly: bool) -> Found:
    """One study, by every way that its table's lines have; costly: also those that take long."""
    y, site = drawn(design, rng), design.site
    seed = int(rng.integers(2**31))
    found = {CASES: _complete_cases(y, site)} | _repeated_measures(y, site)
    if design.lost_by == "jump":
        return found | _jumped(y, site, seed, costly)
    made = _imputed(y, site, "norm", seed)
    found[NORM] = _pooled(made, site)
    found[SHIFTED] = _pooled(_shifted(made, "y2", np.array(SHIFT)[site]), site)
    found[PMM] = _pooled(_imputed(y, site, "pmm", seed + 1), site) if costly else NONE
    return found


def compared(y: np.ndarray, site: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Difference in mean change and its squared error, one variance, of sets (m, n, 3)."""
    change = y[:, :, 2] - y[:, :, 0]
    parts = [change[:, site == s] for s in (1, 0)]
    counts = [part.shape[1] for part in parts]
    rest = sum(part.var(axis=1, ddof=1) * (part.shape[1] - 1) for part in parts)
    variance = rest / (sum(counts) - 2) * sum(1 / count for count in counts)
    return parts[0].mean(axis=1) - parts[1].mean(axis=1), np.asarray(variance)


def _complete_cases(y: np.ndarray, site: np.ndarray) -> tuple[float, float, float]:
    seen = np.isfinite(y[:, 2])
    q, u = compared(y[None, seen], site[seen])
    return float(q[0]), float(np.sqrt(u[0])), float(seen.sum() - 2)


def _repeated_measures(y: np.ndarray, site: np.ndarray) -> Found:
    """Unstructured covariance, Kenward–Roger, without and with the covariance's own part."""
    person, moment = np.nonzero(np.isfinite(y))
    at = (moment[:, None] == np.arange(1, 3)).astype(float)
    a = site[person][:, None].astype(float)
    x = np.column_stack([np.ones(len(a)), a, at, a * at])
    contrast = np.eye(6)[-1]
    try:
        fit = fit_mmrm(y[person, moment], x, person, moment)
        ways = {
            way: small_sample(fit, "kenward_roger", "expected", errors)
            for way, errors in ((REML, "conditional"), (JOINT, "joint"))
        }
    except REFUSALS:
        return {REML: NONE, JOINT: NONE}
    return {
        way: (float(fit.coef[-1]), small.std_error(contrast), small.df(contrast))
        for way, small in ways.items()
    }


def _imputed(y: np.ndarray, site: np.ndarray, method: Method, seed: int) -> Imputations:
    columns = (Column("y0"), Column("y1", method), Column("y2", method))
    recipe = Recipe(columns, iterations=ITERATIONS)
    return impute(y, recipe, M, seed, Groups(site, ("control", "intervention")))


def _pooled(made: Imputations, site: np.ndarray) -> tuple[float, float, float]:
    sets = np.stack([made.completed(i) for i in range(M)])
    pooled = pool(*compared(sets, site), len(site) - 2)
    return float(pooled.estimate[0]), float(pooled.std_error[0]), float(pooled.df[0])


def _jumped(y: np.ndarray, site: np.ndarray, seed: int, costly: bool) -> Found:
    n = len(y)
    x, contrast = np.column_stack([np.ones(n), site]), np.array([0.0, 1.0])
    change = LinearEstimate(x, contrast, np.arange(n), np.ones(n), first=0, last=2)
    found: Found = {JACKKNIFE: NONE, RUBIN: NONE}
    try:
        means = conditional_mean(y, site, "jump_to_reference", change)
        found[JACKKNIFE] = means.estimate, means.std_error, n - 2.0
    except REFUSALS:
        pass  # counted
    if costly:
        pooled = by_rubin(y, site, "jump_to_reference", compared, n - 2, M, seed)
        if not isinstance(pooled, str):
            found[RUBIN] = (
                float(pooled.estimate[0]), float(pooled.std_error[0]), float(pooled.df[0]),
            )  # fmt: skip
    return found
