"""Past divergences of the sites that are taken from series from outside."""

from pathlib import Path

from cesp_analysis import contracts
from cesp_analysis.declared.few_sites import Divergence, FewSites
from cesp_analysis.survey.beside_tables import Divergences


def with_series(settings: FewSites, table: Path | None) -> FewSites:
    """The settings with each divergence that names a series as a number, in the outcome's unit.

    Where the series tells none, its value stays absent and its source says why.
    """
    if table is None:
        return settings
    rows = {row["series"]: row for row in contracts.rows(table, Divergences)}
    known = {
        outcome: _resolved(past, rows[past.series]) if past.series else past
        for outcome, past in settings.divergences.items()
    }
    return settings.model_copy(update={"divergences": known})


def _resolved(past: Divergence, row: dict[str, object]) -> Divergence:
    largest = row["largest"]
    if not isinstance(largest, float) or largest == 0:
        why = row["warnings"] if largest is None else "the sites did not drift apart in it"
        return Divergence(series=past.series, source=f"{row['label']} ({row['source']}): {why}")
    scaled = "" if past.scale == 1 else f", times {past.scale:g}"
    source = (
        f"{row['label']}, {row['largest_from']} to {row['largest_to']}{scaled} ({row['source']})"
    )
    told = f"{past.source}: " if past.source else ""
    return Divergence(value=largest * past.scale, source=told + source)
