"""What each step of economics is told of the study, as one line of JSON."""

import json
from typing import Any

from cesp_analysis.declared.economics import Economics
from cesp_analysis.declared.follow_up import DAYS_IN, days_in
from cesp_analysis.declared.handling import handling_of
from cesp_analysis.declared.resources import OWN_SHARE, OWN_TIME
from cesp_analysis.fidelity.specs import starts
from cesp_analysis.study.study import Study

FIGURES = ("ce_plane", "ceac", "tornado", "information")
"""Kinds of figures of the section: no other says its words."""
_OF_COSTS = {
    "price_year", "qualifications", "use", "services", "intervention", "perspectives",
}  # fmt: skip


def cost(study: Study) -> str:
    """Services and their prices' names, the intervention, times in months, starts, files."""
    own = asked(study)
    held = own.model_dump(mode="json", exclude_defaults=True, include=_OF_COSTS)
    held["utility"] = {"label": "", "variable": "none"}  # a part that the step does not read
    return _json(
        {
            "economics": held,
            "times": months_of(study),
            "starts": starts(study),
            "paths": {name: study.files[name].path for name in files_read(study)},
            "columns": _columns(study),
        }
    )


def evaluate(study: Study) -> str:
    """The section, times, sites, events, covariates, auxiliary outcomes, files with variables."""
    own = asked(study)
    people = {*own.covariates, *own.auxiliaries, *own.subgroups}
    imputation = study.missing_data.imputation.model_copy(
        update={"interactions": (), "items": (), "auxiliaries": ()}
    )
    return _json(
        {
            "economics": own.model_dump(
                mode="json", exclude_defaults=True, exclude={"use", "services", "intervention"}
            ),
            "indirect": own.intervention.indirect if own.intervention else 0.0,
            "seed": study.study.seed,
            "ci_level": study.study.ci_level,
            "randomised": study.study.randomised,
            "times": [moment.model_dump() for moment in study.moments("person")],
            "days": days_in(study.time_unit),
            "windows": study.windows(),
            "sites": [place.model_dump() for place in study.places()],
            "handling": handling_of(study.events, None).model_dump(mode="json"),
            "imputation": imputation.model_dump(mode="json", exclude_defaults=True),
            "covariates": {
                name: one.model_dump(mode="json", exclude_defaults=True)
                for name, one in study.covariates.items()
                if name in people
            },
            "outcomes": {
                name: one.model_dump(mode="json", exclude_defaults=True)
                for name, one in study.outcomes.items()
                if name in own.auxiliaries
            },
            "files": {
                name: {
                    "level": study.files[name].level,
                    "lists_people": study.files[name].lists_people,
                }
                for name in variable_files(study)
            },
        }
    )


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


def economics_words(study: Study) -> dict[str, Any]:
    """What tables and figures say of the section (EconomicsWords)."""
    own = asked(study)
    delivered = own.intervention
    services = {name: one.label for name, one in own.services.items()}
    if delivered is not None:
        services |= {OWN_TIME: delivered.label, OWN_SHARE: delivered.label}
    scenarios = {f"perspective {n}": one.label for n, one in own.perspectives.items()}
    scenarios |= {f"value set {n}": one.label for n, one in own.value_sets.items()}
    scenarios |= {f"departure {n}": one.label for n, one in own.departures.items()}
    return {
        "price_year": own.price_year,
        "value_set": own.utility.label,
        "thresholds": list(own.thresholds),
        "perspectives": {name: one.label for name, one in own.perspectives.items()},
        "services": services,
        "scenarios": scenarios,
        "priced": own.costs is None,
        "bracket": not study.study.randomised,
        "cluster": own.cluster or "",
        "discount": own.discount,
        "tornado": {name: one.model_dump() for name, one in own.tornado.items()},
        **own.model_dump(
            include={"wellby", "wellby_source", "life_satisfaction"}, exclude_defaults=True
        ),
    }


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
        *(file for files in _columns(study).values() for file in files),
    ]
    return list(dict.fromkeys(filter(None, found)))


def own_prices(study: Study) -> dict[str, str]:
    """The study's own unit costs and index, by the setting that names them."""
    own = study.economics
    found = {"unit_costs": own.unit_costs, "index": own.index} if own else {}
    return {setting: path for setting, path in found.items() if path}


def _columns(study: Study) -> dict[str, list[str]]:
    """Service → the files that hold its variable."""
    found = {}
    for name, service in asked(study).services.items():
        if service.variable is not None:
            found[name] = [
                file
                for file, entry in study.files.items()
                if entry.level == "person"
                and service.variable
                in {*(whole := entry.with_form(study.forms)).variables, *whole.derived}
            ]
    return found


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
