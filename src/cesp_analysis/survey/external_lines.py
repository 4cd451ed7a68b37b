"""Files of figures from outside: read, and every line that cannot be, named."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cesp_analysis.csv_lines import Wrong, csv_lines, named_twice, number, ragged
from cesp_analysis.declared.external import External
from cesp_analysis.errors import CespError, no_such

_PERIOD = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


@dataclass(frozen=True)
class Figure:
    """One figure of an authority and period; source: the line's own, '' if the file says none."""

    authority: str
    period: str
    value: float
    source: str


def read_external(path: Path, own: External) -> dict[str, list[Figure]]:
    """Series → its figures; CespError with a line for each fault of the file."""
    rows = _rows(path, own)
    called = {entry.written or word: word for word, entry in own.series.items()}
    found: dict[str, list[Figure]] = {word: [] for word in own.series}
    faults: list[str] = []
    seen: dict[tuple[str, str, str], int] = {}
    for line, row in rows:
        word = called.get(row["series"])
        if word is None:
            continue
        key = (word, row["authority"], row["period"])
        problem = _fault(row, own) or (
            f"{row['series']} of {row['authority']} in {row['period']} stands on line"
            f" {seen[key]} too; keep one"
            if key in seen
            else None
        )
        seen.setdefault(key, line)
        if problem:
            faults.append(f"{path}: line {line}: {problem}")
        elif row["value"]:
            source = row.get("source", "")
            found[word].append(Figure(row["authority"], row["period"], float(row["value"]), source))
    faults += _lacking(path, rows, own, found)
    if faults:
        raise CespError(faults)
    return found


def _rows(path: Path, own: External) -> list[tuple[int, dict[str, str]]]:
    """Each line's number and cells, by what they are; lines without a word are passed over."""
    names = {what: column for what, column in own.columns.model_dump().items() if column}
    (_, header), *lines = csv_lines(path, "its figure among them")
    if len(header) == 1:
        raise CespError(
            f"{path}: line 1: is one column, '{header[0]}'; separate the columns by commas"
        )
    faults = [f"{path}: line 1: {fault}" for fault in named_twice(header)]
    faults += [
        f"{path}: line 1: {no_such('column', column, header, 'in the file')}"
        for column in names.values()
        if column not in header
    ]
    lines = [(n, cells) for n, cells in lines if any(cells)]
    wrong = Wrong(path)
    for n, cells in lines:
        if fault := ragged(cells, header):
            wrong.add(n, fault)
    if faults := [*faults, *wrong.told()]:
        raise CespError(faults)
    at = {what: header.index(column) for what, column in names.items()}
    return [(n, {what: cells[k] for what, k in at.items()}) for n, cells in lines]


def _fault(row: dict[str, str], own: External) -> str | None:
    """What is wrong with a line of a series that is read; a blank figure is none."""
    if not row["authority"]:
        return f"{own.columns.authority}: is blank; name the authority"
    if not _PERIOD.fullmatch(row["period"]):
        return (
            f"{own.columns.period}: must be a year, YYYY-MM or YYYY-MM-DD, not '{row['period']}':"
            " periods are put in their order"
        )
    if len(row["period"]) != len(own.before):
        return (
            f"{own.columns.period}: '{row['period']}' is written otherwise than before:"
            f" '{own.before}' in config.yaml; write all alike"
        )
    if row["value"] and number(row["value"]) is None:
        return (
            f"{own.columns.value}: must be a number, not '{row['value']}'; write digits alone, with"
            " a point for decimals"
        )
    return None


def _lacking(
    path: Path,
    rows: list[tuple[int, dict[str, str]]],
    own: External,
    found: dict[str, list[Figure]],
) -> Iterator[str]:
    """Series and authorities that config names and the file has not."""
    series = list(dict.fromkeys(row["series"] for _, row in rows))
    for word, entry in own.series.items():
        called = entry.written or word
        if called not in series:
            yield f"{path}: {no_such('series', called, series, 'in the file')}"
            continue
        authorities = list(dict.fromkeys(one.authority for one in found[word]))
        for site, authority in own.authorities.items():
            if authority not in authorities:
                told = no_such("authority", authority, authorities, f"with {called}")
                yield f"{path}: {told}; external authorities of {site}"
        periods = {one.period for one in found[word]}
        if periods and not min(periods) <= own.before <= max(periods):
            yield (
                f"{path}: {called} runs from {min(periods)} to {max(periods)}, without the last"
                f" period before the intervention (before: '{own.before}')"
            )
