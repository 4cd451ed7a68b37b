"""Two parsers of YAML, libyaml's and Python's: an analyst cannot tell which one read a file."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cesp_analysis.declared import strict_yaml
from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.errors import CespError

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(
    path
    for folder in ("data/raw", "examples", "src/cesp_analysis")
    for path in (ROOT / folder).rglob("*.yaml")
    if "results" not in path.parts
) + [ROOT / "config.yaml"]
NOTHING = re.compile(r"(?!)")


def said(path: Path, monkeypatch: pytest.MonkeyPatch, quickly: bool) -> Any:
    """What reading gives, or its lines; not `quickly`: by Python's parser alone."""
    with monkeypatch.context() as patch:
        if not quickly:
            patch.setattr(strict_yaml, "_PLAIN_TEXT", NOTHING)
        try:
            return read_yaml(path)
        except CespError as error:
            return error.problems


def test_every_file_of_ours_is_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(FILES) > 25
    for path in FILES:
        read = said(path, monkeypatch, quickly=True)
        assert isinstance(read, dict) and read == said(path, monkeypatch, quickly=False), path


BLOCKS = [
    "".join(lines[at : at + 8])
    for path in FILES
    for lines in [path.read_text(encoding="utf-8").splitlines(keepends=True)]
    for at in range(0, len(lines), 8)
]
ODD = [*"\t\n\r\x07\x85\u2028\ufeff\U0001f600é:#'\"[]{}&*!|>%@`,-~<=", "\r\n", "\n---\n", "\\ud800",
       "<<: *a", "- ", ": ", "|\n", "%YAML 1.1\n", "!!str ", "!x ", "&a ", "\n\t"]  # fmt: skip


@settings(max_examples=400)
@given(
    block=st.sampled_from(BLOCKS),
    edits=st.lists(
        st.tuples(st.integers(0, 2**16), st.sampled_from(ODD), st.integers(0, 2)), max_size=3
    ),
)
def test_a_spoilt_file_is_read_or_refused_alike(
    tmp_path_factory: pytest.TempPathFactory, block: str, edits: list[tuple[int, str, int]]
) -> None:
    """Of `?` within braces see below."""
    text = block.replace("?", "")
    for at, odd, dropped in edits:
        at %= len(text) + 1
        text = text[:at] + odd + text[at + dropped :]
    path = tmp_path_factory.getbasetemp() / "spoilt.yaml"
    path.write_bytes(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        assert said(path, patch, quickly=True) == said(path, patch, quickly=False), text


def test_a_question_may_stand_within_braces(tmp_path: Path) -> None:
    """YAML 1.2, 7.3.3; Python's parser takes the mark for a key and refuses the file."""
    path = tmp_path / "a.yaml"
    path.write_text("helped: {label: Did it help? yes or no, range: [0, 1]}\n", encoding="utf-8")
    assert read_yaml(path) == {"helped": {"label": "Did it help? yes or no", "range": [0, 1]}}


def test_what_never_ends_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    for text in ("a: " + "[" * 3000, "a: " + "{b: " * 3000, "- " * 3000 + "a"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(CespError, match=r"brackets or aliases \(\*\) without an end"):
            read_yaml(path)
