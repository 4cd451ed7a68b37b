"""What a step looks at before anything is estimated, as it is told of it (ahead.Ahead)."""

from collections.abc import Collection
from typing import Any

from cesp_analysis.economics.evaluation import Evaluation, Source, Total
from cesp_analysis.economics.raw_columns import ranged
from cesp_analysis.study.study import Study


def looked_at(own: Evaluation, study: Study, read: Collection[str], told: bool) -> dict[str, Any]:
    """Times, quantities, the files whose variables are `read`; told: whether faults are by this
    step, which then names the paths of files with dates and of those; else of those with totals.
    What is empty is left out."""
    totals = [one.variable for one in (own.costs, own.qalys) if one and one.variable]
    with_totals = {file for total in totals for file in _with(total, study, read)}
    found: dict[str, Any] = {
        "times": [moment.name for moment in study.moments("person")],
        "utilities": [_where(one) for one in (own.utility, *own.value_sets.values())],
        "costs": [_total(own.costs)] if own.costs else [],
        "quantities": [_where(own.qalys)] if own.qalys else [],
        "ranged": [
            name for name in totals if ranged(name, _with(name, study, read), study)
        ],
        "files": {
            name: {"level": study.files[name].level, "lists_people": study.files[name].lists_people}
            for name in read
        },
        "paths": {
            name: file.path
            for name, file in study.files.items()
            if name in with_totals
            or (told and file.level == "person"
                and (name in read or file.with_form(study.forms).date is not None))
        },
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


def _with(variable: str, study: Study, read: Collection[str]) -> list[str]:
    """Which of the files have a variable, as it is or derived."""
    own = {name: study.files[name].with_form(study.forms) for name in read}
    return [n for n, one in own.items() if variable in {*one.variables, *one.derived}]


def _total(one: Total) -> dict[str, Any]:
    return {**_where(one), **({} if one.most is None else {"most": one.most})}


def _where(one: Source) -> dict[str, str]:
    return {"score": one.score} if one.score else {"variable": str(one.variable)}
