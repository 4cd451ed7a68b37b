"""From specification_curve.csv to the panels of its figure."""

from typing import TYPE_CHECKING, Any

from cesp_analysis.declared.curve_words import choices_of
from cesp_analysis.figures.specification_curve import CurvePanel, Specified

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording


def curve_panels(table: "pd.DataFrame", words: "Wording", level: str) -> list[CurvePanel]:
    """One panel an outcome and time, as config has them."""
    panels = []
    own = table[table["level"] == level]
    for (outcome, time), group in own.groupby(["outcome", "time"], sort=False):
        rows: list[dict[str, Any]] = group.to_dict("records")  # type: ignore[assignment]
        entry = words.outcomes[str(outcome)]
        ways = tuple(
            Specified(
                choices_of(row, words),
                *(
                    _known(row[name])
                    for name in ("estimate", "ci_low", "ci_high", "ci_low_shock", "ci_high_shock")
                ),
            )
            for row in rows
        )
        axes = list(dict.fromkeys(choice for way in ways for choice in way.choices))
        order = list(dict.fromkeys(axis for axis, _ in axes))
        axes.sort(key=lambda choice: order.index(choice[0]))
        when = words.moment(str(time)).label
        panels.append(CurvePanel(entry.label, entry.unit, when, ways, tuple(axes), entry.decimals))
    return panels


def _known(value: float) -> float | None:
    return None if value != value else value
