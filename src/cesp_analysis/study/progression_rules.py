"""What must fit together in progression criteria: what is judged, limits in order, judgements."""

from collections.abc import Iterator

from cesp_analysis.declared.feasibility import NOT_SAID, Criterion, Judgement, Linked
from cesp_analysis.declared.feasibility_dates import is_day
from cesp_analysis.declared.paths import leaving
from cesp_analysis.errors import no_such
from cesp_analysis.study.feasibility_rules import (
    category_in,
    number_in,
    of_file,
    told_of,
    values_in,
    whole,
)
from cesp_analysis.study.study import Study

COUNTED_BY = ("valence", "role", "site", "theme", "construct")
"""Columns of excerpts by which they are counted."""


def broken_progression(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    own, first = told_of(study), dict[str, str]()
    for name, criterion in own.progression.items():
        place = f"feasibility.progression.{name}"
        yield from _criterion(place, criterion, study)
        if name == "overall":
            yield f"{place}: is how the decision table's last row is called; choose another name"
        if first.setdefault(criterion.label, name) != name:
            yield f"{place}.label: is the label of {first[criterion.label]} too; write another"
    if own.judgements is not None:
        yield from leaving("feasibility.judgements", own.judgements)
        if not own.progression:
            yield "feasibility.judgements: there is no criterion to judge; declare progression"
        inside = [n for n, criterion in own.progression.items() if criterion.judgement]
        for name in [*(f"progression.{n}.judgement" for n in inside), *_decided(study)]:
            yield f"feasibility.{name}: judgements come from {own.judgements}; remove one of them"
    if own.decision is not None:
        yield from _judged("feasibility.decision", own.decision)
        if own.decision.zone is not None:
            yield (
                "feasibility.decision.zone: the overall zone is the worst of the criteria, nobody's"
                " judgement; write what was decided under justification"
            )


def _decided(study: Study) -> list[str]:
    return ["decision"] if told_of(study).decision is not None else []


def _criterion(place: str, told: Criterion, study: Study) -> Iterator[str]:
    kinds = [name for name in ("rate", "mean", "qualitative") if getattr(told, name) is not None]
    if len(kinds) != 1:
        found = "none is there" if not kinds else f"{' and '.join(kinds)} are there"
        yield f"{place}: write one of rate, mean, qualitative; {found}"
        return
    if told.qualitative is not None:
        yield from _qualitative(place, told)
    else:
        yield from _limits(place, told, study)
        if told.judgement is not None and told.judgement.zone is not None:
            yield (
                f"{place}.judgement.zone: the zone of a number follows from its limits; write the"
                " reasons to see it otherwise under justification"
            )
    if told.judgement is not None:
        yield from _judged(f"{place}.judgement", told.judgement)
    if told.rate is not None:
        yield from _rate(place, told, study)
    else:
        for setting in ("time", "value", "site"):
            if getattr(told, setting) is not None:
                yield f"{place}.{setting}: goes with rate; remove it"
    if told.mean is not None:
        at = f"{place}.mean"
        yield from of_file(at, told.mean.file, told.mean.where, study)
        if told.mean.file in study.files:
            file = whole(study, told.mean.file)
            yield from number_in(f"{at}.variable", file, told.mean.variable)
    if told.linked is not None:
        yield from _linked(f"{place}.linked", told.linked, study)


def _linked(place: str, told: Linked, study: Study) -> Iterator[str]:
    """What bears on a criterion: rows of a file, or excerpts of interviews, not both."""
    asked = told.of_excerpts()
    if told.file is not None:
        yield from of_file(place, told.file, told.where, study)
        if asked:
            yield f"{place}: {' and '.join(asked)} are of interviews, not of a file; write where"
        if told.by is not None and told.file in study.files:
            yield from category_in(f"{place}.by", whole(study, told.file), told.by)
        return
    if study.interviews is None:
        yield f"{place}: names no file, and there is no section interviews; add one of them"
    if told.where is not None:
        yield f"{place}.where: is of a file; of interviews write theme, construct or role"
    if not asked:
        yield f"{place}: write theme, construct or role: which excerpts bear on the criterion"
    if told.site is not None and told.site not in study.sites:
        yield f"{place}.site: {no_such('site', told.site, list(study.sites))}"
    if told.by is not None and told.by not in COUNTED_BY:
        yield f"{place}.by: {no_such('column of excerpts', told.by, COUNTED_BY, 'known')}"


def _qualitative(place: str, told: Criterion) -> Iterator[str]:
    for setting in ("red", "green"):
        if getattr(told, setting) is not None:
            yield f"{place}.{setting}: people judge a qualitative criterion; remove it"


def _limits(place: str, told: Criterion, study: Study) -> Iterator[str]:
    """Red and green on either side of amber, in the order that `better` says."""
    if told.red is None or told.green is None:
        lacking = [name for name in ("red", "green") if getattr(told, name) is None]
        yield f"{place}: has no limit {' and none '.join(lacking)}; write both"
        return
    rates = told_of(study).rates
    share = told.rate in rates and rates[str(told.rate)].per is None
    for name, limit in (("red", told.red), ("green", told.green)):
        if share and not 0 <= limit <= 1:
            hint = f"; for {limit:g}% write {limit / 100:g}" if 1 < limit <= 100 else ""
            yield f"{place}.{name}: a share is from 0 to 1, not {limit:g}{hint}"
        elif told.rate is not None and limit < 0:
            yield f"{place}.{name}: a rate is not below 0"
    higher = told.better == "higher"
    if (told.red >= told.green) if higher else (told.green >= told.red):
        first, last = ("red", "green") if higher else ("green", "red")
        yield (
            f"{place}: with better: {told.better}, {first} lies below {last}, and amber between;"
            f" red is {told.red:g} and green {told.green:g}: exchange them, or write better:"
            f" {'lower' if higher else 'higher'}"
        )


def _rate(place: str, told: Criterion, study: Study) -> Iterator[str]:
    rates = told_of(study).rates
    if told.rate not in rates:
        yield f"{place}.rate: {no_such('rate', str(told.rate), list(rates))}"
        return
    rate = rates[str(told.rate)]
    if rate.times and told.time not in rate.times:
        said = f"not '{told.time}'" if told.time else "none is named"
        yield f"{place}.time: {told.rate} is made at {', '.join(rate.times)}; {said}"
    elif told.time is not None and not rate.times:
        yield f"{place}.time: {told.rate} has no times; remove it"
    if (rate.values_of is None) != (told.value is None):
        remedy = "remove it" if rate.values_of is None else f"say which of {rate.values_of}"
        yield f"{place}.value: goes with a rate that has values_of; {remedy}"
    elif told.value is not None and rate.denominator is not None:
        values = [*values_in(study, rate), NOT_SAID]
        if told.value not in values:
            yield f"{place}.value: {no_such(f'value of {rate.values_of}', told.value, values)}"
    groups = list(study.sites) or list(study.arms)
    if told.site is not None and told.site not in groups:
        yield f"{place}.site: {no_such('site', told.site, groups)}"
    elif told.site is not None and rate.arm is not None:
        arms = {entry.name: entry.arm for entry in study.places()} or {n: n for n in study.arms}
        if arms[told.site] != rate.arm:
            own = ", ".join(name for name, arm in arms.items() if arm == rate.arm)
            yield (
                f"{place}.site: {told.rate} is of the {rate.arm} arm alone ({own}), to which"
                f" {told.site} does not belong; remove one of them"
            )


def _judged(place: str, told: Judgement) -> Iterator[str]:
    if told.date and not is_day(told.date):
        yield f"{place}.date: write a day as YYYY-MM-DD, not '{told.date}'"
    if told.zone is not None and not told.evidence:
        yield f"{place}.evidence: is missing; say what the judgement rests on"
