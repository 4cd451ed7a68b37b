"""How the sections of feasibility write rates: shares in percent, whose they are, note marks."""

from cesp_analysis.numbers import NONE, fixed
from cesp_analysis.report.results import Results, Row


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
    return fixed(100 * value, 0 if value in (0, 1) else 1)


def percents(low: float | None, high: float | None) -> str:
    """An interval of a share in percent."""
    return NONE if low is None or high is None else f"{share_of(low)} to {share_of(high)}"


def mark_of(at: int) -> str:
    """The mark of the note at a place: a, b … aa."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return letters[at] if at < 26 else letters[at // 26 - 1] + letters[at % 26]
