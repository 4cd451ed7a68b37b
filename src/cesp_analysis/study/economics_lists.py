"""What the section economics lists: each thing once, by a name that no other has."""

from collections.abc import Iterator, Sequence

from cesp_analysis.declared.economics import OWN_QUANTITIES, Economics
from cesp_analysis.study.left_economics import WORD

LISTS = ("thresholds", "covariates", "auxiliaries", "subgroups")


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


def _taken(own: Economics) -> Iterator[str]:
    for setting in ("covariates", "auxiliaries"):
        for name in dict.fromkeys(getattr(own, setting)):
            if name in OWN_QUANTITIES:
                yield (
                    f"economics.{setting}: '{name}' is what the evaluation calls its own; give that"
                    " entry of the study another name, or leave it out here (imputation sees"
                    " utilities and costs anyway)"
                )
