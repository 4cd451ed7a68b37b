"""The step `account`: what became of every raw record, counted."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.parts import ELSEWHERE
from cesp_analysis.declared.wording import KEPT, OTHER_ENTRY
from cesp_analysis.describe.record_tables import Account
from cesp_analysis.schemas import Ledger


def account(paths: str, ledger: Path, out: Path) -> None:
    """Count the records of each entry that were kept, and those set aside by reason.

    A record of a file that several entries read is set aside only if none of them keeps it, and
    counts once as a raw record: where it is kept first, or else where something is asked of it.
    `paths`: JSON, the entry's name in config.yaml → [path, sheet].
    """
    tables = {name: (path, sheet) for name, (path, sheet) in json.loads(paths).items()}
    entries = contracts.read(ledger, Ledger)
    entries = entries.assign(status=entries["status"].astype("str"), raw=1)
    for names in _shared(tables):
        own = entries["file"].isin(names)
        entries.loc[own, ["status", "raw"]] = _once(entries.loc[own], names)
    by = entries.groupby(["file", "status", "reason"], dropna=False, observed=True)["raw"]
    table = by.agg(records="size", raw="sum").reset_index()
    order = {name: index for index, name in enumerate(tables)}
    table["path"] = table["file"].astype("str").map({n: path for n, (path, _) in tables.items()})
    table["rank"] = table["file"].astype("str").map(order)
    table = table.sort_values(["rank", "status", "reason"], kind="stable").drop(columns="rank")
    contracts.write(table, out, Account)


def _shared(tables: dict[str, tuple[str, str | None]]) -> list[list[str]]:
    """Entries that read the same table, in groups."""
    same: dict[tuple[str, str | None], list[str]] = {}
    for name, table in tables.items():
        same.setdefault(table, []).append(name)
    return [names for names in same.values() if len(names) > 1]


def _once(entries: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Status and raw count of the records of one table, which several entries read.

    What another entry keeps, or sets aside and counts, is here the other entry's.
    """
    kept = entries["status"] == KEPT
    asked = ~entries["reason"].isin(ELSEWHERE)
    rank = np.select([kept, asked], [0, 1], 2)  # who counts it: keeps it, asks of it, first of all
    at = entries["file"].astype("str").map({name: i for i, name in enumerate(names)})
    order = pd.DataFrame({"line": entries["line"], "rank": rank, "at": at})
    first = order.sort_values(["line", "rank", "at"]).drop_duplicates("line").index
    counts = entries.index.isin(first)
    status = entries["status"].mask(~kept & ~counts, OTHER_ENTRY)
    return pd.DataFrame({"status": status, "raw": counts.astype(int)}, index=entries.index)
