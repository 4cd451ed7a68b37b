"""One estimate and its variance from bootstrap samples that were imputed: estimates (B, M, k).

The estimate is the mean of all. Its variance is that of a one-way layout with random samples:
MSW = SSW / (B(M - 1)), MSB = SSB / (B - 1), V = (1 + 1/B)(MSB - MSW) / M + MSW / (BM), Student's t
on Satterthwaite's df, at least 3. Where MSB <= MSW the samples differ by less than imputations do,
the part between them is taken as 0 and both sums of squares make up the other (V is then far too
small: B is). Sources: von Hippel & Bartlett (2021), Stat Sci 36:400-20; R package bootImpute (the
rules for few samples).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.resampled import Analysis, Failed, Resampled

FEWEST_SAMPLES = 200
"""Samples that bootImpute recommends at least."""
LEAST_DF = 3.0
FEW = "{} bootstrap samples were completed and analysed: at least two are needed"
NOT_BETWEEN = (
    "samples differ by less than imputations of a sample do: the variance between samples is taken"
    " as 0, and the standard error is too small: draw more samples"
)
FEWER = f"standard errors of fewer than {FEWEST_SAMPLES} bootstrap samples are themselves uncertain"
NO_NUMBER = "the analysis has no number in it"


@dataclass(frozen=True)
class Estimates:
    """Estimates (B, M, k), NaN where there is none; failed: samples that lack any, and why."""

    values: Floats
    failed: tuple[Failed, ...]

    @property
    def reasons(self) -> tuple[tuple[str, int], ...]:
        """Why samples failed, and how many, the most frequent first."""
        found: dict[str, int] = {}
        for one in self.failed:
            found[one.reason] = found.get(one.reason, 0) + 1
        return tuple(sorted(found.items(), key=lambda own: (-own[1], own[0])))


@dataclass(frozen=True)
class BootPooled:
    """k pooled estimates, in the outcome's unit.

    covariance (k, k): of the estimates, with variances V; df (k,): of each; between, within (k,):
    variances between samples and between imputations of a sample; samples, imputations: B of those
    that did not fail, and M; failed: how many did; monte_carlo (k,): the part of the standard error
    that more samples would take away; notes: what to know before one believes it.
    """

    estimate: Floats
    covariance: Floats
    df: Floats
    between: Floats
    within: Floats
    monte_carlo: Floats
    samples: int
    imputations: int
    failed: int
    notes: tuple[str, ...]

    @property
    def std_error(self) -> Floats:
        """Standard errors (k,)."""
        return np.sqrt(np.diag(self.covariance))

    def interval(self, level: float) -> tuple[Floats, Floats]:
        """Lower and upper limits (k,) of Student's interval."""
        from scipy.special import stdtrit  # type: ignore[import-untyped, unused-ignore]

        half = stdtrit(self.df, (1 + level) / 2) * self.std_error
        return self.estimate - half, self.estimate + half


@dataclass(frozen=True)
class NotPooled:
    """Why there is no pooled estimate."""

    reason: str


def estimates_of(
    resampled: Resampled, analysis: Analysis, batches: Iterable[Codes] | None = None
) -> Estimates:
    """An analysis of samples, completed in batches (by default of all); a sample of which any
    estimate is not a finite number has failed, and keeps the others."""
    found: dict[int, Floats] = {}
    failed = list(resampled.failed)
    for batch in resampled.completed(batches):
        failed += batch.failed
        if not len(batch.numbers):
            continue
        made = np.asarray(analysis(batch.tables, resampled.rows[batch.numbers]), dtype=float)
        made = made.reshape(*batch.tables.shape[:2], -1)
        good = np.isfinite(made).all(axis=(1, 2))
        failed += [Failed(int(b), "", NO_NUMBER) for b in batch.numbers[~good]]
        made = np.where(np.isfinite(made), made, np.nan)
        found |= dict(zip(batch.numbers.tolist(), made, strict=True))
    k = next(iter(found.values())).shape[1] if found else 1
    values = np.full((len(resampled.rows), resampled.m, k), np.nan)
    for number, own in found.items():
        values[number] = own
    return Estimates(values, tuple(sorted(failed, key=lambda one: one.number)))


def boot_pool(estimates: Floats) -> BootPooled | NotPooled:
    """Pool estimates (B, M) or (B, M, k); samples with anything not finite have failed.

    The covariance of two quantities is the same layout's with products for squares, of which V is
    the diagonal; where a part between samples is no covariance matrix, what makes it none is taken
    as 0. Student's df belong to each quantity alone: those of a combination c'estimate are had by
    pooling c'estimates.
    """
    q = np.asarray(estimates, dtype=float)
    q = q[:, :, None] if q.ndim == 2 else q
    good = np.isfinite(q).all(axis=(1, 2))
    kept, (b, m, _) = q[good], (int(good.sum()), *q.shape[1:])
    if m < 2:
        return NotPooled("one imputation of a sample tells nothing of how imputations differ")
    if b < 2:
        return NotPooled(FEW.format(b))
    centre = kept.reshape(b * m, -1)
    mean = centre[0] + (centre - centre[0]).mean(axis=0)
    own = kept[:, :1] + (kept - kept[:, :1]).mean(axis=1, keepdims=True)
    off, apart = (kept - own).reshape(b * m, -1), (own - mean)[:, 0]
    ssw, ssb = off.T @ off, m * apart.T @ apart
    msw, msb = ssw / (b * (m - 1)), ssb / (b - 1)
    none = np.diag(msb) <= np.diag(msw)
    between = _covariance(np.where(none | none[:, None], 0.0, (msb - msw) / m))
    within = np.where(none | none[:, None], (ssw + ssb) / (b * m - 1), msw)
    covariance = (1 + 1 / b) * between + within / (b * m)
    v, w = np.diag(covariance), np.diag(msw)
    spread = ((b + 1) / (b * m) * np.diag(msb)) ** 2 / (b - 1) + w**2 / (b * m**2 * (m - 1))
    with np.errstate(invalid="ignore", divide="ignore"):  # no spread at all: V is 0
        df = np.where(spread > 0, np.maximum(LEAST_DF, v**2 / spread), LEAST_DF)
    return BootPooled(
        estimate=mean,
        covariance=covariance,
        df=df,
        between=np.diag(between).copy(),
        within=np.diag(within).copy(),
        monte_carlo=np.sqrt(np.diag(msb) / (b * m)),
        samples=b,
        imputations=m,
        failed=len(q) - b,
        notes=tuple(_notes(none & (v > 0), b, len(q) - b)),
    )


def _covariance(between: Floats) -> Floats:
    """The nearest matrix that is a covariance, with the same variances."""
    values, vectors = np.linalg.eigh(between)
    if values.min() >= 0 or len(between) == 1:
        return between
    fixed = (vectors * np.maximum(values, 0.0)) @ vectors.T
    size = np.sqrt(np.maximum(np.diag(between), 0.0) / np.maximum(np.diag(fixed), 1e-300))
    return np.asarray(fixed * size * size[:, None])


def _notes(none: np.ndarray, samples: int, failed: int) -> Iterator[str]:
    if none.any():
        yield NOT_BETWEEN
    if samples < FEWEST_SAMPLES:
        yield FEWER
    if failed:
        yield (
            f"{failed} of {samples + failed} bootstrap samples failed and are left out: what is"
            " said holds as far as these are like the others"
        )
