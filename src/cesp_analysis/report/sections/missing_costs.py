"""What the section on missing answers says of costs and QALYs, which are imputed by themselves."""

from collections.abc import Iterator

from cesp_analysis.economics.words import DEPARTURE
from cesp_analysis.report.results import Results
from cesp_analysis.report.titles import TITLES


def of_costs(results: Results) -> Iterator[str]:
    """That an economic evaluation has an imputation, and departures, of its own."""
    rows = [row for row in results.economics if row["missing_data"] != "complete"]
    if any(row["status"] == "estimated" for row in rows):
        again = any(row["scenario"].startswith(DEPARTURE) for row in rows)
        more = ", and made again with imputed values multiplied" if again else ""
        yield f"Costs and QALYs are imputed by themselves{more}: '{TITLES['economics']}' says how."
