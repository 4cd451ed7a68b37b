"""What the flow, contamination and missing answers need of the study, as JSON."""

from typing import Any

from cesp_analysis.declared.as_data import as_json, as_set
from cesp_analysis.declared.design import MOST_SITES, Moment
from cesp_analysis.declared.estimands import Asked
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.study.specs import register_of
from cesp_analysis.study.study import Study
from cesp_analysis.study.subset_rules import files_of

MOVED, MOVED_HERE = "Moved to the other arm", "Moved here from the other arm"


def flow(study: Study) -> str:
    """The declared steps in the flow of people, then the times at which an outcome is asked, and
    the waves; what ends people's follow-up; which files say whose their rows are."""
    steps = {name: as_set(entry) for name, entry in study.flow.items()}
    links = {entry.file: entry.person for entry in study.flow.values() if entry.person}
    other = dict.fromkeys(e.file for e in study.flow.values() if _level(study, e.file) == "other")
    register = [  # its records are people, which flow.csv is held to, if each stands there once
        name
        for name, file in study.files.items()
        if file.lists_people and file.one_row_per == "unit"
    ]
    spec = {
        "steps": steps,
        "apart": [name for name in other if name not in links],
        "links": links,
        "times": [moment.model_dump() for moment in asked_moments(study, "person")],
        "visited": [moment.model_dump() for moment in study.moments("person")],
        "ends": {name: e.label for name, e in study.events.items() if e.kind != "transfer"},
        "windows": study.windows(),
        "register_of_people": register[0] if register else None,
        "surveys": _files(study, "respondent"),
        "waves": [moment.model_dump() for moment in study.moments("respondent")],
        "groups": _groups(study),
        "crossed": _labels(study),
        "paths": {n: f.path for n, f in study.files.items() if f.level == "person" and f.date},
    }
    return as_json({key: value for key, value in spec.items() if value})


def asked_moments(study: Study, level: str) -> list[Moment]:
    """The times of people, or the waves of respondents, at which an outcome is asked, in order;
    all, where no outcome is declared."""
    own = [one.times for one in study.outcomes.values() if one.level == level]
    asked = {name for times in own for name in times or ()}
    every = not own or None in own
    return [one for one in study.moments(level) if every or one.name in asked]


def contamination(study: Study) -> str:
    """What is asked of contamination, where; who moves; sites with their arms."""
    own = study.contamination
    windows = {name: high for name, (_, high) in study.windows().items()}
    spec: dict[str, Any] = {
        "labels": _labels(study),
        "transfers": [name for name, e in study.events.items() if e.kind == "transfer"],
        "files": {level: _files(study, level) for level in ("person", "respondent")} if own else {},
        "times": [moment.model_dump() for moment in study.moments("person")],
        "waves": [moment.model_dump() for moment in study.moments("respondent")],
        "groups": {place.name: place.arm for place in study.places()}
        or {arm: arm for arm in study.arms},
        "until": windows,
    }
    if own is not None:
        asked = Asked(variable=own.variable, values=own.values)
        over_time = own.over_time or (asked if own.measured else None)
        spec |= {"once": asked.model_dump()} if own.measured is None else {}
        spec |= {"over_time": over_time.model_dump()} if over_time else {}
        spec |= {"respondents": own.respondents.model_dump()} if own.respondents else {}
        spec |= {"moved_here": own.moved_here} if own.moved_here else {}
    return as_json({key: value for key, value in spec.items() if value})


def contamination_files(study: Study) -> list[str]:
    """The files that say something of it."""
    if study.contamination is None:
        return []
    return [*_files(study, "person"), *_files(study, "respondent")]


def missing(study: Study) -> str:
    """Outcomes, covariates measured at baseline, and where the items of people's outcomes are."""
    held = _items(study)
    spec = {
        "times": [moment.model_dump() for moment in study.moments("person")],
        "windows": study.windows(),
        "ends": {name: e.kind for name, e in study.events.items() if e.kind != "transfer"},
        "groups": _groups(study),
        "outcomes": {
            name: {"label": own.label, "level": own.level, "primary": own.role == "primary"}
            | ({"instrument": _instrument(own)} if _instrument(own) else {})
            for name, own in study.outcomes.items()
        },
        "covariates": {
            name: {"label": own.label} | ({"reference": own.reference} if own.reference else {})
            for name, own in study.covariates.items()
            if own.level == "person" and own.measured in (None, next(iter(study.times), None))
        },
        "files": {
            name: {"level": "person", "instruments": own, "long_format": bool(file.long_format)}
            for name, (file, own) in held.items()
        },
        "instruments": {
            name: study.instruments[name].path if name in study.instruments else name
            for name in dict.fromkeys(i for _, own in held.values() for i in own)
        },
        "ci_level": study.study.ci_level,
    }
    if len(study.sites) > MOST_SITES:
        spec["arms"] = {name: arm.label for name, arm in study.arms.items()}
    return as_json(spec)


def nothing_to_draw(study: Study) -> list[str]:
    """Figures that have nothing to draw: of missing answers, and of people who are asked once."""
    without = [] if _items(study) else ["missing_items"]
    without += ["trajectories", "raincloud"] if len(study.times) == 1 else []
    return without + ([] if study.imputed() else ["traces", "imputed_values", "fmi"])


def item_files(study: Study) -> list[str]:
    """The files that hold items of people's outcomes."""
    return list(_items(study))


def _items(study: Study) -> dict[str, tuple[RawFile, list[str]]]:
    """File → it, and the instruments of people's outcomes that it holds; files of a time only."""
    people = [own for own in study.outcomes.values() if own.level == "person"]
    wanted = {_instrument(own) for own in people} - {""}
    found = {}
    for name, file in study.files.items():
        whole = file.with_form(study.forms)
        own = [instrument for instrument in whole.instruments if instrument in wanted]
        if file.level == "person" and own:
            found[name] = (whole, own)
    return found


def _instrument(outcome: Outcome) -> str:
    """The instrument that an outcome is a score of; blank: none."""
    instrument = (outcome.score or "").rpartition(".")[0]
    return "" if instrument == "network" else instrument


def _labels(study: Study) -> dict[str, str]:
    own = study.contamination
    moves = any(event.kind == "transfer" for event in study.events.values())
    labels = {"used": own.label} if own else {}
    labels |= {"moved": MOVED} if moves else {}
    return labels | ({"moved_here": MOVED_HERE} if own and own.moved_here else {})


def _groups(study: Study) -> dict[str, str]:
    """Sites, or arms without any, as figures order them: intervention first; with labels."""
    places = sorted(study.places(), key=lambda place: place.arm != "intervention")
    own = {place.name: place.label for place in places}
    arms = [arm for arm in ("intervention", "control") if arm in study.arms]
    return own or {arm: study.arms[arm].label for arm in arms}


def _files(study: Study, level: str) -> list[str]:
    return [name for name, file in study.files.items() if file.level == level]


def _level(study: Study, name: str) -> str:
    return study.files[name].level


def follow_up(study: Study) -> str:
    """The times of people; files and events in config's order."""
    times = [moment.model_dump() for moment in study.moments("person")]
    return as_json({"times": times, "files": list(study.files), "events": list(study.events)})


def linking(study: Study) -> str:
    """The register, the files whose records are people's, the variables that hold their ids."""
    files = {name: file.with_form(study.forms) for name, file in study.files.items()}
    register = register_of(files)
    people = [name for name, file in files.items() if file.level == "person" and name != register]
    ids = {
        name: [word for word, entry in file.variables.items() if entry.type == "id"]
        for name, file in files.items()
    }
    return as_json(
        {
            "register_of_people": register,
            "files": people,
            "ids": {name: words for name, words in ids.items() if words},
        }
    )


def subsets(study: Study) -> str:
    """The subsets of the intervention arm; variable → the files of people that hold it."""
    holding = {
        str(entry.variable): files_of(study, str(entry.variable))
        for entry in study.subsets.values()
        if entry.variable is not None
    }
    return as_json(
        {
            "subsets": {name: as_set(entry) for name, entry in study.subsets.items()},
            "holding": holding,
            "times": list(study.times),
        }
    )


def subset_files(study: Study) -> list[str]:
    """The files that subsets are read from."""
    found: dict[str, None] = {}
    for entry in study.subsets.values():
        if entry.delivered is not None:
            continue
        own = [entry.file] if entry.file else files_of(study, str(entry.variable))
        found |= dict.fromkeys(own)
    return list(found)


def delivered_files(study: Study) -> dict[str, str]:
    """What people got, where subsets are made of it: an option of the step changes → its file."""
    asked = {entry.delivered for entry in study.subsets.values()}
    found = {"--fidelity": "data/processed/fidelity.parquet"} if "fidelity" in asked else {}
    more = {"--dose": "results/tables/dose.csv"} if asked & {"contacts", "minutes"} else {}
    return found | more
