"""From ratings to each person's fidelity: the mean of sources, and the mean of components."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.declared.delivery import Rated

OVERALL = ""


@dataclass(frozen=True)
class Ratings:
    """table: unit, source, rater, day (since a fixed day, NaN: undated), since (the person's
    start, in days, NaN: not known), and a column of each component; left_out: what was said of
    ratings that do not count."""

    table: pd.DataFrame
    left_out: tuple[str, ...]


def cleaned(
    raw: pd.DataFrame,
    how: Rated,
    people: pd.DataFrame,
    days: "pd.Series[Any]",
    starts: "pd.Series[Any]",
) -> Ratings:
    """Ratings of people of the intervention arm by a known source, with at least one component."""
    table = pd.DataFrame(
        {
            "unit": raw["unit"].astype("object"),
            "source": raw[how.source].astype("object"),
            "rater": raw[how.rater].astype("object") if how.rater else None,
            "day": days,
            **{word: raw[word].astype("float64") for word in how.components},
        }
    )
    table["since"] = table["day"] - table["unit"].map(starts).astype("float64")
    said: list[str] = []
    arm = dict(zip(people["unit"], people["arm"], strict=True))
    kept = table["unit"].map(arm) == "intervention"
    _say(said, int((~kept).sum()), "of people who are not of the intervention arm")
    known = table["source"].isin(list(how.sources))
    _say(said, int((kept & ~known).sum()), "without a source that is declared")
    rated = table[list(how.components)].notna().any(axis=1)
    _say(said, int((kept & known & ~rated).sum()), "without any component")
    table = table[kept & known & rated].reset_index(drop=True)
    _say(said, *between(table, how), "")
    early = table["since"] < 0
    dated_early = "dated before the person's start: in the scores, in no period and in no pair"
    _say(said, int(early.sum()), dated_early, "")
    undated = int(table["day"].isna().sum())
    _say(said, undated, "without a date: in the scores, in no period and in no pair", "")
    table.loc[early, ["day", "since"]] = np.nan
    return Ratings(in_order(table, how), tuple(said))


def in_order(table: pd.DataFrame, how: Rated) -> pd.DataFrame:
    """Ratings by person, source, day, rater's code, scores: the same in whatever order they came.

    Rows that are equal in all of these are equal in all that is made of them.
    """
    keys = ["unit", "source", "day", "rater", *how.components]
    return table.sort_values(keys, kind="stable", ignore_index=True)


def between(table: pd.DataFrame, how: Rated) -> tuple[int, str]:
    """How many ratings hold values that are none of `steps`, and what becomes of them."""
    values = table[list(how.components)].to_numpy(dtype=float)
    apart = np.abs(values[..., np.newaxis] - np.array(how.steps)).min(axis=-1)
    odd = apart > 1e-9  # steps are decimals as written; a blank is no value
    known = sorted(set(values[odd].tolist()))
    named = ", ".join(f"{value:g}" for value in known[:5]) + (", …" if len(known) > 5 else "")
    what = (
        f"with values that are not among steps ({named}): in the scores as they are, in agreement"
        " by category as the nearest step"
    )
    return int(odd.any(axis=1).sum()), what


def _say(said: list[str], n: int, what: str, done: str = "set aside") -> None:
    if n:
        word = "rating" if n == 1 else "ratings"
        said.append(f"{n} {word} {what}" + (f": {done}" if done else ""))


def by_source(table: pd.DataFrame, how: Rated) -> pd.DataFrame:
    """Each person's mean of each source: (unit, source) → components and the overall score."""
    keys = ["unit", "source"]
    means = table.groupby(keys, sort=False)[list(how.components)].mean()
    return means.assign(**{OVERALL: overall(means, how)})


def triangulated(sources: pd.DataFrame, how: Rated) -> pd.DataFrame:
    """Each person's mean of the sources that rated a component: unit → components and overall."""
    means = sources[list(how.components)].groupby(level="unit", sort=False).mean()
    return means.assign(**{OVERALL: overall(means, how)})


def overall(means: pd.DataFrame, how: Rated) -> "pd.Series[Any]":
    """The mean of components where enough are known."""
    parts = means[list(how.components)]
    enough = parts.notna().sum(axis=1) >= (how.minimum_components or len(how.components))
    return parts.mean(axis=1).where(enough)


def level_of(value: "pd.Series[Any]", how: Rated) -> "pd.Series[Any]":
    """low, moderate or high; None where there is no score. A score on a cut-off reaches it.

    Rounded to 12 digits: the mean of 0.7, 0.8 and 0.75 is 0.75.
    """
    score = value.round(12)
    cuts = [how.cut_offs.moderate, how.cut_offs.high]
    words = np.array(["low", "moderate", "high"], dtype="object")
    found = words[np.searchsorted(cuts, score.to_numpy(dtype=float), side="right").clip(0, 2)]
    return pd.Series(found, index=value.index, dtype="object").where(value.notna(), None)
