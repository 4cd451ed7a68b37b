"""The step `answered`: how well each instrument was filled in."""

from pathlib import Path

from cesp_analysis import contracts
from cesp_analysis.describe.record_tables import Answered
from cesp_analysis.distinct import stacked
from cesp_analysis.schemas import Scores


def answered(scores: list[Path], out: Path) -> None:
    """Count scored, prorated and partly answered questionnaires by score and time."""
    table = stacked([contracts.read(path, Scores) for path in scores])
    table["scored"] = table["value"].notna()
    table["incomplete"] = (
        table["scored"] & (table["answered"] < table["items"]) & (table["prorated"] == 0)
    )
    table["partly"] = table["value"].isna() & (table["answered"] > 0)
    grouped = table.groupby(["level", "score", "time"], observed=True, sort=True)
    result = grouped.agg(
        records=("unit", "size"),
        scored=("scored", "sum"),
        prorated=("prorated", "sum"),
        incomplete=("incomplete", "sum"),
        partly=("partly", "sum"),
        mean=("value", "mean"),
        sd=("value", "std"),
    )
    contracts.write(result.reset_index(), out, Answered)
