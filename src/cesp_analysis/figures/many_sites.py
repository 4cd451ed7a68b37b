"""Figures of a study of many sites: their groups are arms, apart by when their sites began.

A panel, a column or a line a site is read of a dozen. Of more, the sites of an arm that began at
the same time stand together: people are taken together as they are, counts are added up, means of
sites are averaged. The tables have every site.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cesp_analysis.declared.design import MOST_SITES, Place
from cesp_analysis.models.student import t_quantile
from cesp_analysis.withheld import Withheld

if TYPE_CHECKING:
    from cesp_analysis.declared.wording import Wording

Pool = Callable[[pd.DataFrame, dict[str, str], float], pd.DataFrame]
"""Of a table, site → group, and the level of intervals: the table of these groups."""


def together(words: "Wording") -> tuple["Wording", dict[str, str]]:
    """The words with groups for sites, and site → group; as they are where sites are few."""
    if len(words.sites) <= MOST_SITES:
        return words, {}
    groups = {site.name: _group(site, words) for site in words.sites}
    told = {place.name: place for place in groups.values()}
    of = {name: place.name for name, place in groups.items()}
    return words.model_copy(
        update={"sites": tuple(told.values()), "together": len(words.sites)}
    ), of


def _group(site: Place, words: "Wording") -> Place:
    """The group that a site stands in: its arm, by when it began where sites began apart."""
    start = words.starts.get(site.name, "")
    label = words.arms[site.arm] + (f", from {start}" if start else "")
    return Place(name=f"{site.arm} {start}".strip(), label=label, arm=site.arm)


def people_of(table: pd.DataFrame, of: dict[str, str], level: float) -> pd.DataFrame:
    """Rows of people or their answers, each with its group as its site."""
    return table.assign(site=table["site"].astype("object").map(of))


def means_of(table: pd.DataFrame, of: dict[str, str], level: float) -> pd.DataFrame:
    """Means by site → of all people of a group: exact from n, mean and SD of each site; intervals
    take answers as independent, as those of sites do. Sites whose numbers are withheld are out."""
    keys = ["level", "outcome", "group", "arm", "time", "model", "model_time", "method"]
    rows = []
    for key, own in _parts(table, of, "group", keys):
        own = own[[not _hidden(cells) for cells in own[["n", "mean", "sd"]].to_numpy(dtype=object)]]
        n = own["n"].to_numpy(dtype=float)
        mean = own["mean"].to_numpy(dtype=float)
        sd = np.where(n > 1, own["sd"].to_numpy(dtype=float), 0.0)
        own_n = n[~np.isnan(mean)]
        if not (total := float(own_n.sum())):
            rows.append(key | {"n": int(n.sum())})
            continue
        n, mean, sd = own_n, mean[~np.isnan(mean)], sd[~np.isnan(mean)]
        whole = float(n @ mean / total)
        squares = float((n - 1) @ sd**2 + n @ (mean - whole) ** 2)
        row = {"n": int(total), "mean": whole, "reason": ""}
        if total > 1 and squares > 0:
            spread = float(np.sqrt(squares / (total - 1)))
            half = t_quantile(0.5 + level / 2, total - 1) * spread / np.sqrt(total)
            row |= {"sd": spread, "df": total - 1, "std_error": spread / np.sqrt(total)}
            row |= {"ci_low": whole - half, "ci_high": whole + half}
        rows.append(key | row)
    return pd.DataFrame(rows, columns=list(table.columns))


def counts_of(*columns: str, group: str = "group") -> Pool:
    """Counts by site → their sums by group; all other columns tell rows apart."""

    def pooled(table: pd.DataFrame, of: dict[str, str], level: float) -> pd.DataFrame:
        keys = [name for name in table.columns if name not in columns]
        rows = [
            key | {name: _added(own[name]) for name in columns}
            for key, own in _parts(table, of, group, keys)
        ]
        return pd.DataFrame(rows, columns=list(table.columns))

    return pooled


def survey_of(table: pd.DataFrame, of: dict[str, str], level: float) -> pd.DataFrame:
    """Weighted means by site → the mean of a group's sites; its interval is by how these differ."""
    keys = ["of", "site", "group", "wave", "since", "outcome", "question", "category", "label"]
    keys += ["measure", "unit", "ci_level"]
    own = table[table["of"] == "site"]
    own = own.assign(group=own["group"].astype("object").map(of))
    rows = []
    for key, part in _parts(own, of, "site", keys):
        values = _numbers(part["estimate"])
        row = {"n": _added(part["n"]), "respondents": _added(part["respondents"])}
        if len(values) == 0:
            rows.append(key | row | {"reason": part["reason"].iloc[0]})
            continue
        row |= {"estimate": float(values.mean()), "reason": ""}
        if len(values) > 1 and (error := float(values.std(ddof=1)) / np.sqrt(len(values))) > 0:
            half = t_quantile(0.5 + level / 2, len(values) - 1) * error
            row |= {"std_error": error, "df": len(values) - 1}
            row |= {"ci_low": row["estimate"] - half, "ci_high": row["estimate"] + half}
        rows.append(key | row)
    return pd.DataFrame(rows, columns=list(table.columns))


def shares_of(table: pd.DataFrame, of: dict[str, str], level: float) -> pd.DataFrame:
    """Who answered, by site → the mean of a group's sites."""
    rows = []
    for key, part in _parts(table, of, "site", ["site", "wave", "variable", "category"]):
        row: dict[str, Any] = {name: _added(part[name]) for name in ("known", "respondents")}
        for name in ("unweighted", "mean", "by_design", "weighted", "population"):
            values = _numbers(part[name])
            row[name] = float(values.mean()) if len(values) else np.nan
        rows.append(key | row)
    return pd.DataFrame(rows, columns=list(table.columns))


def imputed_of(table: pd.DataFrame, of: dict[str, str], level: float) -> pd.DataFrame:
    """Imputed beside answered values by site → of all people of a group: shares and means, each
    site's by its number of values."""
    keys = ["handling", "outcome", "group", "time", "source", "low", "high"]
    rows = []
    for key, part in _parts(table, of, "group", keys):
        n = part["n"].to_numpy(dtype=float)
        row: dict[str, Any] = {"n": int(n.sum()), "sets": part["sets"].iloc[0]}
        for name in ("mean", "outside", "share"):
            known = part[name].notna().to_numpy() & (n > 0)
            weight = n[known]
            row[name] = weight @ part[name].to_numpy()[known] / weight.sum() if known.any() else 0.0
        rows.append(key | row)
    return pd.DataFrame(rows, columns=list(table.columns))


def all_of(table: pd.DataFrame, of: dict[str, str], level: float) -> pd.DataFrame:
    """Of a table with rows over all sites, these alone."""
    return table[table["group"].isna() | (table["group"] == "")]


POOLS: dict[str, Pool] = {
    "trajectories": people_of,
    "raincloud": people_of,
    "means": means_of,
    "missingness": counts_of("n_expected", "n_returned", "n_missing"),
    "missing_items": counts_of("n_expected", "n_returned", "n_missing"),
    "completeness": counts_of(
        "respondents", "asked", "answered", "no_answer", "unusable", "not_asked", group="site"
    ),
    "flow": counts_of("n"),
    "recruitment": all_of,
    "imputed_values": imputed_of,
    "survey_waves": survey_of,
    "survey_answers": survey_of,
    "composition": shares_of,
}
"""Kind of figure → how its table is put together; the others do not have a mark a site."""
TOO_MANY = {
    "neighbourhoods": "survey_means.csv",
    "neighbourhood_changes": "neighbourhoods.csv",
}
"""Kinds with a mark a neighbourhood, which are not drawn: their table."""


def not_drawn(kind: str, words: "Wording") -> str:
    """Why a kind is not drawn of so many sites; '': it is."""
    if kind not in TOO_MANY or len(words.sites) <= MOST_SITES:
        return ""
    return (
        f"Not drawn: the neighbourhoods of {len(words.sites)} sites are too many for a figure."
        f" {TOO_MANY[kind]} has them."
    )


def _parts(
    table: pd.DataFrame, of: dict[str, str], group: str, keys: Sequence[str]
) -> list[tuple[dict[str, Any], pd.DataFrame]]:
    """The rows of each group that are alike in `keys`, in the table's order. A site that is in no
    group (nobody knows it) stands for itself."""
    named = table[group].astype("object")
    table = table.assign(**{group: [of.get(name, name) for name in named]})
    found = table.groupby(list(keys), sort=False, dropna=False, observed=True)
    return [(dict(zip(keys, key, strict=True)), own) for key, own in found]


def _added(values: "pd.Series[Any]") -> Any:
    """The sum; withheld where one of several is; none where none is known."""
    known = [value for value in values.tolist() if isinstance(value, Withheld) or value == value]
    return sum(known) if known else np.nan


def _hidden(cells: Iterable[Any]) -> bool:
    return any(isinstance(cell, Withheld) for cell in cells)


def _numbers(values: "pd.Series[Any]") -> np.ndarray:
    """The numbers that are known and not withheld."""
    known = [v for v in values.tolist() if not isinstance(v, Withheld) and v is not None and v == v]
    return np.array(known, dtype=float)
