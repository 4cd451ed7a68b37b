"""Contamination counted by time and wave: who used it since, who ever did, who moved across."""

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.declared.design import Moment
from cesp_analysis.declared.estimands import Asked
from cesp_analysis.describe import specs as describe_specs
from cesp_analysis.describe.contamination import ContaminationSpec, _of_respondents, counts, until
from cesp_analysis.describe.tables import Contamination
from cesp_analysis.study.read import read_study
from small_study import Ran, Study, answers

USED = {"type": "category", "values": ["yes", "no"]}
COLUMNS = ("kind", "group", "time", "n", "known", "now", "unknown", "ever", "ever_unknown")


def counted(ran: Ran) -> list[tuple[object, ...]]:
    """The rows of contamination.csv; blank cells as ''."""
    spec = describe_specs.contamination(read_study(ran.folder))
    made = "data/processed"
    found = ran.describe(
        "contamination", Contamination, spec=spec, records=f"{made}/records",
        events=f"{made}/events.parquet", panel=f"{made}/panel.parquet",
        crossed=f"{made}/crossed.parquet",
    )  # fmt: skip
    rows = found[list(COLUMNS)].astype("object").fillna("").to_numpy()
    return [tuple(row) for row in rows]


def with_answers(study: Study, **said: str) -> Study:
    """Each answers' file with a column `used`, blank but for the people of `said` (id → answers
    at before and after)."""
    for at, name in enumerate(("before", "after")):
        head, *rows = answers(at).splitlines()
        told = [f"{row},{said.get(row[:3], '--')[at].strip('-')}" for row in rows]
        words = {"y": "yes", "n": "no", "": ""}
        told = [row.rpartition(",")[0] + "," + words[row.rpartition(",")[2]] for row in told]
        study.files[f"{name}.csv"] = "\n".join([f"{head},used", *told]) + "\n"
        study.config["files"][name]["variables"] |= {"used": USED}
    study.config["contamination"] = {
        "label": "Used it", "variable": "used", "values": ["yes"], "measured": "after",
        "over_time": {"variable": "used"},
    }  # fmt: skip
    return study


def test_use_is_counted_since_and_until_each_time(study: Study) -> None:
    """South is the control (even ids): yes once is yes for ever; no only if every time is no."""
    one = with_answers(study, P02="yn", P04="ny", P06="nn", P08="-n", P10="n-", P12="--", P01="yy")
    ran = one.run(until="panel")
    assert (ran.status, ran.shown) == (0, "")
    assert counted(ran) == [
        ("used", "south", "before", 6, 4, 1, 2, 1, 2),
        # P02, P04 did; P08, P10, P12 did not say at some time
        ("used", "south", "after", 6, 4, 1, 2, 2, 3),
    ]


def test_what_is_counted_by_time_does_not_reach_the_models(study: Study) -> None:
    one = with_answers(study)
    one.write()
    from cesp_analysis.study import specs

    with_it = specs.panel(read_study(one.folder))
    del one.config["contamination"]["over_time"]
    one.write()
    assert specs.panel(read_study(one.folder)) == with_it


def test_who_moved_across_is_counted_by_where_they_were_recruited(study: Study) -> None:
    people = study.config["files"]["people"]
    people["variables"] |= {
        "began": {"type": "date", "format": "%Y-%m-%d"},
        "moved": {"type": "date", "format": "%Y-%m-%d"},
        "to": {"type": "category", "values": ["north", "south", "elsewhere"]},
    }
    head, *rows = str(study.files["people.csv"]).splitlines()
    moves = {"P01": "2024-01-20,south", "P03": "2024-06-01,south", "P02": "2024-03-01,north",
             "P04": "2024-03-01,elsewhere", "P05": "2024-03-01,north", "P06": ",north"}  # fmt: skip
    told = [f"{row},2024-01-01,{moves.get(row[:3], ',')}" for row in rows]
    study.files["people.csv"] = "\n".join([f"{head},began,moved,to", *told]) + "\n"
    study.config["visits"] = {"since": "began"}
    study.config["time_unit"] = "months"
    study.config["times"]["before"]["window"] = [-1, 1]
    study.config["times"]["after"]["window"] = [1.5, 4]
    study.config["times"]["after"]["position"] = 3
    study.config["events"] = {
        "moved": {
            "label": "Moved",
            "kind": "transfer",
            "file": "people",
            "date": "moved",
            "to": "to",
        }
    }
    ran = study.run(until="panel")
    assert ran.status == 0, ran.shown
    assert counted(ran) == [
        # P01 within the window of before; P03 after the last window; P05 stayed in the arm
        ("moved", "north", "", 6, 6, 0, 0, 0, 0),
        ("moved", "north", "before", 6, 6, 1, 0, 1, 0),
        ("moved", "north", "after", 6, 6, 0, 0, 1, 0),
        # P02 by after; P04 went elsewhere; P06 nobody dated
        ("moved", "south", "", 6, 6, 1, 0, 1, 0),
        ("moved", "south", "before", 6, 6, 0, 0, 0, 0),
        ("moved", "south", "after", 6, 6, 1, 0, 1, 0),
    ]
    flow = ran.flow()
    crossed = flow[flow["status"] == "of them"]
    assert [(r.step, r.group, r.n) for r in crossed.itertuples()] == [
        ("before", "north", 1), ("after", "north", 1), ("after", "south", 1),
    ]  # fmt: skip


def test_a_time_that_asked_and_nobody_answered_stays(study: Study) -> None:
    one = with_answers(study, P02="n-", P04="y-")
    ran = one.run(until="panel")
    assert (ran.status, ran.shown) == (0, "")
    assert counted(ran) == [
        ("used", "south", "before", 6, 2, 1, 4, 1, 4),
        ("used", "south", "after", 6, 0, 0, 6, 1, 5),
    ]


def test_respondents_ever_follow_the_same_rule() -> None:
    """Panel members A to D over two waves: blank then no is not known; E is new."""
    said = {"A": ("no", "no"), "B": (None, "no"), "C": ("yes", None), "D": ("no", None)}
    cells = [(u, w, both[i]) for u, both in said.items() for i, w in enumerate(("w1", "w2"))]
    cells.append(("E", "w2", "no"))
    cells += [(u, "w3", None) for u in "AC"]
    table = pd.DataFrame(cells, columns=["unit", "time", "used"], dtype="object")
    table["group"] = "south"
    waves = tuple(Moment(name=w, label=w, position=at) for at, w in enumerate(("w1", "w2", "w3")))
    how = ContaminationSpec(
        labels={"used": "Used"}, respondents=Asked(variable="used", values=("yes",)),
        waves=waves, groups={"south": "control"},
    )  # fmt: skip
    made = pd.concat(_of_respondents(how, [table]))
    ever = {(r.unit, r.time): r.ever if r.ever == r.ever else None for r in made.itertuples()}
    assert {u: ever[u, "w2"] for u in "ABCDE"} == {
        "A": "no", "B": None, "C": "yes", "D": None, "E": "no",
    }  # fmt: skip
    rows = [(r["time"], r["n"], r["known"], r["ever"], r["ever_unknown"])
            for r in counts(made, how)]  # fmt: skip
    assert rows == [("w1", 4, 3, 1, 1), ("w2", 5, 3, 1, 2), ("w3", 2, 0, 1, 1)]


@pytest.mark.parametrize("seed", range(3))
def test_until_is_the_rule_of_three_values(seed: int) -> None:
    """Kleene's `or` over all answers until now, computed each time anew."""
    chance = np.random.default_rng(seed)
    cells = chance.choice(np.array(["yes", "no", None], dtype=object), (40, 4))
    before = pd.Series("no", index=range(40), dtype="object")
    for at in range(4):
        before = until(before, pd.Series(cells[:, at], dtype="object"))
        for row, found in zip(cells[:, : at + 1], before, strict=True):
            right = "yes" if "yes" in row else None if None in row else "no"
            assert (None if pd.isna(found) else found) == right


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (
            {"over_time": {"variable": "usd"}},
            "contamination.over_time.variable: no variable in a file of level person that says a"
            " time is called 'usd'; did you mean 'used'? (declared: score, used)",
        ),
        (
            {"over_time": {"variable": "used", "values": ["often"]}},
            "contamination.over_time.values: no category is called 'often' (declared: no, yes)",
        ),
        (
            {"respondents": {"variable": "used"}},
            "contamination.respondents.variable: no variable in a file of level respondent that"
            " says a time is called 'used' (declared: none)",
        ),
        (
            {"moved_here": "used"},
            "contamination.moved_here: no category of respondents is called 'used'"
            " (declared: none)",
        ),
    ],
)
def test_what_is_asked_must_be_there(study: Study, changed: dict[str, object], line: str) -> None:
    one = with_answers(study)
    one.config["contamination"] |= changed
    assert [text.partition("config.yaml: ")[2] for text in one.lines()] == [line]


def test_without_the_section_no_file_is_read(study: Study) -> None:
    """The rule lists no file then, so the step may read none."""
    one = with_answers(study)
    one.write()
    read = read_study(one.folder)
    files = ContaminationSpec.model_validate_json(describe_specs.contamination(read)).files
    named = [name for own in files.values() for name in own]
    assert sorted(named) == sorted(describe_specs.contamination_files(read)) != []
    del one.config["contamination"]
    one.write()
    read = read_study(one.folder)
    assert ContaminationSpec.model_validate_json(describe_specs.contamination(read)).files == {}
    assert describe_specs.contamination_files(read) == []
