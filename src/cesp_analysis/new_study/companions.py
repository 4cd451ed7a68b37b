"""Files that are named beside exports and hold no answers: LimeSurvey's syntax, REDCap's data
dictionary, the definition of a form (XLSForm: KoBo, ODK, SurveyCTO)."""

import re
from collections.abc import Mapping
from pathlib import Path

from cesp_analysis.errors import CespError
from cesp_analysis.intake.redcap import Field, read_dictionary

NO_ANSWERS = (
    "is the definition of a form (XLSForm), which holds questions and no answers; leave it out, and"
    " name the export of the answers"
)


_SYNTAX = re.compile(r"^names\(data\)\[\d+\] <- ", re.M)


def is_form(sheets: Mapping[str, set[str]]) -> bool:
    """Whether a workbook is one, by its sheets (name → columns): questions have a type and a name,
    choices belong to a list."""
    questions = sheets.get("survey", set())
    choices = sheets.get("choices", set())
    return {"type", "name"} <= questions and (
        "settings" in sheets or bool({"list_name", "list name"} & choices)
    )


def is_syntax(path: Path) -> bool:
    """Whether a file is LimeSurvey's syntax file for R."""
    if path.suffix.lower() != ".r":
        return False
    return bool(_SYNTAX.search(path.read_text(encoding="utf-8", errors="replace")))


def fields_in(path: Path) -> tuple[Field, ...]:
    """The fields of a REDCap data dictionary; none if the file is something else."""
    if path.suffix.lower() != ".csv":
        return ()
    with path.open("rb") as file:
        if b"ield" not in file.read(400):
            return ()
    try:
        return read_dictionary(str(path))
    except CespError:
        return ()  # an export, which is read as such
