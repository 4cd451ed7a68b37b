"""The specification curve: its rows are the models run by themselves; its figure and section."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest import approx

from cesp_analysis import contracts
from cesp_analysis.analysis_plan import specs as plan_specs
from cesp_analysis.analysis_plan.tables import SpecificationCurve
from cesp_analysis.cli import main
from cesp_analysis.declared.wording import Wording
from cesp_analysis.figures.curve_panels import curve_panels
from cesp_analysis.figures.kinds import figures_of
from cesp_analysis.figures.specification_curve import alt_text, specification_curve
from cesp_analysis.pipeline import opened
from cesp_analysis.report.blocks import Callout, Paragraph, Table
from cesp_analysis.report.in_short import in_short
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.estimates import estimates
from cesp_analysis.report.sections.plan import plan
from cesp_analysis.report.sections.specification_curve import specification_curve as section
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.schemas import Estimates
from cesp_analysis.study import model_specs
from small_study import Study, inside

AIM = {
    "label": "Score after",
    "population": "everybody",
    "treatment": "new against usual",
    "variable": {"outcome": "score", "time": "after"},
    "summary_measure": "difference in mean change",
}


def declared(study: Study) -> None:
    """Two models, covariates or none, two analysis sets: eight ways; each is a model too."""
    people = study.config["files"]["people"]
    people["derived"] = {"old": {"expression": "age >= 41"}}
    study.config["contamination"] = {"label": "Old", "variable": "old", "values": ["1"]}
    kinds: dict[str, dict[str, Any]] = {
        "did": {"kind": "did", "design": "change"},
        "ancova": {"kind": "ancova"},
    }
    study.config["models"] = {}
    study.config["covariates"]["sex"] = {"label": "Sex", "variable": "sex"}  # age is collinear
    for name, kind in kinds.items():
        for adjusted, covariates in (("none", []), ("sex", ["sex"])):
            for chosen in ("all_recruited", "without_contaminated_controls"):
                own = f"{name}_{adjusted}_{chosen[:3]}"
                study.config["models"][own] = kind | {
                    "outcomes": ["score"], "covariates": covariates, "analysis_set": chosen,
                    "label": own,
                }  # fmt: skip
    study.config["estimands"] = {"aim": AIM, "unanswered": AIM | {"label": "Unanswered"}}
    study.config["models"]["did_none_all"]["estimand"] = "aim"
    study.config["estimands"]["aim"] = AIM | {
        "intercurrent_events": {"contamination": {"strategy": "treatment_policy"}}
    }
    study.config["analysis_plan"] = {
        "families": {
            "main": {"label": "Main", "estimates": ["did_none_all/score/after"]},
        },
        "specification_curve": {
            "outcomes": ["score"],
            "times": ["after"],
            "models": ["did_none_all", "ancova_none_all"],
            "covariates": {"none": [], "sex": ["sex"]},
            "analysis_sets": ["all_recruited", "without_contaminated_controls"],
        },
    }


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A study that was locked, then given a covariance, and run up to its tables and a figure."""
    study = Study(tmp_path_factory.mktemp("curve"))
    declared(study)
    study.write()
    with inside(study.folder):
        assert main(["lock-plan", "--date", "2026-01-15"]) == 0
    study.config["models"]["ancova_sex_all"]["covariance"] = "classical"
    assert study.run("all").status == 0
    with inside(study.folder):
        told, tables = opened("."), "results/tables"
        made = [f"results/models/{name}/estimates.csv" for name in told.models]
        assert main(["collect", "--estimates", *made, "--out", f"{tables}/estimates.csv"]) == 0
        words = ["standardise", "--spec", model_specs.standardise(told), "--out", f"{tables}/s.csv"]
        words += ["--panel", "data/processed/panel.parquet", "--grades", f"{tables}/grades.csv"]
        assert main([*words, "--estimates", f"{tables}/estimates.csv"]) == 0
        words = ["plan", "--spec", plan_specs.plan(told), "--estimates", f"{tables}/estimates.csv"]
        words += ["--estimands", f"{tables}/estimands.csv", "--planned", f"{tables}/planned.csv"]
        words += ["--locks", f"{tables}/plan_locks.csv", "--lock", *plan_specs.lock_file()]
        assert main([*words, "--changed", f"{tables}/plan_changes.csv"]) == 0
        words = ["specification_curve", "--spec", plan_specs.curve(told)]
        words += ["--panel", "data/processed/panel.parquet"]
        assert main([*words, "--out", f"{tables}/specification_curve.csv"]) == 0
        for name, table in (
            ("specification_curve", "specification_curve"),
            ("forest", "estimates"),
        ):
            made_at = f"results/figures/{name}_person"
            words = ["draw", "--figure", f"{name}_person", "--spec", wording_spec(told)]
            words += ["--table", f"{tables}/{table}.csv", "--svg", f"{made_at}.svg"]
            assert (
                main(
                    [
                        *words,
                        "--png",
                        f"{made_at}.png",
                        "--about",
                        f"{made_at}.json",
                        "--data",
                        f"{made_at}.csv",
                    ]
                )
                == 0
            )
        wording = Wording.model_validate_json(wording_spec(told))
    return Results(wording, study.folder / "results", Path("SOURCES.yaml"))


def test_each_row_is_the_model_run_by_itself(results: Results) -> None:
    alone = {row["model"]: row for row in contracts_rows(results, "estimates", Estimates)}
    curve = results.specification_curve
    assert len(curve) == 8
    for row in curve:
        name = f"{row['kind']}_{row['covariates']}_{row['analysis_set'][:3]}"
        if name == "ancova_sex_all":  # the one whose covariance the model itself changed
            assert row["estimate"] == approx(alone[name]["estimate"], rel=1e-12)
            continue
        for column in ("estimate", "std_error", "df", "ci_low", "ci_high", "ci_low_shock"):
            assert row[column] == approx(alone[name][column], rel=1e-12), (name, column)
        assert (row["n_units"], row["warnings"]) == (
            alone[name]["n_units"],
            alone[name]["warnings"],
        )


def contracts_rows(results: Results, name: str, contract: type[Table]) -> list[dict[str, Any]]:
    """A table of results."""
    return list(contracts.rows(results.folder / "tables" / f"{name}.csv", contract))


def test_the_figure_has_every_way_in_order_with_its_choices(results: Results) -> None:
    table = contracts.read(results.folder / "tables/specification_curve.csv", SpecificationCurve)
    (panel,) = curve_panels(table, results.words, "person")
    found = [way.estimate for way in panel.made()]
    assert len(found) == 8 and found == sorted(found)  # type: ignore[type-var]
    assert [choice for _, choice in panel.choices] == [
        "did_none_all", "ancova_none_all", "Covariates: none", "Covariates: sex",
        "All recruited", "Without contaminated controls",
    ]  # fmt: skip
    assert len(specification_curve([panel]).axes) == 2
    assert "8 ways, 8 with an estimate, from" in alt_text([panel])
    assert alt_text([]).endswith("None.") and not specification_curve([]).axes
    assert "specification_curve_person" in figures_of(["person"], curve="person")
    assert "specification_curve_person" not in figures_of(["person"])


def test_the_section_shows_each_way_and_no_p_value(results: Results) -> None:
    blocks = list(section(results))
    (table,) = [block for block in blocks if isinstance(block, Table)]
    assert sum(len(group.rows) for group in table.groups) == 8
    assert "8 specifications, 8 with an estimate, from" in table.caption
    assert "to a site, of published sizes" in repr(table.notes)
    ours = replace(results, words=results.words.model_copy(update={"own_prior": True}))
    (table,) = [block for block in section(ours) if isinstance(block, Table)]
    assert "of the sizes in the study's own prior" in repr(table.notes)
    said = repr([*blocks, *plan(results), *estimates(results)])
    assert "All were declared when the plan was locked" in said
    caption = results.figure("specification_curve_person")["caption"]
    assert caption.endswith("All were declared when the plan was locked.")
    for row in contracts_rows(results, "estimates", Estimates):
        assert f"{row['p_value']:.4f}"[1:] not in said
    for planned in results.planned.values():
        assert planned["p_holm"] is None or f"{planned['p_holm']:.4f}"[1:] not in said


def test_the_report_says_what_was_declared_what_changed_and_what_is_unanswered(
    results: Results,
) -> None:
    blocks = list(plan(results))
    (callout,) = [block for block in blocks if isinstance(block, Callout)]
    assert callout.title == "The plan is not as it was locked"
    assert callout.text.startswith("Locked on 2026-01-15 (sha256 ")
    assert "Data had been received when it was first locked, some on 2026-01-01: " in callout.text
    assert "1 change since, in no lock. An analysis that was chosen" in callout.text
    tables = {block.id: block for block in blocks if isinstance(block, Table)}
    assert list(tables) == ["estimands", "family_main"]
    aim, unanswered = tables["estimands"].groups
    cells = {row.stub: row.cells[0] for row in aim.rows}
    assert cells["Variable"] == "Score at After, in points"
    assert cells["Intercurrent events"] == "Old: treatment policy"
    assert cells["Estimates"] == "did_none_all/score/after"
    assert unanswered.rows[-1].cells == ("none",) and unanswered.rows[-1].marks
    family = tables["family_main"].groups[0].rows[0]
    assert family.cells[1] == family.cells[2] and family.cells[3] == "as first locked"  # of one
    assert (
        isinstance(blocks[-1], Paragraph) and "outside a family is exploratory" in blocks[-1].text
    )
    told = list(in_short_of(results))
    assert any(line.startswith("Estimand unanswered: no model targets it") for line in told)
    assert any(line.startswith("Analysis plan: 1 change since it was locked") for line in told)


def in_short_of(results: Results) -> list[str]:
    """What the end of a run says of estimands and plan."""
    whole = {"problems": [], "account": [], "published": []}
    results.__dict__.update(whole)  # tables that this run did not make
    return list(in_short(results))


def test_estimates_point_to_their_estimand_and_say_what_came_later(results: Results) -> None:
    (table,) = [b for b in estimates(results) if isinstance(b, Table)]
    titles = [group.title for group in table.groups]
    assert "did_none_all" in titles
    assert "ancova_sex_all (changed after the plan was locked)" in titles
    notes = [note.text for note in table.notes]
    assert "Estimand: Score after." in notes and "Confirmatory: Main." in notes


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"times": ["before"]}, "specification_curve.times: before comes before the intervention"),
        ({"models": ["dod"]}, "specification_curve.models: no model is called 'dod'"),
        ({"covariates": {"a": ["agee"]}}, "covariates.a: no covariate is called 'agee'"),
        ({"analysis_sets": ["dose"]}, "specification_curve.analysis_sets: 'dose' is refused"),
        ({"outcomes": ["scor"]}, "specification_curve.outcomes: no outcome is called 'scor'"),
        (
            {"outcomes": ["score", "score"]},
            "curve.outcomes: 'score' stands twice; each way is gone",
        ),
        ({"models": ["did", "did"]}, "specification_curve.models: 'did' stands twice"),
    ],
)
def test_a_mistake_of_the_curve_is_one_line(
    tmp_path: Path, settings: dict[str, Any], said: str
) -> None:
    study = Study(tmp_path)
    curve = {"outcomes": ["score"], "times": ["after"], "models": ["did"]}
    study.config["analysis_plan"] = {"specification_curve": curve | settings}
    (line,) = study.lines()
    assert said in line


def test_a_way_that_a_model_cannot_go_is_named(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["models"]["weighted"] = {
        "kind": "weighted_did", "design": "change", "method": "entropy",
        "covariates": ["age"], "outcomes": ["score"],
    }  # fmt: skip
    study.config["analysis_plan"] = {
        "specification_curve": {
            "outcomes": ["score"], "times": ["after"], "models": ["weighted"],
            "covariates": {"none": []},
        }
    }  # fmt: skip
    (line,) = study.lines()
    assert line.startswith("config.yaml: analysis_plan.specification_curve: weighted/none/own.")


def of_a_third_time(study: Study) -> dict[str, Any]:
    """A curve at a time that config declares after the others."""
    study.config["times"]["later"] = {"label": "Later", "position": 12}
    curve = {"outcomes": ["score"], "times": ["later"], "models": ["did"]}
    study.config["analysis_plan"] = {"specification_curve": curve}
    return curve


def test_a_way_that_would_have_no_row_is_named(tmp_path: Path) -> None:
    study = Study(tmp_path)
    curve = of_a_third_time(study)
    assert study.lines() == []
    study.config["models"]["did"]["times"] = ["before", "after"]
    (line,) = study.lines()
    assert line.endswith("models: 'did' says nothing of later (it tells of: after)")
    del study.config["models"]["did"]["times"]
    study.config["outcomes"]["score"]["times"] = ["before", "after"]
    (line,) = study.lines()
    assert "curve.times: score is not asked at later; leave one of them out" in line
    del study.config["outcomes"]["score"]["times"]
    whole = {"kind": "mixed", "random": ["person"], "outcomes": ["score"], "effect": "constant"}
    study.config["models"]["mixed"] = whole | {"times": ["after", "later"]}
    curve["models"] = ["mixed"]
    (line,) = study.lines()
    assert "'mixed' tells of all times at once (effect: constant); leave it out" in line


def test_a_dose_is_no_way_of_a_curve_in_the_outcome_s_unit(tmp_path: Path) -> None:
    """Told before anything runs, not by the curve's job."""
    study = Study(tmp_path)
    study.config["models"]["did"] |= {"covariates": ["age"], "dose": "age"}
    curve = {"outcomes": ["score"], "times": ["after"], "models": ["did"]}
    study.config["analysis_plan"] = {"specification_curve": curve}
    (line,) = study.lines()
    assert "models: 'did' estimates score in points per unit of Age, not in points" in line
