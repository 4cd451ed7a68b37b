"""The root study's excerpts as a REFI-QDA project, written by pyrefiqda 0.3.1 (MIT), not by us.

    pip install pyrefiqda==0.3.1   (in an environment of its own: no test needs it)
    python tests/reference/interviews_root.py data/raw/interview_excerpts.csv \
        tests/reference/interviews_root.qdpx

A document for each speaker, its passages a line each; a code for each theme with its subthemes
below it, others for construct, valence and "may be quoted"; site and role are variables of cases.
"""

import csv
import sys
from itertools import count
from pathlib import Path

from pyrefiqda import RefiProject, models

ids = (f"{n:08x}-0000-4000-8000-000000000000" for n in count(1))
rows = list(csv.DictReader(Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()))
codes: dict[tuple[str, ...], models.ProjectCodeType] = {}


def code(*names: str) -> models.CodingType:
    """A coding with a code, which is made with those above it where it is new."""
    for n in range(1, len(names) + 1):
        if names[:n] not in codes:
            made = models.ProjectCodeType(guid=next(ids), name=names[n - 1], is_codable=True)
            codes[names[:n]] = made
            if n > 1:
                codes[names[: n - 1]].code.append(made)
    ref = models.CodeRefType(target_guid=codes[names].guid)
    return models.CodingType(guid=next(ids), creating_user=user, code_ref=ref)


def selection(row: dict[str, str], start: int) -> models.PlainTextSelectionType:
    """A passage with its codes."""
    codings = [
        code(row["theme"], row["subtheme"]),
        code("construct", row["construct"]),
        code("valence", row["valence"]),
    ]
    if row["cleared_for_quotation"] == "yes":
        codings.append(code("may be quoted"))
    return models.PlainTextSelectionType(
        guid=next(ids),
        name=row["excerpt_id"],
        start_position=start,
        end_position=start + len(row["text"]),
        coding=codings,
    )


user = next(ids)
variables = {name: next(ids) for name in ("site", "role")}
sources, cases = [], []
for speaker in dict.fromkeys(row["pseudonym"] for row in rows):
    own = [row for row in rows if row["pseudonym"] == speaker]
    text, parts = "", []
    for row in own:
        parts.append(selection(row, len(text)))
        text += row["text"] + "\n"
    source = models.TextSourceType(
        guid=next(ids), name=speaker, plain_text_content=text, plain_text_selection=parts
    )
    sources.append(source)
    values = [
        models.VariableValueType(
            variable_ref=models.VariableRefType(target_guid=variables[name]),
            text_value=own[0][name].strip().capitalize() if name == "site" else own[0][name],
        )
        for name in variables
    ]
    ref = models.SourceRefType(target_guid=source.guid)
    cases.append(
        models.CaseType(guid=next(ids), name=speaker, variable_value=values, source_ref=[ref])
    )
text_kind = models.TypeOfVariableType.TEXT
project = models.Project(
    name="root study",
    origin="pyrefiqda 0.3.1",
    users=models.UsersType(user=[models.UserType(guid=user, name="Coder 1")]),
    code_book=models.ProjectCodeBookType(
        codes=models.ProjectCodesType(code=[one for names, one in codes.items() if len(names) == 1])
    ),
    variables=models.VariablesType(
        variable=[
            models.VariableType(guid=own, name=name, type_of_variable=text_kind)
            for name, own in variables.items()
        ]
    ),
    cases=models.CasesType(case=cases),
    sources=models.SourcesType(text_source=sources),
)
RefiProject.save(project, sys.argv[2])
