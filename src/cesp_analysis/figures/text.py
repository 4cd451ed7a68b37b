"""Text in figures: how wide it is, how it is broken into lines, how a number is said."""

from functools import lru_cache

TIED = "\u00a0"
"""The space at which `wrap` does not break."""


@lru_cache(maxsize=4096)
def width_of(text: str, size: float, bold: bool = False) -> float:
    """The width of one line of text in inches, in the font the figures are measured with."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) / 72


def wrap(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Break a text into lines of at most `width` inches, at spaces only, never at TIED ones."""
    lines: list[str] = []
    for word in filter(None, text.split(" ")):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line.replace(TIED, " ") for line in lines] or [""]


def named(label: str, unit: str, width: float, size: float) -> list[str]:
    """Outcome and unit in bold, broken into lines; a unit that fits on a line is not torn apart."""
    behind = f" ({unit})" if unit else ""
    if width_of(behind, size, bold=True) <= width:
        behind = behind[:1] + behind[1:].replace(" ", TIED)
    return wrap(label + behind, width, size, bold=True)


def plain(number: float) -> str:
    """A number in words of a description: three significant digits, true minus sign."""
    return f"{number:.3g}".replace("-", "\u2212")
