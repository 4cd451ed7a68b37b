"""The step `measure`: whether the difference can be measured, and by which outcome."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.columns import Row, Table
from cesp_analysis.given import hold
from cesp_analysis.instruments.types import Instrument, read_instrument
from cesp_analysis.measurement.alike import alike
from cesp_analysis.measurement.asked import MeasureSpec
from cesp_analysis.measurement.candidate import Candidate, candidates_of
from cesp_analysis.measurement.change import changed, pairs_of
from cesp_analysis.measurement.consistency import consistency
from cesp_analysis.measurement.cost import cautions, cost
from cesp_analysis.measurement.dimensions import dimensions
from cesp_analysis.measurement.distribution import bin_rows, cell_rows, described, missing_of
from cesp_analysis.measurement.important import important
from cesp_analysis.measurement.item_rows import item_rows
from cesp_analysis.measurement.ranking import ranked
from cesp_analysis.measurement.second import retested, second_of
from cesp_analysis.measurement.tables import Cells, Distributions, Items, Measurability
from cesp_analysis.panel.item_answers import Answers, answers_of
from cesp_analysis.schemas import Estimates, Panel, Records


def measure(
    spec: str,
    records: Path,
    panel: Path,
    estimates: Path,
    out: Path,
    items: Path,
    cells: Path,
    distributions: Path,
    checksums: str = "",
) -> None:
    """Say of each candidate outcome how well it can be measured; rank them.

    `checksums`: of the study's own instruments, see given.py.
    """
    hold(checksums)
    how = MeasureSpec.model_validate_json(spec)
    known = {name: read_instrument(place) for name, place in how.instruments.items()}
    answers = answers_of(records, how.files, known)
    made = list(contracts.rows(estimates, Estimates))
    again = _retest(records, how, known)
    found = candidates_of(contracts.read(panel, Panel), answers, known, how)
    of_items = {own.name: list(item_rows(own)) for own in found}
    of_cells = {own.name: cell_rows(own) for own in found}
    rows = [
        _row(own, of_cells[own.name], of_items[own.name], made, again, answers, known, how)
        for own in found
    ]
    _write(
        [row | {"declared": how.declared or None} for row in ranked(rows, how.ranking)],
        out,
        Measurability,
    )
    _write([row for own in found for row in of_items[own.name]], items, Items)
    _write([row for own in found for row in of_cells[own.name]], cells, Cells)
    bins = [row for own in found for row in bin_rows(own, how.extreme)]
    _write(bins, distributions, Distributions)


def _retest(
    records: Path, how: MeasureSpec, known: Mapping[str, Instrument]
) -> pd.DataFrame | None:
    """The retest's records with its items and variables."""
    asked = how.retest
    if asked is None:
        return None
    items = [f"{i}.{item.code}" for i in how.retest_instruments for item in known[i].items]
    wanted = {*items, *asked.variables.values(), *([asked.anchor] if asked.anchor else [])}
    return contracts.read(records / f"{asked.file}.parquet", Records, beyond=wanted)


def _row(
    own: Candidate,
    cells: list[Row],
    items: list[Row],
    estimates: Sequence[Row],
    again: pd.DataFrame | None,
    answers: Answers,
    known: Mapping[str, Instrument],
    how: MeasureSpec,
) -> Row:
    """A row of Measurability before it is ranked."""
    second, pairs = second_of(own, again, answers, known, how), pairs_of(own)
    change = changed(own, pairs, second, how)
    row = {
        "outcome": own.name,
        "level": own.outcome.level,
        "unit": own.outcome.unit,
        "direction": own.outcome.direction,
        "score": own.outcome.score,
        "items": len(own.items) or None,
        "time": own.first,
        "last_time": own.last,
        "ci_level": how.ci_level,
        **missing_of(own, cells, items),
        **described(own, cells, how.extreme),
        **consistency(own, how),
        **dimensions(own, how),
        **retested(second, change["changed_n"], how.ci_level),
        **change,
        **important(own, how, estimates),
        **alike(own, how),
    }
    return row | cost(own, row, how) | {"warnings": cautions(row)}


def _write(rows: list[Row], path: Path, contract: type[Table]) -> None:
    columns = list(contract.columns())
    contracts.write(pd.DataFrame(rows, columns=columns), path, contract)
