"""What people judged, read from a CSV file beside the data."""

from pathlib import Path

from cesp_analysis.csv_lines import Wrong, csv_lines, named_twice, ragged
from cesp_analysis.declared.feasibility import ZONES, Judgement
from cesp_analysis.declared.feasibility_dates import is_day
from cesp_analysis.errors import CespError, no_such

COLUMNS = ("criterion", "zone", "evidence", "justification", "by", "date")
OVERALL = "overall"


def read_judgements(path: Path, criteria: dict[str, bool]) -> dict[str, Judgement]:
    """Criterion (or overall) → its judgement; criteria: name → whether people judge its zone.

    CespError with a line for every fault in the file.
    """
    rows = csv_lines(path, "criterion the first")
    header = rows[0][1]
    if faults := [f"{path}: line 1: {fault}" for fault in _header(header)]:
        raise CespError(faults)
    found, wrong = dict[str, Judgement](), Wrong(path)
    for line, cells in rows[1:]:
        if not any(cells):
            continue
        if fault := ragged(cells, header):
            wrong.add(line, fault)
            continue
        row = {name: cell for name, cell in zip(header, cells, strict=True) if cell}
        own = _faults(row, criteria, found)
        for fault in own:
            wrong.add(line, fault)
        if not own:
            name = row.pop("criterion")
            found[name] = Judgement.model_validate(row)
    if faults := wrong.told():
        raise CespError(faults)
    return found


def _header(header: list[str]) -> list[str]:
    faults = list(named_twice(header))
    if "criterion" not in header:
        faults.append(f"has no column criterion (it has: {', '.join(header)})")
    faults += [no_such("column", name, COLUMNS, "known") for name in header if name not in COLUMNS]
    return faults


def _faults(
    row: dict[str, str], criteria: dict[str, bool], found: dict[str, Judgement]
) -> list[str]:
    """What is wrong with a line."""
    name, zone = row.get("criterion", ""), row.get("zone")
    faults = []
    if name not in (*criteria, OVERALL):
        faults.append(no_such("criterion", name, [*criteria, OVERALL]))
    if name in found:
        faults.append(f"'{name}' has been judged above; keep one line")
    if zone is not None and zone not in ZONES:
        faults.append(no_such("zone", zone, ZONES, "known"))
    elif zone is not None and not criteria.get(name, False):
        faults.append(
            f"zone: that of '{name}' follows from its limits or from all criteria; leave it blank,"
            " and write reasons under justification"
        )
    elif zone is not None and "evidence" not in row:
        faults.append("evidence: is blank; say what the judgement rests on")
    if "date" in row and not is_day(row["date"]):
        faults.append(f"date: write a day as YYYY-MM-DD, not '{row['date']}'")
    return faults
