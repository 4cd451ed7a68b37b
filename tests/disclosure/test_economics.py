"""What of costs and QALYs leaves: not the dearest person, no sum of few or of one, no draws."""

from typing import Any

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.dominance import dominated, of_costs
from cesp_analysis.disclosure.left_in import _telling
from cesp_analysis.disclosure.rests_on_few import OF_EVALUATION, hidden, widths
from cesp_analysis.disclosure.table_rows import Release
from cesp_analysis.disclosure.tables import TABLES
from cesp_analysis.disclosure.tables_economics import cost_rows
from cesp_analysis.withheld import ALONG, FEW, WITHHELD

HOW = Disclosure()
COST = {
    "of": "service", "name": "gp", "arm": "control", "time": "6m", "people": 108, "n": 91,
    "users": 76, "amount": 4.5714, "mean": 169.143, "sd": 163.889, "median": 111.0,
    "highest": 629.0,
}  # fmt: skip
NAMES = {
    "perspective": "nhs", "value_set": "eq5d", "missing_data": "imputed", "approach": "gain"
}  # fmt: skip
ESTIMATE = {
    "scenario": "base", "missing_data": "boot_impute", "quantity": "cost", "estimate": 322.4,
    "std_error": 341.2, "df": 9.27, "ci_low": -446.3, "ci_high": 1091.1, "n_obs": 83,
    "n_units": 220, "n_smaller_arm": 108, "n_clusters": 113, "cluster_level": "link_worker",
}  # fmt: skip


TORNADO = {
    **ESTIMATE, "missing_data": "imputed", "quantity": "inmb", "scenario": "tornado x: low",
    "service": "night",
}  # fmt: skip


def row(table: str, own: dict[str, Any], **cells: Any) -> dict[str, Any]:
    return dict.fromkeys(TABLES[table].contract.columns()) | own | cells


def released(table: str, own: dict[str, Any], how: Disclosure = HOW, **others: Any) -> Any:
    leaving = TABLES[table]
    (made,) = leaving.prepared([own], how)
    sums = of_costs if table == "costs" else None
    return Release(f"tables/{table}", leaving, how, {}, contributions=sums, **others).row(made)


def costs(how: Disclosure = HOW, **cells: Any) -> Any:
    return released("costs", row("costs", COST, **cells), how)


def test_bootstrap_draws_stay() -> None:
    """With the seed they are equations in people's costs."""
    assert "ce_plane" not in TABLES


def test_costs_leave_with_few_digits_and_without_the_dearest_person() -> None:
    cells, why = costs()
    assert why == {"highest": ALONG}
    told = ("people", "n", "users", "amount", "mean", "sd", "median")
    assert [cells[name] for name in told] == ["110", "90", "75", "4.6", "170", "160", "110"]


def test_a_mean_cost_leaves_open_of_how_many_it_is() -> None:
    """A rare service at a high price: of £273 each the digits that are told fit any n near."""
    cells, _ = costs(n=89, users=31, mean=273 * 52 / 89, sd=272.4, amount=52 / 89, highest=1365.0)
    fits = {
        n
        for n in range(88, 93)
        for used in range(31, 120)
        if abs(273 * used / n - float(cells["mean"])) <= 5
    }
    assert cells["mean"] == "160" and fits == set(range(88, 93))


@pytest.mark.parametrize(("users", "told"), [(10, True), (9, False), (1, False)])
def test_what_few_used_tells_no_cost(users: int, told: bool) -> None:
    cells, why = costs(users=users, mean=37 * 10 / 91, amount=10 / 91, sd=13.0, highest=37.0)
    sums = {"amount", "mean", "sd", "median"}
    assert sums & why.keys() == (set() if told else sums)
    assert (why.get("users") == FEW) is not told and bool(cells["mean"]) is told


@pytest.mark.parametrize(
    ("highest", "of_sum", "of_squares"),
    [(19_320.0, False, True), (30_000.0, True, True), (9_000.0, False, False)],
)
def test_one_person_s_stay_in_hospital_is_not_told(
    highest: float, of_sum: bool, of_squares: bool
) -> None:
    """17 of 110 spent a night: the sum is £45,080, the sum of squares £442 million."""
    own = {"n": 110, "users": 17, "mean": 409.82, "sd": 1971.7, "highest": highest}
    _, why = costs(**own)
    assert ("mean" in why, "sd" in why) == (of_sum, of_squares)


def test_what_the_dearest_person_adds() -> None:
    """Costs 6, 3, 1 and 0 of four people: of the sum 10 six, of the squares 46 thirty-six."""
    own = {"n": 4, "users": 3, "mean": 2.5, "sd": 7.0**0.5, "highest": 6.0}
    assert of_costs(own, "mean") == [6.0, 2.0, 2.0]
    assert of_costs(own, "sd") == pytest.approx([36.0, 5.0, 5.0])
    assert dominated(of_costs(own, "mean"), 0.5) and not dominated(of_costs(own, "mean"), 0.6)


@pytest.mark.parametrize(
    ("zeros", "withheld"), [("shown", {"highest"}), ("withheld", {"users", "mean", "sd"})]
)
def test_what_nobody_used_costs_nothing(zeros: Any, withheld: set[str]) -> None:
    how = Disclosure(zeros=zeros)
    cells, why = costs(how, users=0, amount=0.0, mean=0.0, sd=0.0, median=0.0, highest=0.0)
    assert withheld <= why.keys() and not cells["mean"]
    assert (cells["users"] == "0") is (zeros == "shown")


def test_of_a_service_that_is_free_who_used_it_leaves_and_no_amount() -> None:
    """That 90 of 100 hours were one person's is not seen by costs of £0."""
    cells, _ = costs(users=20, amount=100 / 91, mean=0.0, sd=0.0, median=0.0, highest=0.0)
    assert (cells["users"], cells["mean"], cells["amount"]) == ("20", "0", "")


def test_rows_without_a_spread_have_no_interval() -> None:
    for cells in ({"mean": None, "sd": None, "n": 0}, {"sd": 0.0}, {"sd": None}):
        (made,) = cost_rows([row("costs", COST, **cells)], HOW)
        assert "mean_low" not in made


def test_estimates_have_the_digits_that_their_width_bears() -> None:
    cells, why = released("economics", row("economics", ESTIMATE))
    told = ("estimate", "std_error", "ci_low", "ci_high", "df")
    assert not why and [cells[name] for name in told] == ["300", "340", "-400", "1100", "9.3"]


def test_people_who_are_nobody_s_are_clusters_and_so_people() -> None:
    cells, _ = released("economics", row("economics", ESTIMATE))
    assert [cells[name] for name in ("n_obs", "n_units", "n_clusters")] == ["85", "220", "115"]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({}, True),
        ({"n_units": 9, "n_smaller_arm": 4}, False),
        ({"n_units": 60, "n_smaller_arm": 9}, False),  # less the mean of the others
        ({"n_units": 60, "n_smaller_arm": 10}, True),
    ],
)
def test_a_part_with_few_in_an_arm_tells_no_estimate(cells: dict[str, int], told: bool) -> None:
    made, _ = released("economics", row("economics", ESTIMATE, scenario="subgroup x", **cells))
    assert bool(made["estimate"]) is bool(made["ci_low"]) is bool(made["n_clusters"]) is told


def test_why_there_is_no_estimate_of_few_does_not_tell_how_few() -> None:
    """That two are needed would tell that there was one, or nobody."""
    text = (
        "costs and QALYs are known of 1 person of the intervention arm (QALYs alone of 1 of 30):"
        " two are needed"
    )
    none = {"status": "not_estimable", "reason": text, "estimate": None, "n_smaller_arm": 1}
    rows = [row("economics", ESTIMATE | none), row("economics", ESTIMATE, n_smaller_arm=9)]
    made = [released("economics", one)[0] for one in rows]
    assert made[0]["reason"] == made[1]["reason"] == (
        "an arm has fewer than 10 people: not told"
    )  # fmt: skip
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("cells", "few"),
    [({"n_smaller_arm": 9}, True), ({}, False),
     ({"n_smaller_arm": 9, "scenario": "subgroup sex: other"}, False),
     ({"n_smaller_arm": 9, "missing_data": "complete"}, False)],
)  # fmt: skip
def test_curves_of_few_people_go_with_their_estimates(cells: dict[str, Any], few: bool) -> None:
    own = [row("economics", ESTIMATE), row("economics", ESTIMATE, **cells)]
    found = hidden({"tables/economics": (TABLES["economics"], own)}, HOW)
    assert found == (OF_EVALUATION if few else frozenset())


@pytest.mark.parametrize("few", [True, False])
def test_what_is_withheld_of_a_curve(few: bool) -> None:
    own = row(
        "ceac", NAMES | {"threshold": 20_000.0, "inmb": 174.17, "probability": 0.599, "flip": 190.5}
    )
    cells, why = released("ceac", own, hidden=OF_EVALUATION if few else ())
    assert [cells[name] for name in ("threshold", "inmb", "probability", "flip")] == (
        ["20000.0", "", "", ""] if few else ["20000.0", "170", "0.60", "190"]
    )
    assert why.keys() == ({"inmb", "probability", "flip"} if few else set())


def test_a_curve_has_the_digits_of_the_estimates_that_it_is_made_of() -> None:
    """Of 220 people, at £15,000 1,407 with 2,400 either way: hundreds in both tables, though the
    interval at £50,000 bears thousands alone; elsewhere as at the next, or the last."""
    each = {15_000.0: (1407.0, 2400.0, "1400"), 50_000.0: (5210.0, 9000.0, "5000")}
    rows = [
        row("economics", ESTIMATE, **NAMES, quantity="inmb", threshold=at, estimate=value,
            ci_low=value - half, ci_high=value + half)
        for at, (value, half, _) in each.items()
    ]  # fmt: skip
    points = dict.fromkeys((0.0, 15_000.0, 30_000.0, 50_000.0, 60_000.0), 1407.0)
    points[50_000.0] = 5210.0
    curve = [
        row("ceac", NAMES | {"threshold": at, "inmb": value, "flip": value})
        for at, value in points.items()
    ]
    known = widths(
        {"tables/economics": (TABLES["economics"], rows), "tables/ceac": (TABLES["ceac"], curve)}
    )
    told = [released("ceac", one, widths=known)[0] for one in curve]
    assert [one["inmb"] for one in told] == ["1400", "1400", "1000", "5000", "1000"]
    assert [one["flip"] for one in told] == [one["inmb"] for one in told]
    assert [released("economics", one)[0]["estimate"] for one in rows] == ["1400", "5000"]


def test_sentences_with_more_digits_stay() -> None:
    own = row("ce_quadrants", {"approach": "gain", "kind": "straddles", "dearer_gains": 0.281,
                               "said": "QALYs may be lost (difference 0.006)."})  # fmt: skip
    cells, _ = released("ce_quadrants", own)
    assert (cells["said"], cells["dearer_gains"], cells["kind"]) == ("", "0.28", "straddles")


def test_a_mean_beside_few_users_is_a_leak() -> None:
    told = {"mean": "170", "sd": "", WITHHELD: "users few 10 | sd along"}
    assert list(_telling(TABLES["costs"], told)) == ["mean"]
    assert list(_telling(TABLES["costs"], told | {WITHHELD: "sd along"})) == []


@pytest.mark.parametrize(
    ("cost", "zeros", "told"),
    [
        ({}, "shown", True),
        ({"users": 9}, "shown", False),
        ({"highest": 10_000.0}, "shown", False),  # of £15,392
        ({"users": 0, "mean": 0.0, "sd": 0.0, "highest": 0.0}, "shown", True),
        ({"users": 0, "mean": 0.0, "sd": 0.0, "highest": 0.0}, "withheld", False),
        ({"users": 9, "name": "gp"}, "shown", True),
        ({"users": 9, "time": "6m"}, "shown", True),
    ],
)
def test_another_price_of_a_service_tells_what_its_costs_do(
    cost: dict[str, Any], zeros: Any, told: bool
) -> None:
    """High less low is the difference of its mean costs, to the rounding."""
    how = Disclosure(zeros=zeros)
    use = row("costs", COST | {"time": "follow_up", "name": "night"} | cost)
    rows = {"costs": [use], "economics": [row("economics", TORNADO)]}
    found = {f"tables/{n}": (TABLES[n], TABLES[n].prepared(own, how)) for n, own in rows.items()}
    for scenario, service in (("tornado x: low", "night"), ("base", None)):
        own = row("economics", TORNADO | {"scenario": scenario, "service": service})
        cells, _ = released("economics", own, how, hidden=hidden(found, how))
        assert bool(cells["estimate"]) is bool(cells["ci_low"]) is (told or service is None)


@pytest.mark.parametrize(
    ("none", "n", "told"), [(2, 70, ""), (20, 70, "0.29"), (0, 70, "0.00"), (65, 70, "")]
)
def test_a_share_of_few_without_costs_stays(none: int, n: int, told: str) -> None:
    """'3% without any cost' of 70 people are two; so it is no part of the method's words."""
    own = ESTIMATE | {"n_units": n, "n_smaller_arm": 30, "zeros": none / n, "n_zeros": none}
    cells, _ = released("economics", row("economics", own, method="gamma"))
    assert cells["zeros"] == told and cells["n_zeros"] == "" and cells["method"] == "gamma"


def test_an_arm_of_nobody_is_the_smaller_one() -> None:
    """'Known of 0 people of the intervention arm' leaves where nobody may be told, and there
    alone."""
    text = (
        "costs and QALYs are known of 0 people of the intervention arm (QALYs alone of 0 of 30):"
        " two are needed"
    )
    none = {"status": "not_estimable", "reason": text, "estimate": None, "n_smaller_arm": 0}
    own = row("economics", ESTIMATE | none)
    withheld = released("economics", own, Disclosure(zeros="withheld"))[0]["reason"]
    assert "of 0" not in withheld and "alone of" not in withheld
    told = released("economics", own)[0]["reason"]
    assert "of 0 people" in told and "alone of 0 of" in told and "of 30)" not in told
