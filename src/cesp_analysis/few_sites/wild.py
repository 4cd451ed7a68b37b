"""The wild cluster bootstrap of one contrast, its null imposed (Cameron, Gelbach & Miller 2008).

Everything is a sum by cluster. With Q (n, k) the orthonormal columns of the design, d (n,) the
direction of the contrast (estimate = d'y), e the residuals under the null and v one weight a
cluster, the draw's estimate is sum_g v_g d_g'e_g, and its cluster scores are

    S_g = v_g d_g'e_g - (d_g'Q_g) sum_h v_h Q_h'e_h,

so a draw costs clusters squared, not rows (MacKinnon, Nielsen & Webb 2023, J Appl Econometrics
38:671-94, have the same reduction). The statistic is the estimate over the root of the sum of
squared scores: CR1's t, whose factor cancels. Weights, absorbed effects that nest in clusters and
sampling weights are in `LeastSquares` already.
"""

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.few_sites.draws import TIE, DrawTest, Weights, counted, ends, p_value, with_ties
from cesp_analysis.models.cluster_sums import products_by, sums_by
from cesp_analysis.models.least_squares import MANY, LeastSquares
from cesp_analysis.models.refusals import NotEstimable

ENUMERATED = 12  # clusters: up to 4,096 sign vectors are all used
SEVERAL = 50  # clusters beyond which draws go by columns, if these are few
WEBB = 10  # clusters above which the two-point weights have values enough
WEBB_ALL = 10_000  # six-point vectors that are all used
SIX = np.sqrt(np.array([1.5, 1.0, 0.5]))
FLOOR = 1e-20  # of the largest variance of a draw: none at all, blurred by rounding
_BLOCK = 4_000_000  # numbers of a block of draws: 32 MB


def wild_bootstrap(
    fit: LeastSquares,
    contrast: Floats,
    clusters: Codes,
    treated: NDArray[np.bool_],
    rng: np.random.Generator,
    weights: Weights = "rademacher",
    draws: int = 9_999,
    level: float = 0.95,
) -> DrawTest:
    """Test contrast'coef = 0 by signs drawn by cluster, with the interval of effects not rejected.

    clusters (n,): codes for the rows that took part; treated (n,): rows of the intervention arm.
    Rademacher signs are all enumerated up to 12 clusters. Raises NotEstimable where an arm has a
    single cluster (MacKinnon & Webb 2017: the test then fails), or the scores vanish.
    """
    sides = (len(np.unique(clusters[treated])), len(np.unique(clusters[~treated])))
    _refuse(sides, weights)
    parts = _Parts(fit, contrast, np.unique(clusters, return_inverse=True)[1])
    signs, enumerated = _signs(parts.groups, weights, draws, rng)
    drawn = _drawn(parts, signs)
    own = _drawn(parts, np.ones((1, parts.groups)))
    estimate = float(contrast @ fit.coef)

    def sizes_of_own(theta: float) -> float:
        return float(_sizes(own, theta)[0])

    def p_at(theta: float) -> float:
        return p_value(_reached(drawn, sizes_of_own(theta), theta), len(signs), enumerated)

    smallest = _smallest(parts.groups, weights, len(signs), enumerated)
    extreme, strict = counted(_sizes(drawn, 0.0), sizes_of_own(0.0))
    alpha = 1 - level
    scale = float(np.sqrt(own[2][0, 0])) or abs(estimate) or 1.0
    limits = ends(p_at, estimate, scale, alpha) if smallest <= alpha else None
    low, high = limits or (None, None)
    name = {"rademacher": "Rademacher signs", "webb": "Webb's six points"}[weights]
    how = f"all {len(signs):,} enumerated" if enumerated else f"{len(signs):,} draws"
    return DrawTest(
        estimate, extreme, strict, len(signs), enumerated, p_at(0.0), smallest, low, high, sides,
        f"wild cluster bootstrap, null imposed, {name}, {how}, ties counted as extreme",
    )  # fmt: skip


def _refuse(sides: tuple[int, int], weights: Weights) -> None:
    for arm, count in zip(("intervention", "control"), sides, strict=True):
        if count < 2:
            raise NotEstimable(
                f"the {arm} arm has one cluster: the wild bootstrap then rejects far too often or"
                " never (MacKinnon & Webb 2017)"
            )
    if weights == "webb" and sum(sides) > WEBB:
        raise NotEstimable(
            f"Webb's weights are for {WEBB} clusters or fewer; with {sum(sides)} use Rademacher's"
        )


class _Parts:
    """Sums by cluster of the restricted residuals y - theta * direction's part, linear in theta.

    lead (2, g): d_g'e_g; score (2, g, k): Q_g'e_g, for the data and for one unit of effect;
    link (g, k): d_g'Q_g.
    """

    def __init__(self, fit: LeastSquares, contrast: Floats, codes: Codes) -> None:
        turned = np.linalg.solve(fit.root.T, contrast)
        direction = fit.basis @ turned
        size = float(turned @ turned)
        estimate = float(contrast @ fit.coef)
        residual = fit.residuals * np.sqrt(fit.weights)
        _refuse_exact(residual, fit)
        toward = direction / size  # what one unit of effect adds to the outcome, given the rest
        both = np.column_stack([residual + toward * estimate, toward])
        self.groups = int(codes.max()) + 1
        self.lead = sums_by(both * direction[:, None], codes).T
        wanted = np.column_stack([both, direction])
        if fit.basis.shape[1] < MANY:
            one, two, link = (sums_by(fit.basis * e[:, None], codes) for e in wanted.T)
        else:
            one, two, link = np.moveaxis(products_by(fit.basis, wanted, codes), 2, 0)
        self.score, self.link = np.stack([one, two]), link

    def mixing(self, part: int) -> Floats:
        """(g, g): scores S = mixing @ v."""
        return np.asarray(np.diag(self.lead[part]) - self.link @ self.score[part].T)


def _refuse_exact(residual: Floats, fit: LeastSquares) -> None:
    if np.max(np.abs(residual)) <= 1e-10 * fit.outcome_size:
        raise NotEstimable("the outcome does not vary around the model: there is nothing to draw")


def _drawn(parts: _Parts, signs: Floats) -> tuple[Floats, Floats, Floats]:
    """Of each draw: estimate's two parts (b,); sum of squared scores as three terms (3, b).

    estimate = one - theta * two; squares = a - 2 theta b + theta^2 c.
    """
    lines = signs @ parts.lead.T
    squares = np.empty((3, len(signs)))
    if parts.groups > SEVERAL and 3 * parts.link.shape[1] < parts.groups:
        return lines[:, 0].copy(), lines[:, 1].copy(), _by_columns(parts, signs)
    mixing = [parts.mixing(part).T for part in (0, 1)]
    block = max(1, _BLOCK // parts.groups)
    for start in range(0, len(signs), block):
        v = signs[start : start + block]
        one, two = v @ mixing[0], v @ mixing[1]
        for at, pair in enumerate(((one, one), (one, two), (two, two))):
            squares[at, start : start + block] = np.einsum("bg,bg->b", *pair)
    return lines[:, 0].copy(), lines[:, 1].copy(), squares


def _by_columns(parts: _Parts, signs: Floats) -> Floats:
    """The sum of squared scores (3, b) where columns are few beside the clusters.

    With a_g = v_g d_g'e_g, l_g = Q_g'd_g and c = sum v_h Q_h'e_h it is sum a_g² - 2 c'(sum a_g l_g)
    + c'(sum l_g l_g')c, so that a draw costs clusters times columns.
    """
    pulled = [signs @ score for score in parts.score]
    leading = [signs @ (lead[:, None] * parts.link) for lead in parts.lead]
    inner, square = parts.link.T @ parts.link, signs**2
    return np.stack(
        [
            square @ (parts.lead[one] * parts.lead[two])
            - np.sum(pulled[one] * leading[two] + pulled[two] * leading[one], axis=1)
            + np.sum(pulled[one] @ inner * pulled[two], axis=1)
            for one, two in ((0, 0), (0, 1), (1, 1))
        ]
    )


def _reached(drawn: tuple[Floats, Floats, Floats], own: float, theta: float) -> int:
    """`with_ties` of the draws' sizes, squared: asked some 80 times for each interval."""
    if not np.isfinite(own):
        return with_ties(_sizes(drawn, theta), own)
    one, two, squares = drawn
    variance = np.array([1.0, -2 * theta, theta**2]) @ squares
    estimate = one - theta * two
    limit = (own * (1 - TIE)) ** 2
    reached = estimate * estimate >= limit * variance
    reached |= variance <= FLOOR * np.max(variance, initial=0.0)
    return int(np.count_nonzero(reached))


def _sizes(drawn: tuple[Floats, Floats, Floats], theta: float) -> Floats:
    """|t| of each draw under the null `theta`; without any variance infinite, so extreme."""
    one, two, squares = drawn
    variance = np.array([1.0, -2 * theta, theta**2]) @ squares
    floor = FLOOR * np.max(variance, initial=0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        sizes = np.abs(one - theta * two) / np.sqrt(np.maximum(variance, 0.0))
    return np.where(variance > floor, sizes, np.inf)


def _signs(
    groups: int, weights: Weights, draws: int, rng: np.random.Generator
) -> tuple[Floats, bool]:
    """The weights (b, g) of all draws, and whether they are all that there are."""
    points = np.array([-1.0, 1.0]) if weights == "rademacher" else np.concatenate([-SIX, SIX[::-1]])
    every = len(points) ** groups
    if groups <= ENUMERATED if weights == "rademacher" else every <= WEBB_ALL:
        digits = np.arange(every)[:, None] // len(points) ** np.arange(groups) % len(points)
        return points[digits], True
    return points[rng.integers(0, len(points), (draws, groups))], False


def _smallest(groups: int, weights: Weights, draws: int, enumerated: bool) -> float:
    """Vectors that are the same for all clusters repeat the sample's |t|: they always tie."""
    if not enumerated:
        return 1 / (draws + 1)
    points = 2 if weights == "rademacher" else 6
    return 1 / float(points ** (groups - 1))
