"""Deaths of which no day is known: none of them is a life."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.economics.tables import Costs, CostTable, Economics
from cesp_analysis.economics.undated import placed_deaths
from cesp_analysis.schemas import DataProblems
from costed_study import DEAD, PEOPLE, followed, run
from evaluated_study import DEATH, PLACES, TIMES, answers, framed, people, spec

MONTH = 365.25 / 12
UNITS = pd.Index(["p0", "p1", "p2", "p3"])


def died(*units, **when):
    n = len(units)
    return pd.DataFrame(
        {
            "event": ["died"] * n,
            "kind": ["death"] * n,
            "unit": list(units),
            "date": [when.get("date")] * n,
            "elapsed": [when.get("elapsed", np.nan)] * n,
        }
    )


def seen(*rows):
    """unit, place of the time, days after the first of January 2024."""
    dates = [
        (unit, TIMES[at], str(np.datetime64("2024-01-01") + day), "kept") for unit, at, day in rows
    ]
    return pd.DataFrame(dates, columns=["unit", "time", "date", "status"])


def placed(events, visits, known=()):
    """known: unit and place of a time of which something is known."""

    def answered():
        found = np.zeros((len(UNITS), len(TIMES)), dtype=bool)
        for unit, at in known:
            found[UNITS.get_loc(unit), at] = True
        return found

    times = dict(zip(TIMES, PLACES, strict=True))
    return placed_deaths(events, ["died"], UNITS, times, visits, MONTH, answered)


def elapsed(found):
    return dict(zip(found.events["unit"], found.events["elapsed"], strict=True))


def test_an_undated_death_lies_between_the_last_record_and_the_next_time():
    """p0 has a visit, p1 an answer of 6 months without a day, p2 nothing."""
    found = placed(died("p0", "p1", "p2"), seen(("p0", 0, 0)), [("p1", 0), ("p1", 1)])
    assert elapsed(found) == pytest.approx({"p0": 3.0, "p1": 9.0, "p2": 3.0})
    assert found.said == (
        "the day of death of 3 people is not known: taken to be the middle of the time after their"
        " last record",
    )


def test_a_late_visit_is_the_last_record_and_never_after_the_death():
    late = placed(died("p0", "p1"), seen(("p0", 0, 0), ("p0", 1, 243),
                                         ("p1", 0, 0), ("p1", 1, 400)))  # fmt: skip
    by = elapsed(late)
    assert by["p0"] == pytest.approx((243 / MONTH + 12) / 2)
    assert by["p1"] == pytest.approx(400 / MONTH)


def test_who_was_seen_at_the_last_time_died_after_it():
    found = placed(died("p0", "p1"), seen(("p0", 0, 0), ("p0", 2, 365)), [("p1", 2)])
    assert found.events.empty
    assert found.said == (
        "the day of death of 2 people is not known: seen at the last time, they count as living"
        " until the end",
    )


def test_a_death_with_a_day_stays_as_it_is():
    by_time = died("p0", elapsed=4.0)
    assert placed(by_time, seen()).events is by_time and placed(by_time, seen()).said == ()
    by_day = died("p0", date="2024-02-01")
    assert placed(by_day, seen(("p0", 0, 0))).events is by_day
    no_start = placed(by_day, seen(("p0", 1, 180)))  # a day, and none from which it counts
    assert elapsed(no_start) == {"p0": 9.0}


def test_what_was_lived_counts_and_no_more():
    """p0 was last seen at 6 months, of a death at 9."""
    found = {name: values.copy() for name, values in answers(10).items()}
    for values in found.values():
        values[0, 2] = np.nan
    who = people(found)
    events = placed_deaths(
        died("p0"), ["died"], who.units, dict(zip(TIMES, PLACES, strict=True)), seen(), MONTH,
        lambda: np.isfinite(found["utility"]),
    ).events  # fmt: skip
    by_placed, by_day = (framed(spec(DEATH), who, one) for one in (events, died("p0", elapsed=9.0)))
    assert np.array_equal(by_placed.qaly, by_day.qaly)
    assert np.array_equal(by_placed.cost, by_day.cost)
    assert by_placed.qaly[0].sum() == pytest.approx(0.25 + 0.25 + 0.125)


@pytest.fixture(scope="module")
def undated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """P03, of whom nothing is known after the first time, died on a day that nobody wrote down."""
    study = followed(tmp_path_factory.mktemp("undated"))
    lines = study.files["people.csv"].splitlines()
    gone = [row.replace(DEAD, DEAD.rpartition(",")[0] + ",") for row in lines]
    study.files["people.csv"] = "\n".join(
        [f"{gone[0]},dead", *(f"{row},{'yes' if 'P03' in row else 'no'}" for row in gone[1:]), ""]
    )
    study.config["files"]["people"]["variables"]["dead"] = {
        "type": "category", "values": ["yes", "no"]
    }  # fmt: skip
    study.config["events"]["died"]["where"] = 'dead == "yes"'
    result = run(study)
    assert (result.status, result.shown) == (0, "")
    return result.folder


SAID = (
    "the day of death of 1 person is not known: taken to be the middle of the time after their last"
    " record"
)


def test_every_row_of_costs_and_qalys_says_so(undated: Path) -> None:
    rows = contracts.read(undated / "results/tables/economics.csv", Economics)
    assert rows["warnings"].str.contains(SAID, regex=False).all()
    costs = contracts.read(undated / "results/tables/costs.csv", CostTable)
    assert costs["warnings"].dropna().str.contains(SAID, regex=False).sum() == 1


def test_it_is_a_data_problem(undated: Path) -> None:
    found = contracts.read(undated / "results/tables/data_problems.csv", DataProblems)
    (at,) = found.index[found["kind"] == "undated_event"]
    assert found["file"][at] == "data/raw/people.csv" and found["column"][at] == "died"


def test_periods_after_it_cost_nothing(undated: Path) -> None:
    each = contracts.read(undated / "data/processed/costs.parquet", Costs)
    own = each[(each["unit"] == "P03") & (each["service"] == "gp")].set_index("time")["cost"]
    assert np.isfinite(own["after"]) and np.isnan(own["later"])


def test_answers_dated_after_a_death_are_not_used_and_said_so(tmp_path: Path) -> None:
    """P03 died on the first of May; of the same person without an answer then nothing is said."""
    study = followed(tmp_path)
    assert run(study).status == 0
    assert not told_of_the_dead(tmp_path)
    study.files["after.csv"] += "P03,2024-07-12,12,0.700\n"
    result = run(study)
    assert result.status == 0
    found = result.problems()
    (listed,) = found[
        (found["kind"] == "after_death") & (found["file"] == "data/raw/after.csv")
    ].index
    assert found.loc[listed, "line"] == len(PEOPLE) + 1 and "kept" in found.loc[listed, "action"]
    rows = contracts.read(tmp_path / "results/tables/economics.csv", Economics)
    said = (
        "utilities of 1 answer dated no earlier than the person's death (without a date: of a time"
        " that is not) are not used: one of the two dates is probably wrong; see after_death in"
        " data_problems.csv and correct it (data/raw/CORRECTIONS.yaml)"
    )
    costs = rows["quantity"].astype("str").str.startswith("cost")
    assert told_of_the_dead(tmp_path) == [said] * int((~costs).sum())


def told_of_the_dead(folder: Path) -> list[str]:
    rows = contracts.read(folder / "results/tables/economics.csv", Economics)
    words = [word for cell in rows["warnings"].dropna() for word in str(cell).split(" | ")]
    return [word for word in words if "the person's death" in word]
