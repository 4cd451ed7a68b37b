"""Reference-based estimates of an imputed model: conditional means with the jackknife, and Rubin's.

Profiles are of the outcome alone, by arm: no covariates, no auxiliaries. The model's own regression
is then fitted to the completed answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.declared.design import Moment
from cesp_analysis.missing import monte_carlo
from cesp_analysis.missing.analysed import Analysis, Found
from cesp_analysis.missing.departures import (
    Draws,
    Profiles,
    at_means,
    conditional_mean,
    drawn_sets,
    draws,
    profiles_of,
)
from cesp_analysis.missing.linear_estimate import LinearEstimate
from cesp_analysis.missing.normal_profiles import likeliest
from cesp_analysis.missing.profile_times import ProfileTimes, profile_times
from cesp_analysis.missing.reference_based import Strategy
from cesp_analysis.models.mmrm_engine import NeverTogether, NotConverged, NotIdentified
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.robust import RobustSpec
from cesp_analysis.models.student import t_interval

ON_A_SCALE = (None, "continuous")
NONE = (NotEstimable, NeverTogether, NotConverged, NotIdentified)
"""What profiles by likelihood raise where the answers hold none."""
HELD = 5_000_000
"""Answers of a strategy's sets that are kept for other rows: 40 MB."""
FEWEST = 3
"""Units an arm must have for leaving one out to say how much they vary."""

ONE_ROW_A_PERSON = (
    "each row must be a person, and with design: unit_effects it is one of a person's times; write"
    " design: change, which is the same once nobody misses anything"
)


@dataclass(frozen=True)
class HowMany:
    """Sets that are drawn: m to begin with, more until no row's Monte Carlo error is above `limit`
    standard errors, `most` at most."""

    m: int
    limit: float = 0.05
    most: int = 500


@dataclass
class Drawn:
    """Draws of the profiles of answers y (n, t), arm (n,), as many as have been asked for."""

    y: Floats
    arm: Codes
    seed: int
    made: Draws | str | None = field(default=None, repr=False)
    held: dict[Strategy, Floats] = field(default_factory=dict, repr=False)

    def first(self, m: int) -> Draws | str:
        """The first m, the same however many are made; or why there are none."""
        if self.made is None:
            self.made = draws(self.y, self.arm, m, self.seed)
        elif isinstance(self.made, Draws) and self.made.m < m:
            more = draws(self.y, self.arm, m, self.seed, self.made.m)
            self.made = more if isinstance(more, str) else self.made.and_then(more)
        return self.made if isinstance(self.made, str) else self.made.first(m)

    def sets(self, strategy: Strategy, m: int) -> Floats | str:
        """The first m sets (m, n, t) under a strategy, held for the next row unless they are large;
        or why there are none."""
        drawn = self.first(m)
        if isinstance(drawn, str):
            return drawn
        held = self.held.get(strategy)
        if held is None or len(held) < m:
            held = drawn_sets(self.y, self.arm, strategy, drawn)
            if held.size <= HELD:
                self.held[strategy] = held
        return held[:m]


@dataclass(frozen=True)
class Referred:
    """What all reference-based rows of an outcome share; reason: why there are none.

    times: those that the profiles hold; units: what is left out together, in words; no_jackknife:
    why there are no profiles without each of them, which draws do not need.
    """

    profiles: Profiles | None
    drawn: Drawn | None
    how_many: HowMany
    times: ProfileTimes | None = None
    units: str = ""
    reason: str = ""
    no_jackknife: str = ""

    def without(self, moments: Sequence[Moment]) -> str:
        """A sentence on the times that profiles do not hold; '' where they hold all."""
        if self.times is None or not self.times.left:
            return ""
        said = [f"{moments[at].label} ({why})" for at, why in sorted(self.times.left.items())]
        return f"Means and covariances are without {'; '.join(said)}."


def referred(analysis: Analysis, seed: int, how_many: HowMany) -> Referred:
    """Profiles of an outcome, and what draws of them are made of."""
    answers, spec = analysis.answers, analysis.spec
    kind = spec.context.outcomes[analysis.outcome].type
    if kind not in ON_A_SCALE:
        return nothing_referred(
            how_many, f"the outcome's type is {kind}: profiles are of answers on a scale"
        )
    if not analysis.linear:
        return nothing_referred(
            how_many,
            f"needs a regression of people's answers, which kind {spec.kind} is not; impute a did"
            " or ancova model of the outcome too",
        )
    clustered = isinstance(spec, RobustSpec) and spec.clustered and spec.cluster != "person"
    level = str(getattr(spec, "cluster", "")) if clustered else "person"
    codes = answers.unit_of(level) if clustered else np.arange(len(answers.people))
    held = min(len(np.unique(codes[answers.arm == arm])) for arm in (0, 1))
    times = profile_times(answers.observed, answers.arm, answers.first)
    known = answers.observed[:, times.kept]
    words = {"person": "people", "neighbourhood": "neighbourhoods", "link_worker": "link workers"}
    made = Referred(
        None, Drawn(known, answers.arm, seed), how_many, times, words.get(level, f"{level}s")
    )
    try:
        for arm in (0, 1):
            likeliest(known[answers.arm == arm])
    except NONE as error:
        said = f"the answers do not hold means and covariances of all times: {error}"
        return nothing_referred(how_many, said)
    if held < FEWEST:
        said = f"an arm has {held} of what the jackknife leaves out ({level})"
        return replace(made, no_jackknife=said)
    try:
        return replace(made, profiles=profiles_of(known, answers.arm, codes))
    except NONE as error:
        said = f"without one of the {made.units} there are no means and covariances: {error}"
        return replace(made, no_jackknife=said)


def nothing_referred(how_many: HowMany, reason: str) -> Referred:
    """No reference-based rows, and why."""
    return Referred(None, None, how_many, reason=reason)


def jackknifed(
    analysis: Analysis, estimate: str, strategy: Strategy, known: Referred
) -> tuple[Found, int]:
    """Conditional means and the jackknife; and how many units were left out in turn."""
    linear = _linear(analysis, estimate, known)
    if isinstance(linear, str):
        return Found(reason=linear), 0
    if known.profiles is None or known.times is None:
        return Found(reason=known.no_jackknife), 0
    answers, times = analysis.answers, known.times
    own = replace(linear, first=times.at(linear.first), last=times.at(linear.last))
    observed = answers.observed[:, times.kept]
    try:
        made = conditional_mean(observed, answers.arm, strategy, own, profiles=known.profiles)
        means = at_means(observed, answers.arm, strategy, known.profiles.whole)
        filled_in = times.whole(answers.observed, means)
        parts = analysis.equation(0, estimate).at(filled_in).many(filled_in[None])
        df = float(parts.df_of(parts.squares)[0])
    except NotEstimable as error:
        return Found(reason=str(error)), 0
    level = analysis.rows[estimate].ci_level
    low, high = t_interval(made.estimate, made.std_error, df, level)
    return Found(made.estimate, made.std_error, df, low, high), made.n


def _linear(analysis: Analysis, estimate: str, known: Referred) -> LinearEstimate | str:
    """The row's regression, covariates with gaps at their mean over the sets; or why there is no
    reference-based row."""
    if known.times is None:
        return known.reason
    linear = analysis.equation(0, estimate).linear()
    if linear is None:
        return ONE_ROW_A_PERSON
    if why := known.times.left.get(linear.last):
        return f"means and covariances do not hold this time: {why}"
    count = len(analysis.equations)
    if count == 1:
        return linear
    columns = [analysis.equation(at, estimate).columns() for at in range(count)]
    return linear.with_columns(np.mean(columns, axis=0))


def rubin(
    analysis: Analysis, estimate: str, strategy: Strategy, known: Referred
) -> tuple[Found, int | None]:
    """Bayesian imputation under the strategy and Rubin's rules; and how many sets it took."""
    linear = _linear(analysis, estimate, known)
    if isinstance(linear, str):
        return Found(reason=linear), None
    assert known.drawn is not None and known.times is not None
    answers, how = analysis.answers, known.how_many
    m = how.m
    # a covariate with gaps is imputed in so many sets, and no more
    most = m if len(analysis.equations) > 1 else how.most
    while True:
        sets = known.drawn.sets(strategy, m)
        if isinstance(sets, str):
            return Found(reason=sets), None
        whole = known.times.whole(answers.observed, sets)
        found = analysis.pooled(whole, [estimate])[estimate]
        wanted = monte_carlo.needed(m, found.share, how.limit)
        if wanted <= m or m >= most:
            return found, m
        m = monte_carlo.more(m, wanted, most)
