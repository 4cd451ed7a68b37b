"""The reading age: by hand, and beside textstat."""

import json
from pathlib import Path

import pytest

from cesp_analysis.report.reading import Reading, reading

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference/reading_age.json").read_text(encoding="utf-8")
)


def test_the_index_is_what_its_formula_says() -> None:
    """6 words of 18 characters in 1 sentence: 4.71 × 3 + 0.5 × 6 − 21.43."""
    own = reading(["The cat sat on the mat."])
    assert own == Reading(18, 6, 1)
    assert own.grade == pytest.approx(-4.30)
    assert own.age == 6  # the first year at school, and no younger


@pytest.mark.parametrize("row", REFERENCE["texts"], ids=lambda row: row["text"][:20])
def test_textstat_counts_alike(row: dict[str, float | str]) -> None:
    """The same counts and formula: equal but for rounding."""
    assert reading([str(row["text"])]).grade == pytest.approx(row["index"], rel=1e-12)


def test_a_point_within_a_number_ends_no_sentence() -> None:
    """textstat splits there, so that a text with decimals looks easier than it is."""
    text = "The gap may be anywhere from 1.57 to 5.31 further up."
    assert reading([text]).sentences == 1


def test_each_text_ends_a_sentence_with_or_without_a_mark() -> None:
    assert reading(["One thing", "Another thing.", "", "It said “so.”"]).sentences == 3


def test_a_text_without_words_has_no_age() -> None:
    with pytest.raises(ValueError, match="without words"):
        reading(["", "  "])
