"""Where it is said how each estimator was checked: the rows of docs/validation.md."""

import json

from cesp_analysis.provenance.record import Made

PAGE = "docs/validation.md"
OF_KINDS = {
    "did": ("least squares, HC2, CR1, CR2",),
    "ancova": ("analysis of covariance", "least squares, HC2, CR1, CR2"),
    "weighted_did": ("weighting, doubly robust difference in differences",),
    "dr_did": ("weighting, doubly robust difference in differences",),
    "glm": ("logit, log-Poisson, log-gamma; standardised differences and ratios",),
    "ordinal": ("cumulative logit",),
    "mixed": ("nested random intercepts", "Kenward-Roger"),
    "mmrm": ("repeated measures (seven covariances)", "Kenward-Roger"),
    "survey": ("change between waves of a survey (`survey`)",),
}
"""Model kind → its rows."""
OF_IMPUTED = ("imputed models of any kind, strategies for events", "pooling over imputed sets")
OF_STEPS = {
    "score": ("scoring",),
    "weigh": ("weights of surveys",),
    "impute": ("multiple imputation",),
    "sensitivity": ("reference-based imputation",),
    "standardise": ("effects in SDs",),
    "ladder": ("wild cluster bootstrap, relabelling, means of clusters", "the bracket"),
    "missing": ("who is missing",),
    "measure": ("alpha, omega, items that run against the rest",),
    "rates": ("feasibility rates, projections, zones of progression criteria",),
    "progression": ("feasibility rates, projections, zones of progression criteria",),
}
"""Step → its rows."""


def rows_of(job: Made) -> tuple[str, ...]:
    """The rows of the page that say how what a job estimates was checked; none: it estimates
    nothing, or stands among the others."""
    spec = json.loads(job.spec) if job.step == "fit" and job.spec else {}
    own = OF_KINDS.get(spec.get("kind", ""), OF_STEPS.get(job.step, ()))
    return (*own, *(OF_IMPUTED if spec.get("missing_data") == "imputed" else ()))


def said(job: Made) -> str:
    """The same as text; blank where there are none."""
    rows = " and ".join(f"'{row}'" for row in rows_of(job))
    return f"{PAGE}, {rows}" if rows else ""
