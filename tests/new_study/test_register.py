"""Which file lists the people, which of its rows, and what is asked where another could."""

import sys
from pathlib import Path

import pytest
from openpyxl import Workbook

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, part, text_of, written
from test_small import IDS, rows

DICTIONARY = (
    "Variable / Field Name,Form Name,Field Type,Field Label,"
    '"Choices, Calculations, OR Slider Labels"\n'
    "record_id,enrol,text,Record ID,\n"
    "enrolled,enrol,text,Enrolled on,\n"
    "consent,enrol,yesno,Consent given?,\n"
    "age,enrol,text,Age in years,\n"
    'sex,enrol,radio,Sex,"1, Female | 2, Male"\n'
    "{}score,survey,text,Score,\n"
)
SITE = 'site,enrol,radio,Site,"1, North | 2, South"\n'


def labelled(site: str = "{site},", repeated: bool = False, first: str = "Baseline") -> str:
    """An export with labels: baseline and six months; sites at baseline alone, or in each row."""
    place = "Site," if site else ""
    head = "Record ID,Event Name,Enrolled on,Consent given?,Age in years,Sex"
    lines = [f"{head},{place}Complete?,Score,Complete?"]
    for i in IDS:
        own = site.format(site="North" if i % 2 else "South")
        blank = own if repeated else "," if site else ""
        lines += [
            f"P{i:03d},{first},2024-01-{i:02d},Yes,{40 + i},{'Female' if i % 3 else 'Male'},"
            f"{own}Complete,{i},Complete",
            f"P{i:03d},6 month follow-up,,,,,{blank},{i + 1},Complete",
        ]
    return "\n".join(lines) + "\n"


def test_the_event_that_holds_the_site_lists_the_people(tmp_path: Path) -> None:
    files = written(tmp_path / "g", labels_csv=labelled(), fields_csv=DICTIONARY.format(SITE))
    study = drafted(tmp_path / "s", *files)
    people = study.files["people"]
    assert people.redcap is not None and people.redcap.labelled and people.lists_people
    assert people.rows == {"redcap_event_name": ("Baseline",)}
    assert set(study.sites) == {"north", "south"}
    assert "in other rows alone" not in text_of(tmp_path / "s")


def test_so_do_events_of_several_arms(tmp_path: Path) -> None:
    one = labelled().replace("Baseline", "Baseline (Arm 1: Usual care)")
    one = one.replace("6 month follow-up", "6 month follow-up (Arm 1: Usual care)")
    two = one.replace("Arm 1: Usual", "Arm 2: More").replace("P0", "Q0")
    text = one + "\n".join(two.splitlines()[1:]) + "\n"
    files = written(tmp_path / "g", labels_csv=text, fields_csv=DICTIONARY.format(SITE))
    study = drafted(tmp_path / "s", *files)
    (events,) = study.files["people"].rows.values()
    assert events == ("Baseline (Arm 1: Usual care)", "Baseline (Arm 2: More care)")


@pytest.mark.parametrize("first", ["Screening", "Baseline"])
def test_a_site_in_each_row_is_read_from_the_first(first: str, tmp_path: Path) -> None:
    text = labelled(repeated=True, first=first)
    files = written(tmp_path / "g", labels_csv=text, fields_csv=DICTIONARY.format(SITE))
    study = drafted(tmp_path / "s", *files)
    assert study.files["people"].rows == {"redcap_event_name": (first,)}


def test_a_site_that_stands_later_is_read_there_and_who_lacks_it_is_asked_about(
    tmp_path: Path,
) -> None:
    """Of a plain file of times, too: sites stand in the rows of t1, where one person is absent."""
    text = "id,time,site,score\n" + "".join(
        f"P{i},t0,,{i}\n" + (f"P{i},t1,{'North' if i % 2 else 'South'},{i}\n" if i > 1 else "")
        for i in IDS
    )
    study = drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=text))
    assert study.files["people"].rows == {"time": ("t1",)}
    assert "The rows of t1 list the people; 1 id stands in other rows" in text_of(tmp_path / "s")


@pytest.mark.parametrize("sheet", ["council", "clients"])
def test_the_file_with_more_of_what_lists_of_people_hold_is_the_register(
    sheet: str, tmp_path: Path
) -> None:
    book = Workbook()
    book.active.title = sheet
    book.active.append(["record_id", "Site", "visits"])
    for i in (*IDS, 21, 22):
        book.active.append([f"P{i:03d}", "North" if i % 2 else "South", i])
    files = written(tmp_path / "g", labels_csv=labelled(""), fields_csv=DICTIONARY.format(""))
    book.save(tmp_path / f"g/{sheet}.xlsx")
    study = drafted(tmp_path / "s", *files, tmp_path / f"g/{sheet}.xlsx")
    assert [name for name, file in study.files.items() if file.lists_people] == ["people"]
    assert study.files["people"].path.endswith("labels.csv")
    said = text_of(tmp_path / "s")
    assert (
        "labels is taken for the list of people (consent, age, sex, enrolment, first event" in said
    )
    assert f"{sheet} might be, too (site, 22 ids, 2 of them not here)" in said
    assert f"The site of each person stands in {sheet} (Site), not here" in said


def test_answers_of_those_who_are_listed_raise_no_question(tmp_path: Path) -> None:
    people = rows("id,site,age,sex", "P{i:03d}", "North|South", "4{i}", "f|m")
    files = written(tmp_path / "g", people_csv=people, baseline_csv=rows("id,q", "P{i:03d}", "{i}"))
    drafted(tmp_path / "s", *files)
    assert "taken for the list of people" not in text_of(tmp_path / "s")


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("note", "ok||"),
        ("Case notes", "ok|ill"),
        ("remarks", "fine|late"),
        ("reason", "could not come that day|ill|ill"),
        ("contact", "met at home||"),
        ("Bemerkung", "gut|krank"),
    ],
)
def test_notes_of_few_words_are_asked_about_and_not_written(
    column: str, words: str, tmp_path: Path
) -> None:
    text = rows(f"id,site,{column}", "P{i}", "North|South", words)
    drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=text))
    assert "variables" not in part(tmp_path / "s", "people")
    said = text_of(tmp_path / "s")
    assert f"{column}: few different answers, yet free text" in said


def test_reasons_of_a_list_are_a_category(tmp_path: Path) -> None:
    text = rows("id,site,reason", "P{i}", "North|South", "no time|ill|moved away")
    study = drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=text))
    assert study.files["people"].variables["reason"].type == "category"
