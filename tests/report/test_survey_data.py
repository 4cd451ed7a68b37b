"""Who answered, in the report: the table of dispositions."""

from types import SimpleNamespace
from typing import Any

from cesp_analysis.declared.wording import Wording
from cesp_analysis.report.sections.survey_response import dispositions
from cesp_analysis.report.sections.survey_tables import unanswered
from cesp_analysis.report.sections.surveys import _weighting

ENDS = {"complete": 5, "partial": 1, "refusal": 4, "non_contact": 3, "other": 2,
        "unknown_household": 6, "unknown_other": 0, "not_eligible": 1, "uncoded": 2}  # fmt: skip


def results_of(rows: list[dict[str, Any]], waves: int = 1, **tables: Any) -> Any:
    site = {"name": "north", "label": "North", "arm": "control"}
    spec: dict[str, Any] = {
        "study": {"id": "s", "title": "T", "about": "A", "synthetic": True, "seed": 1},
        "banner": "",
        "arms": {"control": "Usual"},
        "sites": [site],
        "waves": [
            {"name": f"w{k}", "label": f"Wave {k}", "position": float(k)}
            for k in range(1, waves + 1)
        ],
        "outcomes": {},
        "models": {},
        "files": {},
    }
    return SimpleNamespace(words=Wording.model_validate(spec), dispositions=rows, **tables)


ROW = {"wave": "w1", "site": "north", "invited": 24, "records": 7, "difference": 1,
       "eligible": 0.9, "eligible_by": "as CASRO has it", "remark": "", "aside": 0,
       "aside_why": "", **ENDS}  # fmt: skip


def test_records_stand_in_front_and_letters_are_said() -> None:
    table = dispositions(results_of([ROW]))
    heads = ["Invited", "Records", "Less interviews", "I", "P", "R", "NC", "O", "UH", "NE"]
    assert [column.header for column in table.columns] == [*heads, "No code", "e"]
    (line,) = table.groups[0].rows
    assert line.cells == (
        "24", "7", "1", "5", "1", "4", "3", "2", "6", "1", "2", "0.900"
    )  # fmt: skip
    said = table.notes[0].text
    assert said.startswith("I: complete interview; P: partial interview; R: refusal; NC: non-con")
    assert "UH: not known whether anybody lives there; NE: not eligible. e: share" in said
    assert "UO" not in said and "No code" not in said


def test_every_note_has_a_letter_of_its_own_however_many_there_are() -> None:
    rows = [ROW | {"wave": f"w{k}", "remark": f"remark {k}"} for k in range(1, 31)]
    weighting = [
        {"wave": f"w{k}", "site": "north", "method": "raked to age", "n": 9, "deff_design": 1.0,
         "deff": 1.1, "effective_n": 8.0, "smallest": 0.5, "largest": 2.0, "trimmed": 0,
         "converged": "yes", "warnings": f"warning {k} | all waves"}
        for k in range(1, 31)
    ]  # fmt: skip
    results = results_of(rows, 30, weighting=weighting)
    for table, each in ((dispositions(results), 1), (_weighting(results), 2)):
        lines = [line for group in table.groups for line in group.rows]
        notes = {note.mark: note.text for note in table.notes if note.mark}
        assert len(lines) == 30 and len(notes) == 29 + each
        for k, line in enumerate(lines, 1):
            marks = line.marks.split()
            assert len(marks) == each
            assert any(notes[mark].endswith(f" {k}.") for mark in marks)


def test_an_outcome_that_nobody_answered_is_named_below_the_changes() -> None:
    asked = [("lonely", "w1"), ("lonely", "w2"), ("crime", "w1"), ("crime", "w2"), ("new", "w2")]
    rows = [{"of": "site", "since": "", "outcome": name, "wave": wave} for name, wave in asked]
    rows = [row | {"category": ""} for row in rows]
    rows += [{"of": "site", "since": "", "outcome": "sat", "wave": w, "category": "1"}
             for w in ("w1", "w2")]  # fmt: skip
    labels = {name: SimpleNamespace(label=name.title()) for name in ("lonely", "crime", "new")}
    told: Any = SimpleNamespace(survey_means=rows, words=SimpleNamespace(outcomes=labels))
    shown = [{"outcome": "lonely"}]
    assert unanswered(told, shown) == ["No change, as not two waves have answers: Crime."]
    assert unanswered(told, [*shown, {"outcome": "crime"}]) == []
