"""Unit costs and indices: read line by line, brought to a price year, shipped as transcribed."""

from dataclasses import replace
from pathlib import Path

import pytest

from cesp_analysis import contracts
from cesp_analysis.declared.resources import Delivered, Hourly, Service, Shared
from cesp_analysis.economics.costed import Costed
from cesp_analysis.economics.price_index import INDEX, changes_of, inflated, read_index
from cesp_analysis.economics.price_rows import like_factors
from cesp_analysis.economics.priced import priced_of
from cesp_analysis.economics.prices import (
    SHIPPED,
    Price,
    brought,
    merged,
    prices_without_fault,
    read_prices,
)
from cesp_analysis.economics.tables import CostTable, UnitCosts
from cesp_analysis.errors import CespError
from costed_study import costed, run

HEAD = "item,unit,price_year,cost,source\n"
CHANGES = {"nhscii": {"2022/23": 7.32, "2023/24": 4.31}}


def written(folder: Path, text: str) -> Path:
    path = folder / "unit_costs.csv"
    path.write_text(text, encoding="utf-8")
    return path


def price(item="gp", year="2021/22", value=100.0, index="nhscii", qualified=None):
    return Price(item, item, "contact", year, value, qualified, index, "source", False, "")


def test_the_price_of_the_year_itself_is_taken_as_it_is():
    found = brought("gp", [price(), price(year="2023/24", value=37)], CHANGES, "2023/24", False)
    assert (found.value, found.factor) == (37, 1.0)


def test_an_older_price_rises_by_each_year_s_change():
    found = brought("gp", [price()], CHANGES, "2023/24", False)
    assert found.value == pytest.approx(100 * 1.0732 * 1.0431, rel=1e-14)


def test_a_price_of_a_later_year_falls_back_by_the_same_changes():
    found = brought("gp", [price(year="2023/24")], CHANGES, "2021/22", False)
    assert found.value == pytest.approx(100 / (1.0732 * 1.0431), rel=1e-14)


def test_the_newest_price_before_the_year_comes_before_one_after_it():
    own = [price(year="2020/21", value=1), price(year="2022/23", value=2)]
    own.append(price(year="2024/25", value=3))
    found = brought("gp", own, CHANGES, "2023/24", False)
    assert found.price.value == 2


def test_qualification_costs_only_where_they_are_known():
    known = brought("gp", [price(year="2023/24", qualified=45)], CHANGES, "2023/24", True)
    unknown = brought("gp", [price(year="2023/24")], CHANGES, "2023/24", True)
    assert (known.value, known.qualified, unknown.value, unknown.qualified) == (
        45,
        True,
        100,
        False,
    )


def test_an_index_that_ends_too_early_is_said_with_what_to_do():
    with pytest.raises(ValueError, match=r"no change for 2024/25 .*another price_year"):
        brought("gp", [price(year="2023/24")], CHANGES, "2024/25", False)


def test_an_item_without_a_price_names_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'gp_consultation'"):
        brought("gp_consultaton", [price("gp_consultation")], CHANGES, "2023/24", False)


@pytest.mark.parametrize(
    ("word", "meant"),
    [("practise_nurse", "practice_nurse"), ("night_in_hospital", "inpatient_night"),
     ("GP consult", "gp_consultation"), ("xqz", None)],
)  # fmt: skip
def test_an_item_that_there_is_not_has_a_few_near_ones(word, meant):
    """By name or by label, and never all of them."""
    own = [replace(price("inpatient_night"), label="Night in hospital (own)")]
    with pytest.raises(ValueError, match="no item of unit costs") as told:
        brought(word, merged(own, read_prices(SHIPPED)), CHANGES, "2023/24", False)
    text = str(told.value)
    assert (f"did you mean '{meant}'?" in text) if meant else ("did you mean" not in text)
    named = text.partition("(nearest of ")[2].partition(": ")[2].rstrip(")").split(", ")
    assert len(named) == 8 and (meant is None or named[0] == meant)


def test_the_study_s_own_items_replace_those_shipped_whole():
    found = merged([price(value=1)], [price(year="2023/24", value=2), price("nurse")])
    assert [(one.item, one.value) for one in found] == [("gp", 1), ("nurse", 100)]


def test_the_study_s_own_indices_replace_those_of_their_name_whole(tmp_path):
    """The others that are shipped stay."""
    text = "index,year,change,source\nnhscii,2023/24,9,Us\ncpi,2023/24,2,ONS\n"
    shipped = read_index(INDEX)
    found = changes_of(written(tmp_path, text))
    assert found == shipped | {"nhscii": {"2023/24": 9.0}, "cpi": {"2023/24": 2.0}}
    assert {"pss", "nhscii"} <= {*shipped} and changes_of(None) == shipped


def test_every_fault_of_a_file_is_named_with_its_line(tmp_path):
    path = written(
        tmp_path,
        HEAD
        + "gp,contact,2023,37,S\n"
        + "nurse,contact,2023/24,£47,S\n"
        + ",contact,2023/24,1,S\n"
        + "gp2,contact,2023/24,1,S\ngp2,contact,2023/24,2,S\n"
        + "x,contact,2023/25,1,S\n"
        + "y,contact,,,S\n",
    )
    with pytest.raises(CespError) as error:
        read_prices(path)
    told = "\n".join(error.value.problems)
    for part in (
        "line 2: price_year: must be a financial year like 2023/24, not '2023'",
        "line 3: cost: must be £, 0 or more, not '£47'",
        "line 4: item: is blank",
        "line 6: gp2 of 2023/24 stands on line 5 too",
        "line 7: price_year: must be a financial year like 2023/24, not '2023/25'",
        "line 8: price_year: is blank; write the financial year that it is of, like 2023/24",
        "line 8: cost: is blank; write the £ of one unit",
    ):
        assert part in told


def test_a_column_that_nobody_reads_is_refused(tmp_path):
    """A misspelt one took a placeholder, an index, or training for none."""
    header = "item,unit,price_year,cost,source,placholder,indx,cost_with_qualification,why,note"
    with pytest.raises(CespError) as found:
        read_prices(written(tmp_path, f"{header}\ngp,contact,2023/24,9,Us,yes,pss,12,so,\n"))
    told = [line.partition(" (declared")[0] for line in found.value.problems]
    assert told == [
        f"{tmp_path / 'unit_costs.csv'}: line 1: no column is called {words}"
        for words in (
            "'placholder'; did you mean 'placeholder'?",
            "'indx'; did you mean 'index'?",
            "'cost_with_qualification'; did you mean 'cost_with_qualifications'?",
            "'why'",
        )
    ]
    assert found.value.problems[0].endswith("; what nobody reads belongs into note")
    with pytest.raises(CespError, match="no column is called 'nots'; did you mean 'note'"):
        read_index(written(tmp_path, "index,year,change,source,nots\ncpi,2020/21,2,ONS,x\n"))


HEADERS = {
    "item,unit,price_year,price,source,note": {"cost": "price"},
    "item,unit,year,price,source,note": {"price_year": "year", "cost": "price"},
    "item,unit,price_year,csot,source,placholder": {"cost": "csot", "placholder": ""},
    "item,unit,price_year,source,note": {"cost": ""},
    "item,unit,price_year,source,zz,qq": {"cost": "", "zz": "", "qq": ""},
}
"""The names of columns → each that a line is of, and the one that it is said to be."""


@pytest.mark.parametrize("header", HEADERS)
def test_a_column_that_lacks_is_the_one_that_nobody_reads(header, tmp_path):
    """Not one that has its own meaning: cost called price was said to be note, and price_year."""
    path = written(tmp_path, f"{header}\n")
    with pytest.raises(CespError) as found:
        read_prices(path)
    lines = found.value.problems
    assert len(lines) == len(HEADERS[header])
    for line, (name, meant) in zip(lines, HEADERS[header].items(), strict=True):
        begins = f"{path}: line 1: no column is called '{name}'"
        if meant:
            begins += f", and nobody reads '{meant}': if it is that, call it {name} (in the file:"
        elif name == "placholder":
            begins += "; did you mean 'placeholder'? (declared:"
        else:
            begins += " ("
        assert line.startswith(begins)


def test_a_negative_price_is_none(tmp_path):
    with pytest.raises(CespError, match="0 or more"):
        read_prices(written(tmp_path, HEAD + "gp,contact,2023/24,-3,S\n"))


def test_an_index_in_parts_in_place_of_percent_is_refused(tmp_path):
    path = tmp_path / "index.csv"
    path.write_text("index,year,change,source\na,2023/24,104.31,S\n", encoding="utf-8")
    with pytest.raises(CespError, match="percent since the year before"):
        read_index(path)


QUESTION = (
    "the changes of own are all from 0.9 to 1.2, taken to be percent since the year before: are"
    " they factors? Then write 3.4 for 1.034; if they are percent, let them stand"
)


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        (("1.034", "0.9"), True),
        (("1.2",), True),
        (("1.034", "3.4"), False),
        (("1.034", "0.89"), False),
        (("1.034", "1.21"), False),
        (("3.4", "-0.4"), False),
    ],
)
def test_changes_that_may_be_factors_are_asked_about_beside_costs(tmp_path, changes, asked):
    """As percent they count all the same; of the other index of the file nothing is said."""
    study = costed(tmp_path)
    years = ("2023/24", "2022/23")
    rows = [f"own,{year},{one},Us" for year, one in zip(years, changes, strict=False)]
    text = "\n".join(
        ["index,year,change,source", *rows, "other,2023/24,1,Us", "other,2022/23,4,Us"]
    )
    study.files["index.csv"] = text
    study.files["prices.csv"] = f"{HEAD.strip()},index\ngp,contact,2022/23,50,Us,own\n"
    section = study.config["economics"]
    section["index"], section["unit_costs"] = "data/raw/index.csv", "data/raw/prices.csv"
    section["services"]["gp"]["unit_cost"] = "gp"
    assert run(study, "cost").status == 0
    table = contracts.read(tmp_path / "results/tables/costs.csv", CostTable)
    told = {word for cell in table["warnings"].dropna() for word in cell.split(" | ")}
    assert {word for word in told if "factors" in word} == (
        {f"data/raw/index.csv: {QUESTION}"} if asked else set()
    )
    used = contracts.read(tmp_path / "results/tables/unit_costs.csv", UnitCosts)
    factor = float(used.loc[used["service"] == "gp", "factor"].iloc[0])
    assert factor == pytest.approx(1 + float(changes[0]) / 100)


def test_of_the_shipped_indices_nothing_is_asked():
    assert list(like_factors(INDEX)) == list(like_factors(None)) == []


def test_every_fault_of_a_change_is_told_at_once(tmp_path):
    path = tmp_path / "index.csv"
    path.write_text("index,year,change,source\n,2023,104,\na,2023/24,4,S\na,2023/24,£,S\n", "utf-8")
    with pytest.raises(CespError) as error:
        read_index(path)
    lines = [line.partition(": ")[2] for line in error.value.problems]
    assert [line.partition(":")[0] for line in lines] == ["line 2"] * 4 + ["line 4"] * 2
    assert "line 2: source: is blank; write where the change is from" in lines


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (["2021/22"], "2022/23 to 2024/25 (it runs"),
        (["2021/22", "2023/24"], "2022/23, 2024/25 (it runs"),
        (["2021/22", "2022/23", "2023/24"], "2024/25 (it runs"),
    ],
)
def test_every_year_that_an_index_lacks_is_told_at_once(known, said):
    with pytest.raises(ValueError, match="has no change for") as error:
        inflated(1.0, "2020/21", {"own": dict.fromkeys(known, 4.0)}, "2024/25", "own")
    assert f"has no change for {said}" in str(error.value)


def test_what_an_index_lacks_hides_no_other_fault_of_a_price():
    """A price by the contact that is asked for by the minute; and a proxy that is of no hour."""
    listed = [price("gp", index="lost")]
    service = Service(label="GP", unit_cost="gp", sector="nhs", per="minutes", minutes_each=9)
    own = Delivered(file="c", minutes="m", hourly=Hourly(unit_cost="gp", source="S"))
    how = Costed(price_year="2023/24", services={"gp": service}, intervention=own)
    index, proxy, minutes = priced_of(how, listed, CHANGES).faults
    assert "no price index is called 'lost'" in index
    assert "a proxy must be of an hour" in proxy and "per: minutes, but gp is a price" in minutes


def test_an_index_that_there_is_not_has_a_remedy():
    with pytest.raises(ValueError, match=r"write its changes into the file of economics\.index"):
        inflated(1.0, "2022/23", {"cpi": {"2023/24": 4.0}}, "2023/24", "nhscii")


def test_pay_and_what_a_site_shares_go_by_an_index_of_their_own():
    changes = {"pay": {"2023/24": 10.0}, "nhscii": {"2023/24": 1.0}}
    hourly = Hourly(salary=1500, hours=1500, price_year="2022/23", index="pay", source="S")
    hall = Shared(label="Hall", cost=100, price_year="2022/23", index="pay", source="S")
    own = Delivered(file="c", minutes="m", hourly=hourly, shared={"hall": hall})
    found = priced_of(Costed(price_year="2023/24", intervention=own), [], changes)
    assert found.hour.value == pytest.approx(1.1) and found.shared["hall"] == pytest.approx(110)


def test_shipped_prices_are_those_of_the_manuals():
    """Some of each edition, as printed in Unit Costs of Health and Social Care 2022 to 2024."""
    prices = {(one.item, one.year): one for one in read_prices(SHIPPED)}
    expected = {
        ("gp_consultation", "2021/22"): (35, 41),
        ("gp_consultation", "2022/23"): (42, 49),
        ("gp_consultation", "2023/24"): (37, 45),
        ("social_worker", "2023/24"): (48, 58),
        ("home_care", "2021/22"): (23, None),
        ("emergency_care", "2023/24"): (273, None),
        ("day_care_voluntary", "2021/22"): (41, None),
    }
    found = {key: (prices[key].value, prices[key].qualified) for key in expected}
    assert found == expected
    assert len(prices) == 74
    assert all("Table" in one.source for one in prices.values())


def test_editions_that_disagree_ship_no_figure():
    prices = read_prices(SHIPPED)
    own = [one for one in prices if one.item == "consultant_psychiatrist"]
    assert [one.year for one in own] == ["2021/22"]
    assert "disagree" in own[0].note


def test_emergency_care_of_2021_as_deflated_by_hand():
    found = inflated(273, "2023/24", read_index(INDEX), "2021/22", "nhscii")
    assert round(found) == 244


def test_a_line_with_too_many_fields_hides_no_fault_of_another(tmp_path):
    """An unquoted comma in a source; and the names of the columns once more."""
    path = tmp_path / "own.csv"
    names = "item,unit,price_year,cost,source"
    path.write_text(
        f"{names}\nclub,contact,2023/24,3,Us, them\nhall,hour,2023,£3,Us\n{names}\n"
        'bath,hour,2023/24,"3,50",Us\nBATH,hour,2023/24,3,Us\nGP_Consultation,visit,2023/24,3,Us\n',
        encoding="utf-8",
    )
    with pytest.raises(CespError) as told:
        read_prices(path)
    lines = [line.partition("own.csv: ")[2] for line in told.value.problems]
    assert [line.partition("; ")[0] for line in lines] == [
        "line 2: has 6 fields, the header 5",
        "line 4: names the columns again, as line 1",
        "line 3: price_year: must be a financial year like 2023/24, not '2023'",
        "line 3: cost: must be £, 0 or more, not '£3'",
        "line 5: cost: must be £, 0 or more, not '3,50'",
        "line 6: item: BATH differs from bath in capitals alone",
        "line 7: item: GP_Consultation differs from gp_consultation in capitals alone",
    ]
    whole, faulty = prices_without_fault(path)
    assert whole == [] and faulty >= {"club", "hall", "bath", "BATH", "GP_Consultation"}


def test_of_an_index_too(tmp_path):
    path = tmp_path / "index.csv"
    path.write_text(
        "index,year,change,source\nmine,2023/24,3,a, b\nmine,2022/23,3%,a\nmine,2021,3,a\n"
        "index,year,change,source\n",
        encoding="utf-8",
    )
    with pytest.raises(CespError) as told:
        read_index(path)
    lines = [line.partition("index.csv: ")[2] for line in told.value.problems]
    assert [line.partition(";")[0] for line in lines] == [
        "line 2: has 5 fields, the header 4",
        "line 5: names the columns again, as line 1",
        "line 3: change: must be percent since the year before, not '3%'",
        "line 4: year: must be a financial year like 2023/24, not '2021'",
    ]
