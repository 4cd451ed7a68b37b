"""Costs and QALYs of one table, each by a regression of its own, and weighted sums of both.

A quantity that does not vary (nobody cost anything; a cost that is declared, the same for all of an
arm) has no standard error. The other one has, and so has net benefit, of which the first is an
exact part: its variance, and its covariance with the other, are 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.economics.bootstrap import apart
from cesp_analysis.economics.data import Data, Regressions, no_regression, regressions
from cesp_analysis.economics.too_few import enough
from cesp_analysis.models.least_squares import ROUNDING, Covariance, LeastSquares, least_squares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.sandwich import Inference, infer
from cesp_analysis.models.scores import beside, covariance_between

ARM = 1
"""The arm's column in every regression."""


@dataclass(frozen=True)
class WeightedSum:
    """What is estimated: a name, the threshold of net benefit, weights of cost and of QALYs."""

    name: str
    threshold: float | None
    of_cost: float
    of_qaly: float

    @property
    def weights(self) -> tuple[float, float]:
        """Of cost and of QALYs."""
        return self.of_cost, self.of_qaly


OWN_COLUMNS = (
    "cost and QALYs each by least squares, adjusted for the baseline costs of their own, with the"
    " covariance of both and the fewer df"
)
"""What is said of net benefit whose costs are not those that QALYs are adjusted for."""
BOTH = ("cost", "qaly")
CALLED = {
    "cost": ("cost does not vary", "it is"),
    "qaly": ("QALYs do not vary", "they are"),
}
REMEDY = {
    "cost": "see that use, contacts or totals are read from the right variables and have prices, or"
    " leave out a perspective that nobody costs anything (economics.perspectives)",
    "qaly": "see that utilities are read from the right variable (economics.utility)",
}
SAME = "{}: {} the same for everybody; {}"
WITHIN = (
    "{} within the arms around what is adjusted for (as a cost that is declared of an"
    " arm, not measured of its people): the difference has no standard error; read the net benefit,"
    " or measure it of each person"
)


@dataclass(frozen=True)
class Regressed:
    """Cost and QALYs of one table by regression: point (2,), cov (2, 2), their inferences by name;
    alike: whether all sums of the two have the same df (no cells of means alone); same: whether
    both have the same columns; flat: by name why one has no standard error, which does not vary."""

    data: Data
    approach: str
    covariance: Covariance
    point: Floats
    cov: Floats
    known: dict[str, Inference]
    alike: bool
    same: bool
    flat: dict[str, str] = field(default_factory=dict)

    def why_not(self, one: WeightedSum) -> str:
        """Why nothing in a weighted sum varies; '' where something does."""
        within = [name for name, weight in zip(BOTH, one.weights, strict=True) if weight]
        if any(name in self.known for name in within):
            return ""
        return "; ".join(self.flat[name] for name in within)

    def of(self, one: WeightedSum) -> Inference:
        """The inference of a weighted sum of cost and QALYs of which one part varies at least."""
        if one.name in self.known:
            return self.known[one.name]
        if not self.alike:
            return inference(self.data, self.approach, one, self.covariance)
        weights = np.array(one.weights)
        error = float(np.sqrt(weights @ self.cov @ weights))
        parts = list(self.known.values())
        own = f"{OWN_COLUMNS}; " if len(parts) > 1 and not self.same else ""
        method, df = f"{own}{parts[0].method}", min(part.df for part in parts)
        return Inference(float(weights @ self.point), error, df, method, parts[0].n_clusters)


def regressed(data: Data, approach: str, covariance: Covariance) -> Regressed | str:
    """Both regressions of one table, each on its columns, or why there are none; their covariance
    is that of what each person (or cluster) adds to the two."""
    made = regressions(data, approach)
    codes, own = _clustered(data, covariance)
    point, cov = np.zeros(2), np.zeros((2, 2))
    known, flat, fits = dict[str, Inference](), dict[str, str](), list[LeastSquares]()
    try:
        enough(data)
        for at, (name, y, x) in enumerate(_outcomes(made)):
            if same(y):
                flat[name] = SAME.format(*CALLED[name], REMEDY[name])
                continue
            fit = _fit(data, y, x)
            fits.append(beside(fit, fits[0]) if fits else fit)
            point[at] = fit.coef[ARM]
            if exact(fit):
                flat[name] = WITHIN.format(CALLED[name][0])
                continue
            known[name] = infer(fit, _of_arm(x), own, codes)
            cov[at, at] = known[name].std_error ** 2
        if len(known) == len(BOTH):
            contrasts = _of_arm(made.cost_x), _of_arm(made.qaly_x)
            cov[0, 1] = cov[1, 0] = covariance_between((fits[0], fits[1]), contrasts, own, codes)
    except NotEstimable as error:
        return str(error)
    if not known:
        return "; ".join(flat.values())
    saturated = made.cost_x.shape[1] == 2 and own == "HC2"
    return Regressed(data, approach, covariance, point, cov, known, not saturated, made.same, flat)


def _outcomes(made: Regressions) -> Sequence[tuple[str, Floats, Floats]]:
    """Each quantity's name, outcome (n,) and columns (n, k)."""
    return (("cost", made.cost, made.cost_x), ("qaly", made.qaly, made.qaly_x))


def same(y: Floats) -> bool:
    """Whether an outcome (n,) is the same for everybody, but for rounding."""
    return bool(np.ptp(y) <= ROUNDING * np.abs(y).max())


def exact(fit: LeastSquares) -> bool:
    """Whether a regression leaves nothing of its outcome but rounding."""
    return bool(np.abs(fit.residuals).max() <= ROUNDING * fit.outcome_size)


def inference(data: Data, approach: str, one: WeightedSum, covariance: Covariance) -> Inference:
    """The difference between arms in a weighted sum of cost and QALYs that have the same columns;
    NotEstimable without one."""
    made = regressions(data, approach)
    y = one.of_cost * made.cost + one.of_qaly * made.qaly
    enough(data)
    fit = _fit(data, y, made.cost_x)
    codes, own = _clustered(data, covariance)
    return infer(fit, _of_arm(fit.x), own, codes)


def _fit(data: Data, y: Floats, x: Floats) -> LeastSquares:
    try:
        return least_squares(y, x)
    except NotEstimable as error:
        raise NotEstimable(no_regression(error, data, x)) from error


def _clustered(data: Data, covariance: Covariance) -> tuple[Codes | None, Covariance]:
    """Codes 0..g-1 of clusters and CR2; None and the covariance asked for without any."""
    clusters = units_of(data.clusters)
    if clusters is None:
        return None, covariance
    return np.unique(clusters, return_inverse=True)[1], "CR2"


def _of_arm(x: Floats) -> Floats:
    return np.asarray(np.eye(x.shape[1])[ARM])


def units_of(clusters: Codes) -> Codes | None:
    """Codes of clusters in which everybody has one, his own where he is nobody's; None without."""
    if (clusters < 0).all():
        return None
    return apart(clusters)
