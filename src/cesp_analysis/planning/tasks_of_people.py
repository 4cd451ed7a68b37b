"""Tasks whose people are allocated, or are this study's own: their trials, and power by formula."""

from collections.abc import Mapping

import numpy as np

from cesp_analysis.declared.planning import TrialDesign
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.individual import Individual, answered_individual
from cesp_analysis.planning.individual_trials import IndividualTrial
from cesp_analysis.planning.plasmode import Plasmode, Pool


def of_people(
    design: TrialDesign, own: Mapping[str, float], size: tuple[int, int], effect: float
) -> IndividualTrial:
    """A trial of kind individual: half of a location's people have as many link workers as come
    nearest to `people_a_worker`. The total SD within a location is the same in both arms, so that
    their residual variances differ.

    Raises NotEstimable as `IndividualTrial` does.
    """
    locations, people = size
    workers = max(1, round(people / 2 / design.people_a_worker))
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
    )


def power_of_people(planned: IndividualTrial, alpha: float) -> float:
    """Power by formula of the trial as it is drawn, its link workers whole."""
    said = answered_individual(
        Individual.of(
            locations=planned.locations,
            workers=planned.locations * planned.workers,
            caseload=planned.caseload,
            controls=planned.locations * planned.controls,
            effect=planned.effect,
            sd=planned.sd,
            sd_served=planned.sd_served,
            worker_icc=planned.worker_icc,
            correlation=planned.correlation,
            retention=planned.retention,
            alpha=alpha,
        )
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
