"""Bootstrap first, then impute: incremental cost and QALYs of samples, each completed anew.

What is drawn: bootstrap.py; how a sample is completed: missing/boot_impute.py, the engine of all
imputation here; two equations together: completed_pairs.py. Pooled by the variance of von Hippel
and Bartlett.

Of each stratum a unit fewer is drawn than it has (Rao & Wu 1988, J Am Stat Assoc 83:231-41): with
as many, the variance of five link workers would be four fifths of what it is. And df are no more
than the observed data have: the pooled variance knows of samples, not of how few people or link
workers they are drawn from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.economics import completed_pairs
from cesp_analysis.economics.amounts import amounts_of, terms_of
from cesp_analysis.economics.boot_failures import pooled_reasons, why_failed
from cesp_analysis.economics.boot_samples import by_size
from cesp_analysis.economics.bootstrap import Units
from cesp_analysis.economics.bootstrap_intervals import too_many
from cesp_analysis.economics.data import site_names_of
from cesp_analysis.economics.estimated import Estimated, refused
from cesp_analysis.economics.few_drawn import few_to_draw
from cesp_analysis.economics.frame import Frame
from cesp_analysis.economics.imputing import Departing, departed, refusal
from cesp_analysis.economics.law import Law, brought_to, fewest
from cesp_analysis.economics.monte_carlo import of_pooled
from cesp_analysis.economics.sampled import SITES, drawn_place, drawn_units, drawn_words
from cesp_analysis.economics.too_few import too_few
from cesp_analysis.economics.two_regressions import WeightedSum
from cesp_analysis.missing.boot_impute import impute_resampled
from cesp_analysis.missing.boot_pooled import NotPooled, boot_pool, estimates_of
from cesp_analysis.missing.equations import groups_of
from cesp_analysis.missing.plan import Plan
from cesp_analysis.missing.resampled import Analysis
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.student import t_interval
from cesp_analysis.streams import seed_of

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
class SampleAnalysis:
    """What is estimated of each completed sample: an approach, with imputed values as they are or
    multiplied."""

    approach: str
    departing: Departing | None = None


@dataclass(frozen=True)
class Boot:
    """estimates (B, M, 2 analyses): of cost and QALYs of each, NaN in samples that failed; units:
    what was drawn; reasons: why samples failed, and how many; refused: why there is nothing; place:
    within what it was drawn (sites, or arms of a study without any); said: of samples that have
    equations of their own."""

    analyses: tuple[SampleAnalysis, ...]
    estimates: Floats
    units: Units | None
    reasons: tuple[tuple[str, int], ...]
    refused: str = ""
    place: str = SITES
    said: str = ""

    def of(self, analysis: SampleAnalysis) -> Floats:
        """Estimates (B, M, 2) of an analysis."""
        at = 2 * self.analyses.index(analysis)
        return self.estimates[:, :, at : at + 2]


def booted(
    frame: Frame, analyses: Sequence[SampleAnalysis], samples: int, m: int, seed: int
) -> Boot:
    """Samples of the frame's people, imputed and analysed."""
    empty = np.full((0, m, 2 * len(analyses)), np.nan)
    if not analyses:
        return Boot((), empty, None, (), "there is nothing to estimate of samples")
    try:
        units = drawn_units(frame.sites, frame.treated, frame.clusters, site_names_of(frame))
    except NotEstimable as error:
        return Boot(tuple(analyses), empty, None, (), str(error))
    equations, analysis = frame.equations, _analysis(frame, analyses)
    values = np.full((samples, m, 2 * len(analyses)), np.nan)
    reasons: dict[str, int] = {}
    groups, apart = groups_of(equations.people, equations.asked), 0
    plans: dict[int, Plan] = {}
    for size, numbers, people in by_size(groups.codes, units, samples, seed):
        own = seed_of(seed, "impute", size)
        made = impute_resampled(frame.table, equations.recipe, people, m, own, groups, plans=plans)
        if why := refusal(made.refused, frame):
            return Boot(tuple(analyses), empty, units, (), why)
        got = estimates_of(made, analysis)
        if np.isfinite(got.values).any():  # else all have failed, and nothing has this shape
            values[numbers] = got.values
        for one in got.failed:
            number = int(numbers[one.number])
            again = _by_itself(frame, analysis, people[one.number], m, number, seed)
            if isinstance(again, str):
                reasons[again] = reasons.get(again, 0) + 1
            else:
                values[number], apart = again, apart + 1
    place, said = drawn_place(frame.sites), OWN_EQUATIONS.format(apart, samples) if apart else ""
    told = pooled_reasons(reasons, [column.name for column in equations.columns])
    return Boot(tuple(analyses), values, units, told, place=place, said=said)


def _by_itself(
    frame: Frame, analysis: Analysis, people: Codes, m: int, number: int, seed: int
) -> Floats | str:
    """Estimates (m, k) of one sample (n,) whose equations are planned for its own people: those of
    the whole table have more predictors than it bears; or why it fails all the same."""
    own, equations = seed_of(seed, "impute by itself", str(number)), frame.equations
    whose, rows = np.unique(people, return_inverse=True)
    groups = groups_of(equations.people, equations.asked)
    some = replace(groups, codes=groups.codes[whose])
    table = frame.table[whose]
    made = impute_resampled(table, equations.recipe.of(whose), rows[None], m, own, some)
    if why := refusal(made.refused, frame):
        return why
    got = estimates_of(made, lambda tables, at: analysis(tables, whose[at]))
    return got.failed[0].reason if got.failed else got.values[0]


def _analysis(frame: Frame, analyses: Sequence[SampleAnalysis]) -> Analysis:
    """Completed tables (s, m, n, P) of people (s, n) → estimates (s, m, 2 analyses)."""

    def analysed(tables: Floats, people: Codes) -> Floats:
        s, m, n, _ = tables.shape
        rows = np.repeat(people, m, axis=0)
        flat = tables.reshape(s * m, n, -1)
        parts = []
        for one in analyses:
            table = flat
            if one.departing is not None:
                table = departed(flat, frame, rows, one.departing)
            columns = _columns(frame, table, rows, one.approach)
            parts.append(completed_pairs.stacked(columns).effects)
        return np.concatenate(parts, axis=1).reshape(s, m, -1)

    return analysed


def _columns(frame: Frame, table: Floats, rows: Codes, approach: str) -> Floats:
    """Columns (b, n, k) for completed_pairs.py: of both equations, the arm last; cost, QALYs."""
    own = terms_of(amounts_of(frame, table, rows), approach, frame.years, frame.cost_ratio)
    if any(one is not other for one, other in zip(own.beside_cost, own.beside_qaly, strict=True)):
        raise ValueError("two equations together have the same columns: those of the base case")
    arm = frame.treated[rows].astype(float)
    return np.stack([np.ones_like(arm), *own.beside_cost, arm, own.cost, own.qaly], axis=2)


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
    values = boot.of(analysis)
    good = values[np.isfinite(values).all(axis=(1, 2))]
    if len(good) > 1 and too_many(lost := len(values) - len(good), len(values), level):
        why = "; ".join([TOO_MANY.format(lost, len(values)), *why_failed(boot.reasons)])
        return [refused(one, n_obs, n, why) for one in asked], None
    found = []
    for one, known in zip(asked, most, strict=True):
        if isinstance(known, str):
            found.append(refused(one, n_obs, n, known))
            continue
        shares = np.array(one.weights)
        own = boot_pool(values @ shares)
        if isinstance(own, NotPooled):
            found.append(refused(one, n_obs, n, "; ".join([own.reason, *why_failed(boot.reasons)])))
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
            *filter(None, [few_to_draw(boot.units, cluster, boot.place), boot.said]),
            *own.notes,
            *why_failed(boot.reasons),
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
