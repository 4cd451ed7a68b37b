"""Monte Carlo standard errors of the locations, and the people, that power asks for.

Both are worked out at the medians of the draws, and move with them. The draws are dealt out to
parts, each with medians of its own; the SD of what the parts ask for, over the root of their
number, is the error of what all of them do (batch means; Flegal, Haran & Jones 2008, Stat Sci
23:250-60). Published pairs are drawn equally often: their medians have no such error, and are the
same in all parts.

What a part asks for follows, to first order, from the number n that all draws ask for, without a
root of its own. Power is the target where the standard error times t(1 - alpha / 2) + t(target) on
its df is the difference (but for a factor that all have in common). The square of that product,
less its part that no number takes off (which more people leave), goes as a power of the number,
which is found at n; a part of which that rest alone is too much is reached by no number.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import partial

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.answers import UNLIMITED
from cesp_analysis.planning.assurance import AT_ONCE
from cesp_analysis.planning.designed import OfLocations
from cesp_analysis.planning.of_people import OfPeople
from cesp_analysis.planning.scenarios import Fields
from cesp_analysis.planning.uncertain import Uncertain, crossed, error_of_mean

PARTS = 20
NEAR = 1.05  # times as many locations: between them the power is taken with which the square goes
ENOUGH = 1e-6  # in power: above the target by more, the fewest that there may be are enough


def middles(drawn: Uncertain, published: Collection[str] = ()) -> dict[str, Floats]:
    """The medians (PARTS,) of each parameter, by part; published: parameters that are pairs."""
    found = {}
    for name, values in drawn.values.items():
        if name in published:
            found[name] = np.full(PARTS, np.median(values))
        else:
            found[name] = np.array([np.median(values[at::PARTS]) for at in range(PARTS)])
    return found


def errors_of_needed(
    own: OfLocations | OfPeople,
    drawn: Uncertain,
    sizes: Mapping[str, Floats],
    target: float,
    published: Collection[str] = (),
) -> dict[str, Floats]:
    """Of designs (k,), locations and people of each: needed_mcse and people_needed_mcse (k,).

    NaN where the medians, or those of some part, ask for what no number gives. Some designs at a
    time, so that what they need does not grow with their number.
    """
    step = AT_ONCE // PARTS
    parts = middles(drawn, published)
    found: dict[str, list[Floats]] = {"needed_mcse": [], "people_needed_mcse": []}
    for at in range(0, len(sizes["locations"]), step):
        some = {name: value[at : at + step] for name, value in sizes.items()}
        asked = asked_by_parts(own, drawn.middle(), parts, some, target)
        for name, one in zip(found, asked, strict=True):
            found[name].append(error_of_mean(one))
    return {name: np.concatenate(one) for name, one in found.items()}


def asked_by_parts(
    own: OfLocations | OfPeople,
    middle: Fields,
    parts: Fields,
    sizes: Mapping[str, Floats],
    target: float,
) -> Iterator[Floats]:
    """Locations, then people, (k, PARTS) that the medians of each part ask for."""
    for name, ask in (("locations", own.needed), ("people", own.people_needed)):
        n = ask(crossed(sizes, middle), target, whole=False)
        there = dict(sizes) | {name: np.where(np.isfinite(n), n, sizes[name])}
        of = partial(_squares, own, target=target)
        rest, rests = np.zeros((2, len(n), 1))
        if name == "people":
            rest, rests = (
                of(there | {name: np.full(len(n), UNLIMITED)}, x) for x in (middle, parts)
            )
        at, each = of(there, middle), of(there, parts)
        more = of(there | {name: NEAR * there[name]}, middle)
        with np.errstate(divide="ignore", invalid="ignore"):
            power = np.log(NEAR) / np.log((at - rest) / (more - rest))
            asked = n[:, None] * ((each - rests) / (at - rests)) ** power
        asked = np.where(at > rests, asked, np.nan)
        few = own(crossed(there, middle)).power > target + ENOUGH
        if isinstance(own, OfPeople) and name == "people":
            few[:] = False  # power jumps where one more link worker begins
        yield np.where(few[:, None], n[:, None], asked)


def _squares(
    own: OfLocations | OfPeople, sizes: Mapping[str, Floats], known: Fields, *, target: float
) -> Floats:
    """Squares (k, rows of what is known) of the product of which the difference is a multiple."""
    from scipy.special import stdtrit  # type: ignore[import-untyped, unused-ignore]

    made = own(crossed(sizes, known))
    needs = stdtrit(made.df, 1 - own.alpha / 2) + stdtrit(made.df, target)
    return np.asarray((made.std_error * needs) ** 2).reshape(len(sizes["locations"]), -1)
