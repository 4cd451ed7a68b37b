"""How respondents were drawn: strata, sampling units, weights and the margins they were fitted to.

Design-based inference needs nothing else of a survey. A sampling unit (PSU) is one over all waves:
a neighbourhood that was drawn is drawn once, and so is a respondent who answers in several waves.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.declared.surveys import Lone, SurveyDesign
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.numbers import listed
from cesp_analysis.schemas import CELL_NOT_KNOWN, MARGIN, MARGIN_WEIGHT

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Sample:
    """The n records of all respondents and waves: what every estimate of a survey rests on.

    strata (n,), psu (n,): codes 0..; a PSU lies in one stratum. weight (n,): final weights, above
    0. margins: codes (n,) of each margin's cells, within site and wave; margin_weight (n,): how
    records count in the regression on them, None alike (see `survey_margins.residual_of_margins`);
    margin_known (n,): for each margin whether (1) or not (0) a record's category is known, nothing
    where all are; margin_group (n,): site and wave. lone:
    what a stratum with one PSU means; strata_names, psu_names: of the codes, as sentences call
    them; unit: what a PSU is.
    """

    strata: Codes
    psu: Codes
    weight: Floats
    margins: tuple[Codes, ...] = ()
    margin_weight: Floats | None = None
    margin_known: tuple[Codes, ...] = ()
    margin_group: Codes | None = None
    lone: Lone = "stop"
    strata_names: tuple[str, ...] = ()
    psu_names: tuple[str, ...] = ()
    unit: str = "neighbourhood"
    memory: dict[str, "np.ndarray"] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    parts: "list[Any]" = field(init=False, repr=False, compare=False, default_factory=list)
    """What all estimates of a sample share, see survey_margins."""

    @property
    def n(self) -> int:
        """Number of records."""
        return len(self.psu)

    @cached_property
    def stratum_of(self) -> Codes:
        """The stratum (p,) of each PSU; raises ValueError for a PSU in two."""
        found = np.zeros(int(self.psu.max()) + 1, dtype=np.intp)
        found[self.psu] = self.strata
        if np.any(found[self.psu] != self.strata):
            raise ValueError("a sampling unit lies in two strata")
        return found

    @cached_property
    def units_in(self) -> Codes:
        """How many PSUs (h,) each stratum has."""
        return np.bincount(self.stratum_of)

    def name_of_stratum(self, stratum: int) -> str:
        """A stratum as sentences call it."""
        return self.strata_names[stratum] if self.strata_names else f"stratum {stratum}"

    def lone_unit(self, stratum: int) -> str:
        """The name of the only PSU of a stratum."""
        unit = int(np.flatnonzero(self.stratum_of == stratum)[0])
        return self.psu_names[unit] if self.psu_names else str(unit)


def records_of(panel: "pd.DataFrame", level: str = "respondent") -> "pd.DataFrame":
    """One row for each respondent and wave with a weight above 0, in the panel's order.

    Outcomes and values do not matter: who gave no answer to one is in the sample all the same.
    """
    rows = panel[(panel["level"] == level) & (panel["weight"] > 0)]
    unit, time = (_codes(rows[name]) for name in ("unit", "time"))
    place = unit.astype(np.int64) * (int(time.max(initial=0)) + 1) + time
    found = np.full(int(place.max(initial=-1)) + 1, -1)
    found[place[::-1]] = np.arange(len(place))[::-1]  # the last written is the first that stands
    return rows.iloc[np.sort(found[found >= 0])]


def sample_of(records: "pd.DataFrame", design: SurveyDesign | None) -> Sample:
    """The sample that one row per respondent and wave is, see `records_of`.

    Sampled neighbourhoods are PSUs in strata of site × surveys.strata. Where the neighbourhoods are
    all there are, or none are named, respondents are the PSUs; in the first case the strata are the
    neighbourhoods × the wave at which a respondent was first drawn. Raises NotEstimable.
    """
    design = design or SurveyDesign()
    named = records["neighbourhood"].notna().to_numpy()
    if named.any() and not named.all():
        missing = int((~named).sum())
        raise NotEstimable(
            f"{missing} of {len(named)} respondents' records {_have(missing)} no neighbourhood,"
            " so how they were drawn is not known; name each one's, or none"
        )
    margins, counted, known = _margins(records)
    places = [_codes(records["site"]), _codes(records["time"])]
    group = _joined(places)[0] if margins else None
    weight = records["weight"].to_numpy(dtype=float)
    nothing = np.zeros(len(named), dtype=np.intp)
    common = Sample(
        nothing, nothing, weight, margins, counted, known, group, design.lone_neighbourhood
    )
    if named.any() and design.neighbourhoods == "sampled":
        strata, names = _declared_strata(records, design.strata)
        near, near_names = _joined([_codes(records["site"]), _codes(records["neighbourhood"])])
        labels = records["neighbourhood"].cat.categories
        units = tuple(str(labels[pair[1]]) for pair in near_names)
        _one_stratum_each(strata, near, names, units)
        return replace(common, strata=strata, psu=near, strata_names=names, psu_names=units)
    respondent = np.unique(_codes(records["unit"]), return_inverse=True)[1]
    unit_labels = tuple(records["unit"].cat.categories[np.unique(_codes(records["unit"]))])
    if named.any():
        strata, names = _first_drawn(records, respondent)
    else:
        strata, names = _declared_strata(records, design.strata)
        strata = _at_first(records, respondent, strata)
    return replace(
        common,
        strata=strata,
        psu=respondent,
        strata_names=names,
        psu_names=unit_labels,
        unit="respondent",
    )


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _codes(column: "pd.Series[Any]") -> Codes:
    return np.asarray(column.astype("category").cat.codes, dtype=np.intp)


def _joined(parts: list[Codes]) -> tuple[Codes, list[tuple[int, ...]]]:
    """One code (n,) for each combination that occurs, in order, and what it is made of."""
    sizes = [int(part.max(initial=-1)) + 2 for part in parts]  # -1: none is a part, too
    place = np.zeros(len(parts[0]), dtype=np.int64)
    for part, size in zip(parts, sizes, strict=True):
        place = place * size + part + 1
    there = np.flatnonzero(np.bincount(place))
    codes = np.zeros(int(place.max(initial=0)) + 1, dtype=np.intp)
    codes[there] = np.arange(len(there))
    told = np.array(np.unravel_index(there, sizes)).T - 1
    return codes[place], [tuple(map(int, row)) for row in told]


def _declared_strata(records: "pd.DataFrame", name: str | None) -> tuple[Codes, tuple[str, ...]]:
    """Site × the declared covariate: codes (n,) and how sentences call them."""
    sites = records["site"].cat.categories
    if name is None:
        strata, pairs = _joined([_codes(records["site"])])
        return strata, tuple(f"site {sites[s]}" if s >= 0 else "the study" for (s,) in pairs)
    blank = records[name].isna().to_numpy()
    if blank.any():
        missing, waves = int(blank.sum()), records["time"][blank].unique().tolist()
        raise NotEstimable(
            f"{missing} of {len(blank)} respondents' records {_have(missing)} no {name}, which"
            f" surveys.strata names (in {listed(sorted(map(str, waves)))}); give each one's, or"
            " leave strata out"
        )
    column = records[name].astype("category")
    strata, pairs = _joined([_codes(records["site"]), _codes(column)])
    several = len({site for site, _ in pairs}) > 1
    values = column.cat.categories
    return strata, tuple(
        f"{name} {values[v]}" + (f" of {sites[s]}" if several and s >= 0 else "") for s, v in pairs
    )


def _one_stratum_each(
    strata: Codes, units: Codes, names: tuple[str, ...], unit_names: tuple[str, ...]
) -> None:
    low = np.full(len(unit_names), len(names), dtype=np.intp)
    high = np.full(len(unit_names), -1, dtype=np.intp)
    np.minimum.at(low, units, strata)
    np.maximum.at(high, units, strata)
    if len(both := np.flatnonzero(low != high)):
        unit = int(both[0])
        raise NotEstimable(
            f"neighbourhood {unit_names[unit]} has respondents in {names[low[unit]]} and in"
            f" {names[high[unit]]}: a neighbourhood is drawn from one stratum; correct"
            " surveys.strata or the neighbourhoods"
        )


def _first_drawn(records: "pd.DataFrame", respondent: Codes) -> tuple[Codes, tuple[str, ...]]:
    """Neighbourhood × wave of each respondent's first record.

    A respondent who is the only one there joins the neighbourhood's largest stratum: drawn from the
    same neighbourhood in another wave, and none to vary from in that one.
    """
    near = records["neighbourhood"].cat.categories
    parts = [_codes(records[name]) for name in ("site", "neighbourhood", "time")]
    strata, cells = _joined([_at_first(records, respondent, part) for part in parts])
    held = np.bincount(np.unique(np.column_stack([strata, respondent]), axis=0)[:, 0])
    largest: dict[tuple[int, ...], int] = {}
    for code, (site, place, _) in enumerate(cells):
        own = largest.setdefault((site, place), code)
        largest[site, place] = code if held[code] > held[own] else own
    joins = [
        largest[site, place] if held[code] == 1 else code
        for code, (site, place, _) in enumerate(cells)
    ]
    kept, strata = np.unique(np.array(joins)[strata], return_inverse=True)
    return strata, tuple(f"neighbourhood {near[cells[code][1]]}" for code in kept)


def _at_first(records: "pd.DataFrame", respondent: Codes, values: Codes) -> Codes:
    """A respondent's value (n,) at the first wave at which there is a record."""
    order = np.argsort(_codes(records["time"]), kind="stable")[::-1]
    first = np.zeros(int(respondent.max()) + 1, dtype=np.intp)
    first[respondent[order]] = values[order]
    return first[respondent]


def _margins(
    records: "pd.DataFrame",
) -> tuple[tuple[Codes, ...], Floats | None, tuple[Codes, ...]]:
    """The cells of each margin, within site and wave; how records count in them; which are known,
    if not all are."""
    names = [name for name in records.columns if str(name).startswith(MARGIN)]
    names = [name for name in names if name != MARGIN_WEIGHT]
    if not names:
        return (), None, ()
    margins = tuple(_codes(records[name]) for name in names)
    if any((codes < 0).any() for codes in margins):
        raise NotEstimable("a respondent's record lies in no cell of a margin of the weights")
    known = tuple(
        np.asarray(~records[name].astype("str").str.endswith(CELL_NOT_KNOWN), dtype=np.intp)
        for name in names
    )
    counted = records[MARGIN_WEIGHT].to_numpy(dtype=float)
    return margins, counted, known if any((one == 0).any() for one in known) else ()
