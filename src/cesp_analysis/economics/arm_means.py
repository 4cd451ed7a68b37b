"""Mean utilities, QALYs and costs of each arm: of whom they are known, and of imputed sets."""

from collections.abc import Iterator, Sequence
from math import sqrt
from typing import Any

import numpy as np

from cesp_analysis.arms import ARM_CODES
from cesp_analysis.arrays import Floats
from cesp_analysis.economics.cases import Cases
from cesp_analysis.economics.data import Data, data_of
from cesp_analysis.economics.estimated import Estimated, refused
from cesp_analysis.economics.frame import UTILITY, Frame
from cesp_analysis.economics.imputing import observed_of
from cesp_analysis.economics.too_few import too_few
from cesp_analysis.economics.two_regressions import WeightedSum
from cesp_analysis.economics.words import FOLLOW_UP, VALUE_SET
from cesp_analysis.missing.pooling import pool
from cesp_analysis.models.student import t_interval
from cesp_analysis.numbers import counted


def observed_means(cases: Cases, times: Sequence[str], level: float) -> Iterator[dict[str, Any]]:
    """Rows of ArmMeans: utilities at each time and QALYs, by each value set, as they are known."""
    frames = {cases.base.value_set: cases.base.frame}
    for case in cases.varied:
        if case.scenario.startswith(VALUE_SET):
            frames.setdefault(case.value_set, case.frame)
    for value_set, frame in frames.items():
        for quantity, time, values in _known(frame, times):
            for arm, own in ARM_CODES:
                said = {"quantity": quantity, "value_set": value_set, "time": time, "arm": arm}
                yield said | _mean(values[frame.treated == own], level)


def _known(frame: Frame, times: Sequence[str]) -> Iterator[tuple[str, str, Floats]]:
    """Utilities and QALYs (n,), NaN where they are not known."""
    names = [one.name for one in frame.equations.columns]
    for time in times:
        if (name := f"{UTILITY}@{time}") in names:
            yield "utility", time, frame.table[:, names.index(name)]
    yield "qaly", FOLLOW_UP, data_of(frame, observed_of(frame)).qaly


def _mean(values: Floats, level: float) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    n = len(known)
    row: dict[str, Any] = {"people": len(values), "n": n, "ci_level": level}
    if n:
        row["mean"] = float(known.mean())
    if n > 1:
        row["sd"] = float(known.std(ddof=1))
    if n > 1 and row["sd"] > 0:
        ends = t_interval(row["mean"], row["sd"] / sqrt(n), n - 1, level)
        row["ci_low"], row["ci_high"] = ends
    return row


def imputed_means(sets: Sequence[Data], level: float) -> Iterator[tuple[Estimated, np.ndarray]]:
    """Mean costs and QALYs of everybody of an arm over imputed sets, by Rubin's rules: a
    description; and who is in the arm (n,)."""
    treated = sets[0].treated
    for name in ("cost", "qaly"):
        for arm, here in ARM_CODES:
            own = treated == here
            values = np.array([getattr(data, name)[own] for data in sets])
            what = WeightedSum(f"{name}_{arm}", None, float(name == "cost"), float(name == "qaly"))
            yield _pooled(what, values, level), own


def _pooled(what: WeightedSum, values: Floats, level: float) -> Estimated:
    """The mean of values (sets, n) of the same people."""
    n = values.shape[1]
    if n < 2:
        return refused(what, n, n, f"{counted(n, 'person', 'people')}: no interval")
    got = pool(values.mean(axis=1), values.var(axis=1, ddof=1) / n, n - 1.0)
    if reason := got.reasons[0] or too_few(float(got.df[0])):
        return refused(what, n, n, reason)
    low, high = got.interval(level)
    method = f"mean, t on n - 1 df, pooled over {got.m} imputed sets (Rubin, Barnard)"
    return Estimated(
        what, float(got.estimate[0]), float(got.std_error[0]), float(got.df[0]),
        (float(low[0]), float(high[0])), method, n, n, None,
    )  # fmt: skip


def arm_means(data: Data, level: float) -> Iterator[Estimated]:
    """Mean costs and QALYs of each arm, as they are: a description."""
    for name, values in (("cost", data.cost), ("qaly", data.qaly)):
        for arm, own in (("intervention", data.treated), ("control", ~data.treated)):
            known = values[own]
            what = WeightedSum(f"{name}_{arm}", None, float(name == "cost"), float(name == "qaly"))
            n = len(known)
            if n < 2 or not np.ptp(known) > 0:
                text = counted(n, "person", "people") if n < 2 else "one value"
                yield refused(what, n, n, f"the {arm} arm has {text}: no interval")
                continue
            mean, error = float(known.mean()), float(known.std(ddof=1)) / sqrt(n)
            interval = t_interval(mean, error, n - 1, level)
            yield Estimated(what, mean, error, n - 1.0, interval, "mean, t on n - 1 df", n, n, None)
