"""What each step of economics is told of the study, as one line of JSON."""

from typing import Any

from cesp_analysis.clean.copied import unsaid
from cesp_analysis.declared.as_data import as_json
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.economics import Economics
from cesp_analysis.declared.follow_up import DAYS_IN, days_in
from cesp_analysis.declared.handling import handling_of
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.economics.costed import Costed
from cesp_analysis.economics.evaluation import Evaluation, OfPeople, Valued
from cesp_analysis.economics.looked_at import looked_at
from cesp_analysis.economics.raw_columns import (
    cells_of,
    columns_of,
    ranged_services,
    raw_columns,
)
from cesp_analysis.fidelity.specs import starts
from cesp_analysis.measurement.specs import range_of
from cesp_analysis.study.specs import instruments
from cesp_analysis.study.study import Study

FIGURES = ("ce_plane", "ceac", "tornado", "information")
"""Kinds of figures of the section: no other says its words."""
NOT_HERE = ("auxiliaries", "items", "interactions")
"""Settings of imputation that are of the models' outcomes; an evaluation has its own."""
UNSAID = {"label": ""}
_SAID = ("decimals", "role", "mid")


def cost(study: Study) -> str:
    """Services and their prices' names, the intervention, times in months, starts, files."""
    own = asked(study)
    return as_json(
        {
            "economics": costed(own).model_dump(mode="json"),
            "times": months_of(study),
            "positions": [one.position for one in study.times.values()],
            "deaths": [name for name, one in study.events.items() if one.kind == "death"],
            **raw_columns(own, study),
            "ranged": ranged_services(own, study),
            "starts": starts(study),
            "paths": {name: study.files[name].path for name in files_read(study)},
            "columns": cells_of(own, study),
            **_copied(study),
            "ahead": _ahead(study, told=True),
        }
    )


def _copied(study: Study) -> dict[str, dict[str, str]]:
    """Files with many rows of use or of contacts a person that do not say what copies are."""
    own = asked(study)
    read = [
        *([own.use.file] if own.use else []),
        *([own.intervention.file] if own.intervention else []),
    ]
    read += [file for files in columns_of(own, study).values() for file in files]
    found = unsaid(study.files, read)
    return {"copied": found} if found else {}


def _ahead(study: Study, told: bool) -> dict[str, Any]:
    return looked_at(estimated(asked(study)), study, variable_files(study), told)


def costed(own: Economics) -> Costed:
    """What of the section is priced: why some services are not is for tables to say."""
    use = own.use
    if use is not None:
        use = use.model_copy(update={"not_priced": dict.fromkeys(use.not_priced, "")})
    return Costed(
        price_year=own.price_year,
        discount=own.discount,
        qualifications=own.qualifications,
        use=use,
        services=own.services,
        intervention=own.intervention,
        perspectives={name: one.sectors for name, one in own.perspectives.items()},
    )


def estimated(own: Economics) -> Evaluation:
    """What of the section is estimated."""
    fields = own.model_dump(include={*Evaluation.model_fields} - {"perspectives"})
    fields["perspectives"] = {name: one.sectors for name, one in own.perspectives.items()}
    for name in ("costs", "qalys", "information"):
        if fields[name] is not None:
            fields[name] = _without(fields[name], "label", "source")
    for name in ("departures", "tornado"):
        fields[name] = {word: _without(one, "label") for word, one in fields[name].items()}
    return Evaluation(**fields)


def parts(study: Study) -> int:
    """Jobs that share the bootstrap samples; 1 where there are none."""
    return study.economics.missing.parts if study.economics else 1


def resample(study: Study) -> str:
    """What samples of people rest on: nothing of what is made of them, so that another threshold,
    perspective or bar of the tornado draws none again. Another subgroup does: what tells of it is a
    predictor of what is imputed."""
    own = estimated(asked(study))
    unsaid = {"missing": {"sets", "parts"}}
    fields = own.model_dump(mode="json", include={*OfPeople.model_fields}, exclude=unsaid)
    fields["perspectives"] = dict([*fields["perspectives"].items()][:1])
    fields["utility"]["label"] = ""
    return as_json({"economics": fields, **_of_people(study)})


def evaluate(study: Study) -> str:
    """The section, times, sites, events, covariates, auxiliary outcomes, files with variables.

    None of their labels, which tables and figures alone say: another word makes no estimate again.
    Labels of value sets stand in its tables: another one makes the same estimates again.
    """
    own, shared = asked(study), {"missing": {"parts"}}
    told = _with_ranges(estimated(own), study)
    return as_json(
        {
            "economics": told.model_dump(mode="json", exclude=shared),
            "indirect": own.intervention.indirect if own.intervention else 0.0,
            "ci_level": study.study.ci_level,
            **(_copied(study) if priced(study) else {}),
            **_of_people(study),
        }
    )


def _of_people(study: Study) -> dict[str, Any]:
    """Times, sites, events, covariates (those of subgroups are imputed with, too), auxiliary
    outcomes, files with variables."""
    own = asked(study)
    people = {*own.covariates, *own.auxiliaries, *own.subgroups}
    imputation = study.missing_data.imputation.model_copy(update=dict.fromkeys(NOT_HERE, ()))
    handling = handling_of(study.events, None)
    events = {n: one.model_copy(update=UNSAID) for n, one in handling.events.items()}
    return {
        "seed": study.study.seed,
        "randomised": study.study.randomised,
        "times": [_unsaid(moment) for moment in study.moments("person")],
        "days": days_in(study.time_unit),
        "windows": study.windows(),
        "sites": [_unsaid(place) for place in study.places()],
        "handling": handling.model_copy(update={"events": events}).model_dump(mode="json"),
        "imputation": imputation.model_dump(mode="json", exclude_defaults=True),
        "covariates": {n: _unsaid(c) for n, c in study.covariates.items() if n in people},
        "outcomes": {n: _unsaid(o) for n, o in study.outcomes.items() if n in own.auxiliaries},
        "ahead": _ahead(study, told=not priced(study)),
    }


def _with_ranges(own: Evaluation, study: Study) -> Evaluation:
    """What is estimated, with the range of each value set where imputed utilities may leave it."""
    if own.missing.method != "norm":
        return own
    sets = {name: _with_range(one, study) for name, one in own.value_sets.items()}
    return own.model_copy(update={"utility": _with_range(own.utility, study), "value_sets": sets})


def _with_range(one: Valued, study: Study) -> Valued:
    instrument, _, code = (one.score or "").rpartition(".")
    scores = instruments(study)[instrument].scores if instrument in instruments(study) else ()
    own = [score.range for score in scores if score.code == code]
    return one.model_copy(update={"range": own[0] if own else range_of(study, _entry(one))})


def _entry(one: Valued) -> Outcome:
    return Outcome(label="", score=one.score, variable=one.variable, unit="", direction="neither")


def _unsaid(one: Frozen) -> dict[str, Any]:
    """An entry without what tables and figures alone say of it: label, decimals, importance."""
    said = {name: field for name, field in type(one).model_fields.items() if name in _SAID}
    usual = {name: field.default for name, field in said.items()}
    return one.model_copy(update=usual | UNSAID).model_dump(mode="json")


def _without(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}


def variable_files(study: Study) -> list[str]:
    """The files of people that hold a variable of the section's quantities."""
    own = asked(study)
    quantities = [own.utility, own.qalys, own.costs, *own.value_sets.values()]
    wanted = {one.variable for one in quantities if one is not None and one.variable}
    return [
        name
        for name, entry in study.files.items()
        if entry.level == "person"
        and wanted & {*(whole := entry.with_form(study.forms)).variables, *whole.derived}
    ]


def nothing_to_draw(study: Study) -> list[str]:
    """Kinds of figures for which the section has nothing to show."""
    own = study.economics
    if own is None:
        return list(FIGURES)
    asked_for = {"tornado": bool(own.tornado), "information": own.information is not None}
    return [name for name, some in asked_for.items() if not some]


def asked(study: Study) -> Economics:
    """The section; a step of it is there only if the study has it."""
    assert study.economics is not None
    return study.economics


def months_of(study: Study) -> dict[str, float]:
    """Time of people → its place in months."""
    scale = (days_in(study.time_unit) or 0.0) / DAYS_IN["months"]
    return {name: time.position * scale for name, time in study.times.items()}


def priced(study: Study) -> bool:
    """Whether costs are made here, of what people used."""
    return study.economics is not None and study.economics.costs is None


def files_read(study: Study) -> list[str]:
    """The files whose records the step `cost` reads."""
    own = asked(study)
    begun = starts(study) if own.intervention else {}
    found = [
        own.use.file if own.use else None,
        own.intervention.file if own.intervention else None,
        begun.get("register_file"),
        *begun.get("first_files", ()),
        *(file for files in columns_of(asked(study), study).values() for file in files),
        *variable_files(study),
    ]
    return list(dict.fromkeys(filter(None, found)))


def own_prices(study: Study) -> dict[str, str]:
    """The study's own unit costs and index, by the setting that names them."""
    own = study.economics
    found = {"unit_costs": own.unit_costs, "index": own.index} if own else {}
    return {setting: path for setting, path in found.items() if path}
