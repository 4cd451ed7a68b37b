"""The section of the trial that could follow: each number as its table has it, no verdict."""

import json
from pathlib import Path
from typing import Any

import pytest

import planning_tables as tables
from cesp_analysis import contracts
from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.declared.wording import Wording
from cesp_analysis.planning import tables as of_planning
from cesp_analysis.planning.specs import FIGURES
from cesp_analysis.report.blocks import Block, Callout, Figure, Heading, Paragraph, Table
from cesp_analysis.report.claims import Guard
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.findings_rooms import planned as planned_finding
from cesp_analysis.report.sections.limitations_of_planning import planned
from cesp_analysis.report.sections.planning import planning
from cesp_analysis.report.sections.planning_sentence import (
    difference,
    for_application,
    sentence,
)
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.report.write import report_tables
from cesp_analysis.study.read import read_study
from cesp_analysis.whole_files import write_json, write_text
from cesp_analysis.withheld import Rounded, Withheld
from small_study import Study


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """A study whose planning is that of planning_tables.py."""
    Study(tmp_path).write()
    told = json.loads(wording_spec(read_study(tmp_path))) | {"planning": tables.WORDS}
    folder = tmp_path / "results"
    tables.written(folder / "tables")
    about = {"caption": "A", "alt": "A", "svg": "a.svg", "png": "a.png", "csv": "a.csv"}
    write_text("x\n", folder / "figures/a.csv")
    for kind in FIGURES:
        write_json(about, folder / f"figures/{kind}_person.json")
    return Results(Wording.model_validate(told), folder, tmp_path / "data/raw/SOURCES.yaml")


def blocks(results: Results) -> list[Block]:
    return list(planning(results))


def table(results: Results, name: str) -> Table:
    found = (b for b in blocks(results) if isinstance(b, Table) and b.id == name)
    return next(found)


def lines(own: Table) -> dict[str, dict[str, tuple[str, ...]]]:
    return {group.title: {row.stub: row.cells for row in group.rows} for group in own.groups}


def notes(own: Table) -> str:
    return " ".join(note.text for note in own.notes)


def test_it_says_what_is_planned_and_what_two_sites_cannot_tell(results: Results) -> None:
    found = blocks(results)
    first = next(b for b in found if isinstance(b, Paragraph))
    assert "a difference of 2.00 points in " in first.text and "(A paper)" in first.text
    assert "power of 80% (two-sided, 5%) and assurance of 70%" in first.text
    caution = next(b for b in found if isinstance(b, Callout))
    assert caution.title == "What 2 sites cannot tell"
    assert "published pairs of other studies" in caution.text
    assert "ICC of locations: 0.050, from 0.030 to 0.070" in caution.text
    assert [b.id for b in found if isinstance(b, Figure)] == [
        f"figure_planning_{kind}_person" for kind in ("layout", "map", "power", "front")
    ]  # fmt: skip
    anchors = [b.anchor for b in found if isinstance(b, Heading)]
    assert anchors == ["planning", "planning_sizes", "planning_worth", "planning_trials"]


def test_each_parameter_says_from_where_and_of_how_many(results: Results) -> None:
    own = lines(table(results, "planning_known"))[""]
    assert own["SD of an answer"] == ("This study", "80 people, 2 sites", "5.00", "4.00 to 6.00")
    assert own["Share of those with a first answer who have a last one"][2:] == (
        "80%",
        "75% to 85%",
    )
    assert own["ICC of locations"][:2] == ("Published pairs", "16 pairs")
    assert own["ICC of link workers"] == ("This study", "30 people, 1 link worker", "–", "–")
    assert own["Variation of locations' sizes (CV)"] == ("Assumed", "–", "0.40", "held")


def test_medians_of_draws_have_their_monte_carlo_error(results: Results) -> None:
    for row in results.planning_known:
        row["median_mcse"] = 0.0126 if row["parameter"] in ("sd", "retention") else None
    own = lines(table(results, "planning_known"))[""]
    assert own["SD of an answer"][2] == "5.00 (0.013)"
    assert own["Share of those with a first answer who have a last one"][2] == "80% (1.3%)"
    assert own["ICC of locations"][2] == "0.050"


def test_what_is_held_is_said_so(results: Results) -> None:
    for row in results.planning_known:
        row["low"] = row["high"] = row["median"]
    caution = next(b for b in blocks(results) if isinstance(b, Callout))
    assert "ICC of locations: 0.050, held; CAC of locations: 0.90, held." in caution.text


def test_a_row_is_the_fewest_locations_that_reach_both_or_what_lacks(results: Results) -> None:
    own = table(results, "planning_scenarios")
    rows = lines(own)
    assert rows["Two arms"]["10"][:4] == ("40", "400", "85%", "75% (55 to 80)")
    assert rows["Two arms"]["20"][0] == "20"
    assert rows["A wedge"]["10"][0] == "none to 12"
    assert rows["People"]["60"][-1] == "0.10"
    assert (
        "With 12 locations power is not reached; with any number of people power would be 70% at"
        " most; power alone asks for 18 (Monte Carlo error 0.6)." in notes(own)
    )


def test_a_rounded_number_that_asks_for_no_more_is_said_without_it(results: Results) -> None:
    for row in results.planning:
        row["needed"] = None if row["needed"] is None else Rounded("12")
    assert "power alone asks for more." in notes(table(results, "planning_scenarios"))
    for row in results.planning:
        row["needed"] = row["ceiling"] = Withheld()
    assert "With 12 locations power is not reached." in notes(table(results, "planning_scenarios"))


def test_the_sentence_is_of_the_cheapest_row_and_of_what_it_rests_on(results: Results) -> None:
    said = [b for b in blocks(results) if isinstance(b, Callout)][-1]
    assert said.title == "For an application"
    assert said.text == (
        "People: with 4 locations and 60 people in each (240 people in all, who answer at"
        " the start; half of them with 8 link workers) the trial would find a difference of"
        " 2.00 points in Score with power of 95%"
        " (two-sided, 5%), at an SD of 5.00, a correlation of 0.50 with the first answer, 80% who"
        " answer at the end and an ICC of 0.050."
        " Over all that is not known for sure its power is 90% on average (assurance), and from 70%"
        " to 95% in the middle 80% of what may be. Its cost: £100,000 (guessed). It is the"
        " cheapest of those declared that reaches both."
    )


def test_what_is_quoted_is_what_simulated_trials_find_where_they_part(results: Results) -> None:
    row = next(r for r in results.planning if (r["locations"], r["people"]) == (10, 10))
    row |= {"power": 0.85, "reaches": "both"}  # its trials find 20%
    for one in results.planning_trials:
        one["formula"] = 0.85
    said = sentence(results, row)
    assert (
        "with power of 20.0% in simulated trials (Monte Carlo interval 17.6% to 22.6%; by formula"
        " 85%) (two-sided, 5%)" in said
    )
    assert "reaches both by formula; its simulated trials fall short of 80% power." in said
    for one in results.planning:
        one["cheapest"] = "yes" if one is row else ""
    (finding,) = planned_finding(results)
    assert "power 20.0% in simulated trials (Monte Carlo interval 17.6% to 22.6%" in finding
    for one in results.planning_trials:
        one |= {"found": 1.0, "found_mcse": 0.0, "trials": 64, "failed": 0}
    assert "(Monte Carlo interval 94.3% to 100.0%; by" in sentence(results, row), "not of no width"
    for one in results.planning_trials:
        one["found"] = 0.845
    assert "with power of 85% (two-sided" in sentence(results, row), "they agree"
    for one in results.planning_trials:
        one["found"] = None
    assert "with power of 85% (two-sided" in sentence(results, row), "no trial has an answer"


def test_what_chance_explains_is_no_shortfall(results: Results) -> None:
    """.893 with an error of .01 beside a formula's .905, where .9 is asked for, is no other number;
    and .88, though apart from .95, is no less than .9 beyond chance."""
    row = next(r for r in results.planning if (r["locations"], r["people"]) == (10, 10))
    row |= {"power": 0.905, "reaches": "both"}
    words = results.words.planning
    assert words is not None
    object.__setattr__(words, "power", 0.9)
    for found, formula, quoted, short in (
        (0.893, 0.905, False, False), (0.88, 0.95, True, False), (0.86, 0.95, True, True),
    ):  # fmt: skip
        for one in results.planning_trials:
            one |= {"found": found, "formula": formula, "found_mcse": 0.01}
        said = sentence(results, row)
        assert ("in simulated trials" in said) == quoted, found
        assert ("fall short of 90% power" in said) == short, found


def test_a_difference_that_is_uncertain_is_said_with_what_assurance_cannot_exceed(
    results: Results,
) -> None:
    """An SD of 2 / .8416 about 2: any benefit has a probability of .8."""
    words = results.words.planning
    assert words is not None
    object.__setattr__(words, "difference_sd", 2 / 0.8416)
    object.__setattr__(words, "assurance", 0.85)
    first = next(b for b in blocks(results) if isinstance(b, Paragraph)).text
    assert "with an SD of 2.38 about it" in first and first.endswith(
        "the probability of any benefit."
    )
    assert "(SD 2.38)" in [b for b in blocks(results) if isinstance(b, Callout)][-1].text
    for row in results.planning:
        row["reaches"] = "power"
    (said,) = (b.text for b in for_application(results) if isinstance(b, Paragraph))
    assert said.startswith("No design of any size reaches an assurance of 85%")
    assert "any benefit is less likely than that" in said and "declare more locations" not in said
    object.__setattr__(words, "assurance", 0.75)
    (said,) = (b.text for b in for_application(results) if isinstance(b, Paragraph))
    assert "declare more locations" in said


def test_few_locations_are_said_by_what_their_own_trials_find(results: Results) -> None:
    """Not by a warning that tests may find less, where they do not."""
    row = next(r for r in results.planning if (r["locations"], r["people"]) == (10, 10))
    row["warnings"] = "few locations: tests find less than formulas say; look at the simulated"
    for one in results.planning_trials:
        one["formula"] = one["found"]
    said = sentence(results, row)
    assert said.endswith(" Its simulated trials find 20.0%.") and "find less" not in said
    for one in results.planning_trials:
        one["formula"] = 0.85
    assert "find less" not in sentence(results, row), "quoted already"
    results.planning_trials.clear()
    assert "Few locations: tests find less than formulas say" in sentence(results, row)


def test_no_power_is_all_by_rounding_and_shares_differ_by_points(results: Results) -> None:
    row = next(r for r in results.planning if (r["locations"], r["people"]) == (10, 10))
    row |= {"power": 0.9997, "assurance": 0.997, "power_low": 0.004, "power_high": 1.0}
    results.planning_trials.clear()
    said = sentence(results, row)
    assert "with power of more than 99% (two-sided" in said
    assert "power is more than 99% on average" in said and "less than 1% to 100%" in said
    outcome = results.words.outcomes["score"]
    binary = outcome.model_copy(update={"type": "binary", "decimals": 3, "unit": "proportion"})
    words = results.words.planning.model_copy(update={"difference": 0.1})  # type: ignore[union-attr]
    told = results.words.model_copy(update={"outcomes": {"score": binary}, "planning": words})
    assert difference(told) == "a difference of 10.0 percentage points in Score"


def test_what_a_design_rests_on(results: Results) -> None:
    assert results.words.planning is not None
    designs = results.words.planning.designs
    assert "cac" in designs["wedge"].rests_on("decay")
    assert "cac" not in designs["wedge"].rests_on("exchangeable")
    assert "correlation" not in designs["wedge"].rests_on("decay")  # others are asked each time
    assert "retention" not in designs["wedge"].rests_on("decay")
    assert {"correlation", "retention"} <= set(designs["arms"].rests_on("decay"))
    assert "size_cv" not in designs["people"].rests_on("decay")


def test_where_none_reaches_both_or_nothing_is_priced_there_is_no_sentence(
    results: Results,
) -> None:
    for row in results.planning:
        row["cheapest"] = ""
    assert "No costs are declared" in _prose(results)
    for row in results.planning:
        row["reaches"] = "neither"
        row["power"] = min(row["power"], 0.7)
        row["assurance"] = None if row["design"] == "people" else row["assurance"]
    assert "No design of the sizes that were looked at reaches both" in _prose(
        results
    ) and "Of all rows the highest power is 70% (Two arms: 40 locations, 10 people)." in _prose(
        results
    ), "assurance is 80% at most: as much as is asked for"


def test_an_autocorrelation_is_said_with_its_period_where_it_has_one(results: Results) -> None:
    for row in results.planning_known:
        row["months"] = 12.0 if row["parameter"] == "cac" else None
    arms = next(row for row in results.planning if row["design"] == "arms")
    assert "a CAC of 0.90 over 12 months" in sentence(results, arms)


def _prose(results: Results) -> str:
    found = blocks(results)
    assert not any(isinstance(b, Callout) and b.title == "For an application" for b in found)
    return " ".join(b.text for b in found if isinstance(b, Paragraph))


def test_simulated_trials_stand_with_their_monte_carlo_errors(results: Results) -> None:
    own = table(results, "planning_simulated")
    rows = lines(own)["Two arms: mixed model, Kenward-Roger"]
    # ratio .45/.5; its error .9 √((.001/.45)² + (.01/.5)²) = .0181
    assert rows["10 × 10"] == (
        "1,000 + 1,000", "20.0 (1.0)", "21.0", "0.010 (0.020)", "94.0 (0.7)", "0.900 (0.018)",
        "5.0 (1.0)", "6",
    )  # fmt: skip
    assert "3 failed." in notes(own)
    assert "the middle one is simulated" in notes(own)


def test_an_analysis_without_trials_is_named_below_the_table(
    results: Results, tmp_path: Path
) -> None:
    made = tables.trials(("mixed_kenward_roger", "location_means_t", "gee_cr2"))
    path = results.folder / "tables/planning_trials.csv"
    contracts.write(made, path, of_planning.PlanningTrials)
    own = table(results, "planning_simulated")
    assert len(own.groups) == 2
    assert (
        "Not in the table: Two arms: estimating equations, CR2. It is of something else."
        in notes(own)
    )


def test_what_a_trial_s_evidence_is_worth_is_said_of_the_best_size(results: Results) -> None:
    own = lines(table(results, "planning_worth_of_designs"))
    assert own == {
        "Gain over baseline": {"Two arms": ("20 × 20", "150", "640 (0.8)", "3.00", "1.00", "2.00")}
    }


def test_nothing_is_a_verdict(results: Results) -> None:
    Guard(by_chance=False).hold("planning", blocks(results))


def test_a_limitation_says_whose_numbers_it_rests_on(results: Results) -> None:
    found = planned(results)
    assert found is not None and found.where == ("planning",)
    assert "ICC of locations and CAC of locations from published pairs (16)" in found.here
    assert "not one that this study found" in found.here
    without = results.words.model_copy(update={"planning": None})
    other = Results(without, results.folder, results.sources_file)
    assert planned(other) is None and blocks(other) == []


def test_which_tables_the_report_is_written_from(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["planning"] = planned_part()
    study.write()
    names = [Path(path).stem for path in report_tables(read_study(tmp_path))]
    assert {"planning", "planning_known"} <= set(names)
    assert not {"planning_trials", "planning_worth"} & set(names)


def planned_part(**other: Any) -> dict[str, Any]:
    """A section of the tiny study."""
    arms = {"label": "Arms", "kind": "parallel_post", "locations": [8, 16], "people": [10]}
    return {
        "outcome": "score", "difference": 2, "difference_source": "x", "draws": 200,
        "designs": {"arms": arms | other},
    }  # fmt: skip


def test_of_a_design_that_asks_others_nobody_answers_at_the_start(results: Results) -> None:
    rows = {row["design"]: row for row in results.planning}
    assert "who answer at the start" in sentence(results, rows["arms"])
    others = sentence(results, rows["wedge"])
    assert "people a location and period, others each time (" in others
    assert "at the start" not in others


def test_locations_that_there_are_have_sizes_of_their_own() -> None:
    told = {"label": "Towns", "kind": "parallel_post", "sizes": "towns.csv"}
    assert "size_cv" not in TrialDesign.model_validate(told).rests_on("decay")
