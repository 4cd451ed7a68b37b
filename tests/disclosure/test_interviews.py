"""What of interviews leaves: nothing of few people, however much they said, and nobody's name."""

from typing import Any

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.table_rows import Release
from cesp_analysis.disclosure.tables import TABLES
from cesp_analysis.disclosure.tables_interviews import display_rows, quote_rows
from cesp_analysis.withheld import ALONG

HOW = Disclosure()
FLAG = (
    "its excerpts are not compared with numbers: they are of fewer than three interviews, of"
    " control sites, or have no valence"
)


def display(**cells: Any) -> dict[str, Any]:
    """A construct of which 60 excerpts of 30 interviews speak, 25 of them at no control site."""
    blank = dict.fromkeys(TABLES["joint_display"].roles)
    return blank | {
        "construct": "money", "label": "Money", "declared": "yes", "excerpts": 60, "interviews": 30,
        "of_control": 10, "spoke": 25, "majority": "negative", "compared": "discord",
        "survey_compared": "not compared", "names_somebody": "no", "inference": "confirm",
        "inference_text": "Both", "author": "The team", "flags": "discord",
    } | cells  # fmt: skip


def left(table: str, row: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """The row's cells and why some are withheld."""
    leaving = TABLES[table]
    (prepared,) = leaving.prepared([row], HOW)
    return Release(table, leaving, HOW, {}).row(prepared)


@pytest.mark.parametrize("spoke", [0, 1, 2, 3, 9])
def test_of_few_people_nothing_tells_how_few(spoke: int) -> None:
    """Of 60 excerpts: neither the majority, nor what follows from it, nor a flag that says that
    they are fewer than three; of none of many, the same."""
    majority = "negative" if spoke >= 3 else None
    cells, why = left("joint_display", display(
        spoke=spoke, majority=majority, flags=FLAG if spoke < 3 else "discord",
        compared="not compared" if spoke < 3 else "discord",
    ))  # fmt: skip
    assert (cells["majority"], cells["flags"], cells["spoke"]) == ("", "", "")
    assert (cells["compared"], cells["survey_compared"]) == ("", "")
    told = ("majority", "compared", "survey_compared", "flags")
    assert [why.get(name) for name in told] == [ALONG] * 4, "whatever stood there"


def test_of_ten_people_the_majority_leaves() -> None:
    cells, why = left("joint_display", display(spoke=10))
    assert not why.keys() & {"majority", "compared", "survey_compared", "flags"}
    assert (cells["majority"], cells["compared"]) == ("negative", "discord")
    assert cells["flags"] == "discord" and cells["excerpts"] == "60"


def test_a_construct_without_excerpts_keeps_its_flags() -> None:
    said = "no excerpt speaks to it"
    none = display(excerpts=0, interviews=0, of_control=0, spoke=0, majority=None, flags=said)
    assert left("joint_display", none)[0]["flags"] == said


@pytest.mark.parametrize("table", ["joint_display", "theory_links"])
def test_excerpts_are_withheld_with_the_few_who_said_them(table: str) -> None:
    own = display() if table == "joint_display" else {
        **dict.fromkeys(TABLES[table].roles), "link": "a", "nth": 1, "excerpts": 60, "themes": 4,
    }  # fmt: skip
    cells, why = left(table, own | {"interviews": 2})
    assert (cells["excerpts"], cells["interviews"]) == ("", "")
    assert why["interviews"] != why["excerpts"], "that interviews are few, and what goes with them"
    if table == "theory_links":
        assert cells["themes"] == ""
    cells, why = left(table, own | {"interviews": 12})
    assert cells["excerpts"] and "excerpts" not in why and "themes" not in why
    none = left(table, own | {"interviews": 0, "excerpts": 0, "spoke": 0})
    assert none[0]["excerpts"] == "0"


def test_what_names_somebody_stays() -> None:
    """An inference with its author, a word of excerpts for a construct, quotes."""
    cells, _ = left("joint_display", display(names_somebody="yes"))
    assert (cells["inference_text"], cells["author"], cells["flags"]) == ("", "", "")
    assert display_rows([display(names_somebody="yes", declared="no")], HOW) == []
    quote = {"text": "Rowan", "names_somebody": "yes"}
    assert quote_rows([quote, quote | {"text": "x", "names_somebody": "no"}], HOW) == [
        {"text": "x", "names_somebody": "no", "excerpt": "quote 1"}
    ]
