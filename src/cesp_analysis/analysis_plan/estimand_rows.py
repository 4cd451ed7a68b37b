"""estimands.csv: each declared estimand by its attributes, and which estimates answer it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cesp_analysis.analysis_plan.words import UNTARGETED
from cesp_analysis.columns import Row
from cesp_analysis.declared.estimands import Estimand, IntercurrentEvent

BEYOND = {
    "composite": "a model with missing_data: imputed puts its value in; any other takes the answers"
    " as they are, and its outcome must hold the value (a derived variable)",
    "hypothetical": "the estimate rests on what its model takes for granted of answers that are"
    " missing or left out",
    "principal_stratum": "no model kind singles these people out; the estimate is of all in its"
    " analysis set",
}
"""What a strategy asks for that a model does not do by itself."""


@dataclass(frozen=True)
class Targeted:
    """An estimate that answers an estimand."""

    estimate_id: str
    model: str
    estimand: str


def targeted(
    rows: list[Row], estimands: Mapping[str, Estimand], targets: Mapping[str, tuple[str, ...]]
) -> list[Targeted]:
    """The estimates of models that name an estimand, of its outcome, time and summary measure."""
    return [
        Targeted(row["estimate_id"], row["model"], name)
        for row in rows
        for name in targets.get(row["model"], ())
        if _about(row, estimands[name]) and row["estimand"] == estimands[name].summary_measure
    ]


def _about(row: Row, estimand: Estimand) -> bool:
    variable = estimand.variable
    return bool(row["outcome"] == variable.outcome and row["time"] == variable.time)


def estimand_rows(
    estimands: Mapping[str, Estimand],
    targets: Mapping[str, tuple[str, ...]],
    events: Mapping[str, str],
    aims: list[Targeted],
    rows: list[Row],
) -> Iterator[Row]:
    """One row an estimand; `events`: name → label."""
    for name, estimand in estimands.items():
        models = [model for model, named in targets.items() if name in named]
        own = [aim for aim in aims if aim.estimand == name]
        said = {
            _event_label(e, how, events): how for e, how in estimand.intercurrent_events.items()
        }
        yield {
            "estimand": name,
            "label": estimand.label,
            "population": estimand.population,
            "treatment": estimand.treatment,
            "outcome": estimand.variable.outcome,
            "time": estimand.variable.time,
            "intercurrent_events": " | ".join(f"{k}: {how.strategy}" for k, how in said.items()),
            "summary_measure": estimand.summary_measure,
            "models": " | ".join(models),
            "estimates": " | ".join(aim.estimate_id for aim in own),
            "warnings": " | ".join(_warnings(estimand, models, own, said, rows)),
        }


def _event_label(name: str, how: IntercurrentEvent, events: Mapping[str, str]) -> str:
    return how.label or events.get(name, name)


def _warnings(
    estimand: Estimand,
    models: list[str],
    own: list[Targeted],
    said: Mapping[str, IntercurrentEvent],
    rows: list[Row],
) -> Iterator[str]:
    if not models:
        yield UNTARGETED
    answering = {aim.model for aim in own}
    for model in models:
        if model not in answering:
            found = [r["estimand"] for r in rows if r["model"] == model and _about(r, estimand)]
            what = f"estimates '{found[0]}'" if found else "has no estimate of it"
            yield f"{model} {what}, not '{estimand.summary_measure}'"
    for label, how in said.items():
        if how.strategy in BEYOND:
            yield f"{label}, {how.strategy.replace('_', ' ')}: {BEYOND[how.strategy]}"
