"""Labels as they are compared: their words, without the code in front."""

import pytest

from cesp_analysis.label_words import by_words, meant, without_number, words_of


@pytest.mark.parametrize(
    ("label", "words"),
    [(" Hardly ever (or never)", "hardly ever or never"), ("OFTEN\xa0/ always", "often always"),
     ("über 5", "über 5"), ("+", "+"), ("  ", "")],
)  # fmt: skip
def test_words_in_small_letters_without_marks(label: str, words: str) -> None:
    assert words_of(label) == words


@pytest.mark.parametrize("form", ["{} {}", "{} - {}", "{}. {}", "({}) {}", "{}: {}", "{}={}"])
def test_a_number_in_front_is_left_out(form: str) -> None:
    assert without_number(form.format(2, "Often")) == "Often"
    assert without_number(form.format(2, "Often"), "2") == "Often"


@pytest.mark.parametrize("label", ["2", "1.5 hours", "1 - 2 times", "2 30", "Often 2", "5 (most)"])
def test_a_number_that_is_of_the_label_stays(label: str) -> None:
    assert without_number(label) == label


def test_a_number_beside_words_is_of_them_unless_it_is_the_code() -> None:
    assert without_number("2 times", "3") == "2 times"
    assert without_number("3 - Often", "2") == "Often"


def test_words_that_only_numbers_tell_apart_keep_them() -> None:
    assert by_words({"1": "1 time", "2": "2 times", "3": "3 times"}) == {
        "time": "1", "2 times": "2", "3 times": "3",
    }  # fmt: skip
    assert by_words({"1": "1 Often", "2": "Often"}) == {"1 often": "1", "often": "2"}
    assert by_words({"1": "Often", "2": "often", "3": "Never"}) == {"never": "3"}


def test_a_label_is_one_of_the_answers_with_or_without_its_number() -> None:
    answers = {"often": 3, "2 or more days": 1}
    labels = ("Often!", "3 often", "2 or more days", "never", "3")
    assert [meant(label, answers) for label in labels] == [3, 3, 1, None, None]
