"""One row as it leaves: which of its cells follow from few people, and which do not."""

from dataclasses import replace
from typing import Any

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.attack import _worked_out
from cesp_analysis.disclosure.quantities import key_of
from cesp_analysis.disclosure.table_rows import Release
from cesp_analysis.disclosure.tables import TABLES
from cesp_analysis.withheld import ALONG, FEW, WITHHELD

HOW = Disclosure(threshold=10, round_to=0, sizes_to=5)


def row(table: str, **cells: Any) -> dict[str, Any]:
    """A row of a table that says nothing but the cells."""
    return dict.fromkeys(TABLES[table].contract.columns()) | cells


def release(table: str, **how: Any) -> Release:
    return Release(f"tables/{table}", TABLES[table], how.pop("how", HOW), **{"withheld": {}} | how)


def why(table: str, how: dict[str, Any] | None = None, **cells: Any) -> dict[str, str]:
    """Column → why it is withheld."""
    return release(table, **how or {}).row(row(table, **cells))[1]


BASE = {"level": "person", "weighted": "no", "variable": "sex", "group": "a"}


def test_what_describes_several_rows_is_withheld_with_a_number_of_one_of_them() -> None:
    """The difference of sex goes with the count of one category; that of age stays."""
    rows = [
        row("baseline", **BASE, category=sex, n=100, count=n, difference=0.2)
        for sex, n in (("f", 96), ("m", 4))
    ]  # fmt: skip
    rows.append(row("baseline", **BASE | {"variable": "age"}, n=100, mean=4.0, difference=0.3))
    rows.append(row("baseline", **BASE, category="other", n=100))
    of_few = key_of(TABLES["baseline"].counts["count"], rows[1])
    made = release("baseline", withheld={of_few: FEW}).rows(rows)
    assert [reasons.get("difference") for _, reasons in made] == [ALONG, ALONG, None, None]
    assert [cells["difference"] for cells, _ in made] == ["", "", "0.30", ""]


def test_a_difference_stays_where_another_number_than_those_it_follows_from_is_withheld() -> None:
    rows = [row("baseline", **BASE, category="f", n=100, n_missing=4, count=50, difference=0.2)]
    few = key_of(TABLES["baseline"].counts["n_missing"], rows[0])
    ((cells, reasons),) = release("baseline", withheld={few: FEW}).rows(rows)
    assert reasons == {"n_missing": FEW} and cells["difference"] == "0.20"


def test_what_stands_nowhere_is_not_withheld() -> None:
    """A blank cell stays blank: a mark would tell that there was a number."""
    cells, reasons = release("means").row(row("means", n=5, outcome="score"))
    assert reasons == {"n": FEW} and not any(cells[name] for name in ("mean", "sd", "std_error"))
    assert why("estimates", n_units=5) == {"n_units": FEW}
    assert why("rates", numerator=5, denominator=40, value=0.1) == {"numerator": FEW,
                                                                   "value": ALONG}  # fmt: skip


def test_what_is_left_empty_is_marked_where_it_was_a_number() -> None:
    cells, reasons = release("identities").row(row("identities", one=0.5, other="sum"))
    assert cells["one"] == cells["other"] == "" and reasons == {"one": ALONG}


SIZES = {"estimate_id": "m/s/t1", "n_obs": 40, "n_units": 40}


@pytest.mark.parametrize(
    ("cells", "withheld"),
    [
        ({"n_units": 10}, {}),
        ({"n_units": 9}, {"n_units": FEW, "estimate": ALONG, "p_value": ALONG}),
        ({"n_units": 40, "n_obs": 9}, {"n_obs": FEW}),
        ({"n_units": None}, {}),
    ],
)
def test_an_estimate_goes_with_the_size_that_it_rests_on(
    cells: dict[str, Any], withheld: dict[str, str]
) -> None:
    assert why("estimates", **SIZES | {"estimate": 1.5, "p_value": 0.2} | cells) == withheld


@pytest.mark.parametrize(
    ("how", "hidden"),
    [
        ({}, False),
        ({"hidden": ["m/s/t1"]}, True),
        ({"hidden": ["m/s/t2"]}, False),
        ({"of_few": [("s", "t1")]}, True),
        ({"of_few": [("s", "t2")]}, False),
        ({"rare": ["s"]}, True),
        ({"rare": ["other"]}, False),
    ],
)
def test_an_estimate_of_few_is_withheld_wherever_it_is_found(
    how: dict[str, Any], hidden: bool
) -> None:
    """In whatever table: here in one that holds no size."""
    cells = {"estimate_id": "m/s/t1", "outcome": "s", "time": "t1", "shock_in_sd": 0.3}
    assert ("shock_in_sd" in why("ladder", how, **cells)) is hidden


def test_a_variable_of_which_few_have_a_value_shows_no_mean() -> None:
    cells = {"variable": "rare", "n": 100, "mean": 0.2, "sd": 0.5, "difference": 0.1}
    assert why("baseline", {"rare": ["rare"]}, **cells) == dict.fromkeys(
        ("mean", "sd", "difference"), ALONG
    )


@pytest.mark.parametrize(
    ("n", "sd", "hidden"),
    [(10, 0.5, False), (9, 0.5, True), (100, (0.09 * 100 / 99) ** 0.5, False)],
)
def test_a_mean_goes_with_its_size(n: int, sd: float, hidden: bool) -> None:
    reasons = why("means", n=n, mean=0.1, sd=sd)
    assert ("mean" in reasons) is ("sd" in reasons) is hidden


def test_a_mean_of_zeros_and_ones_of_few_is_withheld() -> None:
    """Five ones of 100: the mean .05 and its SD tell them."""
    sd = (0.05 * 0.95 * 100 / 99) ** 0.5
    assert why("means", n=100, mean=0.05, sd=sd) == {"mean": ALONG, "sd": ALONG}


@pytest.mark.parametrize(
    ("n", "amounts", "hidden"),
    [(20, [5.0, 5.0, 2.0], False), (20, [9.0, 5.0, 3.0], True), (9, [1.0] * 9, True),
     (10, [1.0] * 10, False)],
)  # fmt: skip
def test_a_sum_of_few_or_of_one_is_withheld(n: int, amounts: list[float], hidden: bool) -> None:
    reasons = why("contacts", {"contributions": lambda *_: amounts}, n=n, total=12.0)
    assert ("total" in reasons) is hidden


def test_a_sum_of_nobody_knows_whom_is_withheld() -> None:
    assert why("contacts", n=20, total=12.0) == {"total": ALONG}


RATE = {"numerator": 50, "denominator": 100, "value": 0.5, "ci_low": 0.4, "icc": 0.1}


@pytest.mark.parametrize(
    ("cells", "withheld"),
    [
        ({}, set()),
        ({"numerator": 10}, set()),
        ({"numerator": 9}, {"numerator", "value", "ci_low", "icc"}),
        ({"numerator": 90}, set()),
        ({"numerator": 91}, {"value", "ci_low", "icc"}),  # nine are not in it
        ({"numerator": 100}, set()),
        ({"numerator": None}, set()),  # a mean of 100
        ({"numerator": None, "denominator": 10}, set()),
        ({"numerator": None, "denominator": 9}, {"denominator", "value", "ci_low", "icc"}),
        ({"numerator": 9, "denominator": None}, {"numerator", "value", "ci_low", "icc"}),
        ({"numerator": 10, "denominator": None}, set()),
        ({"numerator": 10, "denominator": None, "icc": None}, set()),
    ],
)
def test_a_share_goes_with_its_part_and_with_who_is_not_in_it(
    cells: dict[str, Any], withheld: set[str]
) -> None:
    assert set(why("rates", **RATE | cells)) == withheld


def test_a_share_goes_with_its_part_or_whole_though_they_are_many() -> None:
    cells = {"level": "person", "variable": "sex", "category": "f", "group": "a"}
    own = row("baseline", **cells, n=100, count=50, share=0.5)
    for column in ("n", "count"):
        key = key_of(TABLES["baseline"].counts[column], own)
        _, reasons = release("baseline", withheld={key: ALONG}).row(own)
        assert {"share", column} <= set(reasons)
    assert release("baseline").row(own)[1] == {}


def test_events_without_a_whole_are_withheld_if_few() -> None:
    for n, hidden in ((9, True), (10, False)):
        reasons = why("projection", recruited=n, per_month=1.2, probability=0.5)
        assert ("per_month" in reasons) is ("probability" in reasons) is hidden


@pytest.mark.parametrize(
    ("cells", "withheld"),
    [
        ({"cluster_level": "person", "n_clusters": 9}, {"n_clusters": FEW}),
        ({"cluster_level": "person", "n_clusters": 10}, {}),
        ({"cluster_level": "respondent", "n_clusters": 9}, {"n_clusters": FEW}),
        ({"cluster_level": "site", "n_clusters": 9}, {}),
        ({"cluster_level": "person", "n_clusters": None}, {}),
    ],
)
def test_clusters_of_one_person_are_few_people(
    cells: dict[str, Any], withheld: dict[str, str]
) -> None:
    assert why("estimates", **SIZES | cells) == withheld


def test_clusters_of_one_person_are_rounded_as_people_are() -> None:
    told = {level: release("estimates").row(row("estimates", **SIZES, cluster_level=level,
                                                n_clusters=128.0))[0]["n_clusters"]
            for level in ("person", "respondent", "neighbourhood")}  # fmt: skip
    assert told == {"person": "130", "respondent": "130", "neighbourhood": "128"}


def test_what_a_count_that_is_not_there_would_be_is_not_asked() -> None:
    """A withheld key of a cell that is blank marks nothing."""
    own = row("baseline", **BASE, n=100)
    key = key_of(TABLES["baseline"].counts["n_missing"], own)
    assert release("baseline", withheld={key: FEW}).row(own)[1] == {}


def test_a_column_that_counts_otherwise_than_others_is_withheld_by_itself() -> None:
    """Weighted, or after leaving some out, it is another number: its key says so."""
    own = row("baseline", **BASE, n=100)
    key = key_of(TABLES["baseline"].counts["n"], own)
    apart = [("tables/baseline", "n")]
    assert release("baseline", withheld={key: ALONG}, apart=apart).row(own)[1] == {}
    itself = key | {("as in", "tables/baseline n")}
    assert release("baseline", withheld={itself: ALONG}, apart=apart).row(own)[1] == {"n": ALONG}


PROPORTION = {"measure": "proportion", "since": "", "respondents": 100, "deff": 1.2}


@pytest.mark.parametrize(
    ("cells", "hidden"),
    [
        ({"estimate": 0.10, "n": 100}, False),
        ({"estimate": 0.09, "n": 100}, True),
        ({"estimate": 0.90, "n": 100}, False),
        ({"estimate": 0.91, "n": 100}, True),
        ({"estimate": 1.0, "n": 100}, False),
        ({"estimate": 0.09, "n": 100, "measure": "mean"}, False),
        ({"estimate": None, "n": 100}, False),
        ({"estimate": 0.09, "n": None}, False),
        ({"estimate": 0.0, "n": 0}, False),
    ],
)
def test_an_estimated_proportion_tells_who_are_few(cells: dict[str, Any], hidden: bool) -> None:
    assert release("survey_means")._of_few(PROPORTION | cells) is hidden


def test_a_proportion_of_few_is_withheld_with_all_that_is_estimated_beside_it() -> None:
    shown = why("survey_means", **PROPORTION, estimate=0.5, n=100, std_error=0.05)
    assert shown == {}
    hidden = why("survey_means", **PROPORTION, estimate=0.05, n=100, std_error=0.02)
    assert hidden == dict.fromkeys(("estimate", "std_error", "deff"), ALONG)


def test_what_the_attack_would_take_for_a_share_of_few_is_withheld() -> None:
    """0.9 and 0.2 of 20 may be a .95 of zeros and ones: what leaves is what the attack bears."""
    cells = {"mean": 0.9, "sd": 0.2, "outcome": "index", "n": 20}
    given = row("means", **cells)
    printed, reasons = release("means").row(given)
    assert reasons == {"mean": ALONG, "sd": ALONG} and printed["mean"] == ""
    shown, reasons = release("means").row(given | {"mean": 0.6})
    assert (shown["mean"], shown["sd"], reasons) == ("0.6", "0.2", {})


@pytest.mark.parametrize(("mean", "sd"), [(0.9, 0.2), (0.88, 0.31), (0.93, 0.26)])
def test_a_mean_utility_is_no_share_of_zeros_and_ones(mean: float, sd: float) -> None:
    """Nor for the attack, which stopped the release at such means."""
    given = row("economics_means", quantity="qaly", time="follow_up", n=20, mean=mean, sd=sd)
    printed, reasons = release("economics_means").row(given)
    assert not reasons and printed["mean"] == f"{mean:.1f}"
    leaving, rows = TABLES["economics_means"], [printed | {WITHHELD: {}}]
    assert list(_worked_out({"t": (leaving, rows)}, HOW)) == []
    assert len(list(_worked_out({"t": (replace(leaving, graded=False), rows)}, HOW))) == 1


def test_life_years_in_place_of_utilities_are_zeros_and_ones() -> None:
    """By every digit that there is, 38 of 40 with 1 and two with 0 are few."""
    sd = (0.95 * 0.05 * 40 / 39) ** 0.5
    given = {"quantity": "utility", "n": 40, "mean": 0.95, "sd": sd}
    assert why("economics_means", **given) == {"mean": ALONG, "sd": ALONG}
