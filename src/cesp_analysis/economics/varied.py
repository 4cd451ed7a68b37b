"""The bars of the tornado: one parameter of costs at a time, low and high."""

from collections.abc import Iterator, Mapping

from cesp_analysis.declared.resources import OWN_SHARE, OWN_TIME
from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.cases import Case, Cases
from cesp_analysis.economics.evaluation import Between
from cesp_analysis.economics.words import HIGH, LOW, TORNADO


def tornado_cases(how: EvaluateSpec, cases: Cases) -> Iterator[Case]:
    """Each parameter at its low and at its high value, all else as in the base case."""
    for name, one in how.economics.tornado.items():
        for end, value in ((LOW, one.low), (HIGH, one.high)):
            by, rate = changed(one, value, how)
            yield cases.again(f"{TORNADO}{name}: {end}", by, rate)


def changed(one: Between, value: float, how: EvaluateSpec) -> tuple[Mapping[str, float], float]:
    """Multiples of services' costs, and the rate of discount, with one parameter at a value."""
    rate = how.economics.discount
    if one.of == "discount":
        return {}, value
    if one.of == "intervention.hourly":
        return {OWN_TIME: value}, rate
    if one.of == "intervention.indirect":
        return {OWN_TIME: (1 + value) / (1 + how.indirect)}, rate
    if one.of == "intervention.shared":
        return {OWN_SHARE: value}, rate
    return {one.of.removeprefix("services."): value}, rate
