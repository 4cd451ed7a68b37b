"""The doubly robust estimate beside the two ends: which covariates, of whom, and what it found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cesp_analysis.declared.design import Moment
from cesp_analysis.few_sites.bracket_words import NO_COVARIATES
from cesp_analysis.models.balance import balance_of, weights_of
from cesp_analysis.models.balanced import Sample, sample_of
from cesp_analysis.models.did_design import enough
from cesp_analysis.models.dr_did import DrDid
from cesp_analysis.models.dr_did_engine import dr_panel
from cesp_analysis.models.influence import infer_records
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.sandwich import Inference
from cesp_analysis.models.spec import Context, ModelSpec
from cesp_analysis.models.weighted_means import Weighted
from cesp_analysis.models.weighting_words import exploding, fault_words, still_apart

if TYPE_CHECKING:
    import pandas as pd

PREFERRED = ("dr_did", "weighted_did")


@dataclass(frozen=True)
class Adjustment:
    """Covariates that a model of the study names, and the model."""

    model: str
    spec: ModelSpec


@dataclass(frozen=True)
class Doubly:
    """What DR-DiD found, of whom, by what weights; words: how, for the method."""

    found: Inference
    sample: Sample
    weighted: Weighted
    words: str
    warnings: tuple[str, ...]


def adjustment(models: Mapping[str, ModelSpec], outcome: str) -> Adjustment | None:
    """The covariates to adjust for: a declared model's, the outcome's own before others', those
    that balance covariates before those that regress on them; no model by a dose."""
    able = [
        Adjustment(name, spec)
        for name, spec in models.items()
        if spec.covariates and not getattr(spec, "dose", None)
    ]

    def rank(one: Adjustment) -> tuple[bool, bool]:
        return outcome not in one.spec.outcomes, one.spec.kind not in PREFERRED

    return min(able, key=rank, default=None)


def doubly_robust(
    chosen: Adjustment | None,
    context: Context,
    panel: "pd.DataFrame",
    outcome: str,
    time: Moment,
) -> Doubly | str:
    """Improved DR-DiD of people who answered both times; the reason if there is none."""
    if chosen is None:
        return NO_COVARIATES
    told = context.model_copy(update={"covariates": chosen.spec.context.covariates})
    covariates = chosen.spec.covariates
    spec = DrDid(
        kind="dr_did", design="change", outcomes=(outcome,), covariates=covariates, study=told
    )
    sample = sample_of(spec, panel, outcome, time)
    frame, arms = sample.frame, sample.arms
    try:
        enough(frame)
        weighted = dr_panel(frame.y, frame.arm, sample.x, sample.sampling)
        found = infer_records(weighted.influence)
    except NotEstimable as error:
        return fault_words(error, sample.names, [])
    said = exploding(weights_of(arms, weighted.weight), spec.largest_share, spec.least_effective)
    one, other = arms
    balance = balance_of(one, other, sample.x, sample.names, sample.sampling, weighted.weight)
    said += still_apart("intervention arm and control arm", balance)
    words = f"change score, adjusted for {', '.join(covariates)}, as in {chosen.model}"
    return Doubly(found, sample, weighted, words, tuple(said))
