"""Residuals of the models, and what single people and clusters do to the estimates."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cesp_analysis.numbers import NONE, count, fixed, interval
from cesp_analysis.report.blocks import (
    Block,
    Column,
    Group,
    Heading,
    Note,
    Paragraph,
    Row,
    Table,
)
from cesp_analysis.report.notes import sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import drawn

Equation = tuple[str, str, dict[str, Any]]
"""Outcome, time ('' where one equation holds for all), what its residuals say."""


OF_ANSWERED = (
    "This model's estimates are pooled over imputed sets. What follows is of the records that were"
    " answered, before anything was imputed: the residuals, the estimate here and what single units"
    " do to it. That estimate is another than the pooled one in the section Estimates."
)


def residuals(results: Results) -> Iterator[Block]:
    """For each model its figure, and a table of its equations."""
    if not results.words.models:
        return
    yield Heading(1, "Residuals and influence", "residuals")
    yield Paragraph(
        "How well each model's assumptions hold in these data, and whether a single person or"
        " neighbourhood makes the estimate. Nothing here is a reason to leave anybody out; it says"
        " where to look. Who it is stands in results/models/MODEL/diagnostics.json."
    )
    for name, model in results.words.models.items():
        found = _in_order(results, model.level, list(equations(results.diagnostics(name))))
        yield Heading(2, model.label, f"residuals_of_{name}")
        if not found:
            yield Paragraph(why_none(results.diagnostics(name)))
            continue
        if model.imputed:
            yield Paragraph(OF_ANSWERED)
        yield drawn(results, f"models/{name}", f"figure_residuals_{name}")
        source = results.made_by(f"models/{name}/diagnostics.json")
        yield replace(_table(results, name, found), source=source)


def why_none(diagnostics: dict[str, Any]) -> str:
    """Why a model has no residuals, in a sentence."""
    for known in diagnostics.values():
        if "residuals_not_available" in known:
            return sentence(known["residuals_not_available"])
    return "Nothing was estimated, or this kind of model has no such residuals."


def _in_order(results: Results, level: str, found: list[Equation]) -> list[Equation]:
    """As config has outcomes and times."""
    outcomes = list(results.words.outcomes)
    times = ["", *(moment.name for moment in results.words.moments(level))]
    return sorted(
        found, key=lambda one: (outcomes.index(one[0]), times.index(one[1].partition("/")[0]))
    )


def equations(diagnostics: dict[str, Any]) -> Iterator[Equation]:
    """The equations of a model's diagnostics that have residuals."""
    for outcome, known in diagnostics.items():
        if "residuals" in known:
            yield outcome, "", known["residuals"]
        for time, part in known.items():
            if not isinstance(part, dict):
                continue
            if "residuals" in part:
                yield outcome, time, part["residuals"]
            for name, own in part.items():  # several equations at one time
                if isinstance(own, dict) and "residuals" in own:
                    yield outcome, f"{time}/{name}", own["residuals"]


def _table(results: Results, name: str, found: list[Equation]) -> Table:
    words = results.words
    levels = list(
        dict.fromkeys(
            key.removeprefix("without_one_")
            for _, _, known in found
            for key in known
            if key.startswith("without_one_")
        )
    )
    sizes = {row["estimate_id"]: row["estimate"] for row in results.estimates}
    groups = []
    for outcome in dict.fromkeys(one[0] for one in found):
        own = [(time, known) for one, time, known in found if one == outcome]
        lines = [
            Row(
                words.equation_at(time or known["main_estimate"].split("/")[2])
                if time or known["main_estimate"].count("/") > 1
                else "All times",
                (
                    _value(known["largest_residual"], 2),
                    _value(known["largest_leverage"], 3),
                    _value(known.get("without_one_person", {}).get("cook", {}), 3),
                    *_estimates(known, levels, sizes, words.outcomes[outcome].decimals),
                ),
            )
            for time, known in own
        ]
        groups.append(Group(words.outcomes[outcome].label, tuple(lines)))
    standardised = found[0][2]["standardised"]
    notes = [Note(f"Residuals are {standardised}; largest in size.")]
    if whose := next((known["records"] for _, _, known in found if "records" in known), None):
        notes.append(Note(f"Of {whose}; so are the estimates, with and without single units."))
    if how := next((known["left_out"] for _, _, known in found if "left_out" in known), None):
        notes.append(Note(f"Left out: {how}."))
    if what := next((known["cook"] for _, _, known in found if "cook" in known), None):
        notes.append(Note(f"Cook's distance: {what}."))
    if lost := sum(known.get(f"without_one_{level}", {}).get("not_determined", 0)
                   for _, _, known in found for level in levels):  # fmt: skip
        notes.append(
            Note(
                f"Left out of the last columns: {count(lost)} times a unit without which a"
                " coefficient of the model is not determined."
            )
        )
    without = [Column(f"Without one {level.replace('_', ' ')}") for level in levels]
    return Table(
        id=f"residuals_{name}",
        caption=f"{words.models[name].label}: residuals, and the estimate without single units.",
        stub="Outcome and estimate at",
        columns=(
            Column("Residual"),
            Column("Leverage"),
            Column("Cook's distance"),
            Column("Estimate"),
            *without,
        ),
        groups=tuple(groups),
        notes=tuple(notes),
    )


def _value(largest: dict[str, Any], decimals: int) -> str:
    return fixed(largest["value"], decimals) if largest else NONE


def _estimates(
    known: dict[str, Any], levels: list[str], sizes: dict[str, float | None], decimals: int
) -> Iterator[str]:
    """The estimate from all, and its range when each unit of a level is left out in turn."""
    estimate = known["estimate"] if "estimate" in known else sizes.get(known["main_estimate"])
    yield NONE if estimate is None else fixed(estimate, decimals)
    for level in levels:
        own = known.get(f"without_one_{level}", {})
        if estimate is None or "smallest_change" not in own:
            yield NONE
        else:
            low, high = estimate + own["smallest_change"], estimate + own["largest_change"]
            yield interval(low, high, decimals)
