"""In which raw files and columns the section's services stand."""

from collections.abc import Iterable

from cesp_analysis.declared.economics import Economics
from cesp_analysis.declared.resources import OWN_TIME
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


def cells_of(own: Economics, study: Study) -> dict[str, dict[str, dict[str, str]]]:
    """Service → file that holds its variable → the raw column of each time, '': of any; of what is
    derived a column without a name, of what a file does not ask none."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for name, files in columns_of(own, study).items():
        variable = str(own.services[name].variable)
        for file in files:
            entry = study.files[file].with_form(study.forms)
            if variable not in entry.variables:
                of = {"": ""}
            elif not entry.asked(variable).asked:
                of = {}
            else:
                times = entry.variables[variable].columns or {"": ""}
                of = {time: entry.variable_column(variable, time) for time in times}
            found.setdefault(name, {})[file] = of
    return found


def raw_columns(own: Economics, study: Study) -> dict[str, str]:
    """What the files of use and of contacts call the columns whose cells cleaning may take away."""
    found = {}
    if own.use is not None:
        file = study.files[own.use.file].with_form(study.forms)
        if own.use.service in file.variables:
            found["raw_service"] = file.variable_column(own.use.service)
        if own.use.amount in file.variables:
            found["raw_amount"] = file.variable_column(own.use.amount)
    if own.intervention is not None:
        file = study.files[own.intervention.file].with_form(study.forms)
        if file.date is not None:
            found["raw_date"] = str(file.date.column)
        if own.intervention.minutes in file.variables:
            found["raw_minutes"] = file.variable_column(own.intervention.minutes)
    return found


def ranged(variable: str, files: Iterable[str], study: Study) -> bool:
    """Whether each of the files says between what a variable can be."""
    entries = [study.files[file].with_form(study.forms).variables.get(variable) for file in files]
    return bool(entries) and all(one is not None and one.range is not None for one in entries)


def ranged_services(own: Economics, study: Study) -> list[str]:
    """Services with a variable of their own, and link workers' time, that have a range."""
    found = [
        name
        for name, files in columns_of(own, study).items()
        if ranged(str(own.services[name].variable), files, study)
    ]
    given = own.intervention
    return found + ([OWN_TIME] if given and ranged(given.minutes, [given.file], study) else [])
