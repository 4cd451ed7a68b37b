"""What must fit together in how respondents are weighted; what the margins hold is read later."""

from collections.abc import Iterator

from cesp_analysis.declared.paths import leaving
from cesp_analysis.study.study import Study


def broken_weights(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    own, place = study.surveys.weights, "surveys.weights"
    if own is None:
        return
    for path in dict.fromkeys(own.margins):
        yield from leaving(f"{place}.margins", path)
        if own.margins.count(path) > 1:
            yield f"{place}.margins: '{path}' stands {own.margins.count(path)} times; keep one"
    files = [file.with_form(study.forms) for file in study.files.values()]
    if not any(file.level == "respondent" for file in files):
        yield f"{place}: no file is of level respondent; remove it"
    if not any(outcome.level == "respondent" for outcome in study.outcomes.values()):
        yield f"{place}: no outcome is of level respondent, so nothing is weighted; remove it"
    if not study.waves:
        yield f"{place}: margins are of waves, and the study declares none (waves:)"
    if not study.sites:
        yield f"{place}: margins are of sites, and the study declares none (sites:)"
    if own.replicates == "jackknife" and study.surveys.neighbourhoods == "all":
        yield (
            f"{place}.replicates: the jackknife leaves out one sampled neighbourhood at a time, and"
            " with neighbourhoods: all none is sampled; write bootstrap"
        )
