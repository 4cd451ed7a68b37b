"""What must fit together in missing_data.sensitivity."""

from collections.abc import Iterator

from cesp_analysis.declared.missing_sensitivity import NO_EVENT, Delta, PatternShift, Sensitivity
from cesp_analysis.errors import no_such
from cesp_analysis.study.questions import held_in
from cesp_analysis.study.study import Study

_PLACE = "missing_data.sensitivity"


def broken_sensitivity(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    own = study.missing_data.sensitivity
    if own is None:
        return
    imputed = study.imputed()
    if not imputed:
        yield f"{_PLACE}: no model is imputed; write missing_data: imputed in one of models"
    for name in own.models:
        if name in study.models and name not in imputed:
            yield (
                f"{_PLACE}.models: '{name}' is not imputed; write missing_data: imputed in it, or"
                " name another"
            )
    for setting, names in (("models", own.models), ("references", own.references)):
        for twice in sorted({one for one in names if list(names).count(one) > 1}):
            yield f"{_PLACE}.{setting}: '{twice}' stands twice; remove one"
    if own.points % 2 == 0:
        yield f"{_PLACE}.points: {own.points} shifts leave 0 out; write {own.points + 1}"
    yield from _deltas(own, study, imputed)
    for name, pattern in own.patterns.items():
        for at, one in enumerate(pattern.shifts):
            yield from _pattern(f"{_PLACE}.patterns.{name}.shifts.{at}", one, own, study)
        yield from _alike(f"{_PLACE}.patterns.{name}.shifts", pattern.shifts)


def _deltas(own: Sensitivity, study: Study, imputed: list[str]) -> Iterator[str]:
    held = {one for name in imputed for one in study.models[name].outcomes}
    for name, delta in own.deltas.items():
        place = f"{_PLACE}.deltas.{name}"
        if name in study.outcomes and imputed and name not in held:
            yield f"{place}: no imputed model analyses '{name}'; remove it, or add it to one"
        yield from _mid(place, name, delta, study)
        if delta.most < delta.step:
            yield (
                f"{place}.most: {delta.most:g} is less than step ({delta.step:g}); write as much"
                " at least"
            )


def _mid(place: str, outcome: str, own: Delta, study: Study) -> Iterator[str]:
    if own.unit == "mid" and outcome in study.outcomes and study.outcomes[outcome].mid is None:
        yield (
            f"{place}.unit: '{outcome}' declares no mid; declare outcomes.{outcome}.mid, or write"
            " unit: sd"
        )


def _pattern(place: str, one: PatternShift, own: Sensitivity, study: Study) -> Iterator[str]:
    names = [*study.events, NO_EVENT]
    if one.event not in names:
        yield f"{place}.event: {no_such('event', one.event, names)}"
    elif one.reasons and (one.event == NO_EVENT or study.events[one.event].reason is None):
        why = "is of no event" if one.event == NO_EVENT else "says no reason in events"
        yield f"{place}.reasons: '{one.event}' {why}; remove them"
    elif one.reasons:
        yield from _reasons(f"{place}.reasons", one, study)
    if one.arm is not None and one.arm not in study.arms:
        yield f"{place}.arm: {no_such('arm', one.arm, list(study.arms))}"
    if one.unit == "mid":
        without = [
            name
            for model in own.models or study.imputed()
            if model in study.models
            for name in study.models[model].outcomes
            if name in study.outcomes and study.outcomes[name].mid is None
        ]
        for name in dict.fromkeys(without):
            yield (
                f"{place}.unit: '{name}' declares no mid; declare outcomes.{name}.mid, or write"
                " unit: sd"
            )


def _reasons(place: str, one: PatternShift, study: Study) -> Iterator[str]:
    """Words that the event's reason cannot have."""
    event = study.events[one.event]
    if event.file not in study.files:
        return
    held = held_in(study.files[event.file].with_form(study.forms))
    known = held[event.reason].codes if event.reason in held else None
    for word in one.reasons:
        if known and word not in known:
            told = no_such("reason", word, sorted(known), f"'{event.reason}' has")
            yield f"{place}: {told}"


def _alike(place: str, shifts: tuple[PatternShift, ...]) -> Iterator[str]:
    """Nobody can be in two groups of a pattern."""
    for at, one in enumerate(shifts):
        for other in shifts[:at]:
            arms = one.arm is None or other.arm is None or one.arm == other.arm
            reasons = (
                not one.reasons or not other.reasons or bool(set(one.reasons) & set(other.reasons))
            )
            if one.event == other.event and arms and reasons:
                yield (
                    f"{place}.{at}: the same people as an entry before it ('{one.event}'); tell"
                    " them apart by reasons or arm, or remove one"
                )
                break
