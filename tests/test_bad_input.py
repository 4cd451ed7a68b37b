"""Bad input: one clear line per problem, all of them at once, no traceback, status 1."""

import io
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
import yaml

from cesp_analysis.models.kinds import KINDS
from small_study import PEOPLE, Study, answers


def xlsx() -> bytes:
    """A small XLSX file."""
    stream = io.BytesIO()
    pd.DataFrame({"id": ["P01"], "date": ["2024-01-01"]}).to_excel(stream, index=False)
    return stream.getvalue()


def put(*path: str, value: Any) -> Callable[[Study], None]:
    """Change one entry of config.yaml."""

    def change(study: Study) -> None:
        node = study.config
        for key in path[:-1]:
            node = node.setdefault(key, {})
        node[path[-1]] = value

    return change


def raw(name: str, content: str | bytes) -> Callable[[Study], None]:
    """Replace one raw file."""

    def change(study: Study) -> None:
        study.files[name] = content

    return change


def text(content: str) -> Callable[[Study], None]:
    """Replace config.yaml."""

    def change(study: Study) -> None:
        study.config_text = content

    return change


def without(*path: str) -> Callable[[Study], None]:
    """Remove one entry of config.yaml."""

    def change(study: Study) -> None:
        node = study.config
        for key in path[:-1]:
            node = node[key]
        del node[path[-1]]

    return change


BEFORE = answers(0)
LATE = {"label": "Late", "variable": "score", "measured": "after"}
WRONG_ORDER = {"kind": "mixed", "outcomes": ["score"], "random": ["neighbourhood", "person"]}
WORD = {"type": "text", "column": "score"}
STOPS: dict[str, tuple[Callable[[Study], None], str]] = {
    "misspelt key": (
        put("models", "did", "covarince", value="HC2"),
        "config.yaml: models.did.covarince: nothing here is called 'covarince'; did you mean"
        " 'covariance'?",
    ),
    "misspelt outcome": (
        put("models", "did", "outcomes", value=["scroe"]),
        "config.yaml: models.did.outcomes: no outcome is called 'scroe'; did you mean 'score'?"
        " (declared: lonely, score)",
    ),
    "unknown covariate": (
        put("models", "did", "covariates", value=["agee"]),
        "config.yaml: models.did.covariates: no covariate is called 'agee'; did you mean 'age'?",
    ),
    "unknown kind": (
        put("models", "did", "kind", value="mixd"),
        "config.yaml: models.did: no model kind is called 'mixd'; did you mean 'mixed'?"
        f" (known: {', '.join(KINDS)})",
    ),
    "no kind": (
        without("models", "did", "kind"),
        f"config.yaml: models.did: 'kind' is missing; write one of {', '.join(KINDS)}",
    ),
    "wrong word": (
        put("models", "did", "design", value="chnge"),
        "config.yaml: models.did.design: must be 'change', 'unit_effects' or 'cross_sections', not"
        " 'chnge'; did you mean 'change'?",
    ),
    "one time": (
        put("models", "did", "times", value=["after"]),
        "config.yaml: models.did.times: a change needs two times at least; 1 is left; name another"
        " here (declared besides: before)",
    ),
    "cluster that is not used": (
        put("models", "did", "cluster", value="neighbourhood"),
        "config.yaml: models.did.cluster: HC2 does not use it; write covariance: CR2, or remove it",
    ),
    "clustered without a cluster": (
        put("models", "did", "covariance", value="CR2"),
        "config.yaml: models.did.cluster: CR2 needs one; write cluster: neighbourhood (or person)",
    ),
    "person effects without clusters": (
        put("models", "did", "design", value="unit_effects"),
        "config.yaml: models.did.covariance: HC2 takes records of one person as independent",
    ),
    "random effects out of order": (
        put("models", "did", value=WRONG_ORDER),
        "config.yaml: models.did.random: write each level once, innermost first:"
        " [person, neighbourhood]",
    ),
    "word instead of a list": (
        put("models", "did", "outcomes", value="score"),
        "config.yaml: models.did.outcomes: must be a list; write [score]",
    ),
    "number instead of text": (
        put("times", "before", "label", value=3),
        'config.yaml: times.before.label: must be text; put it in quotes: "3"',
    ),
    "no model": (
        put("models", value={}),
        "config.yaml: models: needs at least 1 of them, as change: {kind: did, design: change,"
        " outcomes: [NAME]}",
    ),
    "outcome of words": (
        lambda study: (
            put("files", "before", "variables", "word", value=WORD)(study),
            put("outcomes", "score", "variable", value="word")(study),
        ),
        "config.yaml: outcomes.score: its values are words; an outcome needs numbers",
    ),
    "a sheet with and without its name": (
        lambda study: (
            put("files", "people", "path", value="data/raw/people.xlsx")(study),
            put(
                "files",
                "again",
                value={
                    "path": "data/raw/people.xlsx",
                    "sheet": "A",
                    "level": "other",
                    "one_row_per": "any",
                },
            )(study),
        ),
        "config.yaml: files.people.sheet: another entry reads sheet 'A' of data/raw/people.xlsx;"
        " write which sheet this one reads, so that no record counts twice",
    ),
    "a sheet of a CSV": (
        put("files", "people", "sheet", value="A"),
        "config.yaml: files.people.sheet: a csv file has no sheets; remove it",
    ),
    "one time in two files": (
        put("files", "after", "time", value={"constant": "before"}),
        "config.yaml: files: ucla3.total of 'P01' at before stands in before (line 2) and in after"
        " (line 2) (24 such records); if one file is a newer version of the other, take the entry",
    ),
    "missing section": (without("outcomes"), "config.yaml: outcomes: 'outcomes' is missing"),
    "unknown instrument": (
        put("files", "before", "instruments", value={"ucla4": "u_{item}"}),
        "config.yaml: files.before.instruments: no instrument is called 'ucla4'; did you mean"
        " 'ucla3'?",
    ),
    "unknown score": (
        put("outcomes", "lonely", "score", value="ucla3.totl"),
        "config.yaml: outcomes.lonely.score: no score is called 'ucla3.totl'; did you mean"
        " 'ucla3.total'?",
    ),
    "unknown time": (
        put("files", "after", "time", value={"constant": "aftr"}),
        "config.yaml: files.after.time.constant: no time is called 'aftr'; did you mean 'after'?",
    ),
    "late covariate": (
        lambda study: (
            put(
                "covariates", "late", value={"label": "L", "variable": "score", "measured": "after"}
            )(study),
            put("models", "did", "covariates", value=["late"])(study),
        ),
        "config.yaml: models.did.covariates: 'late' is measured at after, after baseline: the"
        " intervention may have changed it",
    ),
    "path outside": (
        put("files", "before", "path", value="../before.csv"),
        "config.yaml: files.before.path: '../before.csv' leaves the study's folder; put the file"
        " under data/raw",
    ),
    "two lists of people": (
        put("files", "before", "lists_people", value=True),
        "config.yaml: files: exactly one file of level person must say 'lists_people: true'",
    ),
    "expression that reaches out": (
        put("files", "before", "derived", value={"d": {"expression": "score.__class__"}}),
        "config.yaml: files.before.derived.d.expression: 'score.__class__' holds Attribute; only"
        " arithmetic and comparisons may",
    ),
    "key twice": (
        text("study:\n  id: a\n  id: b\n"),
        "config.yaml: line 3: 'id' stands twice in the same section; keep one of them",
    ),
    "tab": (text("study:\n\tid: a\n"), "config.yaml: line 2, column 1: found character"),
    "not a mapping": (text("- a\n- b\n"), "config.yaml: holds no sections"),
    "missing raw file": (
        lambda study: study.files.pop("before.csv") and None,
        "data/raw/before.csv: there is no such file (files.before.path)",
    ),
    "empty file": (
        raw("before.csv", ""),
        "data/raw/before.csv: the file is empty; export it again",
    ),
    "header alone": (
        raw("before.csv", "id,date,score,u_1,u_2,u_3\n"),
        "data/raw/before.csv: holds column names but no records; export it again, or, where",
    ),
    "register may be empty": (
        put("files", "people", "may_be_empty", value=True),
        "config.yaml: files.people.may_be_empty: the register lists people; without any there is",
    ),
    "cut off": (
        raw("before.csv", BEFORE[:-6]),
        "data/raw/before.csv: line 13: the last record has fewer fields than the header and no end"
        " of line: the file was cut off; export it again",
    ),
    "binary": (
        raw("before.csv", BEFORE.encode() + b"\x00\x01"),
        "data/raw/before.csv: line 14: holds a NUL byte",
    ),
    "wrong encoding": (
        raw("before.csv", (BEFORE + "Pé,,,,,\n").encode("cp1252")),
        "data/raw/before.csv: line 14: byte 0xe9 is not utf-8; declare the right encoding",
    ),
    "xlsx called csv": (raw("before.csv", xlsx()), "data/raw/before.csv: is no CSV file"),
    "too many fields": (
        raw("before.csv", BEFORE + "P99,2024-01-01,3,1,1,1,1,1\n"),
        "data/raw/before.csv: line 14: has 8 fields, the header 6",
    ),
    "open quote": (
        raw("before.csv", BEFORE + 'P99,"2024-01-01,3,1,1,1\n'),
        "data/raw/before.csv: line 14: a quotation mark is opened and never closed",
    ),
    "column twice": (
        raw("before.csv", BEFORE.replace("u_3", "u_2")),
        "data/raw/before.csv: line 1: 'u_2' names columns 5 and 6; name them apart",
    ),
    "column without a name": (
        raw("before.csv", BEFORE.replace("date,", ",", 1)),
        "data/raw/before.csv: line 1: column 2 has no name",
    ),
    "unknown column": (
        raw("before.csv", BEFORE.replace("score", "scores", 1)),
        "data/raw/before.csv: no column is called 'score'; did you mean 'scores'?",
    ),
    "unlisted file": (
        lambda study: setattr(study, "sources", "files: {}\n"),
        "data/raw/SOURCES.yaml: lists no file 'people.csv'; add where it came from",
    ),
    "conflict that stops": (
        lambda study: (
            raw("before.csv", BEFORE + "P01,2024-01-11,3,1,1,1\n")(study),
            put("files", "before", "duplicates", value="stop")(study),
        ),
        "data/raw/before.csv: id: a second record for the same unit and time that differs; 1"
        " record, first on line 14: 'P01'",
    ),
    "kind that stops": (
        lambda study: (
            raw("before.csv", BEFORE + "P77,2024-01-11,3,1,1,1\n")(study),
            put("problems", "stop_on", value=["unknown_person"])(study),
        ),
        "data/raw/before.csv: id: an id that is not among the people; 1 record, first on line 14:"
        " 'P77'",
    ),
}


@pytest.mark.parametrize("name", STOPS)
def test_it_stops_with_one_line(study: Study, name: str) -> None:
    change, message = STOPS[name]
    change(study)
    ran = study.run()
    assert ran.status == 1
    assert any(line.startswith(message) for line in ran.lines), ran.shown
    assert "Traceback" not in ran.shown
    assert all(line.strip() for line in ran.lines)


def test_an_absent_file_with_an_address_says_where_to_get_it(study: Study) -> None:
    study.write()
    listed = yaml.safe_load((study.folder / "data/raw/SOURCES.yaml").read_text(encoding="utf-8"))
    listed["files"]["before.csv"]["url"] = "https://example.org/before"
    study.sources = yaml.safe_dump(listed)
    (study.folder / "data/raw/before.csv").unlink()
    del study.files["before.csv"]
    assert study.run().lines == [
        "data/raw/before.csv: there is no such file (files.before.path); get it from"
        " https://example.org/before (data/raw/SOURCES.yaml says how) and put it there"
    ]


def test_all_mistakes_are_named_at_once(study: Study) -> None:
    put("models", "did", "covarince", value="HC2")(study)
    put("models", "did", "outcomes", value=["scroe"])(study)
    put("files", "after", "time", value={"constant": "aftr"})(study)
    assert len(study.run().lines) == 3


def test_mistakes_of_every_sort_are_named_in_one_round(study: Study) -> None:
    """A wrong key, settings that do not fit together, a wrong name, a file that is not there."""
    models = study.config["models"]
    models["two"] = models["did"] | {"covarince": "HC2"}
    models["three"] = models["did"] | {"covariance": "CR2"}
    models["four"] = models["did"] | {"outcomes": ["scroe"]}
    study.config["files"]["people"]["variables"]["sex"] = {"type": "category"}
    study.config["published"] = {"path": "expectd.csv"}
    study.config["study"]["seeed"] = 1
    places = [line.split(": ")[:2] for line in study.run().lines]
    assert places == [
        ["config.yaml", "study.seeed"],
        ["config.yaml", "models.two.covarince"],
        ["config.yaml", "models.four.outcomes"],
        ["config.yaml", "files.people.variables.sex.values"],
        ["config.yaml", "models.three.cluster"],
        ["expectd.csv", "there is no such file (published.path); put it there, or correct its path"
         " in config.yaml"],
    ]  # fmt: skip


def test_what_points_to_a_faulty_entry_is_not_called_wrong(study: Study) -> None:
    study.config["outcomes"]["score"]["direktion"] = "higher_is_better"
    study.config["files"]["people"]["levle"] = "person"
    lines = study.run().lines
    assert [line.split(": ")[1] for line in lines] == [
        "files.people.levle",
        "outcomes.score.direktion",
    ]


def test_all_bad_files_are_named_at_once(study: Study) -> None:
    raw("before.csv", "")(study)
    raw("after.csv", answers(1).replace("u_3", "u_2"))(study)
    ran = study.run()
    assert [line.split(":")[0] for line in ran.lines] == [
        "data/raw/before.csv",
        "data/raw/after.csv",
    ]


CELLS: dict[str, tuple[str, str, str]] = {
    "not_a_number": ("P01,2024-01-11,11,", "P01,2024-01-11,eleven,", "set to missing"),
    "out_of_range": ("P01,2024-01-11,11,", "P01,2024-01-11,999,", "set to missing"),
    "not_a_code": ("P01,2024-01-11,11,2", "P01,2024-01-11,11,2.5", "set to missing"),
    "not_a_date": ("P01,2024-01-11", "P01,31/02/2024", "set to missing"),
    "impossible_date": ("P01,2024-01-11", "P01,2203-01-11", "set to missing"),
    "date_before_baseline": ("P01,2024-02-11", "P01,2023-02-11", "set to missing"),
    "unknown_person": ("P01,2024-01-11", "P91,2024-01-11", "set aside"),
    "blank_id": ("P01,2024-01-11", ",2024-01-11", "set aside"),
}


@pytest.mark.parametrize("kind", CELLS)
def test_a_bad_cell_is_listed_and_the_run_goes_on(study: Study, kind: str) -> None:
    good, bad, action = CELLS[kind]
    name = "after.csv" if kind == "date_before_baseline" else "before.csv"
    content = str(study.files[name])
    assert content.count(good) == 1
    study.files[name] = content.replace(good, bad)
    ran = study.run()
    assert ran.status == 0, ran.shown
    (problem,) = ran.problems().to_dict("records")
    assert (problem["kind"], problem["line"], problem["action"]) == (kind, 2, action)
    aside = ran.ledger()["status"].eq("set aside").sum()
    assert aside == (action == "set aside")


@pytest.mark.parametrize(
    ("kind", "rule", "aside", "value"),
    [
        ("exact_duplicate", "keep_first", 1, 11.0),
        ("conflicting_duplicate", "keep_first", 1, 11.0),
        ("conflicting_duplicate", "keep_last", 1, 3.0),
        ("conflicting_duplicate", "keep_neither", 2, None),
    ],
)
def test_duplicates_by_the_declared_rule(
    study: Study, kind: str, rule: str, aside: int, value: float | None
) -> None:
    first = BEFORE.splitlines()[1]
    again = first if kind == "exact_duplicate" else "P01,2024-01-11,3,1,1,1"
    study.files["before.csv"] = BEFORE + again + "\n"
    study.config["files"]["before"]["duplicates"] = rule
    ran = study.run()
    set_aside = ran.ledger()[ran.ledger()["status"] == "set aside"]
    assert list(set_aside["reason"]) == [kind] * aside
    panel = ran.panel()
    own = panel[(panel["unit"] == "P01") & (panel["time"] == "before")]
    (found,) = own.loc[own["outcome"] == "score", "value"]
    assert found == value if value is not None else pd.isna(found)


def test_sites_in_other_spelling_are_read_and_undeclared_ones_set_aside(study: Study) -> None:
    study.files["people.csv"] = PEOPLE.replace("P01,North", "P01, NORTH ").replace(
        "P02,South", "P02,East"
    )
    ran = study.run()
    assert ran.status == 0
    problems = ran.problems()
    own = problems[problems["file"] == "data/raw/people.csv"]
    assert list(own["kind"]) == ["respelled", "undeclared_site"]
    assert set(problems["kind"]) == {"respelled", "undeclared_site", "unknown_person"}
    assert set(ran.panel()["unit"]) == {f"P{i:02}" for i in range(1, 13)} - {"P02"}


def test_missing_codes_spaces_and_points_are_understood(study: Study) -> None:
    content = BEFORE.replace("P01,2024-01-11,11,2", "P01,2024-01-11,-9.0, 2 ")
    study.files["before.csv"] = content.replace("P02,2024-01-12,12,3", "P02,2024-01-12, 12.0 ,3.0")
    ran = study.run()
    assert len(ran.problems()) == 0
    panel = ran.panel().set_index(["unit", "time", "outcome"])["value"]
    assert pd.isna(panel["P01", "before", "score"])
    assert panel["P02", "before", "score"] == 12.0
    assert panel["P01", "before", "lonely"] == 6.0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda s: s.replace("N", "x"), "holds nobody"),
        (lambda s: "".join(s.splitlines(keepends=True)[:3]), "holds one person"),
    ],
)
def test_too_few_people_is_a_row_with_a_reason(study: Study, change: Any, reason: str) -> None:
    if reason == "holds one person":
        study.files["people.csv"] = change(PEOPLE)
    else:
        study.files["after.csv"] = answers(1).splitlines()[0] + "\nP01,2024-02-11,,,,\n"
    ran = study.run()
    assert ran.status == 0, ran.shown
    (row,) = ran.estimates()
    assert row["status"] == "not_estimable" and reason in row["reason"]


def test_a_constant_outcome_is_a_row_with_a_reason(study: Study) -> None:
    flat = "".join(
        line if i == 0 else ",".join([*line.split(",")[:2], "5", *line.split(",")[3:]])
        for i, line in enumerate(BEFORE.splitlines(keepends=True))
    )
    study.files["before.csv"], study.files["after.csv"] = flat, flat + "\n"  # two exports
    (row,) = study.run().estimates()
    assert row["status"] == "not_estimable" and "not vary" in row["reason"]


def test_raw_files_are_not_touched(study: Study) -> None:
    study.write()
    before = {
        p: (p.read_bytes(), p.stat().st_mtime_ns) for p in study.folder.glob("data/raw/*.csv")
    }
    study.run()
    for path, (content, _) in before.items():
        assert path.read_bytes() == content


def test_the_tiny_study_itself_is_clean(study: Study) -> None:
    ran = study.run()
    assert (ran.status, ran.shown) == (0, "")
    assert len(ran.problems()) == 0 and (ran.ledger()["status"] == "kept").all()
    (row,) = ran.estimates()
    # by hand: north rises by 1 + mean(noise of odd i), south by mean(noise of even i)
    noise = {i: 0.5 * (i * 7 % 5) for i in range(1, 13)}
    north, south = ([noise[i] for i in noise if i % 2 == odd] for odd in (1, 0))
    expected = 1 + sum(north) / 6 - sum(south) / 6
    assert row["estimate"] == pytest.approx(expected, rel=1e-12)  # a handful of exact halves


def test_short_records_are_padded_and_listed(study: Study) -> None:
    study.files["before.csv"] = BEFORE.replace("P03,2024-01-13,13,1,2,2", "P03,2024-01-13,13")
    ran = study.run()
    (problem,) = ran.problems().to_dict("records")
    assert (problem["kind"], problem["line"]) == ("short_record", 4)
    panel = ran.panel().set_index(["unit", "time", "outcome"])["value"]
    assert panel["P03", "before", "score"] == 13.0
    assert pd.isna(panel["P03", "before", "lonely"])


def test_a_file_whose_rows_all_have_an_undeclared_time_stops(study: Study) -> None:
    study.config["files"]["before"]["time"] = {"column": "date", "values": {"x": "before"}}
    ran = study.run()
    assert ran.status == 1
    (line,) = ran.lines
    assert line.startswith("data/raw/before.csv: none of its records could be placed (12 × a ti")
    assert (ran.problems()["kind"] == "undeclared_time").sum() == 12


def test_a_covariate_that_nobody_has_is_said_in_the_reason(study: Study) -> None:
    lines = [line.split(",") for line in PEOPLE.splitlines()]
    study.files["people.csv"] = "\n".join(
        ",".join([*line[:3], "" if i else line[3], line[4]]) for i, line in enumerate(lines)
    )
    study.config["models"]["did"]["covariates"] = ["age"]
    (row,) = study.run().estimates()
    assert row["status"] == "not_estimable"
    assert row["reason"].endswith("(12 units without a value of Age left out)")


@pytest.mark.parametrize(
    "model",
    [
        {"kind": "did", "design": "change"},
        {"kind": "did", "design": "unit_effects", "covariance": "CR2", "cluster": "person"},
        {"kind": "mixed", "random": ["person"]},
    ],
    ids=["change", "panel", "mixed"],
)
def test_a_time_that_no_file_holds_costs_its_own_row_alone(
    study: Study, model: dict[str, Any]
) -> None:
    study.config["models"]["did"] = model | {"outcomes": ["score"]}
    alone = {row["time"]: row["estimate"] for row in study.run().estimates()}
    study.config["times"]["later"] = {"label": "Later", "position": 12}
    ran = study.run()
    assert ran.status == 0, ran.shown
    rows = {row["time"]: row for row in ran.estimates()}
    assert rows["after"]["estimate"] == pytest.approx(alone["after"], rel=1e-9)  # one optimum
    assert rows["later"]["status"] == "not_estimable"
    assert "holds nobody with a value at Later" in rows["later"]["reason"]


def test_an_absent_file_hides_no_fault_of_another(study: Study) -> None:
    study.config["files"]["before"]["path"] = "data/raw/befor.csv"
    study.config["files"]["people"]["variables"]["age"]["column"] = "years"
    study.files["after.csv"] = str(study.files["after.csv"]).encode() + b"P13,\xe9,\xe9,1,1,1\n"
    assert [line.split(";")[0] for line in study.run().shown.splitlines()] == [
        "data/raw/befor.csv: there is no such file (files.before.path)",
        "data/raw/after.csv: line 14: byte 0xe9 is not utf-8",
        "data/raw/people.csv: no column is called 'years' (it has: age, id, near, sex, site)",
    ]


def test_a_fault_of_many_lines_is_told_with_all_of_them(study: Study) -> None:
    study.files["after.csv"] = str(study.files["after.csv"]).encode() + b"P13,\xe9\n" * 3
    study.files["before.csv"] = (
        str(study.files["before.csv"]) + "P13,1,2,3,4,5,6\n\nP1,1,2,3,4,5,6\n"
    )
    assert [line.split(";")[0] for line in study.run().shown.splitlines()] == [
        "data/raw/before.csv: line 14: has 7 fields, the header 6 (2 such records: lines 14, 16)",
        "data/raw/after.csv: line 14: byte 0xe9 is not utf-8 (3 such lines: lines 14 to 16)",
    ]
