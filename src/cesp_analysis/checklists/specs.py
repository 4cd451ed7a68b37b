"""Which checklists apply to a study, and what the step `tick` is told of them."""

from cesp_analysis.declared.as_data import as_json
from cesp_analysis.declared.checklists import NAMES
from cesp_analysis.study.study import Study


def applying(study: Study) -> list[str]:
    """The lists that a study is held to, in the report's order; docs/howto/checklists.md says why.

    A list that the study fills by hand applies in any case.
    """
    pilot = study.feasibility is not None
    compared = "control" in study.arms
    surveyed = any(outcome.level == "respondent" for outcome in study.outcomes.values())
    ruled = {
        "CONSORT": pilot,
        "TREND": compared and not study.study.randomised,
        "STROBE": not compared or surveyed,
        "TIDieR": any((study.fidelity, study.dose, study.activity)),
        "CHEERS": study.economics is not None,
        "GRAMMS": study.integration is not None,
        "SRQR": study.interviews is not None,
    }
    return [name for name in NAMES if ruled.get(name) or study.checklists.get(name)]


def filled(study: Study) -> str:
    """The items that the study fills by hand: list → item → text."""
    return as_json(study.checklists)
