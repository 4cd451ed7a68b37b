"""Random effects that differ between times taken out of the sums, with exact derivatives.

With d a group's information on the times (t, t) and a its sums (t, p), effects whose covariance is
BGB' take a'Ta from Z'R⁻¹Z, T = BG(I + B'dBG)⁻¹B', add log|I + B'dBG| to the log-determinant and
pass a − dTa, d − dTd on to the level above (Woodbury's identity, level by level).
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.jets import (
    Jet,
    constant,
    contracted,
    inverted,
    linear,
    log_determinant,
    logarithm,
    plus,
    product,
    raised_by,
    scaled,
    shaped,
    times,
    variables,
)
from cesp_analysis.models.nested_absorbed import Absorbed, precisions
from cesp_analysis.models.nested_totals import gathered
from cesp_analysis.models.over_time_sums import TimeSums

_EVERY = slice(None)


Further = Callable[[Absorbed, Jet, Jet], Absorbed]
"""Takes more out of what is found, with the outermost groups' a (…, g, t, p) and d (…, g, t, t)."""


def absorbed_over_time(
    sums: TimeSums, ratios: Floats, order: int = 1, further: Further | None = None
) -> Absorbed:
    """Take the random effects out of Z'Z; ratios (r, v): of the effects, then of the classes.

    further: of two levels or more.
    """
    theta, levels = variables(ratios, order), len(sums.bases)
    precision = precisions(theta, *sums.shape)
    matrix = contracted(precision, sums.cross, 1)
    logdet = raised_by(contracted(logarithm(precision), -sums.rows, 1), -sums.log_weight)
    covariances = _covariances(sums, theta)
    share = shaped(precision, sums.kind)
    d = scaled(share, sums.information)
    first = 0
    if sums.products is not None:
        first = 1
        own = times(shaped(covariances[0], None), _for_each(sums.effect, theta))
        basis = sums.bases[0]
        squares = np.einsum("tq,tr->tqr", basis, basis)[None]
        inside, logs = _solved(contracted(d, squares, 1), own, basis)
        pairs = times(times(inside, shaped(share, ..., None)), shaped(share, ..., None, _EVERY))
        matrix = plus(matrix, contracted(pairs, -sums.products, 3))
        logdet = plus(logdet, contracted(logs, sums.groups[None], 1))
        if levels == 1:
            return Absorbed(matrix, logdet)
        a, d = _passed_by_pattern(sums, inside, share, d)
    else:
        a, d = times(shaped(share, ..., None), constant(sums.a, theta)), _diagonal(d)
    parents = iter(sums.parents)
    for level in range(first, levels):
        if level > first:
            codes = sums.parent if level == 1 else next(parents)
            a, d = _raised(a, d, codes, len(sums.effects[level]))
        own = times(shaped(covariances[level], None), _for_each(sums.effects[level], theta))
        basis = sums.bases[level]
        information = linear(d, partial(_within, basis))
        inside, logs = _solved(information, own, basis)
        turned = product(inside, a, np.matmul)
        matrix = plus(matrix, scaled(product(a, turned, _summed_products), -1.0))
        logdet = plus(logdet, contracted(logs, np.ones((1, logs.value.shape[-1])), 1))
        if level + 1 < levels or further is not None:
            a = plus(a, scaled(product(d, turned, np.matmul), -1.0))
            d = plus(d, scaled(product(product(d, inside, np.matmul), d, np.matmul), -1.0))
    found = Absorbed(matrix, logdet)
    return found if further is None else further(found, a, d)


def _covariances(sums: TimeSums, theta: Jet) -> list[Jet]:
    """Each level's covariance (q, q) of its effects."""
    found, at = list[Jet](), 0
    for parts in sums.parts:
        found.append(contracted(shaped(theta, slice(at, at + len(parts))), parts[None], 1))
        at += len(parts)
    return found


def _for_each(effect: Floats, like: Jet) -> Jet:
    """1 for the groups that have an effect, 0 for others, as a jet (r, g, 1, 1)."""
    return constant(np.tile(effect[:, None, None], (like.value.shape[0], 1, 1, 1)), like)


def _solved(information: Jet, own: Jet, basis: Floats) -> tuple[Jet, Jet]:
    """T (…, t, t) and log|I + B'dBG| (…) from B'dB and G, both (…, q, q)."""
    inner = raised_by(product(information, own, np.matmul), np.eye(basis.shape[1]))
    core = product(own, inverted(inner), np.matmul)
    return linear(core, lambda part: basis @ part @ basis.T), log_determinant(inner)


def _within(basis: Floats, part: Floats) -> Floats:
    return np.asarray(basis.T @ part @ basis, dtype=float)


def _passed_by_pattern(sums: TimeSums, inside: Jet, share: Jet, d: Jet) -> tuple[Jet, Jet]:
    """Sums and information of the next level's groups, from the pooled innermost ones."""
    across = times(shaped(d, ..., None), inside)
    held = raised_by(scaled(across, -1.0), np.eye(across.value.shape[-1]))
    held = shaped(times(held, shaped(share, ..., None, _EVERY)), sums.pattern)
    a = linear(held, lambda part: part @ sums.a)
    rest = times(across, shaped(d, ..., None, _EVERY))
    left = plus(_diagonal(d), scaled(rest, -1.0))
    passed = scaled(shaped(left, sums.pattern), sums.often[:, None, None])
    return _raised(a, passed, sums.parent, len(sums.effects[1]))


def _raised(a: Jet, d: Jet, parent: Codes, groups: int) -> tuple[Jet, Jet]:
    """Sums of what is carried over each parent."""

    def over(part: Floats) -> Floats:
        flat = part.reshape(*part.shape[:2], -1)
        return gathered(flat, parent, groups).reshape(len(part), groups, *part.shape[2:])

    return linear(a, over), linear(d, over)


def _diagonal(jet: Jet) -> Jet:
    """Matrices (…, t, t) with a jet's last axis on their diagonal."""
    return linear(jet, lambda part: part[..., None] * np.eye(part.shape[-1]))


def _summed_products(a: Floats, b: Floats) -> Floats:
    """The sum of a_g' b_g (p, p) over groups, of (r, g, t, p) each."""
    left, right = (part.reshape(len(part), -1, part.shape[-1]) for part in (a, b))
    return np.asarray(np.swapaxes(left, 1, 2) @ right, dtype=float)
