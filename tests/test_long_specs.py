"""What is too long for a word of a command goes by a file, and is the same text at the end."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from snakemake.iocontainers import Params, Wildcards

from cesp_analysis.cli import main
from cesp_analysis.errors import CespError
from cesp_analysis.long_specs import FOLDER, LONGEST, by_file, may_be_written, spec_of, word_of

SHORT = json.dumps({"title": "Anne's"})
LONG = json.dumps({"title": "Mood & 'Zuversicht' – " + "ü" * LONGEST}, ensure_ascii=False)


@pytest.fixture(autouse=True)
def _there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_what_fits_is_its_own_word_and_no_file() -> None:
    whole = "x" * LONGEST
    assert [word_of(one) for one in (SHORT, whole)] == [SHORT, whole] and not FOLDER.exists()
    assert spec_of(SHORT) == SHORT


def test_what_does_not_fit_is_read_back_from_its_file() -> None:
    word = word_of(LONG)
    assert len(word) < 120 and spec_of(word) == LONG
    assert word_of(LONG) == word != word_of(LONG + " ") and len([*FOLDER.iterdir()]) == 2


def test_bytes_count_and_not_letters() -> None:
    assert word_of("ü" * (LONGEST // 2)).startswith("ü")
    assert word_of("ü" * (LONGEST // 2 + 1)).startswith("@")


def test_a_file_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CespError, match=r"--spec @gone\.json: cannot be read \(No such file"):
        spec_of("@gone.json")
    words = ["check", "--spec", "@gone.json", "--problems", "p", "--ledger", "l", "--out", "o"]
    assert main(words) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_an_edited_file_is_said_and_written_again() -> None:
    word = word_of(LONG)
    path = Path(word.removeprefix("@"))
    path.write_text(LONG.replace("Mood", "Food"), encoding="utf-8")
    with pytest.raises(CespError, match=r"json: was changed since snakemake wrote it; delete it"):
        spec_of(word)
    assert word_of(LONG) == word and spec_of(word) == LONG


@pytest.mark.parametrize("content", [b"", b'{"title": "\xff"}', b'{"title": '])
def test_a_file_that_is_no_json_is_one_line(content: bytes) -> None:
    word = word_of(LONG)
    Path(word.removeprefix("@")).write_bytes(content)
    with pytest.raises(CespError, match=r"is no JSON .*; delete it, and snakemake writes it again"):
        spec_of(word)
    assert spec_of(word_of(LONG)) == LONG


def test_a_spec_of_ones_own_may_go_by_a_file_of_any_name() -> None:
    Path("mine.json").write_text(SHORT, encoding="utf-8")
    assert spec_of("@mine.json") == SHORT


def test_what_stands_in_the_folders_place_is_said() -> None:
    may_be_written()
    word_of(LONG)
    may_be_written()
    for path in FOLDER.iterdir():
        path.unlink()
    FOLDER.rmdir()
    FOLDER.write_text("", encoding="utf-8")
    with pytest.raises(CespError, match=r"cesp\.specs: is no folder that you may write in"):
        may_be_written()


def test_a_step_is_told_the_text_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def step(spec: str) -> None:
        told.append(spec)

    monkeypatch.setattr("cesp_analysis.cli._function", lambda name: step)
    assert main(["check", "--spec", word_of(LONG)]) == main(["check", "--spec", SHORT]) == 0
    assert told == [LONG, SHORT]


ROOT = Path(__file__).resolve().parents[1]


def test_every_spec_of_a_rule_is_its_parameter_of_this_name() -> None:
    """By any other name it would go into the command whole (by_file), however long it is."""
    paths = [ROOT / "Snakefile", *sorted((ROOT / "rules").glob("*.smk"))]
    rules = [
        (path.name, body)
        for path in paths
        for body in re.split(r"(?m)^ *rule (?=\w+:)", path.read_text(encoding="utf-8"))[1:]
    ]
    told = [(name, body) for name, body in rules if "--spec" in body]
    assert len(told) > 40
    for name, body in told:
        where = f"{name}: rule {body.partition(':')[0]}"
        assert body.count("--spec") == body.count(" --spec {params.spec:q}") == 1, where
        assert len(re.findall(r"(?m)^ +spec=", body)) == 1, where


def parameters(**named: Any) -> Params:
    """Of a rule or job, by name."""
    return Params(fromdict=named)


def test_every_rule_that_has_a_spec_gives_the_word() -> None:
    rules = [
        SimpleNamespace(
            params=parameters(key="k", spec=lambda wildcards: LONG.replace("Mood", wildcards.model))
        ),
        SimpleNamespace(params=parameters(spec=LONG, other=LONG)),
        SimpleNamespace(params=parameters(spec=lambda wildcards: SHORT)),
        SimpleNamespace(params=parameters(other="o")),
    ]
    by_file(rules)
    of_model, constant, short, none = (rule.params for rule in rules)
    wildcards = Wildcards(fromdict={"model": "did"})
    assert of_model[0] == "k" and of_model[1] is of_model.spec
    assert spec_of(of_model.spec(wildcards)) == LONG.replace("Mood", "did")
    assert constant[0] == constant.spec == word_of(LONG) and constant.other == LONG
    assert short.spec(wildcards) == SHORT and list(none) == ["o"]


def test_a_rule_may_ask_for_its_input_by_name() -> None:
    rule = SimpleNamespace(
        params=parameters(spec=lambda wildcards, input: LONG.replace("Mood", input.panel))
    )
    by_file([rule])
    word = rule.params.spec(Wildcards(), input=SimpleNamespace(panel="p"))
    assert spec_of(word) == LONG.replace("Mood", "p")
