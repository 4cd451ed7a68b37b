"""What a study says of its sites: settings, faults in a line, the report's section and figure."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from pytest import approx

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.declared.wording import Wording
from cesp_analysis.errors import CespError
from cesp_analysis.few_sites.tables import Ladder, ShockCurve
from cesp_analysis.figures.kinds import figures_of
from cesp_analysis.figures.shock import alt_text, shock
from cesp_analysis.figures.shock_panels import shock_panels
from cesp_analysis.numbers import fixed, interval
from cesp_analysis.pipeline import opened
from cesp_analysis.report.blocks import Callout, Paragraph, Table
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.few_sites import few_sites
from cesp_analysis.report.sections.few_sites_clusters import ALIKE
from cesp_analysis.report.sections.few_sites_parts import stub
from cesp_analysis.report.sections.few_sites_shocks import EXACTLY, chosen
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study import specs
from small_study import Study, answers, inside

DRAWN = {
    "shock_person": "shock_curve",
    "forest_person": "estimates",
    "bracket_person": "bracket",
}
ESTIMAND = {
    "label": "Main",
    "population": "all recruited",
    "treatment": "new against usual",
    "variable": {"outcome": "score", "time": "after"},
    "summary_measure": "difference in mean change",
}
PRIOR = "rho,cac,period_months,cluster_type,source\n"


def laddered(study: Study) -> tuple[dict[str, Any], Results]:
    """The rungs of a study that was run, and what its report is written from."""
    ran = study.run("every model")
    assert (ran.status, ran.shown) == (0, "")
    with inside(study.folder):
        told = opened(".")
        tables = "results/tables"
        models = [f"results/models/{name}/estimates.csv" for name in told.models]
        assert main(["collect", "--estimates", *models, "--out", f"{tables}/estimates.csv"]) == 0
        prior = [told.few_sites.prior] if told.few_sites.prior else []
        words = ["ladder", "--spec", specs.ladder(told), "--panel", "data/processed/panel.parquet"]
        words += ["--estimates", f"{tables}/estimates.csv", "--out", f"{tables}/ladder.csv"]
        words += ["--bracket", f"{tables}/bracket.csv", "--identities", f"{tables}/identities.csv"]
        assert main([*words, "--curves", f"{tables}/shock_curve.csv", "--prior", *prior]) == 0
        for name, of in DRAWN.items():
            made = f"results/figures/{name}"
            table = f"{tables}/{of}.csv"
            words = ["draw", "--figure", name, "--spec", wording_spec(told), "--table", table]
            words += [
                "--svg",
                f"{made}.svg",
                "--png",
                f"{made}.png",
                "--about",
                f"{made}.json",
                "--data",
                f"{made}.csv",
            ]
            assert main(words) == 0
    place = study.folder / "results"
    rows = contracts.rows(place / "tables" / "ladder.csv", Ladder)
    wording = Wording.model_validate_json(wording_spec(told))
    return {row["rung_id"]: row for row in rows}, Results(wording, place, Path("SOURCES.yaml"))


def test_an_own_prior_is_scaled_and_named(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["few_sites"] = {
        "prior": "prior.csv",
        "divergences": {"score": {"value": 1.5, "source": "survey of 2019"}},
    }
    tmp_path.joinpath("prior.csv").write_text(PRIOR + "0.04,0.49,12,town,mine\n", encoding="utf-8")
    found, results = laddered(study)
    mixture, median = (found[f"did/score/after/shock_{name}"] for name in ("mixture", "median"))
    said = "over the study's own prior.csv: 1 pair, 1 scaled to 6 months, 0 as they stand"
    assert said in mixture["method"]
    assert median["shock_in_sd"] == approx(2 * (0.04 * (1 - 0.7) / 0.96) ** 0.5)  # .49 ** (6 / 12)
    assert found["did/score/after/bounded_variation"]["shock"] == 1.5
    assert found["did/score/after/shock_pair_1"]["shock"] == median["shock"]
    blocks = list(few_sites(results))
    tables = {block.id: block for block in blocks if isinstance(block, Table)}
    assert list(tables) == [
        "shocks_person", "shock_sizes_person", "clusters_person", "divergences_person",
    ]  # fmt: skip
    sizes = [row.stub for row in tables["shock_sizes_person"].groups[0].rows]
    assert sizes[-1] == "town: mine" and sizes[0] == "No shock"
    bounds, plain = tables["divergences_person"], found["did/score/after/sampling"]
    (line,) = bounds.groups[0].rows
    assert line.cells == (
        fixed(plain["estimate"], 2),
        interval(plain["ci_low"], plain["ci_high"], 2),
        "1.50",
        interval(plain["ci_low"] - 1.5, plain["ci_high"] + 1.5, 2),
    )
    assert "Declared: survey of 2019." in [note.text for note in bounds.notes]
    notes = [note.text for note in tables["shocks_person"].notes]
    assert EXACTLY in notes
    told = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert told[-1].endswith("(Before): parallel trends cannot be examined.")


def test_an_own_prior_is_nowhere_said_to_be_published(tmp_path: Path) -> None:
    """Captions, legends, tables and notes; the shipped pairs' words are those of other tests."""
    study = Study(tmp_path)
    study.config["few_sites"] = {"prior": "prior.csv"}
    study.config["times"]["late"] = {"label": "Late", "position": 12}
    study.files["late.csv"] = answers(1).replace(",2\n", ",3\n")
    study.config["files"]["late"] = study.config["files"]["after"] | {
        "path": "data/raw/late.csv", "time": {"constant": "late"},
    }  # fmt: skip
    pairs = PRIOR + "0.04,0.49,12,town,ours 2020\n0.02,0.8,,,council\n"
    tmp_path.joinpath("prior.csv").write_text(pairs, encoding="utf-8")
    found, results = laddered(study)
    assert found["did/score/late/shock_mixture"]["status"] == "estimated"
    blocks = list(few_sites(results))
    printed = repr(blocks).lower()
    for gone in ("published", "practices", "kasza"):
        assert gone not in printed
    (callout,) = [block for block in blocks if isinstance(block, Callout)]
    assert callout.text == (
        "The study's own prior.csv: 2 pairs, 1 scaled to 6 and 12 months, 1 as they stand. Its"
        " pairs: town (ours 2020) and kind of cluster not said (council); the within-period ICC"
        " falls with the size of a cluster and the length of a period, so that pairs of other"
        " clusters or periods may not fit."
    )
    tables = {block.id: block for block in blocks if isinstance(block, Table)}
    sizes = [row.stub for row in tables["shock_sizes_person"].groups[0].rows]
    assert "Shocks of the study's own prior, median" in sizes
    assert {"town: ours 2020", "kind of cluster not said: council"} <= set(sizes)
    for name in ("shock_person", "forest_person"):
        about = results.figure(name)
        assert "published" not in repr(about)
        assert "those of the study's own prior" in about["caption"]
        drawn = (tmp_path / "results" / "figures" / f"{name}.svg").read_text(encoding="utf-8")
        assert "published" not in drawn


def test_ways_that_count_clusters_alike_are_told_where_they_answer(tmp_path: Path) -> None:
    _, results = laddered(Study(tmp_path))
    tables = {block.id: block for block in few_sites(results) if isinstance(block, Table)}
    assert "divergences_person" not in tables
    assert ALIKE in [note.text for note in tables["clusters_person"].notes]
    for row in results.ladder:
        if row["rung"].endswith(("relabelling", "donald_lang")):
            row["estimate"] = None
    tables = {block.id: block for block in few_sites(results) if isinstance(block, Table)}
    assert ALIKE not in [note.text for note in tables["clusters_person"].notes]


def test_no_p_value_stands_in_the_section(tmp_path: Path) -> None:
    found, results = laddered(Study(tmp_path))
    printed = repr(list(few_sites(results)))
    for rung in found.values():
        if rung["p_value"] not in (None, 1.0) and rung["p_value"] != rung["smallest_p"]:
            assert f"{rung['p_value']:.3f}" not in printed
    assert "Smallest p" in printed


def test_a_negative_control_is_named_as_one(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["outcomes"]["lonely"]["role"] = "negative_control"
    study.config["models"]["did"]["outcomes"] = ["score", "lonely"]
    lines = answers(1).splitlines()  # a third of the people answer an item otherwise
    study.files["after.csv"] = "\n".join(
        line[:-1] + "3" if at % 3 == 1 else line for at, line in enumerate(lines)
    )
    found, results = laddered(study)
    assert found["did/lonely/after/sampling"]["role"] == "negative_control"
    said = [b.text for b in few_sites(results) if isinstance(b, Paragraph)]
    assert any(text.startswith("Lonely is a negative control") for text in said)


def test_a_study_without_sites_has_neither_section_nor_figure(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["sites"] = {}
    people = study.config["files"]["people"]
    del people["site"]
    people["arm"] = {"column": "site", "values": {"North": "intervention", "South": "control"}}
    found, results = laddered(study)
    assert {row["rung"] for row in found.values()} >= {"sampling"}
    assert not any("shock" in name or "site/" in name for name in found)
    assert list(few_sites(results)) == []
    assert "shock_person" not in figures_of(["person"], sites=False)


def test_the_figure_says_what_it_shows(tmp_path: Path) -> None:
    found, results = laddered(Study(tmp_path))
    with inside(tmp_path):
        curve = contracts.read(Path("results/tables/shock_curve.csv"), ShockCurve)
    (panel,) = shock_panels(curve, results.words, "person")
    row = found["did/score/after/sampling"]
    assert panel.estimate == approx(row["estimate"])
    assert (panel.low[0], panel.high[0]) == approx((row["ci_low"], row["ci_high"]))
    assert panel.breaks == approx(found["did/score/after/breakdown_interval"]["shock"])
    assert panel.quartiles[1] == approx(found["did/score/after/shock_median"]["shock"])
    ends = ["ci_low_shock", "ci_high_shock", "bounded_low", "bounded_high"]
    other = curve.assign(estimate_id=curve["estimate_id"].astype(str) + "/clustered")
    other[ends] *= 2
    assert shock_panels(pd.concat([other, curve]), results.words, "person") == [panel]
    said = alt_text([panel])
    assert "with one as large as the published median" in said and "Score (points)" in said
    assert len(shock([panel]).axes) == 1
    assert alt_text([]).endswith("None.") and not shock([]).axes
    forest = results.figure("forest_person")
    assert "Thin: with shocks to a site as large as published ones" in forest["caption"]


def test_of_several_estimates_at_one_time_the_one_without_a_suffix_is_shown(
    tmp_path: Path,
) -> None:
    _, results = laddered(Study(tmp_path))
    rungs: dict[str, Any] = {
        row["rung"]: row for row in results.ladder if row["estimate_id"] == "did/score/after"
    }
    others = []
    for ending in ("clustered", "panel"):
        name = f"did/score/after/{ending}"
        others.append({rung: row | {"estimate_id": name} for rung, row in rungs.items()})
    for order in ([rungs, *others], [*others, rungs]):
        (shown,) = chosen(results, order)
        assert shown is rungs
    told = [stub(results, one["sampling"]) for one in (rungs, *others)]
    assert told[1:] == [f"{told[0]}, {of}" for of in ("neighbourhoods like these", "panel members")]


@pytest.mark.parametrize("how", ["family", "estimand"])
def test_the_model_that_was_declared_speaks_for_an_outcome(tmp_path: Path, how: str) -> None:
    """Table, figure and clusters show the family's model, else the estimand's; not the first."""
    study = Study(tmp_path)
    second = {"kind": "did", "design": "change", "outcomes": ["score"], "covariance": "CR2"}
    study.config["models"]["near"] = second | {"cluster": "neighbourhood", "label": "By place"}
    study.config["models"]["did"]["label"] = "People alone"
    if how == "family":
        family = {"label": "Main", "estimates": ["near/score/after"]}
        study.config["analysis_plan"] = {"families": {"main": family}}
    else:
        study.config["models"]["near"]["estimand"] = "main"
        study.config["estimands"] = {"main": ESTIMAND}
    found, results = laddered(study)
    assert found["did/score/after/shock_median"] and found["near/score/after/shock_median"]
    tables = {b.id: b for b in few_sites(results) if isinstance(b, Table)}
    shown = [row.stub for row in tables["shocks_person"].groups[0].rows]
    assert shown == ["By place: After"]
    for name in ("shock_sizes_person", "clusters_person"):
        assert [group.title for group in tables[name].groups] == ["Score, By place: After"]
    with inside(tmp_path):
        curve = contracts.read(Path("results/tables/shock_curve.csv"), ShockCurve)
    (panel,) = shock_panels(curve, results.words, "person")
    assert panel.model_label == "By place"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"prior": "absent.csv"}, "absent.csv: there is no such file (few_sites.prior)"),
        ({"prior": "../prior.csv"}, "few_sites.prior: '../prior.csv' leaves the study's folder"),
        ({"divergences": {"scores": {"value": 1, "source": "x"}}}, "did you mean 'score'?"),
        ({"divergences": {"score": {"value": 0, "source": "x"}}}, "few_sites.divergences.score"),
        ({"draws": 10}, "few_sites.draws"),
        ({"priors": "x.csv"}, "few_sites.priors"),
    ],
)
def test_faults_are_told_in_a_line(tmp_path: Path, settings: dict[str, Any], said: str) -> None:
    study = Study(tmp_path)
    study.config["few_sites"] = settings
    ran = study.run()
    assert ran.status == 1 and len(ran.lines) == 1
    assert said in ran.shown and "Traceback" not in ran.shown


def test_an_impossible_pair_stops_before_anything_runs(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["few_sites"] = {"prior": "prior.csv"}
    tmp_path.joinpath("prior.csv").write_text(PRIOR + "1.2,0.5,0,,x\n", encoding="utf-8")
    ran = study.run()
    assert ran.lines == [
        "prior.csv: line 2: rho: must be a number from 0 to below 1, not '1.2'",
        "prior.csv: line 2: period_months: must be above 0, not '0': over a gap of no time nothing"
        " changes; leave it blank if it is not known",
    ]


def test_a_negative_control_that_is_an_outcome_too_is_refused(tmp_path: Path) -> None:
    study = Study(tmp_path)
    same = study.config["outcomes"]["score"] | {"label": "Again", "role": "negative_control"}
    study.config["outcomes"]["again"] = same
    (line,) = study.lines()
    assert line.startswith("config.yaml: outcomes.again.role: a negative control cannot be changed")
    assert "the same answers as score (score), which has the role primary" in line


def test_what_is_known_of_sites_needs_sites(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["few_sites"] = {"webb": True}
    study.config["sites"] = {}
    people = study.config["files"]["people"]
    del people["site"]
    people["arm"] = {"column": "site", "values": {"North": "intervention", "South": "control"}}
    study.write()
    with inside(tmp_path), pytest.raises(CespError, match="few_sites: the study declares no sites"):
        opened(".")


def test_the_settings_of_the_howto_may_be_written(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "howto" / "few_sites.md"
    written = page.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    settings = yaml.safe_load(written)["few_sites"]
    study = Study(tmp_path)
    study.config["few_sites"] = settings | {
        "divergences": {"score": settings["divergences"]["wellbeing"]}
    }
    assert study.lines() == []
