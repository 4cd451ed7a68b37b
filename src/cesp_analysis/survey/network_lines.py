"""Ties that cannot be: one line for each kind of mistake in a file of ties."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from cesp_analysis.declared.networks import Networks


def broken_ties(
    ties: pd.DataFrame, people: pd.DataFrame, own: Networks, path: str
) -> Iterator[str]:
    """One line a mistake: path, the first line, fact, remedy."""
    known = pd.MultiIndex.from_frame(people[["unit", "time"]])
    unknown = ~pd.MultiIndex.from_frame(ties[["unit", "time"]]).isin(known)
    twice = ties.duplicated(["unit", "time", "alter"], keep="first") & (ties["alter"] != "")
    not_asked = ~ties["time"].isin(own.asked) & (ties["time"] != "")
    for wrong, fact, remedy in (
        (ties["time"] == "", "say no wave", "name it, or leave them out (left_out)"),
        (
            not_asked,
            f"are of a wave in which networks.asked says that nothing was asked"
            f" (asked: {', '.join(own.asked)})",
            "add it there, or correct the wave",
        ),
        (
            unknown & ~not_asked & (ties["time"] != ""),
            "are of nobody who answered that wave",
            "correct the respondent's id (data/raw/CORRECTIONS.yaml), or leave them out (left_out)"
            " if the respondent's record was taken out of the wave's file on purpose",
        ),
        (
            ties["alter"] == "",
            "name nobody",
            "leave them out (left_out): who named nobody needs no row",
        ),
        (
            (ties["alter"] == ties["unit"]) & (ties["kind"] == "person"),
            "tie a respondent to the respondent's own id",
            "correct whom they name",
        ),
        (twice, "name somebody a second time in one wave", "leave them out"),
        (
            ties["kind"] == "",
            "do not say whether it is a person, a group or an organisation",
            "correct them",
        ),
    ):
        yield from _line(ties[wrong], path, fact, remedy)


def broken_pairs(pairs: pd.DataFrame, ties: pd.DataFrame, path: str) -> Iterator[str]:
    """The same of ties among those whom a respondent named."""
    named = pd.MultiIndex.from_frame(ties[["unit", "time", "alter"]])
    ends = [
        pd.MultiIndex.from_frame(pairs[["unit", "time", one]]).isin(named)
        for one in ("one", "other")
    ]
    ordered = pairs.assign(
        low=pairs[["one", "other"]].min(axis=1), high=pairs[["one", "other"]].max(axis=1)
    )
    for wrong, fact, remedy in (
        (~(ends[0] & ends[1]), "join somebody whom the respondent did not name", "correct them"),
        (pairs["one"] == pairs["other"], "join somebody to themselves", "correct them"),
        (
            ordered.duplicated(["unit", "time", "low", "high"], keep="first"),
            "stand a second time",
            "leave them out",
        ),
    ):
        yield from _line(pairs[wrong], path, fact, remedy)


def _line(rows: pd.DataFrame, path: str, fact: str, remedy: str) -> Iterator[str]:
    if len(rows):
        first: Any = rows.iloc[0]
        more = "" if len(rows) == 1 else f" ({len(rows):,} such ties)"
        yield (
            f"{path}: line {int(first['line'])}: ties that {fact}; the first is of"
            f" '{first['unit']}' at {first['time'] or 'no wave'}{more}: {remedy}"
        )
