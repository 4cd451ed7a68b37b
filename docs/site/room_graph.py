"""A graph of rooms as a drawing: a line each, the highest on top, arcs down to what it imports."""

import re
from html import escape

_ARROW = re.compile(r"(\w+) --> (\w+)")
STEP, LEFT, RADIUS = 26, 150, 11
"""Height of a line, width of the names, how far an arc reaches out for each line it passes."""


def drawn(graph: str) -> str:
    """SVG of a Mermaid graph whose arrows all lead downwards from line to line."""
    arrows = _ARROW.findall(graph)
    order = in_order(arrows)
    height = {room: STEP * (len(order) - at) - STEP // 2 for at, room in enumerate(order)}
    names = [
        f'<text x="{LEFT - 12}" y="{y + 5}" text-anchor="end">{escape(room)}</text>'
        f'<circle cx="{LEFT}" cy="{y}" r="3"/>'
        for room, y in height.items()
    ]
    arcs = [_arc(height[room], height[other]) for room, other in arrows]
    size = f'viewBox="0 0 480 {STEP * len(order)}"'
    return (
        f'<svg class="rooms" {size} role="img" aria-label="Rooms, and what each imports"'
        ' fill="currentColor" font-size="14" style="max-width:480px;width:100%">'
        f"{''.join(arcs)}{''.join(names)}</svg>"
    )


def in_order(arrows: list[tuple[str, str]]) -> list[str]:
    """The rooms, the lowest first: each above all that it leads to."""
    left = {room for arrow in arrows for room in arrow}
    order: list[str] = []
    while left:
        ready = sorted(r for r in left if all(b in order for a, b in arrows if a == r))
        if not ready:
            raise ValueError(f"these rooms lead to one another: {sorted(left)}")
        order += ready
        left -= set(ready)
    return order


def _arc(start: int, end: int) -> str:
    reach = LEFT + RADIUS * (1 + abs(end - start) // STEP)
    return (
        f'<path d="M{LEFT} {start} C{reach} {start} {reach} {end} {LEFT} {end}" fill="none"'
        ' stroke="currentColor" stroke-opacity=".45"/>'
    )
