"""Whether several effects are all zero: one F for the effects at all later times.

Sources: Pustejovsky & Tipton (2018), J Bus Econ Stat 36:672-83, section 3.2, for the approximate
Hotelling test (HTZ) of clustered errors; Kenward & Roger (1997), Biometrics 53:983-97, section 3.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models import cluster_sums as by
from cesp_analysis.models.least_squares import Covariance, LeastSquares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.sandwich import codes_of, covariance_matrix

JOINT_TEST = "joint_test"
"""Where diagnostics of an outcome say whether its effects are all zero."""
ONLY_KENWARD_ROGER = "only df: kenward_roger has a joint test"


@dataclass(frozen=True)
class Effects:
    """What a test is made of, from which sets are pooled: estimates (q,) with covariance (q, q), in
    the outcome's unit; scale: F is scale × Wald's statistic / q."""

    estimates: Floats
    covariance: Floats
    scale: float = 1.0

    @property
    def f(self) -> float:
        """F."""
        wald = float(self.estimates @ np.linalg.solve(self.covariance, self.estimates))
        return self.scale * wald / len(self.estimates)


@dataclass(frozen=True)
class JointTest:
    """An F on df_num and df_den degrees of freedom, and how it was made."""

    f: float
    df_num: int
    df_den: float
    p_value: float
    method: str
    effects: Effects | None = None


def joint_test(
    fit: LeastSquares,
    contrasts: Floats,
    covariance: Covariance,
    clusters: Codes | None = None,
    compared: Codes | None = None,
) -> JointTest:
    """Are contrasts (q, k) of the coefficients all zero? clusters, compared: as in `infer`.

    classical: F on q and n - k df. CR1, CR2: HTZ, whose df say how few clusters there are.
    Raises NotEstimable where the covariance has no such test, or too few clusters carry it.
    """
    rows = np.atleast_2d(np.asarray(contrasts, dtype=np.float64))
    q = len(rows)
    if covariance == "HC2":
        raise NotEstimable("no F with known degrees of freedom goes with HC2: use CR2, clustered")
    matrix = covariance_matrix(fit, covariance, clusters, rows, compared)
    if not _of_full_rank(matrix):
        raise NotEstimable(
            "one of these effects follows from the others (their covariance is singular): are the"
            " answers of two of these times or waves the same?"
        )
    estimates = rows @ fit.coef
    if covariance == "classical":
        df = fit.n_obs - fit.n_parameters
        return test_of(Effects(estimates, matrix), df, "F, equal variances")
    if clusters is None:
        raise ValueError(f"{covariance} needs the codes of the clusters")
    directions = np.asarray(np.linalg.solve(fit.root.T, rows.T).T, dtype=np.float64)
    codes = codes_of(fit, clusters)
    sums = by.cluster_sums(fit.basis, fit.residuals, fit.weights, codes)
    adjust = by.adjustments(sums)
    eta = _hotelling_df(sums, adjust if covariance == "CR2" else 0 * adjust, directions)
    if eta <= q:
        raise NotEstimable(
            f"the clusters carry {eta:.1f} degrees of freedom, too few for {q} effects at once"
        )
    words = f"F, {covariance} (approximate Hotelling test, HTZ)"
    return test_of(Effects(estimates, matrix, (eta - q + 1) / eta), eta - q + 1, words)


def _of_full_rank(covariance: Floats) -> bool:
    """Whether a covariance (q, q) is that of q effects, none of which follows from the others."""
    errors = np.sqrt(np.diag(covariance))
    if not (errors > 0).all():
        return False
    return int(np.linalg.matrix_rank(covariance / np.outer(errors, errors), 1e-10)) == len(errors)


def test_of(effects: Effects, df_den: float, method: str) -> JointTest:
    """The test of the effects, which it keeps."""
    found = f_test(effects.f, len(effects.estimates), df_den, method)
    return replace(found, effects=effects)


def f_test(f: float, df_num: int, df_den: float, method: str) -> JointTest:
    """The test with its p-value."""
    from scipy.special import fdtrc  # type: ignore[import-untyped, unused-ignore]

    return JointTest(f, df_num, df_den, float(fdtrc(df_num, df_den, f)), method)


def _hotelling_df(sums: by.ClusterSums, adjust: Floats, directions: Floats) -> float:
    """q(q+1) over the summed variances of the whitened covariance's entries (their eq. 17).

    Under the working model the score of cluster g in direction s has covariance
    [g = h] own[s, t, g] + shadow_sg' D shadow_th with that of h in direction t, all from the
    clusters' sums (see cluster_sums).
    """
    lead = np.einsum(
        "gij,gjk,sk->sgi", adjust, sums.gram[:, :, -sums.size :], directions, optimize=True
    )
    lead[:, :, -sums.size :] += directions[:, None, :]
    white = _whitening(*_covariances(sums, lead))
    lead = np.einsum("st,tgi->sgi", white, lead)
    own, shared = _covariances(sums, lead)
    shadow = np.einsum("gij,sgj->sgi", sums.gram, lead)
    turned = np.einsum("ij,sgj,tgk->stik", sums.link, shadow, shadow, optimize=True)

    def products(ab: tuple[int, int], cd: tuple[int, int]) -> float:
        """Sum over g, h of the covariances of directions ab times that of cd."""
        total = own[ab] @ own[cd] + own[ab] @ shared[cd] + own[cd] @ shared[ab]
        return float(total + np.sum(turned[ab[1], cd[1]] * turned[cd[0], ab[0]].T))

    q = len(directions)
    pairs = [(s, t) for s in range(q) for t in range(q)]
    spread = sum(products((s, s), (t, t)) + products((s, t), (t, s)) for s, t in pairs)
    return q * (q + 1) / spread


def _covariances(sums: by.ClusterSums, lead: Floats) -> tuple[Floats, Floats]:
    """Covariances (q, q, g) of a cluster's scores in two directions: its errors', the fit's."""
    shadow = np.einsum("gij,sgj->sgi", sums.gram, lead)
    own = np.einsum("sgi,tgi->stg", lead, shadow)
    return own, np.einsum("sgi,ij,tgj->stg", shadow, sums.link, shadow, optimize=True)


def _whitening(own: Floats, shared: Floats) -> Floats:
    """The inverse root (q, q) of the covariance that the working model expects."""
    values, vectors = np.linalg.eigh((own + shared).sum(axis=2))
    return np.asarray((vectors / np.sqrt(values)) @ vectors.T)


def kenward_roger_scale(a1: float, a2: float, q: int) -> tuple[float, float]:
    """Scaling and df at which the F has the approximate mean and variance of their section 3."""
    if q == 1:
        return 1.0, 2 / a1
    b = (a1 + 6 * a2) / (2 * q)
    g = ((q + 1) * a1 - (q + 4) * a2) / ((q + 2) * a2)
    below = 3 * q + 2 * (1 - g)
    c1, c2, c3 = g / below, (q - g) / below, (q + 2 - g) / below
    mean = 1 - a2 / q
    spread = (1 - c2 * b) ** 2 * (1 - c3 * b)  # 0 at 4 df, where an F has no variance
    df = 4 + (q + 2) * spread / (mean**2 * (1 + c1 * b) - spread)
    return df * mean / (df - 2), df


def as_diagnostic(test: JointTest | str) -> dict[str, Any]:
    """A test, or the reason there is none, as diagnostics.json has it."""
    found: dict[str, Any] = {"reason": test}
    if isinstance(test, JointTest):
        names = ("f", "df_num", "df_den", "p_value", "method")
        found = {name: getattr(test, name) for name in names}
        if own := test.effects:
            found |= {
                "estimates": own.estimates.tolist(),
                "covariance": own.covariance.tolist(),
                "scale": float(own.scale),
            }
    return {JOINT_TEST: {"question": "are the effects at all later times zero?"} | found}
