"""CHEERS: what an economic evaluation says of each item, and what it leaves to be written."""

from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.declared.design import Moment
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.declared.economics_words import EconomicsWords, VariedWords
from cesp_analysis.declared.outcomes import Covariate
from cesp_analysis.disclosure.cleared import cleared
from cesp_analysis.economics import section_words
from cesp_analysis.pipeline import opened
from cesp_analysis.report.results import Results
from cesp_analysis.report.tick import ticked
from costed_study import costed
from plain_results import plain
from small_study import inside

WORDS = EconomicsWords(
    price_year="2023/24",
    value_set="EQ-5D-5L, England 2018",
    thresholds=(20_000, 30_000),
    perspectives={"nhs": "NHS", "la": "Local authority"},
    scenarios={
        "perspective la": "Local authority",
        "value set uk": "EQ-5D-5L, UK 2026",
        "departure lost": "Who was lost did worse",
    },
    tornado={"hour": VariedWords(label="An hour", of="intervention.hourly", low=0.8, high=1.5)},
    priced=True,
    discount=0.035,
)
BASE = {"scenario": "base"}
ROWS = [BASE, BASE | {"scenario": "subgroup sex: male"}]
TABLES = (
    "economics",
    "economics_means",
    "acceptability",
    "costs",
    "unit_costs",
    "value_of_information",
)
NOTHING: dict[str, list[Any]] = {name: [] for name in TABLES}


def said(folder: Path, words: EconomicsWords | None = WORDS, **tables: Any) -> dict[str, Any]:
    """Item → its row, of results with those tables of an evaluation."""
    results: Results = plain(folder, **NOTHING | tables)
    sex = Covariate(label="Sex")
    vars(results)["words"] = results.words.model_copy(
        update={"checklists": ("CHEERS",), "economics": words, "covariates": {"sex": sex}}
    )
    return {row["item"]: row for row in ticked(results, {})}


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, Any]:
    """Of an evaluation that has all tables."""
    rows = [{"flip": 100.0}]
    tables = {"economics": ROWS, "acceptability": rows, "costs": rows, "unit_costs": rows}
    tables["economics_means"] = rows
    return said(tmp_path, **tables)


@pytest.mark.parametrize(
    ("item", "status", "text"),
    [
        ("7", "partly", "New, against Usual"),
        ("8", "partly", "NHS; beside it Local authority"),
        ("9", "partly", "From Before to After, nothing beyond"),
        ("13", "partly", "Utilities by EQ-5D-5L, England 2018; beside it EQ-5D-5L, UK 2026"),
        ("15", "filled", "£ in prices of 2023/24, each price with its own year and by how much"),
        ("16", "not applicable", "No decision model"),
        ("18", "filled", "Estimated in each category by itself: Sex"),
        ("20", "filled", "above 0 and shocks to sites"),
        ("23", "filled", "Mean costs, utilities and QALYs of each arm; differences in costs and"
         " QALYs, and net benefit of a QALY at £20,000 and £30,000"),
        ("24", "filled", "By ways of dealing with missing answers, perspective, value set, answers"
         " missing otherwise and one parameter at a time"),
    ],
)  # fmt: skip
def test_what_is_said(whole: dict[str, Any], item: str, status: str, text: str) -> None:
    assert whole[item]["status"] == status and text in whole[item]["said"]


@pytest.mark.parametrize("beside", [(), ("society",)])
def test_perspectives_are_varied_where_one_stands_beside_the_main_one(
    beside: tuple[str, ...], tmp_path: Path
) -> None:
    """Words as they are made of a study file, in which every perspective is declared alike."""
    one = {"label": "Whoever pays", "sectors": ["nhs"]}
    study = costed(tmp_path / "study", perspectives=dict.fromkeys(("nhs", *beside), one))
    study.write()
    with inside(study.folder):
        words = EconomicsWords(**section_words.economics_words(opened(".")))
    own = said(tmp_path / "report", words, economics=ROWS[:1])["24"]["said"]
    assert ("perspective" in own) == bool(beside)


def test_it_stands_in_the_section_of_costs(whole: dict[str, Any]) -> None:
    of_costs = {item for item, row in whole.items() if row["where"] == "economics"}
    expected = ["8", "9", "10", "11", "12", "13", "14", "15", "17", "18", "20", "22", "23", "24"]
    assert of_costs == set(expected)


@pytest.mark.parametrize("item", ["3", "4", "19", "21", "25", "27", "28"])
def test_what_results_do_not_say_is_to_be_written(whole: dict[str, Any], item: str) -> None:
    assert whole[item]["status"] == "to be written" and not whole[item]["said"]


def test_a_title_counts_if_it_tells_of_an_evaluation(whole: dict[str, Any]) -> None:
    assert whole["1"]["status"] == "to be written"


def test_without_services_prices_are_not_told(tmp_path: Path) -> None:
    words = WORDS.model_copy(update={"priced": False, "perspectives": {}, "scenarios": {}})
    own = said(tmp_path, words, economics=ROWS[:1])
    open_items = {item for item in ("8", "14", "18", "20", "22") if not own[item]["said"]}
    assert open_items == {"8", "14", "18", "20", "22"}
    assert own["15"]["said"] == "£ in prices of 2023/24"
    assert own["13"]["said"] == "Utilities by EQ-5D-5L, England 2018"


def test_costs_and_qalys_as_the_study_has_them_are_told(tmp_path: Path) -> None:
    own = {"priced": False, "perspectives": {}, "costs": "NHS costs", "qalys": "QALYs of a year"}
    told = said(tmp_path, WORDS.model_copy(update=own), economics=ROWS[:1])
    assert told["8"]["said"] == "NHS costs"
    assert told["12"]["said"] == "QALYs as the study has them: QALYs of a year"


def test_without_an_evaluation_its_items_are_open(tmp_path: Path) -> None:
    own = said(tmp_path, None)
    assert {own[str(n)]["status"] for n in range(8, 26)} == {"to be written"}


@pytest.mark.parametrize(
    ("length", "unit", "text"),
    [
        (12, "months", "Nothing lies beyond a year"),
        (18, "months", "3.5% a year, of costs and QALYs beyond"),
        (52, "weeks", "Nothing lies beyond a year"),
        (104, "weeks", "3.5% a year, of costs and QALYs beyond"),
        (1, "years", "Nothing lies beyond a year"),
        (366, "days", "3.5% a year, of costs and QALYs beyond"),
    ],
)
def test_discounting_is_told_where_there_is_any(
    tmp_path: Path, length: int, unit: str, text: str
) -> None:
    times = (Moment(name="t0", label="Start", position=0.0),
             Moment(name="t1", label="End", position=float(length)))  # fmt: skip
    results: Results = plain(tmp_path, **NOTHING | {"economics": [BASE]})
    vars(results)["words"] = results.words.model_copy(
        update={"checklists": ("CHEERS",), "economics": WORDS, "times": times,
                "time_unit": unit}
    )  # fmt: skip
    own = {row["item"]: row["said"] for row in ticked(results, {})}
    assert text in own["10"]


def test_what_is_said_leaves_the_team_as_it_is(whole: dict[str, Any]) -> None:
    """No number in it is taken for one of people."""
    assert all(cleared(row["said"], Disclosure()) == row["said"] for row in whole.values())
