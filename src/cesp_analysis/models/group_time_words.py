"""What the rows of kind `group_time` say: estimator, composition, refusals."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from cesp_analysis.models.frame import Frame
from cesp_analysis.models.group_time_plan import Average, Cell, began, cells_of
from cesp_analysis.models.two_sites import refusal
from cesp_analysis.numbers import listed

if TYPE_CHECKING:
    from cesp_analysis.models.group_time import GroupTime


def composed(spec: "GroupTime", average: Average, there: Collection[Cell]) -> Iterator[str]:
    """Which group-times have no comparison; which starts alone an average is of."""
    lost = [cell for cell in average.cells if cell not in there]
    moments = spec.moments()
    if lost and there:
        named = listed([f"{began(spec, c.group)} at {moments[c.time].label}" for c in lost])
        yield f"without {named}: nobody to compare with"
    starts = {cell.group for cell in there}
    every = {cell.group for cell in cells_of(spec)}
    if average.of == "since_start" and starts and starts != every:
        named = listed([moments[group].label for group in sorted(starts)])
        yield (
            f"of those that began by {named} alone: from one time since the start to another, who"
            " is averaged changes too"
        )


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
