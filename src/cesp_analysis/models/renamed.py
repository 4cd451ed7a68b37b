"""Clusters that are not the same at two times, as names written in two ways make them."""

from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.numbers import listed

if TYPE_CHECKING:
    from cesp_analysis.models.frame import Frame

FEW = 5  # names are given of so many, of others the number
REMEDY = (
    "names of one place written in two ways count as two clusters and make the interval too"
    " narrow: write each in one way (values: of its column)"
)


def apart(frame: "Frame", level: str, respondents: bool, reference: int, time: int | None) -> str:
    """A sentence where clusters of a level differ between the reference time and another (None:
    any other; indices of the model's times); blank where they do not.

    Of respondents: clusters seen at only one of the times; of people: who is in another cluster.
    """
    codes, first = frame.codes[level], frame.time == reference
    other = ~first if time is None else frame.time == time
    if not first.any() or not other.any():
        return ""
    word = level.replace("_", " ")
    if not respondents:
        size = int(frame.codes["person"].max()) + 1
        place = np.full(size, -1)
        place[frame.codes["person"][first]] = codes[first]
        then, now = place[frame.codes["person"][other]], codes[other]
        moved = (then >= 0) & (now >= 0) & (then != now)
        n = len(np.unique(frame.codes["person"][other][moved]))
        who = "person has" if n == 1 else "people have"
        return f"{n} {who} another {word} later than at the first time; {REMEDY}" if n else ""
    before, after = (np.unique(codes[rows & (codes >= 0)]) for rows in (first, other))
    names = frame.names[level]
    gone = [names[code] for code in np.setdiff1d(before, after)]
    new = [names[code] for code in np.setdiff1d(after, before)]
    if not gone and not new:
        return ""
    parts = [f"{_some(gone)} only at the first"] if gone else []
    parts += [f"{_some(new)} only later"] if new else []
    return f"{word}s that are seen at only one of the times compared: {', '.join(parts)}; {REMEDY}"


def _some(names: list[str]) -> str:
    """The names, or the first few and how many more."""
    rest = len(names) - FEW
    return listed(names) if rest <= 0 else listed([*names[:FEW], f"{rest} more"])
