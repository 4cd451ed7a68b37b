"""What must fit together in what a study says of networks."""

from collections.abc import Iterator

from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.networks import SCORES, SHARED, Networks
from cesp_analysis.errors import no_such
from cesp_analysis.study.study import Study

KINDS = ("person", "group", "organisation")


def broken_networks(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    own = study.networks
    for name, outcome in study.outcomes.items():
        if str(outcome.score) in SCORES:
            yield from _outcome(f"outcomes.{name}", own, outcome.level, outcome.times, study)
    for model, entry in study.models.items():
        for name in entry.outcomes:
            known = study.outcomes.get(name)
            if known is not None and known.score in SHARED:
                yield (
                    f"models.{model}.outcomes: '{name}' is {known.score}, whose value respondents"
                    " share: no model has a valid interval of it; leave it out, survey_means.csv"
                    " and networks.csv describe it"
                )
    for name, covariate in study.covariates.items():
        if str(covariate.score) in SCORES:
            yield f"covariates.{name}.score: {covariate.score} is an outcome, no covariate"
    if own is None:
        return
    for wave in own.asked:
        if wave not in study.waves:
            listed = ", ".join(study.waves) or "none"
            yield f"networks.asked: '{wave}' is no wave (declared: {listed})"
    yield from _file("networks.ties", own.ties, (own.alter, own.kind), study)
    if own.known:
        pair = (own.known.one, own.known.other)
        yield from _file("networks.known.file", own.known.file, pair, study)
    if own.answered and not any(
        own.answered in file.variables or own.answered in file.derived
        for file in _files(study).values()
        if file.level == "respondent"
    ):
        yield f"networks.answered: no file of respondents has a variable '{own.answered}'"
    yield from _kinds(own, study)
    yield from _names("networks.alter", own.ties, own.alter, study)
    if own.alter == own.kind:
        yield f"networks.kind: '{own.kind}' is networks.alter too; each is a variable of its own"
    if own.known:
        for end in ("one", "other"):
            word = getattr(own.known, end)
            yield from _names(f"networks.known.{end}", own.known.file, word, study)
        if own.known.one == own.known.other:
            yield f"networks.known.other: '{own.known.other}' is networks.known.one too"


def _names(place: str, name: str, word: str, study: Study) -> Iterator[str]:
    """Who was named is an id: any other type lets names out of the raw folder, or reads none."""
    file = _files(study).get(name)
    entry = None if file is None else file.variables.get(word)
    if entry is not None and entry.type != "id":
        yield (
            f"{place}: files.{name}.variables.{word} is of type {entry.type}; write type: id, so"
            " that names leave the raw folder as pseudonyms"
        )


def _files(study: Study) -> dict[str, RawFile]:
    return {name: file.with_form(study.forms) for name, file in study.files.items()}


def _file(place: str, name: str, variables: tuple[str, ...], study: Study) -> Iterator[str]:
    files = _files(study)
    if name not in files:
        yield f"{place}: {no_such('file', name, list(files))}"
        return
    file = files[name]
    if file.level != "other":
        yield f"{place}: files.{name}.level is {file.level}; ties are no respondents: other"
    if file.one_row_per != "any":
        yield f"{place}: a respondent has a row for each tie; files.{name}.one_row_per: any"
    if file.unit is None:
        yield f"{place}: files.{name}.unit must name the column of the respondent's id"
    if file.time is None:
        yield f"{place}: files.{name}.time must say of which wave a row is"
    for word in variables:
        if word not in file.variables:
            yield f"{place}: {no_such('variable', word, list(file.variables))} in files.{name}"


def _kinds(own: Networks, study: Study) -> Iterator[str]:
    file = _files(study).get(own.ties)
    entry = None if file is None else file.variables.get(own.kind)
    if entry is None:
        return
    codes = set((entry.values or {}).values())
    if entry.type != "category" or codes - set(KINDS):
        yield (
            f"networks.kind: files.{own.ties}.variables.{own.kind} must be of type category, its"
            f" values recoded to {', '.join(KINDS)}"
        )


def _outcome(
    place: str, own: Networks | None, level: str, times: tuple[str, ...] | None, study: Study
) -> Iterator[str]:
    if own is None:
        yield f"{place}.score: needs a section networks, which says where the ties are"
        return
    if level != "respondent":
        yield f"{place}.level: networks are respondents'; write level: respondent"
    asked = set(own.asked)
    if asked <= set(study.waves) and set(times or study.waves) - asked:  # else it is told of asked
        listed = ", ".join(own.asked)
        yield f"{place}.times: the ties were asked in {listed}; write times: [{listed}]"
