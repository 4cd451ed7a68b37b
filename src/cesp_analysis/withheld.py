"""Numbers of a released table: those that are withheld, and how far the others are rounded."""

from typing import Any

FEW, ALONG = "few", "along"
"""Why a cell is withheld: it counts few people; others could be worked out from it."""
LETTER = "[c]"
"""How a withheld cell is printed that is not small: c for confidential, as in official tables."""
WITHHELD = "withheld"
"""The last column of a released table: which cells of a row are withheld, and why."""


class Undecided(Exception):
    """A sentence or a table turns on a number that is withheld."""


class NotReleased(Exception):
    """A section asks for a table that stays inside the team."""


class Withheld:
    """A number that is not released. It prints as `text` ('<10', or '[c]'), arithmetic keeps it
    withheld, and whoever wants to know how large it is gets Undecided: no sentence can be chosen
    by a number that is not there."""

    __slots__ = ("text",)

    def __init__(self, text: str = LETTER) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def __format__(self, spec: str) -> str:
        return self.text

    def _along(self, *_: Any) -> "Withheld":
        return Withheld()

    def _more(self, other: Any) -> "Withheld":
        return self if isinstance(other, int) and other == 0 else Withheld()

    __add__ = __radd__ = _more
    __sub__ = __rsub__ = __mul__ = __rmul__ = _along
    __truediv__ = __rtruediv__ = __neg__ = __abs__ = __round__ = _along

    def _asked(self, *_: Any) -> Any:
        raise Undecided

    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _asked
    __bool__ = __int__ = __float__ = __index__ = _asked
    __hash__ = None  # type: ignore[assignment]


class Rounded(float):
    """A number of a released table, printed with no more decimals than it was released with."""

    __slots__ = ("decimals",)
    decimals: int

    def __new__(cls, text: str) -> "Rounded":
        """From the cell's text: '19.60' has two decimals."""
        made = super().__new__(cls, text)
        mantissa, _, exponent = text.lower().partition("e")
        made.decimals = max(len(mantissa.partition(".")[2]) - int(exponent or 0), 0)
        return made

    def __rmul__(self, other: float) -> float:
        """As a percentage it has two decimals fewer; otherwise it is a number like others."""
        if other != 100:
            return float(self) * other
        return Rounded(f"{100 * float(self):.{max(self.decimals - 2, 0)}f}")

    __mul__ = __rmul__

    def __abs__(self) -> "Rounded":
        """Its size has as many decimals."""
        return Rounded(f"{abs(float(self)):.{max(self.decimals, 0)}f}")


def above_zero(number: Any) -> bool:
    """Whether a number is known and above zero, as a withheld one is taken to be."""
    return isinstance(number, Withheld) or (number is not None and number > 0)


def whole_number(number: Any) -> Any:
    """A count as int; a withheld one as it is."""
    return number if isinstance(number, Withheld) else int(number)


def told(cell: str) -> dict[str, Withheld]:
    """The cell `withheld` of a released row, 'n few | mean along' → column → what stands there.

    A threshold stands after few: 'n few 10'.
    """
    found: dict[str, Withheld] = {}
    for part in filter(None, cell.split(" | ")):
        column, _, why = part.partition(" ")
        kind, _, threshold = why.partition(" ")
        found[column] = Withheld(f"<{threshold}" if kind == FEW else LETTER)
    return found
