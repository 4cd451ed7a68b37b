"""What must fit together in subsets of the intervention arm."""

from collections.abc import Iterator

from cesp_analysis.declared.expressions import Holds, fault_in
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.outcomes import Measured
from cesp_analysis.declared.subsets import NOT_KNOWN, Subsets
from cesp_analysis.errors import no_such
from cesp_analysis.study.questions import held_in
from cesp_analysis.study.read_when import not_asked_then
from cesp_analysis.study.study import Study


def broken_subsets(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    first: dict[str, str] = {}
    for name, entry in study.subsets.items():
        place = f"subsets.{name}"
        if sum(way is not None for way in (entry.variable, entry.file, entry.delivered)) != 1:
            yield f"{place}: write one of variable, file (whose rows are counted) and delivered"
            holds = None
        elif entry.delivered is not None:
            yield from _delivered(place, entry, study)
            holds = Holds("number")
        elif entry.file is not None:
            yield from _counted(place, entry, study.files[entry.file].with_form(study.forms))
            holds = Holds("number")
        else:
            holding = [
                study.files[file].with_form(study.forms)
                for file in files_of(study, str(entry.variable))
            ]
            yield from _variable(place, entry, holding, study)
            holds = next((held_in(file)[str(entry.variable)] for file in holding), None)
        yield from _parts(place, entry, holds)
        yield from _outcomes(f"{place}.outcomes", entry, study)
        if first.setdefault(entry.label, name) != name:
            yield (
                f"{place}.label: '{entry.label}' is the label of {first[entry.label]} too; tables"
                " could not tell them apart"
            )


def _counted(place: str, entry: Subsets, file: RawFile) -> Iterator[str]:
    if file.level != "person":
        yield (
            f"{place}.file: '{entry.file}' is of level {file.level}; count the rows of a file of"
            " level person, whose ids are people's"
        )
    if entry.where and (fault := fault_in(entry.where, held_in(file), condition=True)):
        yield f"{place}.where: {fault}"
    if entry.measured is not None:
        yield f"{place}.measured: rows of a file are counted, whenever they are; remove it"


def _delivered(place: str, entry: Subsets, study: Study) -> Iterator[str]:
    """A score of fidelity needs its section, contacts and minutes need theirs."""
    section = "fidelity" if entry.delivered == "fidelity" else "dose"
    lacking = getattr(study, section) is None
    if lacking:
        yield f"{place}.delivered: {entry.delivered} needs the section {section}; add it"
    if entry.delivered == "minutes" and study.dose is not None and study.dose.minutes is None:
        yield f"{place}.delivered: minutes needs dose.minutes; name the variable there"
    for key in ("where", "measured"):
        if getattr(entry, key) is not None:
            yield f"{place}.{key}: goes with {'file' if key == 'where' else 'variable'}; remove it"


def files_of(study: Study, variable: str) -> list[str]:
    """The files of people that hold a variable."""
    whole = {name: file.with_form(study.forms) for name, file in study.files.items()}
    return [
        name
        for name, file in whole.items()
        if file.level == "person" and (variable in file.variables or variable in file.derived)
    ]


def _variable(place: str, entry: Subsets, holding: list[RawFile], study: Study) -> Iterator[str]:
    word, first = str(entry.variable), next(iter(study.times), None)
    if entry.where is not None:
        yield f"{place}.where: says which rows of a file count; write file, or remove it"
    if not holding:
        yield f"{place}.variable: '{word}' is in no file of level person"
    elif entry.measured is None and all(_has_times(file, word) for file in holding):
        later = ", ".join(list(study.times)[1:])
        yield f"{place}.measured: '{word}' is asked at several times; say at which (later: {later})"
    if entry.measured is not None and entry.measured not in study.times:
        known = ", ".join(study.times) or "none"
        yield f"{place}.measured: '{entry.measured}' is no time of people (declared: {known})"
    elif entry.measured is not None and entry.measured == first:
        yield (
            f"{place}.measured: {first} comes before the intervention, of which nobody had got"
            " anything; name a later time"
        )
    read = Measured(label=entry.label, variable=word)
    if entry.measured is not None:
        yield from not_asked_then(place, read, entry.measured, holding, list(study.times))
    for name, covariate in study.covariates.items():
        if covariate.variable == word and covariate.measured in (None, first):
            yield (
                f"{place}.variable: '{word}' is the covariate {name}, measured at {first}: that is"
                " neither dose nor fidelity; name what was measured later"
            )


def _has_times(file: RawFile, word: str) -> bool:
    own = file.variables.get(word)
    wide = [own] if own else list(file.variables.values())
    return file.time is not None or any(variable.columns for variable in wide)


def _parts(place: str, entry: Subsets, holds: Holds | None) -> Iterator[str]:
    """Cut points or values, the subsets' names, and what the variable holds."""
    if (entry.cuts is None) == (entry.values is None):
        yield f"{place}: write either cuts (with labels), or values"
        return
    if NOT_KNOWN in entry.names():
        where = "labels" if entry.labels else "values"
        yield f"{place}.{where}: '{NOT_KNOWN}' is what tables call the others; choose another"
    if entry.cuts is not None:
        yield from _cuts(place, entry.cuts, entry.labels or ())
    elif entry.labels is not None:
        yield f"{place}.labels: go with cuts; values give the subsets' names themselves: remove it"
    if holds is not None:
        yield from _held(place, entry, holds)


def _cuts(place: str, cuts: tuple[float, ...], labels: tuple[str, ...]) -> Iterator[str]:
    if not cuts or list(cuts) != sorted(set(cuts)):
        yield f"{place}.cuts: write one or more, each higher than the one before"
    if len(labels) != len(cuts) + 1:
        yield f"{place}.labels: {len(cuts)} cuts need {len(cuts) + 1} labels, not {len(labels)}"
    if len(set(labels)) != len(labels):
        yield f"{place}.labels: must differ"


def _held(place: str, entry: Subsets, holds: Holds) -> Iterator[str]:
    what, known = f"'{entry.variable}'", sorted(holds.codes or ())
    if holds.kind == "date" or (holds.kind == "words" and not known):
        kind = "a date" if holds.kind == "date" else "free text or an id"
        yield f"{place}.variable: {what} holds {kind}; name a number or a category"
    elif entry.cuts is not None and holds.kind == "words":
        yield f"{place}.cuts: {what} is a category; write values in place of cuts"
    elif entry.values is not None and known:
        for value in entry.values:
            if value not in known:
                yield f"{place}.values: {no_such('category', value, known)}"
        if left := [value for value in known if value not in entry.values]:
            yield f"{place}.values: {', '.join(left)} of {what} in no subset; say in which"


def _outcomes(place: str, entry: Subsets, study: Study) -> Iterator[str]:
    for name in entry.outcomes or ():
        if study.outcomes[name].level != "person":
            yield f"{place}: '{name}' is of respondents; describe outcomes of people"
    if not any(outcome.level == "person" for outcome in study.outcomes.values()):
        yield f"{place}: the study has no outcome of people to describe; remove the section"
