"""What outcomes and covariates are read from: some file of their level must hold it."""

from collections.abc import Iterator

from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.outcomes import Covariate, Measured, Outcome
from cesp_analysis.errors import no_such
from cesp_analysis.study.gaps import Gap
from cesp_analysis.study.read_when import impossible_values, not_asked_then
from cesp_analysis.study.study import Study


def broken_sources(study: Study) -> Iterator[str]:
    """One line for each outcome or covariate that no file of its level holds (then, or at all)."""
    files = [file.with_form(study.forms) for file in study.files.values()]
    for name, outcome in study.outcomes.items():
        yield from _measured(f"outcomes.{name}", outcome, files)
        yield from _times(f"outcomes.{name}.times", outcome.times or (), outcome, study)
    for name, file in study.files.items():
        yield from _counts_at_no_time(f"files.{name}", file.with_form(study.forms), files, study)
    if study.contamination:
        yield from _contamination(study, files)
    for name, covariate in study.covariates.items():
        yield from _measured(f"covariates.{name}", covariate, files)
        if covariate.level == "person" and covariate.measured:
            yield from _times(
                f"covariates.{name}.measured", (covariate.measured,), covariate, study
            )
        if covariate.level == "person":
            holding = [f for f in files if f.level == "person" and _holds(f, covariate)]
            place, times = f"covariates.{name}", list(study.times)
            yield from not_asked_then(place, covariate, covariate.measured, holding, times)
        yield from _reference(f"covariates.{name}.reference", covariate, study)


def _counts_at_no_time(
    place: str, file: RawFile, files: list[RawFile], study: Study
) -> Iterator[Gap]:
    """One line for an entry whose instruments are outcomes' and that says no time, while others do:
    its answers would be passed over. Of other entries of people file_rules.py asks the time itself,
    and many rows a person at no particular time are declared as such."""
    wide = any(variable.columns for variable in file.variables.values())
    asked_there = not (file.lists_people or wide) or file.one_row_per == "any"
    if file.level != "person" or file.time is not None or asked_there:
        return
    held = [o for o in study.outcomes.values() if o.score and o.level == file.level]
    held = [o for o in held if _holds(file, o)]
    lost = [o for o in held if _says_when(o, [other for other in files if _holds(other, o)])]
    if scores := list(dict.fromkeys(f"'{outcome.source}'" for outcome in lost)):
        named = list(dict.fromkeys(str(outcome.score).rpartition(".")[0] for outcome in lost))
        remedy = "write time: {constant: TIME} or time: {column: COLUMN}"
        if wide:  # whose variables have columns of several times
            remedy = f"read them by a further entry of {file.path} with time: {{constant: TIME}}"
        yield Gap(
            f"{place}.instruments: {' and '.join(scores)} {'is' if len(scores) == 1 else 'are'} in"
            " outcomes, and the entry says no time, so its answers would count at none;"
            f" {remedy}, or leave {' and '.join(named)} out of the entry, if its answers are not to"
            " be counted"
        )


def _contamination(study: Study, files: list[RawFile]) -> Iterator[str]:
    declared = study.contamination
    assert declared is not None
    entry = Covariate(label=declared.label, variable=declared.variable)
    yield from _measured("contamination", entry, files)
    if declared.measured is not None:
        yield from _times("contamination.measured", (declared.measured,), entry, study)
    holding = [file for file in files if file.level == "person" and _holds(file, entry)]
    times = list(study.times)
    yield from not_asked_then("contamination", entry, declared.measured, holding, times)
    yield from impossible_values(declared, holding, categories_of(entry, files))


def categories_of(covariate: Measured, files: list[RawFile]) -> list[str]:
    """The categories that a covariate may have, in config's order; none for a number."""
    found: dict[str, None] = {}
    for file in files:
        word = covariate.variable
        if file.level != covariate.level or word is None:
            continue
        if word in file.derived:
            derived = file.derived[word]
            found |= dict.fromkeys([*(derived.labels or ()), *(derived.values or {}).values()])
        elif word in file.variables and file.variables[word].type == "category":
            found |= dict.fromkeys((file.variables[word].values or {}).values())
    return list(found)


def faults_of_source(place: str, entry: Measured, study: Study) -> Iterator[str]:
    """One line where no file of its level holds it, or none that says a time."""
    yield from _measured(
        place, entry, [file.with_form(study.forms) for file in study.files.values()]
    )


def _measured(place: str, entry: Measured, files: list[RawFile]) -> Iterator[str]:
    if (entry.variable is None) == (entry.score is None):
        yield f"{place}: write either variable or score"
        return
    holding = [file for file in files if _holds(file, entry)]
    levels = list(dict.fromkeys(file.level for file in holding))
    key = "variable" if entry.variable else "score"
    if holding and entry.level not in levels:
        yield (
            f"{place}.{key}: '{entry.source}' is in files of level {', '.join(levels)}, the entry"
            f" is of level {entry.level}"
        )
    elif any(_is_id(file, entry) for file in holding):
        yield f"{place}.{key}: '{entry.source}' holds ids of people; nothing is measured by it"
    elif isinstance(entry, Outcome) and holding and not _says_when(entry, holding):
        first = "WAVE" if entry.level == "respondent" else "TIME"
        yield (
            f"{place}.{key}: '{entry.source}' is in no file that says a time; an outcome needs one:"
            f" write time: {{constant: {first}}} or time: {{column: COLUMN}} in the entry of"
            f" {holding[0].path}"
        )


def _holds(file: RawFile, entry: Measured) -> bool:
    if entry.variable is not None:
        return entry.variable in file.variables or entry.variable in file.derived
    return str(entry.score).rpartition(".")[0] in file.instruments


def _is_id(file: RawFile, entry: Measured) -> bool:
    own = file.variables.get(str(entry.variable))
    return own is not None and own.type == "id"


def _says_when(entry: Measured, files: list[RawFile]) -> bool:
    for file in files:
        own = file.variables.get(str(entry.variable))
        wide = [own] if own else [*file.variables.values()] if entry.variable else []
        if file.time is not None or any(variable.columns for variable in wide):
            return True
    return False


def _times(place: str, times: tuple[str, ...], entry: Measured, study: Study) -> Iterator[str]:
    known = [moment.name for moment in study.moments(entry.level)]
    noun = "time" if entry.level == "person" else "wave"
    for time in times:
        if time not in known:
            yield f"{place}: '{time}' is no {noun} (declared: {', '.join(known) or 'none'})"


def _reference(place: str, covariate: Covariate, study: Study) -> Iterator[str]:
    files = [file.with_form(study.forms) for file in study.files.values()]
    known = categories_of(covariate, files)
    if covariate.reference is None or covariate.reference in known:
        return
    if known:
        yield f"{place}: {no_such('category', covariate.reference, known)}"
