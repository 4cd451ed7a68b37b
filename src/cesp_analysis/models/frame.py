"""The rows of the panel that one model uses for one outcome, as arrays."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.models.analysis_sets import in_set
from cesp_analysis.models.covariates import covariates_of
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.study.design import Moment

if TYPE_CHECKING:
    import pandas as pd


_CODED = ("unit", "time", "site", "neighbourhood", "link_worker")


class Labels(Mapping[str, tuple[str, ...]]):
    """Labels of each level's codes, made when they are asked for: there may be millions."""

    def __init__(self, categories: "dict[str, pd.Index[str]]") -> None:
        self._categories = categories
        self._made: dict[str, tuple[str, ...]] = {}

    def __getitem__(self, level: str) -> tuple[str, ...]:
        if level not in self._made:  # asked again for every table of an estimate
            self._made[level] = tuple(self._categories[level])
        return self._made[level]

    def __iter__(self) -> Iterator[str]:
        return iter(self._categories)

    def __len__(self) -> int:
        return len(self._categories)


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

    def rows(self, keep: np.ndarray) -> "Frame":
        """Only the rows where `keep` is true."""
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


@dataclass
class Alike:
    """Frames of panels that differ in values, and in which none is missing that another has: such
    as imputed sets. Each is selected once; in the attrs of those panels, under ALIKE.

    index: theirs, numbers from 0; covariates: whether values of covariates differ too.
    """

    index: "pd.Index[Any]"
    covariates: bool
    frames: dict[tuple[Any, ...], tuple[Frame, np.ndarray]] = field(default_factory=dict)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Alike":
        return self  # a copy of the panel shares it


ALIKE = "alike"


def _different(codes: np.ndarray) -> int:
    """How many different codes there are, those below 0 aside; codes are categories': small."""
    return int(np.count_nonzero(np.bincount(codes[codes >= 0])))


def frame_of(
    panel: "pd.DataFrame",
    spec: ModelSpec,
    outcome: str,
    at: Sequence[Moment] | None = None,
    at_each: bool = False,
    without_weight: bool = False,
) -> Frame:
    """The records of one outcome at the model's level and times, complete in its covariates.

    `at`: only these of the model's times; `at_each`: only units that have a value at each of them;
    `without_weight`: records without a weight above 0 stay, for a model that refuses them.
    Who would not have entered anyway is not counted among those left out.
    """
    alike: Alike | None = panel.attrs.get(ALIKE)
    if alike is None or not panel.index.is_(alike.index):
        return _selected(panel, spec, outcome, at, at_each, without_weight)[0]
    key = (outcome, None if at is None else tuple(at), at_each, without_weight, *_settings(spec))
    if key not in alike.frames:
        alike.frames[key] = _selected(panel, spec, outcome, at, at_each, without_weight)
        return alike.frames[key][0]
    frame, rows = alike.frames[key]
    made = replace(frame, y=panel["value"].to_numpy(dtype=float)[rows])
    if alike.covariates:
        made = replace(made, covariates=covariates_of(panel.iloc[rows], spec)[0])
    made._counts.update(frame._counts)
    return made


def _settings(spec: ModelSpec) -> tuple[Any, ...]:
    """What of a model decides which records enter, and as what."""
    times = tuple(moment.name for moment in spec.moments())
    return spec.level, times, spec.covariates, spec.weighted, spec.analysis_set


def _selected(
    panel: "pd.DataFrame",
    spec: ModelSpec,
    outcome: str,
    at: Sequence[Moment] | None,
    at_each: bool,
    without_weight: bool,
) -> tuple[Frame, np.ndarray]:
    """The frame, and the labels (n,) of its rows in the panel's index."""
    times = [moment.name for moment in spec.moments()]
    wanted = times if at is None else [moment.name for moment in at]
    rows = panel[
        (panel["level"] == spec.level)
        & (panel["outcome"] == outcome)
        & panel["time"].isin(wanted)
        & panel["value"].notna()
    ]
    if at_each:
        unit = rows["unit"].astype("category").cat.codes.to_numpy()
        rows = rows[np.bincount(unit)[unit] == len(wanted)] if len(unit) else rows
    keep, selected = in_set(rows, spec)
    rows = rows if keep.all() else rows[keep]
    covariates, names, complete, left_out = covariates_of(rows, spec)
    left_out = (*selected, *left_out)
    if spec.weighted and not without_weight:
        weight = rows["weight"].to_numpy(dtype=float)
        for gone, what in ((np.isnan(weight), "without a weight"), (weight == 0, "of weight 0")):
            if n := int((gone & complete).sum()):
                left_out = (*left_out, f"{n} record{'s' * (n > 1)} {what} left out")
                complete &= ~gone
    rows, covariates = rows[complete], covariates[complete]
    order = {time: index for index, time in enumerate(times)}
    if plain := [name for name in _CODED if rows[name].dtype != "category"]:
        rows = rows.astype(dict.fromkeys(plain, "category"))
    index = rows.index.to_numpy()
    rows = rows.assign(neighbourhood=_within_site(rows["neighbourhood"], rows["site"]))
    levels = {"person": "unit", "neighbourhood": "neighbourhood", "site": "site"}
    levels["link_worker"] = "link_worker"
    frame = Frame(
        y=rows["value"].to_numpy(dtype=float),
        arm=(rows["arm"] == "intervention").to_numpy().astype(float),
        time=_recoded(rows["time"], order),
        weight=rows["weight"].to_numpy(dtype=float),
        codes={level: rows[column].cat.codes.to_numpy() for level, column in levels.items()},
        names=Labels({level: rows[column].cat.categories for level, column in levels.items()}),
        covariates=covariates,
        covariate_names=names,
        left_out=left_out,
    )
    return frame, index


def _within_site(neighbourhood: "pd.Series[Any]", site: "pd.Series[Any]") -> "pd.Series[Any]":
    """Neighbourhoods are parts of a site: the same name in two sites means two of them."""
    near, place = neighbourhood.cat.codes.to_numpy(), site.cat.codes.to_numpy()
    own = np.full(len(neighbourhood.cat.categories) + 1, -1)  # the last: of none
    both = place >= 0 if (place < 0).any() else slice(None)
    own[near[both]] = place[both]
    if (own[near[both]] == place[both])[near[both] >= 0].all():
        return neighbourhood
    known = neighbourhood.notna() & site.notna()
    named = neighbourhood.astype("str").where(
        ~known, site.astype("str") + " / " + neighbourhood.astype("str")
    )
    return named.where(neighbourhood.notna()).astype("category")


def _recoded(values: "pd.Series[Any]", order: dict[str, int]) -> np.ndarray:
    lookup = np.array([order.get(name, -1) for name in values.cat.categories] or [-1])
    return lookup[values.cat.codes.to_numpy()] if len(values) else np.zeros(0, dtype=int)
