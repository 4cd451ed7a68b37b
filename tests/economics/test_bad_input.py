"""Costs and utilities that cannot be: a line each, all that one step finds together, and the run
stops before anything is estimated."""

import contextlib
import io
from pathlib import Path

import pytest

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.economics import told_ahead
from cesp_analysis.economics.tables import Acceptability, Costs, Economics
from cesp_analysis.errors import CespError
from cesp_analysis.pipeline import opened
from cesp_analysis.study.read import read_study
from costed_study import PEOPLE, answers, cost_command, costed, run, use, written
from small_study import Study, inside


def changed(*cells: tuple[int, int, str]) -> list[list[str]]:
    rows = use()
    for row, column, word in cells:
        rows[row][column] = word
    return rows


def stopped(study, until="evaluate") -> list[str]:
    result = run(study, until)
    assert result.status == 1 and "Traceback" not in result.shown, result.shown
    assert not (study.folder / "results/tables/economics.csv").exists()
    return result.lines


def test_a_study_without_fault_is_evaluated(tmp_path: Path) -> None:
    result = run(costed(tmp_path))
    assert (result.status, result.shown) == (0, "")
    rows = contracts.read(tmp_path / "results/tables/economics.csv", Economics)
    assert {"complete", "imputed", "boot_impute"} == set(rows["missing_data"])
    assert (rows["status"] == "estimated").all()
    curve = contracts.read(tmp_path / "results/tables/ceac.csv", Acceptability)
    assert curve["shock_sd"].notna().all()  # one site against one


def test_no_shocks_where_people_were_randomised(tmp_path: Path) -> None:
    study = costed(tmp_path)
    study.config["study"]["randomised"] = True
    assert run(study).status == 0
    curve = contracts.read(tmp_path / "results/tables/ceac.csv", Acceptability)
    assert curve[["low", "high", "flip", "shock_sd", "with_shock"]].isna().all().all()
    assert set(curve["approach"]) == {"adjusted"}


def test_amounts_costs_and_utilities_that_cannot_be_are_told_together(tmp_path: Path) -> None:
    """With the file and all lines of each, and no pseudonym."""
    study = costed(tmp_path)
    written(study, changed((4, 3, "-2"), (9, 3, "900"), (13, 3, "800"), (20, 3, "-1")))
    study.config["economics"]["services"]["nurse"]["most"] = 5000
    with_utilities(study, "75", "-7")
    amounts, dear, utilities = stopped(study, "cost")
    assert amounts.startswith("data/raw/use.csv: lines 6, 22: amount is negative; correct it")
    assert dear.startswith("data/raw/use.csv: lines 11, 15: nurse costs up to £")
    assert "economics.services.nurse.most (5,000); pence for pounds" in dear
    assert utilities.startswith("data/raw/after.csv: lines 3, 4: utility is above 1 or below -2")
    assert "as 75: utilities are 1 at full health" in utilities
    assert not any("P0" in line for line in (amounts, dear, utilities))


def with_utilities(study: Study, *words: str) -> None:
    """Utilities without a range, on lines 3, 4, … of the second file."""
    for name in ("before", "after"):
        study.config["files"][name]["variables"]["utility"] = {}
    lines = str(study.files["after.csv"]).splitlines()
    for at, word in enumerate(words, start=2):
        lines[at] = f"{lines[at].rpartition(',')[0]},{word}"
    study.files["after.csv"] = "\n".join([*lines, ""])


def test_utilities_that_cannot_be_stop_where_costs_come_as_they_are(tmp_path: Path) -> None:
    study = costed(tmp_path, **GIVEN)
    with_utilities(study, "1.4")
    (line,) = stopped(study)
    assert line.startswith("data/raw/after.csv: line 3: utility is above 1 or below -2, as 1.4")


def test_scores_that_cannot_be_stop(tmp_path: Path) -> None:
    """Of an instrument that is no utility."""
    study = costed(tmp_path, utility={"label": "x", "score": "ucla3.total"})
    for time, name in enumerate(("before", "after")):
        rows = [f"{u},2024-0{6 * time + 1}-1{i % 10},9,1,2,3" for i, u in enumerate(PEOPLE)]
        study.files[f"{name}.csv"] = "\n".join(["id,date,score,u1,u2,u3", *rows, ""])
        own = study.config["files"][name]
        own["variables"] = {"score": {"range": [0, 40]}}
        own["instruments"] = {"ucla3": "u{item}"}
    lines = stopped(study)
    assert len(lines) == 1
    assert lines[0].startswith("config.yaml: economics: ucla3.total is above 1 or below -2, as 6")
    assert lines[0].endswith("(24 values)")


def test_prices_that_there_are_not_are_told_together(tmp_path: Path) -> None:
    study = costed(tmp_path, price_year="2031/32")
    study.config["economics"]["services"]["nurse"]["unit_cost"] = "practise_nurse"
    lines = faults_before(study)
    assert len(lines) == 2
    assert lines[0].startswith(
        "config.yaml: economics.services.gp: the price index nhscii has no change for 2024/25"
    )
    assert lines[1].startswith(
        "config.yaml: economics.services.nurse: no item of unit costs is called 'practise_nurse'"
    )
    assert "did you mean" in lines[1] and "practice_nurse" in lines[1]


def test_prices_beyond_the_indexs_last_year_are_one_line(tmp_path: Path) -> None:
    hourly = {"salary": 1, "hours": 1, "price_year": "2023/24", "source": "s"}
    shared = {"hall": {"label": "Hall", "cost": 1, "price_year": "2022/23", "source": "s"}}
    behind = {"file": "use", "minutes": "amount", "hourly": hourly, "shared": shared}
    study = costed(tmp_path, price_year="2031/32", intervention=behind)
    (line,) = [one for one in faults_before(study) if "price index" in one]
    assert line.startswith(
        "config.yaml: economics.price_year: the price index nhscii has no change for 2024/25"
    )
    assert "so that 4 prices (services.gp, services.nurse, intervention.hourly," in line
    assert "intervention.shared.hall) cannot be brought to 2031/32; give an index" in line


def test_prices_that_there_are_not_are_told_with_faults_elsewhere(tmp_path: Path) -> None:
    """Of a service, of an hour, of what a site shares; beside a covariate that there is not."""
    hourly = {"salary": 1, "hours": 1, "price_year": "1999/00", "source": "s"}
    shared = {"hall": {"label": "Hall", "cost": 1, "price_year": "1998/99", "source": "s"}}
    behind = {"file": "use", "minutes": "amount", "hourly": hourly, "shared": shared}
    study = costed(tmp_path, covariates=["agee"], intervention=behind)
    study.config["economics"]["services"]["nurse"]["unit_cost"] = "practise_nurse"
    undated, covariate, service, hour, hall = faults_before(study)
    assert "files.use says no date of its rows" in undated
    assert "'agee'; did you mean 'age'?" in covariate
    assert "economics.services.nurse: no item of unit costs" in service
    for line, place in ((hour, "hourly"), (hall, "shared.hall")):
        assert f"economics.intervention.{place}: the price index nhscii has no change for" in line


def test_own_prices_that_cannot_be_read_are_told_alone(tmp_path: Path) -> None:
    """What items lack is not known before."""
    study = costed(tmp_path, unit_costs="own.csv")
    study.config["economics"]["services"]["nurse"]["unit_cost"] = "club"
    (tmp_path / "own.csv").write_text("item,unit\n", encoding="utf-8")
    assert all(line.startswith("own.csv: line 1: no column") for line in faults_before(study))
    text = "item,unit,price_year,cost,source\nclub,contact,2023/24,3,Us\n"
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    study.write()
    with inside(study.folder):
        assert opened(".").economics


INDEX = "index,year,change,source\n"


@pytest.mark.parametrize("index", [None, f"{INDEX}nhscii,2022/23,high,Us\n"])
def test_a_bad_cell_of_prices_hides_no_item_that_there_is_not(
    index: str | None, tmp_path: Path
) -> None:
    """An item that stands on the bad line is there, an index that cannot be read reaches nobody
    knows where."""
    study = costed(tmp_path, unit_costs="own.csv")
    services = study.config["economics"]["services"]
    services["nurse"]["unit_cost"], services["gp"]["unit_cost"] = "club", "practise_nurse"
    rows = "club,contact,2023/24,£3,Us\nhall,hour,2022/23,3,Us\n"
    (tmp_path / "own.csv").write_text(f"item,unit,price_year,cost,source\n{rows}", encoding="utf-8")
    if index:
        study.config["economics"]["index"] = "index.csv"
        (tmp_path / "index.csv").write_text(index, encoding="utf-8")
    lines = faults_before(study)
    assert len(lines) == 2 + bool(index)
    assert any(line.startswith("own.csv: line 2: cost: must be £, 0 or more") for line in lines)
    (item,) = [line for line in lines if "economics.services.gp: no item of unit costs" in line]
    assert "did you mean 'practice_nurse'" in item
    services["gp"]["unit_cost"] = "hall"
    assert len(faults_before(study)) == 1 + bool(index)


def test_the_step_tells_prices_and_amounts_together(tmp_path: Path) -> None:
    """Were it to be run by itself."""
    study = costed(tmp_path)
    written(study, changed((4, 3, "-2")))
    assert study.run("panel").status == 0
    study.config["economics"]["services"]["nurse"]["unit_cost"] = "practise_nurse"
    study.write()
    with inside(study.folder):
        command = cost_command(read_study("."))
        shown = io.StringIO()
        with contextlib.redirect_stderr(shown):
            assert main(command) == 1
    prices, use = shown.getvalue().strip().splitlines()
    assert "practise_nurse" in prices and "line 6: amount is negative" in use


def test_a_service_without_a_price(tmp_path: Path) -> None:
    study = costed(tmp_path)
    study.config["economics"]["services"].pop("nurse")
    assert study.lines() == [
        "config.yaml: economics.services: nurse of use has no price; give it one, or say why it has"
        " none (use.not_priced)"
    ]
    study.config["files"]["use"]["variables"]["service"] = {"type": "text"}
    lines = study.lines() or stopped(study)
    assert len(lines) == 1 and "nurse" in lines[0]


@pytest.mark.parametrize("times", [("before", "after"), ("after",)])
def test_nobody_cost_anything_over_the_follow_up(times: tuple[str, ...], tmp_path: Path) -> None:
    """What people cost before is no cost that arms could differ by."""
    study = costed(tmp_path)
    rows = [(at, 3, "0") for at, row in enumerate(use()) if row[1] in times]
    written(study, changed(*rows))
    (line,) = stopped(study)
    when = "" if "before" in times else ", but before it"
    assert line.startswith(
        "config.yaml: economics: nobody's use or contacts cost anything over the follow-up"
        f"{when}; see that amounts of later times are read"
    )


def test_of_a_perspective_that_nobody_cost_anything_the_rest_is_estimated(tmp_path: Path) -> None:
    study = costed(tmp_path)
    own = study.config["economics"]
    own["services"]["nurse"]["sector"] = "private"
    own["perspectives"]["private"] = {"label": "Private", "sectors": ["private"]}
    rows = [(at, 3, "0") for at, row in enumerate(use()) if row[2] == "nurse"]
    written(study, changed(*rows))
    result = run(study)
    assert (result.status, result.shown) == (0, "")
    table = contracts.read(tmp_path / "results/tables/economics.csv", Economics)
    varied = table[table["scenario"] == "perspective private"].groupby("quantity")
    assert set(varied.get_group("cost")["status"]) == {"not_estimable"}
    assert all(varied.get_group("cost")["reason"].str.startswith("cost does not vary: it is the"))
    for quantity in ("qaly", "inmb"):
        assert set(varied.get_group(quantity)["status"]) == {"estimated"}


def test_a_date_before_the_start_is_listed_and_stands_at_its_planned_place(tmp_path: Path) -> None:
    study = costed(tmp_path)
    study.files["after.csv"] = dated(study, "P01", "2024-07-10", "2023-12-10")
    result = run(study)
    assert result.status == 0
    assert result.problems()["value"].tolist() == ["2023-12-10"]


def test_follow_ups_out_of_order(tmp_path: Path) -> None:
    """A third time, of two people answered before the second."""
    study = costed(tmp_path)
    study.config["times"]["later"] = {"label": "Later", "position": 12}
    own = study.config["files"]["after"]
    study.config["files"]["later"] = own | {
        "path": "data/raw/later.csv", "time": {"constant": "later"}
    }  # fmt: skip
    text = answers(1).replace("2024-07", "2025-01")
    for unit, day in (("P01", "10"), ("P05", "14")):
        text = text.replace(f"{unit},2025-01-{day}", f"{unit},2024-05-{day}")
    study.files["later.csv"] = text
    written(study, [*use(), *([unit, "later", "gp", "1"] for unit in PEOPLE)])
    study.config["economics"]["services"]["nurse"]["most"] = 0.5
    dear, line = stopped(study, "cost")
    assert "economics.services.nurse.most" in dear
    assert line == (
        "data/raw/later.csv: lines 2, 6: the answers of later are dated no later than those of"
        " after, so that there are no QALYs; correct the dates (data/raw/CORRECTIONS.yaml)"
    )


def dated(study, unit: str, old: str, new: str) -> str:
    text = study.files["after.csv"]
    assert f"{unit},{old}" in text
    return text.replace(f"{unit},{old}", f"{unit},{new}")


def test_states_that_do_not_exist_are_listed_and_not_valued(tmp_path: Path) -> None:
    """Level 6 of an item of EQ-5D: among the data problems, the utility is missing."""
    study = costed(tmp_path, utility={"label": "England", "score": "eq5d_5l.england_2018"})
    states = ["11121", "11161", "9", "21232", *["11221", "12311", "33333", "21111"] * 2]
    for time, name in enumerate(("before", "after")):
        rows = [
            f"{unit},2024-0{6 * time + 1}-1{i % 10},{10 + i},{state}"
            for i, (unit, state) in enumerate(zip(PEOPLE, states, strict=True))
        ]
        study.files[f"{name}.csv"] = "\n".join(["id,date,score,eq", *rows, ""])
        own = study.config["files"][name]
        own["variables"] = {"score": {"range": [0, 40]}}
        own["instruments"] = {"eq5d_5l": {"state": "eq"}}
    result = run(study)
    problems = result.problems()
    assert sorted(set(problems["value"])) == ["11161", "9"] and len(problems) == 4
    rows = contracts.read(tmp_path / "results/tables/economics.csv", Economics)
    base = rows[(rows["missing_data"] == "complete") & (rows["quantity"] == "qaly_intervention")]
    assert base["n_obs"].tolist() == [5]  # of six of the arm one has no such state


def test_a_value_set_that_does_not_exist(tmp_path: Path) -> None:
    study = costed(tmp_path, utility={"label": "x", "score": "eq5d_5l.wales_1999"})
    assert study.lines() == [
        "config.yaml: economics.utility.score: no score is called 'eq5d_5l.wales_1999'"
        " (declared: none)"
    ]
    study.config["economics"]["utility"] = {"label": "x", "variable": "utilty"}
    (line,) = study.lines()
    assert line.startswith("config.yaml: economics.utility.variable: no variable is called 'utilt")


def test_a_value_set_that_does_not_exist_hides_no_other_fault(tmp_path: Path) -> None:
    study = costed(tmp_path, utility={"label": "x", "score": "eq5d_5l.wales_1999"})
    own = study.config["economics"] | {"covariates": ["agee"]}
    own["perspectives"] = {"nhs": {"label": "NHS", "sectors": ["nhss"]}}
    study.config["economics"] = own
    of_utility, of_sector, of_covariate = study.lines()
    assert "no score is called 'eq5d_5l.wales_1999'" in of_utility
    assert "no sector is called 'nhss'; did you mean 'nhs'?" in of_sector
    assert "no covariate of people is called 'agee'; did you mean 'age'?" in of_covariate
    own["utility"] = {"label": "x", "score": "eq5d_5l.wales_1999", "variable": "utilty"}
    assert any("utility: say score or variable" in line for line in study.lines())


def test_what_no_perspective_counts_is_told(tmp_path: Path) -> None:
    """A service, and the intervention; each by its own sector."""
    hall = {"label": "Hall", "unit_cost": "gp_consultation", "sector": "leisure"}
    behind = {"file": "use", "minutes": "amount", "hourly": HOUR}
    study = costed(tmp_path, intervention=behind)
    study.config["economics"]["services"]["hall"] = hall | {"variable": "score"}
    study.config["economics"]["perspectives"]["nhs"]["sectors"] = ["nhs"]
    lines = [line for line in study.lines() if "nobody's costs" in line]
    assert [line.partition(",")[0] for line in lines] == [
        "config.yaml: economics.services.hall: no perspective counts the sector leisure",
        "config.yaml: economics.intervention: no perspective counts the sector intervention",
    ]
    assert "one beside the main one" in lines[0]
    society = {"label": "Society", "sectors": ["nhs", "leisure", "intervention"]}
    study.config["economics"]["perspectives"]["society"] = society
    assert not [line for line in study.lines() if "nobody's costs" in line]


@pytest.mark.parametrize("year", [None, 2023, "2023", "2023/25", 2023.24])
def test_a_price_year_is_said_to_be_none_in_one_round(year: object, tmp_path: Path) -> None:
    """As the file writes it: blank, without quotes, of a calendar year."""
    (line,) = costed(tmp_path, price_year=year).lines()
    remedy = f"not '{year}'" if year else "is empty; write a"
    assert line.startswith("config.yaml: economics.price_year: ") and remedy in line
    assert "financial year like 2023/24" in line and "None" not in line


NEGATIVE = {
    "thresholds": {"thresholds": [-20_000]},
    "departures.a.cost.control": {"departures": {"a": {"label": "A", "cost": {"control": -1}}}},
    "discount": {"discount": -0.035},
    "wellby": {"wellby": -13_000},
}


@pytest.mark.parametrize("place", NEGATIVE)
def test_what_cannot_be_negative_is_refused(place: str, tmp_path: Path) -> None:
    lines = costed(tmp_path, **NEGATIVE[place]).lines()
    assert any(line.startswith(f"config.yaml: economics.{place}") for line in lines), lines


def test_totals_that_are_negative_are_told_by_line(tmp_path: Path) -> None:
    """Costs that come as they are: pounds below nothing are no costs."""
    study = costed(tmp_path, **GIVEN)
    whole = study.files["after.csv"]
    study.files["after.csv"] = whole.replace("P02,2024-07-11,12,", "P02,2024-07-11,-3,")
    study.config["files"]["after"]["variables"]["score"] = {}
    (line,) = stopped(study)
    assert line.startswith("data/raw/after.csv: line 3: score is negative, as -3: what people cost")


def in_three_times(folder: Path) -> Study:
    """Costs and QALYs are asked at all of them."""
    study = costed(folder, **GIVEN, qalys={"label": "QALYs", "variable": "utility"})
    study.config["times"]["later"] = {"label": "Later", "position": 12}
    study.config["files"]["later"] = study.config["files"]["after"] | {
        "path": "data/raw/later.csv", "time": {"constant": "later"}
    }  # fmt: skip
    study.files["later.csv"] = str(study.files["after.csv"]).replace("2024-07", "2025-01")
    return study


def test_totals_at_a_time_between_stop(tmp_path: Path) -> None:
    """Those of 6 months would be left out without a word."""
    costs, qalys = stopped(in_three_times(tmp_path))
    where = "at before (12), after (12) and later (12)"
    assert costs == (
        f"config.yaml: economics.costs: score has values of people {where}, but it is a total of"
        " the whole follow-up and counts at later alone; write their sum into a column of later, or"
        " price them as a service, which counts period by period (economics.services)"
    )
    assert qalys.startswith(f"config.yaml: economics.qalys: utility has values of people {where}")


def test_totals_that_nobody_has_at_the_last_time_stop(tmp_path: Path) -> None:
    study = costed(tmp_path, **GIVEN)
    for name in ("before", "after"):
        study.config["files"][name]["variables"]["utility"] = {}
    study.config["economics"]["costs"] = {"label": "£", "variable": "early"}
    lines = str(study.files["before.csv"]).splitlines()
    rows = [f"{lines[0]},early", *(f"{row},{at}" for at, row in enumerate(lines[1:]))]
    study.files["before.csv"] = "\n".join([*rows, ""])
    study.config["files"]["before"]["variables"]["early"] = {}
    (line,) = stopped(study)
    assert line.startswith("config.yaml: economics.costs: early has no value of anybody at after")


def test_totals_of_before_are_not_used_and_rows_of_costs_say_so(tmp_path: Path) -> None:
    study = costed(tmp_path, **GIVEN)
    assert run(study).status == 0
    rows = contracts.read(tmp_path / "results/tables/economics.csv", Economics)
    said = rows["warnings"].fillna("").str.contains("score is known at before too (12 people)",
                                                    regex=False)  # fmt: skip
    assert said.any() and (said == ~rows["quantity"].str.startswith("qaly")).all()


def test_totals_above_the_dearest_that_there_can_be_are_told_by_line(tmp_path: Path) -> None:
    """Pence for pounds."""
    study = costed(tmp_path, **GIVEN)
    whole = str(study.files["after.csv"])
    study.files["after.csv"] = whole.replace("P02,2024-07-11,12,", "P02,2024-07-11,39000,")
    study.config["files"]["after"]["variables"]["score"] = {}
    study.config["economics"]["costs"] = GIVEN["costs"] | {"most": 30000}
    assert stopped(study) == [
        "data/raw/after.csv: line 3: score is up to £39,000, above economics.costs.most (30,000);"
        " pence for pounds? Correct the data (data/raw/CORRECTIONS.yaml), or raise most"
    ]
    study.config["economics"]["costs"] = GIVEN["costs"] | {"most": 40000}
    assert run(study).status == 0


@pytest.mark.parametrize("cost", [0, 12.5])
def test_totals_that_are_everybodys_stop(cost: float, tmp_path: Path) -> None:
    study = costed(tmp_path, **GIVEN)
    for name in ("before.csv", "after.csv"):
        lines = str(study.files[name]).splitlines()
        cells = [line.split(",") for line in lines[1:]]
        rows = [",".join([*own[:2], str(cost), own[3]]) for own in cells]
        study.files[name] = "\n".join([lines[0], *rows, ""])
    assert stopped(study) == [
        f"config.yaml: economics.costs: score is {cost:g} of everybody (12 people), so that there"
        " is nothing to compare; name another variable, or correct its column"
    ]


def test_minutes_below_nothing_stop_the_run(tmp_path: Path) -> None:
    study = costed(tmp_path)
    lines = [",".join(row) + ("," if at else ",-20") for at, row in enumerate(use())]
    study.files["use.csv"] = "\n".join(["id,time,service,amount,minutes", *lines, ""])
    study.config["files"]["use"]["variables"]["minutes"] = {}
    study.config["economics"]["use"]["minutes"] = "minutes"
    study.config["economics"]["services"]["gp"] |= {
        "unit_cost": "practice_nurse", "per": "minutes", "minutes_each": 10
    }  # fmt: skip
    (line,) = stopped(study, "cost")
    assert line.startswith("data/raw/use.csv: line 2: minutes is negative; correct it")


@pytest.mark.filterwarnings("error")
def test_of_no_months_nothing_is_asked(tmp_path: Path) -> None:
    """A recall of 0 is told by its line, and nothing is divided by it."""
    study = costed(tmp_path)
    lines = [",".join(row) + (",6" if at else ",0") for at, row in enumerate(use())]
    study.files["use.csv"] = "\n".join(["id,time,service,amount,recall", *lines, ""])
    study.config["files"]["use"]["variables"]["recall"] = {}
    study.config["economics"]["use"]["recall"] = "recall"
    (line,) = stopped(study, "cost")
    assert line.startswith("data/raw/use.csv: line 2: recall must be months, above 0; correct it")


def test_nobody_of_whom_all_is_known_has_reasons_in_place_of_numbers(tmp_path: Path) -> None:
    """Each lacks something: complete cases have none but, of who lacks what was before alone, what
    is not adjusted; imputed ones what can be had."""
    study = costed(tmp_path)
    rows = use()
    written(study, [row for at, row in enumerate(rows) if at % 4 != (at // 4) % 4])
    result = run(study)
    assert (result.status, result.shown) == (0, "")
    table = contracts.read(tmp_path / "results/tables/economics.csv", Economics)
    of_complete = table["missing_data"] == "complete"
    plain = table["approach"] == "unadjusted"
    assert (table.loc[of_complete & plain, "n_obs"] > 0).all()
    complete = table[of_complete & ~plain]
    assert (complete["status"] == "not_estimable").all() and complete["estimate"].isna().all()
    assert complete["reason"].notna().all() and (complete["n_obs"] == 0).all()


@pytest.mark.parametrize("known", [1, 2, 3, 4, 6, 8])
def test_few_people_of_whom_all_is_known(known: int, tmp_path: Path) -> None:
    """Numbers or reasons, whoever is complete."""
    study = costed(tmp_path, covariates=["age"])
    whole = set(PEOPLE[:known])
    written(study, [row for row in use() if row[0] in whole or row[2] == "gp"])
    result = run(study)
    assert (result.status, result.shown) == (0, "")
    table = contracts.read(tmp_path / "results/tables/economics.csv", Economics)
    refused = table["status"] == "not_estimable"
    assert table.loc[refused, "reason"].notna().all()
    assert table.loc[refused, "estimate"].isna().all()
    assert (table.loc[~refused, "std_error"] > 0).all()


def test_mistakes_elsewhere_are_told_beside_one_of_the_section(tmp_path: Path) -> None:
    study = costed(tmp_path, price_year="2023")
    study.config["outcomes"]["score"]["variable"] = "scoer"
    first, second = study.lines()
    assert first.startswith("config.yaml: economics.price_year") and "scoer" in second


def test_utilities_beyond_one_are_out_of_their_range(tmp_path: Path) -> None:
    study = costed(tmp_path)
    text = study.files["before.csv"]
    assert isinstance(text, str)
    lines = text.splitlines()
    lines[1] = ",".join([*lines[1].split(",")[:3], "73"])
    study.files["before.csv"] = "\n".join([*lines, ""])
    problems = run(study, "cost").problems()
    assert [(row.column, row.value) for row in problems.itertuples()] == [("utility", "73")]


HOURLY = {"unit_cost": "gp_consultation", "source": "A paper"}
BEHIND = {"file": "use", "minutes": "amount", "hourly": HOURLY}
GIVEN = {
    "services": {}, "use": None, "perspectives": {}, "costs": {"label": "£", "variable": "score"}
}  # fmt: skip
SOCIETY = {
    "perspectives": {
        "nhs": {"label": "NHS", "sectors": ["nhs"]},
        "society": {"label": "Society", "sectors": ["nhs", "intervention"]},
    }
}
UNCOUNTED = "nhs, the main perspective, does not count intervention"


@pytest.mark.parametrize(
    ("of", "own", "why"),
    [
        ("intervention.hourly", {}, "there is no economics.intervention"),
        ("intervention.indirect", GIVEN, "costs come as they are"),
        ("intervention.shared", {"intervention": BEHIND}, "the intervention has no shared costs"),
        ("intervention.hourly", {"intervention": BEHIND} | SOCIETY, UNCOUNTED),
        ("discount", {}, "nothing lies beyond the first year"),
    ],
)
def test_a_bar_that_changes_nothing_is_refused(
    of: str, own: dict[str, object], why: str, tmp_path: Path
) -> None:
    bar = {"label": "A", "of": of, "low": 0.01, "high": 2}
    lines = [
        line for line in costed(tmp_path, tornado={"a": bar}, **own).lines() if "tornado" in line
    ]
    assert len(lines) == 1 and lines[0].startswith(
        f"config.yaml: economics.tornado.a.of: {of} changes nothing: {why}"
    )


@pytest.mark.parametrize(
    "own", [{}, {"utility": {}}, {"utility": {"intervention": 1}, "cost": {"control": 1.0}}]
)
def test_a_departure_that_changes_nothing_is_refused(
    own: dict[str, object], tmp_path: Path
) -> None:
    more = {"label": "More", "cost": {"control": 1.2}}
    departures = {"same": {"label": "Same"} | own, "more": more}
    assert costed(tmp_path, departures=departures).lines() == [
        "config.yaml: economics.departures.same: changes nothing: no multiplier is other than 1;"
        " write one (utility: {intervention: 0.9}), or remove the departure"
    ]


def test_a_value_set_that_is_the_main_one_or_another_is_refused(tmp_path: Path) -> None:
    study = costed(tmp_path)
    for name in ("before", "after"):
        study.config["files"][name]["variables"]["other"] = {"column": "score"}
    study.config["economics"]["value_sets"] = {
        "same": {"label": "Same", "variable": "utility"},
        "other": {"label": "Other", "variable": "other"},
        "again": {"label": "Again", "variable": "other"},
    }
    says = "; name the score or variable of another value set, or remove the entry"
    assert study.lines() == [
        "config.yaml: economics.value_sets.same: changes nothing: 'utility' is what utility is read"
        f" from{says}",
        "config.yaml: economics.value_sets.again: changes nothing: 'other' is what value_sets.other"
        f" is read from{says}",
    ]


def test_what_is_listed_twice_is_refused(tmp_path: Path) -> None:
    """Each of these ended in a traceback after all was estimated."""
    trial = {"incidence": 9, "years": 2, "source": "A paper", "sizes": [50, 100, 50]}
    names = ["sex", "sex"]
    study = costed(
        tmp_path, thresholds=[20000, 30000, 20000], subgroups=names, covariates=names,
        auxiliaries=["score", "score"], information=trial,
        perspectives={"nhs": {"label": "NHS", "sectors": ["nhs", "nhs"]}},
        value_sets={"a": {"label": "EQ-5D", "variable": "a"},
                    "b": {"label": "B", "variable": "b"}, "c": {"label": "B", "variable": "c"}},
    )  # fmt: skip
    for name in ("before", "after"):
        more = {own: {"column": "score"} for own in "abc"}
        study.config["files"][name]["variables"] |= more
    study.config["covariates"]["sex"] = {"label": "Sex", "variable": "sex"}
    assert study.lines() == [
        "config.yaml: economics.thresholds: 20000 stands twice; remove one",
        "config.yaml: economics.covariates: 'sex' stands twice; remove one",
        "config.yaml: economics.auxiliaries: 'score' stands twice; remove one",
        "config.yaml: economics.subgroups: 'sex' stands twice; remove one",
        "config.yaml: economics.information.sizes: 50 stands twice; remove one",
        "config.yaml: economics.perspectives.nhs.sectors: 'nhs' stands twice; remove one",
        "config.yaml: economics.value_sets.a.label: 'EQ-5D' is the label of utility too; give it"
        " another",
        "config.yaml: economics.value_sets.c.label: 'B' is the label of value_sets.b too; give it"
        " another",
    ]


def test_an_outcome_that_is_called_as_the_evaluation_calls_its_own(tmp_path: Path) -> None:
    """Its answers were overwritten without a word."""
    study = costed(tmp_path, auxiliaries=["utility"], covariates=["cost"])
    for part, name, like in (("outcomes", "utility", "score"), ("covariates", "cost", "age")):
        study.config[part][name] = study.config[part][like] | {"label": name}
    assert [line.partition(";")[0] for line in study.lines()] == [
        f"config.yaml: economics.{setting}: '{name}' is what the evaluation calls its own"
        for setting, name in (("covariates", "cost"), ("auxiliaries", "utility"))
    ]


def test_a_cluster_of_which_no_file_says_anything(tmp_path: Path) -> None:
    assert [line.partition(";")[0] for line in costed(tmp_path, cluster="link_worker").lines()] == [
        "config.yaml: economics.cluster: no file of people says a link_worker of its rows"
        " (link_worker: {column: …})"
    ]
    assert not costed(tmp_path / "b", cluster="neighbourhood").lines()


def test_what_is_known_of_a_parameter_lies_around_the_value_in_use(tmp_path: Path) -> None:
    """Its mean is that value: what lies wholly beside it has another."""
    bar = {"label": "GP", "of": "services.gp", "low": 2, "high": 3, "holds": 0.95}
    (line,) = costed(tmp_path, tornado={"gp": bar}).lines()
    assert line.startswith(
        "config.yaml: economics.tornado.gp.holds: the value in use (1) does not lie between 2 and 3"
    )
    assert not costed(tmp_path / "b", tornado={"gp": bar | {"low": 0.5}}).lines()
    del bar["holds"]
    assert not costed(tmp_path / "c", tornado={"gp": bar}).lines()


def test_shares_and_thresholds_that_cannot_be_are_refused(tmp_path: Path) -> None:
    hourly = {"salary": 28_000, "hours": 1_591, "price_year": "2023/24", "source": "Us"}
    hourly |= {"on_costs": 25, "overheads": 40}
    delivered = {"file": "use", "minutes": "amount", "hourly": hourly, "supervision": 5}
    trial = {"incidence": 9, "years": 2, "source": "A paper", "threshold": 25}
    study = costed(
        tmp_path, intervention=delivered, thresholds=[20, 0, 30_000], information=trial, curve_to=50
    )
    told = "\n".join(line for line in study.lines() if "write" in line)
    for place, words in (
        ("intervention.supervision", "is a share, at most 1: write 0.05 for 5%"),
        ("intervention.hourly.on_costs", "is a share, at most 1: write 0.25 for 25%"),
        ("intervention.hourly.overheads", "is a share, at most 1: write 0.4 for 40%"),
        ("thresholds.0", "is £ a QALY: write 20000 for 20 thousand"),
        ("curve_to", "is £ a QALY: write 50000 for 50 thousand"),
        ("information.threshold", "is £ a QALY: write 25000 for 25 thousand"),
    ):
        assert f"config.yaml: economics.{place}: {words}" in told, told
    assert told.count("\n") == 5


def test_a_bar_of_a_service_that_the_main_perspective_does_not_count(tmp_path: Path) -> None:
    study = costed(tmp_path)
    section = study.config["economics"]
    section["services"]["nurse"]["sector"] = "council"
    section["perspectives"]["all"] = {"label": "All", "sectors": ["nhs", "council"]}
    section["tornado"] = {
        name: {"label": name, "of": f"services.{name}", "low": 0.5, "high": 2}
        for name in ("gp", "nurse")
    }
    (line,) = study.lines()
    assert "tornado.nurse.of: services.nurse changes nothing: nhs, the main" in line


def test_a_price_year_of_life_satisfaction_that_no_index_reaches(tmp_path: Path) -> None:
    own = {"wellby": 13000, "wellby_source": "A paper", "life_satisfaction": "score"}
    (line,) = costed(tmp_path / "a", **own).lines()
    assert "wellby_price_year" in line and line.endswith("all or none")
    study = costed(tmp_path / "b", **own, wellby_price_year="2009/10")
    (line,) = faults_before(study)
    assert line.startswith(
        "config.yaml: economics.wellby_price_year: the price index nhscii has no"
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"perspectives": {}}, "economics.perspectives: say whose costs count"),
        ({"tornado": {"a": {"label": "a", "of": "services.gpp", "low": 1, "high": 2}}}, "gpp"),
        ({"thresholds": []}, "economics.thresholds"),
        (GIVEN | {"perspectives": {"nhs": {"label": "NHS", "sectors": ["nhs"]}}},
         "economics.perspectives: costs come as they are (costs): leave perspectives out"),
        ({"utility": {"label": "x"}}, "economics.utility: say score or variable, one of them"),
        ({"price_year": "2023"}, "economics.price_year: must be a financial year like 2023/24"),
    ],
)  # fmt: skip
def test_a_section_that_does_not_fit_is_told_before_anything_runs(
    change: dict[str, object], said: str, tmp_path: Path
) -> None:
    lines = costed(tmp_path, **change).lines()
    assert len(lines) == 1 and lines[0].startswith("config.yaml: ") and said in lines[0]


@pytest.mark.parametrize(
    ("setting", "value"), [("index", 3), ("price_year", "2031"), ("price_year", None)]
)
def test_without_a_year_and_an_index_no_price_is_said_not_to_reach_it(
    setting: str, value: object, tmp_path: Path
) -> None:
    """Which items there are does not hang on them, and is told at once."""
    hourly = {"salary": 1, "hours": 1, "price_year": "1999/00", "source": "s"}
    behind = {"file": "use", "minutes": "amount", "hourly": hourly}
    study = costed(tmp_path, intervention=behind)
    study.config["economics"]["services"]["nurse"]["unit_cost"] = "practise_nurse"
    before = faults_before(study)
    assert sum("the price index nhscii has no change for" in line for line in before) == 1
    study.config["economics"][setting] = value
    lines = faults_before(study)
    assert not any("price index" in line for line in lines)
    assert sum(f"config.yaml: economics.{setting}: " in line for line in lines) == 1
    assert sum("economics.services.nurse: no item of unit costs" in line for line in lines) == 1


def test_own_prices_that_are_absent_are_told_with_all_other_files(tmp_path: Path) -> None:
    study = costed(tmp_path, unit_costs="own.csv", index="rises.csv")
    assert faults_before(study) == [
        f"{name}: there is no such file (economics.{setting}); put it there, or correct its path"
        " in config.yaml"
        for setting, name in (("unit_costs", "own.csv"), ("index", "rises.csv"))
    ]


def test_own_prices_that_cannot_be_read_are_told_before_anything_runs(tmp_path: Path) -> None:
    study = costed(tmp_path, unit_costs="own.csv", index="rises.csv")
    (tmp_path / "own.csv").write_text(
        "item,unit,price_year,cost,source\nclub,contact,2023/24,-3,Us\n", encoding="utf-8"
    )
    (tmp_path / "rises.csv").write_text(
        "index,year,change,source\ncpi,2023,4,Us\n", encoding="utf-8"
    )
    said = faults_before(study)
    assert [line.partition(": ")[0] for line in said] == ["own.csv", "rises.csv"]
    assert (
        "line 2" in said[0] and "year: must be a financial year like 2023/24, not '2023'" in said[1]
    )


def faults_before(study: Study) -> list[str]:
    """What a run says of the study's files before it reads any."""
    study.write()
    with inside(study.folder), pytest.raises(CespError) as told:
        opened(".")
    return list(told.value.problems)


def test_an_approach_without_an_answer_leaves_the_other_its_own(tmp_path: Path) -> None:
    """Everybody has the same utility at the start: nothing can be adjusted for it."""
    study = costed(tmp_path)
    text = study.files["before.csv"]
    assert isinstance(text, str)
    lines = [line.rpartition(",")[0] + ",0.7" for line in text.splitlines()[1:]]
    study.files["before.csv"] = "\n".join(["id,date,score,utility", *lines, ""])
    assert run(study).status == 0
    table = contracts.read(tmp_path / "results/tables/economics.csv", Economics)
    own = table[table["missing_data"] == "boot_impute"]
    assert (own.loc[own["approach"] == "gain", "status"] == "estimated").all()
    assert (own.loc[own["approach"] == "adjusted", "status"] == "not_estimable").all()


def test_months_that_were_asked_about_bring_costs_to_the_time_between(tmp_path: Path) -> None:
    """Three months asked of six: twice the amount; the start counts as long as the first period."""
    study = costed(tmp_path)
    rows = [
        [*row, "3" if row[0] == "P01" else "6"]
        for row in changed(*((k, 3, "2") for k in range(48)))
    ]
    study.files["use.csv"] = "\n".join(
        ["id,time,service,amount,months", *(",".join(row) for row in rows), ""]
    )
    study.config["files"]["use"]["variables"]["months"] = {}
    study.config["economics"]["use"]["recall"] = "months"
    assert run(study, "cost").status == 0
    made = contracts.read(tmp_path / "data/processed/costs.parquet", Costs)
    gp = made[made["service"] == "gp"].set_index(["unit", "time"])["cost"]
    for time in ("before", "after"):
        assert gp["P01", time] == pytest.approx(2 * gp["P02", time])
        assert gp["P02", time] == pytest.approx(2 * 37.0)  # PSSRU 2024


def test_months_that_a_column_of_a_service_was_asked_about(tmp_path: Path) -> None:
    """Wide data says once for everybody what rows say each; rows of others keep their own."""
    study = costed(tmp_path)
    wide = {"label": "X", "unit_cost": "outpatient", "sector": "nhs", "variable": "score"}
    study.config["economics"]["services"] |= {"x": wide, "y": wide | {"months": 3}}
    assert run(study, "cost").status == 0
    made = contracts.read(tmp_path / "data/processed/costs.parquet", Costs)
    cost = {name: own["cost"].to_numpy() for name, own in made.groupby("service", observed=True)}
    assert cost["y"] == pytest.approx(2 * cost["x"]) and (cost["x"] > 0).all()
    months = made.groupby("service", observed=True)["months"].unique().map(list).to_dict()
    assert months == {"gp": [6.0], "nurse": [6.0], "x": [6.0], "y": [3.0]}


CROSS = {
    "covariates": ["agee"],
    "subgroups": ["sexx"],
    "perspectives": {"nhs": {"label": "NHS", "sectors": ["nhs", "nhss"]}},
}
OF_THESE = ("no sector is called 'nhss'", "'agee'; did you mean 'age'?", "'sexx'")
HOUR = {"salary": 1, "hours": 1, "price_year": "2023/24", "source": "s"}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"price_year": 2023}, "price_year"),
        ({"price_year": None}, "price_year"),
        ({"utility": {"labl": "x", "variable": "utility"}}, "utility.labl"),
        ({"utility": "eq5d"}, "utility"),
        ({"thresholds": ["x"]}, "thresholds.0"),
        ({"discount": "x"}, "discount"),
        ({"colour": 1}, "colour"),
        ({"wellby": "x"}, "wellby"),
        ({"information": {"years": 1}}, "information"),
        ({"tornado": {"a": {"label": "A", "of": "services.gp", "low": "x", "high": 2}}}, "tornado"),
        ({"tornado": {"a": "services.gp"}}, "tornado.a"),
        ({"departures": {"a": {"utility": 2}}}, "departures.a"),
        ({"value_sets": {"a": 3}}, "value_sets.a"),
    ],
)
def test_a_malformed_value_hides_no_cross_reference(
    change: dict[str, object], place: str, tmp_path: Path
) -> None:
    """What else is wrong with the section is told in the same round, and nothing that only follows
    from the value's having no place."""
    lines = costed(tmp_path, **(CROSS | change)).lines()
    own = [line for line in lines if line.startswith(f"config.yaml: economics.{place}")]
    others = [line for line in lines if line not in own]
    assert own and len(others) == len(OF_THESE), lines
    assert all(said in line for said, line in zip(OF_THESE, others, strict=True)), lines


@pytest.mark.parametrize("key", ["label", "unit_cost", "sector", "per", "most", "colour"])
@pytest.mark.parametrize("service", ["gp", "nurse"])
def test_a_malformed_service_hides_no_cross_reference(
    key: str, service: str, tmp_path: Path
) -> None:
    study = costed(tmp_path, **CROSS, tornado={"a": bar("services.gp")})
    study.config["economics"]["services"][service][key] = ["x"]
    first, *others = study.lines()
    assert first.startswith(f"config.yaml: economics.services.{service}.{key}: ")
    unknown = OF_THESE[1:] if key == "sector" else OF_THESE  # it may be the one that lacks
    assert all(said in line for said, line in zip(unknown, others, strict=True))
    study.config["economics"]["services"][service].pop(key)
    study.config["economics"]["services"]["nurse"]["unit_cost"] = "practise_nurse"
    study.config["economics"]["services"][service][key] = ["x"]
    told = any("'practise_nurse'" in line for line in faults_before(study))
    assert told == ((service, key) != ("nurse", "unit_cost"))


def bar(of: str) -> dict[str, object]:
    return {"label": "A", "of": of, "low": 0.5, "high": 2}


@pytest.mark.parametrize("key", ["hourly", "minutes", "indirect", "shared", "colour"])
def test_a_malformed_intervention_hides_no_cross_reference(key: str, tmp_path: Path) -> None:
    """Nor that its file is nowhere."""
    named = {"file": "usee", "minutes": "amount", "hourly": HOUR, key: ["x"]}
    perspectives = {"nhs": {"label": "NHS", "sectors": ["nhs", "nhss", "intervention"]}}
    study = costed(
        tmp_path, **(CROSS | {"perspectives": perspectives}), intervention=named,
        tornado={"a": bar("intervention.hourly")},
    )  # fmt: skip
    first, of_file, *others = study.lines()
    assert first.startswith(f"config.yaml: economics.intervention.{key}: ")
    assert of_file.startswith("config.yaml: economics.intervention.file: no file is called 'usee'")
    assert all(said in line for said, line in zip(OF_THESE, others, strict=True))


def test_malformed_values_of_everything_are_told_with_what_else_is_wrong(tmp_path: Path) -> None:
    study = costed(tmp_path, **CROSS, price_year="2023", thresholds=[], utility={"label": "x"})
    study.config["economics"]["services"]["nurse"] = {"label": "Nurse", "sector": "nhs"}
    study.config["economics"]["use"]["amount"] = 7
    study.config["outcomes"]["score"]["variable"] = "scoer"
    lines = study.lines()
    for place in ("price_year", "thresholds", "utility", "services.nurse.unit_cost", "use.amount"):
        assert sum(line.startswith(f"config.yaml: economics.{place}: ") for line in lines) == 1
    assert all(sum(said in line for line in lines) == 1 for said in (*OF_THESE, "'scoer'"))
    assert len(lines) == 9, lines


def test_of_a_malformed_price_year_no_index_is_said_to_be_too_short(tmp_path: Path) -> None:
    """While items that there are not are told."""
    study = costed(tmp_path, price_year="2023", index="rises.csv")
    (tmp_path / "rises.csv").write_text(
        "index,year,change,source\nnhscii,2019/20,4,Us\n", encoding="utf-8"
    )
    study.config["economics"]["services"]["nurse"]["unit_cost"] = "practise_nurse"
    year, item = faults_before(study)
    assert "economics.price_year" in year and "'practise_nurse'" in item


def test_faults_of_data_are_told_with_prices_that_there_are_not(tmp_path: Path) -> None:
    """In one run: the prices', then amounts, the dear, dates and utilities, by file and line."""
    study = costed(tmp_path)
    written(study, changed((4, 3, "-2"), (9, 3, "900"), (20, 3, "-1")))
    services = study.config["economics"]["services"]
    services["nurse"]["most"] = 5000
    services["club"] = {"label": "Club", "unit_cost": "clubb", "sector": "nhs", "variable": "score"}
    with_utilities(study, "75", "-7")
    faults_before_intake = faults_before(study)
    club, amounts, dear, utilities = faults_before_intake
    assert club.startswith("config.yaml: economics.services.club: no item of unit costs")
    assert amounts.startswith("data/raw/use.csv: lines 6, 22: amount is negative; correct it")
    assert dear.startswith("data/raw/use.csv: line 11: nurse costs up to £")
    assert utilities.startswith("data/raw/after.csv: lines 3, 4: utility is above 1 or below -2")
    services["club"]["unit_cost"] = "gp_consultation"
    assert tuple(stopped(study, "cost")) == (amounts, dear, utilities)


def test_the_dear_are_told_beside_a_fault_of_another_items_price(tmp_path: Path) -> None:
    """Of the study's own file, in one run: what has a price is held to its most; and with an index
    that cannot be read, what is of the price year."""
    study = costed(
        tmp_path, unit_costs="own.csv",
        intervention={
            "file": "contacts", "minutes": "minutes", "most": 20,
            "hourly": {"salary": 45_000, "hours": 1_500, "price_year": "2023/24", "source": "set"},
            "lead_days": 3650,
        },
    )  # fmt: skip
    study.files["contacts.csv"] = "id,date,minutes\nP01,2024-01-20,60\n"
    study.config["files"]["contacts"] = {
        "path": "data/raw/contacts.csv", "level": "person", "unit": "id", "one_row_per": "any",
        "date": {"column": "date", "format": "%Y-%m-%d"}, "variables": {"minutes": {}},
    }  # fmt: skip
    written(study, changed((9, 3, "900")))
    services = study.config["economics"]["services"]
    services["nurse"]["most"] = 5000
    services["club"] = {"label": "Club", "unit_cost": "club", "sector": "nhs", "variable": "score"}
    own = "item,unit,price_year,cost,source\nclub,hour,2021/22,20,A\n"
    (tmp_path / "own.csv").write_text(f"{own}club,visit,2022/23,9,B\n", encoding="utf-8")
    club, dear, contacts = faults_before(study)
    assert club.startswith("own.csv: line 3: unit: club is of one visit here")
    assert dear.startswith("data/raw/use.csv: line 11: nurse costs up to £")
    assert contacts.startswith("data/raw/contacts.csv: line 2: contacts of 1 person cost up to £30")
    (tmp_path / "own.csv").write_text(own, encoding="utf-8")
    study.config["economics"]["index"] = "rises.csv"
    (tmp_path / "rises.csv").write_text("index,year,change,source\ncpi,2023,4,Us\n", "utf-8")
    rises, *others = faults_before(study)
    assert rises.startswith("rises.csv: line 2: year") and others == [dear, contacts]


def test_files_may_be_called_as_the_programs_own(tmp_path: Path) -> None:
    """A file named visits took the place of the program's table of that name."""
    study = costed(tmp_path)
    files, section = study.config["files"], study.config["economics"]
    files["visits"] = files.pop("use")
    files["scores"] = files["visits"] | {"path": "data/raw/scores.csv"}
    study.files["scores.csv"] = study.files["use.csv"]
    section["use"]["file"] = "visits"
    section["services"]["nurse"]["unit_cost"] = "practise_nurse"
    (line,) = faults_before(study)
    assert "no item of unit costs is called 'practise_nurse'" in line


def test_faults_of_data_are_told_with_a_file_of_prices_that_cannot_be_read(tmp_path: Path) -> None:
    study = costed(tmp_path, unit_costs="own.csv", index="rises.csv")
    study.config["study"] |= {"pseudonyms": True}
    written(study, changed((4, 3, "-2")))
    (tmp_path / "own.csv").write_text(
        "item,unit,price_year,cost,source\nclub,contact,2023/24,-3,Us\n", encoding="utf-8"
    )
    (tmp_path / "rises.csv").write_text("index,year,change,source\ncpi,2023,4,Us\n", "utf-8")
    own, rises, amounts = faults_before(study)
    assert own.startswith("own.csv: line 2: cost") and rises.startswith("rises.csv: line 2: year")
    assert amounts.startswith("data/raw/use.csv: line 6: amount is negative")
    assert not (tmp_path / "data/processed").exists()


def test_what_keeps_a_file_from_being_read_is_told_with_prices_that_there_are_not(
    tmp_path: Path,
) -> None:
    study = costed(tmp_path, price_year="2031/32")
    assert len(faults_before(study)) == 1  # nothing else is wrong
    study.files["use.csv"] = "id,tiem,service,amount\nP01,before,gp,3\n"
    price, column = faults_before(study)
    assert "price index" in price and "services.gp, services.nurse" in price
    assert column.startswith("data/raw/use.csv: ") and "'time'" in column


def test_faults_of_data_are_told_where_every_outcome_is_a_score(tmp_path: Path) -> None:
    """People are those of the file that lists them, with or without variables as outcomes."""
    study = costed(tmp_path, price_year="2031/32")
    for time, name in enumerate(("before", "after")):
        rows = [f"{u},2024-0{6 * time + 1}-1{i % 10},0.5,1,2,3" for i, u in enumerate(PEOPLE)]
        study.files[f"{name}.csv"] = "\n".join(["id,date,utility,u1,u2,u3", *rows, ""])
        own = study.config["files"][name]
        own["variables"] = {"utility": {"range": [-0.6, 1]}}
        own["instruments"] = {"ucla3": "u{item}"}
    study.config["outcomes"]["score"] |= {"score": "ucla3.total", "direction": "lower_is_better"}
    study.config["outcomes"]["score"].pop("variable")
    written(study, changed((4, 3, "-2")))
    price, amounts = faults_before(study)
    assert "price index" in price
    assert amounts.startswith("data/raw/use.csv: line 6: amount is negative")


def test_no_pseudonym_of_a_key_that_is_kept_nowhere_is_told(tmp_path: Path) -> None:
    """An outcome that is not of its type is for the step `panel` to say, by the study's own."""
    study = costed(tmp_path, price_year="2031/32")
    study.config["study"] |= {"pseudonyms": True}
    study.config["outcomes"]["score"]["type"] = "binary"
    written(study, changed((4, 3, "-2")))
    _, amounts = faults_before(study)
    assert amounts.startswith("data/raw/use.csv: line 6: amount is negative")


def test_what_is_read_ahead_lies_in_a_closed_folder_of_the_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is gone afterwards."""
    seen: list[tuple[Path, int]] = []

    def looked(*given: object) -> None:
        folder = Path(str(given[2])).parent
        seen.append((folder.resolve(), folder.stat().st_mode & 0o777))
        assert (folder / "records/people.parquet").exists()

    monkeypatch.setattr(told_ahead, "cube_of", looked)
    faults_before(costed(tmp_path, price_year="2031/32"))
    ((folder, mode),) = seen
    assert folder.parent == (tmp_path / ".snakemake").resolve() and mode == 0o700
    assert not folder.exists()


@pytest.mark.parametrize("setting", ["unit_costs", "index"])
def test_a_malformed_file_of_prices_makes_no_price_wrong(setting: str, tmp_path: Path) -> None:
    """Items may be in the one, years in the other; an item is missed whatever the index."""
    hour = HOUR | {"price_year": "1999/00"}
    behind = {"file": "use", "minutes": "amount", "hourly": hour}
    study = costed(tmp_path, price_year="2031/32", intervention=behind, **{setting: 7})
    study.config["economics"]["services"]["nurse"]["unit_cost"] = "practise_nurse"
    malformed, undated, *prices = faults_before(study)
    assert malformed.startswith(f"config.yaml: economics.{setting}: ")
    assert "files.use says no date of its rows" in undated
    assert ["'practise_nurse'" in line for line in prices] == [True] * (setting == "index")


@pytest.mark.parametrize("malformed", [["gp"], {"gp": 7}, 7])
def test_what_has_no_price_by_a_malformed_setting_is_missed_by_no_other_line(
    malformed: object, tmp_path: Path
) -> None:
    study = costed(tmp_path, **CROSS)
    study.config["economics"]["use"]["not_priced"] = malformed
    study.config["economics"]["services"].pop("gp")
    first, *others = study.lines()
    assert first.startswith("config.yaml: economics.use.not_priced")
    assert all(said in line for said, line in zip(OF_THESE, others, strict=True))


@pytest.mark.parametrize("malformed", [{"variable": ["x"]}, {"variabel": "score"}, None])
def test_a_malformed_service_asks_for_no_file_of_use(
    malformed: dict[str, object] | None, tmp_path: Path
) -> None:
    """While another that has neither a variable nor such a file does."""
    study = costed(tmp_path, **CROSS)
    services = study.config["economics"]["services"]
    study.config["economics"].pop("use")
    services["nurse"]["variable"] = "score"
    services["gp"] = services["gp"] | malformed if malformed else 7
    first, *others = study.lines()
    assert first.startswith("config.yaml: economics.services.gp")
    unknown = others if len(others) == len(OF_THESE) else ["", *others]  # nhs may be what lacks
    assert all(said in line or not line for said, line in zip(OF_THESE, unknown, strict=True))
    services["nurse"].pop("variable")
    (line,) = [line for line in study.lines() if "economics.use" in line]
    assert line.startswith("config.yaml: economics.use: say the file with rows of nurse, or")


def test_malformed_shared_costs_are_costs_that_a_bar_may_move(tmp_path: Path) -> None:
    behind = {"file": "use", "minutes": "amount", "hourly": HOUR, "shared": 7}
    perspectives = {"nhs": {"label": "NHS", "sectors": ["nhs", "intervention"]}}
    study = costed(
        tmp_path, intervention=behind, perspectives=perspectives,
        tornado={"a": bar("intervention.shared")},
    )  # fmt: skip
    shared, undated = study.lines()
    assert shared.startswith("config.yaml: economics.intervention.shared: ")
    assert "files.use says no date of its rows" in undated


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("services.gp.label", "is empty; How tables call it"),
        ("services.gp.most", ""),  # may be left out, so it may be blank
        ("perspectives.nhs.sectors", "is empty; Sectors of services"),
        ("discount", "is empty; A year, of costs and QALYs after the first year"),
        ("covariates", "is empty; Covariates of people"),
    ],
)
def test_an_empty_value_is_said_to_be_empty(place: str, says: str, tmp_path: Path) -> None:
    """What the setting is, in place of what to put in quotes."""
    study = costed(tmp_path)
    *path, last = place.split(".")
    section = study.config["economics"]
    for name in path:
        section = section[name]
    section[last] = None
    lines = [line for line in study.lines() if f"economics.{place}: " in line]
    assert len(lines) == bool(says) and all(says in line for line in lines), study.lines()
    assert not any("None" in line for line in lines)
