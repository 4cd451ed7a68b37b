"""Response rates against AAPOR's formulas by hand, and what cannot be one."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.cli import main
from cesp_analysis.contracts import rows
from cesp_analysis.intervals import wilson_at
from cesp_analysis.report.sections.survey_response import _in_no_row
from cesp_analysis.study.read import read_study
from cesp_analysis.survey import specs
from cesp_analysis.survey.aapor import RATES, Cases, rates
from cesp_analysis.survey.tables import Dispositions, Response
from small_study import Study, inside
from survey_study import frame, survey

INVITED = {"I": 240, "P": 30, "R": 180, "NC": 150, "O": 20, "UH": 200, "UO": 80, "NE": 100}
E = Fraction(620, 720)
BY_HAND = {
    "RR1": Fraction(240, 900), "RR2": Fraction(270, 900),
    "RR3": 240 / (620 + E * 280), "RR4": 270 / (620 + E * 280),
    "RR5": Fraction(240, 620), "RR6": Fraction(270, 620),
    "COOP1": Fraction(240, 470), "COOP2": Fraction(270, 470),
    "COOP3": Fraction(240, 450), "COOP4": Fraction(270, 450),
    "REF1": Fraction(180, 900), "REF2": 180 / (620 + E * 280), "REF3": Fraction(180, 620),
    "CON1": Fraction(470, 900), "CON2": 470 / (620 + E * 280), "CON3": Fraction(470, 620),
}  # fmt: skip
"""Each rate as AAPOR's formula gives it for INVITED, in fractions."""


def made(study: Study) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """The rates of the first wave in the north, and all rows of dispositions."""
    assert study.run("panel").status == 0
    with inside(study.folder):
        command = ["survey_response", "--spec", specs.response(read_study())]
        command += ["--records", "data/processed/records"]
        command += ["--ledger", "data/processed/ledger.parquet"]
        command += ["--dispositions", "results/tables/dispositions.csv"]
        assert main([*command, "--out", "results/tables/response.csv"]) == 0
        found = rows(Path("results/tables/response.csv"), Response)
        own = {r["rate"]: r for r in found if (r["wave"], r["site"]) == ("w1", "north")}
        return own, list(rows(Path("results/tables/dispositions.csv"), Dispositions))


def test_every_rate_is_aapors_formula(tmp_path: Path) -> None:
    found, _ = made(survey(tmp_path, frame(INVITED)))
    assert list(found) == list(BY_HAND) == list(RATES)
    for name, share in BY_HAND.items():
        assert found[name]["value"] == pytest.approx(float(share), rel=1e-12), name


def test_rates_with_e_have_no_interval_and_say_so(tmp_path: Path) -> None:
    found, _ = made(survey(tmp_path, frame(INVITED)))
    without = {name for name, row in found.items() if row["ci_low"] is None}
    assert without == {"RR3", "RR4", "REF2", "CON2"}
    said = "no interval: e is estimated, so that the rate is no proportion of counts"
    assert {found[name]["reason"] for name in without} == {said}
    # Wilson for 240 of 900: R's prop.test(240, 900, correct = FALSE), R 4.5
    assert found["RR1"]["ci_low"] == pytest.approx(0.2388118205, rel=1e-9)
    assert found["RR1"]["ci_high"] == pytest.approx(0.2965049146, rel=1e-9)


def test_e_that_is_declared_is_taken(tmp_path: Path) -> None:
    study = survey(tmp_path, frame(INVITED))
    study.config["surveys"]["response"]["eligible"] = 0.5
    found, _ = made(study)
    assert found["RR3"]["value"] == pytest.approx(240 / (620 + 140), rel=1e-12)
    assert found["RR3"]["reason"].startswith("no interval: e is declared")
    study.config["surveys"]["response"]["eligible"] = 1
    found, _ = made(study)
    for name, other in (("RR3", "RR1"), ("RR4", "RR2"), ("REF2", "REF1"), ("CON2", "CON1")):
        same = ("value", "ci_low", "ci_high")
        assert [found[name][k] for k in same] == [found[other][k] for k in same]


def test_without_unknown_cases_e_does_not_matter() -> None:
    cases = Cases(10, 2, 5, 3, 1, 0, None, "e cannot be estimated")
    by_name = {rate.name: rate for rate in rates(cases, 1.96)}
    assert by_name["RR1"].value == by_name["RR3"].value == by_name["RR5"].value == 10 / 21
    assert by_name["RR3"].low == by_name["RR1"].low is not None


def test_nobody_and_everybody() -> None:
    nobody = {r.name: r for r in rates(Cases(0, 0, 0, 0, 0, 0, None, "unknown"), 1.96)}
    assert {r.value for r in nobody.values()} == {None} and nobody["RR1"].low is None
    assert {r.reason for r in nobody.values()} == {"no rate: nobody is below the line"}
    unknown = {r.name: r for r in rates(Cases(0, 0, 0, 0, 0, 9, None, "e: no"), 1.96)}
    assert unknown["RR3"].reason == "no rate: e: no" and unknown["RR1"].value == 0
    low, high = wilson_at(0, 18, 1.959963985)
    assert low == 0.0 and high == pytest.approx(1.959963985**2 / (18 + 1.959963985**2))
    assert wilson_at(18, 18, 1.96)[1] == 1.0


def test_interviews_that_are_not_the_records_are_listed(tmp_path: Path) -> None:
    _, cells = made(survey(tmp_path, frame({"I": 5, "P": 1}) + "w1,south,I\nw1,south,\n"))
    told = {(r["wave"], r["site"]): (r["records"], r["difference"], r["remark"]) for r in cells}
    assert told["w1", "north"] == (6, 0, "")
    assert told["w1", "south"][:2] == (6, 5)
    assert told["w1", "south"][2] == (
        "records of which the frame knows no interview;"
        " invitations without a code count as of unknown eligibility"
    )
    assert told["w2", "north"][2] == "the frame has no invitation of this wave and site"


def test_a_row_is_an_invitation_and_none_is_a_copy_of_another(tmp_path: Path) -> None:
    study = survey(tmp_path, frame(INVITED))
    _, cells = made(study)
    assert cells[0]["invited"] == sum(INVITED.values())
    problems = (tmp_path / "results/tables/data_problems.csv").read_text(encoding="utf-8")
    assert "exact_duplicate" not in problems and "frame.csv" not in problems


def test_invitations_of_no_wave_or_site_are_counted_and_said(tmp_path: Path) -> None:
    def folder(name: str) -> Path:
        (tmp_path / name).mkdir()
        return tmp_path / name

    rows = ["w1,,I", "w1,east,R", "w9,north,I", ",north,NC", ",,NC", ""]
    whole, _ = made(survey(folder("whole"), frame(INVITED)))
    found, cells = made(survey(folder("some"), frame(INVITED) + "\n".join(rows)))
    assert found == whole
    assert {(row["aside"], row["aside_why"]) for row in cells} == {
        (5, "2 × site blank or not declared; 3 × wave blank or not declared")
    }
    notes = [note.text for note in _in_no_row(cells[0])]
    assert notes == [
        "Not in this table, nor in any rate: 5 rows of the frame that cleaning set aside (2 × site"
        " blank or not declared; 3 × wave blank or not declared)."
    ]
    _, cells = made(survey(folder("none"), frame(INVITED)))
    assert {(row["aside"], row["aside_why"]) for row in cells} == {(0, "")}
    assert not list(_in_no_row(cells[0]))


def test_order_and_names_do_not_matter(tmp_path: Path) -> None:
    lines = frame(INVITED).splitlines(keepends=True)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, _ = made(survey(tmp_path / "a", "".join(lines)))
    other, _ = made(survey(tmp_path / "b", lines[0] + "".join(lines[:0:-1])))
    assert one == other


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no file": ({"file": "fram"}, "surveys.response.file: no file is called 'fram'; did you mean"),
    "answers": ({"file": "one"}, "surveys.response.file: files.one: its rows are invitations"),
    "no variable": (
        {"disposition": "ends"},
        "surveys.response.disposition: no variable is called 'ends'; did you mean 'end'?",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_mistake_about_the_frame_has_a_line(name: str, tmp_path: Path) -> None:
    changed, told = FAULTS[name]
    study = survey(tmp_path, frame(INVITED))
    study.config["surveys"]["response"] |= changed
    assert f"config.yaml: {told}" in study.lines()[0]


def test_a_code_that_aapor_does_not_have(tmp_path: Path) -> None:
    study = survey(tmp_path, frame(INVITED))
    study.config["files"]["frame"]["variables"]["end"]["values"]["R"] = "refused"
    (line,) = study.lines()
    assert line.startswith(
        "config.yaml: files.frame.variables.end.values: no disposition is called 'refused'; did you"
        " mean 'refusal'? (AAPOR has: complete,"
    )


def test_a_wrong_code_is_told_though_the_variable_is_misspelt(tmp_path: Path) -> None:
    study = survey(tmp_path, frame(INVITED))
    study.config["files"]["frame"]["variables"]["end"]["values"]["R"] = "refused"
    study.config["surveys"]["response"]["disposition"] = "endd"
    first, second = study.lines()
    assert "no variable is called 'endd'" in first and "is called 'refused'" in second


@pytest.mark.parametrize("code", ["²", "--1", "１", "1.0", "-"])
def test_what_is_no_code_of_an_ordinal_outcome(code: str, tmp_path: Path) -> None:
    study = survey(tmp_path)
    study.config["surveys"] = {"categories": {"trusting": {"1": "much", code: "some"}}}
    (line,) = study.lines()
    assert line.startswith(f"config.yaml: surveys.categories.trusting: '{code}' is no code; codes")
