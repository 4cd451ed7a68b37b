"""How the tables of interviews and of how they meet the numbers leave.

Who was interviewed stays, and so does who speaks of what: interviews are few, and a role at a site
may be one person. Of the joint display leave estimates, as they do elsewhere, the criterion's zone,
which valence most excerpts have, what people inferred, and of how many excerpts and interviews,
rounded. Quotes leave whole where their file clears them for quotation, without pseudonym, site and
role, under numbers that say nothing of whose they are; what names a pseudonym stays, and so does an
inference that does. The theory of change leaves with what its links are held to.
"""

import hashlib

from cesp_analysis.columns import Row
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.integration.tables import JointDisplay, JointQuotes, TheoryLinks, TheoryNodes
from cesp_analysis.withheld import WITHHELD


def display_rows(rows: list[Row], how: Disclosure) -> list[Row]:
    """Inferences without those that name a pseudonym, constructs without words of excerpts that do;
    nothing that follows from the valences of few interviews."""
    left = [row for row in rows if row["declared"] == "yes" or row["names_somebody"] != "yes"]
    return [_without(row, how) for row in left]


OF_VALENCES = ("majority", "compared", "survey_compared", "flags")
"""What follows from how interviews are meant; flags say so, or that they are few."""


def _without(row: Row, how: Disclosure) -> Row:
    """A row without what follows from the valences of few interviews, or of none of many, and
    without words that name somebody; what is withheld whether or not there was anything."""
    few = row["excerpts"] > 0 and row["spoke"] < how.threshold
    named = row["names_somebody"] == "yes"
    withheld = OF_VALENCES if few else ("flags",) if named else ()
    blank = {"inference_text": "", "author": ""} if named else {}
    return row | blank | dict.fromkeys(withheld, "") | {WITHHELD: withheld}


def quote_rows(rows: list[Row], how: Disclosure) -> list[Row]:
    """Quotes that name nobody, numbered by their words: an id, or an order, may say whose."""
    left = [row for row in rows if row["names_somebody"] != "yes"]
    order = sorted({row["text"] for row in left}, key=lambda t: hashlib.sha256(t.encode()).digest())
    return [row | {"excerpt": f"quote {order.index(row['text']) + 1}"} for row in left]


INTERVIEWS: dict[str, Leaving] = {
    "joint_display": Leaving(
        JointDisplay,
        shown="construct label declared outcome estimate_id time ci_level unit direction"
        " survey_outcome survey_estimate_id survey_time survey_unit survey_direction criterion"
        " light majority compared survey_compared inference inference_text names_somebody author"
        " date",
        sizes="excerpts interviews",
        estimates="estimate ci_low ci_high ci_low_shock ci_high_shock shock_breaks survey_estimate"
        " survey_ci_low survey_ci_high survey_ci_low_shock survey_ci_high_shock",
        texts="reason survey_reason flags",
        along={"excerpts": "interviews"},
        blank="themes positive negative mixed neutral not_said of_control of_unknown spoke cleared",
        prepared=display_rows,
        named={"survey_estimate_id": "survey_{}", "estimate_id": "{}"},
    ),
    "joint_quotes": Leaving(
        JointQuotes,
        shown="construct excerpt theme valence text of_control names_somebody",
        blank="interview site role",
        prepared=quote_rows,
    ),
    "theory_nodes": Leaving(TheoryNodes, shown="node label node_kind layer place"),
    "theory_links": Leaving(
        TheoryLinks,
        shown="link nth from_node to_node feedback through evidence of of_label outcome time there"
        " unit light themes",
        sizes="excerpts interviews",
        along={"excerpts": "interviews", "themes": "interviews"},
        estimates="estimate ci_low ci_high ci_low_shock ci_high_shock",
        texts="reason",
        named={"of": "{}"},
    ),
}

WRITTEN_BESIDE = ("checklists", "joint_display", "joint_quotes")
"""Tables that another word of an inference changes: what is withheld in others does not depend on
them, since they count nobody exactly, and no figure is drawn from them."""
