"""A fitted equation with the rows it was fitted to: what residuals and exports are made from."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.least_squares import LeastSquares

if TYPE_CHECKING:
    from cesp_analysis.models.mmrm_engine import MmrmFit
    from cesp_analysis.models.nested import NestedFit
    from cesp_analysis.models.standardised_rows import Fitted, Question
    from cesp_analysis.models.survey_drawn import Sampled
    from cesp_analysis.models.weighted_means import Weighted


@dataclass(frozen=True)
class Nested:
    """A fit with nested random intercepts: levels innermost first, with codes (n,) of each (below
    0: no effect); classes (n,): rows that share a residual variance, or None; weights (n,): what
    the residual variance of each row is divided by, or None."""

    fit: "NestedFit"
    levels: tuple[str, ...]
    codes: tuple[Codes, ...]
    classes: Codes | None
    weights: Floats | None = None


@dataclass(frozen=True)
class Repeated:
    """A fit of repeated measures: person (n,) and time (n,), as the engine was given them."""

    fit: "MmrmFit"
    person: Codes
    time: Codes

    @property
    def weights(self) -> None:
        """Repeated measures have none."""


@dataclass(frozen=True)
class Linked:
    """A model of means with a link, at its solution; question, time (the model's index): of the
    main estimate, which is no contrast of coefficients but has a derivative by them; weights (n,):
    of mean 1."""

    fitted: "Fitted"
    question: "Question"
    time: int
    weights: Floats


@dataclass(frozen=True)
class Balanced:
    """Weighted records: what they say with their weights, the weights (n,) they came with, of mean
    1, and the groups by name, in the order of the influence's strata."""

    weighted: "Weighted"
    weights: Floats
    groups: tuple[str, ...]


Engine = LeastSquares | Nested | Repeated | Linked | Balanced


@dataclass(frozen=True)
class Check:
    """One equation of k columns and the n rows that took part in it.

    place: the outcome, or the outcome and the time, where its numbers stand in diagnostics.json;
    y (n,): what was fitted, a change where `of_change`; x (n, k): the columns as the engine has
    them; names (k,): of the columns; frame: the rows; contrasts: estimate_id → (k,), the last one
    being the equation's main one (with a link: its derivative by the coefficients, in its printed
    unit; of weighted records: the one estimate itself); cluster: the level whose units are left out
    one at a time, '' if there is none; engine: what fitted it; baseline (n,): the value adjusted
    for, or None; exposure (n,): what each record was observed for, or None; known: what else its
    kind says of it for diagnostics.json; sampled: how a survey's rows were drawn, or None.
    """

    place: tuple[str, ...]
    y: Floats
    x: Floats
    names: tuple[str, ...]
    frame: Frame
    contrasts: dict[str, Floats]
    cluster: str
    engine: Engine
    of_change: bool = False
    baseline: Floats | None = None
    exposure: Floats | None = None
    known: dict[str, Any] = field(default_factory=dict)
    sampled: "Sampled | None" = None

    @property
    def name(self) -> str:
        """The equation's name: outcome, or outcome/time."""
        return "/".join(self.place)

    @property
    def main(self) -> str:
        """The estimate whose change is followed when somebody is left out."""
        return list(self.contrasts)[-1]

    def with_further(self, estimate_id: str, contrast: Floats) -> "Check":
        """The same equation with one more estimate, which is not the main one."""
        return replace(self, contrasts={estimate_id: contrast} | self.contrasts)

    def covariate_columns(self) -> list[int]:
        """Columns of covariates, by themselves or by time; not of a dose that is estimated."""
        own = self.frame.covariate_names
        asked = np.any([contrast != 0 for contrast in self.contrasts.values()], axis=0)
        return [
            at
            for at, name in enumerate(self.names)
            if not asked[at] and any(name == one or name.startswith(f"{one}:") for one in own)
        ]


def cluster_of(frame: Frame, declared: str | None) -> str:
    """What is left out one at a time: what the model declares; else neighbourhoods or sites."""
    if declared and declared != "person":
        return declared
    for level in ("neighbourhood", "site"):
        if frame.has(level) and frame.count(level) > 2:
            return level
    return ""


def of_least_squares(
    place: tuple[str, ...],
    fit: LeastSquares,
    names: tuple[str, ...],
    frame: Frame,
    contrasts: dict[str, Floats],
    cluster: str | None = None,
    of_change: bool = False,
) -> Check:
    """The check of a least-squares fit to the rows of a frame (it may have kept fewer)."""
    kept = frame.rows(fit.kept)
    return Check(
        place=place,
        y=fit.outcome,
        x=fit.x,
        names=names,
        frame=kept,
        contrasts=contrasts,
        cluster=cluster_of(kept, cluster),
        engine=fit,
        of_change=of_change,
    )
