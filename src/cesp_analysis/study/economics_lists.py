"""What the section economics lists: each thing once, by a name that no other has, and nothing that
changes nothing."""

from collections.abc import Iterator, Sequence

from cesp_analysis.declared.economics import OWN_QUANTITIES, Departure, Economics, Quantity
from cesp_analysis.study.left_economics import WORD


def broken_lists(own: Economics) -> Iterator[str]:
    """A line for each value that a list repeats, for each name that is taken."""
    lists: dict[str, Sequence[object]] = {
        name: getattr(own, name)
        for name in ("thresholds", "covariates", "auxiliaries", "subgroups")
    }
    if own.information is not None:
        lists["information.sizes"] = own.information.sizes
    lists |= {f"perspectives.{name}.sectors": one.sectors for name, one in own.perspectives.items()}
    for place, values in lists.items():
        for value in dict.fromkeys(one for one in values if values.count(one) > 1):
            told = f"{value:g}" if isinstance(value, float | int) else f"'{value}'"
            yield f"economics.{place}: {told} stands twice; remove one"
    yield from _labels(own)
    yield from _taken(own)
    yield from _unmoved(own)


def _labels(own: Economics) -> Iterator[str]:
    """Tables tell value sets apart by their labels."""
    first = {own.utility.label: "utility"}
    for name, one in own.value_sets.items():
        place = f"value_sets.{name}"
        if one.label in first and one.label != WORD:
            yield (
                f"economics.{place}.label: '{one.label}' is the label of {first[one.label]} too;"
                " give it another"
            )
        first.setdefault(one.label, place)


def _unmoved(own: Economics) -> Iterator[str]:
    """A line for each departure and value set whose estimates would be another's."""
    for name, one in own.departures.items():
        if not _multiplies(one):
            yield (
                f"economics.departures.{name}: changes nothing: no multiplier is other than 1;"
                " write one (utility: {intervention: 0.9}), or remove the departure"
            )
    first = {_read_from(own.utility): "utility"}
    for name, quantity in own.value_sets.items():
        place, source = f"value_sets.{name}", _read_from(quantity)
        if source in first:
            yield (
                f"economics.{place}: changes nothing: '{source[1]}' is what {first[source]} is read"
                " from; name the score or variable of another value set, or remove the entry"
            )
        first.setdefault(source, place)


def _multiplies(one: Departure) -> bool:
    """Whether a departure moves anything."""
    return any(by != 1 for by in (*one.utility.values(), *one.cost.values()))


def _read_from(one: Quantity) -> tuple[str, str]:
    """Where a quantity is: score or variable, and its name."""
    return ("score", one.score) if one.score else ("variable", str(one.variable))


def _taken(own: Economics) -> Iterator[str]:
    for setting in ("covariates", "auxiliaries"):
        for name in dict.fromkeys(getattr(own, setting)):
            if name in OWN_QUANTITIES:
                yield (
                    f"economics.{setting}: '{name}' is what the evaluation calls its own; give that"
                    " entry of the study another name, or leave it out here (imputation sees"
                    " utilities and costs anyway)"
                )
