"""What rests on few people, looked up over all tables that leave."""

from collections import Counter
from collections.abc import Iterator, Mapping

from cesp_analysis.columns import Row
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.digits import Width
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.table_rows import share_of_few
from cesp_analysis.disclosure.tables_economics import (
    of_curve,
    of_point,
    of_price,
    withheld_services,
)
from cesp_analysis.economics.words import DEPARTURE, SUBGROUP, TORNADO

NO_CURVE = (SUBGROUP, TORNADO, DEPARTURE)
"""Scenarios of an evaluation of which there is no acceptability curve."""
Tables = Mapping[str, tuple[Leaving, list[Row]]]
"""Name → how it leaves, its rows before."""
OF_EVALUATION = frozenset(
    f"tables/{name}" for name in ("ceac", "ce_quadrants", "value_of_information", "planning_worth")
)
"""Tables made of the estimates of `economics`, which do not say of how many."""
OF_PLANNING = frozenset(
    f"tables/{name}" for name in ("planning", "planning_trials", "planning_worth")
)
"""Tables made of the medians of `planning_known`."""


def rare(found: Tables, how: Disclosure) -> frozenset[str]:
    """Outcomes of two values of which few people have one, at any time of any group."""
    rows = [row for name in ("tables/means", "tables/changes") for row in _rows(found, name)]
    few = (r for r in rows if share_of_few(r["mean"], r["sd"], r["n"], how))
    return frozenset(row["outcome"] for row in few)


def of_few(found: Tables, how: Disclosure) -> frozenset[tuple[str, str]]:
    """Outcomes and times at which few of an arm have a value, or a change to it."""
    sums: Counter[tuple[str, str, str, str]] = Counter()
    for name in ("tables/means", "tables/changes"):
        for row in _rows(found, name):
            sums[name, row["outcome"], row["time"], row["arm"]] += row["n"] or 0
    return frozenset((outcome, t) for (_, outcome, t, _), n in sums.items() if how.small(n))


def widths(found: Tables) -> dict[str, Width]:
    """Estimate → of how many people it is, and half its interval."""
    rows = [(row["estimate_id"], row) for row in _rows(found, "tables/estimates")]
    rows += _points(found)
    return {
        name: (row["n_units"], (row["ci_high"] - row["ci_low"]) / 2)
        for name, row in rows
        if row["n_units"] and row["ci_low"] is not None and row["ci_high"] > row["ci_low"]
    }


def hidden(found: Tables, how: Disclosure) -> frozenset[str]:
    """Estimates that rest on few, tables of an evaluation that does, estimates by another price of
    a service whose costs are withheld: no table may tell them."""
    rows = _rows(found, "tables/estimates")
    few = (r for r in rows if r["n_units"] is not None and r["n_units"] < how.threshold)
    evaluated = _rows(found, "tables/economics")
    small = any(
        r["scenario"] == "base" and how.small(r["n_smaller_arm"])
        for r in evaluated
        if r["missing_data"] != "complete"
    )
    prices = map(of_price, withheld_services(_rows(found, "tables/costs"), how))
    own = frozenset([*(row["estimate_id"] for row in few), *filter(None, prices)])
    return own | (OF_EVALUATION if small else frozenset()) | _planned(found, how)


def _planned(found: Tables, how: Disclosure) -> frozenset[str]:
    """The tables of planning, if this study's part of what they rest on is of few."""
    own = [row["n"] for row in _rows(found, "tables/planning_known") if row["origin"] == "study"]
    return OF_PLANNING if any(n is not None and how.small(n) for n in own) else frozenset()


def _points(found: Tables) -> Iterator[tuple[str, Row]]:
    """Each point of a curve, and the estimate that says its digits: that of its own threshold, else
    of the next declared one, or the last, whose interval is the widest."""
    made_of: dict[str, list[Row]] = {}
    for row in _rows(found, "tables/economics"):
        if row["quantity"] == "inmb" and not row["scenario"].startswith(NO_CURVE):
            made_of.setdefault(of_curve(row), []).append(row)
    for point in _rows(found, "tables/ceac"):
        own = sorted(made_of.get(of_curve(point), []), key=lambda row: float(row["threshold"]))
        above = [row for row in own if row["threshold"] >= point["threshold"]]
        for row in (*above[:1], *own[-1:])[:1]:
            yield of_point(point), row


def _rows(found: Tables, name: str) -> list[Row]:
    return found[name][1] if name in found else []
