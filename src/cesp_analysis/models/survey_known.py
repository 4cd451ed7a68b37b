"""What a survey's regressions say beside their estimates: means, diagnostics, equations."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from cesp_analysis.models.check import Check, of_least_squares
from cesp_analysis.models.did_means import groups_of, row_of_mean
from cesp_analysis.models.mean_rows import Found, Whose, mean_row
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate, Mean
from cesp_analysis.models.robust import regression_diagnostics
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_drawn import Regressed, Sampled
from cesp_analysis.models.survey_group import Group, Way, found_of
from cesp_analysis.models.survey_joint import joint_known
from cesp_analysis.models.survey_words import ending


def means_of(group: Group, way: Way) -> Iterator[Mean]:
    """The mean of each site (or arm) at each wave that has records, at the covariates' mean."""
    one, spec = group.found.get("all"), group.spec
    if not isinstance(one, Regressed) or isinstance(way.sample, NotEstimable):
        return
    rows, cells = one.rows, []
    for name, arm, site, member in groups_of(spec, rows):
        for index, moment in enumerate(spec.moments()):
            if n := int((member & (rows.time == index)).sum()):
                cells.append(
                    (name, arm, moment.name, n, row_of_mean(one.fitted, arm, site, moment.name))
                )
    try:
        found = found_of(one, way.sample, np.stack([cell[-1] for cell in cells]))
    except NotEstimable:
        return
    words = "weighted, by the model" + (
        " at the covariates' mean over records" if spec.covariates else ""
    )
    for at, (name, arm, time, n, _) in enumerate(cells):
        try:
            own = found.inference(at, "")
        except NotEstimable:
            continue
        whose = Whose(group.outcome, name, arm, time)
        yield mean_row(spec, whose, Found(own.estimate, own.std_error, own.df), n, words)


def known_of(group: Group, way: Way) -> dict[str, Any]:
    """What diagnostics.json says of each regression: coefficients, their errors, a joint test."""
    known: dict[str, Any] = {}
    for part, one in group.found.items():
        if not isinstance(one, Regressed) or isinstance(way.sample, NotEstimable):
            continue
        told = regression_diagnostics(one.fitted.fit, one.fitted.names)
        try:
            found = found_of(one, way.sample, np.eye(len(one.fitted.names)))
        except NotEstimable:
            continue
        errors = np.sqrt(np.diag(found.said.covariance))
        told["std_error"] = dict(zip(one.fitted.names, map(float, errors), strict=True))
        told["df"] = found.said.df
        if part == "all":
            known |= told | joint_known(group.times, found)
        else:
            beside = group.spec.respondents == "combined"
            known.setdefault(group.times[0].name, {}).update({part: told} if beside else told)
    return known


def checks_of(group: Group, rows: list[Estimate], ways: list[Way]) -> Iterator[Check]:
    """The fitted equations, each with its estimates of the first question."""
    made = {row.estimate_id for row in rows if row.status == "estimated"}
    for part, one in group.found.items():
        if not isinstance(one, Regressed):
            continue
        beside = part if len(group.found) > 1 else ""
        own = {
            request.row.estimate_id + ending("", beside): moments
            for request, moments in group.asked()
        }
        contrasts = {
            name: one.fitted.average(list(moments)) for name, moments in own.items() if name in made
        }
        if not contrasts:
            continue
        place = [group.outcome] + ([] if part == "all" else [group.times[0].name])
        place += [beside] if beside else []
        near = "neighbourhood" if one.rows.has("neighbourhood") else None
        check = of_least_squares(
            tuple(place),
            one.fitted.fit,
            one.fitted.names,
            one.fitted.frame,
            dict(reversed(contrasts.items())),
            near,
            part == "panel",
        )
        samples = {
            way.question.suffix: one.sample(way.sample)
            for way in ways
            if isinstance(way.sample, Sample)
        }
        yield replace(
            check,
            sampled=Sampled(group.drawn, one.at, samples, beside, frozenset(made)),
        )
