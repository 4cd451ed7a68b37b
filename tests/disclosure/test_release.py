"""The step `release`: what is decided over all tables, what it writes and what it accounts for."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.columns import Table
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure import release as step
from cesp_analysis.disclosure import rests_on_few
from cesp_analysis.disclosure.quantities import Cell, Equation
from cesp_analysis.disclosure.release import ReleaseSpec, release
from cesp_analysis.disclosure.specs import written_beside
from cesp_analysis.disclosure.tables import PREDICTED, TABLES
from cesp_analysis.disclosure.tables_interviews import WRITTEN_BESIDE
from cesp_analysis.errors import CespError
from cesp_analysis.fidelity.tables import DoseTable
from cesp_analysis.figures.kinds import KINDS
from cesp_analysis.withheld import ALONG, FEW, WITHHELD

HOW = Disclosure(threshold=10, round_to=0, sizes_to=5)
A, B, C, D = (frozenset({("who", name)}) for name in "abcd")


def row(table: str, **cells: Any) -> dict[str, Any]:
    """A row of a table that says nothing but the cells."""
    return dict.fromkeys(TABLES[table].contract.columns()) | cells


def tables(**rows: list[dict[str, Any]]) -> step.Tables:
    return {f"tables/{name}": (TABLES[name], own) for name, own in rows.items()}


def test_a_column_that_counts_otherwise_than_an_earlier_one_is_apart() -> None:
    found = tables(means=[{"n": 40}, {"n": 41}], missing=[{"n_expected": 40.0}])
    cells = [Cell("tables/means", 0, "n", A, False), Cell("tables/means", 1, "n", B, False),
             Cell("tables/missing", 0, "n_expected", A, True)]  # fmt: skip
    assert step._apart(cells, found) == frozenset()
    other = [*cells, Cell("tables/missing", 0, "n_expected", B, True)]
    assert step._apart(other, found) == {("tables/missing", "n_expected")}


def test_counts_and_sizes_are_told_apart() -> None:
    found = tables(means=[{"n": 40}], missing=[{"n_expected": 50.0}])
    cells = [Cell("tables/means", 0, "n", A, False),
             Cell("tables/missing", 0, "n_expected", B, True)]  # fmt: skip
    assert step._numbers(cells, found) == ({B: 50}, {A: 40})


ONES = {"mean": 0.05, "sd": (0.05 * 0.95 * 100 / 99) ** 0.5, "n": 100}
"""Five ones of a hundred."""


def test_an_outcome_of_which_few_have_one_of_two_values_is_rare() -> None:
    """By its mean at any time, or by its change; not by a mean of other numbers."""
    many = {"mean": 0.5, "sd": 0.5, "n": 100}
    means = [row("means", outcome="fell", **many), row("means", outcome="fell", **ONES),
             row("means", outcome="score", **many)]  # fmt: skip
    changes = [row("changes", outcome="died", **ONES)]
    assert rests_on_few.rare(tables(means=means, changes=changes), HOW) == {"fell", "died"}
    assert rests_on_few.rare(tables(means=means[::2]), HOW) == frozenset()
    assert rests_on_few.rare({}, HOW) == frozenset()


@pytest.mark.parametrize(
    ("sizes", "few"), [((5, 4), True), ((5, 5), False), ((5, None), True), ((0, 0), False)]
)
def test_a_time_at_which_few_of_an_arm_answered_is_of_few(
    sizes: tuple[int | None, ...], few: bool
) -> None:
    """The sites of an arm are added up; another arm, time or outcome is not."""
    own = {"outcome": "score", "time": "t1", "arm": "new"}
    rows = [row("means", **own, n=n) for n in sizes]
    others = [row("means", **own | more, n=30)
              for more in ({"arm": "old"}, {"time": "t2"}, {"outcome": "mood"})]  # fmt: skip
    expected = {("score", "t1")} if few else set()
    assert rests_on_few.of_few(tables(means=[*rows, *others]), HOW) == expected
    changes = [row("changes", **own, n=n) for n in sizes]
    assert rests_on_few.of_few(tables(means=others, changes=changes), HOW) == expected


def test_answers_and_changes_are_not_added_up() -> None:
    own = {"outcome": "score", "time": "t1", "arm": "new", "n": 6}
    found = tables(means=[row("means", **own)], changes=[row("changes", **own)])
    assert rests_on_few.of_few(found, HOW) == {("score", "t1")}


def estimate(name: str, **cells: Any) -> dict[str, Any]:
    own = {"estimate_id": name, "n_units": 40, "ci_low": 1.0, "ci_high": 4.0}
    return row("estimates", **own | cells)


def test_the_width_of_an_estimate_is_half_its_interval() -> None:
    rows = [estimate("a"), estimate("none", n_units=None), estimate("nobody", n_units=0),
            estimate("no end", ci_low=None), estimate("no width", ci_high=1.0)]  # fmt: skip
    assert rests_on_few.widths(tables(estimates=rows)) == {"a": (40, 1.5)}
    assert rests_on_few.widths({}) == {}


def test_estimates_of_few_are_hidden_everywhere() -> None:
    rows = [estimate(str(n), n_units=n) for n in (9, 10, None)]
    assert rests_on_few.hidden(tables(estimates=rows), HOW) == {"9"}
    assert rests_on_few.hidden({}, HOW) == frozenset()


@pytest.mark.parametrize(
    ("whole", "holds"),
    [
        ({A: 40, B: 10, C: 30}, True),
        ({A: 40, B: 10, C: 31}, False),  # they share people
        ({A: 40, B: 10, C: 29}, False),
        ({A: 40, B: 10}, True),  # the others are not counted
        ({A: 40, B: 40}, True),  # nor is there any
        ({A: 40, B: 41}, False),
        ({B: 10, C: 30}, False),  # of the whole nothing is known
    ],
)
def test_an_equation_is_used_if_it_is_true_of_the_numbers(whole: Any, holds: bool) -> None:
    equation = Equation(A, (B, C))
    assert list(step._holding([equation], whole)) == ([equation] if holds else [])


def test_an_equation_of_two_wholes_needs_both() -> None:
    equation = Equation(A, (B, C), (D,))
    numbers = {A: 30, B: 10, C: 30}
    assert list(step._holding([equation], numbers | {D: 10})) == [equation]
    assert list(step._holding([equation], numbers | {D: 11})) == []
    assert list(step._holding([equation], numbers)) == []


def test_the_respondents_of_the_baseline_are_those_of_the_first_wave() -> None:
    missing = [row("missing", level="respondent", time="w1", outcome="views", item="")]
    baseline = [row("baseline", level="respondent", variable="sex", group="a")]
    made = step._prepared(tables(missing=missing, baseline=baseline), HOW)
    assert made["tables/baseline"][1][0]["first wave"] == "w1"
    alone = step._prepared(tables(baseline=baseline), HOW)
    assert alone["tables/baseline"][1][0]["first wave"] == ""


def test_who_changed_is_withheld_where_it_tells_who_was_lost() -> None:
    """24 of a site all answered at first, 16 later: the 8 are few, the 16 hidden beside them, and
    in tables of those who answered both times no less; of another, with 12 lost, all is told."""
    kept = {"a": 16, "b": 28}
    own = [{"level": "person", "outcome": "score", "group": g, "arm": arm}
           for g, arm in (("a", "intervention"), ("b", "control"))]  # fmt: skip
    asked = [
        row("missing", **site | {"item": "", "time": t, "n_expected": n, "n_missing": n - k})
        for site, n in zip(own, (24, 40), strict=True)
        for t, k in (("t0", n), ("t1", kept[site["group"]]))
    ]
    sizes = [one | {"model": "", "time": "t1", "n": kept[one["group"]]} for one in own]
    both = {"level": "person", "outcome": "score", "time": "t1", "n_intervention": 16,
            "n_control": 28, "n_obs": 44, "analysis_set": "observed"}  # fmt: skip
    found = step._prepared(
        tables(missing=asked, means=[row("means", **one) for one in sizes],
               changes=[row("changes", **one) for one in sizes],
               bracket=[row("bracket", estimator=name, **both)
                        for name in ("did", "doubly_robust")]),
        HOW,
    )  # fmt: skip
    decided = step._decided(found, ReleaseSpec(), None)

    def told(name: str) -> list[set[str]]:
        return [set(why) for _, why in decided(name).rows(found[name][1])]

    assert told("tables/missing") == [set(), {"n_missing"}, set(), set()]
    assert told("tables/changes") == told("tables/means") == [{"n"}, set()]
    assert told("tables/bracket")[0] == {"n_intervention"}


def test_an_arm_of_several_sites_is_a_number_of_its_own() -> None:
    own = [{"level": "person", "outcome": "score", "time": "t1", "arm": "control", "group": g}
           for g in ("b", "c")]  # fmt: skip
    bracket = {"level": "person", "outcome": "score", "time": "t1", "analysis_set": "observed"}
    found = step._prepared(
        tables(changes=[row("changes", model="", n=20, **one) for one in own],
               bracket=[row("bracket", estimator="did", n_control=40, **bracket)]),
        HOW,
    )  # fmt: skip
    (told,) = found["tables/bracket"][1]
    assert (told["site control"], told["own control"]) == ("", "bracket 0 control")


def test_a_released_table_is_written_with_why_its_cells_are_withheld(tmp_path: Path) -> None:
    leaving, path = TABLES["missing"], tmp_path / "missing.csv"
    cells = dict.fromkeys(leaving.contract.columns(), "") | {"group": "Zürich", "label": "=1+1"}
    made = [(cells, {"n_missing": FEW, "n_expected": ALONG}), (cells | {"time": "t1"}, {})]
    step._write(leaving, made, path, HOW)
    assert path.read_bytes().decode("utf-8") == (
        "level,outcome,instrument,item,label,group,time,n_expected,n_returned,n_missing,withheld\n"
        ",,,,'=1+1,Zürich,,,,,n_expected along | n_missing few 10\n"
        ",,,,'=1+1,Zürich,t1,,,,\n"
    )


def test_each_column_is_accounted_for() -> None:
    """Of n: one shown, two of few, one along; of a reason nothing; two rows stay."""
    leaving = TABLES["means"]
    blank = dict.fromkeys(leaving.contract.columns(), "")
    hidden = [(blank, {"n": why}) for why in (FEW, FEW, ALONG)]
    made = [(blank | {"n": "40"}, {}), *hidden]
    told = {own["column"]: own for own in step._accounted("tables/means", leaving, made, 2)}
    assert set(told) == set(leaving.contract.columns())
    assert told["n"] == {"table": "tables/means", "column": "n", "done": "sizes", "cells": 4,
                         "few": 2, "along": 1, "rows_left": 2}  # fmt: skip
    assert told["reason"] == {"table": "tables/means", "column": "reason", "done": "texts",
                              "cells": 0, "few": 0, "along": 0, "rows_left": 2}  # fmt: skip


def written(path: Path, contract: type[Table], *rows: dict[str, Any]) -> Path:
    """A table of the team's own results; a cell that is not given is blank, or 0."""
    columns = contract.columns()
    zero = {name: 0 if own.kind == "count" else "" for name, own in columns.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [*columns])
        writer.writeheader()
        writer.writerows(zero | one for one in rows)
    return path


def cells_in(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


class Study:
    """The results of a study of two sites, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.results, self.out = folder / "results", folder / "public"
        self.tables: list[Path] = []
        self.more: dict[str, Any] = {}

    def add(self, name: str, *rows: dict[str, Any]) -> None:
        path = self.results / f"tables/{name}.csv"
        self.tables.append(written(path, TABLES[name].contract, *rows))

    def release(self, **spec: Any) -> None:
        told = ReleaseSpec(**{"disclosure": HOW} | spec).model_dump_json()
        account = self.out / "released.csv"
        release(told, self.results, self.out, account, self.tables, **self.more)

    def released(self, name: str) -> list[dict[str, str]]:
        return cells_in(self.out / f"{name}.csv")


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study(tmp_path)


SCORE = {"level": "person", "outcome": "score", "group": "a", "time": "t0"}


def test_what_was_done_is_told_and_what_stays_is_named(study: Study) -> None:
    item = SCORE | {"item": "u_1", "n_expected": 40, "n_missing": 1}
    study.add("missing", SCORE | {"n_expected": 40, "n_missing": 0}, item)
    study.release(stay=["dictionary"])
    account = study.released("released")
    assert account[0] == {"table": "dictionary", "column": "", "done": "stays", "cells": "0",
                          "few": "0", "along": "0", "rows_left": "0"}  # fmt: skip
    (expected,) = [one for one in account if one["column"] == "n_expected"]
    assert (expected["done"], expected["cells"], expected["rows_left"]) == ("counts", "1", "1")
    assert json.loads((study.out / "disclosure.json").read_text())["threshold"] == 10


def test_a_small_number_is_withheld_in_every_table_that_tells_it(study: Study) -> None:
    """Of 40 are 36 with an answer: with the 40, either tells the 4."""
    study.add("missing", SCORE | {"n_expected": 40, "n_missing": 4})
    study.add("means", SCORE | {"n": 36, "mean": 12.34, "arm": "new"})
    study.release()
    ((missing,), (means,)) = (study.released(f"tables/{name}") for name in ("missing", "means"))
    assert (missing["n_expected"], missing["n_missing"]) == ("40", "")
    assert missing[WITHHELD] == "n_missing few 10" and means["n"] == "35"


def test_tables_that_written_words_change_may_be_released_by_themselves(study: Study) -> None:
    """First the others without them, then they alone: the same bytes as all at once, since they
    count nobody exactly and no figure is drawn from them."""
    for name in WRITTEN_BESIDE:
        own = TABLES[name]
        assert not (own.counts or own.sized or own.shares or own.means or own.sums), name
    assert not {Path(kind.table).stem for kind in KINDS.values()} & set(WRITTEN_BESIDE)
    row = {"construct": "lonely", "label": "Lonely", "declared": "yes", "excerpts": 12,
           "interviews": 12, "compared": "agree", "survey_compared": "not compared",
           "inference": "confirm", "inference_text": "Both say so", "names_somebody": "no",
           }  # fmt: skip
    study.add("missing", SCORE | {"n_expected": 40, "n_missing": 4})
    study.add("means", SCORE | {"n": 36, "mean": 12.34, "arm": "new"})
    study.add("joint_display", row)
    study.release()
    names = [path.relative_to(study.out) for path in study.out.rglob("*.*")]
    at_once = {name: (study.out / name).read_bytes() for name in names}
    shutil.rmtree(study.out)
    told, every = ReleaseSpec(disclosure=HOW).model_dump_json(), list(study.tables)
    release(told, study.results, study.out, tables=every[:-1])
    assert not (study.out / "tables/joint_display.csv").exists()
    before = (study.out / "tables/means.csv").stat().st_mtime_ns
    account = study.out / "released.csv"
    release(told, study.results, study.out, account, every, only=every[-1:])
    assert (study.out / "tables/means.csv").stat().st_mtime_ns == before
    assert {name: (study.out / name).read_bytes() for name in names} == at_once


@pytest.mark.parametrize(("tables", "own"), [
    (["a/means.csv", "a/checklists.csv"], []),
    (["a/means.csv", "a/checklists.csv", "a/joint_display.csv"],
     ["a/checklists.csv", "a/joint_display.csv"]),
])  # fmt: skip
def test_without_a_joint_display_all_are_released_at_once(
    tables: list[str], own: list[str]
) -> None:
    assert written_beside(tables) == own


def test_means_of_models_leave_as_estimates(study: Study) -> None:
    own = SCORE | {"model": "did", "mean": 104.345, "n": 128, "ci_low": 102.33, "ci_high": 106.36}
    path = written(study.results / "models/did/means.csv", PREDICTED.contract, own)
    study.more = {"means": [path]}
    study.release()
    (row_,) = study.released("models/did/means")
    assert (row_["n"], row_["mean"], row_["ci_low"]) == ("130", "104.3", "102.3")


TOTAL = {"of": "all", "quantity": "contacts", "people": 20, "n": 20, "total": 40.0, "minimum": 5}


@pytest.mark.parametrize(("most", "told"), [(2, "40"), (60, "")])
def test_a_sum_is_told_unless_it_is_one_persons(study: Study, most: int, told: str) -> None:
    people = [{"unit": f"p{at}", "site": "a", "contacts": most if at == 0 else 2}
              for at in range(20)]  # fmt: skip
    study.add("contacts", TOTAL)
    study.more = {"dose": written(study.results / "tables/dose.csv", DoseTable, *people)}
    study.release()
    assert [one["total"] for one in study.released("tables/contacts")] == [told]


def test_without_the_contacts_of_each_person_no_sum_is_told(study: Study) -> None:
    study.add("contacts", TOTAL)
    study.release()
    assert [one["total"] for one in study.released("tables/contacts")] == [""]


def test_an_estimate_has_no_more_decimals_than_are_printed_of_its_outcome(study: Study) -> None:
    own = {"estimate_id": "m/score/t1", "outcome": "score", "unit": "points", "n_units": 5000,
           "n_obs": 5000, "estimate": 3.43737, "ci_low": 3.3, "ci_high": 3.6}  # fmt: skip
    study.add("estimates", own, own | {"estimate_id": "m/mood/t1", "outcome": "mood"})
    study.release(decimals={"score": ("points", 1)})
    assert [one["estimate"] for one in study.released("tables/estimates")] == ["3.4", "3.437"]


def test_what_the_attack_finds_stops_the_release(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the protection to withhold nothing, the 4 would stand there."""
    monkeypatch.setattr(step, "protect", lambda *_: {})
    study.add("missing", SCORE | {"n_expected": 40, "n_missing": 4})
    study.add("flow", {"part": "recruitment", "step": "asked", "group": "a", "status": "reached",
                       "n": 7})  # fmt: skip
    with pytest.raises(CespError, match="can be worked out: 7"):
        study.release()


def test_without_any_table_an_account_is_written(study: Study) -> None:
    released = study.out / "released.csv"
    release(ReleaseSpec().model_dump_json(), study.results, study.out, released)
    assert study.released("released") == []
