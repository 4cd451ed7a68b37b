"""The step `linking`: which records belong to somebody in the register, and who has none."""

from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.parts import APART
from cesp_analysis.columns import Row
from cesp_analysis.declared.base import Frozen
from cesp_analysis.describe.record_tables import Linking
from cesp_analysis.schemas import Ledger, Records


class LinkingSpec(Frozen):
    """The register; files whose records are people's; file → its variables that hold ids."""

    register_of_people: str | None = None
    files: tuple[str, ...] = ()
    ids: dict[str, tuple[str, ...]] = {}


def linking(spec: str, records: Path, ledger: Path, out: Path) -> None:
    """Count records that did and did not link to the register, and people without a record."""
    how = LinkingSpec.model_validate_json(spec)
    rows: list[Row] = []
    if how.register_of_people is not None:
        register = contracts.read(records / f"{how.register_of_people}.parquet", Records)
        people = set(register["unit"].astype("str"))
        entries = contracts.read(ledger, Ledger)
        rows += [_of_file(name, entries[entries["file"] == name], people) for name in how.files]
        for name, columns in how.ids.items():
            table = contracts.read(records / f"{name}.parquet", Records).drop_duplicates("line")
            rows += [_of_column(name, column, table[column], people) for column in columns]
    contracts.write(pd.DataFrame(rows, columns=list(Linking.columns())), out, Linking)


def _of_file(name: str, entries: pd.DataFrame, people: set[str]) -> Row:
    """A file whose records are people's, whatever else became of a record."""
    records = entries[~entries["reason"].isin(APART)]
    row = _row(name, "", records["unit"], people)
    kept = (records["status"] == "kept") & records["unit"].isin(people)
    return row | {"kept": int(kept.sum())}


def _of_column(name: str, column: str, ids: "pd.Series[Any]", people: set[str]) -> Row:
    """A variable that holds ids of people, in a file whose rows have ids of their own."""
    row = _row(name, column, ids, people)
    return row | {"kept": row["linked"]}


def _row(name: str, column: str, ids: "pd.Series[Any]", people: set[str]) -> Row:
    """Every record is linked, unlinked or blank."""
    given = ids.dropna().astype("str")
    known = given.isin(people)
    found = set(given[known])
    return {
        "file": name,
        "variable": column or None,
        "linked": int(known.sum()),
        "people": len(found),
        "without": len(people - found),
        "unlinked": int((~known).sum()),
        "unlinked_ids": given[~known].nunique(),
        "blank": len(ids) - len(given),
    }
