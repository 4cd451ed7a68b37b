"""The section on those who are lost: its captions name the times that its rows are of."""

from types import SimpleNamespace
from typing import Any

import pytest

from cesp_analysis.report.blocks import Table
from cesp_analysis.report.sections.sensitivity import sensitivity

TIMES = {"t0": "Start", "t1": "Middle", "t2": "End"}


def row(outcome: str, time: str | None, **more: Any) -> dict[str, Any]:
    found = {
        "estimate_id": f"did/{outcome}/{time}", "outcome": outcome, "time": time, "unit": "points",
        "assumption": "missing_at_random", "label": "At random", "sentence": "Sentence.",
        "variance": "Rubin", "status": "estimated", "reason": None, "estimate": 1.0,
        "ci_low": 0.0, "ci_high": 2.0, "n_units": 80, "n_imputed": 10,
    }  # fmt: skip
    return found | more


def table_of(rows: list[dict[str, Any]]) -> Table:
    moments = [SimpleNamespace(name=name, label=label) for name, label in TIMES.items()]
    words = SimpleNamespace(
        moments=lambda level: moments,
        moment=lambda name: SimpleNamespace(label=TIMES[name]),
        models={"did": SimpleNamespace(label="Change")},
        outcomes={
            name: SimpleNamespace(label=name.title(), decimals=1) for name in ("score", "happy")
        },
        interval=lambda: "95% interval",
        levels=lambda: (),  # no figures
    )
    results: Any = SimpleNamespace(words=words, sensitivity=rows, tipping_points=[], public=False)
    blocks = list(sensitivity(results))
    return next(block for block in blocks if isinstance(block, Table))


@pytest.mark.parametrize(
    ("rows", "said", "shown", "others"),
    [
        ([row("score", "t1"), row("score", "t2")], ", End.", 1, "Other times and Monte Carlo"),
        ([row("score", "t2"), row("happy", "t1")], ", each at the last time of its outcome.", 2,
         "Their Monte Carlo"),
        ([row("score", None)], "on missing answers.", 1, "Their Monte Carlo"),
    ],
)  # fmt: skip
def test_a_caption_names_the_time_of_its_rows(
    rows: list[dict[str, Any]], said: str, shown: int, others: str
) -> None:
    made = table_of(rows)
    assert made.caption.endswith(said)
    assert len(made.groups) == shown
    assert others in made.notes[-1].text


def test_the_last_time_stays_the_last_where_it_has_no_estimate() -> None:
    none = {"status": "not_estimable", "reason": "nobody answered", "estimate": None,
            "ci_low": None, "ci_high": None, "n_units": None, "n_imputed": None}  # fmt: skip
    made = table_of([row("score", "t1"), row("score", "t2", **none)])
    assert made.caption.endswith(", End.")
    (line,) = made.groups[0].rows
    assert line.cells[0] == "not estimable"
    assert any("Nobody answered" in note.text for note in made.notes)
