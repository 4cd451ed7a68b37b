"""Where it is said how each estimator was checked: the rows of docs/validation.md."""

import json

from cesp_analysis.provenance.record import Made

PAGE = "docs/validation.md"
OF_KINDS = {
    "did": ("least squares, HC2, CR1, CR2",),
    "ancova": ("analysis of covariance", "least squares, HC2, CR1, CR2"),
    "weighted_did": ("weighting, doubly robust difference in differences",),
    "dr_did": ("weighting, doubly robust difference in differences",),
    "group_time": ("group-time average effects of a staggered start",),
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
    "ladder": (
        "wild cluster bootstrap, relabelling, means of clusters",
        "the bracket",
        "shock-augmented interval",
    ),
    "missing": ("who is missing",),
    "measure": (
        "alpha, omega, items that run against the rest",
        "polychoric correlations, one factor, parallel analysis",
        "retests: six intraclass correlations, SEM, MDC95, limits of agreement",
        "responsiveness, spread",
        "correlation of clusters",
    ),
    "rates": ("feasibility rates, projections, zones of progression criteria",),
    "progression": ("feasibility rates, projections, zones of progression criteria",),
}
"""Step → its rows."""


def rows_of(job: Made) -> tuple[str, ...]:
    """The rows of the page that say how what a job estimates was checked; none: it estimates
    nothing, or stands among the others."""
    own = OF_KINDS.get(_kind(job), OF_STEPS.get(job.step, ()))
    imputed = bool(_kind(job)) and json.loads(job.spec).get("missing_data") == "imputed"
    return (*own, *(OF_IMPUTED if imputed else ()))


def _kind(job: Made) -> str:
    """The kind of the model that a job fits; blank: it fits none."""
    return str(json.loads(job.spec).get("kind", "")) if job.step == "fit" and job.spec else ""


def said(job: Made) -> str:
    """The same as text; that a model's kind has none; blank of what estimates nothing."""
    if rows := rows_of(job):
        return f"{PAGE}, " + " and ".join(f"'{row}'" for row in rows)
    return f"nowhere: {PAGE} has no row of this kind" if _kind(job) else ""
