"""What every figure is drawn from: rows with their labels."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording


Drawn = tuple[Any, str, str, Any]
"""The matplotlib figure, its caption, its alt text, and what it was drawn from: records, a frame,
or None if the places of its marks have to be read off it (`figures/behind.py`)."""


MEANS = ["outcome_label", "unit", "group", "time_label", "mean", "ci_low", "ci_high", "n"]
MISSING = ["outcome_label", "group_label", "time_label", "n_expected", "n_missing"]
OUTSIDE = ["label", "unit", "authority", "period", "value"]
"""Columns of frames that are drawn."""


def labelled(table: "pd.DataFrame", words: "Wording") -> "pd.DataFrame":
    """Rows in config's order with labels; `group` becomes the label, `unit` the outcome's unit."""
    outcomes, groups = list(words.outcomes), words.groups()
    moments = [moment.name for moment in (*words.times, *words.waves)]
    keys = {"outcome": outcomes, "group": groups, "time": moments}
    ranks = {f"_{key}": table[key].astype("str").map(order.index) for key, order in keys.items()}
    frame = table.assign(**ranks).sort_values(list(ranks), kind="stable").drop(columns=list(ranks))
    names = frame["outcome"].astype("str")
    times = frame["time"].astype("str").map(words.moment)
    if "unit" in frame:
        frame = frame.rename(columns={"unit": "unit_id"})
    return frame.assign(
        outcome=names,
        outcome_label=names.map(lambda name: words.outcomes[name].label),
        unit=names.map(lambda name: words.outcomes[name].unit),
        arm=frame["group"].astype("str").map(words.arm),
        group=frame["group"].astype("str").map(words.group),
        time_label=times.map(lambda moment: moment.label),
        time_position=times.map(lambda moment: moment.position),
        time=frame["time"].astype("str"),
    )
