"""What is said of models of means: methods, faults, warnings on rare events, diagnostics."""

from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.models.did_design import SITES_FIXED
from cesp_analysis.models.refusals import Collinear, NotEstimable
from cesp_analysis.models.separation import Separated

if TYPE_CHECKING:
    from cesp_analysis.models.frame import Frame
    from cesp_analysis.models.standardised import Design
    from cesp_analysis.models.standardised_spec import Standardised

# Cochran's rule of thumb. Simulated (docs/validation.md), intervals hold the truth too seldom with
# one event in a group, and more often than they say with two to four.
FEW = 5
_OF_ONE = {"have it": "has it", "do not": "does not"}


def adjusted_words(spec: "Standardised", design: "Design") -> str:
    """Weights, sites, covariates and whose covariates means are standardised over."""
    said = ", weighted" if spec.weighted else ""
    said += SITES_FIXED if design.sites else ""
    if not spec.covariates:
        return said
    by_time = ", each at each time" if design.by_time else ""
    whose = "all records" if spec.standardised_over == "all" else "the intervention arm"
    return f"{said}, adjusted for {', '.join(spec.covariates)}{by_time}; standardised over {whose}"


def fault_words(error: NotEstimable, design: "Design") -> str:
    """Why a model has no estimate, for an analyst: columns by their names."""
    names = design.names
    if isinstance(error, Collinear):
        same = ", ".join(names[column] for column in error.columns)
        return (
            f"{same}: can be computed from the other columns of the model, so its effect cannot be"
            " told from theirs; leave it out"
        )
    if isinstance(error, Separated):
        tied = [names[column] for column in error.columns if names[column] != "(intercept)"]
        who = "some" if error.records is None else str(error.records)
        return (
            f"{', '.join(tied)}: {who} records are predicted without error by these columns"
            " (separation), so that their coefficients have no finite value: leave a covariate out"
            " or put its rare categories together; kind did needs no such model"
        )
    return str(error)


def empty_cell(frame: "Frame", times: dict[int, str], all_or_none: bool) -> str | None:
    """The arm and time at which nobody has an outcome above 0 (or everybody has 1), in words."""
    for index, label in times.items():
        for arm, code in (("intervention", 1), ("control", 0)):
            own = frame.y[(frame.time == index) & (frame.arm == code)]
            where = f"in the {arm} arm at {label}"
            if all_or_none and (events := int(own.sum())) in (0, len(own)):
                who = "none" if events == 0 else "all"
                return (
                    f"{who} of the {len(own)} records {where} have it ({events} of {len(own)}): the"
                    " share is known, its standard error is not (it would be 0); the shares stand"
                    " with the observed means"
                )
            if not all_or_none and not own.any():
                return (
                    f"all {len(own)} records {where} are 0: a model with a log link has no finite"
                    " coefficient there and the standard error would be 0; describe instead"
                )
    return None


def rare(frame: "Frame", times: dict[int, str]) -> tuple[str, ...]:
    """A sentence on the smallest number of events (or of records without one) of a cell."""
    smallest: tuple[int, str, str] | None = None
    for index, label in times.items():
        for arm, code in (("intervention", 1), ("control", 0)):
            own = frame.y[(frame.time == index) & (frame.arm == code)]
            for count, what in ((int(own.sum()), "have it"), (int((own == 0).sum()), "do not")):
                if smallest is None or count < smallest[0]:
                    smallest = count, what, f"in the {arm} arm at {label}"
    if smallest is None or smallest[0] >= FEW:
        return ()
    count, what, where = smallest
    said = f"{count} records {what}" if count != 1 else f"1 record {_OF_ONE[what]}"
    return (f"only {said} {where}: with fewer than {FEW} the interval is rough",)


def cells_of(frame: "Frame", times: dict[int, str]) -> dict[str, dict[str, Any]]:
    """Records, mean and number above zero of each arm and time, as observed (unweighted)."""
    found: dict[str, dict[str, Any]] = {}
    for index, name in times.items():
        for arm, code in (("intervention", 1), ("control", 0)):
            own = frame.y[(frame.time == index) & (frame.arm == code)]
            found.setdefault(arm, {})[name] = {
                "n": len(own),
                "mean": float(np.mean(own)) if len(own) else None,
                "above_zero": int((own > 0).sum()),
            }
    return found
