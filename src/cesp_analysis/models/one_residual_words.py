"""What rows of mixed models say where one residual variance, or one correlation, does not fit."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.models.frame import Frame
from cesp_analysis.models.mixed_check import without_residuals
from cesp_analysis.models.mixed_design import residual_classes
from cesp_analysis.models.nested import NestedFit
from cesp_analysis.models.one_residual import Within, arms_apart, changes_apart, within_people
from cesp_analysis.models.results import Estimate

if TYPE_CHECKING:
    from cesp_analysis.declared.design import Moment
    from cesp_analysis.models.mixed import Mixed
    from cesp_analysis.models.mixed_design import MixedDesign
    from cesp_analysis.models.mmrm import Mmrm
    from cesp_analysis.models.mmrm_design import Entering


def with_residuals_said(
    spec: "Mixed",
    fit: NestedFit,
    design: "MixedDesign",
    frame: Frame,
    found: Sequence[tuple["Moment | None", Estimate]],
) -> list[Estimate]:
    """The rows of a mixed model, each with what its residuals speak against."""
    within = _residuals_of(spec, fit, design, frame)
    return [
        replace(row, warnings=(*row.warnings, *_of_mixed(spec, within, time)))
        for time, row in found
    ]


def _residuals_of(
    spec: "Mixed", fit: NestedFit, design: "MixedDesign", frame: Frame
) -> Within | None:
    """None where other effects share out what varies within people, or no change is compared."""
    changes = spec.effect == "by_time" and spec.level == "person" and "person" in spec.random
    if not changes or without_residuals(spec):
        return None
    weight = frame.weight if spec.weighted else np.ones(frame.n)
    classes = residual_classes(spec, frame)[0]
    if classes is not None:
        weight = weight / np.array(fit.residual_variances)[classes]
    return within_people(frame, frame.y - design.x @ fit.coef, frame.time, weight)


def _of_mixed(spec: "Mixed", within: Within | None, time: "Moment | None") -> tuple[str, ...]:
    if within is None or time is None:
        return ()
    alone = spec.random == ("person",)
    said: tuple[str, ...] = ()
    if spec.residual == "equal":
        robust = f"kind did with covariance: {'HC2' if alone else 'CR2'}"
        said = _one_variance(within, f"residual: by_arm, or {robust}, allows for it")
    if spec.time == "categorical":
        remedy = "mmrm with structure: unstructured" if alone else "did with covariance: CR2"
        said += _one_correlation(within, spec, spec.moments(), time, f"kind {remedy}")
    return said


def of_repeated(
    spec: "Mmrm", rows: "Entering", rest: np.ndarray, time: "Moment | None"
) -> tuple[str, ...]:
    """What the row of a change says, of a model with compound symmetry and residuals rest (n,)."""
    one = spec.structure == "compound_symmetry" and spec.baseline == "outcome"
    if not one or time is None:
        return ()
    within = within_people(rows.frame, rest, rows.time)
    by_arm = "kind mixed with residual: by_arm, or kind did with covariance: HC2, allows for it"
    return (
        *_one_variance(within, by_arm),
        *_one_correlation(within, spec, rows.moments, time, "structure: unstructured"),
    )


def _one_variance(within: Within, remedy: str) -> tuple[str, ...]:
    if (found := arms_apart(within)) is None:
        return ()
    ratio, error = found
    first, second = ("intervention", "control") if ratio > 1 else ("control", "intervention")
    return (
        f"residuals of the {first} arm spread {max(ratio, 1 / ratio):.2g} times as far as those of"
        f" the {second} arm, and the model takes one variance for both: with unequal arms the"
        f" interval may be too {'narrow' if error > 1 else 'wide'}; {remedy}",
    )


def _one_correlation(
    within: Within,
    spec: "Mixed | Mmrm",
    moments: Sequence["Moment"],
    time: "Moment",
    remedy: str,
) -> tuple[str, ...]:
    start = spec.reference_time()
    further = changes_apart(within, moments.index(start), moments.index(time))
    if further is None:
        return ()
    return (
        f"the model takes one correlation for all pairs of times, but changes from {start.label} to"
        f" {time.label} spread {further:.2g} times as far as that makes them: the interval may be"
        f" too narrow; {remedy} allows for it",
    )
