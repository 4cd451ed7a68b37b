"""A group's normal profile from answers with gaps: by likelihood, or draws from its posterior.

Sources: Schafer (1997), Analysis of Incomplete Multivariate Data, 5.4 (data augmentation with
Jeffreys' prior); the likelihood's is the repeated-measures engine's, unstructured, by REML.
"""

import numpy as np

from cesp_analysis.missing.chains import Streams, normals
from cesp_analysis.missing.reference_based import Profile, filled
from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.models.mmrm_engine import fit_mmrm

ROUNDS = 100
"""Rounds of data augmentation before the one that counts."""


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
    full = np.where(seen, z, 0.0)[None] + np.zeros((len(streams), 1, 1))
    whole = seen.all()
    for _ in range(1 if whole else rounds):
        profile = _parameters(full, streams)
        if not whole:
            noise = normals(streams, n, t)
            full = filled(z, profile, profile, "missing_at_random", noise=noise)
    profile = _parameters(full, streams)
    return Profile(profile.mean * scale + centre, profile.cov * np.outer(scale, scale))


def _parameters(full: Floats, streams: Streams) -> Profile:
    """A draw given complete answers (m, n, t): inverse Wishart, then normal."""
    n, t = full.shape[1:]
    mean = full.mean(axis=1)
    off = full - mean[:, None]
    root = np.linalg.cholesky(off.transpose(0, 2, 1) @ off)
    bartlett = np.tril(normals(streams, t, t), -1)
    each = np.arange(t)
    bartlett[:, each, each] = np.sqrt(np.stack([s.chisquare(n - 1 - each) for s in streams]))
    half = root @ np.linalg.inv(bartlett).transpose(0, 2, 1)
    cov = half @ half.transpose(0, 2, 1)
    step = np.linalg.cholesky(cov) @ normals(streams, t)[:, :, None]
    return Profile(mean + step[:, :, 0] / np.sqrt(n), cov)
