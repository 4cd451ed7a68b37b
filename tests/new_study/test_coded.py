"""Tables of coded interviews in a draft: a section of their own, and nobody's pseudonym."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from cesp_analysis.cli import main
from cesp_analysis.declared.interviews import Interviews

PEOPLE = "person_id,site,age\n" + "".join(
    f"P{n:02},{'North' if n % 2 else 'South'},{20 + n}\n" for n in range(20)
)
NAMES = ("Wren", "Kite", "Lark")
ROWS = "".join(
    f"E{n},{NAMES[n % 3]},North,staff,{('help', 'money')[n % 2]},these are words number {n}\n"
    for n in range(12)
)


def drafted(folder: Path, **tables: str) -> tuple[str, dict[str, Any]]:
    """The draft as text, and as data."""
    paths = []
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        paths.append(str(folder / f"{name}.csv"))
    assert main(["new-study", str(folder / "study"), *paths]) == 0
    text = (folder / "study/config.yaml").read_text(encoding="utf-8")
    return text, yaml.safe_load(text)


@pytest.mark.parametrize(
    ("head", "kind", "words"),
    [
        ("id,who,site,role,theme,text", "excerpts", {"interview": "who", "theme": "theme"}),
        ("excerpt_id,interview,site,role,code,quote", "segments",
         {"interview": "interview", "code": "code"}),
        ("id,document,site,role,tag,content", "segments", {"source": "document", "code": "tag"}),
    ],
)  # fmt: skip
def test_coded_interviews_are_a_section_of_their_own(
    tmp_path: Path, head: str, kind: str, words: dict[str, str]
) -> None:
    text, data = drafted(tmp_path, people=PEOPLE, coded=f"{head}\n{ROWS}")
    assert set(data["files"]) == {"people"}
    entry = data["interviews"]["files"]["coded"]
    assert entry["kind"] == kind and words.items() <= entry["columns"].items()
    assert data["interviews"]["sites"] == {"North": "north"}
    Interviews.model_validate(data["interviews"])
    assert "These look like coded interviews." in text
    assert not any(name in text for name in NAMES)


@pytest.mark.parametrize("column", ["who", "interview", "interviewee", "pseudonym", "speaker"])
def test_no_pseudonym_of_an_interview_is_written_down(tmp_path: Path, column: str) -> None:
    """Of a table that is no coded one, and of coded ones alone."""
    told = f"id,{column},site,role,said,answer\n{ROWS}"
    text, data = drafted(tmp_path, people=PEOPLE, others=told)
    assert column in data["files"]["others"]["ignored"]
    assert not any(name in text for name in NAMES)
    alone = tmp_path / "alone"
    alone.mkdir()
    text, _ = drafted(alone, coded=f"id,{column},site,role,theme,text\n{ROWS}")
    assert not any(name in text for name in NAMES)


def test_answers_without_a_theme_are_no_coded_interviews(tmp_path: Path) -> None:
    _, data = drafted(tmp_path, people=PEOPLE, answers=f"id,who,site,role,item,text\n{ROWS}")
    assert "interviews" not in data and set(data["files"]) == {"people", "answers"}
