"""A trial of two arms of equal locations in closed form, for tests: what planning's `answered`
says of one layout, by the textbook."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.power import power


@dataclass(frozen=True)
class Closed:
    """Standard errors, degrees of freedom and power (n,)."""

    std_error: Floats
    df: Floats
    power: Floats

    @property
    def reason(self) -> np.ndarray:
        """Why there is none."""
        return np.where(np.isnan(self.power), "no power", "").astype(object)


def closed(values: Mapping[str, Floats], std_error: Floats, df: Floats) -> Closed:
    """With the two-sided power of a noncentral t."""
    return Closed(std_error, df, power(values["effect"] / std_error, df, values.get("alpha", 0.05)))


def post_only(values: Mapping[str, Floats]) -> Closed:
    """Means of locations after the end: 4 sd² (1 + (m - 1) icc) / (k m) on k - 2 df."""
    m = values["people"] * values.get("retention", 1.0)
    unit = values["sd"] ** 2 * (1 + (m - 1) * values["icc"]) / m
    return closed(values, np.sqrt(4 * unit / values["locations"]), values["locations"] - 2)


def with_baseline(values: Mapping[str, Floats]) -> Closed:
    """The same times 1 - r², r the correlation of a location's means (Teerenstra 2012)."""
    m, icc = values["people"], values["icc"]
    r = (m * icc * values["cac"] + (1 - icc) * values["iac"]) / (1 + (m - 1) * icc)
    whole = post_only({name: one for name, one in values.items() if name != "retention"})
    return closed(values, whole.std_error * np.sqrt(1 - r**2), whole.df)
