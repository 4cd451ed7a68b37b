"""Sentences of the section on costs and QALYs that follow from the study and from a row."""

from types import SimpleNamespace
from typing import Any

import pytest

from cesp_analysis.declared.design import Moment
from cesp_analysis.declared.economics_words import EconomicsWords
from cesp_analysis.declared.follow_up import years_between
from cesp_analysis.declared.resources import OWN_SHARE
from cesp_analysis.numbers import NONE
from cesp_analysis.report.sections import economics_consequences as consequences
from cesp_analysis.report.sections.economics import _missing, _what, _what_one_site_tells
from cesp_analysis.report.sections.economics_consequences import _notes
from cesp_analysis.report.sections.economics_costs import use_of_services
from cesp_analysis.report.sections.economics_tables import missing_ways
from cesp_analysis.withheld import Withheld

WORDS = EconomicsWords(
    price_year="2023/24", value_set="EQ-5D", thresholds=(20_000.0,), discount=0.035
)
COST = {
    "scenario": "base", "missing_data": "complete", "approach": "adjusted", "model": "gamma",
    "quantity": "cost", "threshold": None, "reason": None, "estimate": 10.0, "ci_low": 0.0,
    "ci_high": 20.0, "unit": "£", "warnings": "", "zeros": None, "n_obs": 60, "n_units": 70,
}  # fmt: skip


def results(length: float = 12, unit: str = "months", **own: Any) -> Any:
    times = (
        Moment(name="a", label="Start", position=0),
        Moment(name="b", label="End", position=length),
    )
    words = SimpleNamespace(
        economics=WORDS.model_copy(update=own.pop("words", {})),
        times=times,
        years=lambda: years_between(0, length, unit),
        interval=lambda: "95% interval",
    )
    known = SimpleNamespace(words=words, economics=[COST], **own)
    known.part = lambda n, whole: f"{n} of {whole}"
    return known


@pytest.mark.parametrize(
    ("length", "unit", "told"),
    [(12, "months", False), (24, "months", True), (104, "weeks", True), (52, "weeks", False),
     (2, "years", True), (365, "days", False)],
)  # fmt: skip
def test_discounting_is_said_in_any_unit_of_time(length: float, unit: str, told: bool) -> None:
    assert ("discounted by 3.5% a year" in _what(results(length, unit))) is told


def test_whose_costs_count_and_where_qalys_are_from() -> None:
    nhs = {"perspectives": {"nhs": "NHS"}}
    assert "2023/24, of NHS; QALYs by EQ-5D; all of a person" in _what(results(words=nhs))
    own = {"costs": "NHS costs", "qalys": "QALYs of a year"}
    assert (
        "in prices of 2023/24, as the study has them (NHS costs); QALYs as the study has them"
        " (QALYs of a year), utility at the start by EQ-5D; all of a person from Start to End"
    ) in _what(results(words=own))


@pytest.mark.parametrize(
    ("cluster", "of_models", "said"),
    [
        ("", (), ""),
        ("link_worker", ("link_worker",), "People of one link worker are drawn as a whole. Net"),
        ("", ("neighbourhood",), "People are drawn one by one; what people of one neighbourhood"),
        ("link_worker", ("link_worker", "neighbourhood"),
         "drawn as a whole; what people of one neighbourhood share, as models of effects allow,"),
    ],
)  # fmt: skip
def test_who_is_drawn_as_a_whole_is_said(cluster: str, of_models: Any, said: str) -> None:
    text = _what(results(words={"cluster": cluster, "of_models": of_models}))
    assert said in text and ("drawn" in text) == bool(said)


def test_what_the_base_case_says_of_all_its_rows_is_not_said_again() -> None:
    own = results()
    drawn = COST | {"missing_data": "boot_impute", "model": "joint", "warnings": "few | odd"}
    own.economics = [drawn, drawn | {"quantity": "qaly", "warnings": "few"}]
    own.economics += [COST | {"warnings": "few | lost"}]
    assert [note.text for note in missing_ways(own).notes] == ["Odd.", "Lost."]


@pytest.mark.parametrize(
    ("zeros", "said"), [(0.031, ["Without any cost: 3% of people."]), (None, [])]
)
def test_the_share_without_any_cost_is_printed(zeros: float | None, said: list[str]) -> None:
    own = results()
    own.economics = [COST | {"zeros": zeros}]
    assert [note.text for note in missing_ways(own).notes] == said


def test_a_share_that_is_withheld_is_not_told() -> None:
    own = results()
    own.economics = [COST | {"zeros": Withheld()}]
    assert "[c]" in missing_ways(own).notes[0].text


def test_settings_of_imputation_that_do_not_hold_here_are_said() -> None:
    own = results(words={"left_out": ("auxiliaries", "items")})
    own.economics = [COST | {"missing_data": "imputed"}]
    assert "The auxiliaries and items of the imputation of other models are not in it" in _missing(
        own
    )
    plain = results()
    plain.economics = own.economics
    assert "other models" not in _missing(plain)


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ("2019/20", "£13,000 a point and year in prices of 2019/20 (A paper); in prices of 2023/24,"
         " as the price index nhscii rose, £15,600. So it is £7,800 a person"),
        ("2023/24", "£13,000 a point and year in prices of 2023/24 (A paper). So it is £7,800 a"),
    ],
)  # fmt: skip
def test_a_point_of_life_satisfaction_is_brought_to_the_prices_of_costs(
    of: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"outcome": "happy", "estimate": 0.5, "ci_low": 0.0, "ci_high": 1.0}
    monkeypatch.setattr(consequences, "of_each", lambda results, level: [row])
    own = {
        "wellby": 13_000.0, "wellby_price_year": of, "wellby_index": "nhscii",
        "wellby_factor": 1.2, "wellby_source": "A paper", "life_satisfaction": "happy",
    }  # fmt: skip
    assert said in list(_notes(results(words=own)))[1].text


def test_life_satisfaction_without_an_interval_is_valued_without_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = {"outcome": "happy", "estimate": 0.5, "ci_low": None, "ci_high": None}
    monkeypatch.setattr(consequences, "of_each", lambda results, level: [row])
    own = {
        "wellby": 13_000.0, "wellby_price_year": "2023/24", "wellby_index": "nhscii",
        "wellby_factor": 1.0, "wellby_source": "A paper", "life_satisfaction": "happy",
    }  # fmt: skip
    text = list(_notes(results(words=own)))[1].text
    assert "£6,500 a person for each year that such a difference lasts (–)" in text


def test_amounts_say_in_what_they_are_counted() -> None:
    """3.1 consultations and 3.1 hours are not the same; what a site shares has no amount."""
    services = {"gp": "GP", "nurse": "Nurse", OWN_SHARE: "New"}
    own = results(words={"services": services})
    own.words.arms = {"intervention": "New", "control": "Usual"}
    row = {"of": "service", "time": "follow_up", "warnings": "", "n": 9, "users": 3, "mean": 80.0}
    own.costs = [
        row | {"name": name, "arm": arm, "amount": None if name == OWN_SHARE else 3.1}
        for name in services
        for arm in ("intervention", "control")
    ]
    own.unit_costs = [
        {"service": "gp", "unit": "consultation"}, {"service": "nurse", "unit": "hour"}
    ]  # fmt: skip
    table = use_of_services(own)
    at = [column.header for column in table.columns].index("Counted in")
    told = {line.stub: line.cells for line in table.groups[0].rows}
    assert {stub: cells[at] for stub, cells in told.items()} == {
        "GP": "consultation", "Nurse": "hour", "New: shared by a site": NONE
    }  # fmt: skip
    assert all(len(cells) == len(table.columns) for cells in told.values())
    assert [cells[3] for cells in told.values()] == ["3.1", "3.1", NONE]


@pytest.mark.parametrize("priced", [True, False])
@pytest.mark.parametrize("imputed_by", ["pmm", "norm"])
def test_what_is_known_of_costs_is_not_said_to_be_anothers(imputed_by: str, priced: bool) -> None:
    """The services that are lacking come of a donor; a total that the study has itself is whole."""
    own = results(words={"imputed_by": imputed_by, "priced": priced})
    own.economics = [COST | {"missing_data": "imputed"}]
    text = _missing(own)
    assert "what is missing of their costs" in text and "costs are ones that" not in text
    known = (
        "of costs known in part the services that are lacking are another's, blank rows of one as"
        " the person's others or another's, what is known stays"
    )
    assert (known in text) == priced


def test_notes_are_sentences_as_everywhere_in_the_report() -> None:
    """No second full stop, and a path keeps its name."""
    own = results()
    said = "data/raw/use.csv: 1 row of strangers: not counted | Two seeds agree. | few people"
    first = COST | {"missing_data": "boot_impute", "model": "joint"}
    own.economics = [first, COST | {"warnings": said}]
    assert [note.text for note in missing_ways(own).notes] == [
        "data/raw/use.csv: 1 row of strangers: not counted.", "Two seeds agree.", "Few people."
    ]  # fmt: skip


def test_what_a_shock_would_do_is_looked_for_where_it_stands() -> None:
    said, alone = (_what_one_site_tells(decided).text for decided in (True, False))
    assert said.startswith(alone) and "One site against one cannot tell" in alone
    assert "'At which threshold'" in said and "threshold" not in alone
