"""Sentences about those who are lost: what a reader of no statistics takes from them."""

from typing import Any

import pytest

from cesp_analysis.declared.design import Place
from cesp_analysis.missing.sensitivity_words import (
    Places,
    at_random_sentence,
    extreme_sentence,
    places_of,
    reference_sentence,
    shift_sentence,
)
from cesp_analysis.missing.tipping_words import (
    NO_DIFFERENCE,
    TippingPoint,
    important_reading,
    tipping_paragraph,
    tipping_sentence,
)

ARMS = {"intervention": "Beat the Blues", "control": "Usual treatment"}
BY_ARM = places_of((), ARMS)
NORTH_SOUTH = Places("North", "South")


def point(along: Any, shift: float | None, inside: bool = False) -> TippingPoint:
    return TippingPoint(0.0, along, inside, shift, 10.0)


def test_tipping_points_of_one_value_are_one_paragraph() -> None:
    points = [
        (point("intervention", -2.1), 0.5), (point("control", 1.5), 0.4),
        (point("both", None), None),
    ]  # fmt: skip
    assert tipping_paragraph(points, NO_DIFFERENCE, "points", 2, NORTH_SOUTH) == (
        "As imputed, the interval lies wholly on one side of no difference. It would leave open"
        " whether there is a difference if those lost at North had answered 2.10 points lower than"
        " imputed (0.5 SD) or those lost at South had answered 1.50 points higher than imputed (0.4"
        " SD). No shift of those lost at both sites by up to 10.00 points, either way, would change"
        " that."
    )


def test_no_sentence_says_that_an_interval_holds_or_excludes_no_difference() -> None:
    """'Excludes no difference' is read as 'there is no difference that it excludes'."""
    for inside in (True, False):
        for shift in (-2.0, None):
            said = tipping_sentence(
                point("both", shift, inside), NO_DIFFERENCE, "points", 1, 4.0, BY_ARM
            )
            assert "holds" not in said and "exclude" not in said and "hold no" not in said
            assert ("leaves open whether there is a difference" in said) == inside
            assert ("lies wholly on one side of no difference" in said) == (not inside)
    mid = important_reading(1.0, 2)
    said = tipping_sentence(point("control", 3.0, True), mid, "points", 1, 4.0, NORTH_SOUTH)
    assert said == (
        "As imputed, the interval leaves open whether the difference reaches the minimally"
        " important one (1.00). It would lie wholly on one side of the minimally important"
        " difference (1.00) if those lost at South had answered 3.0 points higher than"
        " imputed (0.8 SD)."
    )


def test_opposite_ways_name_both_sides() -> None:
    said = tipping_sentence(point("opposite", -2.0), NO_DIFFERENCE, "points", 1, 4.0, NORTH_SOUTH)
    assert (
        "if those lost at North had answered 2.0 points lower than imputed and those lost at South"
        " as much higher (0.5 SD each)."
    ) in said
    none = tipping_sentence(point("opposite", None), NO_DIFFERENCE, "points", 1, 4.0, NORTH_SOUTH)
    assert "No shift of those lost at North and at South in opposite ways by up to" in none


def test_people_allocated_one_by_one_are_of_arms_and_no_sites() -> None:
    said = [
        at_random_sentence(BY_ARM),
        reference_sentence("jump_to_reference", BY_ARM),
        shift_sentence(1.0, 1.0, "points", 1, BY_ARM),
        shift_sentence(0.0, 1.0, "points", 1, BY_ARM),
        extreme_sentence(0, 0, BY_ARM),
        extreme_sentence(0, 1, BY_ARM),
        tipping_sentence(point("both", 1.0), NO_DIFFERENCE, "points", 1, 4.0, BY_ARM),
        tipping_sentence(point("both", None), NO_DIFFERENCE, "points", 1, 4.0, BY_ARM),
    ]
    assert not any("site" in one or "lost at" in one for one in said)
    assert "people of their own arm" in said[0] and "in both arms" in said[2]
    assert said[3] == (
        "Those lost in Beat the Blues as imputed: missing at random; those lost in Usual treatment"
        " would have answered 1.0 points higher than imputed."
    )


@pytest.mark.parametrize(("sites", "each"), [((1, 1), "site"), ((2, 1), "arm"), ((2, 3), "arm")])
def test_sites_are_named_where_each_side_has_one(sites: tuple[int, int], each: str) -> None:
    own = [
        Place(name=f"{arm}{n}", label=f"{arm}{n}", arm=arm)  # type: ignore[arg-type]
        for arm, count in zip(ARMS, sites, strict=True)
        for n in range(count)
    ]
    found = places_of(tuple(own), ARMS)
    assert found.each == each
    assert found.both == f"both {each}s"
    assert (found.control == "control0") == (sites[1] == 1)
