"""The bracket of a study on disk: its tables, its section in the report, its figures."""

from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.declared.analysis_sets import WITHOUT
from cesp_analysis.few_sites import bracket_words as words
from cesp_analysis.few_sites.tables import Bracket, Identities
from cesp_analysis.figures.bracket import BracketPanel, BracketRow, alt_text, bracket
from cesp_analysis.figures.bracket_panels import bracket_panels
from cesp_analysis.figures.kinds import figures_of
from cesp_analysis.figures.raincloud import Cloud, RainPanel, density, raincloud
from cesp_analysis.figures.raincloud import alt_text as rain_words
from cesp_analysis.figures.raincloud_panels import rain_panels
from cesp_analysis.report.blocks import Bullets, Callout, Figure, Paragraph, Table
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.bracket import ABOUT, BY_LOT, CAN_DIFFER, _apart
from cesp_analysis.report.sections.bracket import bracket as section
from cesp_analysis.withheld import Withheld
from few_sites.test_study import laddered
from small_study import Study, answers


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A study with an adjusted model, run and drawn."""
    study = Study(tmp_path_factory.mktemp("bracket"))
    later = pd.read_csv(StringIO(answers(1)))
    later["score"] = 8 + 0.6 * later["score"]  # a slope other than 1
    study.files["after.csv"] = later.to_csv(index=False)
    study.config["models"]["adjusted"] = {
        "kind": "did", "design": "change", "covariates": ["age"], "outcomes": ["score"],
    }  # fmt: skip
    return laddered(study)[1]


def test_the_section_prints_what_the_table_holds(results: Results) -> None:
    rows = {row["estimator"]: row for row in results.bracket}
    assert set(rows) == {"did", "ancova", "doubly_robust"}
    did = rows["did"]
    assert did["difference"] == pytest.approx(did["estimate"] - rows["ancova"]["estimate"])
    blocks = list(section(results))
    tables = {block.id: block for block in blocks if isinstance(block, Table)}
    assert list(tables) == ["bracket_joined", "bracket_estimates", "identities"]
    cells = tables["bracket_joined"].groups[0].rows[0].cells
    assert cells[0] == f"{did['n_intervention']:g} + {did['n_control']:g}"
    assert cells[5] == words.ENDS[next(n for n, row in rows.items() if row["place"] == "upper")]
    said = [text for block in blocks if isinstance(block, Bullets) for text in block.items]
    assert any(text.endswith(did["threat"]) for text in said) and abs(did["gap_in_sd"]) > 0.1
    apart = abs(did["difference"]) / did["baseline_sd"]
    said = f"give answers that lie {apart:.2f} SD apart here,"
    assert Paragraph(ABOUT.format(apart=said)) in blocks and apart > 0.005
    assert [block.id for block in blocks if isinstance(block, Figure)] == ["figure_bracket_person"]
    checked = [tuple(row.cells) for row in tables["identities"].groups[0].rows]
    assert checked == [("1", "0", "0")] * 6


def test_how_far_the_two_answers_lie_apart_is_that_of_the_data() -> None:
    def row(difference: float | Withheld | None, estimator: str = "did") -> dict[str, Any]:
        return {"estimator": estimator, "difference": difference, "baseline_sd": 2.0}

    assert _apart([row(-0.004), row(3.0, "ancova")]) == (
        "give answers that lie 0.00 SD apart here,"
    )
    assert "lie 0.10 to 0.50 SD apart" in _apart([row(-0.2), row(1.0), row(None)])
    assert _apart([row(None), row(Withheld())]) == CAN_DIFFER


def test_a_failed_check_is_a_warning_of_its_own(tmp_path: Path, results: Results) -> None:
    table = contracts.read(results.folder / "tables" / "identities.csv", Identities)
    table.loc[0, ["status", "reason"]] = ["failed", "they differ by 1"]
    contracts.write(table, tmp_path / "tables" / "identities.csv", Identities)
    kept = contracts.read(results.folder / "tables" / "bracket.csv", Bracket)
    contracts.write(kept.iloc[:0], tmp_path / "tables" / "bracket.csv", Bracket)
    assert list(section(Results(results.words, tmp_path, Path("SOURCES.yaml")))) == []
    by_lot = kept.assign(holds=None, threat=None)  # nothing to adjust for: no slope, no words of it
    contracts.write(by_lot, tmp_path / "tables" / "bracket.csv", Bracket)
    (tmp_path / "figures").mkdir()
    about = results.folder / "figures" / "bracket_person.json"
    for file in (about, about.with_suffix(".csv")):
        (tmp_path / "figures" / file.name).write_bytes(file.read_bytes())
    drawn = results.words.study.model_copy(update={"randomised": True})
    told = results.words.model_copy(update={"study": drawn, "sites": ()})
    blocks = list(section(Results(told, tmp_path, Path("SOURCES.yaml"))))
    callouts = [block for block in blocks if isinstance(block, Callout)]
    assert [callout.text[-17:] for callout in callouts] == ["they differ by 1."]
    assert Paragraph(BY_LOT) in blocks


def test_what_has_no_bracket_is_named_with_its_reason(tmp_path: Path, results: Results) -> None:
    """Outcome and times; a reason that people and respondents share stands once."""
    kept = contracts.read(results.folder / "tables" / "bracket.csv", Bracket)
    none = kept.iloc[:1].assign(estimator="bracket", status="not_estimable", reason="nobody asked")
    rows = [
        none,
        none.assign(time="before"),
        none.assign(level="respondent", outcome="lonely"),
        none.assign(outcome="lonely", reason="another", analysis_set=WITHOUT),
    ]
    contracts.write(pd.concat(rows), tmp_path / "tables" / "bracket.csv", Bracket)
    (tmp_path / "tables" / "identities.csv").write_bytes(
        (results.folder / "tables" / "identities.csv").read_bytes()
    )
    blocks = section(Results(results.words, tmp_path, Path("SOURCES.yaml")))
    assert [block.text for block in blocks if isinstance(block, Paragraph)] == [
        "Without a bracket: people, Score at After and Before; survey respondents, Lonely at After."
        " Nobody asked.",
        "Without a bracket: people, Lonely at After, without contaminated controls. Another.",
    ]


def test_the_figure_says_of_whom_each_estimate_is(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.files["people.csv"] = str(study.files["people.csv"]).replace("n3,33,", "n3,,")
    study.config["models"]["did"]["covariates"] = ["age"]
    study.config["outcomes"]["score"]["role"] = "secondary"
    found = laddered(study)[1]
    assert [row["n_obs"] for row in found.bracket] == [12, 12, 11]
    captions = [found.figure("bracket_person")["caption"]]
    captions += [block.caption for block in section(found) if isinstance(block, Table)]
    assert not any("same people" in caption for caption in captions)
    assert words.OF_WHOM in captions[0]
    assert captions[0].endswith(": an outcome, as none here is primary.")


def test_the_figure_shows_the_rows(results: Results) -> None:
    table = contracts.read(results.folder / "tables" / "bracket.csv", Bracket)
    panels = bracket_panels(table, results.words, "person")
    assert [(panel.outcome_label, len(panel.rows)) for panel in panels] == [("Score", 1)]
    drawn = bracket(panels).axes[0]
    shown = [float(line.get_xdata()[0]) for line in drawn.lines if line.get_marker() in ("s", "o")]
    ends = table[table["estimator"].isin(["did", "ancova"])]["estimate"]
    assert sorted(shown) == pytest.approx(sorted(ends))
    assert "ANCOVA" in alt_text(panels) and bracket([]).axes == []
    half = BracketPanel("Score", "points", (BracketRow("After", {"did": (1.0, 0.0, 2.0)}),))
    assert not bracket([half]).axes[0].collections  # no band without both ends
    assert "bracket_person" not in figures_of(["person"], estimates=False)


def test_the_raincloud_shows_changes_of_those_who_answered_twice(results: Results) -> None:
    panel = pd.read_parquet(results.folder.parent / "data/processed/panel.parquet")
    panel.loc[(panel["unit"] == "P01") & (panel["time"] == "after"), "value"] = np.nan
    shown = rain_panels(panel, results.words, "person")
    assert [(cloud.group, len(cloud.values)) for cloud in shown[0].clouds] == [
        ("North", 5), ("South", 6),
    ]  # fmt: skip
    wide = panel[panel["outcome"] == "score"].pivot(index="unit", columns="time", values="value")
    south = panel.drop_duplicates("unit").set_index("unit")["site"][wide.index] == "south"
    assert sorted(shown[0].clouds[1].values) == sorted((wide["after"] - wide["before"])[south])
    assert "South, 6 people, median" in rain_words(shown)
    raincloud(shown)


def test_densities_are_those_of_a_kernel() -> None:
    """Scipy's with the same width; few or equal changes have none."""
    from scipy.stats import gaussian_kde

    values = np.random.default_rng(1).normal(size=80).round(1)
    grid, height = density(values)
    spread = values.std(ddof=1)
    quarter = float(np.subtract(*np.quantile(values, [0.75, 0.25]))) / 1.34
    width = 0.9 * min(spread, quarter) * 80**-0.2
    known = gaussian_kde(values, bw_method=width / spread)(grid)
    assert height == pytest.approx(known, rel=1e-9)
    assert len(density(np.ones(9))[0]) == len(density(np.arange(4.0))[0]) == 0
    clouds = (Cloud("North", "intervention", ()), Cloud("South", "control", tuple(values)))
    many = RainPanel("Score", "points", "After", (*clouds, Cloud("C", "control", (1.0,) * 400)))
    drawn = raincloud([many, many, many])
    assert len(drawn.axes) == 4 and "North, nobody" in rain_words([many])
    dots = [len(line.get_xdata()) for line in drawn.axes[0].lines if line.get_marker() == "o"]
    assert dots == [0, 80, 300]
