"""What declaring a subgroup does to the estimates of everybody."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.declared.outcomes import Covariate
from cesp_analysis.economics import specs
from cesp_analysis.economics.data import Data, regressions
from cesp_analysis.economics.imputing import imputations_of, sets_of
from cesp_analysis.pipeline import opened
from costed_study import costed
from evaluated_study import answers, framed, people, spec
from small_study import inside

AGE, SEX = Covariate(label="Age", variable="age"), Covariate(label="Sex", variable="sex")


def sets(lost: float, *beside: str) -> list[Data]:
    """Two completed tables of 60 people an arm; beside: covariates of subgroups alone."""
    who = people(answers(60, lost=lost))
    sex = pd.Categorical(np.random.default_rng(4).choice(["f", "m"], size=who.n))
    who = replace(who, once=who.once.assign(sex=sex))
    known = {"age": AGE} | dict.fromkeys(beside, SEX)
    frame = framed(spec(adjusted=("age",), covariates=known, subgroups=beside), who)
    return [*sets_of(frame, imputations_of(frame, 2, 3, "utility"), None)]


def test_what_is_told_of_a_subgroup_is_a_covariate_of_imputation(tmp_path: Path) -> None:
    """And no covariate of the estimates."""
    study = costed(tmp_path, covariates=["age"], subgroups=["sex"])
    study.config["covariates"]["sex"] = {"label": "Sex", "variable": "sex"}
    study.write()
    with inside(tmp_path):
        told = json.loads(specs.evaluate(opened(".")))
    assert {*told["covariates"]} == {"age", "sex"}
    assert told["economics"]["covariates"] == ["age"]


@pytest.mark.parametrize("lost", [0.0, 0.3])
def test_a_subgroup_foretells_what_is_imputed_and_moves_nothing_else(lost: float) -> None:
    """As the setting's description says: answered values stay, nothing is adjusted for it, and
    where nothing is missing all is the same to the last digit."""
    for one, other in zip(sets(lost), sets(lost, "sex"), strict=True):
        assert one.names == other.names == ("age",)
        same = (one.cost == other.cost) & (one.qaly == other.qaly)
        assert same.any() and bool(same.all()) == (lost == 0)
        a, b = (regressions(data, "adjusted") for data in (one, other))
        assert a.cost_x.shape == b.cost_x.shape
