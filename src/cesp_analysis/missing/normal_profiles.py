"""A group's normal profile from answers with gaps: by likelihood, or draws from its posterior.

Sources: Schafer (1997), Analysis of Incomplete Multivariate Data, 5.4 (data augmentation with
Jeffreys' prior); the likelihood's is the repeated-measures engine's, unstructured, by REML.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.missing.chance import Streams, normals
from cesp_analysis.missing.reference_based import Profile, filled
from cesp_analysis.models.mmrm_engine import fit_mmrm

ROUNDS = 50
"""Rounds of data augmentation before the one that counts: where the start matters by the share f of
information that is missing, f ** 50 of it is left (1e-5 of f = 0.8)."""


def likeliest(y: Floats) -> Profile:
    """Mean (t,) and cov (t, t) of one group's answers (n, t). Raises as fit_mmrm does."""
    person, time = np.nonzero(np.isfinite(y))
    fit = fit_mmrm(y[person, time], np.eye(y.shape[1])[time], person, time)
    return Profile(fit.coef, fit.covariance)


def drawn_profiles(y: Floats, streams: Streams, rounds: int = ROUNDS) -> Profile | str:
    """m draws, mean (m, t) and cov (m, t, t), of one group's answers (n, t); or why there are none.

    Gaps count as missing at random; each stream is one chain. People without any answer are passed
    over.
    """
    y = y[np.isfinite(y).any(axis=1)]
    n, t = y.shape
    seen = np.isfinite(y)
    if n <= t + 1 or (seen.sum(axis=0) <= t + 1).any():
        return f"too few people for means and covariances of {t} times"
    centre, scale = np.nanmean(y, axis=0), np.nanstd(y, axis=0)
    if not (scale > 0).all():
        return "all answers at one of the times are the same"
    z = (y - centre) / scale
    whole = seen.all(axis=1)
    known, open_ = z[whole], z[~whole]
    row, time = np.nonzero(np.isnan(open_))
    counted = rounds + 1 if len(open_) else 1
    chi = np.stack([one.chisquare(n - 1 - np.arange(t), (counted, t)) for one in streams])
    numbers = _Numbers(
        gaps=normals(streams, counted, len(row)),
        means=normals(streams, counted, t),
        bartlett=_bartlett(normals(streams, counted, t, t), chi),
    )
    full = np.zeros((len(streams), *open_.shape))
    full[:] = np.where(np.isnan(open_), 0.0, open_)
    noise = np.zeros_like(full)
    for at in range(rounds if len(open_) else 0):
        noise[:, row, time] = numbers.gaps[:, at]
        profile = _parameters(known, full, numbers, at)
        full = filled(open_, profile, profile, "missing_at_random", noise=noise)
    profile = _parameters(known, full, numbers, -1)
    return Profile(profile.mean * scale + centre, profile.cov * np.outer(scale, scale))


@dataclass(frozen=True)
class _Numbers:
    """Random numbers of m chains and r rounds: gaps (m, r, g) and means (m, r, t) are standard
    normal; bartlett (m, r, t, t): roots of standard Wishart matrices."""

    gaps: Floats
    means: Floats
    bartlett: Floats


def _bartlett(below: Floats, chi: Floats) -> Floats:
    each = np.arange(chi.shape[-1])
    root = np.tril(below, -1)
    root[..., each, each] = np.sqrt(chi)
    return root


def _parameters(known: Floats, full: Floats, numbers: _Numbers, at: int) -> Profile:
    """A draw given complete answers, known (n1, t) and full (m, n2, t): inverse Wishart, normal."""
    n = len(known) + full.shape[1]
    mean = (known.sum(axis=0) + full.sum(axis=1)) / n
    products = known.T @ known + np.swapaxes(full, 1, 2) @ full
    root = np.linalg.cholesky(products - n * mean[:, :, None] * mean[:, None, :])
    half = root @ np.swapaxes(np.linalg.inv(numbers.bartlett[:, at]), 1, 2)
    cov = half @ np.swapaxes(half, 1, 2)
    step = np.linalg.cholesky(cov) @ numbers.means[:, at, :, None]
    return Profile(mean + step[:, :, 0] / np.sqrt(n), cov)
