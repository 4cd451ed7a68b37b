"""Which of the known names is suggested for a word that is none of them."""

import pytest

from cesp_analysis.declared.faults import nearest
from cesp_analysis.errors import closest

BETTER = ["higher_is_better", "lower_is_better", "neither"]


@pytest.mark.parametrize(
    ("word", "names", "near"),
    [
        ("item", ["time", "items"], "items"),  # a letter that lacks is nearer than an anagram
        ("ddi", ["dr_did", "did"], "did"),  # of equally near ones the same letters
        ("higher_is_worse", BETTER, "lower_is_better"),
        ("lower_is_worse", BETTER, "higher_is_better"),
        ("higher_is_beter", BETTER, "higher_is_better"),
        ("more_is_better", BETTER, "higher_is_better"),
        ("larger_is_better", BETTER, "higher_is_better"),
        ("high_is_bad", BETTER, "lower_is_better"),
        ("lower_is_bad", BETTER, "higher_is_better"),
        ("keep_first", ["keep_last"], None),  # the opposite is no slip
    ],
)
def test_the_nearest_name(word: str, names: list[str], near: str | None) -> None:
    assert closest(word, names) == near


def test_a_word_that_says_the_same_is_called_so() -> None:
    said = "; did you mean 'lower_is_better', which says the same the other way round?"
    assert nearest("higher_is_worse", BETTER) == said
    assert nearest("lower_is_beter", BETTER) == "; did you mean 'lower_is_better'?"
