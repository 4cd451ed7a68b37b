"""The fixed part of a model for repeated measures, and what is read off it: effects and means."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.baseline import BASELINE
from cesp_analysis.models.did_design import groups
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.mean_rows import Found, Whose, mean_row
from cesp_analysis.models.results import Mean

if TYPE_CHECKING:
    from cesp_analysis.models.mmrm import Mmrm
    from cesp_analysis.models.mmrm_engine import MmrmFit
    from cesp_analysis.models.mmrm_small_sample import SmallSample


@dataclass(frozen=True)
class Entering:
    """Records that are outcomes, n of them, at t times at which each arm has somebody.

    time (n,) 0..t-1, index into `moments`; baseline (n,): each person's value at the reference
    time, where that is a covariate.
    """

    frame: Frame
    time: np.ndarray
    moments: tuple[Moment, ...]
    baseline: np.ndarray | None


@dataclass(frozen=True)
class MmrmDesign:
    """Columns x (n, k) of the fixed part, their names (k,), and how effects are read off them.

    apart: name → part in the arms' difference at the first of the times: the arm; or, where each
    site has an effect, the mean of one arm's sites less that of the other's.
    """

    x: np.ndarray
    names: tuple[str, ...]
    apart: dict[str, float]

    def contrast(self, time: Moment, change: bool) -> np.ndarray:
        """The vector (k,) that reads off the arms' difference at a time, or its change since."""
        parts = {} if change else dict(self.apart)
        parts[f"arm:time[{time.name}]"] = 1.0
        return np.array([parts.get(name, 0.0) for name in self.names])

    def slope(self, time: str) -> np.ndarray:
        """The vector (k,) that reads off the slope on the baseline at a time; 0: it has none."""
        parts = (BASELINE, f"{BASELINE}:time[{time}]")
        return np.array([float(name in parts) for name in self.names])


def with_baseline(spec: "Mmrm", frame: Frame) -> tuple[Frame, np.ndarray]:
    """Records of people who have a value at the reference time, and those values (n,)."""
    reference = spec.moments().index(spec.reference_time())
    first = frame.time == reference
    value = dict(zip(frame.codes["person"][first], frame.y[first], strict=True))
    people = frame.codes["person"]
    has = np.array([person in value for person in people], dtype=bool)
    kept = frame.rows(has)
    if lost := len(np.unique(people[~has])):
        noun = "unit" if lost == 1 else "units"
        said = f"{lost} {noun} without a value at {spec.reference_time().label} left out"
        kept = replace(kept, left_out=(*kept.left_out, said))
    return kept, np.array([value[person] for person in kept.codes["person"]])


def entering(spec: "Mmrm", frame: Frame, absent: set[str], baseline: np.ndarray | None) -> Entering:
    """The outcomes: records at times at which both arms answered, later ones with a baseline."""
    wanted = []
    for index, moment in enumerate(spec.moments()):
        is_reference = moment == spec.reference_time()
        if moment.name not in absent and not (is_reference and baseline is not None):
            wanted.append((index, moment))
    indices = np.array([index for index, _ in wanted], dtype=int)
    keep = np.isin(frame.time, indices)
    return Entering(
        frame.rows(keep),
        np.searchsorted(indices, frame.time[keep]),
        tuple(moment for _, moment in wanted),
        None if baseline is None else baseline[keep],
    )


def design_of(spec: "Mmrm", rows: Entering) -> MmrmDesign:
    """(intercept), arm or sites, time, arm × time, then baseline and covariates, most × time.

    The time that has no column of its own is the reference or, with the baseline as a covariate,
    the first of the later times. Constrained: no arm of its own there, one mean for both.
    """
    frame = rows.frame
    between = groups(frame)
    x = {"(intercept)": np.ones(frame.n)}
    if not spec.constrained_baseline:
        x |= between
    at = _time_columns(spec, rows)
    x |= at | {f"arm:{name}": frame.arm * column for name, column in at.items()}
    for name, value in _covariates(spec, rows).items():
        x[name] = value
        if by_time(spec, name):
            x |= {f"{name}:{time}": value * column for time, column in at.items()}
    return MmrmDesign(np.column_stack(list(x.values())), tuple(x), _apart(frame, between))


def by_time(spec: "Mmrm", name: str) -> bool:
    """Whether a covariate has an effect of its own at each time; the baseline has."""
    return spec.covariates_by_time or name == BASELINE


def _time_columns(spec: "Mmrm", rows: Entering) -> dict[str, np.ndarray]:
    plain = spec.reference_time() if spec.reference_time() in rows.moments else rows.moments[0]
    return {
        f"time[{moment.name}]": (rows.time == index).astype(float)
        for index, moment in enumerate(rows.moments)
        if moment != plain
    }


def _covariates(spec: "Mmrm", rows: Entering) -> dict[str, np.ndarray]:
    named = {} if rows.baseline is None else {BASELINE: rows.baseline}
    return named | dict(zip(rows.frame.covariate_names, rows.frame.covariates.T, strict=True))


def _apart(frame: Frame, between: dict[str, np.ndarray]) -> dict[str, float]:
    if "arm" in between:
        return {"arm": 1.0}
    arms = {name: float(frame.arm[column > 0][0]) for name, column in between.items()}
    counts = [frame.count_in_arm("site", arm) for arm in (0, 1)]
    return {name: 1 / counts[1] if arm else -1 / counts[0] for name, arm in arms.items()}


def means_of(
    spec: "Mmrm",
    fit: "MmrmFit",
    found: "SmallSample",
    design: MmrmDesign,
    rows: Entering,
    outcome: str,
) -> Iterator[Mean]:
    """Predicted mean of each site (or arm) at each time, covariates at their mean over records."""
    covariates = _covariates(spec, rows)
    said = "predicted by the model" + (
        " at the covariates' mean over records" if covariates else ""
    )
    said += "" if "arm" in design.apart else "; sites of an arm change alike in this model"
    at_mean = {name: float(value.mean()) for name, value in covariates.items()}
    for group, arm, member in _groups(spec, rows.frame):
        for index, moment in enumerate(rows.moments):
            here = member & (rows.time == index)
            if not here.any():
                continue
            row = _row(spec, design, rows, here, at_mean)
            whose = Whose(outcome, group, arm, moment.name)
            mean = Found(float(row @ fit.coef), found.std_error(row), found.df(row))
            yield mean_row(spec, whose, mean, int(here.sum()), said)


def _groups(spec: "Mmrm", frame: Frame) -> Iterator[tuple[str, str, np.ndarray]]:
    """Sites, or arms where there are none: name, arm, which rows."""
    for site in spec.context.sites:
        if site.name in frame.names["site"]:
            member = frame.codes["site"] == frame.names["site"].index(site.name)
            yield site.name, site.arm, member
    if not spec.context.sites:
        for arm in ("control", "intervention"):
            yield arm, arm, frame.arm == float(arm == "intervention")


def _row(
    spec: "Mmrm",
    design: MmrmDesign,
    rows: Entering,
    here: np.ndarray,
    at_mean: dict[str, float],
) -> np.ndarray:
    """The fixed part's row (k,) of one group at one time: as its records have it, at the means."""
    one = int(np.flatnonzero(here)[0])
    values = dict(zip(design.names, design.x[one], strict=True))
    times = {name: column[one] for name, column in _time_columns(spec, rows).items()}
    for name, mean in at_mean.items():
        values[name] = mean
        if by_time(spec, name):
            values |= {f"{name}:{time}": mean * column for time, column in times.items()}
    return np.array([values[name] for name in design.names])
