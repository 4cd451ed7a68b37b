"""What fills items of GRAMMS, SRQR and COREQ: one function an answer, of a study with interviews.

What somebody meant by an item no rule can see: most are filled partly.
"""

from collections.abc import Callable

from cesp_analysis.numbers import counted, listed
from cesp_analysis.report.checklist_answer import Answer, estimates, there
from cesp_analysis.report.results import Results


def mixed(results: Results) -> Answer | None:
    """Which methods stand beside one another."""
    return there(
        "Interviews, outcomes of people and community surveys",
        interviews=results.interviews,
        **estimates(results),
    )


def joined(results: Results) -> Answer | None:
    """Where sources meet, and who inferred; of rows that name an interview the author stays with
    the team, as in the joint display: this list leaves as it is."""
    written = [row for row in results.joint_display if row["inference_text"]]
    named = [row["author"] for row in written if row["author"] and row["names_somebody"] == "no"]
    by = f"; inferences by {listed(list(dict.fromkeys(named)))}" if named else ""
    by = by if written else "; no inference is written yet"
    said = f"Joint display by the pillar integration process{by}"
    return there(said, integration=results.joint_display)


def insights(results: Results) -> Answer | None:
    """What people inferred, construct by construct."""
    own = [row for row in results.joint_display if row["inference_text"]]
    part = "every" if len(own) == len(results.joint_display) else "not yet every"
    return there(f"Inferences of {part} construct", integration=own)


def interviewed(results: Results) -> Answer | None:
    """How many were interviewed."""
    said = counted(len(results.interviews), "interview")
    return there(f"{said}, by role and site", interviews=results.interviews)


def saturation(results: Results) -> Answer | None:
    """Published rules of when little new comes."""
    said = "What each interview adds, and published stopping rules"
    return there(said, interviews=results.theme_coverage)


def coders(results: Results) -> Answer | None:
    """How many coded, and how alike."""
    named = {one for row in results.coder_agreement for one in row["coders"].split(" | ") if one}
    return there("More than one coder, and how alike they coded", interviews=len(named) > 1)


def themes(results: Results) -> Answer | None:
    """Themes by role and site."""
    return there("Themes by role and site, in excerpts", interviews=results.theme_matrix)


def quotes(results: Results) -> Answer | None:
    """Excerpts that are quoted."""
    return there("Quotes that are cleared for quotation", integration=results.joint_quotes)


def beside_numbers(results: Results) -> Answer | None:
    """Whether findings fit together is looked at."""
    return there("Interviews beside the numbers", integration=results.joint_display)


INTERVIEWS: dict[str, Callable[[Results], Answer | None]] = {
    answer.__name__: answer
    for answer in (
        mixed, joined, insights, interviewed, saturation, coders, themes, quotes, beside_numbers,
    )
}  # fmt: skip
