"""Where everybody is at each step: the counts follow, the root study's flow is known, oddities are
lines."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cesp_analysis import contracts
from cesp_analysis.declared.design import Moment
from cesp_analysis.describe.flow_checks import two_answers
from cesp_analysis.describe.flow_counts import IN, Told, counted, in_order, row, unbalanced
from cesp_analysis.describe.flow_places import AGAIN, places
from cesp_analysis.describe.flow_same import same_numbers
from cesp_analysis.describe.flow_steps import FlowFile, Steps
from cesp_analysis.describe.record_tables import Flow
from cesp_analysis.describe.tables import FlowChecks, FlowPlaces
from cesp_analysis.errors import CespError
from small_study import Ran, Study

TIMES = tuple(Moment(name=n, label=n.upper(), position=at) for at, n in enumerate("abc"))
HOW = Steps(
    steps={
        "referred": FlowFile(label="Referred", file="log", person="who"),
        "eligible": FlowFile(label="Eligible", file="log", where="ok == 'yes'", reason="why"),
        "consented": FlowFile(label="Consented", file="log", where="consent == 'yes'"),
        "noted": FlowFile(label="Noted", file="notes"),
        "recruited": FlowFile(label="Recruited", file="people"),
        "met": FlowFile(label="Met", file="met", where="came == 'yes'", rows=1, arm="intervention"),
        "again": FlowFile(
            label="Twice", file="met", where="came == 'yes'", rows=2, arm="intervention"
        ),
    },
    apart=("notes",),
    links={"log": "who"},
    times=TIMES,
    ends={"died": "Died"},
)
ANSWERS = st.sampled_from(["yes", "no", None])


def records(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    """A cleaned file: lines from 2, no times."""
    table = pd.DataFrame(rows, columns=columns, dtype="object")
    line = np.arange(2, len(table) + 2)
    return table.assign(line=line, time=pd.Series(None, table.index, "object"))


@st.composite
def flows(draw: st.DrawFn) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, pd.DataFrame, Any]:
    """Files, people, answers and deaths of at most eight people, in any disorder."""
    n = draw(st.integers(0, 8))
    ids = [f"P{i}" for i in range(n)]
    sites = draw(st.lists(st.sampled_from(["north", "south"]), min_size=n, max_size=n))
    arms = {"north": "intervention", "south": "control"}
    people = pd.DataFrame(
        {"unit": ids, "group": sites, "arm": [arms[s] for s in sites]}, dtype="object"
    )
    who = st.sampled_from([*ids, None, "nobody"])
    where = st.sampled_from(["north", "south", ""])
    row = st.fixed_dictionaries(
        {"who": who, "ok": ANSWERS, "why": ANSWERS, "consent": ANSWERS, "group": where}
    )
    log = records(draw(st.lists(row, max_size=12)), ["who", "ok", "why", "consent", "group"])
    notes = records(draw(st.lists(st.fixed_dictionaries({"group": where}), max_size=3)), ["group"])
    listed = records([{"unit": i, "group": s} for i, s in zip(ids, sites, strict=True)],
                     ["unit", "group"])  # fmt: skip
    some = st.sampled_from(ids) if ids else st.nothing()
    pairs = st.lists(st.tuples(some, ANSWERS), max_size=12) if ids else st.just([])
    met = records(
        [{"unit": u, "came": c, "group": ""} for u, c in draw(pairs)], ["unit", "came", "group"]
    )
    seen = st.lists(st.tuples(some, st.sampled_from("abc")), unique=True) if ids else st.just([])
    answered = pd.DataFrame(draw(seen), columns=["unit", "time"], dtype="object")
    dead = draw(st.lists(some, unique=True)) if ids else []
    ended = pd.DataFrame(
        {"event": "died", "unit": dead, "elapsed": [float(i) for i in range(len(dead))],
         "reason": None},
    )  # fmt: skip
    files = {"log": log, "notes": notes, "people": listed, "met": met}
    return files, people, answered, ended


@pytest.mark.slow
@given(flows())
@settings(max_examples=100, deadline=None)
def test_everybody_is_in_exactly_one_place_at_each_step(
    made: tuple[dict[str, pd.DataFrame], pd.DataFrame, pd.DataFrame, Any],
) -> None:
    files, people, answered, ended = made
    where = places(HOW, files, people, answered, ended)
    steps = [name for name in (*HOW.steps, *(t.name for t in TIMES)) if name != "noted"]
    main = where[where["step"] != "noted"]
    # each subject once at each step, people and records of nobody alike
    assert not where.duplicated(["step", "subject"]).any()
    subjects = set(main["subject"])
    assert all(set(main.loc[main["step"] == s, "subject"]) == subjects for s in steps)
    assert set(people["unit"]) <= subjects
    # every record of the log is somebody: a person, or itself
    own = {f"log/{line}" for line in files["log"]["line"]}
    linked = set(files["log"]["who"]) & set(people["unit"])
    assert len(subjects & own) == len(own) - len(linked)
    here = {s: set(main.loc[(main["step"] == s) & main["status"].isin(IN), "subject"])
            for s in steps}  # fmt: skip
    assert len(here["referred"]) == len(own)
    assert here["recruited"] == set(people["unit"])
    for moment in TIMES:
        assert here[moment.name] == set(answered.loc[answered["time"] == moment.name, "unit"])
    yes = files["met"][files["met"]["came"] == "yes"]["unit"].value_counts()
    north = set(people.loc[people["group"] == "north", "unit"])
    assert here["met"] == {u for u, n in yes.items() if n >= 1} & north
    assert here["again"] == {u for u, n in yes.items() if n >= 2} & north
    # who is not there has a reason, who is there at the step before and here has none
    for status, blank in (("not reached", False), ("gone", False), ("reached", True)):
        assert (where.loc[where["status"] == status, "reason"].isna() == blank).all()
    # the counts follow from one another
    rows = list(counted(where, in_order(HOW), ["north", "south"]))
    table = pd.DataFrame(rows, columns=list(Flow.columns()))
    assert unbalanced(table) == []
    assert table["n"].ge(0).all()
    if len(table):
        at = int(table["n"].idxmax())
        if pd.notna(table.loc[at, "after"]):
            wrong = table.assign(n=table["n"].mask(table.index == at, table["n"] + 1))
            assert unbalanced(wrong) != []


def test_the_record_that_got_furthest_is_the_persons() -> None:
    row = {"who": "P0", "ok": "no", "why": "ill", "consent": None, "group": "north"}
    again = row | {"ok": "yes", "why": None, "consent": "yes"}
    people = pd.DataFrame(
        {"unit": ["P0"], "group": ["north"], "arm": ["intervention"]}, dtype="object"
    )
    listed = records([{"unit": "P0", "group": "north"}], ["unit", "group"])
    files = {
        "log": records([row, again, again], list(row)),
        "notes": records([], ["group"]), "people": listed,
        "met": records([], ["unit", "came", "group"]),
    }  # fmt: skip
    answered = pd.DataFrame({"unit": [], "time": []}, dtype="object")
    where = places(HOW, files, people, answered)
    told = where.set_index(["subject", "step"])
    assert told.loc[("P0", "recruited"), "status"] == "reached"
    assert told.loc[("log/2", "eligible"), "reason"] == "ill"
    assert told.loc[("log/4", "recruited"), ["status", "reason"]].to_list() == [
        "not reached",
        AGAIN,
    ]


LOG = "no,site,ok,why,consent,who\n" + "".join(
    f"{n},{'North' if n % 2 else 'South'},{'no' if n > 12 else 'yes'},"
    f"{'too ill' if n > 12 else ''},{'yes' if n <= 12 else ''},{f'P{n:02}' if n <= 12 else ''}\n"
    for n in range(1, 17)
)
YES_NO = {"type": "category", "values": ["yes", "no"]}


@pytest.fixture
def logged(study: Study) -> Study:
    """The small study with a screening log that names the people."""
    study.config["files"]["log"] = {
        "path": "data/raw/log.csv", "level": "other", "unit": "no", "one_row_per": "unit",
        "site": {"column": "site"},
        "variables": {
            "who": {"type": "id"}, "ok": YES_NO, "consent": YES_NO,
            "why": {"type": "category", "values": ["too ill"]},
        },
    }  # fmt: skip
    study.config["flow"] = {
        "referred": {"label": "Referred", "file": "log", "person": "who"},
        "eligible": {"label": "Eligible", "file": "log", "where": "ok == 'yes'", "reason": "why"},
        "consented": {"label": "Consented", "file": "log", "where": "consent == 'yes'"},
        "recruited": {"label": "Recruited", "file": "people"},
    }
    study.files["log.csv"] = LOG
    return study


def ran(study: Study) -> Ran:
    """The study up to its panel."""
    done = study.run(until="panel")
    assert (done.status, done.shown) == (0, "")
    return done


def reached(flow: pd.DataFrame) -> dict[str, int]:
    """How many reached each step, at both sites."""
    own = flow[flow["status"] == "reached"].groupby("step", sort=False)["n"].sum()
    return {str(step): int(n) for step, n in own.items()}


def test_a_log_that_names_people_is_one_chain_with_them(logged: Study) -> None:
    done = ran(logged)
    flow = done.flow()
    assert reached(flow) == {
        "referred": 16, "eligible": 12, "consented": 12, "recruited": 12, "before": 12, "after": 12,
    }  # fmt: skip
    assert done.odd() == []
    assert list(flow.drop_duplicates("step")["after"].fillna("")) == [
        "", "referred", "eligible", "consented", "recruited", "before",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "instead", "odd"),
    [
        # recruited, in no screening log
        ("3,North,yes,,yes,P03", "3,North,yes,,yes,", [("entered", 1)]),
        # consented although not eligible
        ("13,North,no,too ill,,", "13,North,no,too ill,yes,", [("contradiction", 1)]),
        # recruited although the log says no consent
        ("5,North,yes,,yes,P05", "5,North,yes,,no,P05", [("entered", 1)]),
        # referred twice
        ("14,South,no,too ill,,", "14,South,yes,,yes,P02", [("another_record", 1)]),
        # another site than the register's
        ("6,South,yes,,yes,P06", "6,North,yes,,yes,P06", [("other_site", 1)]),
    ],
)
def test_what_is_odd_is_a_line_and_the_rest_goes_on(
    logged: Study, line: str, instead: str, odd: list[tuple[str, int]]
) -> None:
    assert line in LOG
    logged.files["log.csv"] = LOG.replace(line, instead)
    done = ran(logged)
    flow = done.flow()
    for kind, n in odd:
        assert (kind, n) in done.odd(), done.odd()
    assert unbalanced(flow) == []
    assert reached(flow)["recruited"] == 12
    if odd[0][0] == "other_site":  # the register's site counts, at each step
        sites = flow[(flow["status"] == "reached") & (flow["step"] == "consented")]
        assert list(sites["n"]) == [6, 6]


def test_nobody_at_a_step_and_more_than_before_are_lines(logged: Study) -> None:
    """A list of consents of its own, longer than the log; nobody left after."""
    logged.config["files"]["consents"] = {
        "path": "data/raw/consents.csv", "level": "other", "unit": "no", "one_row_per": "unit",
        "site": {"column": "site"}, "variables": {"who": {"type": "id"}},
    }  # fmt: skip
    logged.files["consents.csv"] = "no,site,who\n" + "".join(f"{n},North,\n" for n in range(1, 21))
    logged.config["flow"]["consented"] = {
        "label": "Consented", "file": "consents", "person": "who",
    }  # fmt: skip
    logged.files["after.csv"] = "id,date,score,u_1,u_2,u_3\nP01,2024-02-11,,,,\n"
    done = ran(logged)
    flow = done.flow()
    assert unbalanced(flow) == []
    odd = done.odd()
    assert ("more_than_before", 14) in odd  # north: 20 consented, 6 were eligible
    assert odd.count(("nobody", 0)) == 3  # consented at south; after, at both
    assert reached(flow)["after"] == 0


def test_a_log_counted_by_itself_that_is_too_short_is_a_line(logged: Study) -> None:
    del logged.config["flow"]["referred"]["person"]
    logged.files["log.csv"] = "".join(LOG.splitlines(keepends=True)[:6])  # three of north, two not
    done = ran(logged)
    done.flow()
    assert done.odd() == [("more_than_before", 3), ("more_than_before", 4)]
    logged.files["log.csv"] = LOG
    done = ran(logged)
    done.flow()
    assert done.odd() == []


def test_a_blank_is_not_known_and_no_no(logged: Study) -> None:
    logged.files["log.csv"] = LOG.replace("13,North,no,too ill,,", "13,North,,,,")
    flow = ran(logged).flow()
    lost = flow[(flow["step"] == "eligible") & (flow["status"] == "not reached")]
    assert dict(zip(lost["reason"], lost["n"], strict=True)) == {"not known": 1, "too ill": 2}
    # a reason beside the blank does not make it a no, as in rates
    logged.files["log.csv"] = LOG.replace("13,North,no,too ill,,", "13,North,,too ill,,")
    again = ran(logged).flow()
    told = again[(again["step"] == "eligible") & (again["status"] == "not reached")]
    assert dict(zip(told["reason"], told["n"], strict=True)) == {"not known": 1, "too ill": 2}


def test_a_visit_before_the_first_is_a_line(logged: Study) -> None:
    text = str(logged.files["after.csv"])
    assert "P01,2024-02-11" in text
    logged.files["after.csv"] = text.replace("P01,2024-02-11", "P01,2023-12-01")
    done = ran(logged)
    assert reached(done.flow())["after"] == 12
    assert done.odd() == [("before_first", 1)]
    assert "date_before_baseline" in set(done.problems()["kind"])


def test_a_file_that_may_be_empty_is_read_as_no_records(logged: Study) -> None:
    """Nothing is recorded yet: of a later time, and of consents that have a file of their own."""
    logged.config["files"]["after"]["may_be_empty"] = True
    logged.config["files"]["log"]["may_be_empty"] = True
    logged.files["after.csv"] = "id,date,score,u_1,u_2,u_3\n"
    logged.files["log.csv"] = LOG.splitlines()[0] + "\n"
    done = ran(logged)
    assert done.problems()[["file", "kind"]].to_numpy().tolist() == [
        ["data/raw/after.csv", "no_records"], ["data/raw/log.csv", "no_records"],
    ]  # fmt: skip
    assert reached(done.flow())["after"] == 0
    assert done.panel()["value"].notna().sum() == 24  # two outcomes of twelve people, before


def test_a_dated_yes_beside_an_undated_no_or_blank_is_a_line() -> None:
    said = [("A", None, "no"), ("A", "b", "yes"), ("B", None, None), ("B", "b", "yes"),
            ("C", None, None), ("C", "b", "no"), ("D", None, "yes"), ("D", "b", "yes")]  # fmt: skip
    made = pd.DataFrame(said, columns=["unit", "time", "ever"], dtype="object")
    odd = list(two_answers(made.assign(level="person", kind="used")))
    assert [(row["kind"], row["n"], row["step"]) for row in odd] == [
        ("two_answers", 1, None), ("undated_blank", 1, None),
    ]  # fmt: skip
    assert all("crossed.parquet" in row["said"] for row in odd)
    dated = made[made["time"].notna()]  # no undated question is asked
    assert list(two_answers(dated.assign(level="person", kind="used"))) == []


def test_a_line_names_the_table_and_a_filter_that_finds_the_people(logged: Study) -> None:
    logged.files["log.csv"] = LOG.replace("3,North,yes,,yes,P03", "3,North,yes,,yes,")
    done = ran(logged)
    done.flow()
    rows = contracts.rows(done.folder / "results/tables/flow_checks.csv", FlowChecks)
    said = next(row["said"] for row in rows if row["kind"] == "entered")
    place, _, condition = said.partition("Who: ")[2].removesuffix(".").partition(", ")
    found = contracts.read(done.folder / place, FlowPlaces).astype("object").query(condition)
    assert list(found["unit"]) == ["P03"]


def test_counts_that_are_not_the_ledgers_stop_the_step(logged: Study, tmp_path: Path) -> None:
    """The guard of the pipeline itself: an account of another run is seen."""
    from cesp_analysis.cli import main
    from cesp_analysis.describe import specs as describe_specs
    from cesp_analysis.study.read import read_study
    from small_study import inside

    done = ran(logged)
    done.flow()
    account = done.folder / "results/tables/account.csv"
    text = account.read_text(encoding="utf-8")
    assert ",kept,,16,16" in text
    account.write_text(text.replace(",kept,,16,16", ",kept,,17,17"), encoding="utf-8")
    made = {"--records": "data/processed/records", "--events": "data/processed/events.parquet",
            "--visits": "data/processed/visits.parquet", "--panel": "data/processed/panel.parquet",
            "--crossed": "data/processed/crossed.parquet",
            "--problems": "results/tables/data_problems.csv",
            "--account": "results/tables/account.csv", "--out": "results/tables/again.csv",
            "--places": "data/processed/again.parquet",
            "--checks": "results/tables/again_checks.csv"}  # fmt: skip
    with inside(done.folder):
        words = ["flow", "--spec", describe_specs.flow(read_study())]
        assert main([*words, *(word for pair in made.items() for word in pair)]) == 1
        assert not Path("results/tables/again.csv").exists()


def same(**changed: Any) -> str:
    """What same_numbers says of two people, a record of nobody, and one wave, with something
    changed."""
    how = Steps(
        steps={
            "referred": FlowFile(label="Referred", file="log", person="who"),
            "recruited": FlowFile(label="Recruited", file="people"),
        },
        links={"log": "who"},
        times=TIMES[:1],
    )
    log = records([{"who": w, "group": "north"} for w in ("P1", "P2", None)], ["who", "group"])
    listed = records([{"unit": f"P{i}", "group": "north"} for i in (1, 2)], ["unit", "group"])
    people = listed[["unit", "group"]].assign(arm="intervention")
    answered = pd.DataFrame({"unit": ["P1"], "time": ["a"]}, dtype="object")
    where = places(how, {"log": log, "people": listed}, people, answered)
    rows = list(counted(where, in_order(how), ["north"]))
    told = Told("survey", "Wave", "w")
    rows += [row("w", told, "north", "invited", "", 4), row("w", told, "north", "reached", "", 3),
             row("w", told, "north", "not reached", "no answer", 1)]  # fmt: skip
    given: dict[str, Any] = {
        "counts": pd.DataFrame(rows, columns=list(Flow.columns())), "where": where,
        "files": {"log": log, "people": listed}, "respondents": {"s": log},
        "account": pd.DataFrame({"file": ["log", "people", "s"], "status": "kept",
                                 "records": [3, 2, 3]}),
        "frame": [pd.DataFrame({"wave": ["w"], "site": ["north"], "invited": [4], "records": [3]})],
        "answered": answered, "how": how, "register": "people", "out": Path("flow.csv"),
    }  # fmt: skip
    given |= {name: make(given[name]) for name, make in changed.items()}
    try:
        same_numbers(**given)
    except CespError as fault:
        return str(fault)
    return ""


def more(table: pd.DataFrame, column: str = "n", **which: str) -> pd.DataFrame:
    """The table with one more in the row that says so."""
    own = np.logical_and.reduce([table[name] == word for name, word in which.items()])
    assert own.any()
    return table.assign(**{column: table[column] + own})


def without_step(table: pd.DataFrame, step: str) -> pd.DataFrame:
    return table[table["step"] != step]


@pytest.mark.parametrize(
    ("what", "change", "said"),
    [
        ("where", lambda t: pd.concat([t, t.iloc[:1]]), "'P1' is in 2 places at referred"),
        ("where", lambda t: t.assign(status=t["status"].mask(t["subject"] == "P2", "reached")),
         "a: 1 are counted as reached, but 2 are there"),
        ("counts", lambda t: without_step(t, "recruited"),
         "recruited: 0 are counted as reached, but 2 are there"),
        ("counts", lambda t: more(t, step="w", status="reached"),
         "Wave, north: 4 reached it, but 4 before less 1 and 0 more are 3"),
        ("account", lambda t: more(t, "records", file="s"),
         "files.s: 3 records, but account.csv has 4 kept"),
        ("account", lambda t: more(t, "records", file="log"),
         "referred: 3 are counted, but account.csv has 4 in log"),
        ("answered", lambda t: t.assign(unit=["P1"], time="b"),
         "a: 1 are counted, but 0 people have an answer in the panel"),
        ("where", lambda t: t[(t["step"] != "a") | (t["subject"] != "P2")],
         "a: 1 people have a place, but account.csv has 2 in people"),
        ("account", lambda t: more(t, "records", file="people"),
         "a: 2 people have a place, but account.csv has 3 in people"),
        ("frame", lambda t: [t[0].assign(invited=5)],
         "w, north: 4 invited, but dispositions.csv has 5"),
        ("frame", lambda t: [t[0].assign(records=2)],
         "w, north: 3 reached, but dispositions.csv has 2"),
    ],
)  # fmt: skip
def test_each_guard_of_the_numbers_is_tripped(what: str, change: Any, said: str) -> None:
    assert same() == ""
    assert said in same(**{what: change})


def test_a_flow_that_begins_with_what_people_received_asks_everybody() -> None:
    """Nobody is said to come in: who the register lists is there from the start."""
    met = HOW.steps["met"]
    how = HOW.model_copy(update={"steps": {"met": met}, "links": {}, "apart": ()})
    people = pd.DataFrame({"unit": ["P1", "P2", "P3"], "group": ["north", "north", "south"],
                           "arm": ["intervention", "intervention", "control"]})  # fmt: skip
    file = records([{"unit": "P1", "came": "yes", "group": ""}], ["unit", "came", "group"])
    answered = pd.DataFrame({"unit": ["P3"], "time": ["a"]}, dtype="object")
    where = places(how, {"met": file}, people, answered)
    own = where[where["step"] == "met"].set_index("unit")["status"].to_dict()
    assert own == {"P1": "reached", "P2": "not reached", "P3": "not asked"}
    rows = pd.DataFrame(list(counted(where, in_order(how), ["north", "south"])))
    assert unbalanced(rows) == []
    # a contact of which it is not known whether it was kept is none that does not count
    told = [{"unit": "P1", "came": None, "group": ""}, {"unit": "P2", "came": "no", "group": ""}]
    where = places(how, {"met": records(told, ["unit", "came", "group"])}, people, answered)
    why = where[where["step"] == "met"].set_index("unit")["reason"].to_dict()
    assert (why["P1"], why["P2"]) == ("not known", "recorded, none that counts")


def test_what_people_received_before_they_came_in_is_refused(logged: Study) -> None:
    steps = logged.config["flow"]
    first = {"label": "Met", "file": "before", "rows": 1}
    logged.config["flow"] = {"met": first, **steps}
    done = logged.run(until="panel")
    assert done.status == 1
    assert "flow.met.rows: nobody has come in at this step; move it below 'referred'" in done.shown
