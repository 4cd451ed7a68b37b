"""Codes whose labels say that there is no answer: 9 = Refused."""

import sys
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from cesp_analysis.cli import main

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, part, text_of, written
from test_small import IDS

LABELS = {1: "Hardly ever", 2: "Some of the time", 3: "Often", 9: "Refused"}
ITEMS = ("ucla_1", "ucla_2", "ucla_3")


def survey(to: Path, labels: dict[int, str], code: float = 9.0, **others: list[float]) -> Path:
    """An SPSS file of the three-item scale; a quarter of its answers are the code."""
    frame = pd.DataFrame({
        "respondent": [f"R{i}" for i in range(40)],
        **{name: [code if (i + n) % 4 == 0 else 1.0 + (i + n) % 3 for i in range(40)]
           for n, name in enumerate(ITEMS)},
        **others,
    })  # fmt: skip
    pyreadstat.write_sav(frame, to, variable_value_labels=dict.fromkeys(ITEMS, labels))
    return to


@pytest.mark.parametrize("code", [9, 4, -9])
def test_a_questionnaire_is_known_beside_refusals(code: int, tmp_path: Path) -> None:
    labels = {k: v for k, v in LABELS.items() if k != 9} | {code: "Refused"}
    study = drafted(tmp_path / "s", survey(tmp_path / "survey.sav", labels, code))
    file = study.files["survey"]
    assert (file.instruments, file.missing) == ({"ucla3": "ucla_{item}"}, (str(code),))
    assert list(study.outcomes) == ["survey_ucla3"] and file.variables == {}
    assert f"Does {code} (Refused) mean: no answer?" in text_of(tmp_path / "s")


def test_a_label_that_is_an_answer_is_none(tmp_path: Path) -> None:
    study = drafted(tmp_path / "s", survey(tmp_path / "survey.sav", LABELS | {9: "Always"}))
    assert study.files["survey"].instruments == {} and study.files["survey"].missing == ()


def test_so_it_is_in_a_redcap_export(tmp_path: Path) -> None:
    choices = '"1, Hardly ever | 2, Some of the time | 3, Often | 9, Refused"'
    fields = (
        "Variable / Field Name,Form Name,Field Type,Field Label,"
        '"Choices, Calculations, OR Slider Labels"\n'
        "record_id,enrol,text,Record,\nsite,enrol,text,Site,\n"
        + "".join(f"{name},survey,radio,{name},{choices}\n" for name in ITEMS)
        + f"belong,survey,radio,Belong,{choices}\n"
    )
    text = f"record_id,redcap_event_name,site,{','.join(ITEMS)},belong\n" + "".join(
        f"{i},{event},{('North', 'South')[i % 2]},1,{9 if i % 3 else 2},3,{(1, 2, 3, 9)[i % 4]}\n"
        for i in IDS
        for event in ("baseline_arm_1", "month_6_arm_1")
    )
    study = drafted(tmp_path / "s", *written(tmp_path / "g", rc_csv=text, fields_csv=fields))
    file = study.files["rc"]
    assert (dict(file.instruments), file.missing) == ({"ucla3": "ucla_{item}"}, ("9",))
    assert list(file.variables["belong"].values or ()) == ["1", "2", "3"]
    assert "ucla3" in study.outcomes


def test_a_code_that_is_an_answer_elsewhere_is_not_missing_in_the_whole_file(
    tmp_path: Path,
) -> None:
    visits = {"visits": [float(i % 12) for i in range(40)]}
    study = drafted(tmp_path / "s", survey(tmp_path / "survey.sav", LABELS, **visits))
    file = study.files["survey"]
    assert (file.instruments, file.missing) == ({"ucla3": "ucla_{item}"}, ())
    said = text_of(tmp_path / "s")
    assert "9 (Refused) seems to mean no answer in ucla_1, ucla_2, ucla_3, and is an answer" in said
    assert "in visits: missing: [9] would take it from both" in said


@pytest.mark.parametrize(
    ("code", "missing", "asked"),
    [
        (9.0, ["1", "2"], "Does 9 (Prefer not to say) mean: no answer?"),
        (3.0, ["1", "2", "3"], "Does 3 (Prefer not to say) mean: no answer (then missing: [3],"),
    ],
)
def test_a_category_of_no_answer_is_asked_about(
    code: float, missing: list[str], asked: str, tmp_path: Path
) -> None:
    """Apart from the others it is drafted as none; next to them it may be a category."""
    frame = pd.DataFrame({
        "respondent": [f"R{i}" for i in range(40)],
        "choir": [(1.0, 2.0, code)[i % 3] for i in range(40)],
    })  # fmt: skip
    labels = {"choir": {1: "Yes", 2: "No", code: "Prefer not to say"}}
    pyreadstat.write_sav(frame, tmp_path / "survey.sav", variable_value_labels=labels)
    drafted(tmp_path / "s", tmp_path / "survey.sav")
    choir = part(tmp_path / "s", "survey")["variables"]["choir"]
    assert list(choir["values"]) == missing
    assert choir.get("missing") == ([9] if code == 9.0 else None)
    assert asked in text_of(tmp_path / "s")


def test_describe_remarks_on_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", str(survey(tmp_path / "survey.sav", LABELS))]) == 0
    said = "9 is labelled 'Refused' and may mean no answer (declare missing: [9])"
    assert capsys.readouterr().out.count(said) == 3
