"""How many people kept how many contacts with their link worker."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cesp_analysis.figures.palette import PALETTE
from cesp_analysis.figures.style import footnote, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 15
"""From so many contacts on people stand in one bar."""
NOT_KNOWN = "not\nknown"


def people_by_contacts(contacts: Sequence[int], unknown: int = 0) -> list[tuple[str, int]]:
    """(number of contacts, people), from 0 to the most that somebody kept, without a gap; unknown:
    people of whom it is not known of every contact whether it was kept, a bar of their own."""
    counts = Counter(min(int(number), MOST) for number in contacts)
    last = max(counts, default=0)
    bars = [
        (f"{number}+" if number == MOST else str(number), counts[number])
        for number in range(last + 1)
    ]
    return bars + ([(NOT_KNOWN, unknown)] if unknown else [])


@styled
def contacts(bars: Sequence[tuple[str, int]]) -> "Figure":
    """Draw a bar for each number of contacts, with the people above it."""
    figure = new_figure(max(3.4, 0.36 * len(bars) + 1.2), 2.7)
    axes = figure.subplots()
    axes.bar(range(len(bars)), [n for _, n in bars], color=PALETTE["intervention"][0], width=0.75)
    for at, (_, n) in enumerate(bars):
        if n:
            axes.annotate(
                str(n), (at, n), (0, 2), textcoords="offset points", ha="center", size=7.5
            )
    axes.set_xticks(range(len(bars)), [label for label, _ in bars])
    axes.set_xlabel("Contacts kept", size=8)
    axes.set_ylabel("People", size=8)
    axes.grid(axis="x", visible=False)
    axes.margins(y=0.14)
    people = sum(n for _, n in bars)
    footnote(figure, f"{people} people of the intervention arm; 0: no contact that was kept.")
    return figure


def alt_text(bars: Sequence[tuple[str, int]]) -> str:
    """Every bar in words."""
    each = "; ".join(f"{' '.join(label.split())} contacts: {n}" for label, n in bars if n)
    return f"People by the number of contacts they kept. {each or 'None'}."
