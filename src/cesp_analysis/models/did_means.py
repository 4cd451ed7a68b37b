"""Means that difference in differences of cross-sections predicts: each site's (or arm's) by time.

Least squares is linear, so that the means over the records' covariates are those at the covariates'
mean: what marginal standardisation gives (models/standardised.py).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.models.did_design import Regression
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.mean_rows import Found, Whose, mean_row
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Mean
from cesp_analysis.models.robust import clusters_of, clusters_refused
from cesp_analysis.models.sandwich import infer

if TYPE_CHECKING:
    from cesp_analysis.models.did import Did
    from cesp_analysis.models.spec import ModelSpec


def means_of(spec: "Did", fitted: Regression, outcome: str) -> Iterator[Mean]:
    """The mean of each site (or arm) at each time that has records, in the outcome's unit.

    Nothing where clusters are refused; a mean without a standard error is left out.
    """
    frame = fitted.frame
    if clusters_refused(spec, frame):
        return
    said = "predicted by the model"
    said += " at the covariates' mean over records" if spec.covariates else ""
    for group, arm, site, member in groups_of(spec, frame):
        for index, moment in enumerate(spec.moments()):
            here = member & (frame.time == index)
            if not here.any():
                continue
            row = row_of_mean(fitted, arm, site, moment.name)
            try:
                clusters = clusters_of(spec, frame)
                found = infer(fitted.fit, row, spec.covariance, clusters, frame.cells)
            except NotEstimable:
                continue
            whose = Whose(outcome, group, arm, moment.name)
            mean = Found(found.estimate, found.std_error, found.df)
            yield mean_row(spec, whose, mean, int(here.sum()), said)


def groups_of(spec: "ModelSpec", frame: Frame) -> Iterator[tuple[str, str, str, np.ndarray]]:
    """Sites, or arms where there are none: name, arm, the site ('' none), which rows (n,)."""
    if not spec.context.sites:
        for arm in ("control", "intervention"):
            yield arm, arm, "", frame.arm == float(arm == "intervention")
        return
    for site in spec.context.sites:
        if site.name in frame.names["site"]:
            code = frame.names["site"].index(site.name)
            yield site.name, site.arm, site.name, frame.codes["site"] == code


def row_of_mean(fitted: Regression, arm: str, site: str, time: str) -> np.ndarray:
    """The vector (k,) that reads a group's mean at a time off the coefficients."""
    frame, fit = fitted.frame, fitted.fit
    if "covariate_means" not in fit.memory:  # the same for all groups and times
        own = np.average(frame.covariates[fit.kept], axis=0, weights=fit.weights)
        fit.memory["covariate_means"] = own
    mean = fit.memory["covariate_means"]
    treated = float(arm == "intervention")
    value = dict(zip(frame.covariate_names, map(float, mean), strict=True)) | {
        "(intercept)": 1.0,
        "arm": treated,
        f"site[{site}]": 1.0,
        f"time[{time}]": 1.0,
        f"arm:time[{time}]": treated,
    }
    return np.array([value.get(name, 0.0) for name in fitted.names])
