"""What the report that leaves the team says of a cost per QALY, in digits that leave."""

from typing import Any

import pytest

from cesp_analysis.economics.ratio_words import KINDS
from cesp_analysis.report.sections.economics_information import _million
from cesp_analysis.report.sections.economics_outside import said_outside
from cesp_analysis.withheld import Rounded, Withheld

SHARES = {"dearer_gains": 0.6, "cheaper_gains": 0.16, "cheaper_loses": 0.03, "dearer_loses": 0.21}
NO_RATIO = dict.fromkeys(("ratio", "ratio_low", "ratio_high"))


def row(kind: str, **cells: Any) -> dict[str, Any]:
    return (
        {name: Rounded(str(share)) for name, share in SHARES.items()}
        | NO_RATIO
        | cells
        | {"kind": kind}
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_sentence_and_the_shares(kind: str) -> None:
    said = said_outside(row(kind))
    assert "60% gains QALYs at a higher cost, 16%" in said and "{" not in said


def test_a_ratio_stands_with_its_interval() -> None:
    own = {"ratio": "12000", "ratio_low": "-1000", "ratio_high": "35000"}
    cells = {name: Rounded(text) for name, text in own.items()}
    assert said_outside(row("per_qaly_gained", **cells)).startswith(
        "Each QALY gained costs £12,000 (−1,000 to 35,000 by Fieller's method). Its lower end is"
        " below £0: the intervention may also gain QALYs and save money. Of the joint"
    )
    cells["ratio_low"] = Rounded("1000")
    assert "below £0" not in said_outside(row("per_qaly_gained", **cells))


def test_of_an_end_that_is_withheld_nothing_follows() -> None:
    cells = {"ratio": Rounded("12000"), "ratio_low": Withheld(), "ratio_high": Withheld()}
    said = said_outside(row("per_qaly_lost", **cells))
    assert said.startswith("Each QALY given up saves £12,000 ([c] by Fieller's method): here a")
    assert "below £0" not in said


def test_what_is_withheld_is_not_told() -> None:
    told = said_outside(row("straddles") | dict.fromkeys(SHARES, Withheld()))
    assert told.count("[c]") == 4


@pytest.mark.parametrize(
    ("value", "text"),
    [(12_535_678.0, "12.54"), (13e6, "13.00"), (Rounded("13000000"), "13"),
     (Rounded("9800000"), "9.8"), (Rounded("1120000.0"), "1.12"), (Rounded("-350000"), "−0.35"),
     (None, "–"), (Withheld(), "[c]")],
)  # fmt: skip
def test_millions_say_no_more_than_the_number_does(value: Any, text: str) -> None:
    assert _million(value) == text
