"""Who answered, in the report: the table of dispositions."""

from types import SimpleNamespace
from typing import Any

from cesp_analysis.report.sections.survey_data import _dispositions
from cesp_analysis.study.wording import Wording

ENDS = {"complete": 5, "partial": 1, "refusal": 4, "non_contact": 3, "other": 2,
        "unknown_household": 6, "unknown_other": 0, "not_eligible": 1, "uncoded": 2}  # fmt: skip


def test_records_stand_in_front_and_letters_are_said() -> None:
    site = {"name": "north", "label": "North", "arm": "control"}
    spec: dict[str, Any] = {
        "study": {"id": "s", "title": "T", "about": "A", "synthetic": True, "seed": 1},
        "banner": "",
        "arms": {"control": "Usual"},
        "sites": [site],
        "waves": [{"name": "w1", "label": "Wave 1", "position": 0.0}],
        "outcomes": {},
        "models": {},
        "files": {},
    }
    row = {"wave": "w1", "site": "north", "invited": 24, "records": 7, "difference": 1,
           "eligible": 0.9, "eligible_by": "as CASRO has it", "remark": "", "aside": 0,
           "aside_why": "", **ENDS}  # fmt: skip
    results = SimpleNamespace(words=Wording.model_validate(spec), dispositions=[row])
    table = _dispositions(results)  # type: ignore[arg-type]
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
