"""`cesp show MODEL`: a model's estimates as a table in the terminal, old and new side by side."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cesp_analysis.contracts import existing, rows
from cesp_analysis.schemas import Estimates


def show(model: str, /, against: str = "", folder: Path = Path("results/models")) -> None:
    """Print the estimates of a model; with --against FILE those of another run beside them."""
    path = existing(folder / model / "estimates.csv")
    print(printed(path, existing(Path(against)) if against else None))


def printed(path: Path, against: Path | None = None) -> str:
    """Estimates as an aligned table; a refusal stands where its estimate would."""
    before = {row["estimate_id"]: row for row in rows(against, Estimates)} if against else {}
    lines = [["estimate", "value", "95% interval", "SE", "df", "n", "clusters"]]
    notes: dict[str, None] = {}
    for row in rows(path, Estimates):
        lines[0][2] = f"{100 * (row['ci_level'] or 0.95):g}% interval"
        lines.append(_line(row, row["estimate_id"]))
        old = before.get(row["estimate_id"])
        if old is not None:
            lines.append(_line(old, "  before"))
        notes |= dict.fromkeys(_notes(row))
    return "\n".join([*_aligned(lines), *(f"  {note}" for note in notes)])


def _line(row: dict[str, Any], name: str) -> list[str]:
    if row["status"] != "estimated":
        return [name, row["status"].replace("_", " "), row["reason"], "", "", "", ""]
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
