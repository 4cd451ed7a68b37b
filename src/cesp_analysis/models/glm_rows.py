"""Which records a model of means enters, and with what exposure."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.answers import Answers
from cesp_analysis.models.did_design import enough
from cesp_analysis.models.frame import Frame, frame_of
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.rows import needed
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.models.standardised import unweighted

if TYPE_CHECKING:
    import pandas as pd

DesignName = Literal["panel", "cross_sections"]
MISSING_DATA = {
    "panel": "people who answered both times",
    "cross_sections": "complete records",
}


@dataclass(frozen=True)
class Entering:
    """The records of a model; exposure (n,): what each was observed for, None without."""

    frame: Frame
    exposure: np.ndarray | None


def entering(
    answers: Answers,
    spec: ModelSpec,
    design: DesignName,
    outcome: str,
    times: list[Moment],
    exposure: str | None = None,
) -> Entering:
    """The complete records at these times, weights of 1 unless the model is weighted.

    panel: those who answered at each of two times, who count to the arm, site and neighbourhood
    (and by the later weight) that they had at the first, as in kind did. Raises NotEstimable.
    """
    both = design == "panel"
    frame = frame_of(answers, spec, outcome, times, at_each=both)
    known = None if exposure is None else _exposure(answers.panel, spec, exposure, frame)
    if known is not None:
        frame, known = _exposed(frame, known, spec, str(exposure))
    if both:
        order = [moment.name for moment in spec.moments()]
        rows, before, after = _pairs(frame, order.index(times[0].name))
        frame, known = rows, None if known is None else known[np.concatenate([before, after])]
    enough(frame)
    _refuse_absent(frame, spec, times)
    return Entering(unweighted(frame, spec.weighted), known)


def _refuse_absent(frame: Frame, spec: ModelSpec, times: list[Moment]) -> None:
    """An arm may hold nobody at a time once records without exposure are left out."""
    order = [moment.name for moment in spec.moments()]
    for moment in times:
        if arm := frame.absent_at(order.index(moment.name)):
            left = f" ({'; '.join(frame.left_out)})" if frame.left_out else ""
            what = needed(spec, frame)
            raise NotEstimable(f"the {arm} arm holds nobody with {what} at {moment.label}{left}")


def _pairs(frame: Frame, first: int) -> tuple[Frame, np.ndarray, np.ndarray]:
    """Both records of each person, all the earlier ones before all the later ones."""
    early, late = np.flatnonzero(frame.time == first), np.flatnonzero(frame.time != first)
    person = frame.codes["person"]
    _, i, j = np.intersect1d(person[early], person[late], return_indices=True)
    before, after = early[i], late[j]
    rows = frame.rows(np.concatenate([before, after]))
    own = {level: np.tile(codes[before], 2) for level, codes in frame.codes.items()}
    weight = np.tile(frame.weight[after], 2)
    return replace(rows, arm=np.tile(frame.arm[before], 2), codes=own, weight=weight), before, after


def _exposure(panel: "pd.DataFrame", spec: ModelSpec, name: str, frame: Frame) -> np.ndarray:
    """The exposure (n,) of each record of the frame, from the outcome that holds it."""
    import pandas as pd

    own = panel[(panel["level"] == spec.level) & (panel["outcome"] == name)]
    keys: list[Any] = [own["unit"].astype("str"), own["time"].astype("str")]
    known = pd.Series(own["value"].to_numpy(), index=pd.MultiIndex.from_arrays(keys))
    people = np.array([str(label) for label in frame.names["person"]], dtype=object)
    times = np.array([moment.name for moment in spec.moments()], dtype=object)
    wanted = pd.MultiIndex.from_arrays([people[frame.codes["person"]], times[frame.time]])
    return known.reindex(wanted).to_numpy(dtype=float)


def _exposed(
    frame: Frame, exposure: np.ndarray, spec: ModelSpec, name: str
) -> tuple[Frame, np.ndarray]:
    """Only the records that were observed for some time; the others are counted."""
    kept = exposure > 0  # false where it is missing
    gone = int((~kept).sum())
    left = frame.left_out
    if gone:
        label = spec.context.outcomes[name].label
        noun = "record" if gone == 1 else "records"
        left = (*left, f"{gone} {noun} without {label} above 0 left out")
    return replace(frame.rows(kept), left_out=left), exposure[kept]
