"""Questionnaires that did not come back, and items that were passed over in those that did."""

from typing import TYPE_CHECKING

from cesp_analysis.figures.missingness import percent

if TYPE_CHECKING:
    from pandas import DataFrame

    from cesp_analysis.declared.wording import Wording

READABLE = 60
"""Rows: with more the items are left to the table."""
CAPTION = "Questionnaires that did not come back, and items left blank in those that did."
RETURNED = (
    "Rows of an instrument: percent of those expected without a questionnaire. Rows of its items:"
    " percent of the questionnaires that came back in which the item has no answer. Stronger shade:"
    " more. \u2013: none came back."
)


def items_frame(table: "DataFrame", words: "Wording") -> "DataFrame":
    """The rows of the map, as figures/missingness.py draws them: instruments with their items."""
    own = table[table["outcome"].isna()]
    whole = own["item"].isna()
    if own.groupby(["instrument", "item"], dropna=False).ngroups > READABLE:
        own, whole = own[whole], whole[whole]
    groups, times = words.groups(), [moment.name for moment in words.times]
    named = own["instrument"].astype("str") + "/" + own["item"].astype("str").where(~whole, "")
    code = own["item"].astype("str")
    label = own["label"].astype("str")
    item = label.where(~code.str.isdigit(), code + " " + label)
    frame = own.assign(
        row=named,
        bold=whole,
        outcome_label=own["label"].astype("str").where(whole, item),
        n_missing=(own["n_expected"] - own["n_returned"]).where(
            whole, own["n_missing"] - (own["n_expected"] - own["n_returned"])
        ),
        n_expected=own["n_expected"].astype("float64").where(whole, own["n_returned"]),
        group_label=own["group"].map(words.group),
        time_label=own["time"].map(lambda name: words.moment(name).label),
        _group=own["group"].map(groups.index),
        _time=own["time"].map(times.index),
        _row=named.map({name: at for at, name in enumerate(dict.fromkeys(named))}),
    )
    return frame.sort_values(["_row", "_group", "_time"], kind="stable")


def items_alt_text(frame: "DataFrame") -> str:
    """The map in words: per instrument the range of both, and its item that is blank most often."""
    parts = []
    for _, own in frame.groupby("instrument", sort=False):
        whole, items = own[own["bold"]], own[~own["bold"] & (own["n_expected"] > 0)]
        share = 100 * whole["n_missing"] / whole["n_expected"]
        said = (
            f"{whole['outcome_label'].iloc[0]}: {percent(share.min())} to {percent(share.max())} of"
            " those expected without a questionnaire"
        )
        if len(items):
            blank = 100 * items["n_missing"] / items["n_expected"]
            worst = items.iloc[int(blank.argmax())]
            said += (
                f"; items blank in {percent(blank.min())} to {percent(blank.max())} of the others,"
                f" most often {worst['outcome_label']}, {worst['group_label']},"
                f" {worst['time_label']}"
            )
        parts.append(said)
    if not parts:
        return "Map of questionnaires. No instrument is asked of people."
    return f"Map of questionnaires and items, lowest to highest cell. {'. '.join(parts)}."
