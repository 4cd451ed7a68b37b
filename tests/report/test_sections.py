"""Sections: rows stand in config's order, whatever order a table has."""

from types import SimpleNamespace
from typing import Any

from cesp_analysis.report.sections.answers import _instruments
from cesp_analysis.report.wording import Wording


def words() -> Wording:
    """A study with three times whose names do not sort as they follow each other."""
    times = [("baseline", "Baseline"), ("6m", "6 months"), ("12m", "12 months")]
    spec: dict[str, Any] = {
        "study": {"id": "s", "title": "T", "about": "A", "synthetic": True, "seed": 1},
        "banner": "",
        "arms": {"intervention": "New", "control": "Usual"},
        "times": [
            {"name": name, "label": label, "position": float(i)}
            for i, (name, label) in enumerate(times)
        ],
        "outcomes": {},
        "models": {},
        "files": {},
    }
    return Wording.model_validate(spec)


def test_instrument_scores_follow_the_study_in_time() -> None:
    counts = {"records": 3, "scored": 2, "partly": 1, "prorated": 0, "mean": 1.0, "sd": None}
    rows = [
        {"level": "person", "score": score, "time": time, **counts}
        for score in ("a.total", "b.total")
        for time in ("12m", "6m", "baseline")
    ]
    table = _instruments(SimpleNamespace(answered=rows, words=words()))  # type: ignore[arg-type]
    assert [group.title for group in table.groups] == ["a.total (people)", "b.total (people)"]
    for group in table.groups:
        assert [row.stub for row in group.rows] == ["Baseline", "6 months", "12 months"]
