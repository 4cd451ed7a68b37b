"""The step `collect`: all models' estimates in one table."""

import csv
import io
from pathlib import Path

from cesp_analysis.schemas import Estimates
from cesp_analysis.whole_files import BrokenContract, Spoilt, existing, write_text


def collect(out: Path, estimates: list[Path] | None = None) -> None:
    """Put the estimates of all models under one another, as they are; each id stands once.

    A study of one group has no models, and a table without rows.
    """
    names = list(Estimates.columns())
    table: list[list[str]] = []
    for path in estimates or ():
        with existing(path).open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        if header != names or any(len(row) != len(names) for row in rows):
            raise Spoilt(f"{path}: its columns are not those of estimates.csv")
        table += rows
    ids = [row[names.index("estimate_id")] for row in table]
    if twice := {name for name in ids if ids.count(name) > 1}:
        raise BrokenContract(f"{out}: estimates {sorted(twice)} stand more than once")
    content = io.StringIO(newline="")
    csv.writer(content, lineterminator="\n").writerows([names, *table])
    write_text(content.getvalue(), out)
