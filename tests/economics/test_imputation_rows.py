"""economics_imputation.csv: each imputed column counted by hand from its sets and chains."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.declared.economics import BootImpute
from cesp_analysis.economics.cases import Case
from cesp_analysis.economics.frame import COST, UTILITY, Frame
from cesp_analysis.economics.imputation_rows import imputation_rows
from cesp_analysis.economics.imputed_spans import impossible
from cesp_analysis.economics.imputed_tables import EconomicsImputation
from cesp_analysis.economics.imputing import imputations_of
from cesp_analysis.missing.imputed import Imputations
from cesp_analysis.missing.in_parts import Parts
from cesp_analysis.missing.settling import drifts
from costed_study import followed, run
from evaluated_study import DEATH, answers, framed, people, spec
from small_study import Study

SETS = 10
MORE = "cost care"
ARMS = ("intervention", "control")


def lost(more: bool = False) -> Frame:
    """Forty people an arm, three in ten answers of later times lost; more: a part of costs too."""
    found = answers(40, lost=0.3)
    if more:
        found |= {MORE: found[COST] * np.random.default_rng(4).gamma(2.0, 0.5, found[COST].shape)}
    frame = framed(spec(missing=BootImpute(replicates=200, sets=SETS)), people(found))
    object.__setattr__(frame, "utility_range", (-0.285, 1.0))
    return frame


def case(frame: Frame, name: str = "base", given: Frame | None = None) -> Case:
    return Case(name, "nhs", "EQ-5D", "x", frame, given=given)


def rows(one: Case, made: Imputations) -> dict[tuple[str, str], dict]:
    found = imputation_rows([one], {id(one.frame): made})
    return {(row["group"], f"{row['variable']}@{row['time']}"): row for row in found}


def test_each_column_with_gaps_has_a_row_in_each_arm_counted_by_hand() -> None:
    frame = lost()
    made = imputations_of(frame, SETS, 3, "x")
    found = rows(case(frame), made)
    names = [one.name for one in frame.equations.columns]
    gaps = [name for at, name in enumerate(names) if np.isnan(frame.table[:, at]).any()]
    assert {*found} == {(arm, name) for arm in ARMS for name in gaps} and len(gaps) == 4
    settling = drifts(made.traces)
    for (arm, name), row in found.items():
        own = frame.treated == (arm == "intervention")
        known = frame.table[own, names.index(name)]
        known = known[np.isfinite(known)]
        (cells,) = [one for one in made.cells if one.column == name]
        values = cells.values[:, own[cells.rows]]
        assert (row["n_people"], row["n_known"]) == (40, len(known))
        assert row["n_missing"] == row["n_imputed"] == 40 - len(known) == values.shape[1]
        assert row["share_missing"] == (40 - len(known)) / 40 and row["sets"] == SETS
        assert (row["observed_low"], row["observed_high"]) == (known.min(), known.max())
        assert (row["imputed_low"], row["imputed_high"]) == (values.min(), values.max())
        (trace,) = [one for one in made.traces if (one.column, one.group) == (name, arm)]
        assert row["r_hat"] == trace.r_hat
        drift = settling[name, arm]
        assert (row["drift"], row["drift_limit"]) == (drift.in_errors, drift.limit)
        assert row["settled"] == ("no" if [*drift.sentences()] else "yes")


def test_what_cannot_be_is_counted_by_hand() -> None:
    frame = lost()
    made = imputations_of(frame, SETS, 3, "x")
    impossible = 0
    for (arm, name), row in rows(case(frame), made).items():
        (cells,) = [one for one in made.cells if one.column == name]
        values = cells.values[:, (frame.treated == (arm == "intervention"))[cells.rows]]
        assert row["n_values"] == values.size
        if name.startswith(UTILITY):
            assert row["method"] == "norm"
            assert row["n_impossible"] == ((values < -0.285) | (values > 1)).sum()
            impossible += row["n_impossible"]
        else:
            assert (row["method"], row["n_impossible"]) == ("pmm", 0)
    assert impossible > 0


def test_of_a_value_set_without_a_range_nobody_knows_what_cannot_be() -> None:
    frame = lost()
    object.__setattr__(frame, "utility_range", (None, None))
    found = rows(case(frame), imputations_of(frame, SETS, 3, "x"))
    of = {row["variable"]: row["n_impossible"] for row in found.values()}
    assert of == {UTILITY: None, COST: 0}


def test_predictors_are_those_of_the_engine() -> None:
    """All other columns, a cost by its logarithm; none of what is made of the column itself."""
    found = rows(case(frame := lost()), imputations_of(frame, SETS, 3, "x"))
    times = ("before", "6m", "12m")
    all_of = {"age", *(f"{name} at {time}" for time in times for name in ("utility", "log cost"))}
    for (_, name), row in found.items():
        own = name.replace("@", " at ")
        told = {*row["predictors"].split(" | ")}
        assert row["n_predictors"] == len(told)
        assert told == all_of - {own, f"log {own}"}


SERVICES = ("gp", "home_care", "bed")


def in_services(
    lacks: list[tuple[int, int]], own: list[tuple[int, int]], dead: bool = False
) -> Frame:
    """Forty people an arm, costs of three services at 6 and 12 months: of people (number, service)
    one is lacking at 6 months; of `own` one of their two rows is, the other being known. dead: one
    who died after nine months, whose cost is known."""
    found = answers(40)
    share = np.random.default_rng(6).dirichlet([2.0, 3.0, 1.0], size=(80, 3))
    services = found[COST][:, :, None] * share
    for who, _ in (*lacks, *own):
        found[COST][who, 1] = np.nan
    found[COST][5, 2] = np.nan
    events = pd.DataFrame(
        {"event": ["died"], "kind": ["death"], "unit": ["p7"], "date": [None], "elapsed": [9.0]}
    )
    how = spec(DEATH if dead else None, missing=BootImpute(replicates=200, sets=SETS))
    frame = framed(how, people(found), events if dead else None)
    for at, time in ((1, "6m"), (2, "12m")):
        known, each = services[:, at].copy(), services[:, at].copy()
        lacking = np.zeros(known.shape)
        for who, service in lacks if at == 1 else [(5, 0)]:
            known[who, service], each[who, service], lacking[who, service] = 0.0, np.nan, 1.0
        for who, service in own if at == 1 else ():
            known[who, service] /= 2
            each[who, service] /= 2
            lacking[who, service] = 1.0
        frame.equations.in_parts[f"cost@{time}"] = Parts(
            SERVICES, known, lacking, each, np.zeros(80, dtype=bool)
        )
    return frame


def test_where_all_is_of_the_persons_own_rows_nothing_was_drawn_nor_matched() -> None:
    """So there is no model to name, and no chain that could settle."""
    frame = in_services([], [(3, 0), (12, 1), (20, 2)])
    made = imputations_of(frame, SETS, 3, "x")
    row = rows(case(frame), made)["intervention", "cost@6m"]
    assert row["n_missing"] == row["n_in_part"] == row["n_own"] == row["n_imputed"] == 3
    assert (row["method"], row["n_predictors"], row["predictors"]) == ("own", 0, None)
    assert [row[name] for name in ("r_hat", "drift", "drift_limit", "settled")] == [None] * 4
    assert row["warnings"] is None and row["reason"] is None
    parts = frame.equations.in_parts["cost@6m"]
    (cells,) = [one for one in made.cells if one.column == "cost@6m"]
    assert (cells.values == cells.values[0]).all()
    assert cells.values[0] == pytest.approx(parts.usual[[3, 12, 20]].sum(axis=1), rel=1e-12)


def test_who_is_drawn_and_who_is_as_his_own_rows_are_counted_apart() -> None:
    frame = in_services([(1, 0), (2, 0)], [(2, 1), (3, 0), (12, 1)])
    row = rows(case(frame), imputations_of(frame, SETS, 3, "x"))["intervention", "cost@6m"]
    assert (row["n_missing"], row["n_in_part"], row["n_own"]) == (4, 4, 2)  # 2 lacks a GP too
    assert row["method"] == "pmm" and row["r_hat"] is not None and row["settled"] is not None


def test_the_services_that_foretell_another_are_among_the_predictors() -> None:
    """38 people know a GP: all columns, what other services cost together, each of them, and the GP
    of the other time; of two services lacking, both's, and the number is one equation's."""
    columns = {"age", *(f"utility at {time}" for time in ("before", "6m", "12m"))}
    columns |= {"log cost at before", "log cost at 12m", "log cost of its other services at 6m"}
    found = {"service gp at 12m", "service home care at 6m", "service bed at 6m"}
    more = {"service home care at 12m", "service gp at 6m"}
    for lacks, told in (([1], columns | found), ([1, 2], columns | found | more)):
        frame = in_services([(who, who - 1) for who in lacks], [])
        row = rows(case(frame), imputations_of(frame, SETS, 3, "x"))["intervention", "cost@6m"]
        assert {*row["predictors"].split(" | ")} == told
        assert row["n_predictors"] == len(columns | found) == 10


def test_who_died_within_a_period_is_known_and_no_donor() -> None:
    frame = in_services([], [], dead=True)
    made = imputations_of(frame, SETS, 3, "x")
    row = rows(case(frame), made)["intervention", "cost@12m"]
    assert (row["n_people"], row["n_known"], row["n_missing"]) == (40, 39, 1)
    (few,) = [text for text in row["warnings"].split(" | ") if text.startswith("gp")]
    assert "matched among 38 answers" in few and "; 1 more died within its period" in few


def test_beside_another_s_tables_a_case_has_rows_of_its_own_columns_alone() -> None:
    """Which the others' completed columns foretell, though they have gaps."""
    base, frame = lost(), lost(more=True)
    first = imputations_of(base, SETS, 3, "x")
    made = imputations_of(frame, SETS, 3, "x", first)
    found = rows(case(frame, "perspective care", base), made)
    assert {name for _, name in found} == {f"{MORE}@6m", f"{MORE}@12m"}
    for row in found.values():
        assert {"log cost at 6m", "utility at 12m"} <= {*row["predictors"].split(" | ")}
        assert row["n_imputed"] == row["n_missing"] > 0


def test_the_same_tables_have_rows_once() -> None:
    """Departures multiply what the base case imputed."""
    frame = lost()
    made = imputations_of(frame, SETS, 3, "x")
    both = [case(frame), case(frame, "departure worse"), case(lost(), "not completed")]
    found = list(imputation_rows(both, {id(frame): made}))
    assert {row["scenario"] for row in found} == {"base"}


def gone(folder: Path) -> Study:
    """Three people lack utilities at the end, two of them where one more had died."""
    study = followed(folder)
    first, *lines = study.files["later.csv"].splitlines()
    lines = [
        f"{row.rpartition(',')[0]}," if row[:3] in ("P01", "P08", "P09") else row for row in lines
    ]
    study.files["later.csv"] = "\n".join([first, *lines, ""])
    return study


def table_of(folder: Path) -> pd.DataFrame:
    return contracts.read(folder / "results/tables/economics_imputation.csv", EconomicsImputation)


def test_who_has_died_lacks_nothing(tmp_path: Path) -> None:
    result = run(gone(tmp_path))
    assert (result.status, result.shown) == (0, "")
    table = table_of(tmp_path).set_index(["group", "variable", "time"])
    own = table.loc["intervention", "utility", "later"]
    assert own[["n_people", "n_known", "n_not_there", "n_missing"]].tolist() == [6, 3, 1, 2]
    assert own["share_missing"] == 2 / 5
    assert table.loc["control", "utility", "later"]["n_missing"] == 1
    assert ("intervention", "cost", "later") not in table.index  # only the dead have none


def test_why_gaps_stay_is_said(tmp_path: Path) -> None:
    """Three of an arm answered: too few to impute from, and no values are there."""
    result = run(gone(tmp_path))
    assert (result.status, result.shown) == (0, "")
    own = table_of(tmp_path).set_index(["group", "variable", "time"])
    own = own.loc["intervention", "utility", "later"]
    assert own["reason"].startswith("3 answered it, too few to impute it from")
    assert (own["n_imputed"], own["n_values"]) == (0, 0)
    assert own[["method", "imputed_low", "n_impossible"]].isna().all()


def test_what_warnings_count_is_what_the_table_has() -> None:
    """'N of M of utility at 6m' in economics.csv: both arms' values together."""
    frame = lost()
    made = imputations_of(frame, SETS, 3, "x")
    (said,) = impossible(frame, made)
    found = rows(case(frame), made)
    for name in ("utility@6m", "utility@12m"):
        own = [row for (_, column), row in found.items() if column == name]
        number, of = (sum(row[n] for row in own) for n in ("n_impossible", "n_values"))
        assert f"{number} of {of} of {name.replace('@', ' at ')}" in said


def test_each_value_set_has_tables_of_its_own(tmp_path: Path) -> None:
    study = gone(tmp_path)
    study.config["economics"]["value_sets"] = {"again": {"label": "Again", "variable": "again"}}
    for name in ("before", "after"):
        study.config["files"][name]["variables"]["again"] = {"column": "utility"}
    result = run(study)
    assert (result.status, result.shown) == (0, "")
    table = table_of(tmp_path)
    assert table["scenario"].unique().tolist() == ["base", "value set again"]
    assert table.groupby("scenario")["value_set"].unique().str[0].tolist() == ["EQ-5D", "Again"]
