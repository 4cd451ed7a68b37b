"""Bounds of shares: the least and the largest of all ways to fill in the raw table's blanks."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.feasibility.fillings import Source, together
from feasible import changed, feasible, made, row

Cells = dict[str, str]
VALUES = {"came": ("yes", "no"), "topic": ("a", "b"), "eligible": ("yes", "no"),
          "consented": ("yes", "no"), "minutes": ("20", "40")}  # fmt: skip


def share(name: str, above: str, below: str, file: str = "contacts", count: str = "") -> Any:
    told = {"file": file} | ({"count": count} if count else {})
    return {
        "label": name, "numerator": told | {"where": above}, "denominator": told | {"where": below},
    }  # fmt: skip


CAME, B = 'came_then == "yes"', 'topic == "b"'
RATES = {
    "of_b": share("Came of b", f"{CAME} and {B}", B),
    "came_b": share("Came, of b or came", CAME, f"{B} or {CAME}"),
    "people": share("People who came of b", f"{CAME} and {B}", B, count="units"),
    "long": share("Long of b", f"minutes > 30 and {B}", B),
    "cons": share(
        "Consented", 'consented == "yes"', 'eligible == "yes" or consented == "yes"', "screening"
    ),
}
HOLDS: dict[str, tuple[Callable[[Cells], bool], Callable[[Cells], bool]]] = {
    "of_b": (lambda r: r["topic"] == "b", lambda r: r["came"] == "yes"),
    "came_b": (lambda r: r["topic"] == "b" or r["came"] == "yes", lambda r: r["came"] == "yes"),
    "people": (lambda r: r["topic"] == "b", lambda r: r["came"] == "yes" and r["topic"] == "b"),
    "long": (lambda r: r["topic"] == "b", lambda r: int(r["minutes"]) > 30),
    "consented": (lambda r: r["eligible"] == "yes", lambda r: r["consented"] == "yes"),
    "cons": (
        lambda r: "yes" in (r["eligible"], r["consented"]), lambda r: r["consented"] == "yes",
    ),
}  # fmt: skip
"""Of each rate by hand: whether a row without blanks counts, and whether it has the event."""


def table(text: str) -> list[Cells]:
    head, *lines = text.splitlines()
    return [dict(zip(head.split(","), line.split(","), strict=True)) for line in lines]


def every_way(rows: list[Cells], rate: str, unit: str = "") -> tuple[float, float]:
    """The least and the largest share over all ways to fill in all blanks at once."""
    counts, event = HOLDS[rate]
    names = [name for name in VALUES if name in rows[0]]
    blanks = [(i, name) for i, one in enumerate(rows) for name in names if not one[name]]
    shares = []
    for values in product(*(VALUES[name] for _, name in blanks)):
        filled = [dict(one) for one in rows]
        for (i, name), value in zip(blanks, values, strict=True):
            filled[i][name] = value
        below = {one[unit] if unit else i for i, one in enumerate(filled) if counts(one)}
        above = {one[unit] if unit else i for i, one in enumerate(filled) if event(one)}
        shares.append(len(above & below) / len(below))
    return min(shares), max(shares)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_way_to_fill_in_the_raw_table(seed: int, tmp_path: Path) -> None:
    rng, study = np.random.default_rng(seed), feasible(tmp_path)
    lines = ["who,day,worker,came,topic,minutes"]
    for i in range(20):
        own = rng.choice(["yes", "no"]), rng.choice(["a", "b", "b"]), rng.choice(["20", "40"])
        lines.append(f"P{rng.integers(1, 7):02},2024-02-{i + 1:02},W{i % 3},{','.join(own)}")
    rows = [line.split(",") for line in lines]
    blanks = [3], [3], [4], [4], [3, 4], [3, 4], [5], [4, 5]
    for i, own in zip(rng.choice(np.arange(3, 21), 8, replace=False), blanks, strict=True):
        for j in own:
            rows[i][j] = ""
    rows[1][4] = rows[2][4] = "b"
    study.files["contacts.csv"] = "\n".join(",".join(one) for one in rows) + "\n"
    screening = str(study.files["screening.csv"])
    for who in rng.choice([f"S{i:02}" for i in range(24) if i % 4 != 3], 5, replace=False):
        screening = changed(screening, who, "eligible", "")
    known = table(screening)
    for one in known:  # of who was not eligible nothing was asked
        one["consented"] = "no" if one["eligible"] == "no" else one["consented"]
    screening = "\n".join([",".join(known[0]), *(",".join(one.values()) for one in known)]) + "\n"
    study.files["screening.csv"] = screening
    study.config["files"]["contacts"]["variables"] |= {
        "topic": {"type": "category", "values": ["a", "b"]}, "minutes": {"range": [0, 100]},
    }  # fmt: skip
    study.config["feasibility"]["rates"] |= RATES
    found = made(study)["rates"]
    for rate in HOLDS:
        raw = table(str(study.files["screening.csv" if rate[:4] == "cons" else "contacts.csv"]))
        own = row(found, rate)
        asked = ("minutes", "topic") if rate == "long" else ("came", "topic")
        names = ("who", *asked) if rate[:4] != "cons" else ("ref", "eligible", "consented")
        kept = [{n: x for n, x in one.items() if n in names} for one in raw]
        least, most = every_way(kept, rate, "who" if rate == "people" else "")
        assert own["status"] == "estimated", (rate, own["reason"])
        bounds = (own["least"], own["most"]) if own["not_known"] else (own["value"],) * 2
        assert bounds == (approx(least), approx(most)), rate


def test_an_event_of_whom_it_is_not_known_does_not_refuse_the_rate(tmp_path: Path) -> None:
    """S02 consented, whether eligible nobody knows: neither above nor below, and said."""
    study = feasible(tmp_path)
    study.files["screening.csv"] = changed(str(study.files["screening.csv"]), "S02", "eligible", "")
    study.config["feasibility"]["rates"]["cw"] = share(
        "C", 'consented == "yes"', 'eligible == "yes"', "screening"
    )
    found = row(made(study)["rates"], "cw")
    assert (found["status"], found["numerator"], found["denominator"]) == ("estimated", 10, 17)
    assert (found["least"], found["most"]) == (approx(10 / 17), approx(12 / 18))
    assert found["warnings"].endswith(
        "of 1 it is not known whether they belong to the denominator; left out of it, 1 of them"
        " out of the numerator too"
    )


def test_values_of_who_may_not_count(tmp_path: Path) -> None:
    """Of people eligible P01 may not be; known is that she is a woman."""
    study = feasible(tmp_path)
    study.config["feasibility"]["rates"]["sex_old"] = {
        "label": "Sex", "values_of": "sex",
        "numerator": {"file": "people", "where": "age > 32"},
        "denominator": {"file": "people", "where": "age > 32"},
    }  # fmt: skip
    study.files["people.csv"] = changed(str(study.files["people.csv"]), "P01", "age", "")
    found = made(study)["rates"]
    women, men = (row(found, "sex_old", part=part) for part in "fm")
    n, of = women["denominator"], women["numerator"]
    assert (women["least"], women["most"]) == (approx(of / n), approx((of + 1) / (n + 1)))
    assert (men["least"], men["most"]) == (
        approx(men["numerator"] / (n + 1)), approx(men["numerator"] / n),
    )  # fmt: skip


def test_what_conditions_say_together() -> None:
    rows = pd.DataFrame({"a": [np.nan, np.nan], "b": [1.0, 2.0], "w": [None, "x"]})
    key = pd.Series(["k", "l"])

    def ways(below: str, above: str) -> dict[str, set[tuple[int, int]]]:
        return together(
            Source("f", rows, key, (below,)), Source("f", rows, key, (above,)), ["k", "l"]
        )

    assert ways("a > 3", "a > 5 and b > 1")["k"] == {(0, 0), (1, 0)}
    assert ways("a > 3", "a > 5 and b > 1")["l"] == {(0, 0), (1, 0), (1, 1)}
    assert ways('w == "x"', 'w in ["x", "y"]') == {"k": {(0, 0), (0, 1), (1, 1)}, "l": {(1, 1)}}
    # sums are not filled in: each condition may hold or not
    assert len(ways("a + b > 3", "a + b > 3")["k"]) == 4
    other = Source("f", rows.iloc[:1], key.iloc[:1], ("a > 3",))
    assert set(together(other, Source("f", rows, key, ("a > 3",)), ["k", "l"])) == {"k"}
    two = Source("f", rows, pd.Series(["k", "k"]), ("a > 3",))
    at_least = Source("f", rows, pd.Series(["k", "k"]), ("a > 3",), least=2)
    assert together(two, at_least, ["k"])["k"] == {(0, 0), (1, 0), (1, 1)}
    assert together(other, at_least, ["k"]) == {}
    unknown = pd.Series([np.nan, 0.0])
    dated = Source("f", rows, key, ("b > 0",), inside=unknown)
    assert together(dated, dated, ["k", "l"]) == {"k": {(0, 0), (1, 1)}, "l": {(0, 0)}}
