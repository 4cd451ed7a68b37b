"""What must fit together in the section measurement."""

from collections.abc import Iterator

from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.measurement import Measurement, Ranking, Retest
from cesp_analysis.errors import no_such
from cesp_analysis.study.study import Study

_PLACE = "measurement"


def broken_measurement(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    own = study.measurement
    if own is None:
        return
    yield from _candidates(own, study)
    for level, planned in own.sample_size.items():
        place = f"{_PLACE}.sample_size.{level}"
        if not any(study.outcomes[name].level == level for name in own.of(study.outcomes)):
            yield f"{place}: no candidate is measured at level {level}; leave it out"
        if planned.analysis != "follow_up" and planned.autocorrelation is None:
            yield (
                f"{place}.autocorrelation: an analysis {planned.analysis} needs it; declare it with"
                " the value to plan for, or write analysis: follow_up"
            )
    if own.ranking is not None:
        yield from _ranking(own.ranking)
    if own.retest is not None:
        yield from _retest(own.retest, own, study)


def _candidates(own: Measurement, study: Study) -> Iterator[str]:
    for name in own.candidates or ():
        if name in study.outcomes and study.outcomes[name].role == "negative_control":
            yield (
                f"{_PLACE}.candidates: '{name}' is a negative control, which the intervention"
                " cannot change; leave it out"
            )
    if not own.of(study.outcomes):
        yield (
            f"{_PLACE}.candidates: no outcome is an instrument's score or primary; name the"
            " candidates"
        )


def _ranking(ranking: Ranking) -> Iterator[str]:
    if not ranking.criteria:
        yield f"{_PLACE}.ranking.criteria: declare one at least, or leave ranking out"
    seen: set[tuple[str, bool]] = set()
    for at, criterion in enumerate(ranking.criteria):
        place = f"{_PLACE}.ranking.criteria.{at}"
        if (criterion.at_least is None) == (criterion.at_most is None):
            yield f"{place}: write at_least or at_most, one of them"
            continue
        key = (criterion.of, criterion.at_least is None)
        if key in seen:
            yield f"{place}.of: '{criterion.of}' has a limit of that kind already; keep one"
        seen.add(key)


def _retest(retest: Retest, own: Measurement, study: Study) -> Iterator[str]:
    place = f"{_PLACE}.retest"
    if retest.first is not None and retest.first not in study.times:
        yield f"{place}.first: {no_such('time', retest.first, list(study.times))}"
    if not study.times:
        yield f"{place}: the study follows no people (times:); leave it out"
    if retest.file not in study.files:
        yield f"{place}.file: {no_such('file', retest.file, list(study.files))}"
        return
    file = study.files[retest.file].with_form(study.forms)
    at = f"{place}.file: files.{retest.file}"
    if file.level != "person" or file.lists_people:
        yield f"{at} holds no answers of people (level: person, not the register)"
    if file.time is not None:
        yield f"{at}.time: a retest belongs to no time of the study; remove it"
    if file.long_format is not None:
        yield f"{at}.long_format: a retest needs a row a person"
    yield from _anchor(retest, file, place)
    for outcome, variable in retest.variables.items():
        if outcome in study.outcomes and outcome not in own.of(study.outcomes):
            yield f"{place}.variables.{outcome}: is no candidate; leave it out"
        if variable not in file.variables:
            known = list(file.variables)
            yield f"{place}.variables.{outcome}: {no_such('variable', variable, known)}"
        elif file.variables[variable].type != "number":
            yield f"{place}.variables.{outcome}: '{variable}' must be of type number"


def _anchor(retest: Retest, file: RawFile, place: str) -> Iterator[str]:
    if retest.anchor is None:
        if retest.stable:
            yield f"{place}.stable: needs the anchor whose answers these are"
        return
    entry = file.variables.get(retest.anchor)
    if entry is None:
        known = list(file.variables)
        yield f"{place}.anchor: {no_such('variable', retest.anchor, known)}"
        return
    if entry.type != "category":
        yield f"{place}.anchor: '{retest.anchor}' must be of type category"
        return
    codes = list(dict.fromkeys((entry.values or {}).values()))
    if not retest.stable:
        yield f"{place}.stable: say which answers mean 'did not change' ({', '.join(codes)})"
    for word in retest.stable:
        if word not in codes:
            yield f"{place}.stable: {no_such('answer', word, codes)}"
