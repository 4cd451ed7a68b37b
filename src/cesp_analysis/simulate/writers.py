"""Cells to bytes, the same bytes every time: CSV, XLSX and SPSS.

The writers of the last two stamp the time and their own version; both are overwritten here.
"""

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from cesp_analysis.simulate.spec_parts import Instrument
from cesp_analysis.simulate.tables import Cell, Table

SAV_PRODUCT = slice(4, 64)  # of the file header record: product name
SAV_CREATED = slice(92, 109)  # and 'dd mmm yy' + 'hh:mm:ss'
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def text_of(cell: Cell) -> str:
    """A cell as text: ISO dates, fractions with three decimals, nothing for None."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def csv_bytes(table: Table) -> bytes:
    """UTF-8, commas, LF, a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table[0])
    writer.writerows([[text_of(cell) for cell in row.values()] for row in table])
    return text.getvalue().encode("utf-8")


def xlsx_bytes(table: Table, sheet: str, created: date) -> bytes:
    """A workbook of one sheet with true dates; members stored, with a fixed date."""
    from openpyxl import Workbook  # type: ignore[import-untyped, unused-ignore]

    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    page.append(list(table[0]))
    for row in table:
        page.append(list(row.values()))
    book.properties.created = datetime.combine(created, time())
    raw = io.BytesIO()
    book.save(raw)
    return _restamped(raw.getvalue(), created)


def _restamped(workbook: bytes, created: date) -> bytes:
    """The same zip, uncompressed (zlib versions differ), with fixed times inside and out."""
    when, out = created.isoformat() + "T00:00:00Z", io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*",
                    rb"\g<1>" + when.encode(),
                    content,
                )
            member = zipfile.ZipInfo(name, (created.year, created.month, created.day, 0, 0, 0))
            member.create_system = 3
            new.writestr(member, content)
    return out.getvalue()


def sav_bytes(
    table: Table,
    instruments: Mapping[str, Instrument],
    missing_code: int | None,
    created: date,
    product: str,
) -> bytes:
    """An SPSS file: value labels on items, `missing_code` declared user-missing, true dates."""
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame(table)
    labels: dict[str, str | None] = {}
    values: dict[str, dict[int | float, str]] = {}
    missing: dict[str, list[Any]] = {}
    for instrument in instruments.values():
        for number, column in enumerate((c for c in instrument.items if c in frame), start=1):
            frame[column] = frame[column].astype("float64")
            labels[column] = f"{instrument.label}, item {number}"
            values[column] = {float(code): text for code, text in instrument.labels.items()}
            if missing_code is not None:
                values[column][missing_code] = "not answered"
                missing[column] = [{"lo": missing_code, "hi": missing_code}]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.sav"
        pyreadstat.write_sav(
            frame,
            str(path),
            column_labels=labels,
            variable_value_labels=values,
            missing_ranges=missing,
            variable_format=dict.fromkeys(values, "F4.0"),
        )
        return _dated(path.read_bytes(), created, product)


def _dated(file: bytes, created: date, product: str) -> bytes:
    """The same SPSS file with a fixed time and product in its header."""
    content = bytearray(file)
    stamp = f"{created.day:02} {MONTHS[created.month - 1]} {created.year % 100:02}00:00:00"
    content[SAV_CREATED] = stamp.encode("ascii")
    content[SAV_PRODUCT] = f"@(#) SPSS DATA FILE {product}".ljust(60)[:60].encode("ascii")
    return bytes(content)
