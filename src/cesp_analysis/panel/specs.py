"""What the step `value` is told of the study, as one line of JSON."""

from typing import Any

from cesp_analysis.declared.as_data import as_json
from cesp_analysis.declared.value_sets import ValueSet
from cesp_analysis.instruments.types import Instrument
from cesp_analysis.study.specs import instruments
from cesp_analysis.study.study import Study


def value(study: Study) -> str:
    """The value sets, whose states they are of, and where age and sex are."""
    known = instruments(study)
    spec: dict[str, Any] = {
        "sets": {
            f"{own.instrument}.{name}": _one(own, study, known[own.instrument])
            for name, own in study.value_sets.items()
        },
        "files": {
            name: {"path": file.path, "level": file.level}
            | ({"long_format": True} if file.long_format else {})
            for name, file in study.files.items()
            if file.level != "other"
        },
        "times": [*study.times, *study.waves],
    }
    return as_json(spec)


def tables(study: Study) -> list[str]:
    """The paths of the tables, in the order of the spec."""
    return [own.path for own in study.value_sets.values()]


def _one(own: ValueSet, study: Study, instrument: Instrument) -> dict[str, Any]:
    files = {
        name: file
        for name, file in study.files.items()
        if own.instrument in file.instruments and file.level != "other"
    }
    levels = sorted({file.level for file in files.values()})
    whose = {"age": own.age_variable, "sex": own.sex_variable}
    return {
        "declared": own.model_dump(
            mode="json", exclude_defaults=True, exclude={"age_variable", "sex_variable"}
        )
        | {"label": "", "source": ""},
        "items": {item.code: [item.low, item.high] for item in instrument.digits()},
        "files": list(files),
        **{
            what: {level: _said(name, level, study) for level in levels}
            for what, name in whose.items()
            if name is not None
        },
    }


def _said(name: str, level: str, study: Study) -> dict[str, str]:
    """The variable that a covariate of that level is read from, or the variable itself."""
    entry = study.covariates.get(name)
    if entry is None or entry.level != level or entry.variable is None:
        return {"variable": name}
    measured = {"measured": entry.measured} if entry.measured else {}
    return {"variable": entry.variable, **measured}
