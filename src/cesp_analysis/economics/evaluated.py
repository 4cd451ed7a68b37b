"""All estimates of an evaluation as rows: of people who are complete, of imputed sets, by case."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from cesp_analysis.columns import Row
from cesp_analysis.economics.amounts import ADJUSTED, UNADJUSTED
from cesp_analysis.economics.arm_means import arm_means, imputed_means
from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.boot import boot_of, pooled
from cesp_analysis.economics.by_log import log_row, shape_of
from cesp_analysis.economics.cases import BASE, Case, Cases
from cesp_analysis.economics.completed_samples import Samples, analyses_of
from cesp_analysis.economics.data import Data, approaches, complete_of
from cesp_analysis.economics.decided import curve_rows
from cesp_analysis.economics.drawn import plane_rows, quadrant_row
from cesp_analysis.economics.estimated import (
    by_regression,
    by_rubin,
    observed_df,
    quantities,
    refused,
)
from cesp_analysis.economics.frame import Frame
from cesp_analysis.economics.imputation_rows import imputation_rows
from cesp_analysis.economics.imputed_spans import impossible
from cesp_analysis.economics.imputing import (
    imputations_of,
    known_of,
    observed_of,
    refusal,
    said_of,
    sets_of,
    with_shared,
)
from cesp_analysis.economics.informed import information_rows
from cesp_analysis.economics.known import known_rows
from cesp_analysis.economics.law import Fits, Law, fitted, of_everybody, pooled_law
from cesp_analysis.economics.learnt import prices_of
from cesp_analysis.economics.repriced import rises_of
from cesp_analysis.economics.rows import row_of, say, with_words
from cesp_analysis.economics.sampled import joint_rows
from cesp_analysis.economics.varied import tornado_cases
from cesp_analysis.economics.words import SUBGROUP, TORNADO
from cesp_analysis.missing.imputed import Imputations
from cesp_analysis.models.prior import Prior
from cesp_analysis.streams import seed_of

COMPLETE, IMPUTED, BOOT_IMPUTE = "complete", "imputed", "boot_impute"
LINEAR, JOINT = "net_benefit", "joint"


@dataclass
class Made:
    """Rows of the tables of an evaluation; laws: of the base case, by approach."""

    rows: list[Row] = field(default_factory=list)
    curve: list[Row] = field(default_factory=list)
    plane: list[Row] = field(default_factory=list)
    quadrants: list[Row] = field(default_factory=list)
    information: list[Row] = field(default_factory=list)
    known: list[Row] = field(default_factory=list)
    laws: list[tuple[str, Law, Sequence[Data]]] = field(default_factory=list)
    imputation: list[Row] = field(default_factory=list)


def evaluated(how: EvaluateSpec, cases: Cases, prior: Prior, samples: Samples) -> Made:
    """Every estimate: the base case by all MISSING_DATA, other cases by imputed sets; samples: of
    the base case's people."""
    made = Made()
    shaking = prior if how.sites and not how.randomised else None
    covariance = how.economics.covariance
    made.rows += _complete(how, cases.base)
    filled: dict[int, Imputations] = {}
    for case in (cases.base, *cases.varied, *tornado_cases(how, cases)):
        start, source = len(made.rows), case.filled or case.frame
        sets, reason, said = imputed_sets(how, case, filled)
        fits: dict[str, Fits] = {}
        for approach in approaches(how.randomised):
            fits[approach] = ([], reason) if reason else fitted(sets, approach, covariance)
            before = len(made.rows)
            _imputed(how, case, approach, sets, fits[approach], shaking, made)
            made.rows[before:] = [with_words(row, said) for row in made.rows[before:]]
        if not reason and case.scenario == BASE:
            made.rows += _of_base(how, case, sets)
            _booted(how, cases, sets, fits, shaking, made, samples)
        if not reason:
            say(made.rows[start:], impossible(source, filled[id(source)]))
    say([row for row in made.rows if not row["quantity"].startswith("qaly")], cases.said)
    made.imputation += imputation_rows((cases.base, *cases.varied), filled)
    for approach, law, sets in made.laws:
        prices = prices_of(how, made.rows, approach)
        made.information += information_rows(how, approach, law, sets, shaking, prices)
    return made


def _booted(
    how: EvaluateSpec,
    cases: Cases,
    sets: Sequence[Data],
    fits: Mapping[str, Fits],
    prior: Prior | None,
    made: Made,
    samples: Samples,
) -> None:
    """Bootstrap, then imputation: of the base case, and of it with departures; of an approach that
    imputed sets refuse, what is made of samples has no meaning."""
    own, base, level = how.economics, cases.base, how.ci_level
    asked, treated = quantities(own.thresholds), base.frame.treated
    n_obs, cluster = known_of(base.frame), own.cluster or ""
    there = [base, *(case for case in cases.varied if case.departing is not None)]
    most = {approach: why or observed_df(got, asked) for approach, (got, why) in fits.items()}
    analyses = analyses_of(how)
    boot = boot_of(base.frame, [*analyses.values()], samples)
    sizes = n_obs, len(treated)
    exact = of_everybody(base.frame, approaches(how.randomised), own.covariance)
    for case in there:
        for approach, found in most.items():
            if isinstance(found, str):
                rows, law = [refused(one, *sizes, found) for one in asked], None
            else:
                analysis = analyses[case.scenario, approach]
                whole = exact.get(approach)
                rows, law = pooled(boot, analysis, asked, found, sizes, cluster, level, whole)
            as_row = partial(row_of, how, case, BOOT_IMPUTE, approach, JOINT)
            made.rows += [as_row(one, treated, n_obs) for one in rows]
            if law is not None and case.scenario == BASE:
                _of_law(how, case, BOOT_IMPUTE, approach, law, sets, prior, made)


def _complete(how: EvaluateSpec, case: Case) -> Iterator[Row]:
    """People of whom all is known: a description. Those that are not adjusted are of everybody
    whose costs and QALYs are, the others of those whose baseline and covariates are too."""
    own, level = how.economics, how.ci_level
    asked, table = quantities(own.thresholds), observed_of(case.frame)
    everybody = complete_of(case.frame, table, UNADJUSTED)
    for one in arm_means(everybody, level):
        arm = everybody.treated == one.quantity.name.endswith("_intervention")
        yield row_of(how, case, COMPLETE, UNADJUSTED, LINEAR, one, everybody.treated[arm])
    for one in by_regression(everybody, UNADJUSTED, asked, own.covariance, level):
        yield row_of(how, case, COMPLETE, UNADJUSTED, LINEAR, one, everybody.treated)
    data = complete_of(case.frame, table)
    for approach in approaches(how.randomised):
        for one in by_regression(data, approach, asked, own.covariance, level):
            yield row_of(how, case, COMPLETE, approach, LINEAR, one, data.treated)
    for approach in approaches(how.randomised):
        seed = seed_of(how.seed, "economics", "bootstrap", approach)
        drawn, cluster = own.missing.replicates, own.cluster or ""
        for one in joint_rows(data, approach, asked, drawn, seed, cluster, level):
            yield row_of(how, case, COMPLETE, approach, JOINT, one, data.treated)
    kind, one = log_row([data], level, shape_of(case.frame))
    yield row_of(how, case, COMPLETE, ADJUSTED, kind, one, data.treated)


def _imputed(
    how: EvaluateSpec,
    case: Case,
    approach: str,
    sets: Sequence[Data],
    fits: Fits,
    prior: Prior | None,
    made: Made,
) -> None:
    """Multiple imputation and Rubin's rules; and curves, of what is no variation of a parameter."""
    asked, treated = quantities(how.economics.thresholds), case.frame.treated
    (made_of, reason), n_obs = fits, known_of(case.frame)
    if reason:
        found = [refused(one, n_obs, len(treated), reason) for one in asked]
    else:
        found = by_rubin(made_of, asked, how.ci_level)
    for one in found:
        made.rows.append(row_of(how, case, IMPUTED, approach, LINEAR, one, treated, n_obs))
    whole = not any(one.reason for one in found)
    if whole and case.departing is None and not case.scenario.startswith(TORNADO):
        _of_law(how, case, IMPUTED, approach, pooled_law(made_of, found), sets, prior, made)


def _of_base(how: EvaluateSpec, case: Case, sets: Sequence[Data]) -> Iterator[Row]:
    """Costs by a log link, arms' means, and subgroups, of imputed sets."""
    kind, one = log_row(sets, how.ci_level, shape_of(case.frame))
    treated, n_obs = case.frame.treated, known_of(case.frame)
    yield row_of(how, case, IMPUTED, ADJUSTED, kind, one, treated, n_obs)
    for mean, own in imputed_means(sets, how.ci_level):
        known = known_of(case.frame, own)
        yield row_of(how, case, IMPUTED, UNADJUSTED, LINEAR, mean, treated[own], known)
    yield from _subgroups(how, case, sets)


def _subgroups(how: EvaluateSpec, case: Case, sets: Sequence[Data]) -> Iterator[Row]:
    """Each category of declared covariates by itself; who has none of it is in none."""
    asked = quantities(how.economics.thresholds)
    for name in how.economics.subgroups:
        words = case.frame.equations.people.words(name)
        for category in sorted({str(word) for word in words} - {""}):
            rows = words == category
            inside = replace(case, scenario=f"{SUBGROUP}{name}: {category}")
            treated, n_obs = case.frame.treated[rows], known_of(case.frame, rows)
            for approach in approaches(how.randomised):
                parts = [data.part(rows) for data in sets]
                fits, reason = fitted(parts, approach, how.economics.covariance)
                found = (
                    [refused(one, n_obs, len(treated), reason) for one in asked]
                    if reason
                    else by_rubin(fits, asked, how.ci_level)
                )
                for one in found:
                    yield row_of(how, inside, IMPUTED, approach, LINEAR, one, treated, n_obs)


def _of_law(
    how: EvaluateSpec,
    case: Case,
    missing_data: str,
    approach: str,
    law: Law,
    sets: Sequence[Data],
    prior: Prior | None,
    made: Made,
) -> None:
    made.curve += curve_rows(how, case, missing_data, approach, law, sets, prior)
    if missing_data == BOOT_IMPUTE:
        made.plane += plane_rows(approach, law, how)
        made.quadrants.append(quadrant_row(approach, law, how.ci_level))
        made.known += known_rows(how, approach, law, sets, prior)
        made.laws.append((approach, law, sets))


def imputed_sets(
    how: EvaluateSpec, case: Case, filled: dict[int, Imputations]
) -> tuple[Sequence[Data], str, tuple[str, ...]]:
    """The imputed sets of a case, or why there are none, and what their imputation says; filled:
    those of frames so far."""

    def made_of(frame: Frame, given: Frame | None) -> Imputations:
        if id(frame) not in filled:
            before = None if given is None else made_of(given, None)
            before = with_shared(before, frame, case.shared)
            m = how.economics.missing.sets
            filled[id(frame)] = imputations_of(frame, m, how.seed, case.valued_by, before)
        return filled[id(frame)]

    source = case.filled or case.frame
    made = made_of(source, case.given)
    if reason := refusal(made.refused, case.frame, case.shared):
        return [], reason, ()
    sets = sets_of(case.frame, made, case.departing, rises_of(source, made, case.by))
    return sets, "", said_of(made, case.frame, case.shared)
