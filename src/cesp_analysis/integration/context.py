"""What happened around the study, read from a file that people write."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cesp_analysis.csv_lines import Wrong, csv_lines, named_twice, ragged
from cesp_analysis.declared.feasibility_dates import is_day
from cesp_analysis.errors import CespError, no_such
from cesp_analysis.interviews.names import control_character

COLUMNS = ("date", "site", "label")


@dataclass(frozen=True)
class ContextEvent:
    """Something that happened on a day, YYYY-MM-DD, at a site ('': at all)."""

    date: str
    site: str
    label: str


def read_context(path: Path, sites: Collection[str]) -> list[ContextEvent]:
    """The events in the order of their days. CespError with a line for every fault."""
    (_, header), *lines = csv_lines(path, "date the first")
    if faults := [f"{path}: line 1: {fault}" for fault in _header(header)]:
        raise CespError(faults)
    wrong, found = Wrong(path), dict[ContextEvent, int]()
    for line, cells in lines:
        if not any(cells):
            continue
        if fault := ragged(cells, header):
            wrong.add(line, fault)
            continue
        row = dict(zip(header, cells, strict=True))
        event = ContextEvent(row["date"], row.get("site", ""), row["label"])
        for fault in _faults(row, sites):
            wrong.add(line, fault)
        if event in found:
            wrong.add(line, f"says the same as line {found[event]}; keep one")
        found.setdefault(event, line)
    if faults := wrong.told():
        raise CespError(faults)
    return sorted(found, key=lambda event: event.date)


def _header(header: list[str]) -> Iterator[str]:
    yield from named_twice(header)
    for name in ("date", "label"):
        if name not in header:
            yield f"has no column {name} (it has: {', '.join(header)})"
    for name in header:
        if name not in COLUMNS:
            yield no_such("column", name, COLUMNS, "known")


def _faults(row: Mapping[str, str], sites: Collection[str]) -> Iterator[str]:
    if not is_day(row["date"]):
        yield f"date: write a day as YYYY-MM-DD, not '{row['date']}'"
    if (site := row.get("site", "")) and site not in sites:
        yield no_such("site", site, list(sites))
    if not row["label"]:
        yield "label: is blank; say what happened"
    if odd := control_character("label", row["label"]):
        yield odd
