"""Which labels of codes say that there is no answer."""

import pytest

from cesp_analysis.usual_codes import labelled_none, says_no_answer

NONE = (
    "Refused", "REFUSED TO ANSWER", "Refusal", "9 = Refused", "-9 Refused",
    "Refused (not read out)",
    "Don't know", "Don’t know / no answer", "Do not know", "I don't know", "DK/NA", "DK", "Unknown",
    "Not known", "Prefer not to say", "Would rather not say", "Not applicable", "N/A", "Missing",
    "not said", "Not stated", "No answer", "Weiß nicht", "weiss nicht", "Keine Angabe", "k. A.",
    "Möchte ich nicht sagen", "Nicht zutreffend",
)  # fmt: skip
ANSWERS = (
    "Refused the service", "Not at all", "None", "No", "Never", "Other", "Not very often",
    "Not sure", "Namibia", "Don't know anybody", "Missing teeth", "Accepted", "DNA",
    "trifft nicht zu",  # the lowest of most German scales
    "Nicht oft", "Keine", "", "9", "Sometimes (or not applicable)",
)  # fmt: skip


@pytest.mark.parametrize("label", NONE)
def test_it_says_no_answer(label: str) -> None:
    assert says_no_answer(label)


@pytest.mark.parametrize("label", ANSWERS)
def test_it_is_an_answer(label: str) -> None:
    assert not says_no_answer(label)


def test_of_the_labelled_codes_those_that_somebody_gave() -> None:
    labels = {"1": "Often", "8": "Don't know", "9": "Refused"}
    assert labelled_none(labels, ["1", "9", "9"]) == ["9"]
