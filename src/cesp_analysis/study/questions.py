"""What must fit together in the questions of a file or form: variables, derived ones, items."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from cesp_analysis.cells import SERIALS
from cesp_analysis.declared.derived import Case, Derived
from cesp_analysis.declared.expressions import FUNCTIONS, Holds, fault_in
from cesp_analysis.declared.files import Form, Variable
from cesp_analysis.errors import no_such
from cesp_analysis.study.date_formats import read_differently
from cesp_analysis.study.gaps import Gap

RECORD_COLUMNS = (
    "line", "unit", "time", "date", "site", "arm", "neighbourhood", "link_worker", "weight",
    "answering_mode", "questionnaire_version",
)  # fmt: skip


def broken_questions(place: str, own: Form, whole: Form) -> Iterator[str]:
    """One line for each fault in `own`; `whole` is the same with what its form adds."""
    for name, variable in own.variables.items():
        yield from _variable(f"{place}.variables.{name}", name, variable)
    for name, derived in own.derived.items():
        at = f"{place}.derived.{name}"
        if name in whole.variables or name in RECORD_COLUMNS:
            yield f"{at}: the records have a column of that name; choose another"
        if name in FUNCTIONS:
            yield f"{at}: {name} is a function of expressions; choose another name"
        yield from _derived(at, name, derived, whole)
    for name, pattern in own.instruments.items():
        if isinstance(pattern, str) and not _is_pattern(pattern):
            yield f"{place}.instruments.{name}: '{pattern}' needs {{item}} for the item's code"


def _variable(at: str, name: str, variable: Variable) -> Iterator[str]:
    if name in RECORD_COLUMNS:
        yield (
            f"{at}: the records have a column of that name; choose another and write"
            f" column: {variable.column or name}"
        )
    if name in FUNCTIONS:
        yield f"{at}: {name} is a function of expressions; choose another name"
    if variable.column and variable.columns:
        yield f"{at}: write column or columns, not both"
    if variable.columns and variable.type == "id":
        yield f"{at}: an id does not change with time; write column"
    if variable.type == "date":
        yield from faulty_formats(f"{at}.format", variable.format)
    if variable.range and variable.range[0] > variable.range[1]:
        yield f"{at}.range: the lowest value stands first"
    if variable.type == "category" and not variable.values:
        yield f"{at}.values: list the codes that may occur"
    if variable.type == "number" and variable.values is not None:
        yield from _numbers(at, variable)


def _numbers(at: str, variable: Variable) -> Iterator[str]:
    """Of a number that is written in words or codes: each stands for a number in its range."""
    if not variable.values:
        yield f"{at}.values: list the words, each with its number"
    for word, code in (variable.values or {}).items():
        number = number_of(code)
        low, high = variable.range or (float("-inf"), float("inf"))
        if number is None:
            yield f"{at}.values.{word}: '{code}' is no number; write one, or type: category"
        elif not low <= number <= high:
            yield f"{at}.values.{word}: {code} is not within {low:g} to {high:g}"


def number_of(code: str) -> float | None:
    """A declared code as a finite number; None if it is none."""
    try:
        value = float(code)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def faulty_formats(place: str, formats: Sequence[str]) -> Iterator[str]:
    """Dates need a format, each must be one, and no two may read a cell as different days."""
    if not formats:
        yield Gap(f"{place}: say how dates are written, e.g. '%d/%m/%Y'")
    sound = []
    for written in formats:
        if written in SERIALS:
            sound.append(written)
            continue
        try:
            datetime.strptime(datetime(2024, 12, 31).strftime(written), written)
            whole = "%" in written
        except ValueError:
            whole = False
        if not whole:
            yield (
                f"{place}: '{written}' is no date format; write e.g. '%d/%m/%Y' (or excel,"
                " excel_1904: days counted as spreadsheets do)"
            )
        else:
            sound.append(written)
    for one, other, cell, first, second in read_differently(sound):
        yield (
            f"{place}: '{one}' and '{other}' both read {cell}, as {first} and as {second}; write"
            " the one that the file has (of a file with both, which day is meant cannot be known:"
            " write its dates in one way in the source)"
        )


def _is_pattern(pattern: str) -> bool:
    try:
        return pattern.format(item="1") != pattern.format(item="2")
    except (KeyError, IndexError, ValueError):
        return False


def _derived(place: str, name: str, derived: Derived, whole: Form) -> Iterator[str]:
    ways = (
        derived.expression, derived.days_between, derived.values, derived.cuts, derived.known,
        derived.cases,
    )  # fmt: skip
    if sum(way is not None for way in ways) != 1:
        yield (
            f"{place}: write one of expression, days_between, values (with source), cuts (with"
            " source, labels), known, cases"
        )
        return
    earlier = list(whole.derived)[: list(whole.derived).index(name)]
    known = {*whole.variables, *earlier}
    held = {one: holds for one, holds in held_in(whole).items() if one in known}
    if derived.expression is not None:
        if fault := fault_in(derived.expression, held):
            yield f"{place}.expression: {fault}"
        return
    if derived.known is not None:
        if derived.known not in known:
            yield f"{place}.known: {no_such('variable', derived.known, sorted(known))}"
        return
    if derived.cases is not None:
        yield from _cases(f"{place}.cases", derived.cases, held)
        return
    if derived.days_between is not None:
        yield from _days(f"{place}.days_between", derived.days_between, whole)
        return
    if derived.source is None:
        yield f"{place}.source: name the variable that is recoded (known: {_listed(known)})"
    elif derived.source not in known:
        yield f"{place}.source: {no_such('variable', derived.source, sorted(known))}"
    elif derived.cuts is not None:
        yield from _cuts(place, derived, whole.variables.get(derived.source))
    else:
        yield from _recoding(place, derived, whole.variables.get(derived.source))


def held_in(form: Form) -> dict[str, Holds]:
    """What each variable of a file holds, as expressions see it."""
    held = {name: _holds(entry.type, entry.values) for name, entry in form.variables.items()}
    for name, derived in form.derived.items():
        if derived.cuts is not None:
            held[name] = Holds("words", frozenset(derived.labels or ()))
        elif derived.values is not None and not derived.to_numbers():
            held[name] = Holds("words", frozenset(derived.values.values()))
        else:
            held[name] = Holds("number")
    return held


def _holds(kind: str, values: dict[str, str] | None) -> Holds:
    if kind == "category":
        return Holds("words", frozenset((values or {}).values()))
    return Holds({"number": "number", "date": "date"}.get(kind, "words"))  # type: ignore[arg-type]


def _days(place: str, between: tuple[str, str], whole: Form) -> Iterator[str]:
    dates = sorted(name for name, entry in whole.variables.items() if entry.type == "date")
    for name in dict.fromkeys(between):
        if name not in dates:
            yield f"{place}: {no_such('variable of type date', name, dates)}"


def _cases(place: str, cases: Sequence[Case], held: Mapping[str, Holds]) -> Iterator[str]:
    """Conditions hold or not, values are numbers, and none stands behind 'all that are left'."""
    for number, case in enumerate(cases, start=1):
        if case.where is not None and (fault := fault_in(case.where, held, condition=True)):
            yield f"{place}: case {number}: where: {fault}"
        if isinstance(case.value, str) and (fault := fault_in(case.value, held)):
            yield f"{place}: case {number}: value: {fault}"
        if case.where is None and number < len(cases):
            yield f"{place}: case {number}: has no condition, so none behind it is ever reached"


def _cuts(place: str, derived: Derived, source: Variable | None) -> Iterator[str]:
    cuts, labels = derived.cuts or (), derived.labels or ()
    if list(cuts) != sorted(set(cuts)):
        yield f"{place}.cuts: must rise"
    if len(labels) != len(cuts) + 1:
        yield f"{place}.labels: {len(cuts)} cuts need {len(cuts) + 1} labels"
    if len(set(labels)) != len(labels):
        yield f"{place}.labels: must differ"
    if source is not None and source.type != "number":
        yield f"{place}.source: '{derived.source}' is of type {source.type}; cuts need a number"


def _recoding(place: str, derived: Derived, source: Variable | None) -> Iterator[str]:
    """Old codes must be among those that the source may have."""
    codes = sorted(set((source.values or {}).values())) if source is not None else []
    for old in derived.values or {}:
        if codes and old not in codes:
            yield f"{place}.values: {no_such('code', old, codes)}"


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))
