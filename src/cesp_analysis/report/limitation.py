"""One limitation of a study, as the report tells it."""

from typing import NamedTuple

EITHER_WAY = "Either way; its size is not known"
TOO_NARROW = "Intervals may be too narrow"
TO_NO_DIFFERENCE = "Towards no difference"


class Limitation(NamedTuple):
    """title; here: what is true of this study, with its number; direction: which way it is likely
    to push a result; where: the anchors of sections that deal with it."""

    title: str
    here: str
    direction: str
    where: tuple[str, ...]
