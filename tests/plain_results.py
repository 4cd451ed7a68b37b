"""Results of the tiny study, every table of which a test fills by hand."""

from pathlib import Path
from typing import Any

from cesp_analysis.declared.wording import Wording
from cesp_analysis.report.results import Results
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.read import read_study
from small_study import Study

TABLES = (
    "missing", "survey_waves", "dispositions", "response", "visits", "rates", "contacts",
    "contamination", "estimates", "planned", "grades", "ladder", "bracket", "baseline", "balance",
    "locks", "plan_changes", "progression", "measurability", "sensitivity", "standardised",
    "changes", "estimands", "flow", "checklists", "missing_patterns",
)  # fmt: skip
ESTIMATE = {
    "estimate_id": "did/score/after", "model": "did", "level": "person", "outcome": "score",
    "time": "after", "estimand": "difference in mean change", "status": "estimated", "reason": "",
    "contrast": "New − Usual, change from Before to After", "unit": "points", "estimate": 2.5,
    "ci_low": 0.5, "ci_high": 4.5, "ci_low_shock": None, "ci_high_shock": None,
    "cluster_level": "neighbourhood", "n_clusters": 12.0, "n_units": 40.0,
}  # fmt: skip


def plain(folder: Path, study: dict[str, Any] | None = None, **tables: Any) -> Results:
    """Results whose tables are empty but for those given; study: what its file says otherwise."""
    own = Study(folder)
    own.config |= study or {}
    own.write()
    words = Wording.model_validate_json(wording_spec(read_study(folder)))
    found = Results(words, folder, folder)
    empty: dict[str, Any] = {name: {} if name == "planned" else [] for name in TABLES}
    vars(found).update(empty | tables)
    return found


def missing(*cells: tuple[str, str, int, int]) -> list[dict[str, Any]]:
    """Rows of missing.csv: group, time, without a value, expected."""
    return [
        {"level": "person", "outcome": "score", "group": group, "time": time, "n_missing": n,
         "n_expected": of}
        for group, time, n, of in cells
    ]  # fmt: skip
