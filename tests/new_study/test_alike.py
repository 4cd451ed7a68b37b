"""Drafts of files that look like one another: versions of one export, surveys of several waves."""

import sys
from pathlib import Path

import pytest

from cesp_analysis.errors import CespError
from cesp_analysis.pipeline import opened
from small_study import PEOPLE, answers, inside

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, part, text_of, written


def survey(letter: str, month: str, site: str = "North|South") -> str:
    """Twenty respondents of one fieldwork; blank month: without a date."""
    sites, dated = site.split("|"), bool(month)
    head = "respondent_id,site,weight,age_band,belong" + (",date" if dated else "")
    bands = ("50-64", "18-34", "35-49")
    rows = [
        f"{letter}{i},{sites[i % len(sites)]},1.{i % 4},{bands[i % 3]},{i % 4}"
        + (f",{month}-1{i % 9}" if dated else "")
        for i in range(1, 21)
    ]
    return "\n".join([head, *rows]) + "\n"


def gaps(folder: Path) -> tuple[str, ...]:
    """What a run of the draft says."""
    with inside(folder), pytest.raises(CespError) as error:
        opened(".")
    return tuple(error.value.problems)


def test_surveys_years_apart_are_waves_of_their_own(tmp_path: Path) -> None:
    files = written(
        tmp_path / "given", survey2_csv=survey("b", "2025-04"), survey1_csv=survey("a", "2023-04")
    )
    study = drafted(tmp_path / "s", *files)
    assert {name: file.time and file.time.constant for name, file in study.files.items()} == {
        "survey2": "wave2",
        "survey1": "wave1",
    }
    waves = {name: (wave.label, wave.position) for name, wave in study.waves.items()}
    assert waves == {"wave1": ("Wave 1 (2023-04)", 0), "wave2": ("Wave 2 (2025-04)", 24)}
    asked = "survey2 and survey1 are taken for waves of their own, as their dates lie apart. Are"
    assert text_of(tmp_path / "s").count(asked) == 2


def test_of_positions_in_weeks_those_of_waves_are_in_weeks_too(tmp_path: Path) -> None:
    files = written(
        tmp_path / "given",
        people_csv=PEOPLE,
        baseline_csv=answers(0),
        after_8w_csv=answers(1),
        survey1_csv=survey("a", "2023-04"),
        survey2_csv=survey("b", "2025-04"),
    )
    study = drafted(tmp_path / "s", *files)
    assert study.time_unit == "weeks"
    assert [wave.position for wave in study.waves.values()] == [0, 104]


def test_years_of_waves_are_counted_in_the_unit_of_times(tmp_path: Path) -> None:
    files = written(
        tmp_path / "given",
        people_csv=PEOPLE,
        baseline_csv=answers(0),
        after_6m_csv=answers(1),
        survey_2023_csv=survey("a", ""),
        survey_2025_csv=survey("b", ""),
    )
    study = drafted(tmp_path / "s", *files)
    assert study.time_unit == "months"
    assert {n: wave.position for n, wave in study.waves.items()} == {"2023": 0, "2025": 24}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(survey("a", ""), survey("b", ""), id="no dates"),
        pytest.param(survey("a", "2023-04"), survey("b", "2023-05"), id="a month apart"),
        pytest.param(survey("a", "2023-04", "North"), survey("b", "2023-04", "South"), id="sites"),
    ],
)
def test_surveys_that_dates_do_not_part_are_undecided(
    tmp_path: Path, first: str, second: str
) -> None:
    files = written(tmp_path / "given", survey1_csv=first, survey2_csv=second)
    drafted(tmp_path / "s", *files)
    for name in ("survey1", "survey2"):
        assert part(tmp_path / "s", name)["time"] == {"constant": "undecided"}
        line = f"config.yaml: files.{name}.time: is undecided; write the wave (wave1), or take the"
        assert any(said.startswith(line) for said in gaps(tmp_path / "s"))
    assert "neither their names nor dates say of which wave they are" in text_of(tmp_path / "s")


def test_surveys_of_other_questions_are_left_as_they_are(tmp_path: Path) -> None:
    other = survey("b", "2025-04").replace("age_band,belong", "rooms,garden")
    drafted(tmp_path / "s", *written(tmp_path / "g", survey1_csv=survey("a", ""), poll_csv=other))
    assert "undecided; write the wave" not in "\n".join(gaps(tmp_path / "s"))
    assert "age_band" in part(tmp_path / "s", "survey1")["variables"]


def test_a_second_version_of_an_export_is_asked_about(tmp_path: Path) -> None:
    mended = answers(1).replace("P03,2024-02-13,", "P03,2024-02-13,1")
    files = written(
        tmp_path / "given",
        people_csv=PEOPLE,
        outcomes_baseline_csv=answers(0),
        outcomes_6m_csv=answers(1),
        outcomes_6m_v2_csv=mended,
    )
    study = drafted(tmp_path / "s", *files)
    assert [file.time and file.time.constant for file in study.files.values()] == [
        None, "baseline", "6m", "undecided",
    ]  # fmt: skip
    asked = (
        "It looks like outcomes_6m once more: the same 12 people at 6m; 1 answer differs (score)."
        " Which of the two counts?"
    )
    assert asked in text_of(tmp_path / "s")
    line = (
        "config.yaml: files.outcomes_6m_v2.time: is undecided; write the time (baseline or 6m), or"
        " take the entry out of files: if another file has its rows"
    )
    assert line in gaps(tmp_path / "s")


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(answers(1).replace("P", "Q"), id="other people"),
        pytest.param("id,date,x,y\n" + "".join(f"P{i:02},2024-02-01,1,{i}\n" for i in range(1, 13)),
                     id="other questions"),
    ],
)  # fmt: skip
def test_other_answers_at_that_time_are_no_second_version(tmp_path: Path, second: str) -> None:
    everybody = PEOPLE + PEOPLE.split("\n", 1)[1].replace("P", "Q")
    files = written(tmp_path / "given", people_csv=everybody, a_6m_csv=answers(1), b_6m_csv=second)
    drafted(tmp_path / "s", *files)
    assert part(tmp_path / "s", "b_6m")["time"] == {"constant": "6m"}


def test_undecided_is_a_time_nowhere_else(tmp_path: Path) -> None:
    drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=PEOPLE, before_csv=answers(0)))
    path = tmp_path / "s/config.yaml"
    text = path.read_text(encoding="utf-8") + (
        "covariates:\n  age: {label: Age, variable: age, measured: undecided}\n"
    )
    path.write_text(text, encoding="utf-8")
    assert any("no time is called 'undecided'" in line for line in gaps(tmp_path / "s"))


def test_people_of_one_version_alone_are_counted(tmp_path: Path) -> None:
    files = written(
        tmp_path / "given",
        people_csv=PEOPLE,
        outcomes_baseline_csv=answers(0),
        outcomes_6m_csv=answers(1),
        outcomes_6m_v2_csv=answers(1).replace("\nP03,", "\nP99,"),
    )
    drafted(tmp_path / "s", *files)
    said = "the same 11 people at 6m (1 more only here, 1 only there), with the same answers."
    assert said in text_of(tmp_path / "s")


def test_of_dates_a_draft_asks_between_which_days_they_may_lie(tmp_path: Path) -> None:
    """Without it a year mistyped stands as a date like any other."""
    files = written(tmp_path / "given", people_csv=PEOPLE, outcomes_6m_csv=answers(1))
    drafted(tmp_path / "s", *files)
    said = text_of(tmp_path / "s")
    assert "Between which days can dates lie?" in said and 'period: ["YYYY' in said


def test_of_two_cuts_of_a_project_all_entries_are_named(tmp_path: Path) -> None:
    """One file is read by several entries: taking one out would leave the others' rows twice."""
    head = "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,mood,dose\n"
    text = head + "".join(
        f"{i},{event}_arm_1,{form},{number},{mood},{dose}\n"
        for i in range(20)
        for event, form, number, mood, dose in (
            ("baseline", "", "", i % 5, ""),
            ("baseline", "drugs", 1, "", 5 * i),
            ("month_6", "", "", (i + 1) % 5, ""),
        )
    )
    files = written(tmp_path / "given", old_csv=text, new_csv=text.replace("\n7,", "\n70,"))
    drafted(tmp_path / "s", *files)
    said = text_of(tmp_path / "s")
    assert (
        "write its path in place of data/raw/old.csv in people, old, drugs;"
        " in either case take new, drugs_2 out of files:."
    ) in said
