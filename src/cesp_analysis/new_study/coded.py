"""Tables of coded interviews: a section of their own, and no names of those interviewed."""

import re
from collections.abc import Sequence
from typing import Any

from cesp_analysis.new_study.commented import Place
from cesp_analysis.new_study.draft_entries import as_written
from cesp_analysis.new_study.roles import roles_of
from cesp_analysis.new_study.sites import site_values
from cesp_analysis.new_study.tables import Column, Table

WHOSE = re.compile(
    r"^(interview(ee|ed)?|who|pseudonym|alias|speaker|informant)(_?(id|name|code|no))?$"
)
"""Columns that say who spoke."""
_COLUMNS = {
    "excerpt": re.compile(r"^(excerpt|segment|quote|quotation|highlight|id)(_?id)?$"),
    "interview": WHOSE,
    "source": re.compile(r"^(document|source|transcript)(_?(name|id))?$"),
    "role": re.compile(r"^role$"),
    "theme": re.compile(r"^themes?$"),
    "subtheme": re.compile(r"^sub_?themes?$"),
    "code": re.compile(r"^(codes?|tags?|nodes?|coding)$"),
    "construct": re.compile(r"^construct$"),
    "valence": re.compile(r"^valence$"),
    "coder": re.compile(r"^(coder|coded_by)$"),
    "text": re.compile(r"^(text|content|excerpt|segment|quote|quotation|passage)(_?text)?$"),
}
QUESTION = (
    "These look like coded interviews. If not, declare them under files:. Which column says what"
    " may be quoted (cleared: {column: …}; without it nothing is)? What does each word for a role"
    " mean (roles: {…: staff, service_user, volunteer or community})? Are they so?"
)

SEVERAL = (
    "Is one of them a second coder's (for_agreement: true, and who coded each: coder:), or an"
    " earlier export of another (previous: there, and no entry of its own)?"
)


def is_coded(table: Table) -> bool:
    """Whether a table seems to hold what was said, by whom, and how it was coded."""
    found = _columns(table)
    coded, whose = {"theme", "code"} & set(found), {"interview", "source"} & set(found)
    return bool(coded and whose) and "text" in found


def parted(tables: Sequence[Table]) -> tuple[list[Table], list[Table]]:
    """Tables of coded interviews, and the others; all are others where these are none."""
    coded = [table for table in tables if is_coded(table)]
    others = [table for table in tables if not is_coded(table)]
    return (coded, others) if others else ([], coded)


def interviews_of(
    tables: Sequence[Table], sites: dict[str, str], notes: dict[Place, list[str]]
) -> dict[str, Any]:
    """The section `interviews` of tables that are coded, sites by the words that others have for
    them; {} of none."""
    files, words = dict[str, Any](), dict[str, str]()
    for table in tables:
        found = {what: column.name for what, column in _columns(table).items()}
        if site := roles_of(table).get("site"):
            words |= site_values(table.columns[site], sites)
            found["site"] = site
        if "theme" in found:
            found.pop("code", None)
        kind = "excerpts" if "theme" in found else "segments"
        files[table.name] = as_written(table.file) | {"kind": kind, "columns": found}
    if files:
        notes["interviews",] = [QUESTION] + [SEVERAL] * (len(files) > 1)
    section = {"files": files} | ({"sites": words} if words else {})
    return {"interviews": section} if files else {}


def _columns(table: Table) -> dict[str, Column]:
    """What a column is to interviews → the first that is called so; what was said is text."""
    found: dict[str, Column] = {}
    for what, pattern in _COLUMNS.items():
        own = [c for c in table.columns.values() if pattern.match(c.slug) and _fits(what, c)]
        if left := [column for column in own if column not in found.values()]:
            found[what] = left[0]
    return found


def _fits(what: str, column: Column) -> bool:
    """Words of a text are mostly several; an id is no text."""
    words = column.found.answers
    several = float((words.str.count(r"\s") >= 2).mean()) if len(words) else 0.0
    return {"text": several > 0.5, "excerpt": several <= 0.5}.get(what, True)
