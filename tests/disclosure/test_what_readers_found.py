"""Ways in which readers worked small numbers out of released tables, each closed as a kind."""

import json
from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure import rests_on_few
from cesp_analysis.disclosure.attack import leaks
from cesp_analysis.disclosure.cleared import cleared
from cesp_analysis.disclosure.left_in import faults
from cesp_analysis.disclosure.quantities import came_equations, key_of
from cesp_analysis.disclosure.release import release
from cesp_analysis.disclosure.table_rows import Release
from cesp_analysis.disclosure.tables import TABLES
from cesp_analysis.withheld import ALONG
from plain_results import ESTIMATE, plain

HOW = Disclosure()
LEAVING = TABLES["estimates"]


def blank(table: str) -> dict[str, Any]:
    return dict.fromkeys(TABLES[table].contract.columns())


def estimate(**cells: Any) -> dict[str, Any]:
    """A row of estimates of 128 people, 3.43737 (1.56771 to 5.30704) points."""
    own = {"n_units": 128, "n_obs": 128, "estimate": 3.43737, "std_error": 0.94481, "df": 125.398}
    ends = {"ci_low": 1.56771, "ci_high": 5.30704, "ci_low_shock": 0.58129, "ci_high_shock": 6.2935}
    named = {"estimate_id": "m/score/t1", "outcome": "score", "time": "t1", "unit": "points"}
    return blank("estimates") | named | own | ends | {"p_value": 0.0000314} | cells


def released(**how: Any) -> Release:
    decimals = {("score", "points"): 2}
    return Release("tables/estimates", LEAVING, HOW, {}, decimals=decimals, **how)


def test_an_estimate_says_no_more_than_its_width_allows() -> None:
    """Exactly, the standard error and df of a difference of means tell both n."""
    cells, why = released().row(estimate())
    assert not why
    assert [cells[name] for name in ("estimate", "ci_low", "ci_high")] == ["3.4", "1.6", "5.3"]
    assert [cells[name] for name in ("ci_low_shock", "ci_high_shock")] == ["0.6", "6.3"]
    assert [cells[name] for name in ("df", "n_units", "p_value")] == ["125", "130", "3.1e-05"]


def test_the_other_tables_of_an_estimate_say_no_more() -> None:
    """A ladder holds no n: it is that of the estimate."""
    widths = rests_on_few.widths({"tables/estimates": (LEAVING, [estimate()])})
    row = blank("ladder") | {
        "estimate_id": "m/score/t1", "outcome": "score", "unit": "points", "estimate": 3.43737,
        "ci_low": 1.56771, "ci_high": 5.30704, "shock_in_sd": 0.36789,
    }  # fmt: skip
    made = Release("tables/ladder", TABLES["ladder"], HOW, {}, widths=widths,
                   decimals={("score", "points"): 2})  # fmt: skip
    cells, _ = made.row(row)
    assert [cells[name] for name in ("estimate", "ci_low", "ci_high")] == ["3.4", "1.6", "5.3"]
    assert cells["shock_in_sd"] == "0.37"  # two digits


@pytest.mark.parametrize(("n", "hidden"), [(9, True), (10, False)])
def test_an_arm_of_few_hides_what_is_estimated_of_it(n: int, hidden: bool) -> None:
    """With the other arm's mean the estimate would tell that of nine people."""
    means = [
        blank("means") | {"outcome": "score", "time": "t1", "arm": arm, "n": size}
        for arm, size in (("intervention", n), ("control", 30), ("control", 4))
    ]
    of_few = rests_on_few.of_few({"tables/means": (TABLES["means"], means)}, HOW)
    _, why = released(of_few=of_few).row(estimate())
    assert ("estimate" in why) == ("ci_low" in why) == hidden


def test_an_outcome_that_few_have_is_not_told_by_its_change_either() -> None:
    row = blank("changes") | {"outcome": "rare", "time": "t1", "first time": "t0"}
    row |= {"n": 45, "mean": -0.2, "sd": 0.5}
    made = Release("tables/changes", TABLES["changes"], HOW, {}, rare=["rare"])
    assert made.row(row)[1].keys() >= {"mean", "sd"}


def test_a_quartile_does_not_tell_whether_n_is_even() -> None:
    row = blank("baseline") | {"n": 104, "n_missing": 8, "q1": 2.25, "median": 16.5, "q3": 24.75}
    cells, _ = Release("tables/baseline", TABLES["baseline"], HOW, {}).row(row)
    assert not any("." in cells[name] for name in ("q1", "median", "q3"))


def test_a_mean_says_no_more_than_its_interval_allows() -> None:
    """4.75 (3.87 to 5.63) with an SD of 4.64 is of 108 people, and of few others."""
    row = blank("means") | {"n": 108, "mean": 4.75, "sd": 4.64, "ci_low": 3.87, "ci_high": 5.63}
    cells, _ = Release("tables/means", TABLES["means"], HOW, {}).row(row)
    assert [cells[name] for name in ("mean", "ci_low", "ci_high", "sd")] == [
        "4.8", "3.9", "5.6", "4.6",
    ]  # fmt: skip


def test_sizes_that_are_sums_over_waves_are_not_told() -> None:
    """Of two waves together, less the one that is told, the other would follow."""
    row = blank("survey_means") | {"of": "site", "n": 985, "respondents": 1010, "effective_n": None}
    made = Release("tables/survey_means", TABLES["survey_means"], HOW, {})
    assert made.row(row | {"since": "wave1"})[1] == dict.fromkeys(("n", "respondents"), ALONG)
    assert made.row(row | {"since": ""})[0]["n"] == "985"


def test_who_came_is_who_answered_where_one_outcome_is_asked() -> None:
    flow = [
        {"part": "follow_up", "step": "t1", "group": "a", "status": status, "reason": ""}
        for status in ("reached", "not reached")
    ]
    asked = [{"outcome": "score", "time": time, "level": "person"} for time in ("t0", "t1")]
    (one,) = came_equations(flow, asked)
    assert one.parts == (key_of({"of": "person", "site": "a", "answer score t1": "known"}, {}),)
    two = [*asked, {"outcome": "mood", "time": "t1", "level": "person"}]
    assert list(came_equations(flow, two)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1 record alone determines a coefficient", "fewer than 10 records alone determine a"
         " coefficient"),
        ("3 records alone determine a coefficient", "fewer than 10 records alone determine a"
         " coefficient"),
        ("1 record alone determines a coefficient (by sex[other])",
         "a coefficient rests on too few records"),
        ("of 1 it is not known", "of fewer than 10 it is not known"),
        ("of 3 it is not known", "of fewer than 10 it is not known"),
        ("1 in Trafford", "fewer than 10 in Trafford"),
        ("1 unit without a value of Age", "fewer than 10 units without a value of Age"),
        ("1 person who moved is counted", "fewer than 10 people who moved are counted"),
        ("3 and 5 people left", "fewer than 10 and fewer than 10 people left"),
        ("3 more people, n = 4", "fewer than 10 more people, n < 10"),
        ("none of 7.", "none of fewer than 10."),
        ("4 amber; 1 not assessed (Costs)", "4 amber; 1 not assessed (Costs)"),
        ("not where the slope is 1 or more, as here", "not where the slope is 1 or more, as here"),
        ("25 people a location", "25 people a location"),
    ],
)  # fmt: skip
def test_one_and_several_read_alike_and_only_people_are_hidden(before: str, after: str) -> None:
    assert cleared(before, HOW) == after


def told(path: Path, row: dict[str, Any]) -> list[str]:
    """What the attack finds in a file of estimates with one row."""
    columns = [*LEAVING.contract.columns(), "withheld"]
    cells = {name: "" if row.get(name) is None else str(row[name]) for name in columns}
    path.write_text(f"{','.join(columns)}\n{','.join(cells.values())}\n", encoding="utf-8")
    return list(faults(path, "tables/estimates", LEAVING, HOW))


def test_the_attack_sees_an_interval_with_too_many_digits(tmp_path: Path) -> None:
    near = {"n_units": 130, "n_obs": 130, "ci_low": 1.6, "ci_high": 5.3}
    assert told(tmp_path / "a.csv", near) == []
    (line,) = told(tmp_path / "a.csv", near | {"ci_low": 1.568, "ci_high": 5.307})
    assert "its width tells of how many it is" in line


def test_a_table_that_lost_its_columns_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("", encoding="utf-8")
    (line,) = faults(path, "tables/estimates", LEAVING, HOW)
    assert "lacks columns" in line


def test_numbers_that_do_not_agree_are_said(tmp_path: Path) -> None:
    """Else the attack would be blind to them."""
    (tmp_path / "tables").mkdir()
    columns = [*TABLES["missing"].contract.columns(), "withheld"]
    row = dict.fromkeys(columns, "") | {"level": "person", "group": "a", "n_missing": "20"}
    lines = [",".join(columns)]
    for outcome, expected in (("score", "40"), ("mood", "50")):
        own = row | {"outcome": outcome, "time": "t0", "n_expected": expected}
        lines.append(",".join(own.values()))
    (tmp_path / "tables/missing.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert any("is told otherwise elsewhere" in line for line in leaks(tmp_path, HOW))


def test_released_figures_of_an_earlier_run_do_not_stop_a_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain(tmp_path, estimates=[ESTIMATE])
    monkeypatch.chdir(tmp_path)
    old = tmp_path / "results/public/figures/means_person.csv"
    old.parent.mkdir(parents=True)
    old.write_text("n\n7\n", encoding="utf-8")
    spec = json.dumps({"disclosure": HOW.model_dump()})
    public = Path("results/public")
    release(spec, Path("results"), public, public / "released.csv")
    assert (public / "released.csv").exists()
    assert any("means_person" in line for line in leaks(public, HOW))
