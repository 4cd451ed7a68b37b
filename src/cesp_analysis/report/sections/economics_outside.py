"""What is said of a cost per QALY outside the team, of numbers as they leave."""

from cesp_analysis.economics.quadrants import Quadrants
from cesp_analysis.economics.ratio_words import in_quadrants
from cesp_analysis.numbers import fixed, interval
from cesp_analysis.report.tables_read import Row

KINDS = {
    "per_qaly_gained": "Each QALY gained costs £{ratio} ({ends} by Fieller's method).",
    "per_qaly_lost": "Each QALY given up saves £{ratio} ({ends} by Fieller's method): here a larger"
    " number speaks for the intervention, and it is worth while at thresholds below it.",
    "dominates": "The intervention costs less and gains QALYs: it dominates, at these estimates. No"
    " ratio is given: negative ratios have no order.",
    "dominated": "The intervention costs more and loses QALYs: it is dominated, at these estimates."
    " No ratio is given: negative ratios have no order.",
    "straddles": "QALYs may be lost as well as gained: one ratio would stand for opposites, so no"
    " cost per QALY and no interval for it is given. Read the net benefit.",
}


def said_outside(row: Row) -> str:
    """A row of ce_quadrants.csv in words; the team's own sentences have more digits than leave."""
    shares = Quadrants(
        row["dearer_gains"], row["cheaper_gains"], row["cheaper_loses"], row["dearer_loses"]
    )
    ends = interval(row["ratio_low"], row["ratio_high"], 0)
    said = KINDS[row["kind"]].format(ratio=fixed(row["ratio"], 0), ends=ends)
    return f"{said} {in_quadrants(shares)}"
