"""The report's table of standard errors in two ways: numbers and notes."""

from pathlib import Path

import pytest

from cesp_analysis.numbers import NONE, fixed
from cesp_analysis.report.sections.survey_replicates import replicates
from designs import CASES, results_of, study_of


def test_each_row_of_the_table_is_shown_with_the_ratio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = results_of(study_of(CASES["cross_sections_framed"], tmp_path), monkeypatch)
    known = results.replicates
    first = known[0] | {"linearised_se": 0.2, "replicate_se": 0.3, "warnings": "one | other"}
    last = known[-1] | {"replicate_se": None, "linearised_se": None, "reason": "no units"}
    results.__dict__["replicates"] = [first, *known[1:-1], last]
    table = replicates(results)
    shown = [line for group in table.groups for line in group.rows]
    assert len(shown) == len(known)
    lines = [line.cells for line in shown]
    decimals = results.words.outcomes[first["outcome"]].decimals
    assert (fixed(first["estimate"], decimals), *(fixed(v, decimals + 1) for v in (0.2, 0.3)),
            "1.50") in lines  # fmt: skip
    assert any(cells[1:] == (NONE, NONE, NONE) for cells in lines)
    notes = [note.text for note in table.notes]
    assert {"One.", "Other.", "No units."} <= set(notes)
    assert "bootstrap of " in notes[0]
