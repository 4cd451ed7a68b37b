"""Refusals of sandwiches whose scores do not show the variance, by design or by weights."""

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.least_squares import Covariance, LeastSquares
from cesp_analysis.models.refusals import NotEstimable

ACROSS = (
    "some units have records in more than one cluster: with an effect for each unit the degrees of"
    " freedom are then not known; cluster by person instead, or use design: change"
)
ENOUGH = 0.9  # of its variance: below that CR2's standard error would be 5% too small or more
# Of HC2 by weights, whose df are few where it shows little of the variance: 95% intervals held the
# truth down to a third of it, at a tenth half of the time (docs/validation.md). Of CR1, whose df do
# not make up for it: 90% of the time at a half, 77% at a seventh.
HALF = 0.5
TWICE = 2.0  # of the variance: a standard error that is 41% too large tells of weights, not of data
LOOK = "look at the weights, and at the estimate without them"
WHICH = "look at which those are, and at the estimate without them"
LARGEST = 1e4  # times the median: beyond that no digit of the df is right


def refuse_unseen_units(fit: LeastSquares, covariance: Covariance, codes: Codes) -> None:
    """CR2 on the within-transformed design equals CR2 with a dummy per unit only if (Pustejovsky &
    Tipton 2018, theorem 2) units nest in clusters, and weights are constant within units."""
    if fit.units is None or covariance != "CR2":
        return
    if not constant_within(codes, fit.units):
        raise NotEstimable(ACROSS)
    if not constant_within(fit.weights, fit.units):
        raise NotEstimable(
            "CR2 with an effect for each unit needs one weight for all records of a unit"
        )


def constant_within(values: Floats | Codes, units: Codes) -> bool:
    """Whether values (n,) are the same for all rows of a unit (codes 0..u-1)."""
    first = np.empty(int(units.max()) + 1, dtype=values.dtype)
    first[units] = values
    return bool(np.all(first[units] == values))


def refuse_lost(share: float, groups: int) -> None:
    """Refuse where scores vanish by design: the sandwich would print a false, tiny error."""
    if share < 1e-6:
        raise NotEstimable(
            f"the {groups} clusters leave no information about this estimate's variance: the model"
            " fits the means of each cluster exactly, so every cluster's score is zero by design"
        )
    if share < ENOUGH:
        raise NotEstimable(
            "a cluster alone determines part of this estimate (such as the only cluster of an"
            f" arm), so only {share:.0%} of its variance can be estimated from the {groups}"
            " clusters"
        )


def refuse_few_that_decide(shown: float, groups: int) -> None:
    """Refuse CR1 where it is expected to show less than HALF of the variance: nothing in its one
    factor for all clusters makes up for what the residuals of those that decide have lost."""
    if shown < HALF:
        raise NotEstimable(
            f"a few of the {groups} clusters decide most of this estimate, by their size or their"
            f" weights, so that CR1 is expected to show only {shown:.0%} of its variance; use CR2"
        )


def shown_in_words(shown: float, clusters: int | None) -> str:
    """What a sandwich of parts is expected to show of the variance of independent errors of equal
    variance, for the method, where it is less than ENOUGH; refused below HALF and beyond TWICE.

    clusters: how many there are; None where records are independent.
    """
    if shown > TWICE:
        raise NotEstimable(
            "a few records or clusters decide this estimate by their size or their weights, so that"
            f" its standard error is expected to show {shown:,.1f} times its variance; {WHICH}"
        )
    if not shown >= HALF:
        what = "record" if clusters is None else f"of the {clusters} clusters"
        raise NotEstimable(
            f"one {what}, or a few, decide most of this estimate by their size or their weights,"
            f" so that its standard error is expected to show only {shown:.0%} of its variance;"
            f" {WHICH}"
        )
    return "" if shown >= ENOUGH else f" (expected to show {shown:.0%} of the variance)"


def refuse_fitted_by_one(alike: float, taken: float, factor: float | None) -> None:
    """Refuse a model with a link where one record carries an arm's weight at a time: the fitted
    mean is that record's answer, of a variance that the model takes to be near none.

    alike, taken: see `glm_shown`; factor: CR1's, None for CR2. Its few df make up for what is not
    shown while they know of it: where the model took half of the variance or more 95% intervals
    held 99%, at a fifth 88%, at a tenth 71% (docs/validation.md).
    """
    if factor is None and alike < HALF and taken < HALF:
        raise NotEstimable(
            "one record or cluster, or a few, decide a fitted mean by their size or their weights,"
            f" and the model takes its variance from that mean: {taken:.0%} of what it is if all"
            f" records' are alike; {WHICH}"
        )
    if factor is not None and not factor * alike >= HALF:
        raise NotEstimable(
            "one record or cluster, or a few, decide a fitted mean by their size or their weights,"
            f" so that CR1 is expected to show only {factor * alike:.0%} of the variance of"
            f" outcomes that vary alike; {WHICH}"
        )


def refuse_one_weight(weights: Floats, compared: Codes | None = None) -> None:
    """Refuse where one weight is so far beyond the others that digits decide: at 100,000 times the
    median one model in three forms had df of .8 to 2 by CR2; at 10,000 times all forms agree.

    compared (n,): 0.., rows of one arm at one time: what weighs there against what; None: all rows.
    """
    codes = np.zeros(len(weights), dtype=np.intp) if compared is None else compared
    for code in np.unique(codes):
        own = weights[codes == code]
        times = float(own.max()) / float(np.median(own))
        if times > LARGEST:
            among = "" if compared is None else " of its arm and time"
            raise NotEstimable(
                f"the largest weight is {times:,.0f} times the median{among}: its record decides"
                f" this estimate, and what is left of the others is rounding; {LOOK}"
            )


def refuse_without_df(df: float, slack: float = 1e-6) -> None:
    """Refuse where the df are lost in rounding: those of a sum of squares are 1 at least."""
    if not df > 1 - slack:
        raise NotEstimable(
            f"the degrees of freedom, {df:.2g}, are lost in rounding (they are 1 at least): one"
            " record or cluster decides this estimate, by its size or its weight; look at which"
            " one that is"
        )
