"""The step `weigh` in a study: what it writes, what it passes on, and what it refuses."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis import contracts
from cesp_analysis.columns import Table
from cesp_analysis.describe.baseline import baseline
from cesp_analysis.describe.tables import Baseline
from cesp_analysis.errors import CespError
from cesp_analysis.models.survey_design import records_of, sample_of
from cesp_analysis.schemas import Panel
from cesp_analysis.survey.groups import groups_of
from cesp_analysis.survey.groups import respondents as respondents_of
from cesp_analysis.survey.weight_tables import Margins, SurveyWeights, Weighting
from generated_survey import margins, margins_text, panel_of, population, respondents, study_of
from small_study import Ran, Study


def table(ran: Ran, name: str, contract: type[Table]) -> pd.DataFrame:
    return contracts.read(ran.folder / f"results/tables/{name}.csv", contract)


def weights(ran: Ran) -> "pd.Series[Any]":
    found = table(ran, "weights", SurveyWeights)
    return found.set_index("unit")["weight"]


def done(study: Study) -> Ran:
    ran = study.run("weigh")
    assert (ran.status, ran.shown) == (0, "")
    return ran


def test_every_margin_of_every_site_and_wave_is_met(tmp_path: Path) -> None:
    ran = done(study_of(tmp_path))
    found = table(ran, "weights", SurveyWeights).set_index("unit")
    people = respondents().assign(unit=lambda d: [f"R{k:03}" for k in d["k"]]).set_index("unit")
    people["weight"] = found["weight"]
    for (s, w), own in people.groupby(["s", "w"]):
        for name, counts in population(s, w).items():
            assert own.groupby(name)["weight"].sum().to_dict() == approx(counts, rel=1e-8)
    assert found["design_weight"].to_dict() == approx(people["d"].to_dict())
    rows = table(ran, "weighting", Weighting)
    assert list(zip(rows["site"], rows["wave"], strict=True)) == [
        ("north", "w1"), ("north", "w2"), ("south", "w1"), ("south", "w2"),
    ]  # fmt: skip
    assert set(rows["converged"]) == {"yes"} and rows["warnings"].isna().all()
    assert set(rows["method"]) == {"raked to sex and age"}
    assert rows["effective_n"].to_numpy() == approx((rows["n"] / rows["deff"]).to_numpy())
    assert (rows["deff"] > 1).all() and rows["n"].sum() == len(people)
    shares = table(ran, "margins", Margins)
    assert shares["share_weighted"].to_numpy() == approx(shares["share_population"].to_numpy())
    by_hand = people.query("s == 0 and w == 0")
    first = shares.iloc[0]
    women = by_hand["sex"] == "f"
    assert (first["category"], first["respondents"]) == ("f", women.sum())
    assert first["share_design"] == approx(by_hand["d"][women].sum() / by_hand["d"].sum())


def test_the_panel_has_the_weights_and_margins_and_no_new_covariates(tmp_path: Path) -> None:
    ran = done(study_of(tmp_path))
    panel = ran.panel()
    before = contracts.read(tmp_path / "data/processed/before_weighting.parquet", Panel)
    new = ["margin_1", "margin_2", "margin_weight"]
    blank = ["link_worker"]  # categories of none have no kind of their own
    pd.testing.assert_frame_equal(
        panel.drop(columns=[*new, *blank, "weight"]), before.drop(columns=[*blank, "weight"])
    )
    assert list(panel.columns)[-3:] == new
    assert dict(zip(panel["unit"], panel["weight"], strict=True)) == approx(weights(ran).to_dict())
    assert panel["margin_1"].astype(str).tolist()[0] == "north / w1 / f"
    assert set(panel["margin_2"].cat.categories) == {
        f"{site} / {wave} / {age}"
        for site in ("north", "south")
        for wave in ("w1", "w2")
        for age in ("young", "middle", "old")
    }
    assert (panel["margin_weight"] == before["weight"]).all()  # the design weights
    sample = sample_of(records_of(panel), None)
    assert (len(sample.margins), sample.n, len(sample.units_in)) == (2, len(panel), 2)
    baseline(tmp_path / "data/processed/panel.parquet", tmp_path / "baseline.csv")
    described = contracts.read(tmp_path / "baseline.csv", Baseline)
    assert set(described["variable"]) == {"sex", "age", "y"}


def test_people_keep_their_rows_as_they_are(tmp_path: Path) -> None:
    study, plain = study_of(tmp_path), Study(tmp_path)
    for section in ("times", "files", "outcomes", "covariates"):
        study.config[section] = plain.config[section] | study.config.get(section, {})
    del study.config["covariates"]["age"], study.config["files"]["people"]["variables"]["age"]
    study.config["covariates"]["age"] = {
        "label": "Age", "level": "respondent", "variable": "age"
    }  # fmt: skip
    study.files |= plain.files
    panel = done(study).panel()
    people = panel[panel["level"] == "person"]
    assert len(people) and (people["weight"] == 1).all()
    assert people[["margin_1", "margin_2", "margin_weight"]].isna().all(axis=None)
    assert panel.loc[panel["level"] == "respondent", "margin_2"].notna().all()


INVARIANT: dict[str, Callable[[Study], None]] = {
    "rows in another order": lambda study: _rows(study, lambda rows: rows[::-1]),
    "other ids": lambda study: _cells(study, "R", "Q9"),
    "another name of a site": lambda study: _everywhere(study, "north", "aaa_west"),
    "another name of a wave": lambda study: _everywhere(study, "w1", "w1_first"),
    "another word for a category": lambda study: _everywhere(study, "middle", "zz_mid"),
    "design weights times 40": lambda study: _scaled(study, 40),
    "margins in another order": lambda study: _margin_lines(study, lambda rows: rows[::-1]),
}


def _rows(study: Study, change: Any) -> None:
    head, *rows = str(study.files["survey.csv"]).splitlines()
    study.files["survey.csv"] = "\n".join([head, *change(rows)]) + "\n"


def _margin_lines(study: Study, change: Any) -> None:
    head, *rows = margins_text().splitlines()
    (study.folder / "margins.csv").write_text("\n".join([head, *change(rows)]) + "\n")


def _cells(study: Study, old: str, new: str) -> None:
    study.files["survey.csv"] = str(study.files["survey.csv"]).replace(f"\n{old}", f"\n{new}")


def _scaled(study: Study, by: float) -> None:
    def change(rows: list[str]) -> list[str]:
        cells = [row.split(",") for row in rows]
        return [",".join([*own[:6], repr(float(own[6]) * by), own[7]]) for own in cells]

    _rows(study, change)


def _everywhere(study: Study, old: str, new: str) -> None:
    import yaml

    study.config = yaml.safe_load(yaml.safe_dump(study.config, sort_keys=False).replace(old, new))
    study.files["survey.csv"] = str(study.files["survey.csv"]).replace(f",{old},", f",{new},")
    path = study.folder / "margins.csv"
    path.write_text(path.read_text().replace(f"{old},", f"{new},"))


@pytest.mark.parametrize("name", INVARIANT)
def test_weights_do_not_depend_on(name: str, tmp_path: Path) -> None:
    plain = weights(done(study_of(tmp_path / "plain")))
    other = study_of(tmp_path / "other")
    INVARIANT[name](other)
    found = weights(done(other))
    found.index = pd.Index([unit.replace("Q9", "R") for unit in found.index])
    # raking stops within 1e-10 of every category, in whatever order it takes them
    assert found.to_dict() == approx(plain.to_dict(), rel=1e-8)


def test_joint_margins_of_named_columns_and_one_file_for_all_waves(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    people, lines = respondents(), ["age,site,population,sex"]
    counts = {}
    for s, site in enumerate(("north", "south")):
        for a, age in enumerate(("young", "middle", "old")):
            for b, sex in enumerate("fm"):
                counts[s, age, sex] = 100 + 17 * a + 29 * b + 3 * s * a
                lines.append(f"{age},{site},{counts[s, age, sex]},{sex}")
    (tmp_path / "margins.csv").write_text("\n".join(lines) + "\n")
    study.config["surveys"]["weights"]["method"] = "post_stratify"
    ran = done(study)
    people["weight"] = people["k"].map(lambda k: f"R{k:03}").map(weights(ran))
    for (s, w), own in people.groupby(["s", "w"]):
        sums = own.groupby(["age", "sex"])["weight"].sum()
        for (age, sex), total in sums.items():
            assert total == approx(counts[s, age, sex], rel=1e-12), w
    panel = ran.panel()
    assert (panel["margin_weight"].to_numpy() == people["d"].to_numpy()).all()
    shown = table(ran, "margins", Margins)
    assert set(shown["variable"]) == {"age × sex"} and "young × f" in set(shown["category"])


def test_a_file_a_wave_is_one_margin(tmp_path: Path) -> None:
    plain = weights(done(study_of(tmp_path / "one")))
    study = study_of(tmp_path / "two")
    head, *rows = margins_text().splitlines()
    for wave in ("w1", "w2"):
        own = [head, *(row for row in rows if f",{wave}," in row)]
        (study.folder / f"{wave}.csv").write_text("\n".join(own) + "\n")
    study.config["surveys"]["weights"]["margins"] = ["w1.csv", "w2.csv"]
    assert weights(done(study)).to_dict() == approx(plain.to_dict(), rel=1e-12)


def test_limits_are_held_and_counted(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    study.config["surveys"]["weights"]["trim"] = {"low": 0.6, "high": 1.5}
    ran = done(study)
    rows, found = table(ran, "weighting", Weighting), table(ran, "weights", SurveyWeights)
    assert (rows["smallest"] >= 0.6 - 1e-9).all() and (rows["largest"] <= 1.5 + 1e-9).all()
    assert rows["trimmed"].sum() == (found["trimmed"] != "no").sum() > 0
    assert set(rows["converged"]) == {"yes"} and (rows["largest_miss"] < 1e-8).all()
    assert set(rows["method"]) == {"raked to sex and age; weights 0.6 to 1.5 times the mean"}
    mean = found.groupby(["site", "wave"], observed=True)["weight"].transform("mean")
    high = found["trimmed"] == "high"
    assert (found["weight"] / mean)[high].to_numpy() == approx(np.full(high.sum(), 1.5))


def test_respondents_without_a_category_keep_their_share_and_it_is_said(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    study.files["survey.csv"] = str(study.files["survey.csv"]).replace("w1,f,old", "w1,f,", 3)
    ran = study.run("weigh")
    assert (ran.status, ran.shown) == (0, "")
    row = table(ran, "weighting", Weighting).iloc[0]
    assert row["warnings"].startswith("3 respondents without age: they keep the share of their")
    shown = table(ran, "margins", Margins)
    own = shown[(shown["site"] == "north") & (shown["wave"] == "w1") & (shown["variable"] == "age")]
    last = own.iloc[-1]
    assert (last["category"], last["respondents"]) == ("not known", 3)
    assert np.isnan(last["population"]) and last["share_weighted"] == approx(last["share_design"])
    known = own.iloc[:-1]
    assert known["share_weighted"].to_numpy() == approx(known["share_population"].to_numpy())
    people = respondents().query("s == 0 and w == 0")
    lost = people.index[(people["sex"] == "f") & (people["age"] == "old")][:3]
    by_hand = people.drop(index=lost)
    share = by_hand.groupby("age")["d"].sum() / by_hand["d"].sum()
    assert known.set_index("category")["share_design"].to_dict() == approx(share.to_dict())
    assert last["share_design"] == approx(people.loc[lost, "d"].sum() / people["d"].sum())


def test_respondents_who_answered_nothing_are_said(tmp_path: Path) -> None:
    people = respondents()
    people.loc[[2, 4], "y"] = np.nan
    study = study_of(tmp_path, people)
    study.files["survey.csv"] = str(study.files["survey.csv"]).replace("nan", "")
    row = table(done(study), "weighting", Weighting).iloc[0]
    assert row["warnings"].startswith("2 respondents without a value of any outcome: weighted as")


def test_margins_a_little_apart_are_scaled_to_the_first_and_it_is_said(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    path = tmp_path / "margins.csv"
    path.write_text(margins_text().replace("north,w1,age,old,250", "north,w1,age,old,253"))
    row = table(done(study), "weighting", Weighting).iloc[0]
    assert row["population"] == approx(1000)
    assert row["warnings"] == "age sums to 1,003 people, sex to 1,000: scaled to the latter"


FAULTS: dict[str, tuple[Callable[[str], str], list[str]]] = {
    "a category nobody has": (
        lambda text: text.replace("north,w1,age,old,250", "north,w1,age,gone,250"),
        ["margins.csv: line 6: age: no category is called 'gone'"],
    ),
    "a site and a wave that are none": (
        lambda text: text.replace("north,w1,sex,f", "nrth,w1,sex,f").replace(
            "south,w2,age,old", "south,w3,age,old"
        ),
        [
            "margins.csv: line 2: site: no site is called 'nrth'; did you mean 'north'?",
            "margins.csv: line 21: wave: no wave is called 'w3'; did you mean",
        ],
    ),
    "a covariate that is none": (
        lambda text: text.replace(",sex,", ",gender,"),
        ["margins.csv: line 2: variable: no covariate of respondents is called 'gender'"],
    ),
    "numbers that are none": (
        lambda text: (
            text.replace(",510", ',"1,510"').replace(",490", ",-490").replace(",420", ",many")
        ),
        [
            "margins.csv: line 2: population: must be a number of people, 0 or more, not '1,510'",
            "margins.csv: line 3: population: must be a number of people, 0 or more, not '-490'",
            "margins.csv: line 4: population: must be a number of people, 0 or more, not 'many'",
        ],
    ),
    "totals apart": (
        lambda text: text.replace("north,w1,age,old,250", "north,w1,age,old,350"),
        ["margins.csv: line 4: age of north in w1 sums to 1,100, but sex to 1,000 (margins.csv):"
         " more than 1% apart, so that a line is missing or 0, or they count different people"],
    ),
    "totals apart, and no line that another site has": (
        lambda text: text.replace("north,w1,age,old,250\n", ""),
        [
            "margins.csv: no line for age old of north in w1, which north in w2 has; add it."
            " Without it age of north in w1 sums to 750, but sex to 1,000 (margins.csv): more than"
        ],
    ),
    "totals apart, and no line of the first margin, in no wave": (
        lambda text: "\n".join(
            line
            for line in text.splitlines()
            if not ("south," in line and ",sex,m" in line)
        ),
        [
            "margins.csv: no line for sex m of south, which north in w1 has; add it. Without it"
            " age of south in w1 sums to 1,000, but sex to 530 (margins.csv): more than 1% apart"
            " (so in 2 sites, waves"
        ],
    ),
    "totals apart, and a 0": (
        lambda text: text.replace("north,w1,age,old,250", "north,w1,age,old,0"),
        ["margins.csv: line 6: population 0 for age old, which north in w2 has people of; write how"
         " many it has. Without it age of north in w1 sums to 750"],
    ),
    "a line twice": (
        lambda text: text + "south,w2,age,old,270\n",
        ["margins.csv: line 22: age old stands in margins.csv: line 21 too, for south in w2; keep"],
    ),
    "no column population": (
        lambda text: text.replace("population", "people"),
        [
            "margins.csv: line 1: has no column population (it has: site, wave, variable,",
            "margins.csv: line 1: 'people' stands beside variable and category",
        ],
    ),
    "no column site": (
        lambda text: "wave,sex,population\nw1,f,5\nw1,m,5\n",
        ["margins.csv: line 1: has no column site, but the study has north and south; say whose"],
    ),
    "a header alone": (
        lambda text: text.splitlines()[0] + "\n",
        ["margins.csv: holds no population; write a line for each category"],
    ),
    "nothing": (lambda text: "", ["margins.csv: is empty; its first line names the columns"]),
    "digits of another script": (
        lambda text: text.replace("north,w1,sex,f,510", "north,w1,sex,f,５１０"),
        ["margins.csv: line 2: population: must be a number of people, 0 or more, not '５１０'"],
    ),
    "fields that are missing": (
        lambda text: text.replace("north,w1,sex,f,510", "north,w1,sex,f"),
        ["margins.csv: line 2: has 4 fields, the header 5; a cell with a comma must stand in"],
    ),
    "a margin of nobody": (
        lambda text: text.replace("south,w1,sex,f,530", "south,w1,sex,f,0").replace(
            "south,w1,sex,m,470", "south,w1,sex,m,0"
        ),
        ["margins.csv: line 12: sex of south in w1 sums to 0; write how many people each"],
    ),
    "zero people of whom some answered": (
        lambda text: text.replace("north,w1,sex,f,510", "north,w1,sex,f,1000").replace(
            "north,w1,sex,m,490", "north,w1,sex,m,0"
        ),
        ["margins.csv: line 3: population 0 for sex m, but 22 respondents of north in w1 are"],
    ),
    "no lines for a wave": (
        lambda text: "\n".join(line for line in text.splitlines() if "south,w2" not in line),
        [
            "margins.csv: has no lines of sex for south in w2, where 62 respondents answered; add",
            "margins.csv: has no lines of age for south in w2, where 62 respondents answered; add",
        ],
    ),
    "no line for a category": (
        lambda text: text.replace("north,w1,age,old,250\n", "").replace(
            "north,w1,age,middle,330", "north,w1,age,middle,580"
        ),
        ["margins.csv: no line for age old, which 17 respondents of north in w1 have; add it, or"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_file_of_margins_that_does_not_fit_is_said(name: str, tmp_path: Path) -> None:
    study = study_of(tmp_path)
    change, expected = FAULTS[name]
    (tmp_path / "margins.csv").write_text(change(margins_text()), encoding="utf-8")
    ran = study.run("weigh")
    assert ran.status == 1 and len(ran.lines) == len(expected), ran.shown
    for line, beginning in zip(ran.lines, expected, strict=True):
        assert line.startswith(beginning), line


def test_categories_without_respondents_are_told_all_at_once(tmp_path: Path) -> None:
    people = respondents()
    people.loc[(people["w"] == 1) & (people["age"] == "old"), "age"] = "middle"
    ran = study_of(tmp_path, people).run("weigh")
    assert ran.status == 1 and len(ran.lines) == 2
    assert ran.lines[0].startswith(
        "margins.csv: line 11: nobody of north in w2 is age old, whom 240 people are: merge it"
    )


def test_design_weights_that_cannot_weigh_stop(tmp_path: Path) -> None:
    people = respondents()
    people.loc[3, "d"], people.loc[5, "d"], people.loc[7, "d"] = np.nan, -1, 0
    ran = study_of(tmp_path, people).run("weigh")
    assert ran.status == 1
    (line,) = ran.lines
    assert line.startswith(
        "config.yaml: files: 3 respondents have a design weight that is blank, not above 0 or not a"
        " number (the first: 'R004' in w1 at north); results/tables/data_problems.csv has the file"
    )
    listed = ran.problems()
    told = {kind: set(listed.loc[listed["kind"] == kind, "line"]) for kind in listed["kind"]}
    assert told == {"no_weight": {5}, "not_a_weight": {7, 9}}
    panel = panel_of(respondents())
    panel.loc[[2, 4], "weight"] = [0.0, np.inf]
    with pytest.raises(CespError, match="2 respondents have a design weight that is blank, not"):
        groups_of(respondents_of(panel), margins(tmp_path))


def test_a_covariate_that_is_a_number_is_no_margin(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    study.config["covariates"]["age"]["variable"] = "y"
    text = margins_text().replace("young", "1").replace("middle", "2").replace("old", "3")
    (tmp_path / "margins.csv").write_text(text)
    (line,) = study.run("weigh").lines
    assert line.startswith("margins.csv: age: the covariate is a number, and a margin needs")


def test_limits_that_no_weights_keep_stop_with_the_category_in_question(
    tmp_path: Path,
) -> None:
    study = study_of(tmp_path)
    study.config["surveys"]["weights"]["trim"] = {"low": 0.9, "high": 1.1}
    ran = study.run("weigh")
    assert ran.status == 1 and len(ran.lines) == 4
    assert "trim: " in ran.lines[0] and "times the mean weight each, but" in ran.lines[0]


RULES: dict[str, tuple[dict[str, Any], str]] = {
    "outside": ({"margins": ["../margins.csv"]}, "surveys.weights.margins: '../margins.csv'"),
    "twice": ({"margins": ["margins.csv"] * 2}, "surveys.weights.margins: 'margins.csv' stands 2"),
    "jackknife of respondents": (
        {"replicates": "jackknife"}, "surveys.weights.replicates: the jackknife leaves out one"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_settings_that_do_not_fit(name: str, tmp_path: Path) -> None:
    study = study_of(tmp_path)
    changed, expected = RULES[name]
    study.config["surveys"]["neighbourhoods"] = "all"
    study.config["surveys"]["weights"] |= changed
    (line,) = study.lines()
    assert line.startswith(f"config.yaml: {expected}")


def test_one_margin_alone_is_post_stratified(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    study.config["surveys"]["weights"]["method"] = "post_stratify"
    (line,) = study.run("weigh").lines
    assert line.startswith("config.yaml: surveys.weights.method: post_stratify takes one margin")


def test_an_absent_file_and_a_covariate_called_as_a_margin(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    study.config["surveys"]["weights"]["margins"] = ["margins.csv", "more.csv"]
    (line,) = study.run("weigh").lines
    assert line.startswith("more.csv: there is no such file (surveys.weights.margins[2]); put it")
    study.config["covariates"]["margin_1"] = study.config["covariates"]["sex"]
    (line,) = study.lines()
    assert line.startswith("config.yaml: covariates.margin_1: is the name of a column of the panel")


def test_only_the_steps_of_weights_read_the_panel_before_weighting() -> None:
    """All others want the panel with weights, which the rules call panel_file."""
    rules = Path(__file__).parents[2] / "rules"
    text = {path.name: path.read_text(encoding="utf-8") for path in rules.glob("*.smk")}
    reading = [
        name
        for one in text.values()
        for name, body in re.findall(r"^ *rule (\w+):\n(.*?)(?=^ *rule |\Z)", one, re.M | re.S)
        if "rules.panel.output" in body
    ]
    assert sorted(reading) == ["replicate", "weigh"]
