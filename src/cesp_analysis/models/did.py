"""Model kind `did`: difference in differences of two arms over two or more times.

Sources: Angrist & Pischke (2009) ch. 5 for the estimand; Bell & McCaffrey (2002) and Pustejovsky &
Tipton (2018) for CR2 and its degrees of freedom; Welch (1947) for HC2 in two groups.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from cesp_analysis.models.frame import Frame, frame_of
from cesp_analysis.models.least_squares import LeastSquares, least_squares
from cesp_analysis.models.refusals import Collinear, NotEstimable
from cesp_analysis.models.results import Estimate, Fit
from cesp_analysis.models.rows import Asked, asked_for, inferred, without_data
from cesp_analysis.models.sandwich import covariance_matrix, infer
from cesp_analysis.models.spec import Cluster, ModelSpec
from cesp_analysis.models.two_sites import refusal
from cesp_analysis.study.design import Moment

if TYPE_CHECKING:
    import pandas as pd

Covariance = Literal["classical", "HC2", "CR1", "CR2"]


class Did(ModelSpec):
    """Difference in differences."""

    kind: Literal["did"]
    design: Literal["change", "unit_effects", "cross_sections"] = Field(
        description="change: each person's change, one time at a time; unit_effects: all times at"
        " once with an effect for each person; cross_sections: different people each time."
    )
    covariance: Covariance = Field(
        default="HC2",
        description="classical; HC2 (Welch in two groups); CR1 or CR2: clustered, CR2 with few.",
    )
    cluster: Cluster | None = Field(
        default=None, description="CR1, CR2: what is taken as independent."
    )

    def fit(self, panel: "pd.DataFrame") -> Fit:
        """Fit to every outcome of the spec; see `Fit` for what comes back."""
        estimates: list[Estimate] = []
        diagnostics: dict[str, Any] = {}
        for outcome in self.outcomes:
            rows, known = self._outcome(panel, outcome)
            estimates += rows
            diagnostics[outcome] = known
        return Fit(tuple(estimates), (), diagnostics)

    def _outcome(
        self, panel: "pd.DataFrame", outcome: str
    ) -> tuple[list[Estimate], dict[str, Any]]:
        frame = frame_of(panel, self, outcome)
        asked = {
            moment.name: asked_for(self, self.kind, outcome, moment, _MISSING_DATA[self.design])
            for moment in self.moments()
            if moment != self.reference_time()
        }
        rows = without_data(self, list(asked.values()), frame)
        times = [one.time for name, one in asked.items() if name not in rows and one.time]
        diagnostics: dict[str, Any] = {}
        one_by_one = self.design == "change"
        for group in [[time] for time in times] if one_by_one else filter(None, [times]):
            try:
                fitted = self._regression(frame, group)
            except NotEstimable as error:
                rows |= {t.name: asked[t.name].row.not_estimable(str(error)) for t in group}
                continue
            diagnostics |= self._diagnostics(fitted, group)
            rows |= {t.name: self._estimate(fitted, asked[t.name], frame) for t in group}
        return [rows[name] for name in asked], diagnostics

    def _regression(self, frame: Frame, times: list[Moment]) -> "Regression":
        if self.design == "change":
            return change_regression(self, frame, times[0])
        return level_regression(self, frame, times)

    def _estimate(self, fitted: "Regression", asked: Asked, frame: Frame) -> Estimate:
        rows, row = fitted.frame, asked.describe(fitted.frame, fitted.units)
        if reason := self._refusal(rows):
            return row.refused(reason)
        contrast = fitted.contrast(asked.time)
        try:
            found = infer(fitted.fit, contrast, self.covariance, self._clusters(rows))
        except NotEstimable as error:
            return row.not_estimable(str(error))
        row = replace(row, warnings=(*row.warnings, *self._repeated(rows)))
        level = self.cluster if self.covariance in ("CR1", "CR2") else self.level
        clusters = found.n_clusters or fitted.units
        method = f"{fitted.estimator}; {found.method}" + (
            f"; clusters: {level}" if self.cluster else ""
        )
        return inferred(row, found, method, clusters, str(level))

    def _refusal(self, rows: Frame) -> str | None:
        if self.covariance in ("classical", "HC2"):
            return None
        if self.cluster is None:
            return f"{self.covariance} needs a cluster; write cluster: neighbourhood (or person)"
        noun = "person" if self.level == "person" else "respondent"
        return refusal(rows, self.cluster, "clustering", noun)

    def _repeated(self, rows: Frame) -> tuple[str, ...]:
        """A sentence where records of the same unit are taken as independent."""
        again = rows.n - rows.count("person")
        if self.covariance in ("CR1", "CR2") or again == 0:
            return ()
        return (
            f"{again} records are of units that answered before, and are treated as independent of"
            " them; cluster by person (or neighbourhood) to allow for that",
        )

    def _clusters(self, rows: Frame) -> np.ndarray | None:
        return (
            rows.codes[self.cluster] if self.cluster and self.covariance.startswith("CR") else None
        )

    def _diagnostics(self, fitted: "Regression", times: list[Moment]) -> dict[str, Any]:
        fit = fitted.fit
        standard = np.sqrt(np.diag(covariance_matrix(fit, "classical")))
        known = {
            "coefficient": dict(zip(fitted.names, map(float, fit.coef), strict=True)),
            "std_error_classical": dict(zip(fitted.names, map(float, standard), strict=True)),
            "r_squared": float(fit.r_squared),
            "residual_sd": float(np.sqrt(fit.residual_variance)),
            "n_obs": int(fit.n_obs),
        }
        return {times[0].name: known} if self.design == "change" else known


@dataclass(frozen=True)
class Regression:
    """A fitted regression: the names of its columns (k,), the rows it used, how many units."""

    fit: LeastSquares
    names: tuple[str, ...]
    frame: Frame
    units: int
    estimator: str

    def contrast(self, time: Moment | None) -> np.ndarray:
        """The vector (k,) that reads the effect at a time off the coefficients."""
        by_time = f"arm:time[{time.name}]" if time else ""
        wanted = by_time if by_time in self.names else "arm"
        return np.array([float(name == wanted) for name in self.names])


_MISSING_DATA = {
    "change": "people who answered both times",
    "unit_effects": "people who answered at two times or more",
    "cross_sections": "complete records",
}


def change_regression(spec: Did, frame: Frame, time: Moment) -> Regression:
    """change ~ arm + covariates, on people who answered both times."""
    order = [moment.name for moment in spec.moments()]
    first, last = order.index(spec.reference_time().name), order.index(time.name)
    before, after = frame.time == first, frame.time == last
    units, i, j = np.intersect1d(
        frame.codes["person"][before], frame.codes["person"][after], return_indices=True
    )
    rows = frame.rows(np.flatnonzero(after)[j])
    enough(rows)
    change = rows.y - frame.y[np.flatnonzero(before)[i]]
    x = {"(intercept)": np.ones(len(units)), "arm": rows.arm}
    x |= dict(zip(frame.covariate_names, rows.covariates.T, strict=True))
    fit = _fitted(change, x, rows.weight if spec.weighted else None)
    return Regression(fit, tuple(x), rows, len(units), _estimator("change score", spec))


def level_regression(spec: Did, frame: Frame, times: list[Moment]) -> Regression:
    """y ~ arm × time, with unit effects (panel) or without (cross-sections).

    In a panel a covariate that does not change with time enters as covariate × time: as itself it
    would change nothing (methods: identity in docs/validation.md).
    """
    absorbs = spec.design == "unit_effects"
    order = [moment.name for moment in spec.moments()]
    used = [order.index(time.name) for time in (spec.reference_time(), *times)]
    frame = frame.rows(np.isin(frame.time, used))
    if absorbs:
        frame = _seen_twice(frame)
    enough(frame)
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
    weight = frame.weight if spec.weighted else None
    fit = _fitted(frame.y, x, weight, frame.codes["person"] if absorbs else None)
    what = "unit and time effects" if absorbs else "repeated cross-sections"
    return Regression(fit, tuple(x), frame, frame.count("person"), _estimator(what, spec))


def _fitted(
    y: np.ndarray,
    x: dict[str, np.ndarray],
    weight: np.ndarray | None,
    absorb: np.ndarray | None = None,
) -> LeastSquares:
    """Least squares; columns that repeat others are named in the refusal."""
    try:
        return least_squares(y, np.column_stack(list(x.values())), weight, absorb)
    except Collinear as error:
        names = [list(x)[index] for index in error.columns]
        raise NotEstimable(
            f"{', '.join(names)}: can be computed from the other columns of the model, so its"
            " effect cannot be told from theirs; leave it out"
        ) from None


def groups(frame: Frame) -> dict[str, np.ndarray]:
    """What holds at all times: the arm; or, with several sites in an arm, each site."""
    sites = np.unique(frame.codes["site"])
    if len(sites) <= 2 or sites[0] < 0:
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


def _seen_twice(frame: Frame) -> Frame:
    """Rows of units that were seen at two times or more; others tell nothing about change."""
    _, inverse, counts = np.unique(frame.codes["person"], return_inverse=True, return_counts=True)
    once = int((counts == 1).sum())
    said = f"{once} {'person' if once == 1 else 'people'} seen only once left out"
    kept = frame.rows(np.asarray(counts[inverse] > 1))
    return replace(kept, left_out=(*kept.left_out, said)) if once else kept


def _estimator(what: str, spec: Did) -> str:
    weights = ", weighted" if spec.weighted else ""
    adjusted = f", adjusted for {', '.join(spec.covariates)}" if spec.covariates else ""
    return f"difference in differences ({what}{weights}{adjusted})"
