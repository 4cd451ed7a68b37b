"""The colours of every figure, each with its partner for a dark page.

The first of a pair is what stands in the SVG and PNG files; the HTML report replaces it by a CSS
variable of the same name, so that one file serves both. No library is imported here.
"""

Pair = tuple[str, str]

PALETTE: dict[str, Pair] = {
    "paper": ("#ffffff", "#15191d"),
    "ink": ("#1d2329", "#e6e8ea"),
    "muted": ("#56606b", "#a3acb5"),
    "grid": ("#d5dae0", "#343c44"),
    "panel": ("#f3f5f7", "#1f252b"),
    "intervention": ("#0b3d78", "#a9d1ff"),
    "control": ("#b5580b", "#d07c38"),
    "caution": ("#8f1d1d", "#ffaea3"),
    "heat-0": ("#f7f8fa", "#1b2025"),
    "heat-1": ("#e0e6ee", "#2a333d"),
    "heat-2": ("#c3cfdd", "#3a4857"),
    "heat-3": ("#5f7791", "#8fa8c2"),
    "heat-4": ("#3b5470", "#b3c6da"),
    "heat-5": ("#1c3350", "#dbe6f1"),
    "on-low": ("#1e2328", "#e7e9ec"),
    "on-high": ("#fefefe", "#14181a"),
}

INK, MUTED, GRID, PAPER = (PALETTE[name][0] for name in ("ink", "muted", "grid", "paper"))
PANEL, CAUTION = PALETTE["panel"][0], PALETTE["caution"][0]

HEAT_LIMITS = (0.0, 5.0, 10.0, 20.0, 40.0)
"""Upper limits in percent of heat-0 to heat-4; heat-5 is above the last."""


def heat(percent: float) -> tuple[str, str]:
    """The colour of a cell and of the text in it, for a percentage missing."""
    step = sum(percent > limit for limit in HEAT_LIMITS)
    return PALETTE[f"heat-{step}"][0], PALETTE["on-low" if step < 3 else "on-high"][0]


def luminance(colour: str) -> float:
    """Relative luminance of '#rrggbb', 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
