"""The random intercepts taken out of the sums at given variances, with exact derivatives.

With d a group's information and a its summed columns, a level with variance ratio λ takes
λ/(1+λd) aa' from Z'R⁻¹Z, adds log(1+λd) to the log-determinant and passes a/(1+λd), d/(1+λd) on to
the level above (Woodbury's identity, level by level).
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.jets import (
    Jet,
    constant,
    contracted,
    inverse,
    joined,
    linear,
    logarithm,
    plus,
    raised_by,
    scaled,
    shaped,
    times,
    variables,
    weighted_cross,
)
from cesp_analysis.models.nested_pooled import Outermost, Pooled
from cesp_analysis.models.nested_sums import NestedSums
from cesp_analysis.models.nested_totals import gathered


@dataclass(frozen=True)
class Absorbed:
    """Z'V⁻¹Z (r, p, p) and log|V| (r,), V the covariance over the first class's residual variance.

    r replicates; derivatives are in the ratios: one for each level, then one for each class but the
    first.
    """

    matrix: Jet
    logdet: Jet

    def of(self, replicate: int) -> "Absorbed":
        """Of one replicate, without the axis of replicates."""
        return Absorbed(*(Jet(j.all[:, replicate], j.v) for j in (self.matrix, self.logdet)))


def absorbed(sums: NestedSums, ratios: Floats, order: int = 1) -> Absorbed:
    """Take the random intercepts out of Z'Z; ratios (r, v) as in `Absorbed`, order of derivatives.

    The sums of one replicate may be asked at several ratios, or those of several at one.
    """
    levels = len(sums.n_groups)
    theta = variables(ratios, order)
    precision = precisions(theta, levels, sums.rows.shape[1])
    matrix = contracted(precision, sums.cross, 1)
    logdet = contracted(logarithm(precision), -sums.rows, 1)
    logdet = raised_by(logdet, -sums.log_weight)
    if levels == 0:
        return Absorbed(matrix, logdet)
    first = 0
    if sums.pooled:
        first = 1
        taken, logs, factor, share = _innermost(sums.pooled, shaped(theta, 0), precision)
        matrix, logdet = plus(matrix, taken), plus(logdet, logs)
        if sums.outermost:
            taken, logs = _outermost(sums.outermost, shaped(theta, 1), factor, share)
            return Absorbed(plus(matrix, taken), plus(logdet, logs))
        if levels > 1:
            a = contracted(factor, sums.pooled.a, 2)
            d = contracted(share, sums.pooled.count[None], 1)
    else:
        a, d = contracted(precision, sums.a, 1), contracted(precision, sums.information[None], 1)
    parents = iter(sums.parents)
    for level in range(first, levels):
        if level > first:
            a, d = _raised(a, d, next(parents), len(sums.effects[level]))
        ratio = _spread_over(shaped(theta, level), sums.effects[level])
        shrink = inverse(raised_by(times(ratio, d), 1.0))
        moves = [at < level or at >= levels for at in range(ratios.shape[1])]  # inner, classes
        drawn = sums.drawn[level] if sums.drawn else np.ones((1, d.value.shape[-1]))
        weight = scaled(times(ratio, shrink), -drawn)
        matrix = plus(matrix, weighted_cross(weight, a, moves))
        logdet = plus(logdet, contracted(logarithm(shrink), -drawn, 1))
        if level + 1 < levels:
            a, d = times(shaped(shrink, slice(None), None), a), times(shrink, d)
    return Absorbed(matrix, logdet)


def precisions(theta: Jet, levels: int, classes: int) -> Jet:
    """1/residual ratio of each class (c,); the first class's is 1."""
    one = constant(np.ones((theta.value.shape[0], 1)), theta)
    if classes == 1:
        return one
    return joined(one, inverse(shaped(theta, slice(levels, None))))


def _spread_over(ratio: Jet, effect: Floats) -> Jet:
    """A level's ratio for each of its groups: 0 for those without effect."""
    return scaled(shaped(ratio, None), effect)


def _innermost(pooled: Pooled, ratio: Jet, precision: Jet) -> tuple[Jet, Jet, Jet, Jet]:
    """What the pooled innermost level takes from the matrix and adds to log|V|, and what it passes
    on of each pattern: by what factor (s, c) column sums, and how much information (s,)."""
    own = _spread_over(ratio, pooled.effect)
    d = contracted(precision, pooled.information.T[None], 1)
    shrink = inverse(raised_by(times(own, d), 1.0))
    every = slice(None)
    one, other = shaped(precision, None, every, None), shaped(precision, None, None, every)
    weight = shaped(times(own, shrink), every, None, None)
    pairs = times(times(weight, one), other)
    taken = contracted(pairs, -pooled.cross, 3)
    logs = contracted(logarithm(shrink), -pooled.groups, 1)
    factor = times(shaped(shrink, every, None), shaped(precision, None))
    return taken, logs, factor, times(shrink, d)


def _outermost(outer: Outermost, ratio: Jet, factor: Jet, share: Jet) -> tuple[Jet, Jet]:
    """What the pooled outermost level takes from the matrix and adds to log|V|."""
    own, every = _spread_over(ratio, outer.effect), slice(None)
    d = contracted(share, outer.count[None], 1)
    shrink = inverse(raised_by(times(own, d), 1.0))
    parts = Jet(factor.all.reshape(*factor.all.shape[:2], -1), factor.v)
    pairs = times(shaped(parts, None, every, None), shaped(parts, None, None, every))
    weight = scaled(shaped(times(own, shrink), every, None, None), -1.0)
    taken = contracted(times(weight, pairs), outer.cross[None], 3)
    return taken, contracted(logarithm(shrink), -outer.groups[None], 1)


def _raised(a: Jet, d: Jet, parent: Codes, groups: int) -> tuple[Jet, Jet]:
    """Sums of what is carried over each parent."""

    def columns(values: Floats) -> Floats:
        return gathered(values, parent, groups)

    def single(values: Floats) -> Floats:
        return gathered(values[..., None], parent, groups)[..., 0]

    return linear(a, columns), linear(d, single)
