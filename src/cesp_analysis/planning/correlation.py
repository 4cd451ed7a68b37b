"""How answers of one location are correlated: covariance of its period means, and what makes it up.

How it is computed: in units of the total variance, a location's effects in T periods have
covariance L, a person's T answers (within the location) covariance R; the location's mean answers
have covariance L + S, where S is R over the people who answer. Exchangeable: L is constant, icc.
Block-exchangeable: a location's part and a part of each of its periods (Hooper, Teerenstra, de Hoop
& Eldridge 2016, Stat Med 35:4718-28). Decay: cac^|t - s| (Kasza, Hemming, Hooper, Matthews & Forbes
2019, Stat Methods Med Res 28:703-16; cohorts: Li 2020, Stat Med 39:438-55). Every function also
takes complex parameters, of which a small imaginary part gives exact derivatives (`degrees`).

Loss in a cohort: who stays answers in all periods, who leaves in the first alone. All answers are
used, as a mixed model does: S is the inverse of r R⁻¹ + (1 - r) e e' / R₀₀, over the people, or
(R - (1 - r) R e e' R / R₀₀) / r (Sherman & Morrison 1950).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.layouts import Layout
from cesp_analysis.planning.scenarios import Sampling, Scenarios, Structure

Numbers = NDArray[Any]  # real, or complex in derivatives


@dataclass(frozen=True)
class Parameters:
    """of_location (n, 1 or 2) and of_person (n, 1 or 2), in units of the total variance.

    Block: a location's variance, and of its periods (exchangeable: the former alone); decay:
    variance and correlation of neighbouring periods. of_person: likewise, of a person and of an
    answer; in a cross-section the latter alone.
    """

    of_location: Numbers
    of_person: Numbers

    @property
    def together(self) -> Numbers:
        """All parameters (n, q)."""
        return np.concatenate([self.of_location, self.of_person], axis=1)

    def moved(self, values: Numbers) -> "Parameters":
        """The same with other values (n, q)."""
        q = self.of_location.shape[1]
        return Parameters(values[:, :q], values[:, q:])


def parameters(scenarios: Scenarios, structure: Structure, sampling: Sampling) -> Parameters:
    """Variance parameters of each scenario."""
    icc, rest = scenarios.icc, 1 - scenarios.icc
    cac, iac = np.nan_to_num(scenarios.cac, nan=1.0), np.nan_to_num(scenarios.iac)
    location = {
        "exchangeable": [icc],
        "block_exchangeable": [icc * cac, icc * (1 - cac)],
        "decay": [icc, cac],
    }[structure]
    person = [rest * iac, rest * (1 - iac)]
    if sampling == "cross_section":
        person = [rest]
    elif structure == "decay":
        person = [rest, iac]
    return Parameters(np.stack(location, axis=1), np.stack(person, axis=1))


def location_covariance(own: Parameters, structure: Structure, periods: int) -> Numbers:
    """L (n, T, T) of a location's effects."""
    if structure == "decay":
        return _decaying(own.of_location, periods)
    return _blocks(own.of_location, periods)


def person_covariance(own: Parameters, structure: Structure, periods: int) -> Numbers:
    """R (n, T, T) of a person's answers."""
    values = own.of_person
    if values.shape[1] == 1:
        return values[..., None] * np.eye(periods)
    return (_decaying if structure == "decay" else _blocks)(values, periods)


def of_means(
    person: Numbers,
    people: Floats,
    retention: Floats,
    loses_from: int,
    sampling: Sampling,
) -> Numbers:
    """S (n, T, T): what a finite number of people adds to the covariance of a location's means."""
    r, m = retention[:, None, None], people[:, None, None]
    if sampling == "cohort":
        if loses_from == 0:
            return person / (m * r)
        first = person[:, :, 0]
        known = first[:, :, None] * first[:, None, :] / person[:, 0, 0][:, None, None]
        return (person - (1 - r) * known) / (m * r)
    at = np.arange(person.shape[1])
    largest = np.minimum(at[:, None], at[None, :]) < loses_from  # of the two numbers of people
    return person / np.where(largest, m, m * r)


def covariances(
    own: Parameters,
    scenarios: Scenarios,
    layout: Layout,
    structure: Structure,
    sampling: Sampling,
    seen: NDArray[np.int64],
) -> tuple[Numbers, Numbers]:
    """L and S, each (n, t, t), in the t periods (positions) in which a sequence is observed."""
    within = np.ix_(np.arange(len(scenarios)), seen, seen)
    location = location_covariance(own, structure, layout.periods)[within]
    person = person_covariance(own, structure, layout.periods)[within]
    people, stay = scenarios.people, scenarios.retention
    return location, of_means(person, people, stay, layout.loses_from, sampling)


def _blocks(values: Numbers, periods: int) -> Numbers:
    constant = np.broadcast_to(values[:, 0, None, None], (len(values), periods, periods))
    if values.shape[1] == 1:
        return constant
    return constant + values[:, 1, None, None] * np.eye(periods)


def _decaying(values: Numbers, periods: int) -> Numbers:
    """variance * correlation^|t - s|, by products: 0 and negative correlations are exact."""
    steps = np.repeat(values[:, 1:2], periods, axis=1)
    steps[:, 0] = 1
    powers = np.cumprod(steps, axis=1)
    lag = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
    return np.asarray(values[:, 0, None, None] * powers[:, lag])
