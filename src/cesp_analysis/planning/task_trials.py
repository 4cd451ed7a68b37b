"""A declared design of one size as the trial that is drawn, at what is assumed."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.individual import Individual, answered_individual
from cesp_analysis.planning.individual_trials import IndividualTrial
from cesp_analysis.planning.laid_out import layout_of
from cesp_analysis.planning.level_individual import LevelIndividual
from cesp_analysis.planning.level_people import LESS_THAN_CHANCE
from cesp_analysis.planning.level_wedges import LevelWedge
from cesp_analysis.planning.levels import spread_of_arms
from cesp_analysis.planning.plasmode import Plasmode, Pool
from cesp_analysis.planning.scenarios import Structure
from cesp_analysis.planning.trial_people import BinaryTrial, CountTrial
from cesp_analysis.planning.trials import Baseline, Trial, same_arms
from cesp_analysis.planning.wedge_trials import Wedge


def of_two_arms(
    design: TrialDesign, own: Mapping[str, float], size: tuple[int, int], effect: float
) -> Trial:
    """A trial of locations allocated to two arms, compared at one time."""
    baseline: Baseline = "none" if design.kind == "parallel_post" else design.sampling
    names = ("sd", "retention", "size_cv", *(("cac", "iac") if baseline != "none" else ()))
    told = {name: own[name] for name in names}
    locations, people = size
    return same_arms(locations, people, effect, own["icc"], baseline=baseline, **told)


def of_level(
    kind: str,
    design: TrialDesign,
    own: Mapping[str, float],
    size: tuple[int, int],
    change: float,
) -> BinaryTrial | CountTrial:
    """A trial of two arms whose outcome is a share (binary) or a count of each person; change:
    intervention less control. Raises NotEstimable as the trials do."""
    half, (locations, people) = size[0] // 2, size
    before: Baseline = "none" if design.kind == "parallel_post" else design.sampling
    control, arms = own["control"], (half, locations - half)
    told = {
        name: own[name]
        for name in ("retention", "size_cv", *(("cac", "iac") if before != "none" else ()))
    }
    if kind == "binary":
        return BinaryTrial(
            arms, people, control, control + change, own["icc"], baseline=before, **told
        )
    return CountTrial(
        arms, people, control, control + change, *spread_of(own, change), baseline=before, **told
    )


def of_level_layout(kind: str, frame: Wedge, own: Mapping[str, float]) -> LevelWedge:
    """A trial of a layout whose outcome is a share or a count. Raises NotEstimable as it does."""
    if kind == "binary":
        return LevelWedge(frame, "binary", own["control"])
    return LevelWedge(frame, "count", own["control"], *spread_of(own, frame.effect))


def of_level_people(
    kind: str,
    design: TrialDesign,
    own: Mapping[str, float],
    size: tuple[int, int],
    change: float,
) -> LevelIndividual:
    """A trial of kind individual whose outcome is a share or a count. Raises NotEstimable as it
    does."""
    control, sd, icc = (np.array(own[name]) for name in ("control", "sd", "icc"))
    spread = spread_of_arms(control, sd, icc, change, kind)
    frame = of_people(design, own, size, change)
    frame = replace(frame, sd=float(spread.controls), sd_served=float(spread.served))
    if kind == "binary":
        return LevelIndividual(frame, "binary", own["control"], own["icc"])
    middle = own["control"] + change / 2
    return LevelIndividual(frame, "count", own["control"], own["icc"], own["sd"] / middle)


def spread_of(own: Mapping[str, float], change: float) -> tuple[float, float]:
    """CV of locations' rates, and of people's within a location: what counts differ by beyond
    chance is gamma laws of theirs, so that between the arms' means they have the SD that is known.

    Raises NotEstimable: counts that vary less than chance has them.
    """
    middle = own["control"] + change / 2
    location_cv = own["icc"] ** 0.5 * own["sd"] / middle
    extra = own["sd"] ** 2 * (1 - own["icc"]) - middle
    if extra < 0:
        raise NotEstimable(LESS_THAN_CHANCE)
    return location_cv, float(extra**0.5 / middle / (1 + location_cv**2) ** 0.5)


def of_layout(
    structure: Structure,
    design: TrialDesign,
    own: Mapping[str, float],
    size: tuple[int, int],
    effect: float,
) -> Wedge:
    """A trial of a layout of periods, its answers in one mixed model."""
    layout = layout_of(design)
    return Wedge(
        layout,
        tuple(round(size[0] * share) for share in layout.share),
        size[1],
        effect,
        icc=own["icc"],
        sd=own["sd"],
        cac=own["cac"],
        iac=own["iac"],
        retention=own["retention"],
        size_cv=own["size_cv"],
        structure=structure,
        sampling=design.sampling,
        analysis="change" if design.kind == "before_after" else "adjusted",
    )


def of_people(
    design: TrialDesign, own: Mapping[str, float], size: tuple[int, int], effect: float
) -> IndividualTrial:
    """A trial of kind individual: half of a location's people have as many link workers as come
    nearest to `people_a_worker`. The total SD within a location is the same in both arms, so that
    their residual variances differ.

    Raises NotEstimable as `IndividualTrial` does.
    """
    locations, people = size
    workers = design.workers(people)
    caseload = round(people / 2 / workers)
    within = own["sd"] * (1 - own["icc"]) ** 0.5
    return IndividualTrial(
        locations,
        workers,
        caseload,
        people - workers * caseload,
        effect,
        within,
        within,
        own["icc_link_worker"],
        own["iac"],
        own["retention"],
        caseload_cv=design.caseload_cv,
        effect_sd=design.effect_sd,
    )


def power_of_people(
    planned: IndividualTrial | LevelIndividual, alike: float, alpha: float, cautious: bool
) -> float:
    """Power by formula of the trial as it is drawn, its link workers whole; alike: how two answers
    of a person correlate; cautious: as Kenward and Roger test it."""
    if isinstance(planned, LevelIndividual):
        frame, places = planned.frame, planned.places_sd
    else:
        frame, places = planned, 0.0
    said = answered_individual(
        Individual.of(
            locations=frame.locations,
            workers=frame.locations * frame.workers,
            caseload=frame.caseload,
            controls=frame.locations * frame.controls,
            effect=frame.effect,
            sd=frame.sd,
            sd_served=frame.sd_served,
            worker_icc=frame.worker_icc,
            correlation=alike,
            retention=frame.retention,
            caseload_cv=frame.caseload_cv,
            effect_sd=frame.effect_sd,
            places_sd=places,
            alpha=alpha,
        ),
        cautious,
    )
    return float(np.asarray(said.power)[0])


def of_study(
    pool: Pool, design: TrialDesign, own: Mapping[str, float], size: tuple[int, int], effect: float
) -> Plasmode:
    """A trial of a study's people in locations allocated to two arms.

    Raises NotEstimable: of another design, or as `Plasmode` does.
    """
    adjusts = design.follows and design.analysed == "ancova"
    if design.kind != "parallel_post" and not adjusts:
        raise NotEstimable(
            "people of the study are drawn again for allocated locations measured at the end, or"
            " of the same people before and at the end, adjusted for the baseline"
        )
    locations, people = size
    control = locations // 2
    return Plasmode(
        pool,
        (control, locations - control),
        people,
        effect,
        own["icc"],
        own["cac"],
        own["sd"],
        adjusts,
        own["size_cv"],
    )
