"""Reference-based estimates of an imputed model: conditional means with the jackknife, and Rubin's.

Profiles are of the outcome alone, by arm: no covariates, no auxiliaries. The model's own regression
is then fitted to the completed answers.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.missing.analysed import Analysis, Found
from cesp_analysis.missing.departures import (
    Draws,
    Profiles,
    conditional_mean,
    drawn_sets,
    draws,
    profiles_of,
)
from cesp_analysis.missing.linear_estimate import LinearEstimate
from cesp_analysis.missing.reference_based import Strategy, filled
from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.models.mmrm_engine import NeverTogether, NotConverged, NotIdentified
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.robust import RobustSpec
from cesp_analysis.models.student import t_interval

ON_A_SCALE = (None, "continuous")
FEWEST = 3
"""Units an arm must have for leaving one out to say how much they vary."""

ONE_ROW_A_PERSON = (
    "each row must be a person, and with design: unit_effects it is one of a person's times; write"
    " design: change, which is the same once nobody misses anything"
)


@dataclass(frozen=True)
class Referred:
    """What all reference-based rows of an outcome share; reasons: why there are none.

    units: what is left out together, in words.
    """

    profiles: Profiles | None
    drawn: Draws | None
    units: str
    reason: str = ""
    drawn_reason: str = ""

    @property
    def m(self) -> int | None:
        """How many sets are drawn."""
        return len(self.drawn.noise) if self.drawn else None


def referred(analysis: Analysis, seed: int, m: int) -> Referred:
    """Profiles of an outcome, and m draws of them."""
    answers, spec = analysis.answers, analysis.spec
    kind = spec.context.outcomes[analysis.outcome].type
    if kind not in ON_A_SCALE:
        return _none(f"the outcome's type is {kind}: profiles are of answers on a scale")
    if not analysis.linear:
        return _none(
            f"needs a regression of people's answers, which kind {spec.kind} is not; impute a did"
            " or ancova model of the outcome too"
        )
    clustered = isinstance(spec, RobustSpec) and spec.clustered and spec.cluster != "person"
    level = str(getattr(spec, "cluster", "")) if clustered else "person"
    codes = answers.unit_of(level) if clustered else np.arange(len(answers.people))
    held = min(len(np.unique(codes[answers.arm == arm])) for arm in (0, 1))
    if held < FEWEST:
        return _none(f"an arm has {held} of what the jackknife leaves out ({level})")
    try:
        profiles = profiles_of(answers.observed, answers.arm, codes)
    except (NotEstimable, NeverTogether, NotConverged, NotIdentified) as error:
        return _none(f"the answers do not hold means and covariances of all times: {error}")
    drawn = draws(answers.observed, answers.arm, m, seed)
    words = {"person": "people", "neighbourhood": "neighbourhoods", "link_worker": "link workers"}
    units = words.get(level, f"{level}s")
    if isinstance(drawn, str):
        return Referred(profiles, None, units, drawn_reason=drawn)
    return Referred(profiles, drawn, units)


def _none(reason: str) -> Referred:
    return Referred(None, None, "", reason, reason)


def jackknifed(
    analysis: Analysis, estimate: str, strategy: Strategy, known: Referred
) -> tuple[Found, int]:
    """Conditional means and the jackknife; and how many units were left out in turn."""
    linear = _linear(analysis, estimate)
    if known.profiles is None or linear is None:
        return Found(reason=known.reason or ONE_ROW_A_PERSON), 0
    answers = analysis.answers
    try:
        made = conditional_mean(
            answers.observed, answers.arm, strategy, linear, profiles=known.profiles
        )
        filled_in = _means(analysis, strategy, known.profiles)
        parts = analysis.equation(0, estimate).at(filled_in).many(filled_in[None])
        df = float(parts.df_of(parts.squares)[0])
    except NotEstimable as error:
        return Found(reason=str(error)), 0
    level = analysis.rows[estimate].ci_level
    low, high = t_interval(made.estimate, made.std_error, df, level)
    return Found(made.estimate, made.std_error, df, low, high), made.n


def _means(analysis: Analysis, strategy: Strategy, profiles: Profiles) -> Floats:
    """Answers (n, t) at conditional means."""
    answers = analysis.answers
    reference = profiles.whole[0]
    made = answers.observed.copy()
    hows: tuple[Strategy, Strategy] = ("missing_at_random", strategy)
    for group, how in enumerate(hows):
        rows = answers.arm == group
        made[rows] = filled(answers.observed[rows], profiles.whole[group], reference, how)
    return made


def _linear(analysis: Analysis, estimate: str) -> LinearEstimate | None:
    """The row's regression; covariates with gaps at their mean over the sets."""
    count = len(analysis.equations)
    if not count:
        return None
    linear = analysis.equation(0, estimate).linear()
    if linear is None or count == 1:
        return linear
    columns = [analysis.equation(at, estimate).columns() for at in range(count)]
    return linear.with_columns(np.mean(columns, axis=0))


def rubin(analysis: Analysis, estimate: str, strategy: Strategy, known: Referred) -> Found:
    """Bayesian imputation under the strategy and Rubin's rules."""
    if known.drawn is None:
        return Found(reason=known.drawn_reason)
    if analysis.equation(0, estimate).linear() is None:
        return Found(reason=ONE_ROW_A_PERSON)
    answers = analysis.answers
    sets = drawn_sets(answers.observed, answers.arm, strategy, known.drawn)
    return analysis.pooled(sets, [estimate])[estimate]
