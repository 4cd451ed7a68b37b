"""What people inferred of each construct, read from the file in which they wrote it.

No inference is ever made or changed here.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cesp_analysis.csv_lines import Wrong, csv_lines, named_twice, ragged
from cesp_analysis.declared.feasibility_dates import is_day
from cesp_analysis.declared.integration import INFERRED
from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.errors import CespError, no_such

COLUMNS = ("construct", "inference", "text", "author", "date")
NEEDED = ("construct", "inference", "text")
SHAPE = "{inference: …, text: …}"
"""What YAML holds below a construct."""


@dataclass(frozen=True)
class Inference:
    """What people wrote of a construct; author and date may be blank."""

    inference: str
    text: str
    author: str = ""
    date: str = ""


def read_inferences(path: Path, constructs: Collection[str]) -> dict[str, Inference]:
    """Construct → what was inferred of it; those of which nothing is written yet are left out.

    A file that ends in .yaml or .yml holds construct: {inference, text, author, date}, any other
    is CSV. CespError with a line for every fault.
    """
    if path.suffix.lower() in (".yaml", ".yml"):
        rows, faults = _yaml_rows(path)
    else:
        rows, faults = _csv_rows(path)
    found, wrong = dict[str, Inference](), list[str]()
    for place, row in rows:
        own = list(_faults(row, constructs, found))
        wrong += [f"{place}: {fault}" for fault in own]
        written = {name: cell for name, cell in row.items() if name != "construct"}
        if not own and any(written.values()):
            found[row["construct"]] = Inference(**written)
    if wrong := [*faults, *wrong]:
        raise CespError(wrong)
    return found


def _csv_rows(path: Path) -> tuple[list[tuple[str, dict[str, str]]], list[str]]:
    """Each line's place and cells, and the faults of lines."""
    (_, header), *lines = csv_lines(path, "construct the first")
    faults = [f"{path}: line 1: {fault}" for fault in _header(header)]
    if faults:
        raise CespError(faults)
    wrong, rows = Wrong(path), []
    for line, cells in lines:
        if fault := ragged(cells, header) if any(cells) else None:
            wrong.add(line, fault)
        elif any(cells):
            rows.append((f"{path}: line {line}", dict(zip(header, cells, strict=True))))
    return rows, wrong.told()


def _header(header: list[str]) -> Iterator[str]:
    yield from named_twice(header)
    for name in NEEDED:
        if name not in header:
            yield f"has no column {name} (it has: {', '.join(header)})"
    for name in header:
        if name not in COLUMNS:
            yield no_such("column", name, COLUMNS, "known")


def _yaml_rows(path: Path) -> tuple[list[tuple[str, dict[str, str]]], list[str]]:
    rows, faults = list[tuple[str, dict[str, str]]](), list[str]()
    for name, entry in read_yaml(path, lacks=f"inferences; write CONSTRUCT: {SHAPE}").items():
        place = f"{path}: {name}"
        if entry is None:  # nothing is written yet, as in a line of CSV with blank cells
            rows.append((place, {"construct": name}))
            continue
        if not isinstance(entry, Mapping):
            faults.append(f"{place}: holds no inference; write {name}: {SHAPE}")
            continue
        strange = [word for word in entry if word not in COLUMNS[1:]]
        faults += [f"{place}: {no_such('entry', word, COLUMNS[1:], 'known')}" for word in strange]
        nested = [word for word, value in entry.items() if isinstance(value, (list, Mapping))]
        faults += [f"{place}.{word}: write one text" for word in nested]
        odd = [word for word, value in entry.items() if isinstance(value, (bool, float))]
        faults += [f"{place}.{word}: is no text as it stands; put it in quotes" for word in odd]
        if not (strange or nested or odd):
            cells = {word: "" if cell is None else str(cell) for word, cell in entry.items()}
            rows.append((place, {"construct": name, **cells}))
    return rows, faults


def _faults(
    row: Mapping[str, str], constructs: Collection[str], found: Collection[str]
) -> Iterator[str]:
    """What is wrong with what is written of one construct."""
    name, inference, text = (row.get(word, "") for word in NEEDED)
    if name not in constructs:
        yield no_such("construct", name, list(constructs))
    if name in found:
        yield f"'{name}' stands above; keep one"
    if inference and inference not in INFERRED:
        yield no_such("inference", inference, INFERRED, "known")
    if inference and not text:
        yield "text: is blank; say what is inferred, and from what"
    if not inference and (text or row.get("author") or row.get("date")):
        yield f"inference: is blank; write one of {', '.join(INFERRED)}"
    if (day := row.get("date", "")) and not is_day(day):
        yield f"date: write a day as YYYY-MM-DD, not '{day}'"
