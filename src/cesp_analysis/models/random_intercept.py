"""What kinds `glm` and `ordinal` share once they have a random intercept: settings, rows, words.

The effect stays a difference of means of the population: each predicted mean is the integral over
the groups' effects (models/random_logit_fit.py), not that of a group of mean effect.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.random_logit_fit import (
    RandomLogit,
    UnknownVariance,
    fit_random_logit,
)
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.sandwich import Inference
from cesp_analysis.models.two_sites import refusal

if TYPE_CHECKING:
    from cesp_analysis.models.frame import Frame
    from cesp_analysis.models.standardised_spec import Standardised

RandomLevel = Literal["person", "neighbourhood"]
ROUGH = 0.01  # of a log-likelihood: a hundredth of what one standard error costs
NO_RESIDUALS = "residuals and influence are not available for models with a link and random effects"
NO_SUM = (
    "weighted: survey weights of records do not say how many people (or neighbourhoods) each random"
    " effect stands for; remove weighted, or random (cluster: neighbourhood then holds them)"
)


def random_faults(spec: "Standardised") -> Iterator[str]:
    """Settings that a random intercept does not go with, and those that need one."""
    if not spec.random:
        if "quadrature" in spec.model_fields_set:
            yield "quadrature: is of a random effect; write random: [neighbourhood], or remove it"
        return
    if spec.weighted:
        yield NO_SUM
    if "covariance" in spec.model_fields_set:
        yield (
            "covariance: with random it is that of the likelihood, or with cluster: neighbourhood"
            " a jackknife; remove it"
        )
    if spec.cluster in ("link_worker", "site"):
        yield f"cluster: {spec.cluster} does not go with random; write person or neighbourhood"


def random_refused(spec: "Standardised", frame: "Frame", noun: str) -> str | None:
    """Why the random effect that is asked for cannot be; None if it can."""
    level = spec.random[0]
    if reason := refusal(frame, level, "a random effect", noun):
        return reason
    if spec.cluster == "neighbourhood" and _in_several(frame, level):
        return (
            f"some {_plural(level)} have records in more than one neighbourhood, so that"
            " neighbourhoods are not independent: leave out cluster or random, or write names that"
            " differ in capitals or spaces alone in one way (near_word)"
        )
    return None


def _in_several(frame: "Frame", level: str) -> bool:
    own, near = frame.codes[level], frame.codes["neighbourhood"]
    pairs = np.unique(np.column_stack([own, near]), axis=0)
    return len(pairs) > len(np.unique(own))


@dataclass(frozen=True)
class Random:
    """A fit with a random intercept for each unit of a level; group (n,): of the records.

    cluster: the level whose units are left out for the covariance, '' for the information's.
    """

    fit: RandomLogit
    level: str
    group: Codes
    cluster: str
    clusters: Codes | None
    strata: int

    @property
    def counted(self) -> tuple[str, int]:
        """What is taken as independent, and how many there are."""
        codes = self.group if self.clusters is None else self.clusters
        return self.cluster or self.level, len(np.unique(codes))

    def infer(self, gradient: Floats) -> Inference:
        """Standard error and df of what has this gradient (q + 1,)."""
        n = self.counted[1]
        if self.clusters is None:
            scaled = self._inverse()
            said, df = "observed information, normal interval", float("inf")
        else:
            scaled = self.fit.jackknife(self._cluster_of_group())
            df = float(n - self.strata)
            said = f"one-step jackknife of neighbourhoods (CR3), t with {df:g} df"
        if df < 1:
            raise NotEstimable("there are no more neighbourhoods than sites: no df are left")
        variance = float(gradient @ scaled @ gradient)
        if not variance > 0:
            raise NotEstimable("the standard error is zero where the estimate looks")
        return Inference(0.0, variance**0.5, df, said, n)

    def _inverse(self) -> Floats:
        known = self.fit.information
        if self.fit.zero:  # known to be zero: its column is then not of an estimate
            inner = np.linalg.inv(known[:-1, :-1])
            return np.pad(inner, ((0, 1), (0, 1)))
        return np.asarray(np.linalg.inv(known))

    def _cluster_of_group(self) -> Codes:
        assert self.clusters is not None
        own = np.unique(self.group, return_inverse=True)[1]
        found = np.zeros(own.max() + 1, dtype=int)
        found[own] = np.unique(self.clusters, return_inverse=True)[1]
        return found


def fit_random(spec: "Standardised", frame: "Frame", y: Floats, x: Floats) -> Random:
    """The fit of outcome y (n,) on x (n, p), for an analyst's eyes if it has no answer."""
    level = spec.random[0]
    group = frame.codes[level]
    try:
        fit = fit_random_logit(y, x, group, spec.quadrature)
    except UnknownVariance as error:
        many = _plural(level)
        raise NotEstimable(
            f"{error.told(level, many)}: the variance between {many} cannot be told; leave out"
            " random"
        ) from None
    clustered = spec.cluster != "person"
    return Random(
        fit,
        level,
        group,
        spec.cluster if clustered else "",
        frame.codes[spec.cluster] if clustered else None,
        max(2, frame.count("site") if frame.has("site") else 2),
    )


def _plural(level: str) -> str:
    return "people" if level == "person" else f"{level}s"


def random_words(spec: "Standardised") -> str:
    """Of the method: the random effect, and how it is integrated over; '' without one."""
    if not spec.random:
        return ""
    how = (
        "Laplace approximation"
        if spec.quadrature == 1
        else f"adaptive Gauss–Hermite quadrature, {spec.quadrature} points"
    )
    return f" with a random intercept for {spec.random[0]} ({how}), averaged over it"


def random_said(spec: "Standardised", random: Random | None, frame: "Frame") -> tuple[str, ...]:
    """What is to be kept in mind: zero variance, what it cannot hold, rough quadrature."""
    if random is None:
        return ()
    found, fit, several = [], random.fit, _plural(random.level)
    n = len(np.unique(random.group))
    if fit.zero:
        found.append(
            f"the variance between {several} is estimated as zero (from {n} {several}): the"
            " estimate is the one without a random effect"
            + ("" if random.cluster else ", and its interval takes their records as independent")
        )
    if random.level == "neighbourhood" and frame.count("person") < frame.n:
        found.append(
            "several records of one unit are taken as independent of each other within a"
            " neighbourhood"
            + (
                ""
                if random.cluster
                else ": the interval may be too narrow; cluster: neighbourhood holds it"
            )
        )
    if random.level == "neighbourhood" and not random.cluster:
        found.append(
            "an intercept for each neighbourhood is the same at all times: what changes a whole"
            " neighbourhood between two times is not in this interval; cluster: neighbourhood"
            " holds it"
        )
    if not abs(fit.doubled - fit.log_likelihood) < ROUGH:
        found.append(
            f"twice as many points of quadrature move the log-likelihood from"
            f" {fit.log_likelihood:.3f} to {fit.doubled:.3f}: write a larger quadrature"
        )
    return tuple(found)


def random_known(random: Random | None) -> dict[str, Any]:
    """What the diagnostics say of the random effect; nothing without one."""
    if random is None:
        return {}
    fit = random.fit
    inverse = None if fit.zero else np.linalg.inv(fit.information)
    said = {
        "level": random.level,
        "groups": len(np.unique(random.group)),
        "sd": fit.sd,
        "variance": fit.sd**2,
        "sd_std_error": None if inverse is None else float(inverse[-1, -1] ** 0.5),
        "points": fit.points,
        "log_likelihood_twice_the_points": fit.doubled,
    }
    return {"random": said}
