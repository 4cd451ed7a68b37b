"""At which time the file that lists the people holds answers, where it is a wave of its own."""

import sys
from pathlib import Path

import pytest

from cesp_analysis.study.read import checked, still_to_decide

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, part, text_of, written
from test_small import rows

HEAD = "id,{}site,age,ucla1,ucla2,ucla3,income,intdate"
CELLS = ("P{i:03d}", "North|South", "4{i}", "1|2|3", "3|2", "2|1", "1{i:02d}", "2025-03-{i:02d}")
LATER = rows("id,age,ucla1,ucla2,ucla3,income,intdate", "P{i:03d}", "4{i}", "2|3|1", "1|2", "3|1",
             "2{i:02d}", "2025-09-{i:02d}")  # fmt: skip
ASKED = "At which time were these answers given (ucla3, income)? Write it in place of undecided:"


def first_wave(column: str = "", cell: str = "", head: str = HEAD) -> str:
    """People with site, age and answers to a questionnaire; perhaps a further column."""
    cells = [CELLS[0], *([cell] if column else []), *CELLS[1:]]
    return rows(head.format(f"{column}," if column else ""), *cells)


def test_a_first_wave_that_lists_the_people_is_the_first_time(tmp_path: Path) -> None:
    files = written(tmp_path / "g", baseline_csv=first_wave(), followup_6m_csv=LATER)
    study = drafted(tmp_path / "s", *files)
    entry = part(tmp_path / "s", "baseline")
    assert list(study.times) == ["baseline", "6m"]
    assert study.files["baseline"].lists_people and entry["time"] == {"constant": "baseline"}
    assert entry["date"] == {"column": "intdate", "format": "%Y-%m-%d"}
    assert entry["instruments"] == {"ucla3": "ucla{item}"}
    assert set(entry["variables"]) == {"age", "income"}
    assert "At which time" not in text_of(tmp_path / "s")


def test_of_a_list_whose_name_says_no_time_it_is_asked(tmp_path: Path) -> None:
    files = written(tmp_path / "g", clients_csv=first_wave(), followup_6m_csv=LATER)
    study = drafted(tmp_path / "s", *files)
    assert part(tmp_path / "s", "clients")["time"] == {"constant": "undecided"}
    assert list(study.times) == ["6m"] and "ucla3" in study.outcomes
    assert f"{ASKED} below; if it is a time of its own" in text_of(tmp_path / "s")
    open_ones = still_to_decide(checked(tmp_path / "s")[0] or pytest.fail("no study"))
    assert (
        "config.yaml: files.clients.time: is undecided; write the time of its answers (6m; one"
        " before or between these has to be added to times: first), or take time and instruments"
        " out, if they are not to be counted"
    ) in open_ones


@pytest.mark.parametrize(
    ("name", "text", "time"),
    [
        ("people", first_wave("visit", "Baseline"), {"baseline": "baseline"}),
        ("people", first_wave("visit", "Baseline|"), None),  # half of them
        ("people", first_wave(head=HEAD.replace("intdate", "baseline_date")), "baseline"),
        ("people_t0", first_wave(), "t0"),
        ("people_2025", first_wave(), None),  # when it was exported
        ("people_final", first_wave(), None),  # its last version
    ],
)
def test_a_column_may_say_the_time_and_not_every_name(
    name: str, text: str, time: str | dict[str, str] | None, tmp_path: Path
) -> None:
    later = {"followup_6m_csv": LATER}
    drafted(tmp_path / "s", *written(tmp_path / "g", **{f"{name}_csv": text}, **later))
    found = part(tmp_path / "s", name)["time"]
    if isinstance(time, dict):
        assert found == {"column": "visit", "values": {"Baseline": "baseline"}}
    else:
        assert found == {"constant": time or "undecided"}


def test_an_answer_that_is_asked_again_needs_a_time_too(tmp_path: Path) -> None:
    again = rows("id,score", "P{i:03d}", "2{i}")
    people = rows("id,site,age,score,enrolled", "P{i:03d}", "North|South", "4{i}", "{i}",
                  "2025-01-{i:02d}")  # fmt: skip
    drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=people, score_6m_csv=again))
    entry = part(tmp_path / "s", "people")
    assert entry["time"] == {"constant": "undecided"}
    assert "date" not in entry and "enrolled" in entry["variables"]  # no day of answers
    assert "were these answers given (score)?" in text_of(tmp_path / "s")


@pytest.mark.parametrize("name", ["people", "people_baseline"])
def test_a_list_of_what_people_are_has_no_time(name: str, tmp_path: Path) -> None:
    people = rows("id,site,age,sex,children", "P{i:03d}", "North|South", "4{i}", "f|m", "0|1|2")
    later = rows("id,age,children,score", "P{i:03d}", "5{i}", "0|1|2", "{i}")
    files = written(tmp_path / "g", **{f"{name}_csv": people}, score_6m_csv=later)
    drafted(tmp_path / "s", *files)
    assert "time" not in part(tmp_path / "s", name)
    assert "At which time" not in text_of(tmp_path / "s")


def test_beside_columns_of_several_times_answers_need_an_entry_of_their_own(tmp_path: Path) -> None:
    head, cells = "id,site,bdi.pre,bdi.6m,ucla1,ucla2,ucla3", ("1{i}", "2{i}", *CELLS[3:6])
    wide = rows(head, "P{i:03d}", "North|South", *cells)
    drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=wide, followup_6m_csv=LATER))
    assert "time" not in part(tmp_path / "s", "people")
    asked = "At which time were the answers to ucla3 given? Other columns here have times of their"
    assert asked in text_of(tmp_path / "s")
