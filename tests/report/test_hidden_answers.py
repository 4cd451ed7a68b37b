"""What the report says where numbers of few respondents are not shown."""

from types import SimpleNamespace
from typing import Any

from cesp_analysis.declared.wording import Wording
from cesp_analysis.report.blocks import Table
from cesp_analysis.report.sections.survey_data import _crosswalk, _who
from cesp_analysis.report.sections.survey_tables import differences
from cesp_analysis.report.sections.surveys import _categories

FEW = "not shown: fewer than 1000 answers"


def words() -> Wording:
    """Two sites, two waves, one ordered answer and a survey model of it."""
    outcome = {"label": "Trust", "variable": "t", "unit": "points", "direction": "neither",
               "level": "respondent"}  # fmt: skip
    spec: dict[str, Any] = {
        "study": {"id": "s", "title": "T", "about": "A", "synthetic": True, "seed": 1},
        "banner": "",
        "arms": {"intervention": "New", "control": "Usual"},
        "sites": [{"name": "n", "label": "North", "arm": "intervention"},
                  {"name": "s", "label": "South", "arm": "control"}],
        "waves": [{"name": f"w{k}", "label": f"Wave {k}", "position": float(k)} for k in (1, 2)],
        "outcomes": {"trust": outcome},
        "models": {"combined": {"kind": "survey", "label": "Combined", "level": "respondent"}},
        "surveys": {},
        "files": {},
    }  # fmt: skip
    return Wording.model_validate(spec)


def test_the_population_stands_where_respondents_are_not_shown() -> None:
    row: dict[str, Any] = {"category": "18-49", "n": None, "by_design": None, "weighted": None,
                           "population": 0.436, "reason": FEW}  # fmt: skip
    assert _who(row, 2, True) == ["–", "–", "–", "43.6%"]
    assert _who(row, 2, False) == ["–"] * 3 and _who(None, 2, True) == ["–"] * 4


def asked(question: str, wave: str, column: str, recode: str = "") -> dict[str, Any]:
    return {"wave": wave, "file": wave, "version": None, "question": question, "label": question,
            "raw_column": column or None, "recode": recode or None}  # fmt: skip


def test_questions_asked_alike_in_every_wave_are_not_said_to_differ() -> None:
    alike = [asked("trust", wave, "t", "1: yes") for wave in ("w1", "w2")]
    other = [asked("age", "w1", "age"), asked("age", "w2", "alter"),
             asked("sex", "w1", "s", "1: f"), asked("sex", "w2", "s", "2: f"),
             asked("mood", "w1", "m"), asked("mood", "w2", "")]  # fmt: skip
    results: Any = SimpleNamespace(words=words(), crosswalk=alike)
    (said,) = _crosswalk(results)
    assert not isinstance(said, Table)
    results.crosswalk = alike + other
    (table,) = _crosswalk(results)
    assert isinstance(table, Table)
    assert [group.title for group in table.groups] == ["age", "sex", "mood"]
    assert "4 questions" in table.notes[0].text


def answers(**changed: Any) -> list[dict[str, Any]]:
    """Two categories at North in both waves; South is asked in the first alone."""
    row = {"outcome": "trust", "estimate": 0.25, "ci_low": 0.2, "ci_high": 0.3, "reason": None}
    cells = [("n", "w1"), ("n", "w2"), ("s", "w1")]
    made = [row | {"category": code, "label": f"Trust: {code}", "site": site, "wave": wave}
            for code in ("1", "2") for site, wave in cells]  # fmt: skip
    return [one | changed for one in made]


def notes_of(rows: list[dict[str, Any]]) -> list[str]:
    table = _categories(SimpleNamespace(words=words()), rows)  # type: ignore[arg-type]
    told = {note.mark: note.text for note in table.notes if note.mark}
    for line in (line for group in table.groups for line in group.rows):
        assert set(line.marks.split()) <= set(told)
        assert ("–" in line.cells) <= bool(line.marks)
    return [note.text for note in table.notes]


def test_ordered_answers_say_why_a_number_or_an_interval_is_missing() -> None:
    shown = notes_of(answers())
    assert shown[0].startswith("In brackets") and shown[1:] == ["–: not asked there in that wave."]
    hidden = notes_of(answers(estimate=None, ci_low=None, ci_high=None, reason=FEW))
    assert hidden == ["Not shown: fewer than 1000 answers.", "–: not asked there in that wave."]
    why = "no interval: everybody gave the same answer"
    without = notes_of(answers(ci_low=None, ci_high=None, reason=why))
    assert without[0] == "No interval: everybody gave the same answer."
    assert not any("brackets" in text for text in without)


def test_differences_that_are_not_estimable_are_told_apart() -> None:
    common = {"model": "combined", "outcome": "trust", "time": "w2", "status": "not_estimable",
              "reason": "5 of 214 records have no neighbourhood", "warnings": ""}  # fmt: skip
    of = {"combined/trust/w2": "all", "combined/trust/w2/panel": "panel members",
          "combined/trust/w2/once": "seen once"}  # fmt: skip
    rows = [common | {"estimate_id": name, "contrast": who} for name, who in of.items()]
    table = differences(SimpleNamespace(words=words()), rows)  # type: ignore[arg-type]
    lines = table.groups[0].rows
    expected = ["all, the two below combined", "panel members", "seen once"]
    assert [line.under for line in lines] == expected
    assert {line.marks for line in lines} == {"a"}
    assert [note.text for note in table.notes if note.mark] == [
        "5 of 214 records have no neighbourhood."
    ]
