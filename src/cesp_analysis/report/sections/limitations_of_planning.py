"""What limits the plan of a definitive trial."""

from cesp_analysis.numbers import count, listed
from cesp_analysis.planning.words import PARAMETERS
from cesp_analysis.report.limitation import EITHER_WAY, Limitation
from cesp_analysis.report.results import Results


def planned(results: Results) -> Limitation | None:
    """Where the sizes of the planned trial come from others, and what they suppose."""
    words = results.words.planning
    if words is None:
        return None
    published = [row for row in results.planning_known if row["origin"] == "published"]
    said = [
        f"The planned trial rests on {_named(published)} from published pairs"
        f"{_pairs(published)}: they are of practices and wards, not of places like these."
        if published
        else "",
        "The difference that it is planned for is one that would matter, not one that this study"
        " found.",
        "Formulas take answers as normal within locations.",
    ]
    here = " ".join(filter(None, said))
    return Limitation("What the planned trial rests on", here, EITHER_WAY, ("planning",))


def _named(rows: list[dict[str, str]]) -> str:
    return listed([PARAMETERS[row["parameter"]] for row in rows])


def _pairs(rows: list[dict[str, str]]) -> str:
    """How many; in what leaves the team sizes of others' work are not told."""
    known = {row["n"] for row in rows if row["n"] is not None}
    return f" ({', '.join(count(float(n)) for n in known)})" if known else ""
