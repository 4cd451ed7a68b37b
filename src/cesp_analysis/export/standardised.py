"""R lines of models with a link: glm or maximum likelihood, standardised means, clubSandwich."""

import textwrap
from collections.abc import Iterator
from typing import Any

from cesp_analysis.export.lines import Lines, NoEquivalent
from cesp_analysis.export.names import r_formula, r_text
from cesp_analysis.models.check import Check, Linked

FAMILIES = {"binomial": "quasibinomial()", "poisson": "quasipoisson()", "gamma": 'Gamma("log")'}
HELPERS = ("least_squares.R", "standardised.R")


def glm_lines(spec: Any, check: Check) -> Lines | NoEquivalent:
    """glm of the equation; differences and ratios of standardised means by the delta method."""
    offset = ""
    if spec.exposure:
        offset = f", offset = log(exposure / {spec.per!r})"
    fit = [
        f"fit <- glm(update(fixed, y ~ .), family = {FAMILIES[spec.family]}, data = d,",
        f"           weights = weight{offset}, control = glm.control(1e-15, maxit = 200))",
        "white <- whitened(fit, d)",
        "predicted <- glm_predict(fit)",
    ]
    return _lines(
        spec,
        check,
        fit,
        ["predicted"] * len(spec.questions(check.place[0])),
        1e-6,
        "maximum likelihood and closed forms on both sides: rounding, and clubSandwich's roots",
    )


def ordinal_lines(spec: Any, check: Check) -> Lines | NoEquivalent:
    """The cumulative logit by optim; the same of its mean score and probabilities."""
    fit = ["fit <- ordered_fit(fixed, d)", "white <- ordered_whitened(fit, d)"]
    predicted = [
        "ordered_predict(fit)" if one.cut is None else f"ordered_predict(fit, {one.cut!r})"
        for one in spec.questions(check.place[0])
    ]
    because = "optim stops some six digits into the coefficients"
    return _lines(spec, check, fit, predicted, 1e-5, because)


def _lines(
    spec: Any, check: Check, fit: list[str], predicted: list[str], tolerance: float, because: str
) -> Lines:
    engine = check.engine
    if not isinstance(engine, Linked):
        raise ValueError("this equation has no link")
    formula = textwrap.indent(r_formula(check, ""), "  ").strip()
    over = "d$arm == 1" if spec.standardised_over == "intervention" else "rep(TRUE, nrow(d))"
    repeats = engine.fitted.repeats
    column = {"person": "unit"}.get(spec.cluster, spec.cluster)
    return Lines(
        code=(
            *([] if spec.weighted else ["d$weight <- 1"]),
            f"fixed <- {formula}",
            *fit,
            f"over <- {over}",
            f"cluster <- rep(d${column}, each = {repeats})",
            *_rows(spec, check, engine, predicted),
        ),
        helpers=HELPERS,
        packages=("clubSandwich",),
        tolerance=tolerance,
        because=because,
    )


def _rows(spec: Any, check: Check, engine: Linked, predicted: list[str]) -> Iterator[str]:
    """A line an estimate."""
    design = engine.fitted.design
    sites = str(bool(design.sites)).upper()
    first = design.times[0].name
    for moment in design.times[1:]:
        for question, predict in zip(spec.questions(check.place[0]), predicted, strict=True):
            ends = f"/{question.suffix}" if question.suffix else ""
            name = f"{spec.context.model}/{check.place[0]}/{moment.name}{ends}"
            if name in check.contrasts:
                times = f"c({r_text(first)}, {r_text(moment.name)})"
                yield (
                    f"found <- rbind(found, standardised_row({r_text(name)}, {predict}, fixed, d,"
                    f"\n  {times}, over, {sites}, {str(question.ratio).upper()}, white,"
                    f" {r_text(spec.covariance)}, cluster))"
                )
