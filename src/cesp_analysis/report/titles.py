"""How sections of the report are called, for those that say where more is."""

from cesp_analysis.report.blocks import Link, See

TITLES: dict[str, str] = {
    "people": "People",
    "follow_up": "Follow-up",
    "feasibility": "Feasibility",
    "comparability": "People at the start",
    "balance": "Balance of covariates",
    "measurability": "Can the difference be measured",
    "answers": "Answers",
    "means": "Observed means",
    "plan": "Analysis plan",
    "estimates": "Estimates",
    "bracket": "The bracket",
    "few_sites": "Few sites",
    "standardised": "How large the differences are",
    "specification_curve": "Specification curve",
    "missing_data": "Missing data",
    "sensitivity": "If those who are lost differ",
    "survey_data": "Community surveys: who answered",
    "surveys": "Community surveys: answers",
    "survey_observed": "Community surveys: observed means",
    "survey_estimates": "Community surveys: estimates",
    "fidelity": "Fidelity",
    "delivery": "Contacts and panels",
    "process": "The process over time",
    "interviews": "Interviews",
    "integration": "Interviews beside the numbers",
    "economics": "Costs and QALYs",
    "planning": "The trial that could follow",
    "summary": "Summary in plain words",
    "findings": "Key findings",
    "study": "The study",
    "deviations": "Deviations from the plan",
    "limitations": "Limitations",
    "checklists": "Reporting checklists",
    "data": "Data",
    "data_dictionary": "Data dictionary",
    "residuals": "Residuals and influence",
    "provenance": "Where a number comes from",
}
"""A section's anchor → its heading; tests hold these to the report's own."""
WITH_THE_TEAM = frozenset(
    {"process", "interviews", "data", "answers", "data_dictionary", "residuals"}
)
"""Anchors of sections that do not leave the team; a test holds them to what leaves."""


def ways(*anchors: str) -> tuple[Link, ...]:
    """The ways to sections, by their anchors."""
    return tuple(Link(TITLES[anchor], anchor) for anchor in anchors)


def see(*anchors: str) -> See:
    """Where in the report more is said; a section that a study does not have is left out when the
    report is put together."""
    return See(ways(*anchors))
