"""The random part of a mixed model: which variances it has, and the engine that they need."""

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from cesp_analysis.models.frame import Frame
from cesp_analysis.models.nested import NestedFit, fit_nested

if TYPE_CHECKING:
    from cesp_analysis.models.mixed import Mixed
    from cesp_analysis.models.over_time_sums import Effects

Random = Literal["person", "link_worker", "neighbourhood_time", "neighbourhood", "site"]
Slope = Literal["none", "correlated", "uncorrelated"]
ORDER: tuple[Random, ...] = (
    "person",
    "link_worker",
    "neighbourhood_time",
    "neighbourhood",
    "site",
)
LEVEL_AND_SLOPE, SLOPE = "person_with_slope", "person_slope"


MOVERS = 0.05
"""Share of people with records in several places up to which the first place counts."""
_PLACES: tuple[Random, ...] = ("neighbourhood", "site")


def at_first(spec: "Mixed", frame: Frame) -> Frame:
    """The frame with the intercepts of places that each person had at the first record.

    Intercepts of people and of places must nest. Each record stays in its own arm. Few movers
    hardly change what is estimated (tests/reference/movers.R: lme4's crossed effects); beyond
    MOVERS of the people the frame stays as it is, and the engine refuses it. A sentence on movers
    joins `left_out`.
    """
    levels = {level.removesuffix("_time") for level in spec.random}
    places = [level for level in _PLACES if level in levels]
    person = frame.codes["person"]
    if "person" not in levels or not _moves(frame, places):
        return frame
    order = np.lexsort((frame.time, person))
    new = np.r_[True, person[order][1:] != person[order][:-1]]
    first = np.empty(frame.n, dtype=np.intp)
    first[order] = order[new][np.cumsum(new) - 1]
    away = np.any([_differs(frame.codes[level], first) for level in places], axis=0)
    movers, people = len(np.unique(person[away])), frame.count("person")
    if movers > MOVERS * people:
        return frame
    source = np.where(away, first, np.arange(frame.n))
    crossed = len(np.unique(person[_differs(frame.codes["site"], first)]))
    codes = frame.codes | {level: frame.codes[level][source] for level in places}
    noun, word = "person has" if movers == 1 else "people have", places[0]
    to_site = f" ({crossed} of them in another site)" if crossed and word != "site" else ""
    said = (
        f"{movers} of {people:,} {noun} records in more than one {word}{to_site}: intercepts must"
        f" nest, so theirs is that of the {word} of the first record; each record stays in its arm"
    )
    return replace(frame, codes=codes, left_out=(*frame.left_out, said))


def _moves(frame: Frame, places: list[Random]) -> bool:
    """Whether somebody's records lie in several of the places; one pass over the rows."""
    person = frame.codes["person"]
    last = np.zeros(int(person.max(initial=0)) + 1, dtype=np.intp)
    last[person] = np.arange(frame.n)
    return any(bool(_differs(frame.codes[level], last[person]).any()) for level in places)


def _differs(codes: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Where a row's place and that of another row (n,) are known and not the same."""
    return np.asarray((codes != codes[other]) & (codes >= 0) & (codes[other] >= 0))


def variance_names(spec: "Mixed") -> tuple[str, ...]:
    """What the fit's `variances` are of, in order; one of them may be a covariance."""
    names: list[str] = []
    for level in spec.random:
        names.append(level)
        if level == "person" and spec.slope != "none":
            names += [LEVEL_AND_SLOPE, SLOPE] if spec.slope == "correlated" else [SLOPE]
    return tuple(names)


def nested_levels(spec: "Mixed") -> tuple[Random, ...]:
    """The levels whose groups nest: neighbourhoods once, whether at each time or at all."""
    both = {"neighbourhood_time", "neighbourhood"} <= set(spec.random)
    return tuple(x for x in spec.random if not (both and x == "neighbourhood"))


def with_times(frame: Frame) -> Frame:
    """The frame with a code for each neighbourhood at each time."""
    near = frame.codes["neighbourhood"].astype(int)
    times = int(frame.time.max(initial=0)) + 1
    codes = np.where(near < 0, -1, near * times + frame.time)
    return replace(frame, codes=frame.codes | {"neighbourhood_time": codes})


def fitted(
    spec: "Mixed",
    frame: Frame,
    x: np.ndarray,
    classes: np.ndarray | None,
    names: tuple[str, ...] = (),
) -> NestedFit:
    """The fit of the fixed part x, of columns with these names; raises what the engines raise."""
    weight = frame.weight if spec.weighted else None
    if spec.slope == "none" and "neighbourhood_time" not in spec.random:
        codes = [frame.codes[level] for level in spec.random]
        return fit_nested(frame.y, x, codes, spec.method, classes, weight)
    from cesp_analysis.models.over_time import fit_over_times
    from cesp_analysis.models.over_time_within import FixedSites

    levels = _effects(spec, frame)
    own = [at for at, name in enumerate(names) if name.startswith("site[")]
    sites = FixedSites(frame.codes["site"], (names.index("(intercept)"), *own)) if own else None
    return fit_over_times(frame.y, x, levels, frame.time, spec.method, classes, weight, sites)


def _effects(spec: "Mixed", frame: Frame) -> list["Effects"]:
    from cesp_analysis.models.over_time import by_time, intercepts, slopes

    positions = np.array([moment.position for moment in spec.moments()])
    times, found = len(positions), list["Effects"]()
    for level in nested_levels(spec):
        if level == "person" and spec.slope != "none":
            found.append(slopes(frame.codes[level], positions, spec.slope == "correlated"))
        elif level == "neighbourhood_time":
            lasting = "neighbourhood" in spec.random
            found.append(by_time(frame.codes["neighbourhood"], times, lasting))
        else:
            found.append(intercepts(frame.codes[level], times))
    return found
