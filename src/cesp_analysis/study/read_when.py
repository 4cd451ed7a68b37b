"""Whether what is read of people once (covariates, contamination) is asked at that time, and
whether the values that mean contaminated may occur."""

from collections.abc import Iterator
from math import isfinite

from cesp_analysis.declared.derived import sources_of
from cesp_analysis.declared.estimands import Contamination
from cesp_analysis.declared.expressions import fault_in
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.outcomes import Measured
from cesp_analysis.errors import no_such
from cesp_analysis.study.gaps import UNDECIDED
from cesp_analysis.study.questions import held_in


def not_asked_then(
    place: str, entry: Measured, measured: str | None, holding: list[RawFile], times: list[str]
) -> Iterator[str]:
    """A line if `entry` is read at a time at which no file that holds it was filled in."""
    when = measured or next(iter(times), None)
    asked = _times_of(entry, holding, times)
    if when not in times or not asked or when in asked:
        return
    default = "" if measured else " by default"
    yield (
        f"{place}.measured: '{entry.source}' is read at {when}{default}, but is not asked then"
        f" (asked at: {', '.join(asked)}); name one of these"
    )


def _times_of(entry: Measured, holding: list[RawFile], times: list[str]) -> list[str]:
    """When files hold it, in order; all times where one does not say so beforehand."""
    found: set[str] = set()
    for file in holding:
        own = _times_in(file, str(entry.variable))
        if own is None:
            return times
        found |= own
    return [time for time in times if time in found]


def _times_in(file: RawFile, name: str) -> set[str] | None:
    """When a file holds a variable; None: at any time, or only its rows say when."""
    if name in file.derived:
        read = [_times_in(file, source) for source in sources_of(file.derived[name])]
        said = [times for times in read if times is not None]
        return set().union(*said) if said and len(said) == len(read) else _times_of_rows(file)
    own = file.variables.get(name)
    return set(own.columns) if own is not None and own.columns else _times_of_rows(file)


def _times_of_rows(file: RawFile) -> set[str] | None:
    if file.time is None or file.time.by:
        return None
    named = set((file.time.values or {}).values())
    times = {file.time.constant} if file.time.constant is not None else named
    return times if times and UNDECIDED not in times else None


def impossible_values(
    declared: Contamination, holding: list[RawFile], categories: list[str]
) -> Iterator[str]:
    """A line for each value that nobody can have: everybody would stay in the set unseen."""
    place, name = "contamination.values", declared.variable
    kinds = {file.variables[name].type for file in holding if name in file.variables}
    if wrong := sorted(kinds - {"number", "category"}):
        yield f"contamination.variable: '{name}' is of type {wrong[0]}; name a category or a number"
        return
    condition = all(_is_condition(file, name) for file in holding)
    numbers = all(held_in(file)[name].kind == "number" for file in holding)
    for value in declared.values:
        if categories and value not in categories:
            yield f"{place}: {no_such('category', value, categories)}"
        elif holding and condition and value not in ("0", "1"):
            yield f"{place}: '{value}' is no value of '{name}', which is 1 or 0; write 1"
        elif holding and numbers and not _as_written(value):
            yield f"{place}: '{value}' is no number as '{name}' has them; write e.g. 1 or 0.5"
        elif holding and numbers and not any(_in_range(file, name, value) for file in holding):
            yield f"{place}: '{value}' lies outside the range of '{name}'; nobody can have it"


def _is_condition(file: RawFile, name: str) -> bool:
    how = file.derived.get(name)
    if how is None or how.known is not None:
        return how is not None
    return how.expression is not None and fault_in(how.expression, held_in(file), True) is None


def _as_written(value: str) -> bool:
    """Whether a number is written as the panel compares it ({:g}): 1, not 1.0."""
    try:
        return isfinite(float(value)) and value == f"{float(value):g}"
    except ValueError:
        return False


def _in_range(file: RawFile, name: str, value: str) -> bool:
    own = file.variables.get(name)
    return own is None or own.range is None or own.range[0] <= float(value) <= own.range[1]
