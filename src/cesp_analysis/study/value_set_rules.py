"""What must fit together in what a study says of its own value sets."""

from collections.abc import Iterator

from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.outcomes import Covariate
from cesp_analysis.declared.paths import leaving
from cesp_analysis.declared.value_sets import ValueSet
from cesp_analysis.errors import no_such
from cesp_analysis.study.questions import held_in
from cesp_analysis.study.sources import categories_of
from cesp_analysis.study.study import Study


def broken_value_sets(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    whole = [file.with_form(study.forms) for file in study.files.values()]
    for name, own in study.value_sets.items():
        place = f"value_sets.{name}"
        yield from leaving(f"{place}.path", own.path)
        if own.range[0] >= own.range[1]:
            yield f"{place}.range: the lowest value stands first"
        for word, (low, high) in own.ages.items():
            if high is not None and high < low:
                yield f"{place}.ages.{word}: the first year stands first"
        holding = [f for f in whole if own.instrument in f.instruments and f.level != "other"]
        if not holding:
            yield f"{place}.instrument: no file of people or respondents holds '{own.instrument}'"
        elif any(file.time is None for file in holding):
            yield f"{place}.instrument: a file that holds '{own.instrument}' says no time"
        for what, declared in (("ages", own.ages), ("sexes", own.sexes)):
            column = "age" if what == "ages" else "sex"
            if declared and getattr(own, column) is None:
                yield f"{place}.{what}: name the table's column too ({column}: COLUMN)"
        for what in ("age", "sex"):
            yield from _whose(place, what, own, holding, study)


def _whose(
    place: str, what: str, own: ValueSet, holding: list[RawFile], study: Study
) -> Iterator[str]:
    """Age and sex are known of those whose states have values by them, and in the right words."""
    column, name = getattr(own, what), getattr(own, f"{what}_variable")
    if (column is None) != (name is None):
        one, other = (what, f"{what}_variable") if name else (f"{what}_variable", what)
        yield f"{place}.{other}: stands without {one}; write both, or neither"
    if column is None or name is None:
        return
    files = [file.with_form(study.forms) for file in study.files.values()]
    for level in dict.fromkeys(file.level for file in holding):
        entry = study.covariates.get(name)
        word = entry.variable if entry is not None and entry.level == level else name
        kind = "number" if what == "age" else "category"
        there = [f for f in files if f.level == level and _kind(f, str(word))]
        at = f"{place}.{what}_variable"
        if not there:
            yield f"{at}: no file of level {level} has a variable '{word}'"
        elif any(_kind(file, str(word)) != kind for file in there):
            yield f"{at}: '{word}' must be of type {kind} in every file of level {level}"
        elif what == "sex":
            asked = Covariate(label="", level=level, variable=word)
            known = categories_of(asked, files)
            for sex in own.sexes.values():
                if sex not in known:
                    yield f"{place}.sexes: {no_such('category', sex, known)}"


def _kind(file: RawFile, name: str) -> str:
    """number, category or another; '' of no variable of the file."""
    if name in file.variables:
        return file.variables[name].type
    if name in file.derived:
        return {"number": "number", "words": "category"}[held_in(file)[name].kind]
    return ""
