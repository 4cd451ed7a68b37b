"""Residuals and influence where rows are correlated: mixed models and repeated measures.

Variance parameters are held at their estimates when somebody is left out: what is exact is the
generalised least squares without those rows. Sources: Nobre & Singer (2007), Biometrical Journal
49:863-75, for residuals; Christensen, Pearson & Johnson (1992) for deletion.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.check import Check, Nested, Repeated
from cesp_analysis.models.deletion import sets_by_size, without_blocks, without_sets
from cesp_analysis.models.examined import Examined, LeftOut, condition_number, units_of
from cesp_analysis.models.lost_variance import constant_within
from cesp_analysis.models.nested_precision import Precision, precision_of

# Rows of one unit whose block of V⁻¹ is still formed: (units, s, s) numbers.
LARGEST_SET = 300


@dataclass(frozen=True)
class _Turned:
    """Columns (n, k) in a basis with information I, V⁻¹ times them, V⁻¹ times the residuals (n,);
    root (k, k): columns = basis @ root; block (n,): rows that may be correlated share one."""

    basis: Floats
    weighted: Floats
    score: Floats
    root: Floats
    block: Codes
    precision: Precision | None


def correlated(check: Check) -> Examined:
    """Of a mixed model, or of repeated measures."""
    engine = check.engine
    if isinstance(engine, Nested):
        return _nested(check, engine)
    if isinstance(engine, Repeated):
        return _repeated(check, engine)
    raise ValueError("this equation has independent rows")


def _nested(check: Check, engine: Nested) -> Examined:
    fit = engine.fit
    classes = np.zeros(len(check.y), dtype=int) if engine.classes is None else engine.classes
    within: Floats = np.asarray(fit.residual_variances)[classes]
    within = within if engine.weights is None else within / engine.weights
    total = within + sum(
        (v * (c >= 0) for v, c in zip(fit.variances, engine.codes, strict=True)),
        np.zeros(len(within)),
    )
    precision = precision_of(fit.variances, engine.codes, within)
    turned = _turned(check, fit.coef, precision.times, _blocks(engine.codes), precision)
    levels = dict.fromkeys(["person", check.cluster, *engine.levels])
    effects = dict(zip(engine.levels, fit.variances, strict=True))
    return _examined(check, fit.coef, turned, total, within, list(levels), effects)


def _repeated(check: Check, engine: Repeated) -> Examined:
    total = np.diag(engine.fit.covariance)[engine.time]
    person: Codes = np.unique(engine.person, return_inverse=True)[1]

    def times(columns: Floats) -> Floats:
        return _by_pattern(columns, person, engine.time, engine.fit.covariance)

    turned = _turned(check, engine.fit.coef, times, person, None)
    levels = list(dict.fromkeys(["person", check.cluster]))
    return _examined(check, engine.fit.coef, turned, total, None, levels, {})


def _by_pattern(columns: Floats, person: Codes, time: Codes, covariance: Floats) -> Floats:
    """V⁻¹ columns (n, m), for people of one pattern of times together."""
    out = np.empty_like(columns)
    inner = np.lexsort((time, person))
    for rows in sets_by_size(person[inner]):
        rows = inner[rows]
        patterns, which = np.unique(time[rows], axis=0, return_inverse=True)
        for at, pattern in enumerate(patterns):
            own = rows[which.ravel() == at]
            inverse = np.linalg.inv(covariance[np.ix_(pattern, pattern)])
            out[own] = inverse @ columns[own]
    return out


def _turned(
    check: Check,
    coef: Floats,
    times: Callable[[Floats], Floats],
    block: Codes,
    precision: Precision | None,
) -> _Turned:
    residual = check.y - check.x @ coef
    applied = times(np.column_stack([check.x, residual]))
    information = check.x.T @ applied[:, :-1]
    root: Floats = np.linalg.cholesky((information + information.T) / 2).T.astype(float)
    back = np.linalg.inv(root)
    return _Turned(check.x @ back, applied[:, :-1] @ back, applied[:, -1], root, block, precision)


def _blocks(codes: tuple[Codes, ...]) -> Codes:
    """Rows that may be correlated: those of one outermost group that they have an effect of."""
    if not codes:
        raise ValueError("a model without random effects has independent rows")
    block = np.arange(len(codes[0]))
    start = len(block)
    for own in (level.astype(np.intp) for level in codes):
        block = np.where(own >= 0, start + own, block)
        start += int(own.max()) + 1
    return np.asarray(np.unique(block, return_inverse=True)[1])


def _examined(
    check: Check,
    coef: Floats,
    turned: _Turned,
    total: Floats,
    within: Floats | None,
    levels: list[str],
    effects: dict[str, float],
) -> Examined:
    fitted = check.x @ coef
    found = [_left_out(check, turned, level, effects.get(level)) for level in levels if level]
    return Examined(
        fitted=fitted,
        residual=check.y - fitted,
        standardised=(check.y - fitted) / np.sqrt(total),
        leverage=np.einsum("ij,ij->i", turned.basis, turned.weighted),
        conditional=None if within is None else np.sqrt(within) * turned.score,
        left_out=tuple(left for left in found if left),
        known={
            "condition_number": condition_number(check.x.T @ check.x),
            "standardised": "over the standard deviation that the model gives the record",
            "left_out": "one unit at a time, variance parameters held",
        },
    )


def _left_out(check: Check, turned: _Turned, level: str, variance: float | None) -> LeftOut | None:
    units = units_of(check, level)
    if units is None:
        return None
    codes, which = units
    change = _change(turned, which, len(codes))
    if change is None:
        return None
    effect: Floats | None = None
    if variance is not None:
        has = which >= 0
        sums = np.bincount(which[has], turned.score[has], len(codes))
        effect = np.asarray(variance * sums, dtype=float)
    cook = np.einsum("ij,ij->i", change, change) / change.shape[1]
    back: Floats = np.linalg.solve(turned.root, change.T).T.astype(float)
    return LeftOut(level, codes, back, cook, effect)


def _change(turned: _Turned, which: Codes, groups: int) -> Floats | None:
    """Change (g, k) in the basis without each unit; None where a unit has too many rows for it."""
    if constant_within(which, turned.block):
        own = np.where(which >= 0, which, groups)
        found = without_blocks(turned.basis, turned.weighted, turned.score, own)
        return found[:groups]
    has = np.flatnonzero(which >= 0)
    if turned.precision is None or np.bincount(which[has]).max() > LARGEST_SET:
        return None
    change = np.empty((groups, turned.basis.shape[1]))
    for rows in sets_by_size(which[has]):
        rows = has[rows]
        blocks = turned.precision.among(rows)
        change[which[rows[:, 0]]] = without_sets(turned.weighted, turned.score, blocks, rows)
    return change
