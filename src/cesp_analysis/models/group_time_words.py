"""What the rows of kind `group_time` say: estimator, composition, refusals."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.alike import CERTAIN, no_spread
from cesp_analysis.models.balance import Group, weights_of
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.group_time_data import sides_of
from cesp_analysis.models.group_time_engine import Sides
from cesp_analysis.models.group_time_joint import Behind, Lost
from cesp_analysis.models.group_time_plan import Average, Cell, began, cells_of
from cesp_analysis.models.two_sites import refusal
from cesp_analysis.models.weighting_words import (
    AS_GIVEN,
    LARGEST_SHARE,
    LEAST_EFFECTIVE,
    exploding,
)
from cesp_analysis.models.welch_words import NOUNS, few_by_welch
from cesp_analysis.numbers import listed

if TYPE_CHECKING:
    from cesp_analysis.models.group_time import GroupTime


def cells_named(spec: "GroupTime", cells: Iterable[Cell]) -> str:
    """'sites that began by Month 6 at Month 9 and Month 12, sites that began by …'."""
    times: dict[int, list[str]] = {}
    for one in cells:
        times.setdefault(one.group, []).append(spec.moments()[one.time].label)
    return ", ".join(f"{began(spec, group)} at {listed(own)}" for group, own in times.items())


def composed(
    spec: "GroupTime", average: Average, there: Collection[Cell], without: Mapping[Cell, Lost]
) -> Iterator[str]:
    """Without which group-times an average is, and why; which starts alone it is of."""
    for why in dict.fromkeys(one.unheld for one in without.values()):
        named = cells_named(spec, [cell for cell, one in without.items() if one.unheld == why])
        yield f"without {named}: {why}"
    starts = {cell.group for cell in there}
    every = {cell.group for cell in cells_of(spec)}
    if average.of == "since_start" and starts and starts != every:
        named = listed([spec.moments()[group].label for group in sorted(starts)])
        yield (
            f"of those that began by {named} alone: from one time since the start to another, who"
            " is averaged changes too"
        )


def parts_needed(spec: "GroupTime", lost: Iterable[Cell]) -> str:
    """Why there is no average: of some group-times there is no estimate."""
    return f"the average needs estimates of {cells_named(spec, lost)}, which are not there"


def uneven_sides(spec: "GroupTime", weight: Floats, behind: Iterable[Behind]) -> list[str]:
    """A sentence for each side of the comparisons in which few units carry the weight (m,) of the
    panel; nothing where the model takes no weights."""
    if not spec.weighted:
        return []
    rows: dict[str, np.ndarray] = {}
    for one in behind:
        for name, units in one.sides.items():
            rows.setdefault(name, np.zeros(len(weight), dtype=bool))[units] = True
    held = weights_of([Group(name, own) for name, own in rows.items()], weight)
    return exploding(held, LARGEST_SHARE, LEAST_EFFECTIVE, AS_GIVEN)


def same_of_sides(spec: "GroupTime", cell: Cell, sides: Sides) -> Iterator[str]:
    """A sentence for each side of a comparison in which everybody changes (or answers) alike."""
    noun, what = NOUNS[spec.level], "change"
    if sides.after is not None:
        noun, what = "records", "value"
    at = "between" if what == "change" else "at"
    for who, when, rows in sides_of(spec, cell, sides):
        own = sides.y[rows]
        if no_spread(own):
            all_of = f"all {len(own)} {noun} of {who}"
            yield f"{all_of} have the same {what} ({own[0]:g}) {at} {when}: {CERTAIN}"


def narrow(spec: "GroupTime", cluster: Codes, behind: Collection[Behind]) -> Iterator[str]:
    """Why a row's interval holds the truth less often than it says: in a side of a comparison that
    it rests on nobody differs, or there are two or three clusters (m,)."""
    yield from dict.fromkeys(said for one in behind for said in one.same)
    counts = [len(np.unique(cluster[units])) for one in behind for units in one.sides.values()]
    yield from few_by_welch(counts, spec.level if spec.cluster == "person" else spec.cluster)


def no_clusters(spec: "GroupTime", frame: Frame) -> str | None:
    """Why the clusters that were asked for cannot be had; None if every record has one."""
    if not frame.n or frame.has(spec.cluster):
        return None
    noun = "person" if spec.level == "person" else "respondent"
    return refusal(frame, spec.cluster, "clustering", noun)


NO_START = "no site began between two of the model's times, so that no change holds a start"


def one_cluster(spec: "GroupTime", group: int) -> str:
    """Why a row is refused: of a start that takes part there is one cluster."""
    word = spec.cluster.replace("_", " ")
    moments = spec.moments()
    who = "those that had not begun by the last time have"
    if group < len(moments):
        who = f"those that began by {moments[group].label} have"
    return (
        f"clustering at {word} was asked for, but {who} one {word}: how much {word}s of one start"
        " differ cannot be told, and that part of the standard error is zero by construction;"
        " write cluster: person, which knows the error of sampling people alone, and say so"
    )


def estimator(spec: "GroupTime") -> str:
    """The estimator in words."""
    how = {
        "doubly_robust": "doubly robust",
        "regression": "outcome regression",
        "weighting": "weighted by propensity",
    }[spec.adjustment]
    who = {"never_treated": "never treated", "not_yet_treated": "not yet treated"}
    adjusted = f"{how}, adjusted for {', '.join(spec.covariates)}; " if spec.covariates else ""
    base = "the time before" if spec.base == "varying" else "the last time before the start"
    ahead = f", {spec.anticipation} of anticipation" if spec.anticipation else ""
    return (
        f"group-time average effects, Callaway and Sant'Anna ({adjusted}compared with:"
        f" {who[spec.comparison]}; base before the start: {base}{ahead}; shares of starts"
        f" {spec.group_sizes})"
    )
