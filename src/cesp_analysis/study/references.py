"""Names in config.yaml that point to other sections: each must be declared there."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from cesp_analysis.declared.networks import SCORES as NETWORK_SCORES
from cesp_analysis.declared.problems import KINDS as PROBLEM_KINDS
from cesp_analysis.errors import CespError, no_such
from cesp_analysis.instruments.types import names as shipped_instruments
from cesp_analysis.instruments.types import read_instrument

_POINTERS = (
    ("files.*.form", "form", "forms"),
    ("files.*.variables.*.columns.keys", "time", "moments"),
    ("forms.*.variables.*.columns.keys", "time", "moments"),
    ("files.*.instruments.keys", "instrument", "instruments"),
    ("forms.*.instruments.keys", "instrument", "instruments"),
    ("value_sets.*.instrument", "instrument", "instruments"),
    ("files.*.time.constant", "time", "moments"),
    ("files.*.time.values.*", "time", "moments"),
    ("files.*.site.constant", "site", "sites"),
    ("files.*.site.values.*", "site", "sites"),
    ("files.*.arm.constant", "arm", "arms"),
    ("files.*.arm.values.*", "arm", "arms"),
    ("sites.*.started", "time", "moments"),
    ("flow.*.file", "file", "files"),
    ("events.*.file", "file", "files"),
    ("covariates.*.measured", "time", "moments"),
    ("covariates.*.variable", "variable", "variables"),
    ("covariates.*.score", "score", "scores"),
    ("outcomes.*.times.*", "time", "moments"),
    ("outcomes.*.variable", "variable", "variables"),
    ("outcomes.*.score", "score", "scores"),
    ("models.*.outcomes.*", "outcome", "outcomes"),
    ("models.*.exposure", "outcome", "outcomes"),
    ("models.*.dose", "covariate", "covariates"),
    ("models.*.covariates.*", "covariate", "covariates"),
    ("models.*.times.*", "time", "moments"),
    ("models.*.reference", "time", "moments"),
    ("models.*.estimand", "estimand", "estimands"),
    ("models.*.estimand.*", "estimand", "estimands"),
    ("estimands.*.variable.outcome", "outcome", "outcomes"),
    ("estimands.*.variable.time", "time", "moments"),
    ("contamination.variable", "variable", "variables"),
    ("contamination.measured", "time", "moments"),
    ("subsets.*.variable", "variable", "variables"),
    ("subsets.*.file", "file", "files"),
    ("subsets.*.measured", "time", "moments"),
    ("subsets.*.outcomes.*", "outcome", "outcomes"),
    ("analysis_plan.specification_curve.outcomes.*", "outcome", "outcomes"),
    ("analysis_plan.specification_curve.times.*", "time", "moments"),
    ("analysis_plan.specification_curve.models.*", "model", "models"),
    ("analysis_plan.specification_curve.covariates.*.*", "covariate", "covariates"),
    *(
        (f"economics.{name}.{key}", key, f"{key}s")
        for name in ("utility", "costs", "qalys", "value_sets.*")
        for key in ("variable", "score")
    ),
    ("economics.services.*.variable", "variable", "variables"),
    ("surveys.strata", "covariate", "covariates"),
    ("surveys.categories.keys", "outcome", "outcomes"),
    ("surveys.several_answers.*.outcomes.*", "outcome", "outcomes"),
    ("few_sites.divergences.keys", "outcome", "outcomes"),
    ("missing_data.imputation.items.*", "outcome", "outcomes"),
    ("missing_data.imputation.auxiliaries.*", "covariate or outcome", "measured"),
    ("missing_data.imputation.interactions.*.*", "covariate or outcome", "measured"),
    ("missing_data.sensitivity.models.*", "model", "models"),
    ("missing_data.sensitivity.deltas.keys", "outcome", "outcomes"),
    ("measurement.candidates.*", "outcome", "outcomes"),
    ("measurement.effects.keys", "outcome", "outcomes"),
    ("measurement.retest.variables.keys", "outcome", "outcomes"),
    ("planning.outcome", "outcome", "outcomes"),
    ("planning.time", "time", "moments"),
    ("problems.stop_on.*", "kind of data problem", "problems"),
    ("problems.only_listed.*", "kind of data problem", "problems"),
)


def broken_references(
    data: dict[str, Any], folder: Path, absent: Collection[str] = ()
) -> Iterator[str]:
    """One line for each name that no section declares, with the nearest that one does.

    `folder`: the study's, where its own instruments' files are; `absent`: sections that are said to
    be missing, so that nothing need be said of what points to them.
    """
    scores, unread = _scores(data, folder)
    declared = {section: _declared(data, section) for _, _, section in _POINTERS}
    declared["scores"] = scores
    for pattern, noun, section in _POINTERS:
        if section in absent:
            continue
        for place, word in _found(data, pattern.split("."), ()):
            known = declared[section]
            if word == "undecided" and place.split(".")[2:3] in (["arm"], ["time"]):
                continue  # a gap of a file, see gaps.py
            if section == "scores" and word in NETWORK_SCORES:
                continue  # network_rules.py says what they need
            if section == "scores" and word.rpartition(".")[0] in unread:
                continue  # the instrument's file is at fault, and is named for it
            if word not in known:
                yield f"{place}: {no_such(noun, word, known)}{_population(data, place, word)}"


def _population(data: dict[str, Any], place: str, word: str) -> str:
    """What was meant, where a model that weighs names a population of weights as its estimand."""
    section, name, *field = place.split(".")
    if section != "models" or field != ["estimand"] or word.lower() not in ("att", "ate"):
        return ""
    if data["models"][name].get("kind") != "weighted_did":
        return ""
    return f"; for the population that weights are for, write target_population: {word.lower()}"


def _found(node: Any, pattern: list[str], place: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Places and words that a pattern points at; `*` is any entry, `keys` the entry's names."""
    if not pattern:
        if isinstance(node, str | int) and not isinstance(node, bool):
            yield ".".join(place), str(node)
        return
    head, rest = pattern[0], pattern[1:]
    if head == "keys" and isinstance(node, dict):
        yield from ((".".join(place), str(key)) for key in node)
    elif head == "*" and isinstance(node, dict):
        for key, child in node.items():
            yield from _found(child, rest, (*place, str(key)))
    elif head == "*" and isinstance(node, list):
        for child in node:
            yield from _found(child, rest, place)
    elif isinstance(node, dict) and head in node:
        yield from _found(node[head], rest, (*place, head))


def _declared(data: dict[str, Any], section: str) -> list[str]:
    """The names that a section declares."""
    if section == "moments":
        return [*_keys(data, "times"), *_keys(data, "waves")]
    if section == "measured":
        return [*_keys(data, "covariates"), *_keys(data, "outcomes")]
    if section == "instruments":
        return [*shipped_instruments(), *_keys(data, "instruments")]
    if section == "variables":
        return _in_files(data, "variables") + _in_files(data, "derived")
    if section == "problems":
        return list(PROBLEM_KINDS)
    return _keys(data, section)


def _keys(data: Any, section: str) -> list[str]:
    part = data.get(section) if isinstance(data, dict) else None
    return [str(key) for key in part] if isinstance(part, dict) else []


def _in_files(data: dict[str, Any], part: str) -> list[str]:
    names: dict[str, None] = {}
    for section in ("files", "forms"):
        entries = data.get(section)
        for entry in entries.values() if isinstance(entries, dict) else ():
            names.update(dict.fromkeys(_keys(entry, part)))
    return list(names)


def _scores(data: dict[str, Any], folder: Path) -> tuple[list[str], set[str]]:
    """instrument.score of every instrument in use; and own instruments that cannot be read."""
    shipped, own = set(shipped_instruments()), _own_instruments(data)
    scores, unread = list(NETWORK_SCORES) if data.get("networks") else [], set()
    for name in _in_files(data, "instruments"):
        if name not in own and name not in shipped:
            continue
        try:
            instrument = read_instrument(folder / own[name] if name in own else name)
        except CespError:
            unread.add(name)
        else:
            scores += [f"{name}.{score.code}" for score in instrument.scores]
    for name in _keys(data, "value_sets"):
        own_set = data["value_sets"][name]
        if isinstance(own_set, dict):
            scores.append(f"{own_set.get('instrument')}.{name}")
    return scores, unread


def _own_instruments(data: dict[str, Any]) -> dict[str, str]:
    entries = {name: data["instruments"][name] for name in _keys(data, "instruments")}
    paths = {n: e.get("path") for n, e in entries.items() if isinstance(e, dict)}
    return {name: path for name, path in paths.items() if isinstance(path, str)}
