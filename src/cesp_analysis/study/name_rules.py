"""Which names and labels a report could not tell from a verdict of its own."""

from collections.abc import Iterable, Iterator

from cesp_analysis.study.study import Study
from cesp_analysis.verdicts import verdict_alone

_LABELLED = (
    "arms", "sites", "times", "waves", "events", "covariates", "outcomes", "models", "estimands",
)  # fmt: skip
"""Sections whose names and labels stand in the report beside estimates."""


def broken_names(study: Study) -> Iterator[str]:
    """One line for each name or label that is a verdict by itself."""
    for section in _LABELLED:
        entries = getattr(study, section)
        yield from _names(section, entries)
        yield from _labels({f"{section}.{name}": entry.label for name, entry in entries.items()})
    for name, estimand in study.estimands.items():
        events = estimand.intercurrent_events
        place = f"estimands.{name}.intercurrent_events"
        yield from _names(place, events)
        yield from _labels({f"{place}.{event}": how.label for event, how in events.items()})
    if study.contamination:
        yield from _labels({"contamination": study.contamination.label})
    families = study.analysis_plan.families
    yield from _names("analysis_plan.families", families)
    yield from _labels({f"analysis_plan.families.{n}": f.label for n, f in families.items()})
    if curve := study.analysis_plan.specification_curve:
        yield from _names("analysis_plan.specification_curve.covariates", curve.covariates)


def _names(section: str, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if verdict_alone(name):
            yield (
                f"{section}.{name}: the report prints the name beside estimates, where it reads as"
                " a verdict on them; choose another"
            )


def _labels(labels: dict[str, str]) -> Iterator[str]:
    for place, label in labels.items():
        if verdict_alone(label):
            yield (
                f"{place}.label: '{label}' beside an estimate reads as a verdict on it; say in more"
                " words what it names"
            )
