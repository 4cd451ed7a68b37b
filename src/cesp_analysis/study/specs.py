"""What each step is told of the study: its own part, resolved, as one line of JSON."""

from pathlib import Path
from typing import Any

from cesp_analysis.declared.as_data import as_json, as_set
from cesp_analysis.declared.columns import ItemRange, Items, needed_columns
from cesp_analysis.declared.file_forms import Written
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.follow_up import days_in
from cesp_analysis.declared.ids import Ids
from cesp_analysis.declared.private import Names, ids_of_people, private_columns
from cesp_analysis.declared.source_list import SOURCES, checksums_of, read_sources
from cesp_analysis.instruments.types import Instrument, read_instrument
from cesp_analysis.models.spec import resolved_json
from cesp_analysis.models.together import told_of
from cesp_analysis.study.sources import categories_of
from cesp_analysis.study.study import Study
from cesp_analysis.study.together import seen_together


def intake(study: Study) -> str:
    """How each raw file is written, and what of it may leave the raw folder."""
    wanted, ranges = tuple(Written.model_fields), _items(study)
    whole = {name: file.with_form(study.forms) for name, file in study.files.items()}
    spec: dict[str, Any] = {
        "files": {name: _some(file, wanted) for name, file in study.files.items()},
        "needed": {
            name: as_set(needed_columns(file, ranges)) for name, file in study.files.items()
        },
        "ids": {name: ids.model_dump() for name, ids in _ids(whole).items() if ids.columns},
        "register_of_people": register_of(whole),
    }
    if study.study.id_form is not None:
        spec["id_form"] = study.study.id_form.model_dump()
    if study.study.pseudonyms:
        period = study.study.period
        names = Names(
            sites=study.places(),
            arms={name: arm.label for name, arm in study.arms.items()},
            times=(*study.times, *study.waves),
        )
        spec["private"] = {
            name: as_set(private_columns(file, ranges, names, period))
            for name, file in whole.items()
        }
        spec["secret"] = synthetic_secret(study)
    return as_json(spec)


def _ids(files: dict[str, RawFile]) -> dict[str, Ids]:
    """File → its columns of people's ids, the register first."""
    order = sorted(files, key=lambda name: not files[name].lists_people)
    return {name: ids_of_people(files[name]) for name in order}


def register_of(files: dict[str, RawFile]) -> str | None:
    """The file that lists the people."""
    return next((name for name, file in files.items() if file.lists_people), None)


def checksums(study: Study, folder: Path = Path()) -> str:
    """Path of each raw file → its sha256, as SOURCES.yaml in the study's folder lists it."""
    return as_json(checksums_of(study.raw_paths(), read_sources(folder / SOURCES), SOURCES))


def synthetic_secret(study: Study) -> str:
    """The key of a synthetic study, which has nobody to protect; blank for a real one."""
    return f"synthetic {study.study.id} {study.study.seed}" if study.study.synthetic else ""


def clean(study: Study) -> str:
    """What each file's rows and columns mean; not how tables call them."""
    return as_json(
        {
            "files": {name: _unlabelled(as_set(file)) for name, file in study.files.items()},
            "sites": [place.model_dump() for place in study.places()],
            "arms": {name: arm.label for name, arm in study.arms.items()},
            "times": [*study.times, *study.waves],
            "items": items_as_data(study),
            "answers": _answers(study),
            "period": study.study.period,
            "first_time": next(iter(study.times), None),
            "time_days": days_in(study.time_unit),
            "positions": {name: time.position for name, time in study.times.items()},
            "windows": study.windows(),
            "visits": as_set(study.visits),
            "events": {name: as_set(event) | {"label": ""} for name, event in study.events.items()},
            "together": seen_together(study),
            "members": as_set(study.surveys.members),
            "of_alters": _of_alters(study),
            "invitations": study.surveys.response.file if study.surveys.response else None,
        }
    )


def _of_alters(study: Study) -> dict[str, list[str]]:
    """File → its variables that name those whom respondents know."""
    asked = study.networks
    if asked is None:
        return {}
    found = {asked.ties: [asked.alter]}
    if asked.known is not None:
        found.setdefault(asked.known.file, []).extend([asked.known.one, asked.known.other])
    return found


def _unlabelled(file: dict[str, Any]) -> dict[str, Any]:
    """A file's entry without the labels and units of its variables, and what it does not use."""
    left = {key: value for key, value in file.items() if key != "ignored"}
    for part in {"variables", "derived"} & set(file):
        left[part] = {
            name: {key: value for key, value in entry.items() if key not in ("label", "unit")}
            for name, entry in file[part].items()
        }
    return left


def check(study: Study) -> str:
    """Which problems must stop the run."""
    conflicts = [file.path for file in study.files.values() if file.duplicates == "stop"]
    own = {name: file.path for name, file in study.files.items()}
    register = register_of(study.files)
    return as_json(
        {
            "paths": own,
            "register_of_people": register,
            "stop_on": study.problems.stop_on,
            "only_listed": study.problems.only_listed,
            "conflicts": conflicts,
        }
    )


def _items(study: Study) -> Items:
    return {
        name: {
            item.code: ItemRange(low=item.low, high=item.high, optional=item.optional)
            for item in instrument.items
        }
        for name, instrument in instruments(study).items()
    }


def _answers(study: Study) -> dict[str, dict[str, int]]:
    """Instrument, or instrument.item where its items differ → the words of answers → code."""
    found: dict[str, dict[str, int]] = {}
    for name, instrument in instruments(study).items():
        own = {f"{name}.{item.code}": instrument.codes(item) for item in instrument.items}
        alike = all(codes == instrument.codes(instrument.items[0]) for codes in own.values())
        found |= {name: instrument.codes(instrument.items[0])} if alike else own
    return {question: codes for question, codes in found.items() if codes}


def score(study: Study) -> str:
    """Which file holds which instruments, and where each instrument is defined."""
    files = {
        name: {"level": file.level, "instruments": list(file.instruments)}
        | ({"long_format": True} if file.long_format else {})
        for name, file in study.files.items()
        if file.instruments
    }
    own = {name: entry.path for name, entry in study.instruments.items()}
    used = {name for file in study.files.values() for name in file.instruments}
    return as_json(
        {"files": files, "instruments": {name: own.get(name, name) for name in sorted(used)}}
    )


def panel(study: Study) -> str:
    """Whose answers are where, and what the outcomes and covariates are read from."""
    spec: dict[str, Any] = {
        "study": study.study.id,
        "files": {
            name: {"level": file.level, "lists_people": file.lists_people}
            for name, file in study.files.items()
            if file.level != "other"
        },
        "sites": [place.model_dump() for place in study.places()],
        "times": list(study.times),
        "waves": list(study.waves),
        "outcomes": {name: as_set(entry) for name, entry in study.outcomes.items()},
        "covariates": {name: as_set(entry) for name, entry in study.covariates.items()},
        "categories": {
            name: categories_of(entry, list(study.files.values()))
            for name, entry in study.covariates.items()
        },
    }
    if study.contamination:
        spec["contamination"] = as_set(study.contamination.of_models()) | {"label": ""}
    return as_json(spec)


def model(study: Study, name: str) -> str:
    """One model's settings and the part of the study that it sees."""
    return resolved_json(study.models[name])


def ladder(study: Study) -> str:
    """The models as their jobs see them, what is known of the sites, the seed of draws."""
    known = as_set(study.few_sites)
    known.pop("prior", None)  # a file of its own
    return as_json({"seed": study.study.seed, "few_sites": known} | told_of(study.models))


def instruments(study: Study) -> dict[str, Instrument]:
    """The instruments that the study's files hold, by the name config uses."""
    own = {name: entry.path for name, entry in study.instruments.items()}
    used = sorted({name for file in study.files.values() for name in file.instruments})
    return {name: read_instrument(own.get(name, name)) for name in used}


def _some(entry: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in as_set(entry).items() if name in names}


def paths(study: Study) -> str:
    """File → its path and sheet."""
    return as_json({name: [file.path, file.sheet] for name, file in study.files.items()})


def levels(study: Study) -> list[str]:
    """Whose outcomes the study has."""
    found = {outcome.level for outcome in study.outcomes.values()}
    return [level for level in ("person", "respondent") if level in found]


def items_as_data(study: Study) -> dict[str, Any]:
    """Instrument → its items by code, with their ranges."""
    return {
        name: {code: entry.model_dump() for code, entry in entries.items()}
        for name, entries in _items(study).items()
    }
