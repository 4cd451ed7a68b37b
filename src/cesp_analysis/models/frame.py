"""The rows of the panel that one model uses for one outcome, as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.declared.analysis_sets import ALL_RECRUITED
from cesp_analysis.declared.design import Moment
from cesp_analysis.models.analysis_sets import in_set
from cesp_analysis.models.answers import Answers, Labels, answers_of
from cesp_analysis.models.covariates import covariates_of
from cesp_analysis.models.spec import ModelSpec

if TYPE_CHECKING:
    import pandas as pd

USABLE = "weight above 0 (blank, zero or less, or no number)"
"""What cleaning leaves blank of weights, and lists: a model cannot tell which it was."""
WITHOUT_WEIGHT = f"without a {USABLE}"


@dataclass(frozen=True)
class Frame:
    """One outcome's complete records, n rows.

    y (n,) in the outcome's unit; arm (n,) 1 intervention, 0 control; time (n,) index into the
    model's times; weight (n,); codes: level → (n,) whole numbers; names: level → labels of the
    codes; covariates (n, p) with their names; left_out: sentences on records that did not enter,
    and on covariates.
    """

    y: np.ndarray
    arm: np.ndarray
    time: np.ndarray
    weight: np.ndarray
    codes: dict[str, np.ndarray]
    names: Mapping[str, tuple[str, ...]]
    covariates: np.ndarray
    covariate_names: tuple[str, ...]
    left_out: tuple[str, ...]
    _counts: dict[tuple[str, int | None], int] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )

    @property
    def n(self) -> int:
        """Number of records."""
        return len(self.y)

    @property
    def cells(self) -> np.ndarray:
        """Arm and time (n,) as one code, 0 or more."""
        return np.asarray(2 * self.time + (self.arm == 1), dtype=np.intp)

    def rows(self, keep: np.ndarray) -> "Frame":
        """Only the rows where `keep` is true, or those at its places."""
        if keep.dtype == bool and keep.all():
            return self
        return Frame(
            self.y[keep],
            self.arm[keep],
            self.time[keep],
            self.weight[keep],
            {level: codes[keep] for level, codes in self.codes.items()},
            self.names,
            self.covariates[keep],
            self.covariate_names,
            self.left_out,
        )

    def count(self, level: str) -> int:
        """How many units of a level (person, neighbourhood, site…) the rows hold."""
        return self._counted(level, None)

    def count_in_arm(self, level: str, arm: int) -> int:
        """How many units of a level the rows of one arm hold."""
        return self._counted(level, arm)

    def _counted(self, level: str, arm: int | None) -> int:
        if (level, arm) not in self._counts:  # every row of the estimates asks again
            codes = self.codes[level]
            own = codes if arm is None else codes[self.arm == arm]
            self._counts[level, arm] = _different(own)
        return self._counts[level, arm]

    def absent_at(self, index: int) -> str | None:
        """The arm in which nobody has a value at a time (its index); None if both have."""
        for arm, code in (("intervention", 1), ("control", 0)):
            if (index, code) not in self._answered:
                return arm
        return None

    @cached_property
    def _answered(self) -> set[tuple[int, int]]:
        """Times and arms of which there is a record."""
        held = np.bincount(2 * self.time + (self.arm == 1))
        return {(int(cell) // 2, int(cell) % 2) for cell in np.flatnonzero(held)}

    def only_with_intervention(self, level: str) -> bool:
        """Whether every record of the intervention arm has a unit of a level, and no other has."""
        return bool(((self.codes[level] >= 0) == (self.arm == 1)).all() and (self.arm == 1).any())

    def has(self, level: str) -> bool:
        """Whether every record says to which unit of a level it belongs."""
        return self.n > 0 and bool((self.codes[level] >= 0).all())


def _different(codes: np.ndarray) -> int:
    """How many different codes there are, those below 0 aside; codes are categories': small."""
    return int(np.count_nonzero(np.bincount(codes[codes >= 0])))


def frame_of(
    panel: "pd.DataFrame | Answers",
    spec: ModelSpec,
    outcome: str,
    at: Sequence[Moment] | None = None,
    at_each: bool = False,
    without_weight: bool = False,
) -> Frame:
    """The records of one outcome at the model's level and times, complete in its covariates.

    panel: the table, or what `answers_of` made of it for several outcomes; `at`: only these of the
    model's times; `at_each`: only units that have a value at each of them; `without_weight`:
    records without a weight above 0 stay, for a model that refuses them. Who would not have entered
    anyway is not counted among those left out.
    """
    answers = panel if isinstance(panel, Answers) else answers_of(panel, spec)
    asked = (outcome, None if at is None else tuple(at), at_each, without_weight)
    if answers.alike is None:
        return _cut(answers, spec, *asked)[0]
    known, key = answers.alike.frames, (*asked, *_settings(spec))
    if key not in known:
        known[key] = _cut(answers, spec, *asked)
    first: Frame = known[key][0]
    rows = known[key][1]
    made = replace(first, y=answers.value[rows])
    if answers.alike.covariates:
        made = replace(made, covariates=_covariates(answers, spec, rows)[0])
    made._counts.update(first._counts)
    return made


def _settings(spec: ModelSpec) -> tuple[object, ...]:
    """What of a model decides which records enter, and as what."""
    times = tuple(moment.name for moment in spec.moments())
    return spec.level, times, spec.covariates, spec.weighted, spec.analysis_set


def _cut(
    answers: Answers,
    spec: ModelSpec,
    outcome: str,
    at: Sequence[Moment] | None,
    at_each: bool,
    without_weight: bool,
) -> tuple[Frame, np.ndarray]:
    """The frame, and its rows (n,) of the panel."""
    order = [moment.name for moment in spec.moments()]
    wanted = order if at is None else [moment.name for moment in at]
    rows = answers.of(outcome)
    rows = rows[answers.places(wanted)[answers.when[rows]] >= 0]
    if at_each and len(rows):
        unit = answers.codes["person"][rows]
        rows = rows[np.bincount(unit)[unit] == len(wanted)]
    rows, selected = _selected(answers, spec, rows)
    covariates, names, complete, left_out = _covariates(answers, spec, rows)
    left_out = (*selected, *left_out)
    if spec.weighted and not without_weight:
        weight = answers.weight[rows]
        for gone, what in ((np.isnan(weight), WITHOUT_WEIGHT), (weight == 0, "of weight 0")):
            if n := int((gone & complete).sum()):
                left_out = (*left_out, f"{n} record{'s' * (n > 1)} {what} left out")
                complete &= ~gone
    if not complete.all():
        rows, covariates = rows[complete], covariates[complete]
    codes = {level: own[rows] for level, own in answers.codes.items()}
    near, labels = _within_site(codes["neighbourhood"], codes["site"], answers.labels)
    frame = Frame(
        y=answers.value[rows],
        arm=answers.arm[rows],
        time=answers.places(order)[answers.when[rows]],
        weight=answers.weight[rows],
        codes=codes | {"neighbourhood": near},
        names=labels,
        covariates=covariates,
        covariate_names=names,
        left_out=left_out,
    )
    return frame, rows


def _selected(
    answers: Answers, spec: ModelSpec, rows: np.ndarray
) -> tuple[np.ndarray, tuple[str, ...]]:
    """The rows that belong to the model's set, and what is said of the others."""
    if spec.analysis_set == ALL_RECRUITED:
        return rows, ()
    keep, said = in_set(answers.panel.iloc[rows], spec)
    return rows[keep], said


def _covariates(
    answers: Answers, spec: ModelSpec, rows: np.ndarray
) -> tuple[np.ndarray, tuple[str, ...], np.ndarray, tuple[str, ...]]:
    """See `covariates_of`; where there are none, no table is cut."""
    if not spec.covariates:
        return np.zeros((len(rows), 0)), (), np.ones(len(rows), dtype=bool), ()
    return covariates_of(answers.panel.iloc[rows], spec)


def _within_site(near: np.ndarray, place: np.ndarray, labels: Labels) -> tuple[np.ndarray, Labels]:
    """Neighbourhoods are parts of a site: the same name in two sites means two of them."""
    own = np.full(int(near.max(initial=-1)) + 2, -1)  # the last: of none
    both = place >= 0 if (place < 0).any() else slice(None)
    own[near[both]] = place[both]
    if (own[near[both]] == place[both])[near[both] >= 0].all():
        return near, labels
    names, sites = labels["neighbourhood"], labels["site"]
    pairs, code = np.unique(np.column_stack([place, near]), axis=0, return_inverse=True)
    told = [
        "" if n < 0 else names[n] if s < 0 else f"{sites[s]} / {names[n]}"
        for s, n in pairs.tolist()
    ]
    kept = sorted(set(told) - {""})
    place_of = {name: index for index, name in enumerate(kept)} | {"": -1}
    return np.array([place_of[name] for name in told])[code.ravel()], labels.with_names(
        "neighbourhood", tuple(kept)
    )
