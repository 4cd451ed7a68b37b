"""What must fit together in feasibility rates: whom they count, when, at which sites."""

from collections.abc import Iterator

from cesp_analysis.declared.expressions import Holds, fault_in
from cesp_analysis.declared.feasibility import (
    EACH,
    Count,
    Feasibility,
    LinkWorkers,
    Period,
    Rate,
    Recruitment,
)
from cesp_analysis.declared.feasibility_dates import is_day, ordered
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.follow_up import DAYS_IN
from cesp_analysis.errors import no_such
from cesp_analysis.study.questions import held_in
from cesp_analysis.study.study import Study


def broken_rates(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    own = told_of(study)
    for name, rate in own.rates.items():
        yield from _rate(f"feasibility.rates.{name}", name, rate, study)
    if own.period is not None:
        yield from _period(own.period, study)
    if own.recruitment is not None:
        yield from _recruitment(own.recruitment, study)
    yield from _workers(own.link_workers, study)


def _rate(place: str, name: str, rate: Rate, study: Study) -> Iterator[str]:
    if name == "completeness":
        yield f"{place}: is how the pipeline's own rates of items are called; choose another name"
    if (rate.per is None) == (rate.denominator is None):
        yield f"{place}: write either denominator (a share), or per (events a month)"
    yield from _count(f"{place}.numerator", rate.numerator, rate, study)
    if rate.denominator is not None:
        yield from _count(f"{place}.denominator", rate.denominator, rate, study)
    if rate.per == "month" and told_of(study).period is None:
        yield (
            f"{place}.per: a rate per month needs the months: write feasibility.period, with opened"
            " and closed"
        )
    if rate.per == "person_month" and study.visits.since is None:
        yield f"{place}.per: follow-up is counted from a person's start: write visits.since"
    if rate.per == "person_month" and study.time_unit not in DAYS_IN:
        yield (
            f"{place}.per: months are counted by the calendar: write time_unit as one of"
            f" {', '.join(DAYS_IN)}, not '{study.time_unit}'"
        )
    if rate.per is None and rate.date is not None:
        yield f"{place}.date: goes with per; remove it"
    elif rate.date is not None and rate.numerator.file_of(study.flow) in study.files:
        file = whole(study, str(rate.numerator.file_of(study.flow)))
        dates = [n for n, holds in held_in(file).items() if holds.kind == "date"]
        if rate.date not in dates:
            yield f"{place}.date: {no_such('date variable', rate.date, dates)}"
    elif rate.per == "month":
        yield from _dated(place, rate, study)
    for time in rate.times:
        if time not in study.times:
            yield f"{place}.times: {no_such('time', time, list(study.times))}"
    said = [c for c in (rate.numerator, rate.denominator) if c is not None and c.time == EACH]
    if bool(said) != bool(rate.times):
        remedy = "write times:" if said else f"write time: {EACH} in a count, or remove them"
        yield f"{place}.times: go with 'time: {EACH}'; {remedy}"
    yield from _values_of(place, rate, study)
    if rate.arm is not None and rate.arm not in study.arms:
        yield f"{place}.arm: {no_such('arm', rate.arm, list(study.arms))}"


def _dated(place: str, rate: Rate, study: Study) -> Iterator[str]:
    file = rate.numerator.file_of(study.flow)
    if file is None:
        yield f"{place}.per: people seen at a time are not dated events; count rows of a file"
    elif file in study.files and whole(study, file).date is None:
        yield f"{place}.date: files.{file} says no date; name its variable with the event's date"


def _count(place: str, count: Count, rate: Rate, study: Study) -> Iterator[str]:
    """A step, a time or a file, and what goes with each."""
    named = [name for name in ("step", "time", "file") if getattr(count, name) is not None]
    if len(named) != 1:
        told = "nothing is named" if not named else f"{' and '.join(named)} are named"
        yield f"{place}: write one of step, time, file; {told}"
        return
    if count.step is not None and count.step not in study.flow:
        yield f"{place}.step: {no_such('step of the flow', count.step, list(study.flow))}"
    if count.time is not None and count.time not in (*study.times, EACH):
        yield f"{place}.time: {no_such('time', count.time, [*study.times, EACH])}"
    for setting in ("outcome", "within_window"):
        if getattr(count, setting) and count.time is None:
            yield f"{place}.{setting}: goes with time; remove it"
    if count.outcome is not None and count.within_window:
        yield f"{place}.within_window: is of visits, not of one outcome's answers; remove one"
    people = [n for n, outcome in study.outcomes.items() if outcome.level == "person"]
    if count.outcome is not None and count.outcome not in people:
        yield f"{place}.outcome: {no_such('outcome of people', count.outcome, people)}"
    if count.within_window:
        for time in rate.times if count.time == EACH else (count.time,):
            if time in study.times and study.times[str(time)].window is None:
                yield f"{place}.within_window: times.{time} has no window; declare it"
    yield from of_file(place, count.file, count.where, study)
    if count.file is None and count.where is not None:
        yield f"{place}.where: goes with file; a step has its own condition in flow"
    if count.file is None and count.count == "units":
        yield f"{place}.count: goes with file; remove it"


def of_file(place: str, name: str | None, where: str | None, study: Study) -> Iterator[str]:
    """A file that is declared, whose rows a condition can be asked of."""
    if name is None:
        return
    if name not in study.files:
        yield f"{place}.file: {no_such('file', name, list(study.files))}"
        return
    file = whole(study, name)
    if where is not None and (fault := fault_in(where, held_in(file), condition=True)):
        yield f"{place}.where: {fault}"


def _values_of(place: str, rate: Rate, study: Study) -> Iterator[str]:
    if rate.values_of is None:
        return
    if rate.denominator is None:
        yield f"{place}.values_of: is of the denominator's rows; write a denominator"
        return
    if rate.numerator != Count(**rate.denominator.model_dump()):
        yield f"{place}.values_of: says the numerator; write the denominator there once more"
    holding = [
        file
        for name in rate.denominator.files_of(study.flow, study.files)
        if rate.values_of in held_in(file := whole(study, name))
    ]
    if not holding:
        yield f"{place}.values_of: no file of the denominator holds '{rate.values_of}'"
    elif any(held_in(file)[rate.values_of].codes is None for file in holding):
        yield f"{place}.values_of: '{rate.values_of}' is no category; declare its values"


def values_in(study: Study, rate: Rate) -> Iterator[str]:
    """The declared values of values_of, in the order of the first file that has it."""
    assert rate.denominator is not None
    found: dict[str, None] = {}
    for name in rate.denominator.files_of(study.flow, study.files):
        variable = whole(study, name).variables.get(rate.values_of or "")
        found |= dict.fromkeys((variable.values or {}).values()) if variable else {}
    yield from found


def _period(period: Period, study: Study) -> Iterator[str]:
    place = "feasibility.period"
    yield from ordered(place, ("opened", period.opened), ("closed", period.closed))
    for name, own in period.sites.items():
        if name not in study.sites:
            yield f"{place}.sites: {no_such('site', name, list(study.sites))}"
        yield from ordered(
            f"{place}.sites.{name}",
            ("opened", own.opened or period.opened),
            ("closed", own.closed or period.closed),
        )


def _recruitment(told: Recruitment, study: Study) -> Iterator[str]:
    place, rates = "feasibility.recruitment", told_of(study).rates
    if told.rate not in rates:
        yield f"{place}.rate: {no_such('rate', told.rate, list(rates))}"
    elif rates[told.rate].per != "month":
        yield f"{place}.rate: '{told.rate}' is no rate per month; write per: month there"
    if not is_day(told.by):
        yield f"{place}.by: write a day as YYYY-MM-DD, not '{told.by}'"
    elif (period := told_of(study).period) and told.by < period.opened:
        yield f"{place}.by: {told.by} is before the study opened ({period.opened})"
    for name, target in told.sites.items():
        if name not in study.sites:
            yield f"{place}.sites: {no_such('site', name, list(study.sites))}"
        if target < 1:
            yield f"{place}.sites.{name}: a target is a number of people, 1 or more, not {target}"
    if sum(told.sites.values()) > told.target:
        yield f"{place}.sites: add up to {sum(told.sites.values())}, more than {told.target}"


def _workers(told: LinkWorkers, study: Study) -> Iterator[str]:
    place = "feasibility.link_workers"
    if told.file is not None and told.names:
        yield f"{place}: write either file or names"
    if told.file is not None and told.file not in study.files:
        yield f"{place}.file: {no_such('file', told.file, list(study.files))}"
    elif told.file is not None and whole(study, told.file).link_worker is None:
        yield f"{place}.file: files.{told.file} says no link_worker (link_worker: {{column: …}})"


def told_of(study: Study) -> Feasibility:
    """The section, or what stands for it where there is none."""
    return study.feasibility or Feasibility()


def whole(study: Study, name: str) -> RawFile:
    """A file with its form's questions."""
    return study.files[name].with_form(study.forms)


def number_in(place: str, file: RawFile, variable: str) -> Iterator[str]:
    """A variable of a file that is a number."""
    held = held_in(file)
    if variable not in held:
        yield f"{place}: {no_such('variable', variable, sorted(held))}"
    elif held[variable].kind != "number":
        yield f"{place}: '{variable}' is no number; name one, or a derived one"


def category_in(place: str, file: RawFile, variable: str) -> Iterator[str]:
    """A variable of a file that is a category with declared values."""
    held: dict[str, Holds] = held_in(file)
    if variable not in held:
        yield f"{place}: {no_such('variable', variable, sorted(held))}"
    elif held[variable].codes is None:
        yield f"{place}: '{variable}' is no category; declare its values"
