"""The format of a study file: named, the same without, refused where it is another."""

import re
from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.errors import CespError
from cesp_analysis.pipeline import open_study
from cesp_analysis.study.format import FORMAT, UNNAMED
from cesp_analysis.study.read import read_study
from cesp_analysis.study.schema import schema_of_study
from small_study import Study, config

ROOT = Path(__file__).resolve().parents[2]
OWN = [ROOT / "config.yaml", *sorted(ROOT.glob("examples/*/config.yaml"))]


def written(folder: Path, **top: Any) -> Path:
    """The small study with keys at the top of its file; None takes one out."""
    told = {key: value for key, value in (config() | top).items() if value != "out"}
    Study(folder, config=told).write()
    return folder


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.parent.name)
def test_each_study_here_names_the_format_first(path: Path) -> None:
    assert next(iter(read_yaml(path, path.name).items())) == ("format", FORMAT)


def test_a_file_that_names_none_is_of_the_first(tmp_path: Path) -> None:
    named, unnamed = (
        read_study(written(tmp_path / name, format=value))
        for name, value in (("a", 1), ("b", "out"))
    )
    assert (named.format, unnamed.format) == (1, None)
    assert named.model_dump(exclude={"format"}) == unnamed.model_dump(exclude={"format"})


@pytest.mark.parametrize(("value", "said"), [(1, 0), ("out", 1)])
def test_a_run_says_once_that_none_is_named(
    value: Any, said: int, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.chdir(written(tmp_path, format=value))
    monkeypatch.delenv("CESP_TOLD", raising=False)
    open_study({})
    open_study({})  # as the jobs of a cluster do
    monkeypatch.delenv("CESP_TOLD")
    assert capsys.readouterr().err.splitlines().count(UNNAMED) == said


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (2, "config.yaml: format: 2 is later than what this version of the program reads (1);"
         " install a version that reads it, or write the file for format: 1 (cesp schema --page"
         " FILE lists its settings)"),
        (0, "config.yaml: format: 0 is no format of a study file; write format: 1"),
        (1.0, "config.yaml: format: 1.0 is no format of a study file; write format: 1"),
        (True, "config.yaml: format: True is no format of a study file; write format: 1"),
        ("1", "config.yaml: format: '1' is no format of a study file; write format: 1"),
        (None, "config.yaml: format: blank is no format of a study file; write format: 1"),
        ([1], "config.yaml: format: [1] is no format of a study file; write format: 1"),
    ],
)  # fmt: skip
def test_another_is_refused_in_one_line_whatever_else_is_wrong(
    value: Any, line: str, tmp_path: Path
) -> None:
    folder = written(tmp_path, format=value, outcoms={})  # a word that a later format may know
    with pytest.raises(CespError) as raised:
        read_study(folder)
    assert raised.value.problems == (line,)


def test_the_schema_knows_this_one_alone() -> None:
    told = schema_of_study()["properties"]["format"]
    assert told["anyOf"][0]["const"] == FORMAT
    assert "format" not in schema_of_study()["required"]


def test_the_page_of_settings_names_it() -> None:
    page = (ROOT / "docs" / "study_file.md").read_text(encoding="utf-8")
    assert re.search(r"^\| `format` \| `1` \| none \|", page, re.MULTILINE)
