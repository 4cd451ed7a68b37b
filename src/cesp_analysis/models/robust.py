"""What model kinds made of one least-squares regression share: covariance, clusters, the row."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from pydantic import Field

from cesp_analysis.models.every_kind import ModelKind
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.joint import as_diagnostic, joint_test
from cesp_analysis.models.least_squares import LeastSquares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.rows import inferred
from cesp_analysis.models.sandwich import covariance_matrix, infer
from cesp_analysis.models.spec import Cluster
from cesp_analysis.models.two_sites import refusal
from cesp_analysis.models.weighting_words import as_precisions, uneven
from cesp_analysis.models.welch_words import few_in_cells

Covariance = Literal["classical", "HC2", "CR1", "CR2"]


class RobustSpec(ModelKind):
    """The settings of a regression with a choice of standard errors."""

    covariance: Covariance = Field(
        default="HC2",
        description="classical; HC2 (Welch in two groups); CR1 or CR2: clustered, CR2 with few.",
    )
    cluster: Cluster | None = Field(
        default=None, description="CR1, CR2: what is taken as independent."
    )

    @property
    def clustered(self) -> bool:
        """Whether records of a cluster may depend on each other."""
        return self.covariance in ("CR1", "CR2")

    def levels(self) -> tuple[str, ...]:
        """Its clusters'."""
        return (self.cluster,) if self.cluster else ()

    def weights_are_precisions(self) -> bool:
        """To classical errors alone."""
        return self.covariance == "classical"

    def faults(self) -> Iterator[str]:
        """A cluster goes with CR1 and CR2, and only with them."""
        if self.clustered and self.cluster is None:
            yield f"cluster: {self.covariance} needs one; write cluster: neighbourhood (or person)"
        if self.cluster is not None and not self.clustered:
            yield f"cluster: {self.covariance} does not use it; write covariance: CR2, or remove it"


def clusters_of(spec: RobustSpec, rows: Frame) -> np.ndarray | None:
    """Codes (n,) of what is taken as independent; None: the records."""
    return rows.codes[spec.cluster] if spec.clustered and spec.cluster else None


def clusters_refused(spec: RobustSpec, rows: Frame) -> str | None:
    """Why the clusters that were asked for cannot give a standard error; None if they can."""
    if not spec.clustered:
        return None
    if spec.cluster is None:
        return f"{spec.covariance} needs a cluster; write cluster: neighbourhood (or person)"
    noun = "person" if spec.level == "person" else "respondent"
    return refusal(rows, spec.cluster, "clustering", noun)


def robust_row(
    spec: RobustSpec,
    row: Estimate,
    rows: Frame,
    fit: LeastSquares,
    contrast: np.ndarray,
    estimator: str,
) -> Estimate:
    """The row with contrast'coef, its interval and its clusters; or the reason there is none."""
    if reason := clusters_refused(spec, rows):
        return row.refused(reason)
    try:
        found = infer(fit, contrast, spec.covariance, clusters_of(spec, rows), rows.cells)
    except NotEstimable as error:
        return row.not_estimable(str(error))
    level: str = str(spec.cluster) if found.n_clusters else spec.level
    if rows.n > rows.count("person") and not found.n_clusters:
        level = "record"
    method = f"{estimator}; {found.method}"
    method += f"; clusters: {level}" if found.n_clusters else ""
    row = inferred(row, found, method, found.n_clusters or rows.n, level)
    welch = few_in_cells(fit, contrast, level) if spec.covariance == "HC2" else ()
    said = (*as_precisions(spec), *welch, *uneven(spec, rows.rows(fit.kept), fit.weights, row.time))
    return replace(row, warnings=(*row.warnings, *said))


def joint_diagnostics(
    spec: RobustSpec, rows: Frame, fit: LeastSquares, contrasts: np.ndarray
) -> dict[str, Any]:
    """The joint test of contrasts (q, k), or the reason there is none; nothing for one effect."""
    if len(contrasts) < 2:
        return {}
    try:
        if reason := clusters_refused(spec, rows):
            raise NotEstimable(reason)
        clusters = clusters_of(spec, rows)
        test = joint_test(fit, contrasts, spec.covariance, clusters, rows.cells)
    except NotEstimable as error:
        return as_diagnostic(str(error))
    return as_diagnostic(test)


def regression_diagnostics(fit: LeastSquares, names: tuple[str, ...]) -> dict[str, Any]:
    """Every quantity of a regression, by name."""
    standard = np.sqrt(np.diag(covariance_matrix(fit, "classical")))
    return {
        "coefficient": dict(zip(names, map(float, fit.coef), strict=True)),
        "std_error_classical": dict(zip(names, map(float, standard), strict=True)),
        "r_squared": float(fit.r_squared),
        "residual_sd": float(np.sqrt(fit.residual_variance)),
        "n_obs": int(fit.n_obs),
    }
