"""One column that says why somebody left: a death is no withdrawal, nor is a move."""

import sys
from pathlib import Path

import pytest

from cesp_analysis.declared.follow_up import Event
from cesp_analysis.new_study.event_names import event_of_word

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, text_of, written
from test_people import REGISTER, events_taken_in
from test_small import IDS, rows


def told(events: dict[str, Event]) -> dict[str, tuple[str | None, str | None]]:
    """Kind → its condition and date."""
    return {event.kind: (event.where, event.date) for event in events.values()}


def test_each_reason_of_a_redcap_project_is_an_event_of_its_own(tmp_path: Path) -> None:
    fields = (
        "Variable / Field Name,Form Name,Field Type,Field Label,"
        '"Choices, Calculations, OR Slider Labels"\n'
        "record_id,enrol,text,Record,\nsite,enrol,text,Site,\nscore,survey,text,Score,\n"
        'end_reason,end,radio,Reason for leaving,"1, Died | 2, Withdrew | 3, Moved away | '
        '4, Completed"\nend_dt,end,text,Date of leaving,\n'
    )
    text = "record_id,redcap_event_name,site,score,end_reason,end_dt\n" + "".join(
        f"{i},baseline_arm_1,{'North' if i % 2 else 'South'},{i},,\n"
        f"{i},m6_arm_1,,{i},{1 + i % 4},2024-03-{i:02d}\n"
        for i in IDS
    )
    drafted(tmp_path / "s", *written(tmp_path / "g", rc_csv=text, fields_csv=fields))
    said = text_of(tmp_path / "s")
    assert 'In end_reason of rc, "Completed" tells of no event by its words' in said
    assert "No variable says to which site somebody moved" in said
    path = tmp_path / "s" / "config.yaml"
    away = path.read_text(encoding="utf-8").replace("to: undecided, ", "")
    path.write_text(away.replace("kind: transfer", "kind: withdrawal"), encoding="utf-8")
    events = events_taken_in(tmp_path / "s")
    assert events["moved"].where == 'end_reason == "Moved away"'
    assert events["moved"].date == "end_dt"
    del events["moved"]
    assert told(events) == {
        "death": ('end_reason == "Died"', "end_dt"),
        "withdrawal": ('end_reason == "Withdrew"', "end_dt"),
    }


def test_so_is_each_reason_of_a_register(tmp_path: Path) -> None:
    people = rows(
        "id,site,Left reason,Left date,Moved to", "P{i}", "North|South",
        "Died|Withdrew|Moved away|Deceased|", "2024-03-{i:02d}|2024-03-{i:02d}|2024-03-{i:02d}"
        "|2024-03-{i:02d}|", "||North||",
    )  # fmt: skip
    drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=people))
    events = events_taken_in(tmp_path / "s")
    assert told(events) == {
        "death": ('left_reason in ["Deceased", "Died"]', "left_date"),
        "withdrawal": ('left_reason == "Withdrew"', "left_date"),
        "transfer": ('left_reason == "Moved away"', "left_date"),
    }
    assert events["moved"].to == "moved_to"
    assert "tells of no event" not in text_of(tmp_path / "s")


def test_a_death_s_own_date_counts_before_that_of_whatever_ended_it(tmp_path: Path) -> None:
    people = rows(
        "id,site,status,status_date,date_of_death", "P{i}", "North|South",
        "Died|Withdrawn|Active", "2024-03-{i:02d}", "2024-02-{i:02d}||",
    )  # fmt: skip
    drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=people))
    assert told(events_taken_in(tmp_path / "s")) == {
        "death": (None, "date_of_death"),
        "withdrawal": ('status == "Withdrawn"', "status_date"),
    }


@pytest.mark.parametrize("name", ["people", "withdrawals"])
def test_who_withdrew_since_they_moved_withdrew_and_who_died_did_not(
    name: str, tmp_path: Path
) -> None:
    """Where the column, or the file, says that all of them withdrew."""
    column = "withdrawal_reason" if name == "people" else "reason"
    date = "withdrawal_date" if name == "people" else "date"
    head, site = ("id,site", ["North|South"]) if name == "people" else ("id", [])
    text = rows(f"{head},{column},{date}", "P{i:03d}", *site, "Died|Ill|Moved", "2024-03-{i:02d}")
    register = {} if name == "people" else {"people_csv": REGISTER}
    files = written(tmp_path / "g", **register, **{f"{name}_csv": text})
    drafted(tmp_path / "s", *files)
    events = told(events_taken_in(tmp_path / "s"))
    assert {kind: where for kind, (where, _) in events.items()} == {
        "death": f'{column} == "Died"',
        "withdrawal": f'{column} in ["Ill", "Moved"]',
    }


@pytest.mark.parametrize(
    ("word", "event"),
    [
        ("Passed away", "died"),
        ("Dropped out", "withdrew"),
        ("Withdrew, later died", "died"),
        ("umgezogen", "moved"),
        ("Husband died", None),
        ("Not withdrawn", None),
        ("No", None),
        ("Completed", None),
    ],
)
def test_what_an_answer_tells_of_the_person(word: str, event: str | None) -> None:
    assert event_of_word(word) == event
