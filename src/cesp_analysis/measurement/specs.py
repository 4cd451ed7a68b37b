"""What the step `measure` is told of the study, as one line of JSON."""

from pathlib import Path
from typing import Any

from cesp_analysis.declared.as_data import as_json, as_set
from cesp_analysis.declared.derived import ends_of
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.study.foremost import foremost
from cesp_analysis.study.study import Study


def measure(study: Study) -> str:
    """The candidates, where their items are, and what is declared of them."""
    own = study.measurement
    assert own is not None
    names = candidates(study)
    chosen = {name: study.outcomes[name] for name in names}
    wanted = {_instrument(outcome) for outcome in chosen.values()} - {""}
    paths = {name: entry.path for name, entry in study.instruments.items()}
    first = foremost(study)
    spec: dict[str, Any] = {
        "outcomes": {name: as_set(outcome) for name, outcome in chosen.items()},
        "ranges": {name: range_of(study, outcome) for name, outcome in chosen.items()},
        "times": list(study.times),
        "waves": list(study.waves),
        "sites": len(study.places()),
        "files": {
            name: _answers(file, wanted)
            for name, file in item_files(study).items()
            if name != _retest(study)
        },
        "instruments": {name: paths.get(name, name) for name in sorted(wanted)},
        "models": {
            name: [
                model
                for model in dict.fromkeys([*first.get(name, ()), *study.models])
                if name in study.models[model].outcomes
            ]
            for name in names
        },
        "ci_level": study.study.ci_level,
        "seed": study.study.seed,
        "declared": declared(study),
        **own.model_dump(
            mode="json",
            include={"extreme", "sd_confidence", "draws", "sample_size", "ranking", "effects"},
            exclude_none=True,
        ),
    }
    if own.retest is not None:
        held = study.files[own.retest.file].with_form(study.forms).instruments
        spec["retest"] = as_set(own.retest)
        spec["retest_instruments"] = sorted(set(held) & wanted)
    return as_json(spec)


def declared(study: Study) -> str:
    """Whether candidates and ranking were so when the plan was locked; '': nothing is."""
    from cesp_analysis.analysis_plan.canonical import plan_of
    from cesp_analysis.analysis_plan.lock_file import LOCK, read_locks
    from cesp_analysis.analysis_plan.received import called, first_received
    from cesp_analysis.analysis_plan.specs import lock_file
    from cesp_analysis.analysis_plan.standing import holding, measurement_standing
    from cesp_analysis.analysis_plan.words import NOT_HELD

    if not lock_file():
        return ""
    locks = holding(read_locks(Path(LOCK)))
    if not locks:
        return NOT_HELD
    return called(measurement_standing(locks, plan_of(study)), locks, first_received(study))


def candidates(study: Study) -> list[str]:
    """The candidate outcomes; none if the study declares nothing of measurement."""
    return study.measurement.of(study.outcomes) if study.measurement else []


def files(study: Study) -> list[str]:
    """The files whose records the step reads: those with items, and the retest."""
    retest = _retest(study)
    return [*dict.fromkeys([*item_files(study), *([retest] if retest else [])])]


def item_files(study: Study) -> dict[str, RawFile]:
    """The files that hold items of candidates, of their level."""
    wanted = {
        (study.outcomes[name].level, _instrument(study.outcomes[name]))
        for name in candidates(study)
    }
    whole = {name: file.with_form(study.forms) for name, file in study.files.items()}
    return {
        name: file
        for name, file in whole.items()
        if any((file.level, instrument) in wanted for instrument in file.instruments)
    }


def levels(study: Study) -> list[str]:
    """Whose outcomes are candidates."""
    found = {study.outcomes[name].level for name in candidates(study)}
    return [level for level in ("person", "respondent") if level in found]


def nothing_to_draw(study: Study) -> list[str]:
    """Figures (kind_level) of measurability for which no outcome is a candidate."""
    there = levels(study)
    kinds = ("distributions", "reliability")
    return [
        f"{k}_{level}" for k in kinds for level in ("person", "respondent") if level not in there
    ]


def _retest(study: Study) -> str:
    own = study.measurement
    return own.retest.file if own and own.retest else ""


def _answers(file: RawFile, wanted: set[str]) -> dict[str, Any]:
    held = [name for name in file.instruments if name in wanted]
    said = {"level": file.level, "instruments": held}
    return said | ({"long_format": True} if file.long_format else {})


def _instrument(outcome: Outcome) -> str:
    instrument = (outcome.score or "").rpartition(".")[0]
    return "" if instrument == "network" else instrument


def range_of(study: Study, outcome: Outcome) -> tuple[float | None, float | None]:
    """The lowest and highest possible value of a variable, by its type or its declared range."""
    if outcome.type == "binary":
        return 0.0, 1.0
    for name, own in study.value_sets.items():
        if outcome.score == f"{own.instrument}.{name}":
            return own.range
    if outcome.variable is None:
        return (0.0, None) if outcome.type == "count" else (None, None)
    for file in study.files.values():
        whole = file.with_form(study.forms)
        made, asked = whole.derived.get(outcome.variable), whole.variables.get(outcome.variable)
        ends = ends_of(made) if made else (asked.range or ends_of(asked)) if asked else None
        if file.level == outcome.level and ends:
            return ends
    return (0.0, None) if outcome.type in ("count", "amount") else (None, None)
