"""The step `networks`: ties that respondents named → a score of each, and a table of their sites.

Of whom a respondent named, degree counts each once (Wasserman & Faust 1994, Social Network
Analysis, ch. 4; ego networks). Reach is of the two-mode network of the respondents of one site and
wave and the groups and organisations they named; people who were named join two respondents where
both named them, or where they are respondents themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.networks import SCORES, Known, Networks
from cesp_analysis.distinct import repeated
from cesp_analysis.errors import CespError
from cesp_analysis.schemas import Ledger, Records, Scores
from cesp_analysis.survey.beside_tables import NetworkTable
from cesp_analysis.survey.network_lines import broken_pairs, broken_ties
from cesp_analysis.survey.network_table import table_of
from cesp_analysis.survey.ties_aside import Aside, of_others, without_strangers


class NetworkSpec(Frozen):
    """What was asked, the files of respondents, sites and waves in order, paths for messages."""

    networks: Networks
    respondents: tuple[str, ...]
    sites: tuple[str, ...] = ()
    paths: dict[str, str]
    minimum: int = 10


@dataclass(frozen=True)
class Answers:
    """Respondents (unit, time, site, asked) and the ties (unit, time, alter, kind) of each."""

    people: pd.DataFrame
    ties: pd.DataFrame
    pairs: pd.DataFrame | None
    aside: Aside


def networks(spec: str, records: Path, ledger: Path, out: Path, table: Path) -> None:
    """Score whom respondents named; describe the networks of each site and wave."""
    how = NetworkSpec.model_validate_json(spec)
    answers = _answers(how, records, contracts.read(ledger, Ledger))
    found = scored(answers)
    contracts.write(_as_scores(found), out, Scores)
    asked = how.networks.asked
    rows = table_of(found, answers.ties, how.sites, asked, answers.aside, how.minimum)
    contracts.write(rows, table, NetworkTable)


def _answers(how: NetworkSpec, folder: Path, ledger: pd.DataFrame) -> Answers:
    """Who was asked and whom they named; CespError with a line for each tie that cannot be."""
    own = how.networks
    people = _people(how, folder)
    records = ledger[ledger["file"].isin(how.respondents)]
    ties, aside = without_strangers(
        _read(folder, own.ties, {own.alter: "alter", own.kind: "kind"}), people, records
    )
    faults = list(broken_ties(ties, people, own, how.paths[own.ties]))
    pairs = None
    if own.known:
        pairs = _read(folder, own.known.file, _pair(own.known))
        pairs, _ = without_strangers(pairs, people, records)
        pairs = pairs[~of_others(pairs, aside.ties, ties)]
        faults += broken_pairs(pairs, ties, how.paths[own.known.file])
    if faults:
        raise CespError(faults)
    named = ties.set_index(["unit", "time"]).index.unique()
    there = people.set_index(["unit", "time"]).index.isin(named)
    people = people.assign(asked=people["time"].isin(own.asked) & (people["answered"] | there))
    return Answers(people, ties, pairs, aside)


def _pair(known: Known) -> dict[str, str]:
    return {known.one: "one", known.other: "other"}


def _people(how: NetworkSpec, folder: Path) -> pd.DataFrame:
    """unit, time, site, file, answered (whether the question was) of each respondent and wave."""
    parts = []
    for name in how.respondents:
        beyond = [how.networks.answered] if how.networks.answered else []
        part = contracts.read(folder / f"{name}.parquet", Records, beyond=beyond)
        held = part[beyond[0]].notna() if beyond and beyond[0] in part else not beyond
        told = part[["unit", "time", "site"]].astype("str")
        parts.append(told.assign(file=name, answered=held))
    people = pd.concat(parts, ignore_index=True)
    return people.drop_duplicates(["unit", "time"], ignore_index=True)


def _read(folder: Path, name: str, wanted: dict[str, str]) -> pd.DataFrame:
    found = contracts.read(folder / f"{name}.parquet", Records, beyond=list(wanted))
    found = found[["line", "unit", "time", "site", *wanted]].rename(columns=wanted)
    text = {one: found[one].astype("object").where(found[one].notna(), "") for one in found}
    return pd.DataFrame({**text, "line": found["line"]}).astype(
        dict.fromkeys(["unit", "time", "site", *wanted.values()], "str")
    )


def scored(answers: Answers) -> pd.DataFrame:
    """One row a respondent and wave: unit, time, site, asked, part, and each score (float)."""
    people, ties = answers.people, answers.ties
    keys = pd.MultiIndex.from_frame(people[["unit", "time"]])
    counted = ties.groupby(["unit", "time", "kind"]).size().unstack(fill_value=0)
    counted = counted.reindex(columns=["person", "group", "organisation"], fill_value=0)
    held = counted.reindex(keys, fill_value=0).to_numpy(dtype=float)
    asked = people["asked"].to_numpy()
    degree = held.sum(axis=1)
    scores = {
        "network.degree": degree,
        "network.isolate": (degree == 0).astype(float),
        "network.people": held[:, 0],
        "network.groups": held[:, 1],
        "network.organisations": held[:, 2],
        "network.reach": np.full(len(people), np.nan),
        "network.density": np.full(len(people), np.nan),
    }
    own = pd.DataFrame({name: np.where(asked, value, np.nan) for name, value in scores.items()})
    found = pd.concat(
        [people.drop(columns=["answered", "file"], errors="ignore").assign(part=-1), own], axis=1
    )
    for _, rows in people[people["asked"]].groupby(["site", "time"], dropna=False):
        part = _parts(rows, ties)
        found.loc[rows.index, "part"] = part
        size = np.bincount(part)[part]
        if len(rows) > 1:
            found.loc[rows.index, "network.reach"] = (size - 1) / (len(rows) - 1)
    if answers.pairs is not None:
        found["network.density"] = _density(keys, answers.pairs, found["network.degree"])
    return found


def _parts(rows: pd.DataFrame, ties: pd.DataFrame) -> np.ndarray:
    """The part of the network (n,) that each respondent of one site and wave is in."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    number = {("person", unit): index for index, unit in enumerate(rows["unit"])}
    here = ties[(ties["time"] == rows["time"].iloc[0]) & ties["unit"].isin(list(rows["unit"]))]
    named = zip(here["kind"], here["alter"], strict=True)  # who is named may have answered too
    to = [number.setdefault(alter, len(number)) for alter in named]
    one = [number["person", unit] for unit in here["unit"]]
    graph = coo_array((np.ones(len(here)), (one, to)), shape=(len(number), len(number)))
    return np.asarray(connected_components(graph, directed=False)[1][: len(rows)])


def _density(keys: pd.MultiIndex, pairs: pd.DataFrame, degree: "pd.Series[float]") -> np.ndarray:
    """Pairs that know each other over all pairs of those a respondent named."""
    several = degree.to_numpy() * (degree.to_numpy() - 1) / 2
    count = pairs.groupby(["unit", "time"]).size().reindex(keys, fill_value=0).to_numpy()
    return np.where(several > 0, count / np.where(several > 0, several, 1), np.nan)


def _as_scores(found: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(list(_each_score(found)), ignore_index=True).astype(
        dict.fromkeys(["level", "time", "score"], "category")
    )


def _each_score(found: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for name in SCORES:
        yield pd.DataFrame(
            {
                "level": repeated("respondent", len(found)),
                "unit": found["unit"],
                "time": found["time"],
                "score": repeated(name, len(found)),
                "value": found[name],
                "answered": found["asked"].astype(np.int64),
                "items": 1,
                "prorated": 0,
            }
        ).astype({"level": "str", "score": "str"})
