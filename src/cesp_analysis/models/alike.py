"""Arms without any spread: residuals of 0 are no certainty, though a standard error takes them so.

One check for every kind that compares changes or, of cross-sections, values at a time.
"""

from collections.abc import Iterator

import numpy as np

from cesp_analysis.arms import ARM_CODES
from cesp_analysis.declared.design import Moment
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.least_squares import ROUNDING
from cesp_analysis.models.spec import ModelSpec

CERTAIN = "the standard error takes that for certain, so the interval is too narrow"
SHARED = (
    "a variance that both arms share takes that for certain and counts the arm's degrees of"
    " freedom, so the interval is too narrow"
)

ON_BASELINE = (
    "the standard error has nothing of that arm's spread but what the common slope on baseline puts"
    " there, so the interval can be too narrow"
)


def same_changes(
    spec: ModelSpec, frame: Frame, time: Moment | None, so: str = CERTAIN
) -> tuple[str, ...]:
    """A sentence for each arm in which everybody changes alike from the reference time to `time`.

    frame: records of people at both times (those of others are passed over); so: what a standard
    error makes of it; nothing for an effect that speaks of no one time.
    """
    order = [moment.name for moment in spec.moments()]
    if time is None or time.name not in order:
        return ()
    before = np.flatnonzero(frame.time == order.index(spec.reference_time().name))
    after = np.flatnonzero(frame.time == order.index(time.name))
    person = frame.codes["person"]
    _, i, j = np.intersect1d(person[before], person[after], return_indices=True)
    first = before[i]
    return alike(frame.y[after[j]] - frame.y[first], frame.arm[first], "change", so=so)


def same_values(
    spec: ModelSpec, frame: Frame, time: Moment | None, so: str = CERTAIN
) -> tuple[str, ...]:
    """A sentence for each arm and time, of the reference time and `time`, without any spread."""
    said: list[str] = []
    for index, moment in enumerate(spec.moments()):
        if moment in (spec.reference_time(), time):
            here = frame.time == index
            said += alike(frame.y[here], frame.arm[here], "value", f" at {moment.label}", so)
    return tuple(said)


def alike(
    y: np.ndarray, arm: np.ndarray, what: str, at: str = "", so: str = CERTAIN
) -> tuple[str, ...]:
    """A sentence for each arm (n,) whose numbers y (n,) are all the same; what: 'change'."""
    return tuple(_sentences(y, arm, what, at, so))


def no_spread(y: np.ndarray) -> bool:
    """Whether two numbers or more (n,) are all the same.

    Differences of decimals (0.3 - 0.2, 1.3 - 1.2) miss each other by rounding alone.
    """
    if len(y) < 2:
        return False
    return bool(np.ptp(y) <= ROUNDING * max(1.0, float(np.abs(y).max())))


def _sentences(y: np.ndarray, arm: np.ndarray, what: str, at: str, so: str) -> Iterator[str]:
    for name, code in ARM_CODES:
        own = y[arm == code]
        if no_spread(own):
            yield f"all {len(own)} of the {name} arm{at} have the same {what} ({own[0]:g}): {so}"
