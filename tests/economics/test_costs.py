"""Use at its price, and what the intervention took: small tables counted by hand."""

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.declared.resources import OWN_TIME, Delivered, Hourly, Service, Use
from cesp_analysis.economics.aside import negative, said_of
from cesp_analysis.economics.cost_rows import described
from cesp_analysis.economics.costed import Costed
from cesp_analysis.economics.cube import Cube
from cesp_analysis.economics.delivered import NOBODY_MET, Given, Whose, contacts_of, given
from cesp_analysis.economics.hourly import hour_of
from cesp_analysis.economics.price_rows import price_table
from cesp_analysis.economics.priced import priced_of
from cesp_analysis.economics.prices import Price
from cesp_analysis.economics.used import used
from cesp_analysis.economics.used_columns import Holding, from_columns

UNITS = pd.Index(["a", "b", "c"])
TIMES = ["baseline", "6m"]
GP = Service(label="GP", unit_cost="gp", sector="nhs")
WORKER = Service(label="SW", unit_cost="sw", sector="pss", per="minutes", minutes_each=40)
USE = Use(file="use", service="service", amount="amount", minutes="minutes", recall="recall")


def rows(*cells):
    names = ["line", "unit", "time", "service", "amount", "minutes", "recall"]
    return pd.DataFrame(cells, columns=names)


PRICED = {"gp": "contact", "sw": "hour"}


def counted(table, use=USE, undeclared=()):
    services = {"gp": GP, "sw": WORKER}
    return used(table, use, services, UNITS, TIMES, PRICED, "use.csv", undeclared)


def said(found):
    """The sentences, each once."""
    return tuple(word for words in said_of(found.said, "gp").values() for word in words)


def test_amounts_are_summed_and_minutes_are_hours():
    table = rows(
        (2, "a", "baseline", "gp", 2.0, np.nan, 6.0),
        (3, "a", "baseline", "gp", 1.0, np.nan, 6.0),
        (4, "a", "baseline", "sw", 3.0, 20.0, 6.0),
        (5, "b", "6m", "gp", 0.0, np.nan, 3.0),
        (6, "b", "6m", "sw", 2.0, np.nan, 3.0),
    )
    found = counted(table)
    assert found.amount[0, 0].tolist() == [3.0, 1.0]
    assert found.amount[1, 1].tolist() == [0.0, pytest.approx(80 / 60)]
    assert found.recall[0, 0].tolist() == [6, 6] and found.recall[1, 1].tolist() == [3, 3]
    assert np.isnan(found.amount[2]).all() and not found.faults


def test_no_contact_takes_no_minutes():
    found = counted(rows((2, "a", "6m", "sw", 0.0, np.nan, 6.0)))
    assert found.amount[0, 1, 1] == 0


def test_an_amount_that_is_not_known_leaves_the_sum_unknown():
    table = rows((2, "a", "6m", "gp", 2.0, np.nan, 6.0), (3, "a", "6m", "gp", np.nan, np.nan, 6.0))
    assert np.isnan(counted(table).amount[0, 1, 0])


@pytest.mark.parametrize(("way", "expected"), [("none", 0.0), ("missing", np.nan)])
def test_a_service_that_is_not_listed(way, expected):
    table = rows((2, "a", "6m", "gp", 2.0, np.nan, 6.0))
    found = counted(table, USE.model_copy(update={"not_listed": way}))
    assert found.amount[0, 1, 1] == pytest.approx(expected, nan_ok=True)
    assert np.isnan(found.amount[1, 1]).all()  # nobody asked b


@pytest.mark.parametrize("undeclared", [(3,), ()])  # misspelt; blank
def test_what_may_be_of_any_service_leaves_those_that_are_not_listed_unknown(undeclared):
    """'gpp, 9' says that something was used: of a the GP's 2 are known, of b nothing is, of c all:
    none of a service without a name is none."""
    table = rows(
        (2, "a", "6m", "gp", 2.0, np.nan, 6.0),
        (3, "a", "6m", None, 9.0, np.nan, 6.0),
        (4, "b", "6m", None, np.nan, np.nan, 6.0),
        (5, "c", "6m", None, 0.0, np.nan, 6.0),
    )
    none = USE.model_copy(update={"not_listed": "none"})
    found = counted(table, none, undeclared)
    assert found.amount[:, 1].tolist() == [
        [2.0, pytest.approx(np.nan, nan_ok=True)],
        pytest.approx([np.nan, np.nan], nan_ok=True),
        [0.0, 0.0],
    ]
    told = {line: one.why for one in found.said for line in one.lines.tolist()}
    opened = "services that the person's rows at this time do not list are not known"
    assert {line for line, why in told.items() if opened in why} == {3, 4}
    assert told.keys() == {3, 4, 5}
    assert not any(opened in why for why in said(counted(table, USE, undeclared)))


def test_faults_are_all_told():
    table = rows(
        (2, "a", "6m", "gp", -2.0, np.nan, 6.0),
        (3, "a", "6m", "gp", 1.0, np.nan, 3.0),
        (4, "b", "6m", "dentist", 1.0, np.nan, 0.0),
        (5, "b", "6m", "sw", 1.0, -20.0, 6.0),
    )
    told = "\n".join(counted(table).faults)
    assert "line 2: amount is negative" in told
    assert "line 5: minutes is negative; correct it (data/raw/CORRECTIONS.yaml)" in told
    assert "line 4: recall must be months" in told
    assert "lines 2, 3: recall differs between rows of one person, time and service" in told
    assert "no service is called 'dentist'" in told


def test_rows_of_strangers_are_counted_for_nobody_and_told():
    found = counted(rows((2, "z", "6m", "gp", 2.0, np.nan, 6.0)))
    assert np.isnan(found.amount).all()
    assert said(found) == ("use.csv: 1 row of people who are not among the study's: not counted",)


def test_services_that_were_asked_about_different_months():
    found = counted(
        rows((2, "a", "6m", "gp", 2.0, np.nan, 6.0), (3, "a", "6m", "sw", 1.0, np.nan, 3.0),
             (4, "a", "6m", "sw", 1.0, np.nan, 3.0))
    )  # fmt: skip
    assert found.recall[0, 1].tolist() == [6.0, 3.0] and not found.faults
    assert np.isnan(found.recall[0, 0]).all()


def test_blank_months_beside_others_are_another_length():
    """4 in a month and 10 in the whole time between are not 14 in a month; of none it is no
    matter."""
    table = rows(
        (2, "a", "6m", "gp", 4.0, np.nan, 1.0),
        (3, "a", "6m", "gp", 10.0, np.nan, np.nan),
        (4, "b", "6m", "gp", 4.0, np.nan, 1.0),
        (5, "b", "6m", "gp", 0.0, np.nan, np.nan),
    )
    (told,) = counted(table).faults
    assert told.startswith("use.csv: lines 2, 3: recall differs between rows of one person")
    found = counted(table[table["unit"] == "b"])
    assert not found.faults and not said(found)
    assert (found.amount[1, 1, 0], found.recall[1, 1, 0]) == (4.0, 1.0)


def test_blank_months_of_a_service_that_says_its_own():
    table = rows(
        (2, "a", "6m", "gp", 4.0, np.nan, np.nan),
        (3, "a", "6m", "gp", 2.0, np.nan, 3.0),
        (4, "b", "6m", "sw", 1.0, 60.0, np.nan),
    )
    services = {"gp": GP.model_copy(update={"months": 3.0}), "sw": WORKER}
    found = used(table, USE, services, UNITS, TIMES, PRICED, "use.csv")
    assert found.recall[0, 1, 0] == 3 and np.isnan(found.recall[1, 1, 1]) and not found.faults
    assert said(found) == (
        "use.csv: 1 row without recall: taken to be of the whole time between",
        "use.csv: 1 row of gp without recall: taken to be of 3 months"
        " (economics.services.gp.months)",
    )


def test_rows_that_count_for_nobody_are_all_told():
    table = rows(
        (2, "a", "6m", None, 2.0, np.nan, 6.0),
        (3, "a", None, "gp", 2.0, np.nan, 6.0),
        (4, "a", "24m", "gp", 2.0, np.nan, 6.0),
        (5, "a", "6m", "gp", 2.0, np.nan, np.nan),
    )
    found = counted(table)
    assert found.amount[0, 1, 0] == 2 and np.isnan(found.recall[0, 1, 0])
    assert said(found) == (
        "use.csv: 2 rows of no time of people: not counted",
        "use.csv: 1 row without a service: not counted",
        "use.csv: 1 row without recall: taken to be of the whole time between",
    )


def test_columns_of_services_are_summed_and_what_is_left_out_is_told():
    table = pd.DataFrame(
        {"line": [2, 3, 4, 5], "unit": ["a", "a", "z", "b"], "time": ["6m", "6m", "6m", None],
         "visits": [2.0, 3.0, 1.0, 1.0]}
    )  # fmt: skip
    service = GP.model_copy(update={"variable": "visits"})
    found = from_columns(
        [Holding("wide", "wide.csv", table)], "gp", service, "contact", UNITS, TIMES
    )
    assert found.amount[0, 1, 0] == 5 and np.isnan(found.amount[1:]).all()
    assert np.isnan(found.recall).all() and not found.faults
    assert said(found) == (
        "wide.csv: 1 row of people who are not among the study's: not counted",
        "wide.csv: 1 row of no time of people: not counted",
        "wide.csv: 1 answer to visits in several rows of one person and time: summed",
    )


def of_gp(unit, each=None, per="amount"):
    """What is said of minutes of a GP: two contacts of 20 minutes, one without, none of 10."""
    table = rows(
        (2, "a", "6m", "gp", 2.0, 20.0, 6.0),
        (3, "b", "6m", "gp", 1.0, np.nan, 6.0),
        (4, "c", "6m", "gp", 0.0, 10.0, 6.0),
    )
    gp = GP.model_copy(update={"per": per, "minutes_each": each})
    found = used(table, USE, {"gp": gp}, UNITS, TIMES, {"gp": unit}, "use.csv")
    return said(found)


PASSED_OVER = "use.csv: gp: minutes of 1 row do not count: gp is a price of one"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("contact",), [f"{PASSED_OVER} contact, times the amount"]),
        (("hour",), [f"{PASSED_OVER} hour, times the amount; if that counts contacts, write per:"
                     " minutes"]),
        (("contact", 15), [f"{PASSED_OVER} contact, times the amount", "config.yaml: gp:"
                           " minutes_each (15) does not count: gp is a price of one contact, times"
                           " the amount"]),
        (("hour", 15, "minutes"), ["use.csv: gp: 1 row without minutes: taken to last 15 minutes"
                                   " each"]),
        (("hour", None, "minutes"), ["use.csv: gp: 1 row without minutes: what they cost is not"
                                     " known (minutes_each says how long a contact takes)"]),
    ],
)  # fmt: skip
def test_minutes_that_do_not_count_are_told(given, expected):
    assert list(of_gp(*given)) == expected


def test_minutes_of_a_column_of_a_service_are_told():
    service = GP.model_copy(update={"variable": "visits", "minutes_each": 15.0})
    table = pd.DataFrame({"line": [2], "unit": ["a"], "time": ["6m"], "visits": [2.0]})
    found = from_columns([Holding("wide", "wide.csv", table)], "gp", service, "hour", UNITS, TIMES)
    assert said(found) == (
        "config.yaml: gp: minutes_each (15) does not count: gp is a price of one hour, times the"
        " amount; if that counts contacts, write per: minutes",
    )


HOW = Delivered(
    file="contacts", minutes="minutes", indirect=0.5, supervision=0.1,
    hourly=Hourly(salary=30_000, on_costs=0.2, overheads=0.25, hours=1_500, price_year="2023/24",
                  source="S"),
)  # fmt: skip


def test_an_hour_is_made_of_pay_on_costs_overheads_and_hours():
    found = hour_of(HOW.hourly, [], {}, "2023/24", False)
    assert found.value == pytest.approx(30_000 * 1.2 * 1.25 / 1_500)


def test_a_proxy_by_the_minute_is_an_hour():
    proxy = Price("w", "Worker", "minute", "2023/24", 0.5, None, "nhscii", "S", False, "")
    found = hour_of(Hourly(unit_cost="w", source="S"), [proxy], {}, "2023/24", False)
    assert found.value == 30 and "proxy" in found.how


RISEN = {"nhscii": {"2022/23": 7.32, "2023/24": 4.31}}


def shown(hourly: Hourly, listed: list[Price], qualified: bool = False) -> pd.Series:
    """The row of an hour in the table of prices of 2023/24."""
    how = Costed(
        price_year="2023/24", qualifications=qualified,
        intervention=HOW.model_copy(update={"hourly": hourly}),
    )  # fmt: skip
    (row,) = price_table(how, priced_of(how, listed, RISEN)).to_dict("records")
    return pd.Series(row)


def test_an_hour_stands_in_the_table_as_its_pay_was_published():
    """27,000 × 1.25 × 1.2 / 1,500 = £27.00 of 2022/23: what the note beside it comes to."""
    pay = Hourly(salary=27_000, on_costs=0.25, overheads=0.2, hours=1_500, price_year="2022/23",
                 source="S")  # fmt: skip
    row = shown(pay, [])
    assert (row["published"], row["price_year"]) == (pytest.approx(27.0, rel=1e-15), "2022/23")
    assert row["factor"] == pytest.approx(1.0431, rel=1e-15)
    assert row["value"] == pytest.approx(28.1637, rel=1e-14)
    assert "pay 27,000 a year" in row["note"] and row["item"] == ""


def test_a_proxy_s_hour_stands_in_the_table_as_published():
    """By the minute: £0.50 with training (0.40 without) of 2021/22 are £30 an hour, then risen."""
    proxy = Price("w", "Worker", "minute", "2021/22", 0.4, 0.5, "nhscii", "S", False, "")
    row = shown(Hourly(unit_cost="w", source="S"), [proxy], qualified=True)
    assert (row["published"], row["price_year"], row["qualifications"]) == (30, "2021/22", "yes")
    assert row["factor"] == pytest.approx(1.0732 * 1.0431, rel=1e-15)
    assert row["value"] == pytest.approx(30 * 1.0732 * 1.0431, rel=1e-14)


@pytest.mark.parametrize(("salary", "odd"), [(28_000, False), (280_000, True), (1_400, True)])
def test_an_hour_beyond_what_staff_cost_is_said(salary, odd):
    hourly = Hourly(salary=salary, hours=1_600, price_year="2023/24", source="Us")
    hour = hour_of(hourly, [], {}, "2023/24", False)
    assert bool(hour.odd) is odd
    assert not odd or hour.odd.startswith(f"an hour costs £{salary / 1600:,.2f} (pay")


def test_parts_that_do_nothing_beside_a_proxy_are_refused():
    """They were accepted, and the hour cost what the item says."""
    parts = {"on_costs": 0.3, "overheads": 0.5, "index": "pss"}
    with pytest.raises(ValueError, match="on_costs, overheads, index would do nothing beside"):
        Hourly(unit_cost="social_worker", source="A paper", **parts)
    whole = Hourly(unit_cost="social_worker", source="A paper")
    assert Hourly.model_validate_json(whole.model_dump_json()) == whole


def test_a_proxy_by_the_visit_is_refused():
    proxy = Price("w", "Worker", "visit", "2023/24", 30, None, "nhscii", "S", False, "")
    with pytest.raises(ValueError, match="by visit; a proxy must be of an hour"):
        hour_of(Hourly(unit_cost="w", source="S"), [proxy], {}, "2023/24", False)


def test_contacts_below_no_time_are_told():
    rows = pd.DataFrame({"line": [2, 3, 9], HOW.minutes: [30.0, -30.0, -5.0]})
    (line,) = negative(rows, HOW.minutes, "data/raw/contacts.csv")
    assert line.startswith("data/raw/contacts.csv: lines 3, 9: ")
    assert "is negative; correct it" in line
    assert not list(negative(rows.head(1), HOW.minutes, "x.csv"))


def test_contacts_fall_into_the_time_before_each_answer():
    contacts = pd.DataFrame(
        {
            "unit": ["a", "a", "a", "b", "c", "z"],
            "minutes": [60.0, 30.0, 90.0, 60.0, 60.0, 60.0],
            "day": [110.0, 290.0, 999.0, 90.0, 150.0, 150.0],
        }
    )
    found = spread_over(contacts)
    rate = 20 * 1.5 * 1.1
    assert found.time == pytest.approx(
        np.array([[0, 1 * rate, 0.5 * rate], [0, rate, 0], [0, 0, 0]])
    )
    assert found.shared.tolist() == [[0, 6, 6], [0, 6, 6], [0, 0, 0]]
    assert listed(found) == {
        "of people who are not of the intervention arm: not counted": [6, 7],
        "after the last time: not counted, as are costs of services then": [4],
        "up to 90 days before a person's start: in the first period": [5],
    }


def test_an_intervention_of_which_nobody_has_a_contact_is_told():
    strangers = pd.DataFrame({"unit": ["c", "z"], "minutes": [60.0, 30.0], "day": [110.0, 110.0]})
    found = spread_over(strangers)
    assert not found.time.any()
    assert [one.why for one in found.said if not len(one.lines)] == [NOBODY_MET]
    met = spread_over(pd.DataFrame({"unit": ["a"], "minutes": [np.nan], "day": [110.0]}))
    assert all(len(one.lines) for one in met.said)


def test_contacts_long_before_the_start_are_of_another_time():
    """People begin on day 100: on the last day that counts, the day before it, without a date."""
    contacts = pd.DataFrame(
        {
            "unit": ["a", "a", "b", "b"],
            "minutes": [60.0, 600.0, 30.0, np.nan],
            "day": [10.0, 9.0, np.nan, -500.0],
        }
    )
    found = spread_over(contacts)
    rate = 20 * 1.5 * 1.1
    assert found.time == pytest.approx(np.array([[0, rate, 0], [0, rate / 2, 0], [0, 0, 0]]))
    assert found.hours.tolist() == [1.0, 0.5, 0.0]
    assert listed(found) == {
        "more than 90 days before a person's start: not counted, as of another time, though"
        " delivered contacts (contacts.csv) hold them (correct the dates, or set"
        " intervention.lead_days)": [3, 5],
        "up to 90 days before a person's start: in the first period": [2],
        "without a date, or of a person without a start: in the first period": [4],
    }
    none = spread_over(contacts, HOW.model_copy(update={"lead_days": 0}))
    assert none.hours.tolist() == [0.0, 0.5, 0.0]


def test_contacts_outside_the_period_or_after_a_death_cost_nothing():
    """b dies on day 200; a date that cleaning took away is no contact without a date."""
    contacts = pd.DataFrame(
        {
            "unit": ["a", "a", "b", "b", "b"],
            "minutes": [60.0, 30.0, 60.0, 90.0, 90.0],
            "day": [np.nan, np.nan, 200.0, 201.0, 999.0],
            "misdated": [True, False, False, False, False],
        }
    )
    found = spread_over(contacts, died=(np.nan, 200.0, np.nan))
    assert found.hours.tolist() == [0.5, 1.0, 0.0]
    (outside, dead, blank) = listed(found).items()
    assert outside[0].startswith("dated outside the study's period") and outside[1] == [2]
    assert dead[0].startswith("after the person's death: not counted") and dead[1] == [5, 6]
    assert blank[0].startswith("without a date") and blank[1] == [3]


def test_contacts_that_nobody_knows_to_count_are_listed():
    """Attended, not attended, blank: the last is no visit without a word."""
    how = HOW.model_copy(update={"counted": 'attended == "yes"'})
    rows = pd.DataFrame(
        {"line": [2, 3, 4], "unit": "a", "minutes": 60.0, "date": "2000-04-20",
         "attended": ["yes", "no", None]}
    )  # fmt: skip
    found = spread_over(contacts_of(rows, how, ()), how)
    assert found.hours.tolist() == [1.0, 0.0, 0.0]
    assert listed(found) == {
        'of which nobody knows whether they count (attended == "yes": an answer is blank): not'
        " counted": [4]
    }


def test_contacts_where_the_first_time_is_after_the_start():
    """Times 30, 210 and 390 days after the start, day 100: what a site shares is spread over all
    of the follow-up, and nothing of the last half-year is after the last time."""
    contacts = pd.DataFrame(
        {
            "unit": ["a", "a", "a", "a", "b", "b"],
            "minutes": [60.0, 30.0, 90.0, 120.0, 60.0, 60.0],
            "day": [110.0, 130.0, 310.0, 311.0, 490.0, 491.0],
        }
    )
    found = spread_over(contacts, first=30.0)
    rate = 20 * 1.5 * 1.1
    assert found.time == pytest.approx(np.array([[0, 3 * rate, 2 * rate], [0, 0, rate], [0, 0, 0]]))
    assert found.shared.tolist() == [[0, 6, 6], [0, 6, 6], [0, 0, 0]]
    assert listed(found) == {
        "after the last time: not counted, as are costs of services then": [7],
        "between a person's start and the first time: in the first period": [2],
    }


def spread_over(
    contacts: pd.DataFrame,
    how: Delivered = HOW,
    died: tuple[float, ...] = (np.nan,) * 3,
    first: float = 0.0,
) -> Given:
    """Of three people who begin on day 100, two of the intervention arm, and two half-years from
    the `first` day after it on; contacts from line 2 on."""
    whole = pd.DataFrame({"line": range(2, 2 + len(contacts)), "misdated": False, "untold": False})
    whole[contacts.columns] = contacts.reset_index(drop=True)
    whose = Whose(
        UNITS, np.array([12.0, 12.0, 0.0]), np.array([True, True, False]), np.full(3, 100.0),
        np.array(died),
    )  # fmt: skip
    ends = first + np.array([0.0, 180.0, 360.0])
    return given(whole, how, 20.0, whose, ends, "data/raw/contacts.csv")


def listed(found: Given) -> dict[str, list[int]]:
    """What becomes of contacts → on which lines."""
    return {one.why: one.lines.tolist() for one in found.said}


def test_what_is_left_out_stands_beside_its_own_service():
    """Of rows of services beside the first, of contacts beside link workers' time."""
    cost = np.ones((4, 2, 3))
    made = Cube(
        pd.Index(list("abcd")), ("before", "6m"), ("gp", "nurse", OWN_TIME),
        ("nhs", "nhs", "intervention"), cost, cost, cost,
        np.ones((4, 2), dtype=bool), np.full(2, 6.0),
    )  # fmt: skip
    arms = np.array(["intervention", "control"] * 2)
    said = {"gp": ["use.csv: 1 row"], OWN_TIME: ["2 contacts", "1 contact"]}
    found = described(made, arms, {"nhs": ("nhs",)}, said, np.ones(2))
    told = found[found["warnings"].notna()]
    assert told[["name", "arm", "time", "warnings"]].to_numpy().tolist() == [
        ["gp", "intervention", "before", "use.csv: 1 row"],
        [OWN_TIME, "intervention", "before", "2 contacts | 1 contact"],
    ]


def test_who_uses_a_service_that_is_free_is_counted():
    """A drop-in at £0: three of four people of an arm went there; of a perspective counts who cost
    anything, on whom its sum rests."""
    amount = np.zeros((4, 2, 2))
    amount[:3, 1, 0], amount[0, 1, 1] = (4.0, 10.0, 5.0), 2.0
    made = Cube(
        pd.Index(list("abcd")), ("before", "6m"), ("drop_in", "gp"), ("nhs", "nhs"),
        amount, np.full(amount.shape, 6.0), amount * [0.0, 37.0],
        np.ones((4, 2), dtype=bool), np.full(2, 6.0),
    )  # fmt: skip
    found = described(made, np.repeat("control", 4), {"nhs": ("nhs",)}, {}, np.ones(2))
    own = found[(found["arm"] == "control") & (found["time"] == "follow_up")].set_index("name")
    assert own["users"].to_dict() == {"drop_in": 3, "gp": 1, "nhs": 1}
    assert (own.loc["drop_in", "amount"], own.loc["drop_in", "mean"]) == (4.75, 0.0)
