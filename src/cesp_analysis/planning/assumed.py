"""What is assumed of a design, of what is known: of its formula and its simulated trials alike."""

import numpy as np
import pandas as pd

from cesp_analysis.arrays import Floats
from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.planning.scenarios import Structure
from cesp_analysis.planning.uncertain import Uncertain


def assumptions(design: TrialDesign, known: pd.DataFrame, structure: Structure) -> Uncertain:
    """The draws (PlanningDraws) as fields of scenarios.

    A decaying autocorrelation is that over the design's own period in those draws that say over how
    many months theirs is; others are taken as they stand. Who is asked once in a cross-section is
    not lost. A person's correlation below 0 counts as 0, as it does where nobody is asked twice.
    """
    names = ("sd", "icc", "cac", "retention", "size_cv", "icc_link_worker")
    values = {name: known[name].to_numpy(float) for name in names}
    if structure == "exchangeable":
        values["cac"] = np.ones_like(values["cac"])
    if structure == "decay" and design.months is not None:
        values["cac"] = _over(design.months, values["cac"], known["cac_months"].to_numpy(float))
    if design.asks_others:
        values["retention"] = np.ones_like(values["retention"])
    correlation = known["correlation"].to_numpy(float)
    values["iac"] = np.where((correlation < 0) | (not design.followed), 0.0, correlation)
    return Uncertain(values)


def _over(months: float, cac: Floats, period: Floats) -> Floats:
    """Autocorrelations (draws,) over so many months, of those over periods (draws,) of months."""
    scaled = (period > 0) & (cac > 0)
    after = np.where(scaled, months / np.where(scaled, period, 1.0), 1.0)
    return np.asarray(np.where(scaled, np.abs(cac) ** after, cac))


def medians(design: TrialDesign, known: pd.DataFrame, structure: Structure) -> dict[str, float]:
    """The medians of these, and of the control arm's level; NaN of what is not known."""
    middle = assumptions(design, known, structure).middle()
    found = {name: float(value[0]) for name, value in middle.items()}
    return found | {"control": float(np.median(known["control"].to_numpy(float)))}
