"""What is said of the bracket: what each end assumes, and when it holds."""

from typing import Literal

from cesp_analysis.numbers import fixed

Estimator = Literal["did", "ancova", "doubly_robust", "bracket"]

ENDS: dict[str, str] = {
    "did": "DiD",
    "ancova": "ANCOVA",
    "doubly_robust": "Doubly robust",
}
"""Estimator → what tables and figures call it."""

ASSUMES: dict[str, str] = {
    "did": "without the intervention both arms' means would have changed alike (parallel trends): a"
    " difference at baseline would have stayed as it was",
    "ancova": "people of both arms with the same baseline would have gone on alike (ignorability"
    " given baseline): all regress to one common mean",
    "doubly_robust": "among people alike in the covariates both arms would have changed alike"
    " (conditional parallel trends), and one of two models is right: of who is in which arm, or of"
    " the control arm's change",
}
BY_CHANCE: dict[str, str] = {
    "did": "chance made the arms alike, and whose answers are missing does not depend on them",
    "ancova": "chance made the arms alike, and whose answers are missing does not depend on them;"
    " given that, the more precise of the two",
    "doubly_robust": "chance made the arms alike, and whose answers are missing depends on the"
    " covariates alone",
}
"""The same where chance allocated people, or several sites an arm."""

ONE_IS_TRUE = "only if one of the two assumptions is true"
SLOPE_TOO_STEEP = "no: the slope on baseline is 1 or more"
CHANCE = "not needed: chance made the arms alike, and the two differ by chance"
NO_INTERVAL = (
    "The bracket is no confidence interval: it knows nothing of sampling error, nor of a shock to a"
    " site. One at the later time is in both ends as a whole; one at the first time is in DiD as a"
    " whole and in ANCOVA b times, so that it moves the ends apart."
)
OTHER_PEOPLE = (
    "each wave asks other people: analysis of covariance needs everybody's own answer at the first"
    " one, so that there is no second end"
)
NO_COVARIATES = "no model of people names covariates to adjust for"
NO_BASELINE = "it is not asked at {first}, with which later answers are compared"

OF_WHOM = "people who answered both times (the third: of whom the covariates are known too)"

SELECTED = (
    "contaminated controls are left out: a selection made after baseline, from the control arm"
    " alone, which may itself make the arms change differently"
)
NOBODY = "no control is known to be contaminated: nobody is left out, and the set is that of all"
TELLING = 0.1
"""In SDs within arms: a baseline gap that is larger is told of (Austin 2009, Stat Med 28:3083)."""


def holds(slope: float, by_chance: bool) -> str:
    """When the two ends bracket the effect."""
    if by_chance:
        return CHANCE
    return ONE_IS_TRUE if round(slope, 9) < 1 else SLOPE_TOO_STEEP  # 1 but for rounding is 1


def threat(
    gap: float, in_sd: float, common_mean: float, change: float, unit: str, decimals: int
) -> str:
    """What regression to a common mean alone would do to the difference in mean change.

    gap: intervention minus control at baseline; common_mean: (1 - slope) times the opposite. Of
    released numbers no more digits than they have; what these round to 0 is told as that.
    """
    lower = "lower" if in_sd < 0 else "higher"
    told, in_sds = fixed(abs(gap), decimals), f"{fixed(abs(in_sd), 2)} SD"
    apart = in_sds if _is_zero(told) else f"{told} {unit} ({in_sds})"
    return (
        f"the intervention arm started {apart} {lower} than the control arm. If the people of both"
        " regress to one common mean, that alone gives a difference in mean change"
        f" {sized(common_mean, unit, decimals)} (found: {fixed(change, decimals)}); if they differ"
        " lastingly, it gives 0."
    )


def sized(value: float, unit: str, decimals: int) -> str:
    """'of −0.24 points'; 'that rounds to 0 points' where no digit of it is printed."""
    told = fixed(value, decimals)
    return f"that rounds to 0 {unit}" if _is_zero(told) else f"of {told} {unit}"


def _is_zero(told: str) -> bool:
    return not any(digit in told for digit in "123456789")
