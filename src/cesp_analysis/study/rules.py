"""What must fit together in a study file beyond each entry by itself."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.study.expressions import fault_in
from cesp_analysis.study.files import Derived, Form, RawFile
from cesp_analysis.study.outcomes import Measured
from cesp_analysis.study.study import Study

PANEL_COLUMNS = (
    "study", "level", "unit", "site", "arm", "neighbourhood", "link_worker", "time", "outcome",
    "value", "weight",
)  # fmt: skip


def broken_rules(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    yield from _design(study)
    for name, file in study.files.items():
        yield from _file(f"files.{name}", file.with_form(study.forms), study)
    for name, form in study.forms.items():
        yield from _questions(f"forms.{name}", form)
    for section in ("outcomes", "covariates"):
        for name, entry in getattr(study, section).items():
            yield from _measured(f"{section}.{name}", entry)
    for name, covariate in study.covariates.items():
        if name in PANEL_COLUMNS:
            yield f"covariates.{name}: the panel has a column of that name; choose another"
        if covariate.measured and covariate.level == "respondent":
            yield f"covariates.{name}.measured: respondents are asked in their own wave; remove it"
    for name, model in study.models.items():
        yield from _model(f"models.{name}", model, study)
    for name, step in study.flow.items():
        if step.where and (fault := fault_in(step.where)):
            yield f"flow.{name}.where: {fault}"


def _design(study: Study) -> Iterator[str]:
    if set(study.arms) != {"intervention", "control"}:
        yield "arms: declare both intervention and control, each with a label"
    arms = {site.arm for site in study.sites.values()}
    if study.sites and arms != {"intervention", "control"}:
        yield "sites: each arm needs at least one site"
    if not study.times and not study.waves:
        yield "times: declare the times of individual data (times:) or the survey waves (waves:)"
    shared = set(study.times) & set(study.waves)
    if shared:
        yield f"waves: {', '.join(sorted(shared))} is also a time; give the wave another name"
    registers = [name for name, file in study.files.items() if file.lists_people]
    people = [name for name, file in study.files.items() if file.level == "person"]
    if people and len(registers) != 1:
        yield (
            "files: exactly one file of level person must say 'lists_people: true' (it lists the"
            f" people); {len(registers)} do"
        )


def _file(place: str, file: RawFile, study: Study) -> Iterator[str]:
    path = PurePosixPath(file.path)
    if path.is_absolute() or ".." in path.parts:
        yield f"{place}.path: '{file.path}' leaves the study's folder; put the file under data/raw"
    if file.kind_of_file() not in {"csv", "xlsx", "sav"}:
        yield f"{place}.path: '{file.path}' tells no format; write format: csv, xlsx or sav"
    if file.lists_people and file.level != "person":
        yield f"{place}.level: the register lists people; write level: person"
    wide = any(variable.columns for variable in file.variables.values())
    if file.level == "respondent" and file.time is None:
        yield f"{place}.time: say which wave its rows belong to (time: {{constant: …}})"
    untimed = file.time is None and not wide and not file.lists_people
    if file.level == "person" and untimed and file.one_row_per != "any":
        yield (
            f"{place}.time: say which time its rows belong to (or one_row_per: any, if a person may"
            " have many rows at no particular time)"
        )
    if (file.lists_people or file.level == "respondent") and file.site is None and file.arm is None:
        yield f"{place}.site: say which site its rows belong to (site: {{column: …}})"
    for part in ("time", "site", "arm", "neighbourhood", "link_worker", "weight", "date"):
        source = getattr(file, part)
        if source is not None and (source.column is None) == (source.constant is None):
            yield f"{place}.{part}: write either a column or a constant"
    if file.date is not None and file.date.column and not file.date.format:
        yield f"{place}.date.format: say how dates are written, e.g. '%d/%m/%Y'"
    if (
        file.level != "other"
        and file.unit is None
        and (file.level == "person" or file.lists_people)
    ):
        yield f"{place}.unit: say which column holds the person's id"
    if file.form is None:
        yield from _questions(place, file)


def _questions(place: str, form: Form) -> Iterator[str]:
    for name, variable in form.variables.items():
        at = f"{place}.variables.{name}"
        if variable.column and variable.columns:
            yield f"{at}: write column or columns, not both"
        if variable.type == "date" and not variable.format:
            yield f"{at}.format: say how dates are written, e.g. '%d/%m/%Y'"
        if variable.range and variable.range[0] > variable.range[1]:
            yield f"{at}.range: the lowest value stands first"
        if variable.type == "category" and not variable.values:
            yield f"{at}.values: list the codes that may occur"
    for name, derived in form.derived.items():
        yield from _derived(f"{place}.derived.{name}", derived, form)
    for name, pattern in form.instruments.items():
        if "{item}" not in pattern:
            yield f"{place}.instruments.{name}: '{pattern}' needs {{item}} for the item's code"


def _derived(place: str, derived: Derived, form: Form) -> Iterator[str]:
    ways = [derived.expression is not None, derived.values is not None, derived.cuts is not None]
    if sum(ways) != 1:
        yield f"{place}: write one of expression, values (with source), cuts (with source, labels)"
        return
    known = {*form.variables, *form.derived}
    if derived.expression is not None:
        if fault := fault_in(derived.expression, known):
            yield f"{place}.expression: {fault}"
        return
    if derived.source not in known:
        names = ", ".join(sorted(known))
        yield f"{place}.source: name the variable that is recoded (known: {names})"
    if derived.cuts is not None and len(derived.labels or ()) != len(derived.cuts) + 1:
        yield f"{place}.labels: {len(derived.cuts)} cuts need {len(derived.cuts) + 1} labels"


def _measured(place: str, entry: Measured) -> Iterator[str]:
    if (entry.variable is None) == (entry.score is None):
        yield f"{place}: write either variable or score"


def _model(place: str, model: ModelSpec, study: Study) -> Iterator[str]:
    known = [moment.name for moment in study.moments(model.level)]
    noun = "time" if model.level == "person" else "wave"
    for name in model.outcomes:
        yield from _same_level(f"{place}.outcomes", name, study.outcomes[name].level, model.level)
    for name in model.times or ():
        if name not in known:
            yield f"{place}.times: '{name}' is no {noun} (declared: {', '.join(known)})"
    used = model.times or tuple(known)
    if model.reference is not None and model.reference not in used:
        listed = ", ".join(used)
        yield f"{place}.reference: '{model.reference}' is not among the model's times ({listed})"
    if len(used) < 2 and getattr(model, "effect", "by_time") != "constant":
        yield f"{place}.times: a change needs two times at least; {len(used)} is left"
    yield from (f"{place}.{fault}" for fault in model.faults())
    yield from _covariates(place, model, study)


def _covariates(place: str, model: ModelSpec, study: Study) -> Iterator[str]:
    first = next(iter(study.times), None)
    for name in model.covariates:
        covariate = study.covariates[name]
        yield from _same_level(f"{place}.covariates", name, covariate.level, model.level)
        late = covariate.measured not in (None, first)
        if late and not covariate.post_baseline_reason:
            yield (
                f"{place}.covariates: '{name}' is measured at {covariate.measured}, after baseline:"
                " the intervention may have changed it, and adjusting for it then removes part of"
                f" the effect; leave it out, or declare covariates.{name}.post_baseline_reason"
            )


def _same_level(place: str, name: str, level: str, model: str) -> Iterator[str]:
    if level != model:
        yield f"{place}: '{name}' is measured at level {level}, the model at level {model}"
