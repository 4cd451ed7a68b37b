"""A run of a survey in which three respondents of each site and wave are lodgers, and three others
say 'never': no table has a number of either, and none follows from the totals beside it."""

import csv
from typing import Any

import numpy as np
import pytest
import yaml
from running import ROOT, snakemake

from generated_survey import SITES, WAVES, respondents, study_of

LEAST, FEW = 10, 3
TENURE, OFTEN = ("owns", "rents", "lodger"), ("1", "2", "3", "4")
FREE: dict[str, set[str]] = {
    "baseline": {"n", "n_missing"},
    "composition": {"known", "respondents", "population", "ci_level"},
    "margins": {"population", "share_population"},
    "balance": set(),
    "dictionary": {"missing", "distinct"},
    "survey_means": {"n", "respondents", "ci_level"},
    "neighbourhoods": {"n_before", "n", "panel", "ci_level"},
}
"""Table → its numbers of a site, wave or population, which a row of a category may have."""
Row = dict[str, str]


def people() -> Any:
    """The generated respondents with a tenure and a code of how often they meet neighbours."""
    table = respondents()
    place = table.groupby(["s", "w"]).cumcount()
    tenure = np.where(place % 2 == 0, "rents", "owns").astype(object)
    tenure[place.isin([1, 4, 10])] = "lodger"
    often = np.array(["1", "2", "3"])[place % 3].astype(object)
    often[place.isin([20, 21, 33])] = "4"
    table = table.assign(tenure=tenure, often=often)
    table["sex"] = np.where(place % 4 < 2, "f", "m")
    return table


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Row]]:
    """Every table of the run, by name."""
    folder = tmp_path_factory.mktemp("few")
    table = people()
    study = study_of(folder, table)
    head, *lines = str(study.files["survey.csv"]).splitlines()
    rows = [f"{line},{one.tenure},{one.often}" for line, one in
            zip(lines, table.itertuples(), strict=True)]  # fmt: skip
    study.files["survey.csv"] = "\n".join([f"{head},tenure,often", *rows]) + "\n"
    config = study.config
    variables = config["files"]["survey"]["variables"]
    variables["tenure"] = {"type": "category", "values": list(TENURE)}
    variables["often"] = {"range": [1, 4]}
    config["covariates"]["tenure"] = {
        "label": "Tenure", "level": "respondent", "variable": "tenure",
    }  # fmt: skip
    config["outcomes"]["often"] = {
        "label": "Meets neighbours", "level": "respondent", "variable": "often",
        "unit": "points", "direction": "higher_is_better", "type": "ordinal",
    }  # fmt: skip
    config["models"]["weighing"] = {
        "kind": "weighted_did", "level": "respondent", "design": "cross_sections",
        "method": "entropy", "outcomes": ["y"], "covariates": ["tenure"],
    }  # fmt: skip
    (folder / "margins.csv").write_text(_margins(), encoding="utf-8")
    study.write()
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    done = snakemake(ROOT, folder, "all")
    assert done.returncode == 0, done.stdout
    found = {}
    for path in (folder / "results/tables").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem] = list(csv.DictReader(file))
    return found


def _margins() -> str:
    """Sex crossed with tenure: the cells of lodgers are few too."""
    lines = ["site,sex,tenure,population"]
    for site in SITES:
        for sex in "fm":
            for word, n in zip(TENURE, (230, 240, 30), strict=True):
                lines.append(f"{site},{sex},{word},{n}")
    return "\n".join(lines) + "\n"


def _numbers(name: str, row: Row) -> set[str]:
    """The columns in which a row has a number that is none of its site, wave or population."""
    found = set()
    for column, cell in row.items():
        try:
            float(cell)
        except ValueError:
            continue
        if column not in FREE[name] | {"category"}:
            found.add(column)
    return found


def test_no_table_has_a_number_of_lodgers(tables: dict[str, list[Row]]) -> None:
    named = {}
    for name, rows in tables.items():
        words = ("method", "warnings")
        own = [r for r in rows if any("lodger" in r[at] for at in r if at not in words)]
        if own:
            named[name] = own
    assert set(named) <= set(FREE), "a table that names the category: let it go through hidden.py"
    assert {"baseline", "composition", "margins", "balance"} <= set(named)
    for name, own in named.items():
        for row in own:
            assert _numbers(name, row) == set(), (name, row)


def test_lodgers_do_not_follow_from_the_others(tables: dict[str, list[Row]]) -> None:
    """In a whole, two parts at least are hidden, of LEAST respondents together."""
    table = people()
    counts = table.groupby(["s", "w", "tenure"]).size()
    assert (counts.xs("lodger", level="tenure") == FEW).all()
    for s, site in enumerate(SITES):
        for w, wave in enumerate(WAVES):
            n = counts[s, w].to_dict()
            gone = {
                row["category"]
                for row in tables["composition"]
                if (row["site"], row["wave"], row["variable"]) == (site, wave, "tenure")
                and row["n"] == ""
            }
            assert len(gone) == 2 and sum(n[word] for word in gone) >= LEAST
            if w == 0:
                for weighted in ("no", "yes"):
                    own = [r for r in tables["baseline"] if r["group"] == site
                           and r["variable"] == "tenure" and r["weighted"] == weighted]  # fmt: skip
                    assert {r["category"] for r in own if r["share"] == ""} == gone
                    assert {r["difference"] for r in own} == {""}
            cross = [r for r in tables["margins"] if (r["site"], r["wave"]) == (site, wave)]
            blank = [r["category"].split(" × ") for r in cross if r["respondents"] == ""]
            assert {"lodger"} < {tenure for _, tenure in blank} and len(blank) < len(cross)
            for axis, known in ((0, {"f", "m"}), (1, set(TENURE) - gone)):  # sums that stand
                words = [cell[axis] for cell in blank]
                assert all(words.count(word) > 1 for word in {*words} & known)
    balanced = [r for r in tables["balance"] if r["covariate"].startswith("tenure[")]
    assert balanced and all(r["reason"] for r in balanced if "lodger" in r["covariate"])


def test_an_answer_of_few_is_hidden_and_does_not_follow(tables: dict[str, list[Row]]) -> None:
    own = [r for r in tables["survey_means"] if r["outcome"] == "often"]
    shown = [r for r in own if r["estimate"] and r["since"] == ""]
    for site in SITES:
        for wave in WAVES:
            here = [r for r in shown if (r["site"], r["wave"], r["of"]) == (site, wave, "site")]
            codes = {r["category"] for r in here}
            hidden = set(OFTEN) - codes
            assert "4" in hidden and len(hidden) == 2 and len(codes) > 1
            for word in (one.removeprefix("at least ") for one in codes if " " in one):
                above = {code for code in hidden if code >= word}
                assert above in (set(), hidden)
    for row in [r for r in own if r["category"] in ("4", "at least 4")]:
        nobody = row["of"] == "neighbourhood" and row["estimate"] == "0.0"  # is no secret
        assert nobody or _numbers("survey_means", row) == set(), row
    for row in tables["neighbourhoods"]:
        if row["outcome"] == "often" and row["category"] in ("4", "at least 4"):
            assert row["estimate"] in ("", "0.0") and row["shrunken"] == ""
