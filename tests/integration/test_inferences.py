"""What people write beside the display: inferences, events of context, the section itself."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from cesp_analysis.declared.integration import Integration, integration_faults
from cesp_analysis.errors import CespError
from cesp_analysis.integration.context import ContextEvent, read_context
from cesp_analysis.integration.inferences import Inference, read_inferences
from joined import OUTCOMES, integration

HEAD = "construct,inference,text,author,date\n"


def written(folder: Path, text: str, name: str = "inferences.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str, name: str = "inferences.csv") -> list[str]:
    with pytest.raises(CespError) as raised:
        read_inferences(written(folder, text, name), ("wellbeing", "loneliness"))
    return [fault.removeprefix(f"{folder}/") for fault in raised.value.problems]


def test_csv_and_yaml_hold_the_same(tmp_path: Path) -> None:
    table = HEAD + 'wellbeing,confirm,"Both, and why",A. B.,2025-01-31\nloneliness,,,,\n\n'
    own = {"wellbeing": Inference("confirm", "Both, and why", "A. B.", "2025-01-31")}
    assert read_inferences(written(tmp_path, table), ("wellbeing", "loneliness")) == own
    tree = (
        "wellbeing:\n  inference: confirm\n  text: Both, and why\n  author: A. B.\n"
        "  date: 2025-01-31\nloneliness: {inference: , text: }\n"
    )
    path = written(tmp_path, tree, "inferences.yaml")
    assert read_inferences(path, ("wellbeing", "loneliness")) == own


def test_every_fault_of_a_file_at_once(tmp_path: Path) -> None:
    rows = [
        "welbeing,confirm,a,,", "wellbeing,confirmed,a,,2025-13-01", "loneliness,silence,,,",
        "loneliness,,some,,", "wellbeing,confirm,a", "wellbeing,expand,a,,", "wellbeing,expand,a,,",
    ]  # fmt: skip
    told = faults(tmp_path, HEAD + "\n".join(rows))
    said = [
        "line 6: has 3 fields", "line 2: no construct is called 'welbeing'; did you mean",
        "line 3: no inference is called 'confirmed'; did you mean 'confirm'", "line 3: date:",
        "line 4: text: is blank", "line 5: inference: is blank; write one of confirm, expand",
        "line 8: 'wellbeing' stands above",
    ]  # fmt: skip
    assert len(told) == len(said)
    for line, start in zip(told, said, strict=True):
        assert line.startswith(f"inferences.csv: {start}")


def test_faults_of_headers_and_trees(tmp_path: Path) -> None:
    assert faults(tmp_path, "construct,inference,words\na,b,c\n") == [
        "inferences.csv: line 1: has no column text (it has: construct, inference, words)",
        "inferences.csv: line 1: no column is called 'words' (known: author, construct, date,"
        " inference, text)",
    ]
    tree = "wellbeing: confirm\nloneliness: {inferrence: confirm, text: [a]}\nother: {text: a}\n"
    told = faults(tmp_path, tree, "inferences.yml")
    assert (
        len(told) == 5
        and told[0].endswith("holds no inference; write wellbeing: {inference: …, text: …}")
        and "inferrence" in told[1]
    )
    assert "write one text" in told[2] and "no construct is called 'other'" in told[3]
    assert "inference: is blank" in told[4]


@pytest.mark.parametrize(("name", "content", "line"), [
    ("a.yaml", "", "a.yaml: holds no inferences; write CONSTRUCT: {inference: …, text: …}"),
    ("a.yaml", "welbeing:\n", "a.yaml: welbeing: no construct is called 'welbeing'; did you mean"),
    ("a.yaml", "# to come\n", "a.yaml: holds no inferences; write CONSTRUCT: "),
    ("a.yaml", "- construct: wellbeing\n", "a.yaml: holds no inferences; write CONSTRUCT: "),
    ("a.yaml", "wellbeing: {text: a}\nwellbeing: {text: b}\n", "a.yaml: line 2: 'wellbeing'"),
    ("a.yaml", "wellbeing: {inference: confirm, text: 1.50}\n",
     "a.yaml: wellbeing.text: is no text as it stands; put it in quotes"),
    ("a.yaml", "wellbeing: {inference: confirm, text: a, date: 3/2/2025}\n",
     "a.yaml: wellbeing: date: write a day as YYYY-MM-DD, not '3/2/2025'"),
    ("a.yaml", "wellbeing: !!python/name:os.system\n", "a.yaml: line 1, column 12: "),
    ("a.csv", "", "a.csv: is empty; its first line names the columns, construct the first"),
    ("a.csv", "\n\n", "a.csv: is empty; its first line names the columns, construct the first"),
    ("a.csv", HEAD + "wellbeing,confirm,a\0b,,\n", "a.csv: line 2: holds a NUL byte; save it"),
    ("a.csv", HEAD.replace(",", ";"), "a.csv: line 1: is one column, "),
])  # fmt: skip
def test_a_file_that_holds_no_inferences_says_what_it_must_hold(
    tmp_path: Path, name: str, content: str, line: str
) -> None:
    (told,) = faults(tmp_path, content, name)
    assert told.startswith(line)


def test_constructs_of_which_nothing_is_written_yet(tmp_path: Path) -> None:
    for name, content in (
        ("a.yaml", "wellbeing:\n"),
        ("a.csv", HEAD),
        ("b.csv", f"{HEAD}wellbeing,,,,\n"),
    ):
        assert read_inferences(written(tmp_path, content, name), ("wellbeing",)) == {}


def test_html_stays_as_it_was_written(tmp_path: Path) -> None:
    """What shows it escapes it: test_joint.py."""
    html = "<script>alert('x')</script> & <b>more</b>"
    table = written(tmp_path, f'{HEAD}wellbeing,confirm,"{html}",,\n')
    tree = written(tmp_path, f'wellbeing: {{inference: confirm, text: "{html}"}}\n', "a.yaml")
    for path in (table, tree):
        assert read_inferences(path, ("wellbeing",))["wellbeing"].text == html


def test_context(tmp_path: Path) -> None:
    path = written(tmp_path, "date,site,label\n2024-05-01,,Election\n2023-02-03,here,Flood\n")
    events = [
        ContextEvent("2023-02-03", "here", "Flood"),
        ContextEvent("2024-05-01", "", "Election"),
    ]
    assert read_context(path, ("here",)) == events
    bad = "date,site,label\n1/2/2023,here,Flood\n2023-02-03,heer,Flood\n2023-02-03,here,\n"
    bad += "2023-02-03,here,x\n2023-02-03,here,x\nx\n"
    with pytest.raises(CespError) as raised:
        read_context(written(tmp_path, bad), ("here",))
    lines = [problem.split("inferences.csv: ")[1] for problem in raised.value.problems]
    assert [line.split(":")[0] for line in lines] == [f"line {n}" for n in (2, 3, 4, 6, 7)]
    with pytest.raises(CespError, match="has no column label"):
        read_context(written(tmp_path, "date,site\n2023-02-03,here\n"), ("here",))


def test_a_section_that_fits_has_no_fault_and_is_read_back_as_it_is_written() -> None:
    own = integration(
        nodes={"a": {"label": "A", "kind": "activity"}, "b": {"label": "B", "kind": "outcome"}},
        links={"ab": {"from": "a", "to": "b", "evidence": [{"construct": "wellbeing"}]}},
        inferences="inferences.csv", context="context.csv",
    )  # fmt: skip
    assert integration_faults(own, OUTCOMES, ()) == []
    assert Integration.model_validate_json(own.model_dump_json()) == own
    assert own.paths() == ["inferences.csv", "context.csv"]


def test_what_the_study_does_not_have_is_told_all_at_once() -> None:
    nodes = {name: {"label": name, "kind": "mechanism"} for name in "abc"}
    links: dict[str, Any] = {
        "ab": {"from": "a", "to": "b"}, "bc": {"from": "b", "to": "c"},
        "ca": {"from": "c", "to": "a"}, "ax": {"from": "a", "to": "x"},
        "aa": {"from": "a", "to": "a"}, "again": {"from": "a", "to": "b"},
        "e": {"from": "c", "to": "b", "feedback": True,
              "evidence": [{"criterion": "uptke"}, {"construct": "wellbein"}]},
    }  # fmt: skip
    constructs = {
        "one": {"label": "One", "outcome": "welbeing", "criterion": "uptke"},
        "two": {"label": "Two", "outcome": "community", "survey_outcome": "wellbeing"},
        "three": {"label": "Three", "estimate": "did/wellbeing/12m"},
    }
    told = integration_faults(
        integration(constructs=constructs, nodes=nodes, links=links), OUTCOMES, ("uptake",)
    )
    said = [
        "constructs.one.outcome: no outcome is called 'welbeing'; did you mean 'wellbeing'",
        "constructs.one.criterion: no progression criterion is called 'uptke'",
        "constructs.two.outcome: 'community' is an outcome of a respondent, not of a person;",
        "constructs.two.survey_outcome: 'wellbeing' is an outcome of a person",
        "constructs.three.estimate: outcome is not declared",
        "links.ax.to: no node is called 'x'", "links.aa: leads from 'a' to itself",
        "links.again: leads the same way as links.ab", "links: ", "links.e.evidence: no criterion",
        "links.e.evidence: no construct",
    ]  # fmt: skip
    assert len(told) == len(said)
    for line, start in zip(told, said, strict=True):
        assert line.startswith(f"integration.{start}")
    assert "a → b → c → a is a circle" in told[8] or "is a circle" in told[8]


@pytest.mark.parametrize("own", [{}, {"estimate": "a/b/c", "criterion": "d"}])
def test_evidence_is_one_thing(own: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="name one of estimate, criterion and construct"):
        integration(links={"ab": {"from": "a", "to": "b", "evidence": [own]}})


def test_a_label_of_the_time_line_is_drawn_and_holds_no_control_character(tmp_path: Path) -> None:
    bad = written(tmp_path, "date,site,label\n2023-02-03,here,Fl\x1bood\n")
    with pytest.raises(CespError, match=r"line 2: the label 'Fl.x1bood' holds the control"):
        read_context(bad, ("here",))
