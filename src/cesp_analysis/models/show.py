"""`cesp show MODEL`: a model's estimates as a table in the terminal, old and new side by side."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cesp_analysis.contracts import rows
from cesp_analysis.errors import CespError, no_such, one_line
from cesp_analysis.models.link_worker_words import said_once
from cesp_analysis.readable import fault_of
from cesp_analysis.schemas import Estimates
from cesp_analysis.whole_files import BrokenContract

_RESIDUE = 1e-12  # of its standard error: an estimate below that is zero but for rounding


def show(model: str, /, against: str = "", folder: Path = Path("results/models")) -> None:
    """Print the estimates of a model; with --against FILE those of another run beside them."""
    path = folder / model / "estimates.csv"
    if not path.exists():
        made = sorted(found.parent.name for found in folder.glob("*/estimates.csv"))
        fault = no_such("model", model, made, "made so far")
        raise CespError(f"{path}: {fault}; run the study (cesp run DIR)")
    print(printed(path, _named(Path(against)) if against else None))


def printed(path: Path, against: Path | None = None) -> str:
    """Estimates as an aligned table; a refusal stands where its estimate would. What rows say of
    link workers is one note with the range of its numbers, as in the report."""
    before = _estimates(against) if against else {}
    lines = [["estimate", "value", "95% interval", "SE", "df", "n", "clusters"]]
    notes: dict[str, None] = {}
    for name, row in _estimates(path).items():
        lines[0][2] = f"{100 * (row['ci_level'] or 0.95):g}% interval"
        lines.append(_line(row, name))
        old = before.get(name)
        if old is not None:
            lines.append(_line(old, "  before"))
        notes |= dict.fromkeys(_notes(row))
    if against and not set(before) & set(_estimates(path)):
        notes[f"{against} holds none of these estimates"] = None
    once = said_once(notes)
    said = dict.fromkeys(once.get(note, note) for note in notes)
    return "\n".join(map(one_line, [*_aligned(lines), *(f"  {note}" for note in said)]))


def _named(path: Path) -> Path:
    """A file that the analyst names: no run makes it, so that none is told to be run."""
    if fault := fault_of(path):
        raise CespError(f"{path}: {fault}; --against names the estimates.csv of another run")
    return path


def _estimates(path: Path) -> dict[str, dict[str, Any]]:
    """estimate_id → row; raises CespError if the file is no table of estimates."""
    try:
        return {row["estimate_id"]: row for row in rows(path, Estimates)}
    except (BrokenContract, UnicodeDecodeError) as error:
        raise CespError(f"{error}; is it a table of estimates? name an estimates.csv") from None


def _line(row: dict[str, Any], name: str) -> list[str]:
    if row["status"] != "estimated":
        return [name, row["status"].replace("_", " "), row["reason"], "", "", "", ""]
    if abs(row["estimate"]) < _RESIDUE * row["std_error"]:
        row = row | {"estimate": 0.0}
    interval = f"{row['ci_low']:.6g} to {row['ci_high']:.6g}"
    df = "" if row["df"] is None else f"{row['df']:.4g}"
    clusters = f"{row['n_clusters']:.0f} {row['cluster_level']}"
    numbers = (f"{row['estimate']:.6g}", interval, f"{row['std_error']:.6g}", df)
    return [name, *numbers, f"{row['n_units']:.0f}", clusters]


def _notes(row: dict[str, Any]) -> Iterator[str]:
    if row["method"]:
        yield f"method: {row['method']}"
    for warning in filter(None, row["warnings"].split(" | ")):
        yield f"note: {warning}"


def _aligned(lines: list[list[str]]) -> Iterator[str]:
    short = [line for line in lines if line[1] not in ("refused", "not estimable")]
    widths = [max(len(line[i]) for line in short) for i in range(len(lines[0]))]
    widths[0] = max(len(line[0]) for line in lines)
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        yield "  ".join(cells).rstrip()
