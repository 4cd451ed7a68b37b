"""What is not known counts once against a criterion and once for it; zones it allows are shown."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.declared.feasibility import Judgement
from cesp_analysis.feasibility.counted import PEOPLE, Counted
from cesp_analysis.feasibility.criteria import overall
from cesp_analysis.feasibility.fillings import Source
from cesp_analysis.feasibility.mean_bounds import NO_RANGE, bounds_of_mean
from cesp_analysis.feasibility.not_known import (
    NOTHING,
    OTHERWISE,
    Bounds,
    bounds_of_events,
    bounds_of_share,
)
from cesp_analysis.feasibility.spans import Span, ends
from cesp_analysis.feasibility.tables import Progression
from feasible import HARM, changed, feasible, made, row


def people(*keys: int) -> pd.DataFrame:
    names = [f"P{key}" for key in keys]
    return pd.DataFrame({"key": names, "unit": names, "group": "", "worker": ""})


def bounds(above: Counted, below: Counted) -> Bounds | None:
    keys = set(above.rows["key"]), set(below.rows["key"])
    return bounds_of_share(above, below, "all", "", keys)


def test_eight_blanks_of_forty_six() -> None:
    """0 of 46 with 8 blanks: from 0 of 46 to 8 of 46."""
    above = Counted(people(), PEOPLE, people(*range(8)))
    found = bounds(above, Counted(people(*range(46)), PEOPLE))
    assert found == Bounds(8, 0.0, 8 / 46)


def test_who_may_not_be_in_the_denominator() -> None:
    """10 people, 4 events; of P10 and P11 it is not known whether they are of them: neither has the
    event (P11: it is not known), so that the least is 4 of 12, the largest 5 of 11."""
    above = Counted(people(0, 1, 2, 3), PEOPLE, people(11))
    below = Counted(people(*range(10)), PEOPLE, people(10, 11))
    assert bounds(above, below) == Bounds(2, 4 / 12, 5 / 11)
    # P0 counts without a day alone, below the line too: without P0 3 of 11, with P0 and P11 5 of 11
    doubtful = Counted(below.rows, PEOPLE, below.unknown, doubtful=people(0))
    assert bounds(above, doubtful) == Bounds(3, 3 / 11, 5 / 11)


def test_counts_of_other_things_are_bounded_each_by_itself() -> None:
    above = Counted(people(0, 1), "rows of one", people(2))
    below = Counted(people(*range(8)), "rows of other", people(8, 9))
    assert bounds(above, below) == Bounds(3, 2 / 10, 3 / 8)
    assert bounds(Counted(people(0), PEOPLE), Counted(people(0, 1), PEOPLE)) is None


@pytest.mark.slow
def test_every_way_to_fill_in_lies_within() -> None:
    """The bounds are the least and the largest of all ways to fill in what is not known."""
    rng = np.random.default_rng(8)
    for _ in range(60):
        below, above = rng.choice(["yes", "no", "may", "doubt"], (2, 7), p=[0.5, 0.1, 0.2, 0.2])
        below[0] = "yes"
        found = _counted(above, below)
        shares = []
        for word in range(2**14):
            one = [_is(told, word >> i & 1) for i, told in enumerate(below)]
            event = [_is(told, word >> (7 + i) & 1) for i, told in enumerate(above)]
            shares.append(sum(a and b for a, b in zip(one, event, strict=True)) / sum(one))
        if found is None:
            assert min(shares) == max(shares)
        else:
            assert (found.low, found.high) == approx((min(shares), max(shares)))


def _is(told: str, bit: int) -> bool:
    return told == "yes" or (told != "no" and bool(bit))


def _counted(above: Any, below: Any) -> Bounds | None:
    def of(told: Any) -> Counted:
        inside = people(*np.flatnonzero(np.isin(told, ["yes", "doubt"])))
        return Counted(
            inside,
            PEOPLE,
            people(*np.flatnonzero(told == "may")),
            doubtful=people(*np.flatnonzero(told == "doubt")),
        )

    return bounds(of(above), of(below))


def test_who_has_rows_in_both_arms_is_told_and_within_the_bounds() -> None:
    """P1's row of the other arm has the event, so that this arm's count has none of it, while their
    rows together always have one; whether P1 belongs below the line is not known. Without P1 it is
    0 of 2, with P1 and the event 1 of 3."""
    table = pd.DataFrame(
        {"came": ["no", "no", "yes", "no"], "topic": ["b", None, "a", "b"], "line": range(4)}
    )
    key = pd.Series(["P0", "P1", "P1", "P2"], dtype="object")
    arms = {"here": "intervention", "there": "control"}
    above = Source("f", table, key, ('came == "yes"',))
    below = Source("f", table, key, ('topic == "b"',))
    events = Counted(people(1).assign(group="there"), PEOPLE, source=above)
    who = Counted(
        people(0, 2).assign(group="here"), PEOPLE, people(1).assign(group="here"), source=below
    ).in_arm(arms, "intervention")
    found = bounds(events.in_arm(arms, "intervention"), who)
    assert found == Bounds(1, 0.0, 1 / 3, (OTHERWISE.format(n=1),))
    agreed = bounds(events, who)  # of both arms: the event is P1's, if P1 counts
    assert agreed == Bounds(1, 0.0, 1 / 3)


def test_events_a_month() -> None:
    assert bounds_of_events(3, 5, 2.0) == Bounds(2, 1.5, 2.5)
    assert bounds_of_events(3, 3, 2.0) is None


def test_a_mean_with_values_that_are_not_known() -> None:
    """Units a: 0.4 and one unknown, b: 0.8, c: unknown; each from 0 to 1.

    Least: (0.2 + 0.8 + 0) / 3; largest: (0.7 + 0.8 + 1) / 3."""
    rows = pd.DataFrame(
        {"unit": list("aabc"), "value": [0.4, np.nan, 0.8, np.nan], "counts": [1.0] * 4}
    )
    own = Span(ranges={"value": (0, 1)})
    found = bounds_of_mean(rows, ends(own, "value", rows), each_unit=True)
    assert isinstance(found, Bounds)
    assert (found.unknown, found.low, found.high) == (2, approx(1 / 3), approx(2.5 / 3))
    assert bounds_of_mean(rows, None, each_unit=True) == NO_RANGE
    # whether the row of b counts is not known, its value is: with it, or without it
    rows = rows.iloc[[0, 2]].assign(counts=[1.0, np.nan])
    assert bounds_of_mean(rows, None, each_unit=True) == Bounds(1, 0.4, approx(0.6))


def test_known_parts_of_a_mean_of_items_stay() -> None:
    table = pd.DataFrame({"a": [1.0, np.nan], "b": [np.nan, np.nan]})
    span = Span(expression="(a + b) / 2 - 1", ranges={"a": (0, 1), "b": (0, 4)})
    low, high = ends(span, "m", table) or pytest.fail("no ends")
    assert (low.tolist(), high.tolist()) == ([-0.5, -1.0], [1.5, 1.5])
    assert ends(Span(expression="a / b", ranges=span.ranges), "m", table) is None
    assert ends(Span(expression="a + c", ranges=span.ranges), "m", table.assign(c=1.0)) is None


def test_a_green_that_blanks_make_red_says_so(tmp_path: Path) -> None:
    """Twelve people, one with harm; of P02 it is not known: from 1 to 2 of 12, red from 15%."""
    study = feasible(tmp_path)
    study.files["harm.csv"] = HARM.replace("P02,2024-04-02,no", "P02,2024-04-02,")
    own = study.config["feasibility"]
    own["rates"]["bad"] = {
        "label": "Bad",
        "numerator": {"file": "harm", "where": 'bad == "yes"', "count": "units"},
        "denominator": {"step": "recruited"},
    }
    limits = {"red": 0.15, "green": 0.1, "rationale": "R"}
    own["progression"] = {"bad": {"label": "Bad", "rate": "bad", "better": "lower"} | limits}
    tables = made(study)
    found = row(tables["rates"], "bad")
    assert (found["numerator"], found["denominator"], found["not_known"]) == (1, 12, 1)
    assert (found["least"], found["most"]) == (approx(1 / 12), approx(2 / 12))
    bad, last = tables["progression"]
    assert (bad["zone"], bad["zone_best"], bad["zone_worst"]) == ("green", "green", "red")
    assert (bad["value_best"], bad["value_worst"]) == (approx(1 / 12), approx(2 / 12))
    assert last["zone"] == "red"
    assert last["reason"] == (
        "1 green (Bad); 1 more red if what is not known counts against them (Bad)"
    )


def test_only_events_that_might_count_are_said_not_to_be_known(tmp_path: Path) -> None:
    """Of two events nobody knows whether they were bad; that of P05 came after they withdrew."""
    study = feasible(tmp_path)
    study.files["harm.csv"] = "who,day,bad\nP01,2024-02-01,yes\nP01,2024-02-09,\nP05,2024-06-02,\n"
    bad = {"label": "Bad", "numerator": {"file": "harm", "where": 'bad == "yes"'}}
    study.config["feasibility"]["rates"] |= {
        "bad": bad | {"per": "person_month"}, "monthly": bad | {"per": "month"},
    }  # fmt: skip
    found = made(study)["rates"]
    bad, monthly = row(found, "bad"), row(found, "monthly")
    assert (bad["numerator"], bad["not_known"]) == (1, 1)
    assert bad["warnings"] == "of 1 event it is not known; not counted"
    assert monthly["not_known"] is None and "not known" not in monthly["warnings"]


def test_overall_is_the_worst_that_is_shown() -> None:
    row = dict.fromkeys(Progression.columns()) | {"label": "A", "zone": "amber"}
    assert overall([row], Judgement())["zone"] == "amber"
    assert (
        overall([row | {"zone_worst": "red", "zone_best": "amber"}], Judgement())["zone"] == "red"
    )
    best = row | {"zone_worst": "amber", "zone_best": "green"}
    assert overall([best], Judgement())["zone"] == "amber"


def test_what_nobody_wrote_down_is_no_rate_of_none(tmp_path: Path) -> None:
    """Blank in every record: neither 0 of 12, which were green or red, nor 0 a month."""
    study = feasible(tmp_path)
    study.files["harm.csv"] = "who,day,bad\n" + "".join(
        f"P{i:02},2024-01-{25 + i % 5},\n" for i in range(1, 13)
    )
    where = {"file": "harm", "where": 'bad == "yes"'}
    own = study.config["feasibility"]
    own["rates"] = {
        "bad": {"label": "Bad", "numerator": where | {"count": "units"},
                "denominator": {"step": "recruited"}},
        "rows": {"label": "Bad events", "numerator": where, "denominator": {"file": "harm"}},
        "monthly": {"label": "Bad a month", "per": "month", "numerator": where},
        "followed": {"label": "Bad in follow-up", "per": "person_month", "numerator": where},
        "recruited": own["rates"]["recruited"],
    }  # fmt: skip
    limits = {"better": "lower", "red": 0.2, "green": 0.05, "rationale": "R"}
    own["progression"] = {
        name: {"label": name, "rate": name} | limits
        for name in ("bad", "rows", "monthly", "followed")
    }
    tables = made(study)
    for name in own["progression"]:
        found = row(tables["rates"], name)
        assert (found["status"], found["reason"]) == ("not_estimable", NOTHING)
        assert (found["value"], found["ci_high"], found["numerator"]) == (None, None, 0)
    *criteria, last = tables["progression"]
    for told in criteria:
        assert (told["zone"], told["reason"]) == ("not assessed", NOTHING)
        assert told["prob_green"] is None and not told["zone_worst"]
    assert last["zone"] == "not assessed"
    # one that is known to be none: 0 of 12 again, with what the others may be
    study.files["harm.csv"] = changed(str(study.files["harm.csv"]), "P03", "bad", "no")
    (tmp_path / "again").mkdir()
    study.folder = tmp_path / "again"
    tables = made(study)
    for name in own["progression"]:
        found = row(tables["rates"], name)
        assert (found["status"], found["value"], found["not_known"]) == ("estimated", 0, 11), name


def test_a_step_and_a_value_of_which_nothing_is_known(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    blank = str(study.files["screening.csv"])
    for i in range(24):
        blank = changed(blank, f"S{i:02}", "eligible", "")
    study.files["screening.csv"] = blank
    for i in range(1, 13):
        study.files["people.csv"] = changed(str(study.files["people.csv"]), f"P{i:02}", "sex", "")
    own = study.config["feasibility"]
    del own["progression"]["consent"]
    tables = made(study)
    eligible = row(tables["rates"], "eligible")
    assert (eligible["numerator"], eligible["denominator"]) == (0, 24)
    assert (eligible["value"], eligible["reason"]) == (None, NOTHING)
    assert row(tables["rates"], "by_sex", part="f")["reason"] == NOTHING
    assert row(tables["rates"], "by_sex", part="not said")["value"] == 1
