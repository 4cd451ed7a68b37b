"""Key findings, the plan's lock on the first page, and deviations from the plan."""

from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.report.blocks import Bullets, Callout, Paragraph, Table
from cesp_analysis.report.html import render_html
from cesp_analysis.report.plan_state import in_short
from cesp_analysis.report.sections.deviations import deviations
from cesp_analysis.report.sections.findings import findings
from cesp_analysis.report.sections.lock import lock
from plain_results import ESTIMATE, plain
from printed_report import report

GRADE = {
    "estimate_id": "did/score/after", "level": "person", "grade": "weak evidence",
    "published_design": "one against one", "source": "Somebody 2017", "reason": "",
}  # fmt: skip
LOCK = {"date": "2026-01-15", "reason": "", "sha256": "a" * 64, "received": "", "not_held": ""}
CHANGE = {
    "since": "2026-01-15", "date": "", "reason": "", "section": "models", "entry": "did",
    "field": "covariance", "change": "changed", "before": "HC2", "after": "CR2",
}  # fmt: skip


def test_an_estimate_stands_with_its_intervals_and_its_grade(tmp_path: Path) -> None:
    row = ESTIMATE | {"ci_low_shock": -1.0, "ci_high_shock": 6.0}
    results = plain(tmp_path, estimates=[row], grades=[GRADE])
    callout, table, ways = list(findings(results))[1:]
    assert isinstance(callout, Callout) and "every interval knows only" in callout.text
    assert isinstance(table, Table)
    (line,) = table.groups[0].rows
    assert line.cells == (
        "2.50",
        "0.50 to 4.50",
        f"{chr(0x2212)}1.00 to 6.00",
        "40",
        "weak evidence",
    )
    assert any("Weak evidence: Somebody 2017." in note.text for note in table.notes)
    assert [link.text for link in ways.links] == ["Estimates", "Limitations"]  # type: ignore[union-attr]


def test_without_shocks_there_is_no_column_of_them(tmp_path: Path) -> None:
    results = plain(tmp_path, estimates=[ESTIMATE], grades=[GRADE])
    (table,) = [block for block in findings(results) if isinstance(block, Table)]
    assert [column.header for column in table.columns] == [
        "Estimate", "95% interval", "n", "Published grade",
    ]  # fmt: skip


def test_a_refused_estimate_says_why(tmp_path: Path) -> None:
    row = ESTIMATE | {"status": "refused", "reason": "there is one person", "estimate": None,
                      "ci_low": None, "ci_high": None}  # fmt: skip
    results = plain(tmp_path, estimates=[row], grades=[GRADE])
    (table,) = [block for block in findings(results) if isinstance(block, Table)]
    assert table.groups[0].rows[0].cells[:2] == ("refused", "–")
    assert any(note.text == "No number: there is one person." for note in table.notes)


def test_without_any_number_it_says_so(tmp_path: Path) -> None:
    told = [block.text for block in findings(plain(tmp_path)) if isinstance(block, Paragraph)]
    assert told == ["No difference or change between times could be told."]


def measured(outcome: str, rank: int, people: int | None, upper: int | None) -> dict[str, Any]:
    return {"level": "person", "outcome": outcome, "rank": rank, "people": people,
            "people_upper": upper}  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([measured("score", 1, 300, 400), measured("lonely", 2, 9, 9)],
         "of 2 candidates for a definitive trial Score comes first by the declared criteria. A"
         " trial by it would take 300 people (400 by the SD's upper limit)."),
        ([measured("score", 1, None, None)],
         "of 1 candidate for a definitive trial Score comes first by the declared criteria."),
        ([measured("score", 1, 300, None), measured("lonely", 1, 9, 9)],
         "of 2 candidates for a definitive trial Score and Lonely come first by the declared"
         " criteria."),
    ],
)  # fmt: skip
def test_the_first_candidates_are_named(
    tmp_path: Path, rows: list[dict[str, Any]], said: str
) -> None:
    results = plain(tmp_path, measurability=rows)
    vars(results)["words"] = results.words.model_copy(update={"measurability": ("person",)})
    (bullets,) = [block for block in findings(results) if isinstance(block, Bullets)]
    assert bullets.items == (f"People: {said}",)


@pytest.mark.parametrize(
    ("locks", "changes", "title", "text"),
    [
        ([], [], "The analysis plan is not locked", "Nothing here shows which analyses"),
        ([LOCK], [], "The plan is as it was locked", "Locked on 2026-01-15; not changed since."),
        ([LOCK | {"received": "2025-12-01"}], [], "The plan is as it was locked",
         "not changed since. Data had been received when it was first locked, some on 2025-12-01"),
        ([LOCK, LOCK | {"date": "2026-02-01", "reason": "An error."}],
         [CHANGE | {"date": "2026-02-01"}], "The plan was amended",
         "Locked on 2026-01-15, amended on 2026-02-01; not changed since."),
        ([LOCK], [CHANGE, CHANGE], "The plan is not as it was locked", "; 2 changes since."),
    ],
)  # fmt: skip
def test_the_state_of_the_lock_is_told_in_short(
    tmp_path: Path, locks: list[Any], changes: list[Any], title: str, text: str
) -> None:
    callout = in_short(plain(tmp_path, locks=locks, plan_changes=changes))
    assert callout.title == title and text in callout.text
    sure = bool(locks) and not changes and not locks[0]["received"]
    assert callout.tone == ("note" if sure else "caution")


def test_the_lock_stands_before_the_contents(tmp_path: Path) -> None:
    blocks = tuple(lock(plain(tmp_path, locks=[LOCK])))
    page = render_html(report(*blocks[:1], *report_blocks()), tmp_path)
    assert page.index("Locked on 2026-01-15") < page.index("<nav")
    assert [link.anchor for link in blocks[1].links] == ["plan", "deviations"]  # type: ignore[union-attr]


def report_blocks() -> tuple[Any, ...]:
    from cesp_analysis.report.blocks import Heading

    return Heading(1, "Summary", "summary"), Paragraph("So.")


def test_deviations_name_the_estimates_they_concern(tmp_path: Path) -> None:
    assert list(deviations(plain(tmp_path / "none"))) == []
    results = plain(tmp_path, locks=[LOCK])
    assert [type(block).__name__ for block in deviations(results)] == ["Heading", "Paragraph"]
    planned = {
        f"did/score/{at}": {"estimate_id": f"did/score/{at}", "standing": standing}
        for at, standing in enumerate(
            ("changed after the plan was locked", "pre-specified", "as first locked", "")
        )
    }
    criterion = {"label": "Consent", "standing": "added after the plan was locked"}
    vars(results).update(
        plan_changes=[CHANGE],
        planned=planned,
        progression=[criterion, criterion | {"standing": ""}],
    )
    _, first, bullets, table = deviations(results)
    assert first.text == (  # type: ignore[union-attr]
        "1 setting of the plan differs from what was locked, on 2026-01-15 or later."
    )
    assert bullets.items == (  # type: ignore[union-attr]
        "1 estimate of 4, changed after the plan was locked: did/score/0.",
        "Progression criterion Consent: added after the plan was locked.",
    )
    assert isinstance(table, Table) and table.id == "plan_changes"
