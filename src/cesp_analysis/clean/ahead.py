"""What would stop the next steps, told already where an absent file stops the run first."""

from collections.abc import Collection
from pathlib import Path

from cesp_analysis.clean.clean import lacking
from cesp_analysis.clean.long_format import spread
from cesp_analysis.clean.spec import CleanSpec
from cesp_analysis.declared.columns import needed_columns
from cesp_analysis.errors import CespError
from cesp_analysis.intake.columns import missing_columns
from cesp_analysis.intake.read import read_raw


def stops_ahead(spec: str, sound: Collection[str]) -> list[str]:
    """A line for each file that cannot be read as declared, or has not what config asks for.

    `spec`: what cleaning is told; `sound`: paths of the raw files that are there and unchanged.
    """
    how = CleanSpec.model_validate_json(spec)
    found: list[str] = []
    raw = {}
    for name, file in how.files.items():
        if {file.path, *file.companions().values()} <= set(sound):
            try:
                raw[name] = read_raw(Path(file.path), file)
            except CespError as error:
                found += error.problems
            except OSError:
                pass  # the step that reads it says why
    for name, table in raw.items():
        needed = needed_columns(how.files[name], how.items)
        found += missing_columns(table, how.files[name].path, name, needed)
    tables = {name: spread(table, how.files[name], how.items) for name, table in raw.items()}
    return list(dict.fromkeys([*found, *lacking(raw, tables, how)]))
