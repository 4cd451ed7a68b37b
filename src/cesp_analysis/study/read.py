"""config.yaml → Study, or every mistake in it at once, each with place, fact, nearest word."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from cesp_analysis.declared.base import Name
from cesp_analysis.declared.design import Arm, ArmName
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.declared.paths import misplaced_key
from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.errors import CespError
from cesp_analysis.study.crosswalk_rules import broken_crosswalks
from cesp_analysis.study.doubled_columns import doubled_columns
from cesp_analysis.study.format import unread_format
from cesp_analysis.study.gaps import Gap
from cesp_analysis.study.left_economics import entry_of, sound, without
from cesp_analysis.study.references import broken_references
from cesp_analysis.study.rules import broken_rules
from cesp_analysis.study.score_directions import contradicted_directions
from cesp_analysis.study.state_columns import broken_states
from cesp_analysis.study.study import AnyModel, Study
from cesp_analysis.study.words import in_words

_STAND_IN = {"id": "x", "title": "x", "about": "x", "synthetic": True, "seed": 1}
"""A section `study` that is right, while the rest of a study is checked in spite of its own."""


def read_study(folder: str | Path = ".", overrides: Mapping[str, Any] | None = None) -> Study:
    """Read and check the study in `folder`; `overrides` are merged over config.yaml.

    Raises CespError with one line for each mistake.
    """
    study, problems = checked(folder, overrides)
    if problems or study is None:
        raise CespError(problems)
    return study.resolved()


def checked(
    folder: str | Path = ".", overrides: Mapping[str, Any] | None = None
) -> tuple[Study | None, list[str]]:
    """What is right of the study in `folder`, and one line for each mistake in the rest.

    An entry with a mistake (a file, an outcome, a model) is taken out with all that points to it,
    so that the entries left are checked as well.
    """
    own = read_yaml(Path(folder) / "config.yaml", "config.yaml")
    data = merged(own, overrides or {})
    if line := unread_format(data):  # what else seems wrong may be right in that format
        return None, [f"config.yaml: {line}"]
    lines = list(_empty(own))
    faulty: set[tuple[str, ...]] = set()
    try:
        Study.model_validate(data)
    except ValidationError as error:
        lines += in_words(error, data)
        faulty = {_entry(fault["loc"]) for fault in error.errors()}
    absent = {section for section, *name in faulty if not name and section not in data}
    lines += broken_references(data, Path(folder), absent)
    dangling = _dangling(data, folder)
    left = _without(data, faulty | _taken_out(dangling))
    faulty |= dangling
    while more := _dangling(left, folder) - faulty:  # they point to what was taken out
        faulty |= more
        left = _without(left, _taken_out(more))
    try:
        study = (_Left if faulty else Study).model_validate(left)
    except ValidationError:
        return None, [f"config.yaml: {line}" for line in lines]
    touched = {section for section, *_ in faulty if section != "economics"}
    rules = (
        [] if any(section in _BEARING for section, *name in faulty if name) else broken_rules(study)
    )
    lines += [
        line
        for line in rules
        if not (
            _follows(line, touched)
            or _misses(line, faulty)
            or (study.study.draft and isinstance(line, Gap))
        )
    ]
    lines += broken_crosswalks(study, Path(folder))
    lines += doubled_columns(study, Path(folder))
    lines += broken_states(study, Path(folder))
    lines += contradicted_directions(study, Path(folder))
    if study.study.key is not None:
        lines += misplaced_key(study.study.key, Path(folder))
    return study, [f"config.yaml: {line}" for line in lines]


def _empty(data: Mapping[str, Any]) -> Iterator[str]:
    """Sections that stand there without settings: a study without one has no such line."""
    for name, field in Study.model_fields.items():
        if name in data and data[name] is None and field.default is None:
            yield f"{name}: is empty; write it, or leave the line out"


def still_to_decide(study: Study) -> list[str]:
    """One line for each thing that a draft leaves open; of a study that is none, nothing."""
    if not study.study.draft:
        return []
    return [f"config.yaml: {line}" for line in broken_rules(study) if isinstance(line, Gap)]


class _Left(Study):
    """What is left of a study without its faulty entries: any section may be empty."""

    arms: dict[ArmName, Arm] = Field(default_factory=dict)
    files: dict[Name, RawFile] = Field(default_factory=dict)
    outcomes: dict[Name, Outcome] = Field(default_factory=dict)
    models: dict[Name, AnyModel] = Field(default_factory=dict)


_WHOLE = {"contamination", "integration", "interviews", "measurement", "networks"}
"""Sections that are one entry: a mistake in a part of them takes out the whole."""
_DEEPER = {"planning": ("known", "designs")}
"""Sections of which a part alone is taken out, of these parts a single entry."""
_NEEDED = {"planning": ("outcome", "designs")}
"""Without which a section is taken out."""

_LACKED = {
    ("models", "times"): {"times", "waves"},
    ("files", "site"): {"sites"},
    ("integration", "integration"): {"interviews"},
    ("feasibility", "linked"): {"interviews"},
    ("planning", "plasmode"): {"planning"},
} | {
    ("feasibility", part): {section}
    for part, section in (("rate", "feasibility"), ("step", "flow"), ("file", "files"))
}
"""Part of a section's entries → the sections without which it must seem wrong."""


_NOT_IMPUTED = re.compile("no imputed model|no model is imputed")
_BEARING = {"sites", "arms"}
"""Sections on which nearly all others rest: without a faulty entry of theirs the files, and what
is made of them, seem wrong as well; their rules are checked once the entry is right."""


def _dangling(data: dict[str, Any], folder: str | Path) -> set[tuple[str, ...]]:
    """The entries (section, name) that point to what no section declares."""
    broken = broken_references(data, Path(folder))
    places = [tuple(line.split(":")[0].split(".")) for line in broken]
    return {place[:-1] if place[0] == "economics" else _entry(place) for place in places}


def _taken_out(dangling: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Of these all but parts of economics, and planning's outcome: other rules of theirs hold
    whether or not it is anywhere, while without the section nothing more of it would be told."""
    return {one for one in dangling if one[0] != "economics" and one != ("planning", "outcome")}


def _follows(line: str, touched: set[str]) -> bool:
    """Whether something lacks only because a faulty entry was taken out."""
    place = line.split(":")[0]
    section, part = place.split(".")[0], place.rpartition(".")[2]
    return place in touched or bool(touched & _LACKED.get((section, part), set()))


def _misses(line: str, faulty: set[tuple[str, ...]]) -> bool:
    """Whether a line misses only what was taken out for a mistake of its own: an entry that it
    names, or an imputed model."""
    entries = [entry for entry in faulty if len(entry) > 1]
    named = any(f"is called '{one[-1]}'" in line or ".".join(one) in line for one in entries)
    imputed = line.startswith("missing_data") and bool(_NOT_IMPUTED.search(line))
    return named or (imputed and any(section == "models" for section, *_ in entries))


def _without(data: dict[str, Any], faulty: set[tuple[str, ...]]) -> dict[str, Any]:
    """The data without the entries (section, name), or the sections, that are named."""
    left = dict(data)
    for section, *name in faulty:
        part = left.get(section)
        if section == "study":
            left["study"] = _STAND_IN
        elif section in _WHOLE:
            left.pop(section, None)
        elif section == "economics" and name and isinstance(part, dict):
            left[section] = without(part, name)
        elif section in _DEEPER and name and isinstance(part, dict):
            left[section] = less = _less(part, name)
            if not all(less.get(key) for key in _NEEDED[section]):
                del left[section]
        elif name and isinstance(part, dict):
            left[section] = {key: value for key, value in part.items() if str(key) != name[0]}
        else:
            left.pop(section, None)
    if any(section == "economics" for section, *_ in faulty):
        left["economics"] = sound(left.get("economics"))
    return left


def _entry(loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """The entry that a mistake is in: section and name."""
    place = tuple(map(str, loc))
    if place[0] == "economics":
        return entry_of(place)
    deeper = len(place) > 2 and place[1] in _DEEPER.get(place[0], ())
    return place[: 3 if deeper else 2]


def _less(part: dict[str, Any], name: Sequence[str]) -> dict[str, Any]:
    """The part of the data without an entry of it."""
    key, *inner = name
    own = part.get(key)
    if inner and isinstance(own, dict):
        return part | {key: _less(own, inner)}
    return {other: value for other, value in part.items() if str(other) != key}


def merged(base: dict[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """`overrides` laid over `base`, section by section; neither is changed."""
    result = dict(base)
    for key, value in overrides.items():
        old = result.get(key)
        nested = isinstance(value, Mapping) and isinstance(old, dict)
        result[key] = merged(old, value) if nested else value  # type: ignore[arg-type]
    return result
