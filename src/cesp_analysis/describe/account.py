"""The step `account`: what became of every raw record, counted."""

import json
from pathlib import Path

from cesp_analysis import contracts
from cesp_analysis.schemas import Account, Ledger


def account(paths: str, ledger: Path, out: Path) -> None:
    """Count the records of each raw file that were kept, and those set aside by reason.

    `paths`: JSON, the file's name in config.yaml → its path.
    """
    entries = contracts.read(ledger, Ledger)
    counts = entries.groupby(["file", "status", "reason"], dropna=False, observed=True).size()
    table = counts.rename("records").reset_index()
    order = {name: index for index, name in enumerate(json.loads(paths))}
    table["path"] = table["file"].astype("str").map(json.loads(paths))
    table["rank"] = table["file"].astype("str").map(order)
    table = table.sort_values(["rank", "status", "reason"], kind="stable").drop(columns="rank")
    contracts.write(table, out, Account)
