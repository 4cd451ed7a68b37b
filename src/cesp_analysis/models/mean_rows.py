"""A predicted mean as a row: what every model kind says of it alike."""

from typing import NamedTuple

from cesp_analysis.models.results import Mean, Scale
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.models.student import t_interval


class Whose(NamedTuple):
    """Whose mean it is: outcome, site (or arm), its arm, time."""

    outcome: str
    group: str
    arm: str
    time: str


class Found(NamedTuple):
    """A mean with its standard error and degrees of freedom, in the outcome's unit."""

    mean: float
    std_error: float
    df: float


def mean_row(
    spec: ModelSpec,
    whose: Whose,
    found: Found,
    n: int,
    method: str,
    ends: tuple[float, float] | None = None,
    scale: Scale = "own",
) -> Mean:
    """The row of a mean that n records stand behind; `ends`: its interval, by default Student's."""
    low, high = ends or t_interval(*found, spec.context.ci_level)
    return Mean(
        model=spec.context.model,
        level=spec.level,
        **whose._asdict(),
        **found._asdict(),
        ci_low=low,
        ci_high=high,
        n=n,
        method=method,
        scale=scale,
    )
