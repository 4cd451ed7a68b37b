"""The step `learn`: what the definitive trial rests on, as uncertain as this study leaves it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.arrays import Floats
from cesp_analysis.declared.planning import PARAMETERS, Assumed, support_of
from cesp_analysis.errors import CespError
from cesp_analysis.given import hold
from cesp_analysis.planning import tables
from cesp_analysis.planning.clusters_known import cluster_draws
from cesp_analysis.planning.known import Told, error_of_median, retention, spreads
from cesp_analysis.planning.learn_spec import LearnSpec
from cesp_analysis.planning.levels import LEVELS, Level, impossible, level_of, possible
from cesp_analysis.planning.outside import (
    declared_draws,
    in_words,
    law_of,
    published,
    site_pairs,
)
from cesp_analysis.planning.people_of_panel import answers_of
from cesp_analysis.schemas import Panel
from cesp_analysis.streams import stream

CONTROL = "control"  # the arm
NEAR = "neighbourhoods"  # in which people's SD within sites holds what locations differ by
EQUAL = "locations are taken as equally large: nobody has said how their sizes vary"


@dataclass(frozen=True)
class Known:
    """A parameter's draws (or why there are none), whose they are, how many clusters tell it; of an
    autocorrelation the months of each draw's period, NaN where they are not known."""

    told: Told
    origin: str
    source: str = ""
    clusters: int | None = None
    months: Floats | None = None


def learn(
    spec: str,
    panel: Path,
    out: Path,
    known: Path,
    prior: Path | None = None,
    checksums: str = "",
) -> None:
    """Draw what the definitive trial rests on: from this study, published pairs, what is declared.

    `known`: where the table of medians goes; `prior`: the study's own pairs of correlations
    (`checksums`: see given.py).
    """
    hold(checksums)
    how = LearnSpec.model_validate_json(spec)
    whole = contracts.read(panel, Panel)
    answers = whole[(whole["outcome"] == how.outcome) & (whole["level"] == "person")]
    found = learnt(how, answers_of(answers, how.first, how.last), prior)
    contracts.write(_draws(how, found), out, tables.PlanningDraws)
    rows = [_row(name, found[name]) for name in PARAMETERS if name in found]
    frame = pd.DataFrame(rows, columns=list(tables.PlanningKnown.columns()))
    contracts.write(frame, known, tables.PlanningKnown)


def learnt(how: LearnSpec, people: pd.DataFrame, prior: Path | None = None) -> dict[str, Known]:
    """Parameter → what is known; people: a row each, as `answers_of` has them."""
    found = dict(_of_study(how, people)) | dict(_declared(how))
    if "published" in (how.known["icc"], how.known["cac"]):
        pairs = site_pairs(
            published(how.structure, prior), how.structure, how.periods, how.draws,
            stream(how.seed, "planning", "pairs"), how.months,
        )  # fmt: skip
        for name, drawn in (("icc", pairs.icc), ("cac", pairs.cac)):
            if how.known[name] == "published":  # type: ignore[index]
                told = Told(drawn, len(set(pairs.pair)), pairs.said)
                months = pairs.months if name == "cac" else None
                found[name] = Known(told, "published", months=months)
    if how.known["icc"] == NEAR:
        found["icc"] = found["icc_neighbourhood"]
    if how.type in LEVELS:
        _of_level(how, people, found)
    if how.known["sd"] == "study" and how.type != "binary" and how.known["icc"] != NEAR:
        found["sd"] = _in_all(found["sd"], found["icc"].told.draws)
    return found


def _of_level(how: LearnSpec, people: pd.DataFrame, found: dict[str, Known]) -> None:
    """Of a share or a count: what the control arm has, and the SD that follows from it."""
    own = people[people["arm"] == CONTROL]["last"].dropna().to_numpy(float)
    level = level_of(own, how.type, how.draws, stream(how.seed, "planning", "level"))
    control = found.setdefault("control", Known(level.mean, "study", clusters=1))
    change = how.sign * how.difference
    sd = control.told
    if control.told.draws is not None and not _too_far(how, control):
        kept, sd = possible(Level(control.told, level.dispersion), change, how.type)
        found["control"] = replace(control, told=kept.mean)
    if how.known["sd"] == "study":
        found["sd"] = Known(sd, control.origin, control.source, 1)


def _too_far(how: LearnSpec, control: Known) -> str:
    """Why no arm can lie so far from the control arm; blank if one can."""
    drawn = control.told.draws
    if how.type not in LEVELS or drawn is None:
        return ""
    return impossible(drawn, how.sign * how.difference, how.type)


def _of_study(how: LearnSpec, people: pd.DataFrame) -> Iterator[tuple[str, Known]]:
    """What the study tells of those parameters that are to be its own."""
    first, last = (people[name].to_numpy(float) for name in ("first", "last"))
    site = people["site"].to_numpy(str)
    spread = spreads(first, last, site, how.draws, stream(how.seed, "planning", "spread"))
    sites = len(set(site))
    told = {"sd": spread.last, "correlation": spread.correlation}
    told["retention"] = _retained(how, people)
    for name, one in told.items():
        if how.known[name] == "study":  # type: ignore[index]
            yield name, Known(one, "study", clusters=sites)
    if how.known["icc_link_worker"] == "study":
        yield "icc_link_worker", _of_workers(how, people)
    if how.known["icc_neighbourhood"] == "study":
        yield "icc_neighbourhood", _of_clusters(how, people, "neighbourhood")


def _retained(how: LearnSpec, people: pd.DataFrame) -> Told:
    """Of those with a first answer, who has the last one, by arm."""
    began = people[people["first"].notna()]
    arms = sorted(set(how.arms or people["arm"].dropna()))  # of one an arm may have nobody
    by_arm = [began[began["arm"] == arm] for arm in arms]
    rng = stream(how.seed, "planning", "retention")
    followed = [int(own["last"].notna().sum()) for own in by_arm]
    return retention(followed, [len(own) for own in by_arm], how.draws, rng)


def _of_workers(how: LearnSpec, people: pd.DataFrame) -> Known:
    if not how.individual:
        return Known(Told(None, 0, reason="no design of kind individual needs it"), "study")
    return _of_clusters(how, people[people["site"].isin(how.intervention)], "link_worker")


def _of_clusters(how: LearnSpec, people: pd.DataFrame, column: str) -> Known:
    """How alike last answers are within clusters (link_worker, neighbourhood) of a site."""
    own = people[people[column].notna() & people["last"].notna()]
    clusters = own[column].nunique()
    if clusters < 2:
        noun = f"{column.replace('_', ' ')}s"
        reason = f"{clusters} {noun} have people with a last answer; 2 are needed"
        return Known(Told(None, len(own), reason=reason), "study", clusters=clusters)
    values, cluster, site = (
        own[name].to_numpy(kind) for name, kind in (("last", float), (column, str), ("site", str))
    )
    drawn = cluster_draws(values, cluster, site, how.draws, stream(how.seed, "planning", column))
    return Known(drawn, "study", clusters=clusters)


def _declared(how: LearnSpec) -> Iterator[tuple[str, Known]]:
    for name in PARAMETERS:
        value = how.known.get(name)  # type: ignore[call-overload]
        if isinstance(value, Assumed):
            ends = support_of(name, value.value, how.type, how.structure)
            law = law_of(value.value, value.sd, *ends)
            rng = stream(how.seed, "planning", "declared", name)
            told = Told(declared_draws(law, how.draws, rng), 0, in_words(law))
            yield name, Known(told, "assumed", value.source)
    if "size_cv" not in how.known:
        yield "size_cv", Known(Told(np.zeros(how.draws), 0, EQUAL), "assumed")


def _in_all(sd: Known, icc: Floats | None) -> Known:
    """The SD of people of all locations together: what this study tells is that within sites."""
    if icc is None or sd.told.draws is None:
        return sd
    told = Told(sd.told.draws / np.sqrt(1 - icc), sd.told.n,
                f"{sd.told.method}; within sites, over √(1 − ICC)")  # fmt: skip
    return Known(told, sd.origin, sd.source, sd.clusters)


def _draws(how: LearnSpec, found: dict[str, Known]) -> pd.DataFrame:
    """The draws as a table; CespError with a line for each needed parameter that has none."""
    if faults := list(_faults(how, found)):
        raise CespError(faults)
    columns: dict[str, Any] = {"draw": np.arange(1, how.draws + 1)}
    for name in PARAMETERS:
        drawn = found[name].told.draws if name in found else None
        columns[name] = np.full(how.draws, np.nan) if drawn is None else drawn
    columns["cac_months"] = found["cac"].months if found["cac"].months is not None else np.nan
    rng = stream(how.seed, "planning", "difference")
    columns["difference"] = how.difference + how.difference_sd * rng.standard_normal(how.draws)
    return pd.DataFrame(columns)


def _faults(how: LearnSpec, found: dict[str, Known]) -> Iterator[str]:
    """A line for each needed parameter that has no draws, or that does not go with the others."""
    needed = ["sd", "retention", "icc", "cac", "size_cv", *how.also]
    if how.type in LEVELS:
        if too_far := _too_far(how, found[CONTROL]):
            yield f"config.yaml: planning.difference: {too_far}"
        needed.insert(0, CONTROL)
        if too_far or (how.type == "binary" and found[CONTROL].told.draws is None):
            needed.remove("sd")  # which follows from the level
    for name in needed:
        if (told := found[name].told).draws is None:
            yield (
                f"config.yaml: planning.known.{name}: this study does not tell it"
                f" ({told.reason}); write {{value, sd, source}}"
            )


def _all_over(months: Floats | None) -> float | None:
    """The months of all draws' periods; None where they differ, or some are not known."""
    alike = months is not None and bool((months == months[0]).all())
    return float(months[0]) if months is not None and alike else None


def _row(name: str, known: Known) -> dict[str, Any]:
    drawn = known.told.draws
    middle = (None,) * 3 if drawn is None else np.quantile(drawn, (0.5, 0.025, 0.975))
    return {
        "parameter": name,
        "origin": known.origin,
        "n": known.told.n or None,
        "clusters": known.clusters,
        "months": _all_over(known.months),
        "median": middle[0],
        "median_mcse": None if known.origin == "published" else error_of_median(drawn),
        "low": middle[1],
        "high": middle[2],
        "method": known.told.method,
        "source": known.source,
        "reason": known.told.reason or "",
    }
