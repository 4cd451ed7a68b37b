"""The change of panel members and of those seen once, put together.

Any weights that sum to 1 give a valid estimate of the change that the two share, and its variance
is that of the joint linearised covariance. The best ones would be taken from that covariance, but
it rests on few sampling units: its noise would go into the weights, and the interval would be too
narrow. So the weights are those that would be best if respondents were independent: they rest on
as many numbers as there are respondents, and are all but fixed.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.lost_variance import shown_in_words
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.rows import inferred
from cesp_analysis.models.sandwich import Inference
from cesp_analysis.models.student import t_interval
from cesp_analysis.models.survey_drawn import Regressed
from cesp_analysis.models.survey_group import Group, Way
from cesp_analysis.models.survey_linear import Linearised, linearised
from cesp_analysis.models.survey_parts import Overlap, Part
from cesp_analysis.models.survey_rests import rests_in_words, rests_of
from cesp_analysis.models.survey_rows import worded
from cesp_analysis.models.survey_shown import shown_of
from cesp_analysis.models.survey_words import few, method_of, refuse_one, without
from cesp_analysis.numbers import fixed

BOTH: tuple[Part, Part] = ("panel", "cross_section")


def panel_share(pull: Floats, respondent: Codes) -> float:
    """The weight of the first of two estimates with influence (n, 2): inverse variances, as if
    respondents were independent; the two have no respondent in common."""
    totals = np.column_stack([np.bincount(respondent, column) for column in pull.T])
    first, second = map(float, (totals**2).sum(axis=0))
    return second / (first + second)


def combined_row(group: Group, way: Way, overlap: Overlap) -> tuple[Estimate, dict[str, Any]]:
    """The combination, and what diagnostics.json says of it."""
    (asked, (time,)) = next(group.asked())
    row = worded(group.spec, asked.describe(group.at(time)), way.question)
    try:
        return _combined(group, way, overlap, row)
    except NotEstimable as error:
        return without(row, error), {}


def _combined(
    group: Group, way: Way, overlap: Overlap, row: Estimate
) -> tuple[Estimate, dict[str, Any]]:
    if isinstance(way.sample, NotEstimable):
        raise way.sample
    parts: list[Regressed] = []
    for part in BOTH:
        one = group.found[part]
        if isinstance(one, NotEstimable):
            who = part.replace("_", "-")
            raise NotEstimable(f"there is no {who} to combine ({one}); write respondents: all")
        refuse_one(one.rows, way.sample)
        parts.append(one)
    n, time = group.drawn.n, group.times[0]
    contrasts = [one.fitted.contrast(time) for one in parts]
    pull = np.hstack([one.pull(own[None, :], n) for one, own in zip(parts, contrasts, strict=True)])
    inside = parts[0].inside(n) | parts[1].inside(n)
    said = linearised(pull, parts[0].sample(way.sample), inside)
    numbers = np.array(
        [float(own @ one.fitted.fit.coef) for one, own in zip(parts, contrasts, strict=True)]
    )
    share = panel_share(pull, group.drawn.respondent)
    turn = np.array([share, 1 - share])
    error = float(np.sqrt(turn @ said.covariance @ turn))
    estimator = (
        f"difference in differences, {share:.0%} panel members' changes and {1 - share:.0%} of"
        f" those seen once (weights as if respondents were independent); overlap of the waves:"
        f" {overlap}"
    )
    method = method_of(estimator, way.sample, said)
    own = parts[0].sample(way.sample)
    weighed = (share * contrasts[0], (1 - share) * contrasts[1])
    method += shown_in_words(shown_of(tuple(parts), weighed, own), said.n_psus)
    found = Inference(float(turn @ numbers), error, said.df, method, said.n_psus)
    row = inferred(row, found, method, said.n_psus, way.sample.unit)
    apart, known = _apart(numbers, said, row)
    known |= {"panel_share": share, "overlap": overlap.share}
    narrow = rests_in_words(rests_of(tuple(parts), weighed, own), row, group.decimals)
    scarce = few(group.at(time), way.sample, in_ladder=False, rests=narrow)
    sentences = (way.question.said, *said.said, parts[0].movers, scarce, apart)
    warnings = (*row.warnings, *filter(None, sentences))
    return replace(row, warnings=warnings), known


def _apart(numbers: Floats, said: Linearised, row: Estimate) -> tuple[str, dict[str, Any]]:
    """Whether the two agree: their difference with its interval, as a sentence and in numbers."""
    turn = np.array([1.0, -1.0])
    gap, error = float(turn @ numbers), float(np.sqrt(turn @ said.covariance @ turn))
    low, high = t_interval(gap, error, said.df, row.ci_level)
    holds = (
        "one change, that of all, fits both"
        if low <= 0 <= high
        else "they do not estimate one change, and the combination is that of neither"
    )
    sentence = (
        f"panel members less those seen once: {fixed(gap, 2)} (interval {fixed(low, 2)} to"
        f" {fixed(high, 2)}): {holds}"
    )
    return sentence, {
        "panel_less_cross_section": {"estimate": gap, "std_error": error, "df": said.df}
    }
