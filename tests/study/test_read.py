"""config.yaml: a right one reads; every mistake is one line that says place, fact, nearest word."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from cesp_analysis import instruments
from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.errors import CespError
from cesp_analysis.models.kinds import KINDS
from cesp_analysis.study import specs
from cesp_analysis.study.read import checked, merged, read_study, still_to_decide
from small_study import Study

Change = Callable[[dict[str, Any]], object]


def put(place: str, value: Any) -> Change:
    """Set the entry at a dotted place."""

    def change(config: dict[str, Any]) -> None:
        *parents, last = place.split(".")
        for key in parents:
            config = config.setdefault(key, {})
        config[last] = value

    return change


def without(place: str) -> Change:
    """Remove the entry at a dotted place."""

    def change(config: dict[str, Any]) -> None:
        *parents, last = place.split(".")
        for key in parents:
            config = config[key]
        del config[last]

    return change


def derived(**how: Any) -> Change:
    """A derived variable `new` of the file `before`."""
    return put("files.before.derived.new", how)


LATE = {"label": "Late", "variable": "score", "measured": "after"}
WORD = {"label": "W", "variable": "sex", "reference": "x"}
SCREENING = {"path": "data/raw/screening.csv", "level": "other", "unit": "id"}

MISTAKES: list[tuple[str, Change, str]] = [
    (
        "one group with models",
        without("arms.control"),
        "arms: one group alone is compared with nobody; declare control too, or no models",
    ),
    (
        "a control group alone",
        without("arms.intervention"),
        "arms: declare both intervention and control (or one group alone, as intervention)",
    ),
    (
        "two groups without a model",
        put("models", {}),
        "models: needs at least 1 of them, as change: {kind: did, design: change,"
        " outcomes: [NAME]}",
    ),
    (
        "unknown key",
        put("sites.north.lable", "N"),
        "sites.north.lable: nothing here is called 'lable'; did you mean 'label'?"
        " (known: label, arm, started)",
    ),
    (
        "unknown start",
        put("sites.north.started", "aftr"),
        "sites.north.started: no time is called 'aftr'; did you mean 'after'?"
        " (declared: after, before)",
    ),
    (
        "a control site that starts",
        put("sites.south.started", "after"),
        "sites.south.started: a control site never gets the intervention; write arm:"
        " intervention, or remove it",
    ),
    (
        "misspelt outcome",
        put("models.did.outcomes", ["scor"]),
        "models.did.outcomes: no outcome is called 'scor'; did you mean 'score'?"
        " (declared: lonely, score)",
    ),
    (
        "misspelt time",
        put("files.after.time.constant", "aftre"),
        "files.after.time.constant: no time is called 'aftre'; did you mean 'after'?"
        " (declared: after, before)",
    ),
    (
        "misspelt site",
        put("files.people.site.values", {"N": "nroth"}),
        "files.people.site.values.N: no site is called 'nroth'; did you mean 'north'?"
        " (declared: north, south)",
    ),
    (
        "misspelt score",
        put("outcomes.lonely.score", "ucla3.totla"),
        "outcomes.lonely.score: no score is called 'ucla3.totla'; did you mean 'ucla3.total'?"
        " (declared: ucla3.total)",
    ),
    (
        "misspelt variable",
        put("outcomes.score.variable", "scroe"),
        "outcomes.score.variable: no variable is called 'scroe'; did you mean 'score'?"
        " (declared: age, score, sex)",
    ),
    (
        "misspelt covariate",
        put("models.did.covariates", ["aeg"]),
        "models.did.covariates: no covariate is called 'aeg'; did you mean 'age'? (declared: age)",
    ),
    (
        "misspelt instrument",
        put("files.before.instruments", {"ulca3": "u_{item}"}),
        "files.before.instruments: no instrument is called 'ulca3'; did you mean 'ucla3'?"
        " (declared: bscs, dass21, dejong_gierveld_6, direct_loneliness, eq5d_3l, eq5d_5l, gad7,"
        " icecap_o, ons4, phq9, social_provisions, swemwbs, ucla3, wemwbs)",
    ),
    (
        "misspelt kind of data problem",
        put("problems.stop_on", ["blank_ids"]),
        "problems.stop_on: no kind of data problem is called 'blank_ids'; did you mean 'blank_id'?",
    ),
    (
        "missing section",
        without("arms"),
        "arms: 'arms' is missing; add it",
    ),
    (
        "missing entry",
        without("outcomes.score.unit"),
        "outcomes.score.unit: 'unit' is missing; The unit of its values, e.g. points.",
    ),
    (
        "wrong literal",
        put("outcomes.score.direction", "higher"),
        "outcomes.score.direction: must be 'higher_is_better', 'lower_is_better' or 'neither', not"
        " 'higher'",
    ),
    (
        "wrong arm",
        put("arms.contrl", {"label": "x"}),
        "arms.contrl: must be 'intervention' or 'control', not 'contrl'; did you mean 'control'?",
    ),
    (
        "labels that two share",
        put("outcomes.lonely.label", "Score"),
        "outcomes.lonely.label: 'Score' is the label of score too; tables could not tell them",
    ),
    (
        "sites of one label",
        put("sites.south.label", "North"),
        "sites.south.label: 'North' is the label of north too",
    ),
    (
        "a site called like an arm",
        put("sites.control", {"label": "C", "arm": "control"}),
        "sites.control: is the name of an arm",
    ),
    (
        "an arm beside a site",
        put("files.people.arm", {"column": "sex", "values": {"f": "control"}}),
        "files.people.arm: a site belongs to an arm, which says it; remove arm",
    ),
    (
        "a covariate called like the tables' column",
        put("covariates.group", {"label": "G", "variable": "age"}),
        "covariates.group: is the name of a column of the panel",
    ),
    (
        "a variable called like a function",
        put("files.people.variables.log", {}),
        "files.people.variables.log: log is a function of expressions",
    ),
    (
        "a flow step called like a time",
        put("flow.before", {"label": "B", "file": "people"}),
        "flow.before: a time has that name",
    ),
    (
        "a flow step without a condition",
        put("flow.old", {"label": "Old", "file": "people", "where": "age + 1"}),
        "flow.old.where: 'age + 1' gives numbers; write a condition",
    ),
    (
        "not a name",
        put("outcomes.Well being", {"label": "x"}),
        "outcomes.Well being: 'Well being' is not a name; use at most 40 small letters, digits and"
        " underscores",
    ),
    (
        "empty section",
        put("sites", None),
        "sites: must be a section with entries of its own; it is empty",
    ),
    (
        "kind missing",
        without("models.did.kind"),
        f"models.did: 'kind' is missing; write one of {', '.join(KINDS)}",
    ),
    (
        "kind misspelt",
        put("models.did", {"knd": "did"}),
        "models.did: 'kind' is missing ('knd': did you mean 'kind'?); write one of did, ancova",
    ),
    (
        "kind under another name",
        put("models.did", {"type": "did"}),
        "models.did: 'kind' is missing ('type': did you mean 'kind'?); write one of did, ancova",
    ),
    (
        "kind unknown",
        put("models.did.kind", "dId"),
        "models.did: no model kind is called 'dId'; did you mean 'did'?"
        f" (known: {', '.join(KINDS)})",
    ),
    (
        "kind with two letters in each other's place",
        put("models.did.kind", "ddi"),
        "models.did: no model kind is called 'ddi'; did you mean 'did'? (known: ",
    ),
    (
        "path that leaves the folder",
        put("files.after.path", "/tmp/after.csv"),
        "files.after.path: '/tmp/after.csv' leaves the study's folder; put the file under data/raw",
    ),
    (
        "path outside data/raw",
        put("files.after.path", "after.csv"),
        "files.after.path: 'after.csv' lies outside data/raw; put the file there",
    ),
    (
        "format unknown",
        put("files.after.path", "data/raw/after.txt"),
        "files.after.path: 'data/raw/after.txt' tells no format; write format: csv, xlsx, sav or"
        " dta",
    ),
    (
        "two registers",
        put("files.before.lists_people", True),
        "files: exactly one file of level person must say 'lists_people: true' (it lists the"
        " people); 2 do",
    ),
    (
        "unknown name in an expression",
        derived(expression="scor + 1"),
        "files.before.derived.new.expression: no variable is called 'scor'; did you mean 'score'?"
        " (declared: score)",
    ),
    (
        "an expression of itself",
        derived(expression="new + 1"),
        "files.before.derived.new.expression: no variable is called 'new'",
    ),
    (
        "function call",
        derived(expression="open('x')"),
        "files.before.derived.new.expression: 'open('x')' calls a function; known are abs, exp,"
        " expm1, log, log1p, sqrt",
    ),
    (
        "attribute access",
        derived(expression="score.values"),
        "files.before.derived.new.expression: 'score.values' holds Attribute; only arithmetic and"
        " comparisons may",
    ),
    (
        "expression that cannot be read",
        derived(expression="score +"),
        "files.before.derived.new.expression: 'score +' cannot be read: invalid syntax",
    ),
    (
        "two ways",
        derived(expression="score", cuts=[1]),
        "files.before.derived.new: write one of expression, days_between, values (with"
        " source), cuts (with"
        " source, labels), known, cases",
    ),
    (
        "known of nothing",
        derived(known="scoer"),
        "files.before.derived.new.known: no variable is called 'scoer'; did you mean 'score'?"
        " (declared: score)",
    ),
    (
        "a case that is no condition",
        derived(cases=[{"where": "score + 1", "value": 0}]),
        "files.before.derived.new.cases: case 1: where: 'score + 1' gives numbers; write a"
        " condition, e.g. score + 1 == 1",
    ),
    (
        "a case of nothing known",
        derived(cases=[{"value": "scoer"}]),
        "files.before.derived.new.cases: case 1: value: no variable is called 'scoer'; did you mean"
        " 'score'? (declared: score)",
    ),
    (
        "a case that is never reached",
        derived(cases=[{"value": 0}, {"where": "score > 1", "value": 1}]),
        "files.before.derived.new.cases: case 1: has no condition, so none behind it is ever"
        " reached",
    ),
    (
        "too few labels",
        derived(source="score", cuts=[10, 20], labels=["low", "high"]),
        "files.before.derived.new.labels: 2 cuts need 3 labels",
    ),
    (
        "cuts that fall",
        derived(source="score", cuts=[20, 10], labels=["a", "b", "c"]),
        "files.before.derived.new.cuts: must rise",
    ),
    (
        "cuts of words",
        put("files.people.derived.new", {"source": "sex", "cuts": [1], "labels": ["a", "b"]}),
        "files.people.derived.new.source: 'sex' is of type category; cuts need a number",
    ),
    (
        "labels twice",
        derived(source="score", cuts=[10], labels=["a", "a"]),
        "files.before.derived.new.labels: must differ",
    ),
    (
        "recoding of no code",
        put("files.people.derived.new", {"source": "sex", "values": {"w": "1"}}),
        "files.people.derived.new.values: no code is called 'w' (declared: f, m)",
    ),
    (
        "misspelt source",
        derived(source="scoer", values={"1": "2"}),
        "files.before.derived.new.source: no variable is called 'scoer'; did you mean 'score'?"
        " (declared: score)",
    ),
    (
        "a variable called as a record's column",
        put("files.before.variables.site", {"range": [1, 2]}),
        "files.before.variables.site: the records have a column of that name; choose another and"
        " write column: site",
    ),
    (
        "model at another level",
        put("models.did.level", "respondent"),
        "models.did.outcomes: 'score' is measured at level person, the model at level respondent",
    ),
    (
        "outcome at another level",
        put("outcomes.score.level", "respondent"),
        "outcomes.score.variable: 'score' is in files of level person, the entry is of level"
        " respondent",
    ),
    (
        "outcome without a time",
        put("outcomes.score.variable", "age"),
        "outcomes.score.variable: 'age' is in no file that says a time; an outcome needs one: write"
        " time: {constant: TIME} or time: {column: COLUMN} in the entry of data/raw/people.csv",
    ),
    (
        "answers of a register that says no time",
        put("files.people.instruments", {"ucla3": "age{item}"}),
        "files.people.instruments: 'ucla3.total' is in outcomes, and the entry says no time, so its"
        " answers would count at none; write time: {constant: TIME} or time: {column: COLUMN}, or"
        " leave ucla3 out of the entry, if its answers are not to be counted",
    ),
    (
        "answers of a register with columns of several times",
        lambda c: (
            put("files.people.instruments", {"ucla3": "u{item}"})(c),
            put("files.people.variables.again.columns", {"before": "a", "after": "b"})(c),
        ),
        "files.people.instruments: 'ucla3.total' is in outcomes, and the entry says no time, so its"
        " answers would count at none; read them by a further entry of data/raw/people.csv with"
        " time: {constant: TIME}, or leave ucla3 out of the entry, if its answers are not to be"
        " counted",
    ),
    (
        "post-baseline covariate",
        lambda c: (put("covariates.late", LATE)(c), put("models.did.covariates", ["late"])(c)),
        "models.did.covariates: 'late' is measured at after, after baseline: the intervention may"
        " have changed it, and adjusting for it then removes part of the effect; leave it out, or"
        " declare covariates.late.post_baseline_reason",
    ),
    (
        "reference that is no category",
        put("covariates.sex", WORD),
        "covariates.sex.reference: no category is called 'x' (declared: f, m)",
    ),
    (
        "date format",
        put("files.before.date.format", "day/month"),
        "files.before.date.format: 'day/month' is no date format; write e.g. '%d/%m/%Y'",
    ),
    (
        "period",
        put("study.period", ["2024-01-01", "soon"]),
        "study.period: write two dates as YYYY-MM-DD, not '2024-01-01' and 'soon'",
    ),
    (
        "weight",
        put("files.before.weight", {"constant": "many"}),
        "files.before.weight.constant: must be a number, not 'many'",
    ),
    (
        "item pattern",
        put("files.before.instruments.ucla3", "u_{itm}"),
        "files.before.instruments.ucla3: 'u_{itm}' needs {item} for the item's code",
    ),
    (
        "condition of a flow step",
        put("flow.old", {"label": "Old", "file": "people", "where": "agee > 40"}),
        "flow.old.where: no variable is called 'agee'; did you mean 'age'? (declared: age, sex)",
    ),
    (
        "reason of a flow step",
        put("flow.old", {"label": "Old", "file": "people", "reason": "why"}),
        "flow.old.reason: no variable is called 'why' (declared: age, sex)",
    ),
    (
        "flow step without sites",
        lambda c: (
            put("files.screening", SCREENING)(c),
            put("flow.asked", {"label": "Asked", "file": "screening"})(c),
        ),
        "flow.asked.file: files.screening says no site; its rows are counted by site",
    ),
    (
        "a wave that people do not have",
        lambda c: (
            put("waves.w1", {"label": "Wave", "position": 1})(c),
            put("outcomes.score.times", ["w1"])(c),
        ),
        "outcomes.score.times: 'w1' is no time (declared: before, after)",
    ),
    (
        "a file at a wave that people do not have",
        lambda c: (
            put("waves.w1", {"label": "Wave", "position": 1})(c),
            put("files.after.time.constant", "w1")(c),
        ),
        "files.after.time: 'w1' is no time (declared: before, after)",
    ),
    (
        "category without codes",
        put("files.people.variables.sex", {"type": "category"}),
        "files.people.variables.sex.values: list the codes that may occur",
    ),
    (
        "range that falls",
        put("files.people.variables.age.range", [110, 18]),
        "files.people.variables.age.range: the lowest value stands first",
    ),
    (
        "number in words",
        put("times.after.position", "six"),
        "times.after.position: must be a number; it is 'six'",
    ),
    (
        "a word for a switch",
        put("study.synthetic", "maybe"),
        "study.synthetic: must be true or false; it is 'maybe'",
    ),
    (
        "half a seed",
        put("study.seed", 1.5),
        "study.seed: must be a whole number; it is 1.5",
    ),
    (
        "a seed below zero",
        put("study.seed", -1),
        "study.seed: must be at least 0; it is -1",
    ),
    (
        "a path with a step in place",
        put("files.after.path", "data/raw/./after.csv"),
        "files.after.path: 'data/raw/./after.csv' is not the plain path of a file; write"
        " data/raw/after.csv",
    ),
    (
        "a path with two slashes",
        put("few_sites", {"prior": "./own//prior.csv"}),
        "few_sites.prior: './own//prior.csv' is not the plain path of a file; write own/prior.csv",
    ),
    (
        "a section for a word",
        put("sites.north.label", {"x": 1}),
        "sites.north.label: must be text; it is {'x': 1}",
    ),
    (
        "a section that stands there without settings",
        put("planning", None),
        "planning: is empty; write it, or leave the line out",
    ),
]


@pytest.mark.parametrize(
    ("change", "line"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES]
)
def test_a_mistake_is_one_line(study: Study, change: Change, line: str) -> None:
    change(study.config)
    lines = [text for text in study.lines() if text.startswith(f"config.yaml: {line}")]
    assert len(lines) == 1, study.lines()


def test_a_right_config_reads(study: Study) -> None:
    study.write()
    read = read_study(study.folder)
    assert list(read.files) == ["people", "before", "after"]
    assert [moment.name for moment in read.moments("person")] == ["before", "after"]
    assert [place.arm for place in read.places()] == ["intervention", "control"]
    assert read.models["did"].study is not None and read.models["did"].study.study == "tiny"


def test_two_groups_that_are_asked_once_need_no_models(study: Study) -> None:
    """There is nothing to compare over time yet; at a second time, there is."""
    study.config["models"] = {}
    assert study.lines() == [
        "config.yaml: models: needs at least 1 of them, as change: {kind: did, design: change,"
        " outcomes: [NAME]}"
    ]
    del study.config["times"]["after"], study.config["files"]["after"]
    study.write()
    assert not study.lines() and not read_study(study.folder).models


def test_one_group_alone_needs_no_models(study: Study) -> None:
    without("arms.control")(study.config)
    without("sites.south")(study.config)
    without("models")(study.config)
    assert study.lines() == []


def test_three_mistakes_give_three_lines(study: Study) -> None:
    put("sites.north.lable", "N")(study.config)
    put("models.did.outcomes", ["scor"])(study.config)
    put("outcomes.lonely.score", "ucla3.totla")(study.config)
    assert [line.split(": ")[1] for line in study.lines()] == [
        "sites.north.lable",
        "outcomes.lonely.score",
        "models.did.outcomes",
    ]


def test_three_things_that_do_not_fit_give_three_lines(study: Study) -> None:
    put("files.after.path", "after.csv")(study.config)
    derived(source="score", cuts=[10], labels=["a"])(study.config)
    put("study.period", ["2025-01-01", "2024-01-01"])(study.config)
    assert len(study.lines()) == 3


def test_a_fault_in_a_form_is_named_once(study: Study) -> None:
    put("forms.f.derived", {"new": {"expression": "scor"}})(study.config)
    put("files.before.form", "f")(study.config)
    put("files.after.form", "f")(study.config)
    (line,) = study.lines()
    assert line.startswith("config.yaml: forms.f.derived.new.expression: no variable is called")


def test_a_late_covariate_with_a_reason_is_accepted(study: Study) -> None:
    put("covariates.late", LATE | {"post_baseline_reason": "read as a mediator"})(study.config)
    put("models.did.covariates", ["late"])(study.config)
    assert study.lines() == []


TEXTS = {
    "study:\n  id: a\n  id: b\n": "line 3: 'id' stands twice in the same section; keep one of them",
    "study:\n\tid: a\n": "line 2, column 1: found character '\\t' that cannot start any token;"
    " check indentation (spaces, no tabs), colons and quotes there",
    "- a\n": "holds no sections; examples/incinerator shows which there must be",
    "": "holds no sections; examples/incinerator shows which there must be",
    "study: 'a\n": "line 2, column 1: found unexpected end of stream",
    "study: \x07\n": "line 1: holds a character that nobody sees",
}


@pytest.mark.parametrize("text", TEXTS)
def test_yaml_that_cannot_be_read(study: Study, text: str) -> None:
    study.config_text = text or " "
    (line,) = study.lines()
    assert line.startswith(f"config.yaml: {TEXTS[text]}")


def test_no_config_at_all(tmp_path: Path) -> None:
    with pytest.raises(CespError) as caught:
        read_study(tmp_path)
    assert str(caught.value) == (
        "config.yaml: there is no such file; a study is a folder that holds config.yaml"
    )


def test_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_bytes("study: {title: Café}".encode("cp1252"))
    with pytest.raises(CespError, match=r"^config.yaml: line 1: byte 0xe9 is not UTF-8; save"):
        read_study(tmp_path)


def test_words_stay_words(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "a: no\nb: 2026-01-31\nc: 007\nd: true\ne: 1.5\nf: 12:30\n1: x\nno: y\ng:\nh: -3\n",
        encoding="utf-8",
    )
    assert read_yaml(path) == {
        "a": "no", "b": "2026-01-31", "c": "007", "d": True, "e": 1.5, "f": "12:30", "1": "x",
        "no": "y", "g": None, "h": -3,
    }  # fmt: skip


def test_merge_keys_and_anchors(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\nc: *a\n", encoding="utf-8")
    assert read_yaml(path) == {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}, "c": {"x": 1, "y": 2}}


def test_overrides_are_laid_over_config(study: Study) -> None:
    study.write()
    read = read_study(study.folder, {"study": {"seed": 7}, "models": {"did": {"label": "New"}}})
    assert (read.study.seed, read.study.title, read.models["did"].label) == (7, "Tiny", "New")
    with pytest.raises(CespError, match=r"models.did.covarince: nothing here is called"):
        read_study(study.folder, {"models": {"did": {"covarince": "HC2"}}})


def test_merging_changes_neither_side() -> None:
    base, over = {"a": {"b": 1, "c": 2}}, {"a": {"b": 3}, "d": 4}
    assert merged(base, over) == {"a": {"b": 3, "c": 2}, "d": 4}
    assert (base, over) == ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}, "d": 4})


def test_a_form_is_written_out_and_a_file_may_differ(study: Study) -> None:
    form = {"variables": {"mood": {"range": [1, 5]}}, "missing": [-8], "renamed": {"mood": "Mood"}}
    put("forms.f", form)(study.config)
    put("files.before.form", "f")(study.config)
    put("files.before.missing", [-9])(study.config)
    put("files.before.renamed", {"mood": "MOOD"})(study.config)
    study.write()
    file = read_study(study.folder).files["before"]
    assert list(file.variables) == ["mood", "score"] and file.missing == ("-8", "-9")
    assert file.raw_name("mood") == "MOOD" and file.form is None


def test_a_step_is_told_its_own_part_only(study: Study) -> None:
    study.write()
    read = read_study(study.folder)
    put("models.did.label", "Other")(study.config)
    study.write()
    other = read_study(study.folder)
    assert specs.model(read, "did") != specs.model(other, "did")
    for step in (specs.intake, specs.clean, specs.score, specs.panel):
        assert step(read) == step(other)


def test_the_examples_read() -> None:
    root = Path(__file__).resolve().parents[2]
    examples = sorted(path.parent for path in root.glob("examples/*/config.yaml"))
    assert len(examples) == 7
    for folder in (root, *examples):
        assert read_study(folder).outcomes
        assert yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "settings", [{"kind": "ancova"}, {"kind": "mmrm", "baseline": "covariate"}]
)
def test_the_baseline_is_adjusted_for_once(study: Study, settings: dict[str, Any]) -> None:
    study.config["covariates"]["start"] = {"label": "Start", "variable": "score"}
    study.config["models"]["did"] = settings | {"outcomes": ["score"], "covariates": ["start"]}
    (line,) = study.lines()
    assert line == (
        "config.yaml: models.did.covariates: 'start' is the outcome score at before: the model"
        " adjusts for it already; leave it out"
    )


def test_randomised_is_told_to_every_model(study: Study) -> None:
    study.write()
    assert '"randomised"' not in specs.model(read_study(study.folder), "did")
    study.config["study"]["randomised"] = True
    study.write()
    assert '"randomised":true' in specs.model(read_study(study.folder), "did")


def test_a_change_is_not_adjusted_for_the_outcome_it_starts_from(study: Study) -> None:
    study.config["covariates"]["start"] = {"label": "Start", "variable": "score"}
    study.config["models"]["did"]["covariates"] = ["start"]
    (line,) = study.lines()
    assert line.startswith(
        "config.yaml: models.did.covariates: 'start' is the outcome score at before"
    )
    study.config["models"]["did"] = {
        "kind": "mixed", "random": [], "effect": "constant", "outcomes": ["score"],
        "times": ["after"], "covariates": ["start"],
    }  # fmt: skip
    assert study.lines() == []


def test_one_difference_at_all_times_holds_no_time_before_the_intervention(study: Study) -> None:
    study.config["models"]["did"] = {
        "kind": "mixed", "random": ["person"], "effect": "constant", "outcomes": ["score"],
    }  # fmt: skip
    (line,) = study.lines()
    assert line.startswith("config.yaml: models.did.times: one difference at all times would hold")


def test_scores_of_an_own_instrument_are_checked(study: Study) -> None:
    own = (Path(instruments.__file__).parent / "ucla3.yaml").read_text(encoding="utf-8")
    study.folder.mkdir(exist_ok=True)
    (study.folder / "own.yaml").write_text(own, encoding="utf-8")
    study.config["instruments"] = {"own": {"path": "own.yaml"}}
    study.config["files"]["before"]["instruments"]["own"] = "u_{item}"
    study.config["outcomes"]["lonely"]["score"] = "own.totl"
    (line,) = study.lines()
    assert "no score is called 'own.totl'; did you mean 'own.total'?" in line
    (study.folder / "own.yaml").write_text("name: own\n", encoding="utf-8")
    ran = study.run()
    assert ran.status == 1 and "Traceback" not in ran.shown
    assert all(line.startswith("own.yaml: ") for line in ran.lines)


@pytest.mark.parametrize("direction", ["lower_is_better", "neither", "higher_is_better"])
def test_an_outcome_s_direction_is_its_instrument_s(study: Study, direction: str) -> None:
    outcome = study.config["outcomes"]["lonely"]
    outcome["direction"] = direction
    lines = [
        "config.yaml: outcomes.lonely.direction: is higher_is_better, and ucla3.total is"
        " higher_is_worse by ucla3's own file; write lower_is_better (neither, where no change is"
        " an improvement)"
    ]
    assert study.lines() == (lines if direction == "higher_is_better" else [])


@pytest.mark.parametrize(
    ("asked", "model", "line"),
    [
        (["after"], {}, "'score' is not asked at before, with which other times are compared"),
        (["before"], {}, "'score' is asked at none of the times that the model tells of (ask"),
        (["before", "after"], {}, ""),
        (["before"], {"kind": "mixed", "random": [], "effect": "constant", "times": ["after"]},
         "'score' is asked at none of the times that the model tells of (asked at: before); leave"),
        (["after"], {"kind": "mixed", "random": [], "effect": "constant", "times": ["after"]}, ""),
    ],
)  # fmt: skip
def test_a_model_asks_an_outcome_when_it_is_asked(
    study: Study, asked: list[str], model: dict[str, Any], line: str
) -> None:
    study.config["outcomes"]["score"]["times"] = asked
    study.config["models"]["did"] = (model or study.config["models"]["did"]) | {
        "outcomes": ["score"]
    }
    told = study.lines()
    assert [one.startswith(f"config.yaml: models.did.outcomes: {line}") for one in told] == (
        [True] if line else []
    )


def test_a_draft_leaves_the_time_of_a_register_s_answers_open(study: Study) -> None:
    people = study.config["files"]["people"]
    people["instruments"] = {"ucla3": "u_{item}"}
    (line,) = study.lines()
    study.config["study"]["draft"] = True
    assert study.lines() == []
    assert line in still_to_decide(checked(study.folder)[0] or pytest.fail("no study"))
    del study.config["study"]["draft"]
    people["time"] = {"constant": "before"}
    assert study.lines() == []
    del people["time"]
    study.config["outcomes"]["lonely"] = study.config["outcomes"]["score"] | {"label": "Other"}
    assert study.lines() == []
