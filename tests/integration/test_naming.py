"""Whether words name somebody who was interviewed."""

import pytest

from cesp_analysis.integration.inferences import Inference
from cesp_analysis.integration.joint import joint_display
from cesp_analysis.interviews.naming import Naming
from joined import coding, codings, integration, numbers


@pytest.mark.parametrize(("text", "named"), [
    ("Rowan brought me", "Rowan"), ("and ash too", "Ash"), ("Ash's group", "Ash"),
    ("mary  anne said", "Mary Anne"), ("a_sh ROWAN_2", "Rowan"), ("a\u200bsh", "Ash"),
    ("ashes, washing", ""), ("", ""), ("Mary alone", ""),
])  # fmt: skip
def test_a_pseudonym_is_found_as_a_word_in_whatever_case(text: str, named: str) -> None:
    assert Naming(["Ash", "Rowan", "Mary Anne"]).first(text) == named


def test_of_nobody_nobody_is_named() -> None:
    assert Naming([]).first("Ash") == Naming([""]).first("Ash") == ""


def test_everybody_interviewed_is_known_coded_or_not() -> None:
    """In quotes, their themes, inferences, their authors, and words for constructs."""
    rows = codings(
        coding("1", "wellbeing", text="rowan brought me", interview="Ash"),
        coding("2", "wellbeing", theme="Rowan's group", interview="Elm"),
        coding("3", "Ash alone", interview="Elm"),
        coding("4", "money", interview="Elm"),
    )
    written = {"wellbeing": Inference("confirm", "Both say so", "Rowan", "2026-01-02")}
    found = joint_display(
        integration(), rows, numbers(), None, written, pseudonyms=["Rowan"]
    )  # fmt: skip
    display = found.display.set_index("construct")
    assert display["names_somebody"].to_dict() == {
        "wellbeing": "yes", "Ash alone": "yes", "money": "no",
    }  # fmt: skip
    assert "the author names 'Rowan', the pseudonym of an interview" in display.loc[
        "wellbeing", "flags"]  # fmt: skip
    assert "the construct names 'Ash', the pseudonym of an interview" in display.loc[
        "Ash alone", "flags"]  # fmt: skip
    quotes = found.quotes.set_index("excerpt")["names_somebody"]
    assert quotes.to_dict() == {"1": "yes", "2": "yes", "3": "yes", "4": "no"}
