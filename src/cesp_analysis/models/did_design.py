"""The regressions of difference in differences: changes, person effects, cross-sections."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.frame import Frame, frame_of
from cesp_analysis.models.least_squares import LeastSquares, least_squares
from cesp_analysis.models.refusals import Collinear, NotEstimable

if TYPE_CHECKING:
    from cesp_analysis.models.answers import Answers
    from cesp_analysis.models.did import Did
    from cesp_analysis.models.spec import ModelSpec
    from cesp_analysis.models.survey import Survey


@dataclass(frozen=True)
class Regression:
    """A fitted regression: the names of its columns (k,) and the rows it used."""

    fit: LeastSquares
    names: tuple[str, ...]
    frame: Frame
    estimator: str
    dose: str | None = None

    def contrast(self, time: Moment | None) -> np.ndarray:
        """The vector (k,) that reads a time's (or a dose's) effect off the coefficients."""
        if self.dose is not None:
            return np.array([float(name == self.dose) for name in self.names])
        by_time = f"arm:time[{time.name}]" if time else ""
        wanted = by_time if by_time in self.names else "arm"
        return np.array([float(name == wanted) for name in self.names])

    def average(self, times: list[Moment]) -> np.ndarray:
        """The vector (k,) that reads the average of the times' effects, each alike."""
        return np.asarray(np.mean([self.contrast(time) for time in times], axis=0))


def change_regression(
    spec: "Did | Survey", frame: Frame, time: Moment, by: "Fitter | None" = None
) -> Regression:
    """change ~ arm + covariates, on people who answered both times (all that the frame holds).

    Everybody counts to the arm, site and neighbourhood that they had at the reference time. by: who
    fits it, where others' fits are at hand; else `fitted`.
    """
    rows, after = both_times(spec, frame, time)
    enough(rows)
    x = change_columns(rows, bool(spec.dose))
    if spec.dose is not None and spec.dose not in x:
        raise NotEstimable(f"{spec.dose} is a category: a dose must be a number")
    weight = after.weight if spec.weighted else None
    fit = (by or fitted)(after.y - rows.y, x, weight)
    return Regression(fit, tuple(x), rows, _estimator("change score", spec), spec.dose)


def change_columns(rows: Frame, by_dose: bool = False) -> dict[str, np.ndarray]:
    """The columns of a regression of changes; rows: those of the reference time."""
    x = {"(intercept)": np.ones(rows.n)} | ({} if by_dose else {"arm": rows.arm})
    return x | dict(zip(rows.covariate_names, rows.covariates.T, strict=True))


def both_times(spec: "ModelSpec", frame: Frame, time: Moment) -> tuple[Frame, Frame]:
    """Who answered at the reference time and at `time`: their rows then and later, alike in order.

    Everybody counts to the arm, site and neighbourhood of the reference time: the first frame's.
    """
    order = [moment.name for moment in spec.moments()]
    first, last = order.index(spec.reference_time().name), order.index(time.name)
    before, after = frame.time == first, frame.time == last
    _, i, j = np.intersect1d(
        frame.codes["person"][before], frame.codes["person"][after], return_indices=True
    )
    return frame.rows(np.flatnonzero(before)[i]), frame.rows(np.flatnonzero(after)[j])


def people_behind(spec: "ModelSpec", answers: "Answers", outcome: str, time: Moment) -> Frame:
    """Whom an estimate of change to a time would rest on: their rows of the reference time."""
    at = [spec.reference_time(), time]
    return both_times(spec, frame_of(answers, spec, outcome, at, at_each=True), time)[0]


def level_regression(
    spec: "Did | Survey", frame: Frame, times: list[Moment], by: "Fitter | None" = None
) -> Regression:
    """y ~ arm × time, with unit effects (panel) or without (cross-sections).

    In a panel a covariate that does not change with time enters as covariate × time: as itself it
    would change nothing (methods: identity in docs/validation.md). by: as in `change_regression`.
    """
    absorbs = spec.design == "unit_effects"
    if absorbs:
        frame = _seen_twice(frame)
    enough(frame)
    x = level_columns(spec, frame, times)
    weight = frame.weight if spec.weighted else None
    if absorbs:
        fit = fitted(frame.y, x, weight, frame.codes["person"])
    else:
        fit = (by or fitted)(frame.y, x, weight)
    what = "unit and time effects" if absorbs else "repeated cross-sections"
    what += SITES_FIXED if any(name.startswith("site[") for name in x) else ""
    return Regression(fit, tuple(x), frame, _estimator(what, spec))


def level_columns(spec: "Did | Survey", frame: Frame, times: list[Moment]) -> dict[str, np.ndarray]:
    """The columns of a regression of levels at the reference time and others."""
    absorbs = spec.design == "unit_effects"
    order = [moment.name for moment in spec.moments()]
    at = {time.name: (frame.time == order.index(time.name)).astype(float) for time in times}
    x: dict[str, np.ndarray] = {}
    if not absorbs:
        x |= {"(intercept)": np.ones(frame.n)} | groups(frame)
    x |= {f"time[{name}]": column for name, column in at.items()}
    x |= {f"arm:time[{name}]": frame.arm * column for name, column in at.items()}
    for index, name in enumerate(frame.covariate_names):
        value = frame.covariates[:, index]
        if absorbs:
            x |= {f"{name}:time[{time}]": value * column for time, column in at.items()}
        else:
            x[name] = value
    return x


Fitter = Callable[[np.ndarray, dict[str, np.ndarray], np.ndarray | None], LeastSquares]
"""Least squares of y (n,) on named columns by weights."""


def fitted(
    y: np.ndarray,
    x: dict[str, np.ndarray],
    weight: np.ndarray | None,
    absorb: np.ndarray | None = None,
) -> LeastSquares:
    """Least squares; columns that repeat others are named in the refusal."""
    try:
        return least_squares(y, np.array(list(x.values())).T, weight, absorb)
    except Collinear as error:
        names = [list(x)[index] for index in error.columns]
        raise NotEstimable(
            f"{', '.join(names)}: can be computed from the other columns of the model, so its"
            " effect cannot be told from theirs; leave it out"
        ) from None


SITES_FIXED = ", an effect for each site"


def groups(frame: Frame) -> dict[str, np.ndarray]:
    """What holds at all times: the arm; or, with several sites in an arm, each site."""
    codes = frame.codes["site"]
    sites = np.flatnonzero(np.bincount(codes[codes >= 0]))
    if len(sites) <= 2 or (codes < 0).any():
        return {"arm": frame.arm}
    names = frame.names["site"]
    return {f"site[{names[s]}]": (frame.codes["site"] == s).astype(float) for s in sites[1:]}


def enough(frame: Frame) -> None:
    """Both arms must hold at least two people; else say which does not."""
    for arm, code in (("intervention", 1), ("control", 0)):
        people = frame.count_in_arm("person", code)
        if people < 2:
            noun = "nobody" if people == 0 else "one person"
            raise NotEstimable(f"the {arm} arm holds {noun} with the answers this needs")


def repeated(frame: Frame) -> tuple[str, ...]:
    """A sentence where records of the same unit are taken as independent."""
    again = frame.n - frame.count("person")
    if again == 0:
        return ()
    return (
        f"{again} records are of units that answered before, and are treated as independent of"
        " them; cluster by person (or neighbourhood) to allow for that",
    )


def _seen_twice(frame: Frame) -> Frame:
    """Rows of units that were seen at two times or more; others tell nothing about change."""
    _, inverse, counts = np.unique(frame.codes["person"], return_inverse=True, return_counts=True)
    once = int((counts == 1).sum())
    noun = "person" if once == 1 else "people"
    said = f"{once} {noun} with a value at only one of these times left out"
    kept = frame.rows(np.asarray(counts[inverse] > 1))
    return replace(kept, left_out=(*kept.left_out, said)) if once else kept


def _estimator(what: str, spec: "Did | Survey") -> str:
    weights = ", weighted" if spec.weighted else ""
    by_time = " × time" if spec.design == "unit_effects" else ""
    named = [f"{name}{by_time}" for name in spec.covariates if name != spec.dose]
    adjusted = f", adjusted for {', '.join(named)}" if named else ""
    dose = f", by {spec.dose} in place of the arm" if spec.dose else ""
    return f"difference in differences ({what}{dose}{weights}{adjusted})"
