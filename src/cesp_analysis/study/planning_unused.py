"""Settings of planning that nothing would use: whoever writes one expects what he does not get."""

from collections.abc import Iterator

from cesp_analysis.declared.planning import Assumed, Planning
from cesp_analysis.study.study import Study

SOME_NEED = ("correlation", "cac", "icc_link_worker", "size_cv")
"""Parameters that some kinds of designs rest on and others do not."""


def unused_planning(own: Planning, study: Study) -> Iterator[str]:
    """One line for each."""
    if own.difference_source and own.difference is None:
        yield (
            "planning.difference_source: is of planning.difference, which is not there; the"
            " outcome's mid has a source of its own; remove it"
        )
    valued = study.economics is not None and study.economics.information is not None
    if own.delay and not (valued and own.costs is not None):
        yield (
            "planning.delay: counts in what a trial's evidence is worth, which needs"
            " economics.information and planning.costs; declare them, or remove it"
        )
    yield from _of_trials(own)
    yield from _known(own)


def _of_trials(own: Planning) -> Iterator[str]:
    if own.simulated:
        return
    for name in sorted(own.trials.model_fields_set):
        yield (
            f"planning.trials.{name}: no design is simulated; write simulate: true with one, or"
            " remove it"
        )


def _known(own: Planning) -> Iterator[str]:
    """Numbers that no design rests on."""
    rested = {name for one in own.designs.values() for name in one.rests_on(own.structure)}
    rested |= {"cac"} if own.structure == "exchangeable" else set()  # is told by its structure
    for name in SOME_NEED:
        if isinstance(own.known.get(name), Assumed) and name not in rested:  # type: ignore[call-overload]
            yield f"planning.known.{name}: no declared design rests on it; remove it"
    near = own.known.get("icc_neighbourhood")
    if isinstance(near, Assumed) and own.known.get("icc") != "neighbourhoods":
        yield (
            "planning.known.icc_neighbourhood: counts with icc: neighbourhoods alone; write that,"
            " or remove it"
        )
