"""The report on networks of respondents and on figures from outside."""

import pytest

from cesp_analysis.cli import main
from cesp_analysis.declared.wording import Wording
from cesp_analysis.report.blocks import Figure, Heading, Paragraph, Table
from cesp_analysis.report.results import Results
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.report.write import report_tables, section
from cesp_analysis.study.read import read_study
from cesp_analysis.survey import specs as survey_specs
from network_records import study


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    folder = tmp_path_factory.mktemp("surroundings")
    made = study(folder)
    made.config["external"] = {
        "authority": {
            "path": "authority.csv",
            "source": "National survey",
            "authorities": {"north": "Northam", "south": "Southam"},
            "series": {"lonely": {"label": "Often lonely", "unit": "%"}},
            "before": 2021,
            "after": 2022,
        }
    }
    lines = ["authority,period,series,value"]
    for at, authority in enumerate(("Northam", "Southam", "Eastham", "Westham")):
        lines += [f"{authority},{2019 + t},lonely,{5 + at * t * t / 4}" for t in range(4)]
    (folder / "authority.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert made.run("panel").shown == ""
    read = read_study(folder)
    tables = folder / "results/tables"
    assert not main(
        [
            "external",
            "--spec",
            survey_specs.external(read),
            "--paths",
            str(folder / "authority.csv"),
        ]
        + ["--out", str(tables / "external.csv"), "--divergences", str(tables / "divergences.csv")]
    )
    figures = folder / "results/figures"
    drawn = [
        word
        for end, name in (("svg", "svg"), ("png", "png"), ("about", "json"), ("data", "csv"))
        for word in (f"--{end}", str(figures / f"external_respondent.{name}"))
    ]
    assert not main(
        ["draw", "--figure", "external_respondent", "--spec", wording_spec(read)]
        + ["--table", str(tables / "external.csv"), *drawn]
    )
    words = Wording.model_validate_json(wording_spec(read))
    nothing = {"models": {}, "covariates": {}}  # of which this section says nothing
    words = words.model_copy(update=nothing)
    results = Results(words, folder / "results", folder / "data/raw/SOURCES.yaml")
    assert {"results/tables/networks.csv", "results/tables/divergences.csv"} <= set(
        report_tables(read)
    )
    return list(section("surroundings", results))


def test_both_parts_are_there(blocks: list[object]) -> None:
    assert [b.text for b in blocks if isinstance(b, Heading)] == [
        "Networks of respondents",
        "Figures from outside",
    ]
    (drawn,) = (block for block in blocks if isinstance(block, Figure))
    assert "Source: National survey" in drawn.caption and "2 other authorities" in drawn.alt
    said = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert len(said) == 2 and "no question about what was done" in said[1]


def test_numbers_of_the_tables(blocks: list[object]) -> None:
    networks, apart = (block for block in blocks if isinstance(block, Table))
    (group,) = networks.groups
    north, south = group.rows
    assert north.cells == ("5 of 5", "1.20", "0.84", "1 (20%)", "40%", "3 (60%)")
    assert south.cells == ("3 of 4", "1.00", "0.00", "0 (0%)", "0%", "2 (67%)")
    (row,) = apart.groups[0].rows
    # the sites' difference falls by 0.25 and 0.75; since by 1.25, as that of the other pair does
    assert row.cells == ("0.75", "2020 to 2021", "0.75 (1 pair)", "−1.25", "2 of 2")
    assert row.stub == "Often lonely (%)" and row.under == "National survey"
