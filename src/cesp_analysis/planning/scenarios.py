"""Many scenarios of a trial at once, and what is wrong with one of them, in a line.

How it is computed: a struct of arrays of one length, so that formulas run over thousands of
scenarios without a loop; a fault does not stop the others, it is the scenario's reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.layouts import Layout

Structure = Literal["exchangeable", "block_exchangeable", "decay"]
Sampling = Literal["cross_section", "cohort"]
Reasons = NDArray[np.object_]
Fields = Mapping[str, Floats]
"""Name of a field (locations, people, sd, icc, cac, iac, retention, size_cv, …) → values (n,)."""

OF_A_TRIAL = {
    "sd": 1.0,
    "cac": np.nan,
    "iac": np.nan,
    "retention": 1.0,
    "size_cv": 0.0,
    "alpha": 0.05,
}


@dataclass(frozen=True)
class Scenarios:
    """Arrays of one length (n,), one entry a scenario.

    locations: of the whole trial; people: of a location in a period; effect and sd (total, of one
    person in one period) in the outcome's unit; icc: within a period; cac: of a location's effects
    from one period to the next; iac: of one person's, within the location; retention: share that
    answers in periods after the baseline; size_cv: of people between locations; alpha: two-sided.
    """

    locations: Floats
    people: Floats
    effect: Floats
    sd: Floats
    icc: Floats
    cac: Floats
    iac: Floats
    retention: Floats
    size_cv: Floats
    alpha: Floats

    @classmethod
    def of(cls, **values: ArrayLike) -> Self:
        """Scenarios of numbers and arrays that broadcast to one length.

        What is left out: sd 1, retention 1, size_cv 0, alpha .05; cac and iac have no
        default where the layout needs them. Raises TypeError: a name that is none, or is missing.
        """
        names = [one.name for one in fields(cls)]
        given = OF_A_TRIAL | values
        wrong = sorted(set(given) ^ set(names))
        if wrong:
            raise TypeError(f"scenarios have {', '.join(names)}; wrong or missing: {wrong}")
        arrays = [np.atleast_1d(np.asarray(given[name], dtype=np.float64)) for name in names]
        return cls(*(np.ascontiguousarray(one) for one in np.broadcast_arrays(*arrays)))

    def __len__(self) -> int:
        return len(self.locations)

    def take(self, which: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Self:
        """Some of the scenarios."""
        return type(self)(*(getattr(self, one.name)[which] for one in fields(self)))

    def with_(self, **values: ArrayLike) -> Self:
        """The scenarios with other values, broadcast to their length."""
        arrays = {
            name: np.broadcast_to(np.asarray(value, dtype=np.float64), len(self)).copy()
            for name, value in values.items()
        }
        return replace(self, **arrays)


def faults(
    layout: Layout, scenarios: Scenarios, structure: Structure, sampling: Sampling
) -> Reasons:
    """Why a scenario (n,) has no answer: one line, or '' where it has one."""
    found = np.full(len(scenarios), "", dtype=object)
    for wrong, why in _rules(layout, scenarios, structure, sampling):
        found[wrong & (found == "")] = why
    few = scenarios.locations * layout.share.min() < layout.least_of_a_sequence - 1e-9
    for at in np.flatnonzero(few & (found == "")):
        found[at] = _too_few(layout, scenarios.locations[at])
    return found


def _rules(
    layout: Layout, s: Scenarios, structure: Structure, sampling: Sampling
) -> list[tuple[NDArray[np.bool_], str]]:
    rules = [
        (~(np.isfinite(s.locations)), "the number of locations is not a number"),
        (~((s.people >= 1) & (s.people < np.inf)), "people of a location must be 1 or more"),
        (~np.isfinite(s.effect), "the effect is not a number"),
        (~((s.sd > 0) & (s.sd < np.inf)), "the SD must be above 0"),
        (~((s.icc >= 0) & (s.icc < 1)), "the ICC must lie in [0, 1)"),
        (~((s.retention > 0) & (s.retention <= 1)), "retention must lie in (0, 1]"),
        (~((s.size_cv >= 0) & (s.size_cv < 2)), "the CV of sizes must lie in [0, 2)"),
        (~((s.alpha > 0) & (s.alpha < 1)), "alpha must lie between 0 and 1"),
    ]
    if layout.periods > 1:
        rules += _rules_of_periods(s, structure, sampling)
    return rules


def _rules_of_periods(
    s: Scenarios, structure: Structure, sampling: Sampling
) -> list[tuple[NDArray[np.bool_], str]]:
    """What only repeated periods need."""
    rules = []
    if structure == "exchangeable":
        other = ~(np.isnan(s.cac) | (s.cac == 1))
        rules.append((other, "exchangeable means a CAC of 1; choose block_exchangeable or decay"))
    if structure == "block_exchangeable":
        rules.append((~((s.cac >= 0) & (s.cac <= 1)), "the CAC must lie in [0, 1]"))
    if structure == "decay":
        rules.append((~((s.cac > -1) & (s.cac <= 1)), "the CAC must lie in (-1, 1] with decay"))
    if sampling != "cross_section":
        rules.append((~((s.iac >= 0) & (s.iac < 1)), "the IAC of a cohort must lie in [0, 1)"))
    return rules


def _too_few(layout: Layout, locations: float) -> str:
    least, what = layout.least_of_a_sequence, "an arm" if layout.sequences == 2 else "a sequence"
    noun = "location" if least == 1 else "locations"
    return (
        f"{locations:g} locations leave fewer than {least} {noun} in {what}:"
        f" at least {layout.fewest:g} are needed"
    )
