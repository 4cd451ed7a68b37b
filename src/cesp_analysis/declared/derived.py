"""Variables that a study makes from those in its files."""

from collections.abc import Sequence
from math import isfinite
from typing import Protocol

from pydantic import Field

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.expressions import is_condition, names_in


class Case(Frozen):
    """One case of a derived variable: where it holds, and what the variable then is."""

    where: str | None = Field(
        default=None, description="A condition; absent: in all cases that are left."
    )
    value: float | str = Field(description="A number, or an expression.")


class Derived(Frozen):
    """A variable made from others: an expression, days between dates, a recoding, cut points,
    cases."""

    expression: str | None = Field(
        default=None,
        description="Arithmetic on variables of the same file, e.g. 'a - b / 2', or a"
        " condition. Missing where a part is, but 'or' holds and 'and' fails by one known part.",
    )
    days_between: tuple[str, str] | None = Field(
        default=None, description="Two variables of type date: days from the first to the second."
    )
    source: str | None = Field(default=None, description="The variable that is recoded or cut.")
    values: dict[str, str] | None = Field(default=None, description="Old code → new code.")
    cuts: tuple[float, ...] | None = Field(
        default=None, description="Cut points; a value on a cut belongs to the group above."
    )
    labels: tuple[str, ...] | None = Field(
        default=None, description="One more label than cut points."
    )
    known: str | None = Field(
        default=None, description="A variable: 1 where it has a value, 0 where it is missing."
    )
    cases: tuple[Case, ...] | None = Field(
        default=None,
        description="The first whose condition holds counts; where none does, or where that is not"
        " known, it is missing.",
    )
    label: str = Field(default="", description="How tables call it.")
    unit: str = Field(default="", description="The unit of its values.")

    def to_numbers(self) -> bool:
        """Whether every new code is a number: the recoded variable then is one."""
        try:
            return all(isfinite(float(code)) for code in (self.values or {}).values())
        except ValueError:
            return False


class Coded(Protocol):
    """What recodes: old code → new code."""

    @property
    def values(self) -> dict[str, str] | None: ...


def ends_of(how: "Derived | Coded") -> tuple[float, float] | None:
    """The lowest and highest value it can have: 0 and 1 of a condition, or of codes and cases that
    are numbers their ends. None where that is not known."""
    if isinstance(how, Derived):
        if how.known is not None or (how.expression and is_condition(how.expression)):
            return 0.0, 1.0
        if how.cases and all(isinstance(case.value, float) for case in how.cases):
            return _ends([case.value for case in how.cases])
    return _ends(list((how.values or {}).values()))


def _ends(codes: Sequence[float | str]) -> tuple[float, float] | None:
    try:
        numbers = [float(code) for code in codes]
    except ValueError:
        return None
    return (min(numbers), max(numbers)) if numbers and all(map(isfinite, numbers)) else None


def sources_of(how: Derived) -> list[str]:
    """The variables that a derived one is made from."""
    if how.expression is not None:
        return sorted(names_in(how.expression))
    if how.cases is not None:
        texts = [text for case in how.cases for text in (case.where, case.value)]
        return sorted({name for text in texts if isinstance(text, str) for name in names_in(text)})
    if how.known is not None:
        return [how.known]
    return list(how.days_between or [str(how.source)])
