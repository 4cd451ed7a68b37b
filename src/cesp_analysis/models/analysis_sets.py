"""Whose records enter a model: all recruited, those observed, without contaminated controls."""

from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.declared.analysis_sets import OBSERVED, WITHOUT
from cesp_analysis.numbers import counted

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.models.spec import ModelSpec

FLAG = "contaminated"
"""The panel's column: yes, no, or blank (it is not known), where the study declares it."""
ACCOUNT = "analysis_set"
"""Where a model's diagnostics of an outcome say who entered, beside its times."""


def in_set(rows: "pd.DataFrame", spec: "ModelSpec") -> tuple[np.ndarray, tuple[str, ...]]:
    """Which rows (values of one outcome at the model's level) belong to the set, (n,), and a
    sentence on people who do not."""
    if spec.analysis_set == WITHOUT:
        return _uncontaminated(rows, spec)
    if spec.analysis_set == OBSERVED and spec.times_together():
        return _observed(rows, spec)
    return np.ones(len(rows), dtype=bool), ()


def contaminated(rows: "pd.DataFrame") -> tuple[np.ndarray, np.ndarray]:
    """Which rows are of contaminated controls, and of controls of whom it is not known, (n,)."""
    control = (rows["arm"] == "control").to_numpy()
    known = rows[FLAG].astype("str").where(rows[FLAG].notna(), "").to_numpy(dtype=str)
    return control & (known == "yes"), control & (known == "")


def _uncontaminated(rows: "pd.DataFrame", spec: "ModelSpec") -> tuple[np.ndarray, tuple[str, ...]]:
    yes, unknown = contaminated(rows)
    label = spec.context.contamination
    said = [_people(rows, yes, "contaminated control", about=f" ({label})")] if yes.any() else []
    if not yes.any():
        said.append(f"no control is known to be contaminated ({label})")
    if not yes.any() and not unknown.any():
        return ~yes, (f"{said[0]}: nobody is left out, and the set is that of all recruited",)
    if unknown.any():
        said.append(_people(rows, unknown, "control", about=f" of whom it is not known ({label})"))
    said.append(
        "the set was selected after baseline, from the control arm alone: those left may differ"
        " from those left out in how they would have changed, and the difference then is no effect"
    )
    return ~(yes | unknown), tuple(said)


def _observed(rows: "pd.DataFrame", spec: "ModelSpec") -> tuple[np.ndarray, tuple[str, ...]]:
    asked = {moment.name for moment in spec.moments()} & set(rows["time"].astype("str"))
    unit = rows["unit"].astype("category").cat.codes.to_numpy()
    inside = rows["time"].isin(list(asked)).to_numpy()
    if not inside.any():
        return inside, ()
    whole = np.bincount(unit[inside], minlength=int(unit.max()) + 1) == len(asked)
    keep = whole[unit] & inside
    gone, about = inside & ~keep, " without a value at each time"
    said = [_people(rows, gone, "person", "people", about)] if gone.any() else []
    return keep, tuple(said)


def _people(
    rows: "pd.DataFrame", gone: np.ndarray, one: str, many: str = "", about: str = ""
) -> str:
    return f"{counted(rows.loc[gone, 'unit'].nunique(), one, many)}{about} left out"


def accounted(panel: "pd.DataFrame", spec: "ModelSpec", outcome: str) -> dict[str, Any]:
    """By arm: how many there are, how many the set leaves out, how many have a value when."""
    own = panel[(panel["level"] == spec.level) & (panel["outcome"] == outcome)]
    observed = own[own["value"].notna()]
    keep, _ = in_set(observed, spec)
    left = observed[keep]
    times = [moment.name for moment in spec.moments()]
    return {
        "name": spec.analysis_set,
        "units": _by_arm(own),
        "units_with_a_value": _by_arm(observed),
        "units_with_a_value_in_the_set": _by_arm(left),
        "observed_in_the_set": {time: _by_arm(left[left["time"] == time]) for time in times},
    }


def _by_arm(rows: "pd.DataFrame") -> dict[str, int]:
    return {
        arm: int(rows.loc[rows["arm"] == arm, "unit"].nunique())
        for arm in ("intervention", "control")
    }
