"""How far other bootstrap samples would move costs, QALYs and probabilities: their notes."""

from collections.abc import Iterable, Iterator

from cesp_analysis.columns import Row
from cesp_analysis.numbers import fixed
from cesp_analysis.report.blocks import Note


def of_estimates(rows: Iterable[Row]) -> Iterator[Note]:
    """The largest errors of rows of economics.csv, in standard errors; nothing where none is told:
    withheld numbers count for nothing here."""
    shares: dict[str, list[float]] = {"monte_carlo": [], "monte_carlo_end": []}
    for row in rows:
        for name, own in shares.items():
            if _told(row[name]) and _told(row["std_error"]) and row["std_error"] > 0:
                own.append(row[name] / row["std_error"])
    estimates, ends = shares.values()
    if estimates and ends:
        yield Note(
            f"Monte Carlo error: up to {fixed(max(estimates), 2)} standard errors, of ends of"
            f" intervals {fixed(max(ends), 2)}."
        )


def of_probabilities(rows: Iterable[Row]) -> Iterator[Note]:
    """The largest error of rows of ceac.csv, in percentage points."""
    known = [row["monte_carlo"] for row in rows if _told(row["monte_carlo"])]
    if known:
        most = fixed(100 * max(known), 1)
        yield Note(f"Monte Carlo error of probabilities: up to {most} percentage points.")


def _told(value: object) -> bool:
    return isinstance(value, float)
