"""Analysis sets: whose records enter. One word a set in config.yaml and tables, its label for
readers."""

ALL_RECRUITED = "all_recruited"
OBSERVED = "observed"
WITHOUT = "without_contaminated_controls"
SETS = (ALL_RECRUITED, OBSERVED, WITHOUT)
WHOSE_RECORDS = f"whose records entered: {', '.join(SETS)} (all_recruited, of respondents: all)"
"""What the column `analysis_set` of a table says."""

_LABELS = {
    ALL_RECRUITED: "All recruited",
    OBSERVED: "Observed at each time used",
    WITHOUT: "Without contaminated controls",
}


def set_label(chosen: str, level: str) -> str:
    """What figures and tables call a set of people, or of respondents, who are recruited anew."""
    respondents = level == "respondent" and chosen == ALL_RECRUITED
    return "All respondents" if respondents else _LABELS[chosen]


def set_words(chosen: str, level: str) -> str:
    """The label, and how the set was made where it was chosen after baseline."""
    made = " (selected after baseline)" if chosen == WITHOUT else ""
    return set_label(chosen, level) + made
