"""What must be right of the sampling frame that response rates are made from."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from cesp_analysis.declared.files import Variable
from cesp_analysis.declared.surveys import DISPOSITIONS
from cesp_analysis.errors import no_such
from cesp_analysis.study.study import Study


def broken_questions_of_surveys(study: Study) -> Iterator[str]:
    """Categories are those of ordinal outcomes, boxes are binary outcomes: of respondents."""
    for name, codes in study.surveys.categories.items():
        outcome, place = study.outcomes.get(name), f"surveys.categories.{name}"
        if outcome is None:
            continue
        if outcome.level != "respondent" or outcome.type != "ordinal":
            yield f"{place}: is no ordinal outcome of respondents; write type: ordinal there"
        for code in codes:
            if not re.fullmatch(r"-?[0-9]+", code):
                yield f"{place}: '{code}' is no code; codes of an ordinal outcome are whole numbers"
        if len(set(codes.values())) < len(codes):
            yield f"{place}: two codes have one label; tables could not tell them apart"
    boxes: dict[str, str] = {}
    for name, question in study.surveys.several_answers.items():
        for box in question.outcomes:
            outcome, place = study.outcomes.get(box), f"surveys.several_answers.{name}"
            if outcome is None:
                continue
            if outcome.level != "respondent" or outcome.type != "binary":
                yield f"{place}: '{box}' is no binary outcome of respondents; write type: binary"
            if (other := boxes.setdefault(box, name)) != name:
                yield f"{place}: '{box}' is a box of {other} too; name it in one of them"


def broken_response(study: Study) -> Iterator[str]:
    """One line for each thing that the frame lacks."""
    declared, place = study.surveys.response, "surveys.response"
    if declared is None:
        return
    if declared.file not in study.files:
        yield f"{place}.file: {no_such('file', declared.file, list(study.files))}"
        return
    file = study.files[declared.file].with_form(study.forms)
    at = f"{place}.file: files.{declared.file}"
    if file.level != "other":
        yield f"{at}: its rows are invitations, not answers of anybody; write level: other"
    if file.time is None or file.time.by is not None:
        yield f"{at}: say which wave its rows belong to (time: {{column: …}})"
    if file.site is None and file.arm is None:
        yield f"{at}: say which site its rows belong to (site: {{column: …}})"
    variable = file.variables.get(declared.disposition)
    if variable is None:
        known = list(file.variables)
        yield f"{place}.disposition: {no_such('variable', declared.disposition, known)}"
        for name in get_close_matches(declared.disposition, known, n=1):  # which is likely meant
            if file.variables[name].type == "category":
                yield from _codes(declared.file, name, file.variables[name])
    elif variable.type != "category":
        yield (
            f"{place}.disposition: '{declared.disposition}' is of type {variable.type}; declare it"
            " as a category whose values are AAPOR's codes"
        )
    else:
        yield from _codes(declared.file, declared.disposition, variable)


def _codes(file: str, name: str, variable: Variable) -> Iterator[str]:
    """The values of the dispositions are AAPOR's codes."""
    for code in dict.fromkeys((variable.values or {}).values()):
        if code not in DISPOSITIONS:
            yield (
                f"files.{file}.variables.{name}.values:"
                f" {no_such('disposition', code, DISPOSITIONS, 'AAPOR has')}"
            )
