"""The step `worth`: what the evidence of each planned trial is worth, beside its cost.

Net benefit of a follow-up is one number of a person, measured at its end: a trial tells it as a
design measured once, or as people allocated within locations. Layouts in which a location changes
sides within the time over which net benefit adds up do not measure it, and have a reason.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.arrays import Floats
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.economics.tables import NetBenefitKnown
from cesp_analysis.given import hold
from cesp_analysis.planning import tables
from cesp_analysis.planning.assumed import assumptions
from cesp_analysis.planning.designed import OfLocations
from cesp_analysis.planning.layouts import parallel_post
from cesp_analysis.planning.locations_there_are import OfThese
from cesp_analysis.planning.of_people import OfPeople
from cesp_analysis.planning.precision import Model
from cesp_analysis.planning.scenarios import Structure
from cesp_analysis.planning.sizes_file import read_sizes
from cesp_analysis.planning.worth import Decision, Worth, for_net_benefit, worth

MEASURED = ("parallel_baseline", "individual")
"""Kinds whose people are followed from the start, on one side all the while, by allocation."""
CHANGES = "locations change sides within the follow-up over which costs and QALYs add up"
REASONS = {
    "parallel_post": "QALYs and costs add up from the start, where nobody is asked",
    "before_after": "nobody allocates its locations: what it tells of net benefit is not unbiased",
}


class WorthSpec(Frozen):
    """What the step is told: see planning/specs.py."""

    alpha: float
    structure: Structure
    designs: dict[str, TrialDesign]
    incidence: float
    years: float
    delay: float
    discount: float


def worth_of_designs(
    spec: str, draws: Path, planned: Path, net_benefit: Path, out: Path, checksums: str = ""
) -> None:
    """Say what each planned trial is worth: to whom it is in time, less its cost.

    `checksums`: of the files of locations that there are (see given.py).
    """
    hold(checksums)
    how = WorthSpec.model_validate_json(spec)
    known = contracts.read(draws, tables.PlanningDraws)
    sizes = contracts.read(planned, tables.Planning)
    prior = contracts.read(net_benefit, NetBenefitKnown)
    rows = [
        row
        for approach, own in prior.groupby("approach", sort=False, observed=True)
        for name, design in how.designs.items()
        for row in _rows(how, str(approach), own, known, name, design, sizes)
    ]
    frame = pd.DataFrame(rows, columns=list(tables.PlanningWorth.columns()))
    contracts.write(frame, out, tables.PlanningWorth)


def _rows(
    how: WorthSpec,
    approach: str,
    prior: pd.DataFrame,
    known: pd.DataFrame,
    name: str,
    design: TrialDesign,
    sizes: pd.DataFrame,
) -> Iterator[dict[str, Any]]:
    own = sizes[sizes["design"] == name]
    threshold = float(prior["threshold"].iloc[0])
    same = {"approach": approach, "design": name, "threshold": threshold}
    reason = _reason(design)
    made = None if reason else _worth(how, prior, known, design, own)
    for at, (_, row) in enumerate(own.iterrows()):
        size = {key: row[key] for key in ("locations", "people", "cost")}
        yield same | size | {"reason": reason} | ({} if made is None else _of(made, at))


def _reason(design: TrialDesign) -> str:
    if design.kind in MEASURED and not design.asks_others:
        return ""
    return REASONS.get(design.kind, CHANGES)


def _worth(
    how: WorthSpec,
    prior: pd.DataFrame,
    known: pd.DataFrame,
    design: TrialDesign,
    sizes: pd.DataFrame,
) -> Worth:
    drawn = assumptions(design, known, how.structure)
    among = for_net_benefit(drawn, prior["among"].to_numpy(dtype=float)[:1])
    grid: dict[str, Floats] = {
        key: sizes[key].to_numpy(dtype=float) for key in ("locations", "people")
    }
    return worth(
        _measured_once(how, design),
        grid,
        among,
        _decision(how, prior),
        sizes["cost"].to_numpy(dtype=float),
    )


def _measured_once(how: WorthSpec, design: TrialDesign) -> OfLocations | OfPeople | OfThese:
    """What answers for net benefit, which nobody has before the start."""
    if design.kind == "individual":
        return OfPeople(design.people_a_worker, how.alpha, 0.0, caseload_cv=design.caseload_cv)
    once = Model(parallel_post(), "adjusted", how.structure, "cross_section")
    own = OfLocations(once, how.alpha, 0.0)
    return own if design.sizes is None else OfThese(own, read_sizes(Path(design.sizes)))


def _decision(how: WorthSpec, prior: pd.DataFrame) -> Decision:
    return Decision(
        inmb=float(prior["expected"].iloc[0]),
        std_error=float(prior["std_error"].iloc[0]),
        incidence=how.incidence,
        years=how.years,
        shock_sds=tuple(prior["shock_sd"].astype(float)),
        delay=how.delay,
        discount=how.discount,
    )


def _of(made: Worth, at: int) -> dict[str, Any]:
    value = {
        "per_person": made.per_person[at],
        "per_person_mcse": made.error[at],
        "alone": made.alone[at],
        "population": made.population[at],
        "net": made.net[at],
        "best": "yes" if made.best == at else "",
    }
    return value | ({"reason": "draws have no answer"} if np.isnan(made.net[at]) else {})
