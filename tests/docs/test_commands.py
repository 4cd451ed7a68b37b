"""Every command that a page shows is run by a test, or has a reason why not."""

import pytest
from page_commands import ROOT, SHELL, Shown, shown, table

TUTORIAL = "docs/tutorial.md"
"""Its commands are all run, in their order, by test_tutorial.py."""
WAYS = ({"run"}, {"by", "words"}, {"not"})


def elsewhere(found: dict[str, list[str]]) -> set[str]:
    """Of commands and the pages that show them: those of all pages but the tutorial."""
    return {command for command, on in found.items() if set(on) != {TUTORIAL}}


def test_every_command_of_a_page_has_what_runs_it() -> None:
    """A new one: add it to tests/docs/commands.yaml; a block of something else is ```text."""
    assert elsewhere(shown()) - set(table()) == set()


def test_no_command_is_listed_that_no_page_shows() -> None:
    assert set(table()) - elsewhere(shown()) == set()


@pytest.mark.parametrize("command", table())
def test_what_runs_a_command_is_there(command: str) -> None:
    entry = table()[command]
    assert set(entry) in WAYS
    if "by" in entry:
        assert entry["words"] in (ROOT / entry["by"]).read_text(encoding="utf-8")
    assert entry.get("run", "study") in ("study", "apart", "program", "amended")
    assert all(str(value).strip() for value in entry.values())


def test_what_stands_beside_a_command_is_no_part_of_it() -> None:
    lines = ["cesp show m   # print it", "      # and more", "", "echo 'a#b' && cesp x --y '#1'"]
    for language in SHELL:
        assert Shown(language, lines).commands == ["cesp show m", "echo 'a#b' && cesp x --y '#1'"]
    assert Shown("text", lines).commands == []


def test_a_command_that_nothing_runs_is_seen() -> None:
    found = {
        "rm -rf results": ["docs/howto/release.md"],
        "cesp a": [TUTORIAL],
        "make b": [TUTORIAL, "README.md"],
    }
    assert elsewhere(found) - set(table()) == {"rm -rf results", "make b"}
