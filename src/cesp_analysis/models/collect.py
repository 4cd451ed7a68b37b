"""The step `collect`: all models' estimates in one table."""

from pathlib import Path

from cesp_analysis.contracts import write_text
from cesp_analysis.schemas import Estimates


def collect(estimates: list[Path], out: Path) -> None:
    """Put the estimates of all models under one another, as they are."""
    header = ",".join(Estimates.columns())
    lines = [header]
    for path in estimates:
        first, *rest = path.read_text(encoding="utf-8").splitlines()
        if first != header:
            raise ValueError(f"{path}: its columns are not those of estimates.csv")
        lines += rest
    write_text("\n".join(lines) + "\n", out)
