"""In which raw files and columns the section's services stand."""

from cesp_analysis.declared.economics import Economics
from cesp_analysis.study.study import Study


def columns_of(own: Economics, study: Study) -> dict[str, list[str]]:
    """Service → the files that hold its variable."""
    found = {}
    for name, service in own.services.items():
        if service.variable is not None:
            found[name] = [
                file
                for file, entry in study.files.items()
                if entry.level == "person"
                and service.variable
                in {*(whole := entry.with_form(study.forms)).variables, *whole.derived}
            ]
    return found


def raw_columns(own: Economics, study: Study) -> dict[str, str]:
    """What the files of use and of contacts call the columns whose cells cleaning may take away."""
    found = {}
    if own.use is not None:
        file = study.files[own.use.file].with_form(study.forms)
        if own.use.service in file.variables:
            found["raw_service"] = file.variable_column(own.use.service)
    if own.intervention is not None and (date := study.files[own.intervention.file].date):
        found["raw_date"] = str(date.column)
    return found
