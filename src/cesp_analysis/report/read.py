"""The content tree as a renderer reads it: of this program's form, or one clear line."""

from pathlib import Path
from typing import Any

from cesp_analysis.contracts import read_json
from cesp_analysis.errors import CespError
from cesp_analysis.report.blocks import FORM


def read_report(path: Path) -> dict[str, Any]:
    """The report of report.json. Raises CespError: another version of the program wrote it."""
    report = dict(read_json(path))
    if report.get("form") != FORM:
        raise CespError(
            f"{path}: another version of the program made it (its form is"
            f" {report.get('form', 'older than 2')}, here it is {FORM}): run snakemake to make the"
            " results again"
        )
    return report
