"""Model kind `ordinal`: ordered categories by a cumulative logit with proportional odds.

The effect is read as a difference in differences of the probability of a category or higher, and of
the mean score, by marginal standardisation; the odds ratio is another question. See
models/cumulative_logit.py and models/standardised.py for sources.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from pydantic import Field

from cesp_analysis.arrays import Floats
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.models.cumulative_logit import CumulativeLogit, fit_cumulative_logit
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.glm_engine import fit_glm
from cesp_analysis.models.glm_families import FAMILIES
from cesp_analysis.models.glm_rows import Entering
from cesp_analysis.models.glm_words import adjusted_words
from cesp_analysis.models.proportional_odds import proportional_odds_test
from cesp_analysis.models.random_intercept import (
    Random,
    fit_random,
    random_faults,
    random_known,
    random_said,
    random_words,
)
from cesp_analysis.models.random_logit_fit import RandomLogit
from cesp_analysis.models.random_logit_fit import proportional_odds_test as random_odds_test
from cesp_analysis.models.refusals import Collinear, NotEstimable
from cesp_analysis.models.results import ODDS_TEST, Mean
from cesp_analysis.models.separation import Separated, shifted
from cesp_analysis.models.standardised import (
    Cell,
    Design,
    Predict,
    cell_of_arm,
    standard_of,
    without_constant,
)
from cesp_analysis.models.standardised_rows import Fitted, Question, means_of
from cesp_analysis.models.standardised_spec import Standardised
from cesp_analysis.numbers import p_text

MOST_CATEGORIES = 20
DOUBTFUL = 0.05
OddsTest = tuple[float, int, float] | None
"""Chi-squared, df, p; None where these records are too few for a test."""


class Ordinal(Standardised):
    """Proportional odds model; differences in change of probabilities and of the mean score."""

    kind: Literal["ordinal"]
    covariance: Literal["CR2"] = "CR2"
    at_least: tuple[float, ...] = Field(
        min_length=1,
        description="Cuts: the effect on the probability of this value or a higher one, each.",
    )

    def faults(self) -> Iterator[str]:
        """Cuts stand once."""
        if len(set(self.at_least)) < len(self.at_least):
            yield "at_least: a cut stands twice; write each once"
        yield from random_faults(self)

    def misfit(self, outcome: Outcome) -> str | None:
        """Why an outcome that is declared to be of a type is not ordinal."""
        if outcome.type in (None, "ordinal"):
            return None
        instead = {"binary": "kind: glm with family: binomial", "continuous": "kind: did"}
        return (
            f"is declared {outcome.type}; kind: ordinal is for ordinal outcomes: write"
            f" {instead.get(str(outcome.type), 'kind: glm with family: poisson')}"
        )

    def questions(self, outcome: str) -> tuple[Question, ...]:
        """The probability at each cut, then the mean score."""
        cuts = [
            Question(
                f"at_least_{cut:g}",
                "difference in change of probability",
                f"proportion {cut:g} or more",
                cut=cut,
            )
            for cut in self.at_least
        ]
        unit = self.context.outcomes[outcome].unit
        return (*cuts, Question("mean", "difference in mean change", unit))

    def fitted(self, rows: Entering, design: Design) -> Fitted:
        """The model at its solution, and what it says of proportional odds."""
        frame = rows.frame
        if (values := len(np.unique(frame.y))) > MOST_CATEGORIES:
            raise NotEstimable(
                f"there are {values} different values, and an ordinal model has a threshold for"
                f" each (at most {MOST_CATEGORIES}): use kind did for a score of many values"
            )
        own = without_constant(design)
        fit, test, random = self._solved(frame, own.x())
        standard = standard_of(frame, self.standardised_over)
        alone = {cut: self._alone(rows, design, cut) for cut in self.at_least}
        return Fitted(
            design=own,
            standard=standard,
            solved=None if isinstance(fit, RandomLogit) else fit,
            repeats=len(fit.categories),
            predict=fit.exceedance,
            read=lambda question, cell: _read(fit, question, cell),
            words=f"proportional odds model{random_words(self)}{adjusted_words(self, design)}",
            said=(*_said(test, alone, design), *random_said(self, random, frame)),
            known=_known(fit, own, test, alone) | random_known(random),
            random=random,
        )

    def _solved(
        self, frame: Frame, x: Floats
    ) -> tuple[CumulativeLogit | RandomLogit, OddsTest, Random | None]:
        """The fit, its test of proportional odds, and its random effect if there is one."""
        try:
            if self.random:
                random = fit_random(self, frame, frame.y, x)
                test = random_odds_test(random.fit, frame.y, x, random.group)
                return random.fit, test, random
            fit = fit_cumulative_logit(frame.y, x, frame.weight)
        except (Collinear, Separated) as error:
            raise shifted(error, 1) from None
        return fit, proportional_odds_test(fit, x, frame.codes["person"]), None

    def main(self, outcome: str) -> Question:
        """The mean score, which is in the outcome's unit."""
        return self.questions(outcome)[-1]

    def means(self, fitted: Fitted, outcome: str) -> Iterator[Mean]:
        """The standardised mean score of groups at times."""
        yield from means_of(self, fitted, self.questions(outcome)[-1], outcome, None)

    def _alone(self, rows: Entering, design: Design, cut: float) -> dict[str, float]:
        """Time → the effect by a logit for one cut alone, which needs no proportional odds."""
        frame, y = rows.frame, (rows.frame.y >= cut).astype(float)
        standard = standard_of(frame, self.standardised_over)
        predict: Predict
        try:
            if self.random:
                design = without_constant(design)
                predict = fit_random(self, frame, y, design.x()).fit.exceedance
            else:
                fit = fit_glm(FAMILIES["binomial"], y, design.x(), frame.weight)

                def predict(x: Floats) -> tuple[Floats, Floats]:
                    mean = fit.family.mean(x @ fit.coef)[:, None]
                    return mean, np.zeros((*mean.shape, x.shape[1]))

        except NotEstimable:
            return {}
        return {
            moment.name: _difference(design, predict, standard, index)
            for moment, index in zip(design.times[1:], design.index[1:], strict=True)
        }


def _difference(design: Design, predict: Predict, standard: Any, time: int) -> float:
    mean = {
        (arm, at): cell_of_arm(design, predict, standard, arm, at).value[0]
        for arm in (0.0, 1.0)
        for at in (design.index[0], time)
    }
    first = design.index[0]
    return float(mean[1.0, time] - mean[1.0, first] - mean[0.0, time] + mean[0.0, first])


def _read(fit: CumulativeLogit | RandomLogit, question: Question, cell: Cell) -> Cell:
    """P(Y >= cut) or the mean score from P(Y >= c_2), ..., P(Y >= c_K)."""
    above = fit.categories[1:]
    if question.cut is None:
        mean = cell.times(np.diff(fit.categories)[None, :])
        return Cell(mean.value + fit.categories[0], mean.gradient)
    if not fit.categories[0] < question.cut <= above[-1]:
        who = "everybody" if question.cut <= fit.categories[0] else "nobody"
        raise NotEstimable(f"{who} has {question.cut:g} or more, so there is no change to compare")
    return cell.times((above == above[above >= question.cut][0]).astype(float)[None, :])


def _said(test: OddsTest, alone: dict[float, dict[str, float]], design: Design) -> tuple[str, ...]:
    """A sentence on proportional odds."""
    if test is None:
        return ("proportional odds are assumed; these records are too few to test them",)
    chi2, df, p = test
    said = f"{ODDS_TEST}: chi-squared {chi2:.1f} on {df} df, {p_text(p)}"
    if p >= DOUBTFUL:
        return (said,)
    without = "; ".join(
        f"{cut:g} or more at {moment.label} {found[moment.name]:+.3f}"
        for cut, found in alone.items()
        for moment in design.times[1:]
        if moment.name in found
    )
    return (f"{said}: they are doubtful; a logit for one cut alone gives {without or 'no answer'}",)


def _known(
    fit: CumulativeLogit | RandomLogit,
    design: Design,
    test: OddsTest,
    alone: dict[float, dict[str, float]],
) -> dict[str, Any]:
    cuts = len(fit.categories) - 1
    thresholds = [f"{low:g}|{high:g}" for low, high in pairwise(fit.categories)]
    names = ("chi_squared", "df", "p_value")
    return {
        "threshold": dict(zip(thresholds, map(float, fit.coef[:cuts]), strict=True)),
        "coefficient": dict(zip(design.names, map(float, fit.coef[cuts:]), strict=True)),
        "log_likelihood": fit.log_likelihood,
        "proportional_odds": None if test is None else dict(zip(names, test, strict=True)),
        "one_cut_alone": {f"{cut:g}": found for cut, found in alone.items()},
        "iterations": fit.iterations,
        "n_obs": design.frame.n,
    }
