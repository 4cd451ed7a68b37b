"""People who share a link worker: whether an interval counts them as independent, and the cost.

People meet their link worker after baseline, so what a link worker does is in their change: it does
not drop out, as what was there at both times does. Design effect of an arm's mean with clusters of
unequal size: 1 + (m - 1) × ICC, m = sum n_j² / sum n_j (Donner & Klar 2000, Design and Analysis of
Cluster Randomization Trials in Health Research).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.alike_notes import alike
from cesp_analysis.arrays import Codes
from cesp_analysis.models.two_sites import HELD, workers_apart
from cesp_analysis.numbers import counted

if TYPE_CHECKING:
    from cesp_analysis.models.frame import Frame
    from cesp_analysis.models.spec import ModelSpec

ICC = 0.05
"""The intraclass correlation at which a row says what sharing costs: an example, no estimate."""
INDEPENDENT = "people who share a link worker are counted as independent"
"""How the warning begins."""
FACTOR = f"1 + (m − 1) × {ICC}"
"""How many times as large the variance of an arm's mean is, at that correlation."""
OF_WHOM = "(m, people of a link worker, sum of squares over sum"
_HAS = re.compile(r"\bhas (\d+) link workers\b")
_CLUSTERS = "kind did with covariance: CR2 and cluster: link_worker holds it"


@dataclass(frozen=True)
class Caseload:
    """The people of one arm by link worker: several, some of whom have several people.

    alone: people of the arm without a link worker; m: people of a link worker, sum of squares over
    sum, those without each by themselves.
    """

    arm: str
    workers: int
    people: int
    alone: int
    m: float

    @property
    def deff(self) -> float:
        """The variance of the arm's mean over that of as many independent people."""
        return 1 + (self.m - 1) * ICC

    def words(self) -> str:
        """'the intervention arm has 5 link workers for 110 people'."""
        others = f" (and {self.alone} without one)" if self.alone else ""
        return (
            f"the {self.arm} arm has {self.workers} link workers for"
            f" {counted(self.people, 'person', 'people')}{others}"
        )


@dataclass(frozen=True)
class Sharing:
    """What the interval of a row holds of people who share a link worker.

    levels: those whose units it takes as independent, with what they share (none: single people);
    of: what is compared; intercept: whether each link worker has a level at all times; mean: which
    mean of an arm the row is near to ('' of none, as with a dose).
    """

    levels: tuple[str, ...]
    of: str
    intercept: bool
    mean: str

    def said(self, frame: "Frame") -> Iterator[str]:
        """The warning, where people share a link worker and the interval does not hold it."""
        arms = [one for arm in (1, 0) if (one := caseload(frame, arm))]
        if not arms or any(_within(frame, level) for level in self.levels):
            return
        told = " and ".join(one.words() for one in arms)
        across = f" across {' and '.join(f'{one}s' for one in self.levels)}" if self.levels else ""
        wholly = "not wholly" if across else "not"
        yield (
            f"{INDEPENDENT}{across}, so that what a link worker does after baseline is {wholly} in"
            f" this interval, which may be too narrow: {told}.{self._cost(arms)}{self._kept()}"
            f"{_remedy(frame)}"
        )

    def _cost(self, arms: list[Caseload]) -> str:
        if not self.mean:
            return " How much too narrow it is depends on how alike their doses are"
        factors = " and ".join(f"{one.deff:.2f}" for one in arms)
        sizes = " and ".join(f"{one.m:.1f}" for one in arms)
        which, that = f"the variance of that arm's {self.mean} is", "that"
        if len(arms) > 1:
            which, that = f"the variances of the arms' {self.mean}s are", "those"
        return (
            f" At an intraclass correlation of {self.of} of {ICC} {which} {FACTOR} = {factors}"
            f" times {that} of independent people {OF_WHOM}: {sizes})"
        )

    def _kept(self) -> str:
        if self.intercept:
            return "; an intercept for each link worker holds only what was there at baseline too"
        return ""


def sharing_of(spec: "ModelSpec", of: str) -> Sharing:
    """What rows of a model hold; of: what of people they compare (`rows.Compared`)."""
    held = spec.independent()
    intercept = "link_worker" in spec.levels() and "link_worker" not in held
    return Sharing(held, of, intercept, spec.mean_of_arm())


def said_once(warnings: Iterable[str]) -> dict[str, str]:
    """Of several rows' warnings those of link workers → the one note that is printed for all that
    differ in their numbers alone, with the range of these."""
    return alike([text for text in warnings if INDEPENDENT in text], str)


def workers_told(warnings: str) -> list[int]:
    """How many link workers each arm has by a row's warnings, the intervention first; empty: they
    do not say."""
    return [int(number) for number in _HAS.findall(warnings)]


def caseload(frame: "Frame", arm: int) -> Caseload | None:
    """An arm's people by link worker; None: no two link workers, or nobody shares one."""
    worker = _of_people(frame, arm)
    sizes = np.bincount(worker[worker >= 0])
    sizes = sizes[sizes > 0]
    if len(sizes) < 2 or sizes.max() < 2:
        return None
    alone = int((worker < 0).sum())
    m = (float((sizes.astype(float) ** 2).sum()) + alone) / len(worker)
    name = "intervention" if arm == 1 else "control"
    return Caseload(name, len(sizes), int(sizes.sum()), alone, m)


def _of_people(frame: "Frame", arm: int) -> Codes:
    """The link worker (-1: none) of each person of an arm."""
    worker = frame.codes["link_worker"]
    if not (worker >= 0).any():  # most studies of places: no search for people
        return np.zeros(0, dtype=np.intp)
    own = np.flatnonzero(frame.arm == arm)
    first = np.unique(frame.codes["person"][own], return_index=True)[1]
    return np.asarray(worker[own][first], dtype=np.intp)


def _within(frame: "Frame", level: str) -> bool:
    """Whether all records of each link worker are of one unit of a level."""
    worker, unit = frame.codes["link_worker"], frame.codes[level]
    known = worker >= 0
    pairs = np.unique(np.column_stack([worker[known], unit[known]]), axis=0)
    return bool((pairs[:, 1] >= 0).all()) and len(pairs) == len(np.unique(worker[known]))


def _remedy(frame: "Frame") -> str:
    """Which model has an interval that holds link workers; blank: none does."""
    if workers_apart(frame, "link_worker"):
        return f"; {HELD}"
    both = min(frame.count_in_arm("link_worker", arm) for arm in (0, 1)) > 1
    return f"; {_CLUSTERS}" if both and frame.has("link_worker") else ""
