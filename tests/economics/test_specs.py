"""What the steps are told: all that makes a number, and no word that tables alone say."""

import json
from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.economics import section_words, specs
from cesp_analysis.pipeline import opened
from costed_study import costed
from small_study import inside

NAMED: dict[str, Any] = {
    "value_sets": {"half": {"label": "Half", "variable": "score"}},
    "departures": {"worse": {"label": "Worse", "utility": {"control": 0.9}}},
    "tornado": {"gp": {"label": "GP", "of": "services.gp", "low": 0.5, "high": 2}},
    "information": {"incidence": 9, "years": 2, "source": "A paper"},
    "wellby": 13000, "wellby_price_year": "2019/20", "wellby_source": "A paper",
    "life_satisfaction": "score",
}  # fmt: skip


def told(folder: Path, section: dict[str, Any]) -> tuple[str, str]:
    study = costed(folder, **section)
    study.write()
    with inside(study.folder):
        own = opened(".")
        return specs.cost(own), specs.evaluate(own)


@pytest.mark.parametrize(
    "path",
    [
        "departures.worse.label", "tornado.gp.label", "information.source", "wellby_source",
        "perspectives.nhs.label",
    ],
)  # fmt: skip
def test_another_word_estimates_nothing_again(path: str, tmp_path: Path) -> None:
    nhs = {"label": "NHS", "sectors": ["nhs"]}
    before = told(tmp_path / "a", NAMED | {"perspectives": {"nhs": nhs}})
    changed = NAMED | {"perspectives": {"nhs": dict(nhs)}}
    *names, last = path.split(".")
    where = changed
    for name in names:
        where[name] = dict(where[name])
        where = where[name]
    where[last] = "Another word"
    assert told(tmp_path / "b", changed) == before


def test_how_an_auxiliary_is_shown_estimates_nothing_again(tmp_path: Path) -> None:
    own = costed(tmp_path / "a", **NAMED | {"auxiliaries": ["score"]})
    found = []
    for shown in ({}, {"decimals": 0, "mid": {"value": 1, "source": "said"}}):
        own.config["outcomes"]["score"] |= shown
        own.write()
        with inside(own.folder):
            found.append((specs.resample(study := opened(".")), specs.evaluate(study)))
    assert found[0] == found[1] and list(json.loads(found[0][0])["outcomes"]) == ["score"]


def test_another_wellby_or_value_set_of_unit_costs_is_no_other_estimate(tmp_path: Path) -> None:
    cost, evaluate = told(tmp_path / "a", NAMED)
    assert told(tmp_path / "b", NAMED | {"wellby": 15000}) == (cost, evaluate)
    other = told(tmp_path / "c", NAMED | {"qualifications": True})
    assert other[0] != cost and other[1] == evaluate


def test_another_number_is(tmp_path: Path) -> None:
    cost, evaluate = told(tmp_path / "a", NAMED)
    tornado = {"gp": NAMED["tornado"]["gp"] | {"high": 3}}
    other = told(tmp_path / "b", NAMED | {"tornado": tornado})
    assert other[0] == cost and other[1] != evaluate


def test_a_point_of_life_satisfaction_in_the_prices_of_costs(tmp_path: Path) -> None:
    """NHSCII of 2020/21 to 2023/24."""
    study = costed(tmp_path, **NAMED)
    study.write()
    with inside(study.folder):
        words = section_words.economics_words(opened("."))
    assert words["wellby"] == 13_000
    assert words["wellby_factor"] == pytest.approx(1.0249 * 1.0258 * 1.0732 * 1.0431)


def test_what_models_of_effects_allow_for_is_known(tmp_path: Path) -> None:
    study = costed(tmp_path)
    study.config["models"]["did"] |= {"cluster": "neighbourhood", "covariance": "CR2"}
    study.write()
    with inside(study.folder):
        assert section_words.economics_words(opened("."))["of_models"] == ["neighbourhood"]


def test_settings_of_imputation_that_are_of_other_models_are_named(tmp_path: Path) -> None:
    study = costed(tmp_path)
    study.config["missing_data"] = {"imputation": {"auxiliaries": ["age"], "iterations": 7}}
    study.write()
    with inside(study.folder):
        own = opened(".")
        assert section_words.economics_words(own)["left_out"] == ["auxiliaries"]
        told = json.loads(specs.evaluate(own))["imputation"]
    assert told["iterations"] == 7 and "auxiliaries" not in told
