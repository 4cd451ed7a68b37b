"""The fixed part of a mixed model, and what is read off it: effects and predicted means."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.declared.design import Moment, Place
from cesp_analysis.models.did_design import groups
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.mean_rows import Found, Whose, mean_row
from cesp_analysis.models.nested import NestedFit
from cesp_analysis.models.nested_df import judged
from cesp_analysis.models.results import Mean

if TYPE_CHECKING:
    from cesp_analysis.models.mixed import Mixed


@dataclass(frozen=True)
class MixedDesign:
    """Columns x (n, k) of the fixed part, their names (k,), and where the reference time stands.

    apart: name → part in the arms' difference at the reference time: the arm; or, where each site
    has an effect, the mean of one arm's sites less that of the other's.
    """

    x: np.ndarray
    names: tuple[str, ...]
    origin: float
    apart: dict[str, float]

    def contrast(self, time: Moment | None) -> np.ndarray:
        """The vector (k,) that reads off the arms' difference, or its change since the reference.

        On a straight line in time the change is the slope times the time gone by.
        """
        parts = {f"arm:time[{time.name}]": 1.0} if time else self.apart
        if time and "arm:time" in self.names:
            parts = {"arm:time": time.position - self.origin}
        return np.array([parts.get(name, 0.0) for name in self.names])


def design_of(spec: "Mixed", frame: Frame, absent: tuple[str, ...] = ()) -> MixedDesign:
    """(intercept), arm or sites, time, arm × time (unless the effect is constant), covariates.

    Sites that are random are not fixed too. A person's covariate enters with covariate × time where
    the effect is a change: as itself alone it would hardly touch it (docs/validation.md).

    `absent`: times at which an arm has nobody; they get no effect, and no mean if nobody answered.
    """
    between = {"arm": frame.arm} if "site" in spec.random else groups(frame)
    x = {"(intercept)": np.ones(frame.n)} | between
    time = time_columns(spec, frame.time)
    x |= {name: column for name, column in time.items() if column.any()}
    if spec.effect == "by_time":
        x |= {
            f"arm:{name}": frame.arm * column
            for name, column in time.items()
            if name not in {f"time[{one}]" for one in absent}
        }
    for name, value in zip(frame.covariate_names, frame.covariates.T, strict=True):
        x[name] = value
        if by_time(spec):
            x |= {f"{name}:{at}": value * column for at, column in time.items() if column.any()}
    origin = spec.reference_time().position
    columns = np.array(list(x.values())).T  # columns lie together: the engine sums them
    return MixedDesign(columns, tuple(x), origin, _apart(frame, between))


def _apart(frame: Frame, between: dict[str, np.ndarray]) -> dict[str, float]:
    if "arm" in between:
        return {"arm": 1.0}
    arms = {name: float(frame.arm[column > 0][0]) for name, column in between.items()}
    counts = [frame.count_in_arm("site", arm) for arm in (0, 1)]
    return {name: 1 / counts[1] if arm else -1 / counts[0] for name, arm in arms.items()}


def by_time(spec: "Mixed") -> bool:
    """Whether covariates enter with covariate × time: people's, where the effect is a change."""
    return spec.effect == "by_time" and spec.level == "person"


def residual_classes(spec: "Mixed", frame: Frame) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Which rows (n,) share a residual variance, and what those classes are called."""
    if spec.residual == "by_arm":
        return frame.arm.astype(int), ("control", "intervention")
    if spec.residual == "by_time":
        present, codes = np.unique(frame.time, return_inverse=True)
        return codes, tuple(spec.moments()[int(index)].name for index in present)
    return None, ("",)


def time_columns(spec: "Mixed", time: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of time for the given indices: one a time, or its position on the axis."""
    moments = spec.moments()
    if spec.time == "linear":
        return {"time": np.array([moment.position for moment in moments])[time]}
    reference = spec.reference_time()
    return {
        f"time[{moment.name}]": (time == index).astype(float)
        for index, moment in enumerate(moments)
        if moment != reference
    }


def means_of(
    spec: "Mixed", fit: NestedFit, design: MixedDesign, frame: Frame, outcome: str
) -> Iterator[Mean]:
    """Predicted mean of each site (or arm) at each time, covariates at their mean."""
    said = "predicted by the model" + (
        " at the covariates' mean over records" if spec.covariates else ""
    )
    said += "" if "arm" in design.apart else "; sites of an arm change alike in this model"
    for group, arm, member in _groups(spec, frame):
        for index, moment in enumerate(spec.moments()):
            here = member & (frame.time == index)
            if not here.any():
                continue
            row = _row(spec, design, frame, member, index)
            error, df = judged(fit, row, spec.rule(), spec.information)
            whose = Whose(outcome, group, arm, moment.name)
            found = Found(float(row @ fit.coef), error, df)
            yield mean_row(spec, whose, found, int(here.sum()), said)


def _groups(spec: "Mixed", frame: Frame) -> Iterator[tuple[str, str, np.ndarray]]:
    """Sites, or arms where there are none or sites are random: name, arm, which rows."""
    sites: tuple[Place, ...] = spec.context.sites
    if sites and "site" not in spec.random:
        for site in sites:
            member = frame.codes["site"] == frame.names["site"].index(site.name)
            yield site.name, site.arm, member
    else:
        for arm in ("control", "intervention"):
            yield arm, arm, frame.arm == float(arm == "intervention")


def _row(
    spec: "Mixed", design: MixedDesign, frame: Frame, member: np.ndarray, index: int
) -> np.ndarray:
    """The fixed part's row (k,) of one group at one time."""
    arm = float(frame.arm[member][0]) if member.any() else 0.0
    time = {name: column[0] for name, column in time_columns(spec, np.array([index])).items()}
    values = {"(intercept)": 1.0, "arm": arm} | time
    values |= {f"arm:{name}": arm * value for name, value in time.items()}
    for name, mean in zip(frame.covariate_names, frame.covariates.mean(axis=0), strict=True):
        values[name] = mean
        values |= {f"{name}:{at}": mean * value for at, value in time.items()}
    if member.any() and "arm" not in design.names:
        site = frame.names["site"][frame.codes["site"][member][0]]
        values |= {
            name: float(name == f"site[{site}]")
            for name in design.names
            if name.startswith("site[")
        }
    return np.array([values[name] for name in design.names])
