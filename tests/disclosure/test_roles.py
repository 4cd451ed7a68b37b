"""Every column of every table that leaves has one role; how cells become text."""

import math
import random

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure import numbers
from cesp_analysis.disclosure.cleared import cleared
from cesp_analysis.disclosure.contract import ROLES
from cesp_analysis.disclosure.dominance import dominated, of_contacts
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.merging import alike_rows
from cesp_analysis.disclosure.protect import needed, rounded
from cesp_analysis.disclosure.table_rows import Release
from cesp_analysis.disclosure.tables import PREDICTED, TABLES
from cesp_analysis.disclosure.tables_measurement import measured_rows
from cesp_analysis.numbers import fixed
from cesp_analysis.withheld import ALONG, FEW, Rounded

HOW = Disclosure()


@pytest.mark.parametrize("name", [*TABLES, "means of a model"])
def test_each_column_has_one_role(name: str) -> None:
    """A column that a contract gains must be decided upon before anything leaves."""
    leaving = TABLES.get(name, PREDICTED)
    columns = set(leaving.contract.columns())
    told = [*leaving.counts, *leaving.shares, *leaving.means, *leaving.sums]
    for role in ("shown", "sizes", "estimates", "coarse", "chances", "texts", "blank"):
        told += getattr(leaving, role).split()
    assert sorted(told) == sorted(columns)
    assert set(leaving.roles.values()) <= set(ROLES)


@pytest.mark.parametrize("name", [*TABLES, "means of a model"])
def test_what_others_rest_on_is_a_column(name: str) -> None:
    leaving: Leaving = TABLES.get(name, PREDICTED)
    whole = {*leaving.means.values(), *leaving.sums.values(), leaving.rests_on}
    if name != "measurability":  # of shares alone, of what stays
        whole |= {part for pair in leaving.shares.values() for part in pair}
    sizes, stays = set(leaving.sizes.split()), set(leaving.blank.split())
    assert whole - {""} <= {*leaving.counts} | sizes | stays
    assert set(leaving.sized) <= sizes
    assert set(leaving.rests.values()) <= sizes | stays
    assert set(leaving.rests) <= {*leaving.coarse.split(), *leaving.estimates.split()}


def test_the_width_of_a_released_interval_leaves_open_of_how_many_it_is() -> None:
    """Of all n whose interval would be printed alike there are at least as many as a small number
    must be able to be; one decimal more, and there are fewer of most."""
    numbers_open, more = [], []
    for n in range(12, 400, 7):
        for spread in (0.3, 1.0, 4.7, 23.0):
            half = spread / n**0.5
            decimals = numbers.decimals_of_interval(n, half, HOW)
            for places, found in ((decimals, numbers_open), (decimals + 1, more)):
                unit = 10.0**-places
                alike = [m for m in range(2, 2000) if abs(spread / m**0.5 - half) <= unit / 2]
                found.append(len(alike))
    assert min(numbers_open) >= needed(HOW)
    assert sum(n < needed(HOW) for n in more) > len(more) / 2


def measured(**cells: object) -> dict[str, object]:
    """A row of measurability that says nothing but the cells, prepared to leave."""
    row = dict.fromkeys(TABLES["measurability"].contract.columns()) | {
        "outcome": "score", "level": "person", "time": "t0", "last_time": "t1", "criteria": "",
    } | cells  # fmt: skip
    (made,) = measured_rows([row], HOW)
    return made


def test_how_many_answered_over_all_sites_stays() -> None:
    row = measured(n=43, complete=41, sd_df=41, alpha=0.83694)
    cells, why = Release("tables/measurability", TABLES["measurability"], HOW, {}).row(row)
    assert [cells[name] for name in ("n", "complete", "sd_df", "alpha")] == ["", "", "", "0.84"]
    assert why == dict.fromkeys(("n", "complete", "sd_df"), ALONG)


def test_what_rests_on_few_is_withheld_whatever_the_row_rests_on() -> None:
    row = measured(n=43, retest_n=9, retest_icc=0.9, complete=43, alpha=0.8369)
    cells, why = Release("tables/measurability", TABLES["measurability"], HOW, {}).row(row)
    assert why == {"retest_n": FEW, **dict.fromkeys(("retest_icc", "n", "complete"), ALONG)}
    assert cells["alpha"] == "0.84"


def test_an_interval_is_as_coarse_as_its_n_asks() -> None:
    row = measured(n=19, retest_n=19, sem=0.8582, sem_low=0.6471, sem_high=1.2743)
    cells, _ = Release("tables/measurability", TABLES["measurability"], HOW, {}).row(row)
    assert [cells[name] for name in ("sem", "sem_low", "sem_high")] == ["0.9", "0.6", "1.3"]


def test_shares_at_the_ends_of_few_are_withheld_and_criteria_tell_no_value() -> None:
    criteria = "no_room at most 0.15: met (0.027) | mid_known at least 1: not met"
    row = measured(n=200, floor=0.02, ceiling=0.2, no_room=0.0, criteria=criteria)
    cells, why = Release("tables/measurability", TABLES["measurability"], HOW, {}).row(row)
    assert (
        why == {"floor": ALONG, "n": ALONG}
        and cells["ceiling"] == "0.20"
        and cells["no_room"] == "0.00"
    )
    assert cells["criteria"] == "no_room at most 0.15: met | mid_known at least 1: not met"


def test_the_size_of_a_rounded_number_has_no_more_decimals_than_it() -> None:
    for text, told in (("-13", "13"), ("-9.5", "9.5"), ("2.25", "2.25")):
        assert fixed(abs(Rounded(text)), 2) == told


def test_rounding_again_gives_what_rounding_the_number_gives() -> None:
    """Five digits, then fewer: the same as at once (double rounding of 3.4449 would give 3.45)."""
    draw = random.Random(7)
    for _ in range(20_000):
        value = draw.choice((-1, 1)) * 10 ** draw.uniform(-3, 3)
        released = Rounded(numbers.of_counts(value))
        assert float(released) == pytest.approx(value, rel=2e-4)  # the fifth digit
        for decimals in range(min(released.decimals, 4)):
            assert fixed(released, decimals) == fixed(value, decimals), value
    assert fixed(Rounded(numbers.of_counts(3.44499)), 2) == "3.44"


@pytest.mark.parametrize(("n", "sd"), [(30, 4.4), (96, 4.443), (100, 20.0), (490, 0.8), (12, 1.1)])
def test_a_mean_with_its_interval_leaves_its_n_open(n: int, sd: float) -> None:
    """A sum of whole answers is as near to n times the mean for any n that rounds alike, and the
    width fits more than one of them."""
    half = 1.98 * sd / math.sqrt(n)
    decimals = numbers.decimals_of_mean(n, half)
    step = 0.5 * 10.0**-decimals
    assert step * n >= 0.5 or decimals == 0
    widths = [1.98 * sd / math.sqrt(other) for other in range(n - 1, n + 2)]
    assert max(widths) - min(widths) < 4 * step  # both ends rounded


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("3 people without an answer", "fewer than 10 people without an answer"),
        ("23 people of 216 in the model", "about 25 people of about 215 in the model"),
        ("216 were asked", "about 215 were asked"),
        ("t on n - 1 df, 12 neighbourhoods", "t on n - 1 df, 12 neighbourhoods"),
        ("chi-squared 11.1 on 15 df", "chi-squared 11.1 on 15 df"),
        ("at Wave 2, 2023 differ", "at Wave 2, 2023 differ"),
        ("rows of one person (up to 11) are alike", "rows of one person (several) are alike"),
        ("2 neighbourhoods have one respondent each (Ash, Elm)",
         "2 neighbourhoods have few respondents"),
        ("Withdrew (8 answers) … no event before (41 answers)",
         "Withdrew (fewer than 10 answers) … no event before (about 40 answers)"),
        ("moved (4); died (85)", "moved (fewer than 10); died (about 85)"),
        ("answered by 3", "answered by fewer than 10"),
        ("3 in Trafford, three people left", "fewer than 10 in Trafford, few people left"),
        ("all 85 of the control arm have the same change (0): too narrow",
         "people of the control arm hardly differ in their change: too narrow"),
        ("(Morris 1983)", "(Morris 1983)"),
        ("", ""),
    ],
)  # fmt: skip
def test_sentences_tell_no_small_number(before: str, after: str) -> None:
    assert cleared(before, HOW) == after
    assert cleared(after, HOW) == after  # what has been cleared is clear


def test_a_sum_that_one_person_makes_up_is_dominated() -> None:
    assert dominated([60, 20, 20], 0.5)
    assert not dominated([50, 30, 20], 0.5)
    assert not dominated([], 0.5) and not dominated([0, 0], 0.5)
    assert dominated([-60, 30, 10], 0.5)  # a saving is an amount too


def test_contacts_are_those_of_the_group() -> None:
    people = [{"site": "a", "contacts": 9, "minutes": None}, {"site": "b", "contacts": 1,
              "minutes": 30.0}]  # fmt: skip
    amounts = of_contacts(people)
    assert amounts({"of": "all", "group": "", "quantity": "contacts"}) == [9.0, 1.0]
    assert amounts({"of": "site", "group": "a", "quantity": "contacts"}) == [9.0]
    assert amounts({"of": "all", "group": "", "quantity": "minutes"}) == [30.0]


def test_shares_are_those_of_the_rounded_numbers() -> None:
    part, whole = 96, 112
    text = numbers.share(part / whole, part, whole, HOW, part / whole)
    assert text == f"{rounded(part, 5) / rounded(whole, 5):.2f}"
    low = numbers.share(0.78, part, whole, HOW, part / whole)
    assert float(low) == pytest.approx(0.78 + 95 / 110 - part / whole, abs=0.005)
    monthly = numbers.share(96 / 9.2, part, None, HOW, 96 / 9.2)
    assert monthly == "10"  # two digits of 95 / 9.2


@pytest.mark.parametrize(
    ("value", "text"), [(438.0, "440"), (21610.0, "22000"), (0.0, "0"), (-0.0237, "-0.024")]
)
def test_what_would_tell_a_share_has_two_digits(value: float, text: str) -> None:
    assert numbers.coarse(value) == text


@pytest.mark.parametrize(("decimals", "text"), [(3, "21.0"), (0, "21"), (-1, "20")])
def test_decimals_are_no_more_than_told(decimals: int, text: str) -> None:
    assert float(numbers.coarse(21.4, decimals)) == float(text)


def alike(**cells: object) -> dict[str, object]:
    """A row of balance of 40 people against 60."""
    names = {"model": "m", "outcome": "score", "time": "t1", "one": "here", "other": "there"}
    return names | {"n_one": 40, "n_other": 60, "difference_before": 0.31234, "reason": ""} | cells


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([(20, 30)], True),
        ([(3, 30)], False),  # few have it
        ([(20, 55)], False),  # few have it not
        ([(15, 20), (15, 20)], True),
        ([(15, 20), (20, 35)], False),  # five have the category that is the rest
    ],
)
def test_balance_of_what_few_have_is_not_shown(counts: list[tuple[int, int]], shown: bool) -> None:
    rows = [
        alike(covariate=f"band[{at}]", count_one=one, count_other=other)
        for at, (one, other) in enumerate(counts)
    ] + [alike(covariate="age", count_one=None, count_other=None)]
    *made, number = alike_rows(rows, HOW)
    assert number["difference_before"] == 0.31234
    assert all((row["difference_before"] is not None) == shown for row in made)
    assert all(bool(row["reason"]) != shown for row in made)


def test_balance_of_a_number_of_few_people_is_not_shown() -> None:
    row = alike(covariate="age", count_one=None, count_other=None, n_other=9)
    assert alike_rows([row], HOW)[0]["difference_before"] is None
