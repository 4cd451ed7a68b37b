"""Log-likelihood, score and information of logit models with one random intercept.

A record of category k says Y <= c_k and not Y <= c_(k-1). With F the logistic function its log
probability is log F(theta_k - eta) + log F(eta - theta_(k-1)) + log(1 - exp(theta_(k-1) -
theta_k)): rows that are binary, and a gap that no random effect touches. eta holds s z, z standard
normal, one a group; each group's integral over z is by adaptive Gauss-Hermite quadrature around its
mode (one point: Laplace). The score is the exact derivative of that approximation, nodes moving
with the parameters; the observed information is its derivative by complex steps, exact to
rounding.

Sources: Pinheiro & Bates (1995), J Comput Graph Stat 4:12-35 (adaptive quadrature); Hedeker &
Gibbons (1994), Biometrics 50:933-44 (ordinal outcomes); Squire & Trapp (1998), SIAM Rev 40:110-12
(complex steps).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.glm_engine import NotConverged

Numbers = np.ndarray[Any, Any]
"""Real, or complex where a derivative is taken."""
_STEP = 1e-20  # of complex steps: no difference is formed, so that nothing cancels
_MODE_STEPS = 100
_STILL = 1e-9  # of the last step: Newton's next would be its square


@dataclass(frozen=True)
class Stacked:
    """Binary rows (m) of n records in G groups, a group's rows together.

    columns (m, q): derivative of a row's argument of F by the coefficients; sign (m,): by eta;
    count (m,): of records that are alike; group (m,) in 0..G-1; starts (G,); gaps (l, q):
    theta_k - theta_(k-1) as a combination of the coefficients, with count and group (l,) of each.
    """

    columns: Floats
    sign: Floats
    count: Floats
    group: Codes
    starts: Codes
    gaps: Floats
    gap_count: Floats
    gap_group: Codes
    n: int

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self.starts)

    def sums(self, rows: Numbers) -> Numbers:
        """Sums (G,) by group of what rows (m,) hold, each as often as it is there."""
        return np.asarray(np.add.reduceat(self.count * rows, self.starts))


@dataclass(frozen=True)
class At:
    """The likelihood at some parameters: loglik (G,); by_row (m,), by_gap (l,), by_sd (G,): what
    the score is made of; mode (G,) of z."""

    loglik: Numbers
    by_row: Numbers
    by_gap: Numbers
    by_sd: Numbers
    mode: Numbers

    def score(self, of: Stacked) -> Numbers:
        """The score (q + 1,): coefficients, then the standard deviation."""
        own = self.by_row @ of.columns + self.by_gap @ of.gaps
        return np.append(own, self.by_sd.sum())

    def scores(self, of: Stacked) -> Numbers:
        """The score of each group (G, q + 1)."""
        own = np.add.reduceat(self.by_row[:, None] * of.columns, of.starts, axis=0)
        np.add.at(own, of.gap_group, self.by_gap[:, None] * of.gaps)
        return np.column_stack([own, self.by_sd])


def stacked(
    code: Codes, x: Floats, group: Codes, cuts: int, slopes_by_cut: bool = False
) -> Stacked:
    """The rows of records with a category (n,) in 0..cuts, columns x (n, p), a group (n,).

    Coefficients: thresholds (cuts,), slopes (p,); by cut: at each cut after the first, by how much
    the slopes there are larger ((cuts - 1) * p,).
    """
    n, group = len(code), np.unique(group, return_inverse=True)[1]
    different, count = np.unique(np.column_stack([group, code, x]), axis=0, return_counts=True)
    own, code, x = different[:, 0].astype(int), different[:, 1].astype(int), different[:, 2:]
    below, above = np.flatnonzero(code < cuts), np.flatnonzero(code > 0)
    between = np.flatnonzero((code > 0) & (code < cuts))
    at = np.eye(cuts)

    def parts(cut: Floats, x: Floats, slope: float) -> Floats:
        more = cut[:, 1:, None] * x[:, None, :] if slopes_by_cut else np.zeros((len(x), 0, 0))
        return np.hstack([cut, -slope * x, -more.reshape(len(x), more.shape[1] * more.shape[2])])

    columns = np.vstack(
        [parts(at[code[below]], x[below], 1), -parts(at[code[above] - 1], x[above], 1)]
    )
    sign = np.repeat([-1.0, 1.0], [len(below), len(above)])
    which = np.concatenate([own[below], own[above]])
    together = np.argsort(which, kind="stable")
    which = which[together]
    return Stacked(
        columns[together],
        sign[together],
        np.concatenate([count[below], count[above]])[together].astype(float),
        which,
        np.concatenate([[0], np.flatnonzero(np.diff(which)) + 1]),
        parts(at[code[between]] - at[code[between] - 1], x[between], 0),
        count[between].astype(float),
        own[between],
        n,
    )


def evaluate(
    of: Stacked, params: Numbers, points: int, mode: Floats, still: bool = False
) -> At | None:
    """The likelihood at params (q + 1,), modes sought from `mode` (G,).

    `still`: they are there already but for the imaginary part. None where thresholds are not in
    order.
    """
    sd, fixed = params[-1], of.columns @ params[:-1]
    gap = of.gaps @ params[:-1]
    if len(gap) and gap.real.min() <= 0:
        return None
    z = _mode(of, fixed, sd, mode.astype(params.dtype), 1 if still else _MODE_STEPS)
    node, weight = np.polynomial.hermite.hermgauss(points)
    log_f, tail, slope = _logistic(fixed + of.sign * sd * z[of.group])
    middle = of.sums(log_f) - z**2 / 2
    bend = slope * (2 * tail - 1)
    curve, turn = of.sums(slope), of.sums(of.sign * bend)
    c = 1 + sd**2 * curve
    spread = np.sqrt(2 / c)
    total, direct, along, across = (np.zeros_like(z) for _ in range(4))
    row = np.zeros_like(fixed)
    for t, w in zip(node, weight, strict=True):
        there = z + spread * t
        own_f, own_tail, _ = _logistic(fixed + of.sign * sd * there[of.group])
        part = w * np.exp(t**2) * np.exp(of.sums(own_f) - there**2 / 2 - middle)
        push = of.sums(of.sign * own_tail)
        ascent = sd * push - there
        total += part
        direct += part * there * push
        along += part * ascent
        across += part * ascent * t
        row += part[of.group] * own_tail
    by_c = -(1 + across / total * spread) / (2 * c)
    by_z = along / total + by_c * sd**3 * turn
    moving = (by_z / c)[of.group] * (-sd * of.sign * slope) + by_c[of.group] * sd**2 * bend
    by_row = of.count * (row / total[of.group] + moving)
    mode_by_sd = (of.sums(of.sign * tail) - sd * z * curve) / c
    by_sd = direct / total + by_z * mode_by_sd + by_c * (2 * sd * curve + sd**2 * z * turn)
    loglik = middle + np.log(total * spread) - np.log(2 * np.pi) / 2
    np.add.at(loglik, of.gap_group, of.gap_count * np.log(-np.expm1(-gap)))
    return At(loglik, by_row, of.gap_count / np.expm1(gap), by_sd, z)


def information(of: Stacked, params: Floats, points: int, mode: Floats) -> Floats:
    """The observed information (q + 1, q + 1)."""
    size = len(params)
    found = np.empty((size, size))
    for j in range(size):
        found[j] = -_turned(of, params, points, mode, j).score(of).imag / _STEP
    return (found + found.T) / 2


def information_by(
    of: Stacked, params: Floats, points: int, mode: Floats, cluster: Codes
) -> tuple[Floats, Floats]:
    """Score (C, q + 1) and observed information (C, q + 1, q + 1) of clusters (G,) of groups."""
    size, several = len(params), int(cluster.max()) + 1
    score, found = np.zeros((several, size)), np.zeros((several, size, size))
    for j in range(size):
        own = _turned(of, params, points, mode, j).scores(of)
        np.add.at(found[:, j], cluster, -own.imag / _STEP)
        if j == 0:
            np.add.at(score, cluster, own.real)
    return score, (found + found.transpose(0, 2, 1)) / 2


def _turned(of: Stacked, params: Floats, points: int, mode: Floats, j: int) -> At:
    stepped = params.astype(complex)
    stepped[j] += 1j * _STEP
    found = evaluate(of, stepped, points, mode, still=True)
    if found is None:
        raise ValueError("thresholds are not in order")
    return replace(found, mode=found.mode.real)


def _mode(of: Stacked, fixed: Numbers, sd: Any, z: Numbers, most: int) -> Numbers:
    """The z (G,) at which each group's integrand is largest; Newton with halved steps."""
    value, step = None, np.zeros_like(z)
    for _ in range(most):
        log_f, tail, slope = _logistic(fixed + of.sign * sd * z[of.group])
        now = (of.sums(log_f) - z**2 / 2).real
        if value is not None and (worse := now < value - 1e-12 * np.abs(value)).any():
            step = np.where(worse, step / 2, 0)
            z = z - step
            continue
        step = (sd * of.sums(of.sign * tail) - z) / (1 + sd**2 * of.sums(slope))
        value, z = now, z + step
        if np.abs(step).max() < _STILL:
            return z
    if most > 1:
        raise NotConverged("the modes of the random effects were not found")
    return z


def _logistic(v: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """log F(v), its derivative 1 - F(v), and the derivative F(v)(1 - F(v)) of F."""
    upper = v.real >= 0
    e = np.exp(np.where(upper, -v, v))
    large = 1 / (1 + e)
    small = e * large
    return np.where(upper, 0, v) - np.log1p(e), np.where(upper, small, large), large * small
