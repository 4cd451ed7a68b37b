"""A tipping point, and tipping points in words: how far those who are lost would have to differ.

An interval that holds no difference does not say that there is none: it leaves it open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cesp_analysis.missing.sensitivity_words import Places, amount
from cesp_analysis.numbers import fixed

Along = Literal["intervention", "control", "both", "opposite"]
RAYS: dict[Along, tuple[float, float]] = {
    "intervention": (1.0, 0.0),
    "control": (0.0, 1.0),
    "both": (1.0, 1.0),
    "opposite": (1.0, -1.0),
}
"""Way through the plane of shifts → its direction (intervention, control)."""

EXACTLY = "exactly, from six fits of each set"
"""How a map of a regression is computed."""


@dataclass(frozen=True)
class TippingPoint:
    """Where an interval begins, or ceases, to hold a value.

    value: no difference, or a minimally important one; along: which shifts; inside: whether the
    interval holds the value where nothing is shifted; shift: the smallest size (with its sign) at
    which that changes, None: none up to `searched`, either way.
    """

    value: float
    along: Along
    inside: bool
    shift: float | None
    searched: float

    @property
    def shifts(self) -> tuple[float, float] | None:
        """The same at the intervention and at the control."""
        if self.shift is None:
            return None
        a, b = RAYS[self.along]
        return self.shift * a, self.shift * b


@dataclass(frozen=True)
class Reading:
    """What an interval says of a value. within: where it holds it, after 'leaves open'; aside:
    where it does not, after 'lies wholly'."""

    within: str
    aside: str

    def now(self, inside: bool) -> str:
        """'leaves open …' or 'lies wholly …'."""
        return f"leaves open {self.within}" if inside else f"lies wholly {self.aside}"

    def then(self, inside: bool) -> str:
        """The same after 'would'."""
        return f"leave open {self.within}" if inside else f"lie wholly {self.aside}"


NO_DIFFERENCE = Reading("whether there is a difference", "on one side of no difference")


def important_reading(value: float, decimals: int) -> Reading:
    """What an interval says of the minimally important difference."""
    size = fixed(value, decimals)
    return Reading(
        f"whether the difference reaches the minimally important one ({size})",
        f"on one side of the minimally important difference ({size})",
    )


def tipping_sentence(
    point: TippingPoint, read: Reading, unit: str, decimals: int, sd: float, places: Places
) -> str:
    """One tipping point in words; sd: of the answers at the reference time."""
    shift = None if point.shift is None else abs(point.shift) / sd
    return tipping_paragraph([(point, shift)], read, unit, decimals, places)


def tipping_paragraph(
    points: Sequence[tuple[TippingPoint, float | None]],
    read: Reading,
    unit: str,
    decimals: int,
    places: Places,
) -> str:
    """Tipping points of one value, each with the size of its shift in SDs (None: it has none)."""
    inside = points[0][0].inside
    said = [f"As imputed, the interval {read.now(inside)}."]
    ways = [
        shift_words(one, in_sd, unit, decimals, places)
        for one, in_sd in points
        if one.shift is not None and in_sd is not None
    ]
    if ways:
        said.append(f"It would {read.then(not inside)} if {_either(ways)}.")
    none = [one for one, _ in points if one.shift is None]
    if none:
        who = _either([f"those lost {_where(one.along, places)}" for one in none])
        far = fixed(none[0].searched, decimals)
        said.append(f"No shift of {who} by up to {far} {unit}, either way, would change that.")
    return " ".join(said)


def shift_words(point: TippingPoint, in_sd: float, unit: str, decimals: int, places: Places) -> str:
    """'those lost at North had answered 2.00 points lower than imputed (0.5 SD)'."""
    assert point.shift is not None
    if point.along == "opposite":
        here, there = (places.at(side) for side in (places.intervention, places.control))
        other = "lower" if point.shift > 0 else "higher"
        return (
            f"those lost {here} had answered {amount(point.shift, unit, decimals)} than imputed and"
            f" those lost {there} as much {other} ({fixed(in_sd, 1)} SD each)"
        )
    by = amount(point.shift, unit, decimals)
    return (
        f"those lost {_where(point.along, places)} had answered {by} than imputed"
        f" ({fixed(in_sd, 1)} SD)"
    )


def _either(words: Sequence[str]) -> str:
    """'a', 'a or b', 'a, b or c'."""
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _where(along: Along, places: Places) -> str:
    here, there = places.at(places.intervention), places.at(places.control)
    return {
        "intervention": here,
        "control": there,
        "both": places.at(places.both),
        "opposite": f"{here} and {there} in opposite ways",
    }[along]
