"""The content tree as a renderer reads it: of this program's form, or one clear line."""

from pathlib import Path
from typing import Any

from cesp_analysis.errors import CespError
from cesp_analysis.report.blocks import FORM
from cesp_analysis.whole_files import BrokenContract, read_json


def read_report(path: Path) -> dict[str, Any]:
    """The report of report.json. Raises CespError: it is none, or another version's."""
    try:
        report = read_json(path)
    except BrokenContract as error:
        raise CespError(f"{error}; the step write makes the file that is asked for") from None
    if not isinstance(report, dict):
        raise CespError(f"{path}: is no report; the step write makes the file that is asked for")
    if report.get("form") != FORM:
        raise CespError(
            f"{path}: another version of the program made it (its form is"
            f" {report.get('form', 'older than 2')}, here it is {FORM}): run the study (cesp"
            " run DIR) to make the results again"
        )
    return report
