"""Figures from outside: read, compared, marked on the curve; other authorities as a check."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.declared.few_sites import Divergence, FewSites
from cesp_analysis.few_sites.divergences import with_series
from cesp_analysis.few_sites.tables import Ladder, ShockCurve
from cesp_analysis.figures.external import alt_text, external, external_panels
from cesp_analysis.study import specs
from cesp_analysis.study.read import read_study
from cesp_analysis.survey import specs as survey_specs
from cesp_analysis.survey.beside_tables import Divergences, ExternalTable
from small_study import Study, inside

HEAD = "place,year,what,figure\n"
YEARS = (2018, 2019, 2020, 2021, 2022)
FIGURES = {
    "Northam": (5.0, 5.5, 5.0, 5.2, 7.0),
    "Southam": (4.0, 4.0, 4.5, 4.2, 4.1),
    **{f"Other {k}": tuple(3 + k / 10 + (k * t % 5) / 5 for t in range(5)) for k in range(1, 7)},
}
"""The sites' difference: 1, 1.5, 0.5, 1.0 in the past; changes .5, -1, .5; 2.9 after."""


def lines(figures: dict[str, tuple[float, ...]] = FIGURES) -> str:
    """The file."""
    return HEAD + "".join(
        f"{authority},{year},lonely,{value:g}\n"
        for authority, values in figures.items()
        for year, value in zip(YEARS, values, strict=True)
    )


def study(folder: Path, text: str | None = None, **changed: Any) -> Study:
    """The small study with a file of figures from outside."""
    made = Study(folder)
    made.config["external"] = {
        "authority": {
            "path": "authority.csv",
            "columns": {
                "authority": "place",
                "period": "year",
                "series": "what",
                "value": "figure",
            },
            "source": "National survey",
            "authorities": {"north": "Northam", "south": "Southam"},
            "series": {"lonely": {"label": "Often lonely", "unit": "%"}},
            "before": 2021,
            "after": 2022,
        }
        | changed
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "authority.csv").write_text(lines() if text is None else text, encoding="utf-8")
    return made


def run(folder: Path, text: str | None = None, **changed: Any) -> dict[str, Any]:
    """The row of divergences.csv."""
    study(folder, text, **changed).write()
    read = read_study(folder)
    with inside(folder):
        status = main(
            ["external", "--spec", survey_specs.external(read)]
            + ["--paths", *survey_specs.external_files(read)]
            + ["--out", "external.csv", "--divergences", "divergences.csv"]
        )
    assert status == 0
    (row,) = contracts.read(folder / "divergences.csv", Divergences).to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_the_largest_past_change_of_the_difference(tmp_path: Path) -> None:
    row = run(tmp_path)
    assert (row["series"], row["changes"], row["over"]) == ("authority.lonely", 3, 1)
    assert row["largest"] == pytest.approx(1.0)
    assert (row["largest_from"], row["largest_to"]) == ("2019", "2020")
    assert row["since"] == pytest.approx(1.9)
    table = contracts.read(tmp_path / "external.csv", ExternalTable)
    north = table[table["authority"] == "Northam"]
    assert north["difference"].tolist() == pytest.approx([1, 1.5, 0.5, 1.0, 2.9])
    assert north["change"].tolist()[1:] == pytest.approx([0.5, -1, 0.5, 1.9])
    assert north["past"].tolist() == ["yes"] * 4 + ["no"]
    assert table.loc[table["site"].isna(), "difference"].isna().all()
    assert set(table["source"]) == {"National survey"}


def test_over_two_periods(tmp_path: Path) -> None:
    row = run(tmp_path, over=2)
    assert (row["changes"], row["largest"]) == (2, pytest.approx(0.5))


def test_other_areas_are_relabelled_by_hand(tmp_path: Path) -> None:
    row = run(tmp_path)
    gone = [FIGURES[f"Other {k}"][4] - FIGURES[f"Other {k}"][3] for k in range(1, 7)]
    sizes = [abs(a - b) for i, a in enumerate(gone) for b in gone[i + 1 :]]
    assert (row["relabelled"], row["rank"]) == (16, 1 + sum(size >= 1.9 for size in sizes))
    assert row["smallest"] == pytest.approx(1 / 16)
    assert row["at_least"] == pytest.approx(row["rank"] / 16)
    assert "tests no effect" in row["warnings"]
    past = []
    for a in range(1, 7):
        for b in range(a + 1, 7):
            apart = np.subtract(FIGURES[f"Other {a}"][:4], FIGURES[f"Other {b}"][:4])
            past.append(np.abs(np.diff(apart)).max())
    assert row["pairs"] == 15  # of six others; the sites' own pair is not among them
    assert row["pairs_median"] == pytest.approx(np.median(past))
    assert np.isnan(row["pairs_high"])


def test_the_sites_own_pair_is_not_among_the_other_pairs(tmp_path: Path) -> None:
    """Two others are one pair: 0, -0.2, -0.4, 0.4 apart, so 0.8 at most; the sites' is 1.0."""
    kept = {a: FIGURES[a] for a in ("Northam", "Southam", "Other 1", "Other 2")}
    row = run(tmp_path / "one", lines(kept))
    assert (row["pairs"], row["pairs_median"]) == (1, pytest.approx(0.8))
    # seven others are 21 pairs that do not part at all: the sites' 1.0 is nowhere among them
    alike = {a: FIGURES[a] for a in ("Northam", "Southam")}
    alike |= {f"Other {k}": (float(k),) * 5 for k in range(7)}
    row = run(tmp_path / "many", lines(alike))
    assert (row["pairs"], row["pairs_median"], row["pairs_high"]) == (21, 0, 0)
    assert row["largest"] == pytest.approx(1.0)
    row = run(tmp_path / "few", lines({**kept, "Other 2": (np.nan,) * 5}).replace("nan", ""))
    assert row["pairs"] == 0 and np.isnan(row["pairs_median"])


def test_order_areas_names_and_units_do_not_matter(tmp_path: Path) -> None:
    first = run(tmp_path / "a")
    head, *rest = lines().splitlines(keepends=True)
    turned = head + "".join(rest[::-1]).replace("Other", "Elsewhere")
    again = run(tmp_path / "b", turned)
    assert {k: v for k, v in again.items() if v == v} == {k: v for k, v in first.items() if v == v}
    scaled = run(tmp_path / "c", lines({a: tuple(10 * v for v in f) for a, f in FIGURES.items()}))
    assert scaled["largest"] == pytest.approx(10 * first["largest"])
    assert scaled["rank"] == first["rank"]


def test_ties_count_as_further(tmp_path: Path) -> None:
    figures = dict.fromkeys(FIGURES, (1.0, 1.0, 1.0, 1.0, 1.0))
    row = run(tmp_path, lines(figures))
    assert (row["rank"], row["at_least"]) == (16, 1) and row["largest"] == 0


def test_no_other_areas(tmp_path: Path) -> None:
    row = run(tmp_path, lines({name: FIGURES[name] for name in ("Northam", "Southam")}))
    assert row["relabelled"] == 0 and np.isnan(row["rank"]) and row["since"] == pytest.approx(1.9)
    assert "no two other authorities" in row["warnings"]


def test_a_past_of_one_period_tells_nothing(tmp_path: Path) -> None:
    row = run(tmp_path, before=2018, after=None)
    assert np.isnan(row["largest"]) and row["changes"] == 0
    assert "no two past periods" in row["warnings"]


def test_years_that_are_not_evenly_spaced_are_said(tmp_path: Path) -> None:
    text = "".join(line for line in lines().splitlines(keepends=True) if ",2019," not in line)
    row = run(tmp_path, text)
    assert "not evenly spaced" in row["warnings"] and row["changes"] == 2


def test_a_blank_figure_is_none(tmp_path: Path) -> None:
    row = run(tmp_path, lines().replace("Northam,2019,lonely,5.5", "Northam,2019,lonely,"))
    assert row["changes"] == 1 and row["largest"] == pytest.approx(0.5)


def test_the_ladder_takes_the_series_in_the_outcomes_unit(tmp_path: Path) -> None:
    run(tmp_path)
    entry = Divergence(series="authority.lonely", scale=2.5)
    known = with_series(FewSites(divergences={"score": entry}), tmp_path / "divergences.csv")
    past = known.divergences["score"]
    assert past.value == pytest.approx(2.5)
    assert past.source == "Often lonely, 2019 to 2020, times 2.5 (National survey)"


def test_a_series_without_a_past_has_its_reason(tmp_path: Path) -> None:
    run(tmp_path, before=2018, after=None)
    entry = Divergence(series="authority.lonely")
    known = with_series(FewSites(divergences={"score": entry}), tmp_path / "divergences.csv")
    assert known.divergences["score"].value is None
    assert "no two past periods" in known.divergences["score"].source


def test_it_is_marked_on_the_curve(tmp_path: Path) -> None:
    made = study(tmp_path)
    made.config["few_sites"] = {"divergences": {"score": {"series": "authority.lonely"}}}
    assert made.run("fit").status == 0
    read = read_study(tmp_path)
    assert survey_specs.taken_divergences(read) == ["results/tables/divergences.csv"]
    with inside(tmp_path):
        assert not main(
            ["collect", "--out", "results/tables/estimates.csv"]
            + ["--estimates", "results/models/did/estimates.csv"]
        )
        assert not main(
            ["external", "--spec", survey_specs.external(read), "--paths", "authority.csv"]
            + ["--out", "results/tables/external.csv"]
            + ["--divergences", "results/tables/divergences.csv"]
        )
        tables = [
            word
            for name in ("out", "curves", "bracket", "identities")
            for word in (f"--{name}", f"results/tables/{name}.csv")
        ]
        assert not main(
            ["ladder", "--spec", specs.ladder(read), "--panel", "data/processed/panel.parquet"]
            + ["--estimates", "results/tables/estimates.csv", *tables]
            + ["--divergences", "results/tables/divergences.csv"]
        )
    curve = contracts.read(tmp_path / "results/tables/curves.csv", ShockCurve)
    (marked,) = curve.loc[curve["mark"] == "largest divergence so far", "shock"]
    assert marked == pytest.approx(1.0)
    ladder = contracts.read(tmp_path / "results/tables/out.csv", Ladder)
    (rung,) = ladder[ladder["rung"] == "bounded_variation"].to_dict("records")
    assert (
        rung["shock"] == pytest.approx(1.0) and "2019 to 2020 (National survey)" in rung["method"]
    )


def test_the_figure_marks_the_sites(tmp_path: Path) -> None:
    run(tmp_path)
    table = contracts.read(tmp_path / "external.csv", ExternalTable)
    panels = external_panels(
        table, {"north": ("North", "intervention"), "south": ("South", "control")}
    )
    (panel,) = panels
    assert (panel.past, len(panel.lines), panel.periods[-1]) == (4, 8, "2022")
    figure = external(panels)
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == ["North", "South", "other authorities", "last period before"]
    assert len(figure.axes[0].get_lines()) == 9
    said = alt_text(panels)
    assert "North, 2018 5, 2021 5.2, 2022 7" in said and "6 other authorities" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (lines() + "Northam,2022,lonely,9\n", "line 42: lonely of Northam in 2022 stands on line"),
        (lines() + "Northam,22,lonely,9\n", "line 42: year: must be a year"),
        (lines() + "Northam,2022-01,lonely,9\n", "is written otherwise than before: '2021'"),
        (lines() + "Northam,2023,lonely,many\n", "line 42: figure: must be a number, not 'many'"),
        (lines() + "Northam,2023,lonely,1_2\n", "figure: must be a number, not '1_2'; write dig"),
        (lines() + "Northam,2023,lonely,１２\n", "figure: must be a number, not '１２'"),
        (lines() + "Northam,２０２３,lonely,9\n", "line 42: year: must be a year"),
        (lines() + "Northam,2023,lonely,nan\n", "figure: must be a number, not 'nan'"),
        (lines() + "Northam,2023,lonely,12,345\n", "line 42: has 5 fields, the header 4; a cell"),
        (lines() + "Northam,2023,lonely\n", "line 42: has 3 fields, the header 4"),
        ("place,year,what,figure,figure\n", "line 1: 'figure' names 2 columns; keep one"),
        (lines().replace(",", ";"), "line 1: is one column, 'place;year;what;figure'; separate"),
        ("", "is empty; its first line names the columns"),
        (lines() + ",2023,lonely,9\n", "line 42: place: is blank"),
        (lines().replace("figure", "number", 1), "line 1: no column is called 'figure'"),
        (lines().replace(",", ";"), "line 1: is one column, 'place;year;what;figure'; separate"),
        (lines().replace("Northam", "Nordham"), "'Northam'; did you mean 'Nordham'"),
        (lines().replace("lonely", "alone"), "no series is called 'lonely'"),
        ("\n".join(line for line in lines().splitlines() if ",202" not in line) + "\n",
         "runs from 2018 to 2019, without the last period before"),
    ],
)  # fmt: skip
def test_files_that_cannot_be(tmp_path: Path, text: str, words: str) -> None:
    ran = study(tmp_path, text).run("intake")
    assert ran.status == 1 and "authority.csv: " in ran.shown and words in ran.shown
    assert "Traceback" not in ran.shown


def test_not_utf8_and_absent(tmp_path: Path) -> None:
    made = study(tmp_path)
    (tmp_path / "authority.csv").write_bytes(lines().encode("utf-16"))
    assert "authority.csv: is not UTF-8" in made.run("intake").shown
    (tmp_path / "authority.csv").unlink()
    assert "(external.authority.path); put it there" in made.run("intake").shown


def past(config: dict[str, Any], **entry: Any) -> None:
    config["few_sites"] = {"divergences": {"score": entry}}


def drop(config: dict[str, Any], site: str) -> None:
    del config["external"]["authority"]["authorities"][site]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda c, e: drop(c, "south"), "authorities: name one of a site of each arm"),
        (lambda c, e: e["authorities"].update(south="Northam"), "two sites are in one, whose"),
        (lambda c, e: e["authorities"].update(nort="X"), "is called 'nort'; did you mean 'north'"),
        (lambda c, e: e.update(path="../x.csv"), "leaves the study's folder"),
        (lambda c, e: e.update(after=2021), "external.authority.after: is before"),
        (
            lambda c, e: past(c, series="authority.lon"),
            "no series is called 'authority.lon'; did you mean 'authority.lonely'",
        ),
        (lambda c, e: past(c), "write either value, or"),
        (
            lambda c, e: past(c, value=2),
            "source: say which series shows it",
        ),
    ],
)  # fmt: skip
def test_config_that_does_not_fit(tmp_path: Path, change: Any, line: str) -> None:
    made = study(tmp_path)
    change(made.config, made.config["external"]["authority"])
    ran = made.run("intake")
    assert ran.status == 1 and line in ran.shown
