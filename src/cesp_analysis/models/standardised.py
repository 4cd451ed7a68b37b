"""Means standardised over the covariates of a sample, their differences and ratios.

Marginal standardisation: each record's covariates stay, arm and time are set to those asked about,
and the predicted means are averaged. Their standard errors are by the delta method, the covariates
taken as given (as R's emmeans and marginaleffects, and Stata's margins by default).
Sources: Lane & Nelder (1982), Biometrics 38:613-21; Ai & Norton (2003), Economics Letters
80:123-29, and Karaca-Mandic, Norton & Dowd (2012), Health Serv Res 47:255-74: the coefficient of
arm x time of a model with a link is not the difference in differences of the means.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.declared.design import Moment
from cesp_analysis.models.frame import Frame

Population = Literal["all", "intervention"]
Predict = Callable[[Floats], tuple[Floats, Floats]]
"""Rows x (m, k) → predicted quantities (m, q) and their derivatives (m, q, k)."""


@dataclass(frozen=True)
class Cell:
    """Standardised quantities (q,) of one arm or site at one time, and derivatives (q, k)."""

    value: Floats
    gradient: Floats

    def __sub__(self, other: "Cell") -> "Cell":
        return Cell(self.value - other.value, self.gradient - other.gradient)

    def log(self) -> "Cell":
        """The logarithm of each quantity."""
        return Cell(np.log(self.value), self.gradient / self.value[:, None])

    def times(self, by: Floats) -> "Cell":
        """Linear combinations: by (r, q)."""
        return Cell(by @ self.value, by @ self.gradient)


@dataclass(frozen=True)
class Design:
    """Columns of a model of arm × time with covariates, for its own rows and for others.

    frame: the records; index: the model's index of each of `times`, the reference first; constant:
    whether there is a column of ones; by_time: covariates enter by time too; sites: codes of sites
    with a column of their own (then there is none for the arm), the first site left out.
    """

    frame: Frame
    times: tuple[Moment, ...]
    index: tuple[int, ...]
    constant: bool
    by_time: bool
    sites: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns, in order."""
        later = [moment.name for moment in self.times[1:]]
        labels = self.frame.names["site"]
        own = list(self.frame.covariate_names)
        return (
            *(["(intercept)"] if self.constant else []),
            *([f"site[{labels[s]}]" for s in self.sites] or ["arm"]),
            *(f"time[{name}]" for name in later),
            *(f"arm:time[{name}]" for name in later),
            *own,
            *(f"{name}:time[{t}]" for t in later for name in own if self.by_time),
        )

    def x(self) -> Floats:
        """The columns (n, k) of the records themselves."""
        frame = self.frame
        return self._columns(frame.arm, frame.codes["site"], frame.time, frame.covariates)

    def at(self, arm: float, site: int, time: int, covariates: Floats) -> Floats:
        """The columns (m, k) of covariates (m, p) in one arm (and site, a code) at one time."""
        groups = [float(site == s) for s in self.sites] or [arm]
        later = [float(time == index) for index in self.index[1:]]
        own = [*([1.0] if self.constant else []), *groups, *later, *(arm * one for one in later)]
        p = covariates.shape[1]
        first = len(own) + p
        x = np.zeros((len(covariates), first + self.by_time * p * len(later)))
        x[:, : len(own)], x[:, len(own) : first] = own, covariates
        for number, here in enumerate(later if self.by_time else ()):
            x[:, first + number * p : first + (number + 1) * p] = covariates * here
        return x

    def _columns(self, arm: Floats, site: Floats, time: Floats, covariates: Floats) -> Floats:
        later = [(time == index).astype(float) for index in self.index[1:]]
        groups = [(site == s).astype(float) for s in self.sites] or [arm]
        parts = [*groups, *later, *(arm * column for column in later), *covariates.T]
        if self.constant:
            parts.insert(0, np.ones(len(arm)))
        if self.by_time:
            parts += [value * column for column in later for value in covariates.T]
        return np.column_stack(parts)


def design_of(frame: Frame, times: tuple[Moment, ...], index: tuple[int, ...], by_time: bool,
              constant: bool = True) -> Design:  # fmt: skip
    """The columns for these records; with several sites in an arm each has its own level."""
    sites = np.unique(frame.codes["site"])
    several = len(sites) > 2 and sites[0] >= 0
    own = tuple(int(s) for s in sites[1:]) if several else ()
    return Design(frame, times, index, constant, by_time, own)


def without_constant(design: Design) -> Design:
    """The same without its column of ones: thresholds take its place."""
    return replace(design, constant=False)


@dataclass(frozen=True)
class Standard:
    """Different covariates (m, p) of a population and the share (m,) of it that has them; which
    (n,): of them each record has, -1 outside the population."""

    covariates: Floats
    share: Floats
    which: Codes


def standard_of(frame: Frame, population: Population) -> Standard:
    """The covariates of all records, or of those of the intervention arm, by their weights."""
    chosen = np.ones(frame.n, dtype=bool) if population == "all" else frame.arm == 1
    rows, weight = frame.covariates[chosen], frame.weight[chosen]
    if rows.shape[1] == 0:
        return Standard(np.zeros((1, 0)), np.ones(1), np.where(chosen, 0, -1))
    if rows.shape[1] == 1:  # numbers sort much faster than rows
        values, code = np.unique(rows[:, 0], return_inverse=True)
        different = values[:, None]
    else:
        different, code = np.unique(rows, axis=0, return_inverse=True)
    share = np.bincount(code.ravel(), weights=weight)
    which = np.full(frame.n, -1)
    which[chosen] = code.ravel()
    return Standard(different, share / share.sum(), which)


def cell_of_site(
    design: Design, predict: Predict, standard: Standard, arm: float, site: int, time: int
) -> Cell:
    """The quantities of one site (a code; without effects of sites the arm alone counts)."""
    value, gradient = predict(design.at(arm, site, time, standard.covariates))
    return Cell(standard.share @ value, np.tensordot(standard.share, gradient, axes=1))


def cell_of_arm(
    design: Design, predict: Predict, standard: Standard, arm: float, time: int
) -> Cell:
    """The quantities of an arm: its sites by their shares of the arm's records."""
    frame = design.frame
    own = frame.arm == arm
    if not design.sites:
        return cell_of_site(design, predict, standard, arm, -1, time)
    codes, shares = np.unique(frame.codes["site"][own], return_inverse=True)
    weight = np.bincount(shares, weights=frame.weight[own])
    parts = [cell_of_site(design, predict, standard, arm, int(s), time) for s in codes]
    share = weight / weight.sum()
    return Cell(
        np.asarray(share @ np.stack([part.value for part in parts])),
        np.tensordot(share, np.stack([part.gradient for part in parts]), axes=1),
    )


def unweighted(frame: Frame, weighted: bool) -> Frame:
    """The frame with weights of 1 unless the model is weighted: one rule for fit and average."""
    return frame if weighted else replace(frame, weight=np.ones(frame.n))
