"""What tells another story than the rest of a report is found."""

import csv
from pathlib import Path

import pytest

import one_story
from cesp_analysis.report.blocks import Paragraph
from cesp_analysis.report.results import Results
from designs import CASES, results_of, study_of


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Results]:
    """A study of one site against one, with every room: its folder, its results."""
    folder = tmp_path_factory.mktemp("study")
    with pytest.MonkeyPatch.context() as patch:
        return folder, results_of(study_of(CASES["one_against_one"], folder), patch)


@pytest.fixture
def results(made: tuple[Path, Results], monkeypatch: pytest.MonkeyPatch) -> Results:
    """The results, from within the study's folder."""
    folder, results = made
    monkeypatch.chdir(folder)
    return results


def test_a_report_tells_one_story(results: Results) -> None:
    assert list(one_story.faults(results)) == []


def test_a_copy_with_other_digits_is_named(results: Results, tmp_path: Path) -> None:
    for name in ("estimates", "standardised"):
        held = (results.folder / f"tables/{name}.csv").read_text(encoding="utf-8")
        (tmp_path / f"{name}.csv").write_text(held, encoding="utf-8")
    assert list(one_story.copies(tmp_path)) == []
    with (tmp_path / "standardised.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    spoilt = next(row for row in rows if row["estimate"])
    spoilt["estimate"] += "1"
    with (tmp_path / "standardised.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    (fault,) = one_story.copies(tmp_path)
    assert fault.startswith(f"standardised: estimate of {spoilt['estimate_id']} is ")


def test_a_number_that_is_no_cell_s_is_named(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = results.estimates[0]
    said = Paragraph(f"It was {float(row['estimate']) + 7.123:.3f} points.")
    monkeypatch.setattr(
        "cesp_analysis.report.sections.deviations.deviations", lambda results: (said,)
    )
    (fault,) = one_story.faults(results)
    assert fault.endswith(f"is of no cell: {said.text}")


def test_a_number_that_is_printed_otherwise_is_named(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(results: Results) -> tuple[Paragraph, ...]:
        value = next(row["estimate"] for row in results.estimates if row["estimate"])
        return (Paragraph(f"It was 9{value:.3f} points."),)

    monkeypatch.setattr("cesp_analysis.report.sections.deviations.deviations", wrong)
    (fault,) = one_story.faults(results)
    assert "is not Made(" in fault
