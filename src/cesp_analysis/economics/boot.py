"""Bootstrap first, then impute: what samples that were completed say together.

Samples: completed_samples.py. Pooled by the variance of von Hippel and Bartlett. df are no more
than the observed data have: the pooled variance knows of samples, not of how few people or link
workers they are drawn from.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.economics.boot_failures import pooled_reasons, why_failed
from cesp_analysis.economics.bootstrap import Units
from cesp_analysis.economics.bootstrap_intervals import too_many
from cesp_analysis.economics.completed_samples import SampleAnalysis, Samples, units_drawn
from cesp_analysis.economics.estimated import Estimated, refused
from cesp_analysis.economics.few_drawn import few_to_draw
from cesp_analysis.economics.frame import Frame
from cesp_analysis.economics.law import Law, brought_to, fewest
from cesp_analysis.economics.monte_carlo import of_pooled
from cesp_analysis.economics.sample_tables import BY_ITSELF, FAILED, REFUSED
from cesp_analysis.economics.sampled import SITES, drawn_place, drawn_words
from cesp_analysis.economics.too_few import too_few
from cesp_analysis.economics.two_regressions import WeightedSum
from cesp_analysis.missing.boot_pooled import NotPooled, boot_pool
from cesp_analysis.models.student import t_interval

TOO_MANY = (
    "{} of {} bootstrap samples failed: too many for an interval of the others (as of complete"
    " people); fewer auxiliaries or covariates, or merged categories, leave fewer coefficients"
)
OWN_EQUATIONS = (
    "{} of {} bootstrap samples could not bear the equations of everybody's table (too many"
    " predictors for who answered in them): they were imputed by equations planned for their own"
    " people"
)
WHOLE = "; nothing is missing: the estimate is that of everybody, samples are of its interval"


@dataclass(frozen=True)
class Boot:
    """estimates (B, M, k, 2): cost and QALYs by each analysis, NaN in samples in which it failed;
    units: what was drawn; reasons: of each analysis why samples failed, and how many; refused: why
    there is nothing; place: within what it was drawn (sites, or arms of a study without any); said:
    of each analysis, of samples that have equations of their own."""

    analyses: tuple[SampleAnalysis, ...]
    estimates: Floats
    units: Units | None
    reasons: tuple[tuple[tuple[str, int], ...], ...]
    refused: str = ""
    place: str = SITES
    said: tuple[str, ...] = ()

    def of(self, analysis: SampleAnalysis) -> Floats:
        """Estimates (B, M, 2) of an analysis."""
        return self.estimates[:, :, self.analyses.index(analysis)]


def boot_of(frame: Frame, analyses: Sequence[SampleAnalysis], samples: Samples) -> Boot:
    """All samples of a frame's people (numbers 0 to B - 1), as they were estimated."""
    units, known = units_drawn(frame), tuple(analyses)
    none = tuple(() for _ in known)
    if isinstance(units, str):
        return Boot(known, samples.estimates, None, none, units)
    if not len(samples.numbers):
        raise ValueError("there are people to draw, and no sample of them")
    if (samples.status == REFUSED).any():
        return Boot(known, samples.estimates, units, none, str(samples.reason[0, 0]))
    columns = [one.name for one in frame.equations.columns]
    reasons, said = [], []
    for at in range(len(known)):
        status, why = samples.status[:, at], samples.reason[:, at]
        reasons.append(pooled_reasons(Counter(why[status == FAILED].tolist()), columns))
        apart = int((status == BY_ITSELF).sum())
        said.append(OWN_EQUATIONS.format(apart, len(status)) if apart else "")
    place = drawn_place(frame.sites)
    return Boot(known, samples.estimates, units, tuple(reasons), "", place, tuple(said))


def pooled(
    boot: Boot,
    analysis: SampleAnalysis,
    asked: Sequence[WeightedSum],
    most: Sequence[float | str],
    sizes: tuple[int, int],
    cluster: str,
    level: float,
    exact: Floats | None = None,
) -> tuple[list[Estimated], Law | None]:
    """Each quantity of an analysis, and the law of both.

    most: the df that each can have at most, or why it has no interval; sizes: people of whom all is
    known, people; exact (2,): cost and QALYs of everybody, where nothing is missing: samples are of
    the interval alone.
    """
    n_obs, n = sizes
    if boot.refused or boot.units is None:
        return [refused(one, n_obs, n, boot.refused) for one in asked], None
    values, at = boot.of(analysis), boot.analyses.index(analysis)
    failed, said = [*why_failed(boot.reasons[at])], boot.said[at]
    good = values[np.isfinite(values).all(axis=(1, 2))]
    if len(good) > 1 and too_many(lost := len(values) - len(good), len(values), level):
        why = "; ".join([TOO_MANY.format(lost, len(values)), *failed])
        return [refused(one, n_obs, n, why) for one in asked], None
    found = []
    for one, known in zip(asked, most, strict=True):
        if isinstance(known, str):
            found.append(refused(one, n_obs, n, known))
            continue
        shares = np.array(one.weights)
        own = boot_pool(values @ shares)
        if isinstance(own, NotPooled):
            found.append(refused(one, n_obs, n, "; ".join([own.reason, *failed])))
            continue
        estimate = float(own.estimate[0] if exact is None else shares @ exact)
        error = float(own.std_error[0])
        df = min(float(own.df[0]), known)
        if reason := too_few(df):
            found.append(refused(one, n_obs, n, reason))
            continue
        moved = of_pooled(good @ shares, df, level, exact is not None)
        words = drawn_words(cluster)
        method = (
            f"bootstrap of {words} within {boot.place} ({own.samples:,} samples), each imputed"
            f" {own.imputations} times, two equations together; variance of von Hippel and"
            f" Bartlett, df {'of what was observed (Barnard, Rubin)' if df == known else 'theirs'}"
            f"{'' if exact is None else WHOLE}"
        )
        warnings = (
            *filter(None, [few_to_draw(boot.units, cluster, boot.place), said]),
            *own.notes,
            *failed,
        )
        found.append(
            Estimated(
                one, estimate, error, df, t_interval(estimate, error, df, level), method, n_obs, n,
                sum(boot.units.counts) if cluster else None, warnings,
                monte_carlo=moved[0], of_ends=moved[1],
            )
        )  # fmt: skip
    both = boot_pool(values)
    if isinstance(both, NotPooled) or any(one.reason for one in found):
        return found, None
    point = both.estimate if exact is None else exact
    draws = brought_to(good.mean(axis=1), point, both.covariance)
    law = Law(point, both.covariance, fewest(found), draws, good, exact is not None)
    return found, law
