"""The intervention arm in subsets by dose or fidelity: described, never compared with control."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.expressions import names_in
from cesp_analysis.declared.outcomes import Covariate
from cesp_analysis.declared.subsets import NOT_KNOWN, Subsets
from cesp_analysis.describe.means import mean_values
from cesp_analysis.describe.since_first import since_first
from cesp_analysis.describe.tables import SubsetsTable
from cesp_analysis.errors import CespError
from cesp_analysis.panel.sources import Sources
from cesp_analysis.schemas import Records

_KEYS = ["group", "outcome", "time"]
_OF_MEANS = ["mean", "sd"]
_OF_CHANGES = ["mean_change", "sd_change", "df", "ci_low", "ci_high"]
METHOD = "observed, intervention arm alone, unweighted; paired t on n_change - 1 df"


class SubsetsSpec(Frozen):
    """The declared subsets; variable → the files that hold it; the times of people."""

    subsets: dict[str, Subsets]
    holding: dict[str, tuple[str, ...]] = {}
    times: tuple[str, ...]


def described(
    panel: pd.DataFrame,
    how: SubsetsSpec,
    records: Path,
    ci_level: float,
    fidelity: Path | None = None,
    dose: Path | None = None,
) -> pd.DataFrame:
    """The SubsetsTable: a row for each declared entry, subset, outcome and time.

    `fidelity`, `dose`: what people got (FidelityPeople, DoseTable), where subsets are made of it.
    """
    own = panel[(panel["level"] == "person") & (panel["arm"] == "intervention")]
    if own.empty:
        return pd.DataFrame(columns=list(SubsetsTable.columns()))
    people = pd.Index(own["unit"].astype("str").unique(), dtype="object")
    parts = []
    for name, entry in how.subsets.items():
        if entry.file is not None:
            known = _counted(entry, records, people)
        elif entry.delivered is not None:
            known = _delivered(entry.delivered, fidelity, dose).reindex(people)
        else:
            known = _read(entry, how, records).reindex(people)
        subset_of = _placed(f"subsets.{name}", entry, known)
        parts.append(_rows(entry, own, subset_of, ci_level).assign(subsets=name))
    return pd.concat(parts, ignore_index=True)[list(SubsetsTable.columns())]


def _counted(entry: Subsets, records: Path, people: "pd.Index[Any]") -> "pd.Series[Any]":
    """Person → how many rows of the file count; NaN where it is not known of one of them."""
    wanted = names_in(entry.where) if entry.where else set()
    table = contracts.read(records / f"{entry.file}.parquet", Records, beyond=wanted)
    table = table.assign(unit=table["unit"].astype("object"))
    holds = evaluated(table, entry.where) if entry.where else pd.Series(1.0, index=table.index)
    lines = table[holds == 1].drop_duplicates("line")  # a wide file's line stands once a time
    n = lines.groupby("unit").size().reindex(people, fill_value=0).astype("float64")
    n[n.index.isin(table.loc[holds.isna(), "unit"])] = np.nan
    return n


def _delivered(what: str, fidelity: Path | None, dose: Path | None) -> "pd.Series[Any]":
    """Person → overall fidelity, contacts kept or minutes; NaN where it is not known of a contact
    whether it was kept. Fidelity is rounded as its levels are:
    the mean of 0.7, 0.8 and 0.75 is 0.75."""
    from cesp_analysis.fidelity.tables import DoseTable, FidelityPeople  # few studies have any

    if what == "fidelity":
        assert fidelity is not None
        people = contracts.read(fidelity, FidelityPeople)
        found = people[people["component"].isna()].set_index("unit")["value"].round(12)
    else:
        assert dose is not None
        got = contracts.read(dose, DoseTable).set_index("unit")
        found = got[what].astype("float64").where(got["not_known"] == 0)
    return found.set_axis(found.index.astype("object"))


def _read(entry: Subsets, how: SubsetsSpec, records: Path) -> "pd.Series[Any]":
    """Person → value of the variable, as it is for the person, else as measured then."""
    word = str(entry.variable)
    tables = {
        name: contracts.read(records / f"{name}.parquet", Records, beyond=[word], coded=["unit"])
        for name in how.holding[word]
    }
    no_scores = next(iter(tables.values())).iloc[:0][["unit", "time"]].assign(value=0.0)
    sources = Sources.of(dict.fromkeys(tables, "person"), tables, no_scores, how.times)
    covariate = Covariate(label=entry.label, variable=word)
    found = sources.constants(covariate, entry.measured or how.times[0])
    return found.assign(unit=found["unit"].astype("object")).set_index("unit")["value"]


def _placed(place: str, entry: Subsets, known: "pd.Series[Any]") -> "pd.Series[Any]":
    """Person → subset, a category in config's order; CespError for a value in none."""
    held = known.dropna()
    if entry.cuts is not None:
        numbers = held.to_numpy(dtype="float64")
        place_of = np.searchsorted(entry.cuts, numbers, side="right")
        words_of = np.asarray(entry.names(), dtype="object")[place_of]
        of_held = pd.Series(words_of, index=held.index)
    else:
        words = held.map("{:g}".format) if held.dtype == "float64" else held.astype("str")
        of_held = words.astype("object").map(entry.values or {})
        if len(left := words[of_held.isna()]):
            raise CespError(
                f"config.yaml: {place}.values: '{left.iloc[0]}' is in no subset ({len(left)} people"
                " have such values); say in which, or correct the data (data/raw/CORRECTIONS.yaml)"
            )
    return (
        of_held.reindex(known.index)
        .fillna(NOT_KNOWN)
        .astype(pd.CategoricalDtype([*entry.names(), NOT_KNOWN]))
    )


def _rows(
    entry: Subsets, own: pd.DataFrame, subset_of: "pd.Series[Any]", ci_level: float
) -> pd.DataFrame:
    """Means at each time and changes since the first, of each subset."""
    group = own["unit"].astype("object").map(subset_of).astype(subset_of.dtype)
    people = own.assign(group=group)
    later = mean_values(since_first(people)[1], ci_level, METHOD)
    named = {"mean": "mean_change", "sd": "sd_change", "n": "n_change"}
    changed = later.rename(columns=named)[[*_KEYS, "n_change", *_OF_CHANGES]]
    asked = people if entry.outcomes is None else people[people["outcome"].isin(entry.outcomes)]
    means = mean_values(asked, ci_level, METHOD)[[*_KEYS, "n", *_OF_MEANS]]
    rows = _every(asked, entry).merge(means, "left", _KEYS).merge(changed, "left", _KEYS)
    rows["people"] = rows["group"].map(subset_of.value_counts()).astype("int64")
    rows["n"] = rows["n"].fillna(0).astype("int64")
    asked_first = rows["outcome"].isin(later["outcome"]) & rows["time"].isin(later["time"])
    rows.loc[asked_first, "n_change"] = rows.loc[asked_first, "n_change"].fillna(0)
    rows.loc[rows["n"] < entry.minimum, _OF_MEANS] = np.nan
    rows.loc[~(rows["n_change"] >= entry.minimum), _OF_CHANGES] = np.nan
    rows = rows[(rows["group"] != NOT_KNOWN) | (rows["people"] > 0)]
    rows = rows.rename(columns={"group": "subset"})
    return rows.assign(label=entry.label, minimum=entry.minimum, method=METHOD)


def _every(people: pd.DataFrame, entry: Subsets) -> pd.DataFrame:
    """Every subset, then every outcome and time that it was asked at."""
    asked = people[["outcome", "time"]].drop_duplicates().sort_values(["outcome", "time"])
    subsets = pd.DataFrame({"group": [*entry.names(), NOT_KNOWN]})
    keys = asked.merge(subsets.reset_index(names="place"), "cross")
    keys = keys.sort_values(["outcome", "place", "time"]).drop(columns="place")
    return keys.astype({"group": people["group"].dtype})
