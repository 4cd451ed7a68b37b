"""What limits an economic evaluation."""

from cesp_analysis.numbers import listed
from cesp_analysis.report.limitation import EITHER_WAY, Limitation
from cesp_analysis.report.results import Results


def costs_of_some(results: Results) -> Limitation | None:
    """Where costs and QALYs of the whole follow-up are not known of everybody."""
    if results.words.economics is None:
        return None
    rows = [row for row in results.economics if row["missing_data"] != "complete"]
    if not rows or rows[0]["n_obs"] == rows[0]["n_units"]:
        return None
    here = (
        "Costs and QALYs of the whole follow-up are known of"
        f" {results.part(rows[0]['n_obs'], rows[0]['n_units'])} people; those of the others are"
        " imputed from what is known of them."
    )
    return Limitation("Costs and QALYs", here, EITHER_WAY, ("economics",))


def placeholders(results: Results) -> Limitation | None:
    """Where prices stand in for ones that nobody has said."""
    words = results.words.economics
    if words is None or not words.priced:
        return None
    own = [row["label"] for row in results.unit_costs if row["placeholder"] == "yes"]
    if not own:
        return None
    here = f"Of some prices nobody has said what they are: {listed(own)}. Others stand in for them."
    return Limitation("Prices", here, EITHER_WAY, ("economics",))
