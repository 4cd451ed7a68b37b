"""What is said of a cost per QALY outside the team, of numbers as they leave."""

from cesp_analysis.columns import Row
from cesp_analysis.economics.quadrants import Quadrants
from cesp_analysis.economics.ratio_words import in_quadrants, of_kind
from cesp_analysis.numbers import fixed, interval


def said_outside(row: Row) -> str:
    """A row of ce_quadrants.csv in words; the team's own sentences have more digits than leave."""
    shares = Quadrants(
        row["dearer_gains"], row["cheaper_gains"], row["cheaper_loses"], row["dearer_loses"]
    )
    low, ends = row["ratio_low"], interval(row["ratio_low"], row["ratio_high"], 0)
    below = isinstance(low, float) and low < 0  # a withheld end is no number
    said = of_kind(row["kind"], f"£{fixed(row['ratio'], 0)}", ends, below)
    return f"{said} {in_quadrants(shares)}"
