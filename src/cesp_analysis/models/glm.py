"""Model kind `glm`: binary, count and skewed outcomes by generalised linear models.

Logit, log-Poisson or log-gamma of arm × time with covariates; the effect is the difference in
differences of the means themselves (risks, counts, costs), by marginal standardisation: the
coefficient of arm × time is an odds ratio or a ratio of ratios and another question. See
models/standardised.py and models/glm_engine.py for sources.
"""

from collections.abc import Iterator
from functools import partial
from typing import Literal

import numpy as np
from pydantic import Field

from cesp_analysis.arrays import Floats
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.glm_engine import GlmFit, fit_glm
from cesp_analysis.models.glm_families import FAMILIES, FamilyName
from cesp_analysis.models.glm_rows import Entering
from cesp_analysis.models.glm_shown import shown_alike
from cesp_analysis.models.glm_words import adjusted_words, empty_cell, rare
from cesp_analysis.models.random_intercept import (
    fit_random,
    random_faults,
    random_known,
    random_said,
    random_words,
)
from cesp_analysis.models.refusals import Collinear, NotEstimable
from cesp_analysis.models.results import Mean
from cesp_analysis.models.sandwich import covariance_matrix
from cesp_analysis.models.separation import Separated, shifted
from cesp_analysis.models.standardised import Design, standard_of, without_constant
from cesp_analysis.models.standardised_rows import Fitted, Question, means_of
from cesp_analysis.models.standardised_spec import Standardised

_FITS = {
    "binomial": ("binary",),
    "poisson": ("binary", "count", "amount"),
    "gamma": ("amount",),
}
_REMEDY = {
    "binary": "family: binomial",
    "count": "family: poisson",
    "amount": "family: poisson (or gamma, without zeros)",
    "ordinal": "kind: ordinal",
    "continuous": "kind: did",
}


class Glm(Standardised):
    """Generalised linear model; differences in change of standardised means."""

    kind: Literal["glm"]
    family: FamilyName = Field(
        description="binomial: 0/1 outcomes, logit; poisson: counts, and costs or times with zeros,"
        " log link; gamma: costs or times without zeros, log link."
    )
    ratio: bool | None = Field(
        default=None,
        description="Whether the ratio of ratios stands beside the difference; by default with"
        " poisson and gamma.",
    )
    exposure: str | None = Field(
        default=None,
        description="poisson, gamma: the outcome that says for how long each record was observed"
        " (e.g. days); means are then rates.",
    )
    per: float = Field(
        default=1.0, gt=0, description="With exposure: how much of it the rates are given for."
    )

    def faults(self) -> Iterator[str]:
        """An exposure goes with a log link."""
        if self.exposure and self.family == "binomial":
            yield "exposure: goes with a log link; write family: poisson, or remove it"
        if self.exposure is None and "per" in self.model_fields_set:
            yield "per: is the amount of exposure that rates are given for; name it, or remove per"
        if self.random and self.family != "binomial":
            yield f"random: goes with family: binomial; with {self.family} write cluster: instead"
        yield from random_faults(self)

    def further_outcomes(self) -> dict[str, str]:
        """The exposure, where there is one."""
        return {"exposure": self.exposure} if self.exposure else {}

    def misfit(self, outcome: Outcome) -> str | None:
        """Why an outcome that is declared to be of a type is not one for this family."""
        if outcome.type is None or outcome.type in _FITS[self.family]:
            return None
        return (
            f"is declared {outcome.type}; family: {self.family} is for"
            f" {' and '.join(_FITS[self.family])} outcomes: write {_REMEDY[outcome.type]}"
        )

    def questions(self, outcome: str) -> tuple[Question, ...]:
        """The difference in differences, and the ratio of ratios if asked for."""
        unit = self.context.outcomes[outcome].unit
        if self.exposure:
            amount = f"{self.per:g} " if self.per != 1 else ""
            unit += f" per {amount}{self.context.outcomes[self.exposure].unit}"
        what = "risk" if self.family == "binomial" else "rate" if self.exposure else "mean"
        found = [Question("", f"difference in change of {what}", unit)]
        if self.family != "binomial" if self.ratio is None else self.ratio:
            found.append(Question("ratio", f"ratio of ratios of {what}s", "ratio", ratio=True))
        return tuple(found)

    def fitted(self, rows: Entering, design: Design) -> Fitted:
        """The model at its solution."""
        family, frame = FAMILIES[self.family], rows.frame
        labels = dict(zip(design.index, (moment.label for moment in design.times), strict=True))
        if fault := family.fault(frame.y) or empty_cell(frame, labels, family.logit):
            raise NotEstimable(fault)
        offset = None if rows.exposure is None else np.log(rows.exposure / self.per)
        if self.random:
            return self._random(frame, design, rare(frame, labels))
        rates = f", exposure {self.exposure}" if self.exposure else ""
        fit = fit_glm(family, frame.y, design.x(), frame.weight, offset)
        return Fitted(
            design=design,
            standard=standard_of(frame, self.standardised_over),
            solved=fit,
            repeats=1,
            predict=lambda x: _predict(fit, x),
            read=lambda question, cell: cell,
            words=f"{family.words}{rates}{adjusted_words(self, design)}",
            said=rare(frame, labels) if family.logit else (),
            known=_known(fit, design),
            exposure=rows.exposure,
            alike=partial(shown_alike, fit) if np.ptp(frame.weight) > 0 else None,
        )

    def _random(self, frame: Frame, design: Design, said: tuple[str, ...]) -> Fitted:
        """A logit with a random intercept, at its solution."""
        own = without_constant(design)
        try:
            random = fit_random(self, frame, frame.y, own.x())
        except (Collinear, Separated) as error:
            raise shifted(error, 1) from None
        coef = np.append(-random.fit.coef[0], random.fit.coef[1:])
        return Fitted(
            design=own,
            standard=standard_of(frame, self.standardised_over),
            solved=None,
            repeats=1,
            predict=random.fit.exceedance,
            read=lambda question, cell: cell,
            words=f"{FAMILIES['binomial'].words}{random_words(self)}{adjusted_words(self, design)}",
            said=(*said, *random_said(self, random, frame)),
            known={
                "coefficient": dict(zip(design.names, map(float, coef), strict=True)),
                "log_likelihood": random.fit.log_likelihood,
                "iterations": random.fit.iterations,
                "n_obs": frame.n,
            }
            | random_known(random),
            random=random,
        )

    def means(self, fitted: Fitted, outcome: str) -> Iterator[Mean]:
        """The standardised means of groups at times, in the outcome's unit."""
        question = self.questions(outcome)[0]
        yield from means_of(self, fitted, question, outcome, self.family == "binomial")


def _predict(fit: GlmFit, x: Floats) -> tuple[Floats, Floats]:
    """Means (m, 1) of rows x (m, k), and their derivatives (m, 1, k)."""
    eta = x @ fit.coef
    slope = fit.family.slope(eta)
    return fit.family.mean(eta)[:, None], (slope[:, None] * x)[:, None, :]


def _known(fit: GlmFit, design: Design) -> dict[str, object]:
    standard = np.sqrt(np.diag(covariance_matrix(fit.whitened, "classical")))
    return {
        "coefficient": dict(zip(design.names, map(float, fit.coef), strict=True)),
        "std_error_quasi": dict(zip(design.names, map(float, standard), strict=True)),
        "deviance": fit.deviance,
        "dispersion": fit.dispersion,
        "iterations": fit.iterations,
        "n_obs": len(fit.mean),
    }
