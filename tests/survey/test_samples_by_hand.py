"""Samples of a few records: whose record each row is, totals by unit, many outcomes at once."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.declared.surveys import SurveyDesign
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.survey_design import Sample, records_of, sample_of
from cesp_analysis.models.survey_drawn import counted_as, drawn_of
from cesp_analysis.models.survey_linear import counts, linearised, unit_totals, unit_totals_at
from cesp_analysis.models.survey_many import many
from cesp_analysis.survey.completeness import QuestionsSpec, counted
from cesp_analysis.survey.groups import respondents
from survey_records import survey_model

Row = dict[str, Any]


def panel(rows: list[tuple[str, str, str, str, float]]) -> pd.DataFrame:
    """(unit, site, neighbourhood, wave, weight) of each, with an answer of 1."""
    columns = ["unit", "site", "neighbourhood", "time", "weight"]
    frame = pd.DataFrame(rows, columns=columns).assign(
        level="respondent", outcome="y", value=1.0, study="s", link_worker=None
    )
    frame["arm"] = np.where(frame["site"] == "north", "intervention", "control")
    words = [name for name in frame if name not in ("weight", "value")]
    return frame.astype(dict.fromkeys(words, "category"))


def test_a_record_is_a_respondents_of_a_wave_with_a_weight_once_in_the_panels_order() -> None:
    rows = [("b", "north", "x", "w1", 1.0), ("a", "north", "x", "w0", 2.0),
            ("b", "north", "x", "w1", 1.0), ("a", "north", "x", "w1", 0.0),
            ("b", "north", "x", "w0", 3.0)]  # fmt: skip
    table = panel(rows)
    people = table.assign(level=pd.Categorical(["person"] * 5))
    found = records_of(pd.concat([people, table], ignore_index=True))
    assert found.index.tolist() == [5, 6, 9]
    assert len(records_of(table[:0])) == 0
    once = respondents(pd.concat([people, table], ignore_index=True))
    assert once["unit"].tolist() == ["b", "a", "a", "b"]  # a weight of 0 cannot weigh, and is said
    assert list(once) == list(table) and once.index.tolist() == [0, 1, 2, 3]


def test_records_are_found_by_respondent_and_wave_and_none_where_there_is_none() -> None:
    rows = [("a", "north", "x", "w0", 1.0), ("b", "north", "x", "w1", 1.0),
            ("c", "south", "y", "w0", 1.0), ("c", "south", "y", "w2", 1.0)]  # fmt: skip
    drawn = drawn_of(panel(rows), survey_model())
    assert drawn.waves.tolist() == [0, 1, 2] and drawn.respondent.tolist() == [0, 1, 2, 2]
    unit, wave = np.array([0, 0, 1, 2, 2]), np.array([0, 1, 1, 0, 2])
    assert drawn.records_at(unit, wave).tolist() == [0, -1, 1, 2, 3]
    # a wave or respondent that the panel does not have, beside the very first record
    unit, wave = np.array([0, 0, 9, -1, 2, 2]), np.array([0, -1, 0, 1, 2, -1])
    assert drawn.records_at(unit, wave).tolist() == [0, -1, -1, -1, 3, -1]
    assert drawn.records_at(unit[:0], wave[:0]).tolist() == []


def test_a_model_without_weights_takes_records_alike_and_knows_no_margins() -> None:
    rows = [("a", "north", "x", "w0", 1.5), ("b", "north", "x", "w0", 3.0)]
    table = panel(rows).assign(margin_1=pd.Categorical(["k", "l"]), margin_weight=1.0)
    plain = drawn_of(table, survey_model(weighted=False)).sample(None)
    assert plain.weight.tolist() == [1, 1] and plain.margins == ()
    own = drawn_of(table, survey_model()).sample(None)
    assert own.weight.tolist() == [1.5, 3] and [m.tolist() for m in own.margins] == [[0, 1]]


SAMPLE = Sample(
    strata=np.array([0, 0, 0, 0, 1, 1, 1]),
    psu=np.array([0, 0, 1, 2, 3, 4, 4]),
    weight=np.array([1.0, 2.0, 1.0, 1.0, 3.0, 1.0, 1.0]),
    strata_names=("site north", "site south"),
    psu_names=("a", "b", "c", "d", "e"),
)


def test_who_moved_counts_where_the_first_record_was_and_units_keep_their_names() -> None:
    """The third record, the only one of b, counts where the fifth is: b was not drawn."""
    found = counted_as(SAMPLE, np.array([2]), np.array([4]))
    assert found.psu.tolist() == [0, 0, 2, 1, 2, 3, 3]
    assert found.strata.tolist() == [0, 0, 1, 0, 1, 1, 1]
    assert found.psu_names == ("a", "c", "d", "e")
    assert found.strata_names == SAMPLE.strata_names and found.units_in.tolist() == [2, 2]
    assert counted_as(SAMPLE, np.array([1]), np.array([0])) is SAMPLE
    south = counted_as(SAMPLE, np.arange(4), np.array([4, 4, 5, 6]))
    assert (south.strata_names, south.psu_names) == (("site south",), ("d", "e"))
    unnamed = replace(SAMPLE, psu_names=(), strata_names=())
    moved = counted_as(unnamed, np.array([2]), np.array([4]))
    assert (moved.psu_names, moved.strata_names) == ((), ())


MARGINS = (np.array([0, 1, 0, 1, 0, 1, 0]), np.array([0, 0, 1, 1, 2, 2, 2]))


@pytest.mark.parametrize("margins", [(), MARGINS])
def test_totals_of_some_records_are_those_of_all_with_none_of_the_others(margins: Any) -> None:
    sample, at = replace(SAMPLE, margins=margins), np.array([6, 2, 0])
    influence = np.array([[1.0, 4.0], [2.0, 5.0], [3.0, 7.0]])
    whole = np.zeros((7, 2))
    whole[at] = influence
    found = unit_totals_at(influence, at, sample)
    assert found == approx(unit_totals(whole, sample))
    if not margins:
        assert found.tolist() == [[3, 7], [2, 5], [0, 0], [0, 0], [1, 4]]


def test_units_strata_and_df_are_those_of_the_domain() -> None:
    inside = np.array([False, False, False, True, True, True, False])
    assert counts(SAMPLE, inside) == (3, 2, 1)
    assert counts(SAMPLE, ~inside) == (3, 2, 1)
    assert counts(SAMPLE, np.arange(7) < 4) == (3, 1, 2)


def test_the_variance_of_a_total_is_that_of_its_units_totals_within_strata() -> None:
    y = np.array([[1.0], [2.0], [4.0], [8.0], [3.0], [5.0], [6.0]])
    found = linearised(y, SAMPLE)
    first, second = np.array([3.0, 4.0, 8.0]), np.array([3.0, 11.0])
    expected = 3 * first.var(ddof=1) + 2 * second.var(ddof=1)
    assert found.covariance == approx(np.array([[expected]]))
    assert (found.df, found.n_psus, found.n_strata) == (3, 5, 2)
    three = {"strata": np.array([0, 0, 0, 0, 1, 2, 2]), "strata_names": ("n", "s", "t")}
    lone = replace(SAMPLE, **three, lone="adjust")
    centred = linearised(y - 29 / 7, lone)
    assert centred.df == 2 and [one[:25] for one in centred.said] == [
        "s has one neighbourhood (", "t has one neighbourhood (",
    ]  # fmt: skip
    average = linearised(y, replace(lone, lone="average"))
    assert average.covariance == approx(np.array([[3 * first.var(ddof=1) * 3]]))
    certain = linearised(y, replace(lone, lone="certainty"))
    assert certain.covariance == approx(np.array([[3 * first.var(ddof=1)]]))


def test_many_outcomes_keep_their_units_totals_and_what_independent_records_would_say() -> None:
    """Two means by the same sample: their covariance is apart' apart."""
    rng = np.random.default_rng(2)
    y, x = rng.normal(size=(7, 2)), np.column_stack([np.ones(7), np.arange(7) % 2])
    contrasts = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    found = many(y, x, contrasts, SAMPLE)
    w = SAMPLE.weight
    bread = np.linalg.inv(x.T * w @ x)
    for j in range(2):
        coef = bread @ (x.T * w @ y[:, j])
        pull = (w * (y[:, j] - x @ coef))[:, None] * (x @ bread @ contrasts.T)
        said = linearised(pull, SAMPLE)
        assert found.estimate[j] == approx(contrasts @ coef)
        assert found.squares[j] == approx((pull**2).sum(axis=0))
        assert found.std_error[j] == approx(np.sqrt(np.diag(said.covariance)))
        assert found.apart[j].T @ found.apart[j] == approx(said.covariance)
        assert said.spread is not None and found.apart[j] == approx(said.spread)
    assert found.df.tolist() == [3, 3] and found.std_error.shape == (2, 3)
    three = {"strata": np.array([0, 0, 0, 0, 1, 2, 2]), "strata_names": ()}
    lone = replace(SAMPLE, **three, lone="certainty")
    alone = many(y, x, contrasts, lone)
    assert alone.apart.shape == (2, 0, 3) and alone.df.tolist() == [2, 2]
    assert alone.squares == approx(found.squares)
    with pytest.raises(NotEstimable, match="stratum 1 has one neighbourhood"):
        many(y, x, contrasts, replace(lone, lone="stop"))


def test_a_domain_with_as_many_units_as_strata_has_no_interval_beside_others() -> None:
    y = np.column_stack([np.arange(7.0), np.where(np.isin(np.arange(7), [0, 4, 5]), 1.0, np.nan)])
    y[[0, 4, 5], 1] = [1, 2, 5]
    y[5, 1] = np.nan
    with pytest.raises(NotEstimable, match="no more sampling units than strata"):
        many(y, np.ones((7, 1)), np.ones((1, 1)), SAMPLE)


def test_a_column_of_zeros_is_said_before_columns_that_depend_on_each_other() -> None:
    y = np.arange(7.0)[:, None]
    with pytest.raises(NotEstimable, match="a column is zero in all records"):
        many(y, np.column_stack([np.ones(7), np.zeros(7)]), np.eye(2), SAMPLE)


@pytest.mark.parametrize("neighbourhoods", ["sampled", "all"])
def test_strata_and_units_of_a_survey_and_what_sentences_call_them(neighbourhoods: Any) -> None:
    rows = [(f"{s}{n}{k}{w}", s, n, w, 1.0) for s, n in (("north", "x"), ("north", "y"),
            ("south", "z")) for w in ("w0", "w1") for k in range(2)]  # fmt: skip
    rows += [("northx00", "north", "x", "w1", 1.0), ("lone", "south", "z", "w2", 1.0)]
    records = records_of(panel(rows)).reset_index(drop=True)
    sample = sample_of(records, SurveyDesign(neighbourhoods=neighbourhoods))
    if neighbourhoods == "sampled":
        assert sample.units_in.tolist() == [2, 1] and sample.psu_names == ("x", "y", "z")
        assert sample.strata_names == ("site north", "site south")
        assert sample.lone_unit(1) == "z" and sample.unit == "neighbourhood"
        return
    # who was first drawn in w0 and w1 of each; who is alone in w2 joins the neighbourhood's first
    assert sample.unit == "respondent" and sample.units_in.sum() == 14 == len(sample.psu_names)
    names = [f"neighbourhood {n}" for n in "xxyyzz"]
    assert list(sample.strata_names) == names
    of = dict(zip(records["unit"], sample.strata, strict=True))
    assert of["lone"] == of["southz0w0"] != of["southz0w1"]
    assert sorted(sample.units_in.tolist()) == [2, 2, 2, 2, 3, 3]


def test_sites_and_waves_are_counted_apart_however_many_there_are() -> None:
    """70 sites at 3 waves: 210 of them, beyond what a byte holds."""
    sites = tuple(f"s{k:02}" for k in range(70))
    waves = ("w1", "w2", "w3")
    how = QuestionsSpec.model_validate(
        {"files": {"f": {"path": "f.csv", "level": "respondent", "unit": "id",
                         "time": {"constant": "w1"}, "variables": {"q": {"label": "Q"}}}},
         "sites": sites, "waves": waves}
    )  # fmt: skip
    states = pd.DataFrame(
        {
            "unit": [f"u{k}" for k in range(210)],
            "time": pd.Categorical([w for w in waves for _ in sites], categories=waves),
            "group": pd.Categorical([s for _ in waves for s in sites], categories=sites),
            "q": np.array([k % 3 for k in range(210)], dtype=np.int8),
        }
    )
    found = counted({"f": states}, how)
    assert list(zip(found["wave"], found["site"], strict=True)) == [
        (w, s) for w in waves for s in sites
    ]
    assert (found["respondents"] == 1).all() and (found["not_asked"] == 0).all()
    told = found[["no_answer", "unusable", "answered"]].to_numpy()
    assert told.tolist() == np.eye(3, dtype=int)[np.arange(210) % 3].tolist()
