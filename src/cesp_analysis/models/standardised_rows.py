"""From a fitted model of means to rows: differences in change, ratios, means of groups."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.lost_variance import refuse_fitted_by_one
from cesp_analysis.models.mean_rows import Found, Whose, mean_row
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate, Mean, Scale
from cesp_analysis.models.rows import inferred
from cesp_analysis.models.sandwich import Inference, codes_of, cr1_factor, infer
from cesp_analysis.models.standardised import (
    Cell,
    Design,
    Predict,
    Standard,
    cell_of_arm,
    cell_of_site,
)
from cesp_analysis.models.student import t_interval

if TYPE_CHECKING:
    from cesp_analysis.models.cumulative_logit import CumulativeLogit
    from cesp_analysis.models.glm_engine import GlmFit
    from cesp_analysis.models.random_intercept import Random
    from cesp_analysis.models.standardised_spec import Standardised


@dataclass(frozen=True)
class Question:
    """One thing that is read off a model at each time.

    suffix: what its estimates' ids end in; about: what it speaks of, added to the contrast; cut:
    of P(Y >= cut), ordinal outcomes only; ratio: of ratios instead of a difference in differences;
    logit: whether its means are probabilities (None: no scale of their own).
    """

    suffix: str
    estimand: str
    unit: str
    about: str = ""
    cut: float | None = None
    ratio: bool = False


@dataclass(frozen=True)
class Fitted:
    """A model at its solution.

    solved: what was fitted; its `whitened` is least squares with `repeats` rows a record, in the
    records' order; random: the fit with a random intercept in its place; predict: see
    standardised.Predict; read: the one quantity of a question off a cell of predictions; words: the
    model's; said: warnings; alike: of a gradient (k,) and clusters (n,), what stands in
    `glm_shown.shown_alike` (None: where weights do not differ).
    """

    design: Design
    standard: Standard
    solved: "GlmFit | CumulativeLogit | None"
    repeats: int
    predict: Predict
    read: Callable[[Question, Cell], Cell]
    words: str
    said: tuple[str, ...]
    known: dict[str, Any]
    exposure: Floats | None = None
    random: "Random | None" = None
    alike: Callable[[Floats, Codes], tuple[float, float]] | None = None

    @property
    def fit(self) -> "GlmFit | CumulativeLogit":
        """What was fitted without a random effect."""
        if self.solved is None:
            raise ValueError("the model has a random effect")
        return self.solved

    def cell(self, question: Question, arm: float, time: int) -> Cell:
        """A question's quantity in an arm at a time (the model's index)."""
        whole = cell_of_arm(self.design, self.predict, self.standard, arm, time)
        return self.read(question, whole)

    def infer(self, spec: "Standardised", gradient: Floats) -> Inference:
        """Standard error and df of what has this gradient (k,)."""
        if self.random is not None:
            return self.random.infer(gradient)
        frame, fit = self.design.frame, self.fit.whitened
        codes, cells = (
            np.repeat(own, self.repeats) for own in (frame.codes[spec.cluster], frame.cells)
        )
        found = infer(fit, gradient, spec.covariance, codes, cells)
        if self.alike is not None:
            own = codes_of(fit, codes)
            factor = cr1_factor(fit, own) if spec.covariance == "CR1" else None
            refuse_fitted_by_one(*self.alike(gradient, own), factor)
        return found


def answered(
    spec: "Standardised", fitted: Fitted, row: Estimate, question: Question, time: int
) -> Estimate:
    """The row with its estimate: a difference in differences, or a ratio of ratios."""
    found = difference_of(fitted, question, time)
    try:
        inference = fitted.infer(spec, found.gradient[0])
    except NotEstimable as error:
        return row.not_estimable(str(error))
    inference = replace(inference, estimate=float(found.value[0]))
    independent = spec.cluster if fitted.random is None else fitted.random.counted[0]
    level = spec.level if independent == "person" else independent
    what = "ratio of ratios" if question.ratio else "difference in differences"
    method = f"{what} ({fitted.words}); {inference.method}, delta method; clusters: {level}"
    row = inferred(row, inference, method, inference.n_clusters or 0, level)
    return _exponentiated(row, inference) if question.ratio else row


def difference_of(fitted: Fitted, question: Question, time: int) -> Cell:
    """The difference in differences; of a ratio of ratios the logarithm."""
    reference = fitted.design.index[0]
    cells = {
        (arm, at): fitted.cell(question, float(arm), at)
        for arm in (0, 1)
        for at in (reference, time)
    }
    if question.ratio:
        cells = {key: cell.log() for key, cell in cells.items()}
    return (cells[1, time] - cells[1, reference]) - (cells[0, time] - cells[0, reference])


def _exponentiated(row: Estimate, found: Inference) -> Estimate:
    """A row on the logarithm's scale as a ratio; SE of the ratio by the delta method."""
    low, high = t_interval(found.estimate, found.std_error, found.df, row.ci_level)
    ratio = float(np.exp(found.estimate))
    return replace(
        row,
        estimate=ratio,
        std_error=ratio * found.std_error,
        ci_low=float(np.exp(low)),
        ci_high=float(np.exp(high)),
        method=f"{row.method}; interval and p of the logarithm",
        scale="log",
    )


def asked_rows(spec: "Standardised", row: Estimate, questions: tuple[Question, ...]) -> Iterator[
    tuple[Question, Estimate]
]:  # fmt: skip
    """Each question's empty row at the time of `row`."""
    arms = spec.context.arms
    treated, control = arms["intervention"], arms["control"]
    for question in questions:
        contrast = row.contrast
        if question.ratio:
            contrast = contrast.replace(f"{treated} − {control}, ", f"{treated} ÷ {control}, ", 1)
            contrast = contrast.replace("change from", "relative change from", 1)
        if question.about:
            contrast += f": {question.about}"
        ends = f"/{question.suffix}" if question.suffix else ""
        yield (
            question,
            replace(
                row,
                estimate_id=row.estimate_id + ends,
                estimand=question.estimand,
                contrast=contrast,
                unit=question.unit,
            ),
        )


def means_of(
    spec: "Standardised", fitted: Fitted, question: Question, outcome: str, logit: bool | None
) -> Iterator[Mean]:
    """The standardised mean of each site (or arm) at each time.

    logit: intervals are made on the logit's scale (True), the logarithm's (False) or as they are
    (None). Groups without records at a time are left out, as are means without a standard error.
    """
    design = fitted.design
    for group, arm, site, member in groups(spec, design):
        for index, moment in zip(design.index, design.times, strict=True):
            here = member & (design.frame.time == index)
            if not here.any():
                continue
            treated = float(arm == "intervention")
            whole = cell_of_site(design, fitted.predict, fitted.standard, treated, site, index)
            cell = fitted.read(question, whole)
            try:
                found = fitted.infer(spec, cell.gradient[0])
            except NotEstimable:
                continue
            mean = Found(float(cell.value[0]), found.std_error, found.df)
            ends = _ends(*mean, spec.context.ci_level, logit)
            whose = Whose(outcome, group, arm, moment.name)
            scale: Scale = "own" if logit is None else "logit" if logit else "log"
            yield mean_row(spec, whose, mean, int(here.sum()), _said(spec), ends, scale)


def _said(spec: "Standardised") -> str:
    over = (
        ""
        if not spec.covariates
        else ", standardised over "
        + ("all records" if spec.standardised_over == "all" else "the intervention arm")
    )
    return f"predicted by the model{over}"


def _ends(
    value: float, error: float, df: float, level: float, logit: bool | None
) -> tuple[float, float]:
    if logit is None:
        return t_interval(value, error, df, level)
    if logit:
        slope = value * (1 - value)
        low, high = t_interval(float(np.log(value / (1 - value))), error / slope, df, level)
        return float(1 / (1 + np.exp(-low))), float(1 / (1 + np.exp(-high)))
    low, high = t_interval(float(np.log(value)), error / value, df, level)
    return float(np.exp(low)), float(np.exp(high))


def groups(spec: "Standardised", design: Design) -> Iterator[tuple[str, str, int, Codes]]:
    """Sites, or arms where there are none: name, arm, code of the site, which rows."""
    frame = design.frame
    if spec.context.sites:
        for site in spec.context.sites:
            if site.name in frame.names["site"]:
                code = frame.names["site"].index(site.name)
                yield site.name, site.arm, code, frame.codes["site"] == code
    else:
        for arm in ("control", "intervention"):
            yield arm, arm, -1, frame.arm == float(arm == "intervention")
