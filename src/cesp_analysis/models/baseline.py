"""Outcomes that are adjusted for where people started: what such estimates are and assume.

Sources: Lord (1967), Psychological Bulletin 68:304-5; Van Breukelen (2006), J Clin Epidemiol
59:920-5; Ding & Li (2019), Political Analysis 27:605-15, for the bracket; Liang & Zeger (2000),
Sankhya B 62:134-48, for one baseline mean.
"""

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.rows import Asked, Compared
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.numbers import MINUS, fixed

BASELINE = "(baseline)"
"""How the baseline is called among a model's columns."""

STARTED_ALIKE = (
    "This compares people who started alike, which is not the difference in mean change: where the"
    " arms are groups that differed before, neither is known to be right; show both."
)
"""The sentence that an estimate adjusted for baseline carries where chance did not allocate."""

COMMON_MEAN = (
    "It assumes that people of both arms with the same baseline would have gone on alike, so that"
    " all regress towards one common mean; if the arms' means differ lastingly, it is biased and"
    " the difference in mean change is not (Lord's paradox), and these data cannot tell which."
)
"""What analysis of covariance assumes of groups that chance did not make."""


def at_equal_baseline(first: Moment, when: str) -> Compared:
    """A comparison, at a time, of people who started alike."""
    return Compared(
        "difference in means at equal baseline",
        f"at {when}, at the same value at {first.label}",
        "outcomes at equal baseline",
    )


def before_baseline(spec: ModelSpec, asked: list[Asked], frame: Frame) -> dict[str, Estimate]:
    """Refused rows of times before the one that is adjusted for, by the time's name."""
    reference = spec.reference_time()
    return {
        one.time.name: one.describe(frame).refused(
            f"{one.time.label} lies before {reference.label}, which is adjusted for: leave it out"
            " of times, or name the first time as reference"
        )
        for one in asked
        if one.time and one.time.position < reference.position
    }


def not_alike(spec: ModelSpec) -> str | None:
    """Why one baseline mean for both arms is refused; None where chance allocated people."""
    context = spec.context
    remedy = "leave out constrained_baseline"
    if not context.randomised:
        return (
            "one baseline mean for both arms was asked for, which holds where chance allocated"
            " people; elsewhere it counts a difference that was there before as an effect:"
            f" {remedy}, or declare study.randomised: true if people were randomised"
        )
    if context.sites:
        return (
            "one baseline mean for both arms was asked for, but the arms are sites: whoever chance"
            " gave the intervention to, the people of two places differ before it; " + remedy
        )
    reference = spec.reference_time()
    if reference != spec.moments()[0]:
        return (
            f"one mean for both arms at {reference.label} was asked for, but"
            f" {spec.moments()[0].label} comes before it: hold the first time equal, or {remedy}"
        )
    return None


def bracket(slope: float, gap: float, change: float, adjusted: bool, decimals: int) -> str:
    """What the difference in mean change of the same people is, and why it differs.

    slope: of the outcome on the baseline within arms; gap: the arms' difference at baseline (with
    the same adjustment); change: difference in mean change. Exactly, change is the ANCOVA estimate
    plus (slope - 1) × gap.
    """
    gap_words = "adjusted baseline difference" if adjusted else "baseline difference"
    shown = f"({fixed(slope, 2)} {MINUS} 1) × {fixed(gap, decimals)}"
    holds = "only if one of the two assumptions is true"
    if slope >= 1:
        holds += ", and not where the slope is 1 or more, as here"
    return (
        f"On the same people the difference in mean change is {fixed(change, decimals)}: the two"
        f" differ by (slope on baseline {MINUS} 1) × {gap_words} = {shown}, which regression to a"
        f" common mean alone would give. They bracket the effect {holds}; a bracket is no"
        " confidence interval."
    )
