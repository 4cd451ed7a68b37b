"""The rungs by clusters: each level of clusters below the sites, then the sites themselves."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from cesp_analysis.declared.few_sites import FewSites
from cesp_analysis.few_sites.draws import Weights
from cesp_analysis.few_sites.regression import (
    EQUAL_BASELINE,
    Behind,
    changes_of,
    refuse_mixed,
    renamed,
)
from cesp_analysis.few_sites.relabel import relabelled
from cesp_analysis.few_sites.rung import Rung, empty
from cesp_analysis.few_sites.wild import wild_bootstrap
from cesp_analysis.few_sites.words import SHARED
from cesp_analysis.models.cluster_means import two_step
from cesp_analysis.models.nested import (
    NotConverged,
    NotIdentified,
    ZeroResidualVariance,
    fit_nested,
)
from cesp_analysis.models.nested_df import judged
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.sandwich import infer
from cesp_analysis.models.two_sites import CAUTIONS, refusal
from cesp_analysis.streams import stream

_WHOLE = {"cross_sections": "site and wave", EQUAL_BASELINE: "site"}
"""Design → what of a site varies at random in the mixed model."""
LEVELS = ("link_worker", "neighbourhood", "site")
Answer = Callable[[Rung], Rung]


def climb(row: Estimate, role: str, one: Behind, settings: FewSites, seed: int) -> Iterator[Rung]:
    """Every rung by clusters of one estimate; a level that nobody has is no rung.

    Nor are link workers of the intervention arm alone: nothing in the control arm is like them. A
    mixed model of the later answer, the first one a covariate, has them (partial nesting).
    """
    for level in LEVELS:
        known = (one.rows.codes[level] >= 0).any()
        if known and not (level == "link_worker" and one.rows.only_with_intervention(level)):
            yield from _at(row, role, one, level, settings, seed)


def _at(
    row: Estimate, role: str, one: Behind, level: str, settings: FewSites, seed: int
) -> Iterator[Rung]:
    noun = "person" if row.level == "person" else "respondent"
    refused = refusal(one.rows, level, "clustering", noun)
    whole = one.rows.has(level)
    facts = _described(row, one, level)
    for name, answer in _answers(row, one, level, settings, seed):
        rung = replace(empty(row, role, f"{level}/{name}"), **facts)
        needs_two = name in ("cr2", "mixed_kenward_roger") or name.startswith("wild")
        if refused and (needs_two or not whole):
            yield rung.without(refused, "refused")
            continue
        try:
            yield answer(rung)
        except NotEstimable as error:
            yield rung.without(str(error))


def _answers(
    row: Estimate, one: Behind, level: str, settings: FewSites, seed: int
) -> Iterator[tuple[str, Answer]]:
    """Name → the function that completes the rung."""

    def rng(name: str) -> np.random.Generator:
        # the regression's, not the row's: rows that ask other questions of it have the same draws
        told = "/".join(filter(None, (row.model, row.outcome, row.time)))
        return stream(seed, "ladder", told, level, name)

    def wild(name: str, weights: Weights) -> Answer:
        def answered(rung: Rung) -> Rung:
            refuse_mixed(one.rows, level)
            codes, arm = one.codes(level), one.rows.arm == 1
            draws, share = settings.draws, row.ci_level
            return rung.by_draws(
                wild_bootstrap(one.fit, one.contrast, codes, arm, rng(name), weights, draws, share)
            )

        return answered

    def relabel(rung: Rung) -> Rung:
        found = changes_of(one, level)
        draws = relabelled(
            found.values, found.treated, rng("relabelling"), settings.draws, row.ci_level
        )
        return rung.by_draws(draws)

    yield "cr2", lambda rung: _cr2(rung, one, level)
    yield "wild_bootstrap", wild("wild_bootstrap", "rademacher")
    if settings.webb:
        yield "wild_bootstrap_webb", wild("wild_bootstrap_webb", "webb")
    yield "relabelling", relabel
    yield "donald_lang", lambda rung: _donald_lang(rung, one, level)
    if level == "site":
        yield "mixed_kenward_roger", lambda rung: _mixed(rung, one)


def _described(row: Estimate, one: Behind, level: str) -> dict[str, Any]:
    """What all rungs of a level say of its clusters, and of what their intervals leave out."""
    cautions = [sentence for sentence in CAUTIONS if sentence in row.warnings]
    said = [SHARED] if cautions and level != "site" else []
    said += [sentence] if (sentence := renamed(one, level)) else []
    return {
        "cluster_level": level,
        "n_clusters_treated": one.rows.count_in_arm(level, 1),
        "n_clusters_control": one.rows.count_in_arm(level, 0),
        "warnings": tuple(said),
    }


def _cr2(rung: Rung, one: Behind, level: str) -> Rung:
    codes, cells = np.full((2, len(one.fit.kept)), -1, dtype=np.intp)
    codes[one.fit.kept], cells[one.fit.kept] = one.codes(level), one.rows.cells
    found = infer(one.fit, one.contrast, "CR2", codes, cells)
    return rung.by_t(found.estimate, found.std_error, found.df, found.method)


def _donald_lang(rung: Rung, one: Behind, level: str) -> Rung:
    changes = changes_of(one, level)
    found = two_step(changes)
    n = int(changes.treated.sum())
    rung = replace(rung, n_clusters_treated=n, n_clusters_control=len(changes.treated) - n)
    words = "mean change of each cluster, t-test of these means (Donald & Lang)"
    return rung.by_t(found.estimate, found.std_error, found.df, words)


def _mixed(rung: Rung, one: Behind) -> Rung:
    """A random effect of each site's change; of respondents, of each site and wave."""
    if one.weighted or one.design == "unit_effects":
        why = "weights" if one.weighted else "an effect for each person (use design: change)"
        raise NotEstimable(f"this mixed model does not go with {why}")
    codes = one.codes("site")
    if one.design == "cross_sections":
        codes = codes * (int(one.rows.time.max()) + 1) + one.rows.time
    try:
        fit = fit_nested(one.outcome(), one.fit.x, [codes])
        error, df = judged(fit, one.contrast, "kenward_roger", "expected")
    except (NotConverged, NotIdentified, ZeroResidualVariance, ValueError) as fault:
        raise NotEstimable(f"the mixed model has no answer: {fault}") from None
    what = _WHOLE.get(one.design, "site's change")
    words = f"linear mixed model, random effect of each {what}, REML; Kenward-Roger"
    said: tuple[str, ...] = ()
    if fit.at_boundary[0]:
        said = ("the variance between sites is estimated as zero",)
    rung = replace(rung, warnings=(*rung.warnings, *said))
    return rung.by_t(float(one.contrast @ fit.coef), error, df, words)
