"""The sensitivity analysis is of those who enter the model, and of nobody else."""

import re
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.columns import Row
from cesp_analysis.declared.analysis_sets import WITHOUT
from cesp_analysis.declared.missing_sensitivity import Pattern, PatternShift, Reference, Sensitivity
from cesp_analysis.missing import pushed, reference_rows
from cesp_analysis.missing.analysed import Analysis, analysis_of
from cesp_analysis.missing.deltas import size_of
from cesp_analysis.missing.lost_groups import group_of
from cesp_analysis.missing.pushed import pushed_of, scenarios_of
from cesp_analysis.missing.sensitivity import rows_of
from cesp_analysis.missing.sensitivity_spec import SensitivitySpec
from cesp_analysis.missing.sensitivity_words import ASSUMPTIONS, Places
from cesp_analysis.missing.sets import Sets, Values
from cesp_analysis.missing.tables import SensitivityTable
from cesp_analysis.models.analysis_sets import FLAG
from pushed_panel import CASES, gapped, imputed_model, sets_of

CONTAMINATED = ("p000", "p006", "p014", "p022", "p036")
LIMIT = 0.05
PATTERN = Pattern(label="Worse", shifts=(PatternShift(event="left", worse=1),))


def flagged() -> pd.DataFrame:
    """Controls of whom five are contaminated, and far from the others."""
    panel = gapped()
    yes = panel["unit"].isin(CONTAMINATED)
    value = panel["value"] + np.where(yes & (panel["time"] != "t0"), 4.0, 0.0)
    return panel.assign(value=value, **{FLAG: pd.Categorical(np.where(yes, "yes", "no"))})


def without(case: str) -> Any:
    own = imputed_model(**CASES[case], analysis_set=WITHOUT)
    context = own.context.model_copy(update={"contamination": "own use"})
    return own.model_copy(update={"study": context})


def by_hand(panel: pd.DataFrame, sets: Sets) -> tuple[pd.DataFrame, Sets]:
    """Panel and sets without the contaminated."""
    cells = sets.outcomes["all", "y"]
    keep = ~np.isin(cells.units, CONTAMINATED)
    left = Values(cells.units[keep], cells.times[keep], cells.values[:, keep])
    return panel[~panel["unit"].isin(CONTAMINATED)], Sets(sets.m, {("all", "y"): left}, {}, {})


def left(*units: str) -> pd.DataFrame:
    """These left before the middle."""
    return pd.DataFrame({"event": "left", "unit": units, "elapsed": 0.5, "reason": None})


def all_rows(own: Analysis, known: dict[Any, Any] | None = None) -> list[Row]:
    """Every row of sensitivity.csv at the last time."""
    size = size_of(own.spec.context.outcomes["y"], None, own.answers)
    events = left(*(f"p{number:03}" for number in range(0, 48, 3)))
    scenarios = scenarios_of({"p": PATTERN}, size, own.answers, np.arange(3.0), events)
    asked = SensitivitySpec(
        models={}, own=Sensitivity(patterns={"p": PATTERN}), events={"left": "Left"}, seed=1,
        monte_carlo=LIMIT, most=5,
    )  # fmt: skip
    found = pushed_of(own, Places("North", "South"), size, scenarios, LIMIT)
    one = next(one for one in found if one.row.time == "t2")
    return list(rows_of(one, asked, [], {} if known is None else known, ""))


@pytest.mark.parametrize("case", ["Welch", "ANCOVA", "clusters", "covariate"])
def test_contaminated_controls_are_left_out_of_every_row(case: str) -> None:
    """As if they had never been in the panel."""
    panel, spec = flagged(), without(case)
    sets = sets_of(panel)
    own = analysis_of(panel, spec, "y", sets)
    people, others = by_hand(panel, sets)
    removed = analysis_of(people, spec, "y", others)
    assert own.answers.people == removed.answers.people
    assert len(own.answers.people) == 48 - len(CONTAMINATED)
    numbers = ("estimate", "std_error", "df", "n_units", "n_imputed")
    found, expected = (
        [{n: row[n] for n in ("assumption", "variance", "reason", *numbers)} for row in all_rows(o)]
        for o in (own, removed)
    )
    assert len(found) == 14
    assert found == expected


def test_profiles_are_shared_by_models_of_the_same_people_alone() -> None:
    """After a model of everybody, one without the contaminated has profiles of its own."""
    panel = flagged()
    sets = sets_of(panel)
    everybody = analysis_of(panel, imputed_model(**CASES["Welch"]), "y", sets)
    fewer = analysis_of(panel, without("Welch"), "y", sets)
    again = analysis_of(panel, imputed_model(**CASES["ANCOVA"]), "y", sets)
    known: dict[Any, Any] = {}
    whole, own = all_rows(everybody, known), all_rows(fewer, known)
    assert own == all_rows(fewer)
    copied = [row["estimate"] for row in whole if row["assumption"] == "copy_reference"]
    assert copied != [row["estimate"] for row in own if row["assumption"] == "copy_reference"]
    all_rows(again, known)
    assert len(known) == 2


def test_groups_and_sds_are_of_those_who_enter() -> None:
    panel = flagged()
    answers = analysis_of(panel, without("Welch"), "y", sets_of(panel)).answers
    first = panel[(panel["time"] == "t0") & ~panel["unit"].isin(CONTAMINATED)]["value"]
    size = size_of(without("Welch").context.outcomes["y"], None, answers)
    assert not isinstance(size, str)
    assert size.sd == pytest.approx(first.std(ddof=1), rel=1e-12)
    marks = group_of(PatternShift(event="no_event", worse=1), answers, left(), np.arange(3.0))
    gaps = panel["value"].isna() & (panel["time"] != "t0") & ~panel["unit"].isin(CONTAMINATED)
    assert marks.sum() == gaps.sum() < (panel["value"].isna() & (panel["time"] != "t0")).sum()


def test_nothing_is_made_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """One plane an estimate; the sets of each strategy once for all rows of the same answers."""
    made: list[str] = []

    def spied(module: Any, name: str) -> None:
        own = getattr(module, name)

        def told(*given: Any, **more: Any) -> Any:
            made.append(name)
            return own(*given, **more)

        monkeypatch.setattr(module, name, told)

    spied(pushed, "exact")
    spied(reference_rows, "drawn_sets")
    panel = flagged()
    sets, known = sets_of(panel), dict[Any, Any]()
    rows = [
        all_rows(analysis_of(panel, without(case), "y", sets), known)
        for case in ("Welch", "ANCOVA")
    ]
    assert (made.count("exact"), made.count("drawn_sets")) == (2, 4)
    monkeypatch.setattr(reference_rows, "HELD", 0)  # large sets are made again, and are the same
    own = analysis_of(panel, without("Welch"), "y", sets)
    assert all_rows(own) == rows[0] == all_rows(own, known)


def test_every_assumption_has_its_entry_and_its_place_in_the_guide() -> None:
    """One table names them: rows, headings, the contract and docs/howto hold the same."""
    guide = (Path(__file__).parents[2] / "docs/howto/missing_data.md").read_text()
    guide = guide.split("| assumption |")[1].split("\n\n")[0]
    assert set(ASSUMPTIONS) == set(re.findall(r"`(\w+)`", guide)) - {"no_event", "type"}
    assert set(get_args(Reference)) < set(ASSUMPTIONS)
    panel = flagged()
    made = {row["assumption"] for row in all_rows(analysis_of(panel, without("Welch"), "y",
                                                              sets_of(panel)))}  # fmt: skip
    assert made == set(ASSUMPTIONS) - {"likelihood", "extreme"}  # no such model, no yes or no
    one = SensitivityTable.columns()["assumption"]
    assert all(name in one.about for name in ASSUMPTIONS)
