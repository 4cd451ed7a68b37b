"""How the sections of feasibility write rates: shares in percent, whose they are, note marks."""

from cesp_analysis.columns import Row
from cesp_analysis.numbers import NONE, count, fixed, interval, p_text
from cesp_analysis.report.results import Results
from cesp_analysis.withheld import LETTER, Withheld

LIGHTS = {
    "red": "■ RED",
    "amber": "▲ Amber",
    "green": "● Green",
    "not assessed": "○ Not assessed",
}
"""Each zone has a shape and a word: no colour tells them apart."""


def zone_of(row: Row) -> str:
    """A criterion's zone, and what else it may be by what is not known."""
    zone = LIGHTS[row["zone"]] + (f", {row['split']}" if row["split"] else "")
    zone += f" ({row['deff_split']})" if row["deff_split"] not in ("", row["split"]) else ""
    return f"{zone}; {may_be(row)}" if may_be(row) else zone


def may_be(row: Row) -> str:
    """The other zones that what is not known allows, in words; '': none."""
    ways = (("zone_worst", "against it"), ("zone_best", "for it"))
    others = [(LIGHTS[row[at]], way) for at, way in ways if row[at] not in ("", row["zone"])]
    if not others:
        return ""
    first = f"{others[0][0]} if the {count(row['not_known'])} not known count {others[0][1]}"
    return ", ".join([first, *(f"{zone} if {way}" for zone, way in others[1:])])


def titled(results: Results, row: Row) -> str:
    """A rate with its time and value."""
    at = results.words.moment(row["time"]).label if row["time"] else ""
    return ", ".join(part for part in (row["label"], at, row["part_label"]) if part)


def who(results: Results, row: Row) -> str:
    """All, a site (or arm), or a link worker."""
    if row["of"] == "all":
        return "All"
    return row["group"] if row["of"] == "link_worker" else results.words.group(row["group"])


def share_of(value: float | None) -> str:
    """A share in percent, whole at the ends."""
    if value is None:
        return NONE
    if isinstance(value, Withheld):
        return value.text
    return fixed(100 * value, 0 if value in (0, 1) else 1)


def percents(low: float | None, high: float | None) -> str:
    """An interval of a share in percent."""
    if isinstance(low, Withheld) or isinstance(high, Withheld):
        return LETTER
    return NONE if low is None or high is None else f"{share_of(low)} to {share_of(high)}"


def mark_of(at: int) -> str:
    """The mark of the note at a place: a, b … aa."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return letters[at] if at < 26 else letters[at // 26 - 1] + letters[at % 26]


def bounds_of(row: Row) -> str:
    """Between what the value lies, whatever it is that is not known."""
    if row["not_known"] is None or isinstance(row["not_known"], Withheld):
        return ""
    low, high = sorted((row["value_worst"], row["value_best"]))
    share = row["kind"] == "proportion"
    between = f"{percents(low, high)}%" if share else interval(low, high, 2)
    return f"not known of {count(row['not_known'])}: {between} whatever they are"


def test_of(row: Row) -> str:
    """Lewis's test of the red limit, beside the interval."""
    if row["p_value"] is None or isinstance(row["p_value"], Withheld):
        return ""
    deff = row["deff_p_value"]
    beside = f" (at the effective sample size {p_text(deff)})" if deff is not None else ""
    return f"Lewis's test: {p_text(row['p_value'])}{beside}"
