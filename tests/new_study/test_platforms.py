"""What survey platforms write of their own: no variables, and a day of upload is asked about."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, part, text_of, written
from test_small import rows

REGISTER = rows("id,site", "P{i}", "North|South")
PHONE = "2024-02-0{d}"
KOBO = "_id,_uuid,_submission_time,_status,__version__,_index"
OWN = ("{i}", "u-{i}", "2024-03-1{d}T10:00:00", "submitted_via_web", "vA9", "{i}")


def of_days(cell: str) -> str:
    """Nine days, one after another."""
    return "|".join(cell.replace("{d}", str(day)) for day in range(1, 10))


def export(*columns: tuple[str, str]) -> str:
    """KoBo's export of twenty people, these columns before its own."""
    names, cells = zip(*columns, strict=True)
    return rows(f"{','.join(names)},{KOBO}", *map(of_days, cells), *map(of_days, OWN))


def test_a_form_is_dated_by_the_day_it_was_filled_in(tmp_path: Path) -> None:
    months = export(("intro/pid", "P{i}"), ("today", PHONE), ("score", "1|2|3"))
    files = written(tmp_path / "g", people_csv=REGISTER, baseline_csv=months)
    study = drafted(tmp_path / "s", *files)
    date = study.files["baseline"].date
    assert date is not None and date.column == "today"
    said = text_of(tmp_path / "s")
    assert "Or was the row collected on _submission_time?" in said
    assert "events:" not in said and "died" not in said
    assert set(study.files["baseline"].variables) == {"score"}


def test_a_day_of_upload_alone_is_asked_about(tmp_path: Path) -> None:
    months = export(("intro/pid", "P{i}"), ("start", "2024-02-0{d}"), ("score", "1|2|3"))
    files = written(tmp_path / "g", people_csv=REGISTER, baseline_csv=months)
    assert part_date(drafted_in(tmp_path / "s", files)) == "start"
    files = written(
        tmp_path / "h", people_csv=REGISTER, baseline_csv=export(("pid", "P{i}"), ("x", "1|2"))
    )
    assert part_date(drafted_in(tmp_path / "t", files)) == "_submission_time"
    assert "_submission_time says when a form reached the server" in text_of(tmp_path / "t")


def drafted_in(folder: Path, files: list[Path]) -> Path:
    """The folder of their draft."""
    drafted(folder, *files)
    return folder


def part_date(folder: Path) -> str:
    """The column of the baseline's date."""
    return str(part(folder, "baseline")["date"]["column"])


def test_limesurvey_s_own_columns_are_no_variables(tmp_path: Path) -> None:
    head = "id,submitdate,lastpage,startlanguage,seed,startdate,datestamp,token,mood"
    day = "2024-02-0{d} 10:00:00"
    months = rows(
        head, "{i}", of_days(day), "5", "en", "12{i}45", of_days(day), of_days(day), "P{i}", "1|2|3"
    )
    files = written(tmp_path / "g", people_csv=REGISTER, baseline_csv=months)
    study = drafted(tmp_path / "s", *files)
    assert set(study.files["baseline"].variables) == {"mood"}
    said = text_of(tmp_path / "s")
    assert "Written by the platform, not declared: lastpage, startlanguage, seed, startdate" in said
