"""Progression criteria as the analysis plan holds them: limits, and all that they judge.

What people judged, and why, comes after the data, and so does the qualitative evidence beside a
criterion: they are no part of the plan.
"""

from typing import Any

from cesp_analysis.analysis_plan.reading import OF_A_VARIABLE
from cesp_analysis.declared.expressions import names_in
from cesp_analysis.declared.feasibility import Count, Criterion, Feasibility
from cesp_analysis.study.study import Study

Said = dict[str, Any]
AFTERWARDS = {"judgement", "linked"}
_OF_A_STEP = {"file", "where", "rows", "arm", "person"}


def progression_of(study: Study) -> dict[str, Said]:
    """Criterion → its settings, the rate or mean that it judges, and what these are read from."""
    own = study.feasibility
    if own is None:
        return {}
    return {name: _criterion(study, own, entry) for name, entry in own.progression.items()}


def _criterion(study: Study, own: Feasibility, entry: Criterion) -> Said:
    said = entry.model_dump(mode="json", exclude_defaults=True, exclude=AFTERWARDS)
    conditions: list[tuple[str, str]] = []
    if entry.mean is not None:
        read = entry.mean
        conditions.append((read.file, read.variable))
        conditions += [(read.file, read.where)] if read.where else []
    if entry.rate is not None:
        rate = own.rates[entry.rate]
        said["rate"] = rate.model_dump(mode="json", exclude_defaults=True)
        if rate.per == "month" and own.period is not None:
            said["period"] = own.period.model_dump(mode="json", exclude_defaults=True)
        steps: Said = {}
        for count in (rate.numerator, rate.denominator):
            if count is not None:
                steps |= _steps(study, count)
                conditions += [(count.file, count.where)] if count.file and count.where else []
        conditions += [(step["file"], step["where"]) for step in steps.values() if "where" in step]
        said |= {"steps": steps} if steps else {}
    if read_from := _read_from(study, conditions):
        said["read_from"] = read_from
    return said


def _steps(study: Study, count: Count) -> Said:
    """A step of the flow, and those of the same file before it, which it follows from; whose the
    file's rows are is said by any of them."""
    if count.step is None:
        return {}
    file, found = study.flow[count.step].file, dict[str, Any]()
    for name, step in study.flow.items():
        if step.file == file:
            found[name] = step.model_dump(exclude_defaults=True, include=_OF_A_STEP)
        if name == count.step:
            break
    whose = [step.person for step in study.flow.values() if step.file == file and step.person]
    found |= {count.step: found[count.step] | {"person": whose[0]}} if whose else {}
    return found


def _read_from(study: Study, conditions: list[tuple[str, str]]) -> Said:
    """file.variable → how it is read, of all that conditions name."""
    found: Said = {}
    for name, text in conditions:
        file = study.files[name].with_form(study.forms)
        for word in sorted(names_in(text)):
            if word in file.derived:
                found[f"{name}.{word}"] = file.derived[word].model_dump(
                    mode="json", exclude_defaults=True
                )
            elif word in file.variables:
                found[f"{name}.{word}"] = file.variables[word].model_dump(
                    mode="json", exclude_defaults=True, include=OF_A_VARIABLE
                )
    return found
