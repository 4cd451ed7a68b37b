"""`cesp show`: estimates in the terminal, and what cannot be shown in one line."""

from dataclasses import replace
from pathlib import Path

import pytest

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.models.link_worker_words import INDEPENDENT
from cesp_analysis.models.results import estimates_table
from cesp_analysis.schemas import Estimates
from small_panel import model, panel_of


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """results/models/m/estimates.csv of one model."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "results/models/m/estimates.csv"
    fitted = model(kind="did", design="change").fit(panel_of())
    contracts.write(fitted.table(), path, Estimates)
    return path


def test_old_and_new_stand_side_by_side(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "m", "--against", str(made)]) == 0
    shown = capsys.readouterr().out.splitlines()
    new, old = shown[1].split(), shown[2].split()
    assert new[0] == "m/y/t1" and old[0] == "before" and new[1:] == old[1:]


def test_another_models_file_is_told(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = made.with_name("other.csv")
    other.write_text(made.read_text().replace("m/y/t1", "other/y/t1"))
    assert main(["show", "m", "--against", str(other)]) == 0
    assert f"{other} holds none of these estimates" in capsys.readouterr().out


def test_what_cannot_be_shown_is_one_line(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made.with_name("means.csv").write_text("a,b\n1,2\n")
    assert main(["show", "m", "--against", str(made.with_name("means.csv"))]) == 1
    assert (
        capsys.readouterr()
        .err.strip()
        .endswith("is it a table of estimates? name an estimates.csv")
    )
    assert main(["show", "n"]) == 1
    assert "no model is called 'n'" in capsys.readouterr().err
    assert main(["checksum", "nofile"]) == 1
    assert capsys.readouterr().err.startswith("nofile: there is no such file")


def test_what_is_no_table_is_one_line(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text(made.read_text().replace("0.95", "lots"))
    cut = tmp_path / "cut.csv"
    cut.write_text(
        "\n".join(line[:40] if i else line for i, line in enumerate(made.read_text().splitlines()))
    )
    for against, said in (
        (
            tmp_path / "none.csv",
            "there is no such file; --against names the estimates.csv of another run\n",
        ),
        (tmp_path, "is a folder, not a file; --against names the estimates.csv of another run\n"),
        (broken, "ci_level: 'lots' is no number"),
        (cut, "a row ends before it"),
    ):
        assert main(["show", "m", "--against", str(against)]) == 1
        assert said in capsys.readouterr().err


def test_notes_that_differ_in_numbers_alone_are_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in the report: 14 rows said 700 characters each of how many people link workers have."""
    monkeypatch.chdir(tmp_path)
    note = f"{INDEPENDENT}: the intervention arm has 5 link workers for {{}} people, {{}} times"
    rows = [
        replace(row, estimate_id=f"m/y/t{at}", warnings=(note.format(n, m), f"{n} left out"))
        for row in model(kind="did", design="change").fit(panel_of()).estimates
        for at, (n, m) in enumerate(((96, 1.94), (110, 2.05), (104, 2.0)))
    ]
    contracts.write(estimates_table(rows), tmp_path / "results/models/m/estimates.csv", Estimates)
    assert main(["show", "m"]) == 0
    shown = capsys.readouterr().out
    assert shown.count(INDEPENDENT) == 1
    assert f"note: {note.format('96 to 110', '1.94 to 2.05')}" in shown
    assert all(f"note: {n} left out" in shown for n in (96, 104, 110))  # others as they are
