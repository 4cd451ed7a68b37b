"""docs/threat_model.md names tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "threat_model.md"


def test_every_test_that_the_page_names_is_there() -> None:
    named = re.findall(r"`(tests/[\w/.]+?)(?:::(\w+))?`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > 30
    for place, test in named:
        path = ROOT / place
        assert path.exists(), place
        if test:
            assert f"def {test}(" in path.read_text(encoding="utf-8"), (place, test)


def test_it_says_how_many_readers_are_fuzzed() -> None:
    """Those of files that lie beside the repository among them."""
    (said,) = re.findall(r"each of (\d+) readers", PAGE.read_text(encoding="utf-8"))
    text = (ROOT / "tests/fuzz/readers.py").read_text(encoding="utf-8")
    own = len(re.findall(r"(?<!def )(?:\bReader|_beside)\(\s*f?\"", text))
    assert int(said) == own
