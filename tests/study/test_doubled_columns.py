"""One column read as two items of a questionnaire, as a wrong remedy of a renamed one would do."""

from pathlib import Path

from small_study import Study


def test_a_column_that_would_be_two_items_is_refused(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["files"]["after"]["renamed"] = {"u_2": "u_3"}
    (line,) = study.lines()
    assert line.startswith(
        "config.yaml: files.after: column 'u_3' would be read as ucla3.2 and as ucla3.3; correct"
    )


def test_a_column_that_is_renamed_to_one_of_its_own_is_none(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["files"]["after"]["renamed"] = {"u_2": "lonely2"}
    assert study.lines() == []


def test_a_column_that_is_read_already_is_not_proposed_for_another(tmp_path: Path) -> None:
    """The nearest name may be that of the next item."""
    study = Study(tmp_path)
    study.files["after.csv"] = str(study.files["after.csv"]).replace("u_2", "v_2")
    (line,) = study.run().lines
    assert "no column is called 'u_2'; did you mean 'v_2'?" in line
    study.files["after.csv"] = str(study.files["after.csv"]).replace("v_2", "second")
    (line,) = study.run().lines
    assert "no column is called 'u_2' (it has: " in line
