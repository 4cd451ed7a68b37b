"""What the step `rates` is told of the study."""

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.design import Moment
from cesp_analysis.declared.feasibility import LinkWorkers, Period, Rate, Recruitment


class StepOfFlow(Frozen):
    """A step of the flow: rows of a file, or those that meet a condition.

    rows: people with at least so many of them; arm: in this arm alone.
    """

    label: str
    file: str
    where: str | None = None
    rows: int | None = None
    arm: str | None = None


class Questionnaire(Frozen):
    """An instrument's items that every record must have, with their labels; in which files."""

    items: dict[str, str]
    files: tuple[str, ...]


class RatesSpec(Frozen):
    """Rates with what they point to.

    of: site, or arm where there are no sites; groups: their names; arms: group → arm; files: name →
    where it lies, for words; files_of_people: whose units are people; times: of people; values:
    variable → its values, of rates with values_of; holding: those of them that are read at each
    time → the files that hold them; since: the register's variable of a person's
    start; last: the last time's position, in months; apart, links: as the flow has them (files
    whose rows are no people; file → the variable that says whose a row is).
    """

    rates: dict[str, Rate]
    steps: dict[str, StepOfFlow] = {}
    apart: tuple[str, ...] = ()
    links: dict[str, str] = {}
    of: str = "site"
    groups: tuple[str, ...] = ()
    arms: dict[str, str] = {}
    register_of_people: str = ""
    files_of_people: tuple[str, ...] = ()
    times: tuple[Moment, ...] = ()
    values: dict[str, tuple[str, ...]] = {}
    holding: dict[str, tuple[str, ...]] = {}
    questionnaires: dict[str, Questionnaire] = {}
    period: Period | None = None
    recruitment: Recruitment | None = None
    link_workers: LinkWorkers = LinkWorkers()
    since: str = ""
    last: float = 0.0
    days_a_unit: float = 1.0
    ends: tuple[str, ...] = ()
    outcomes: dict[str, str] = {}
    ci_level: float = 0.95

    def kept_of(self, file: str) -> list[str]:
        """The variables of a file that rates need beside keys: dates, and values to be counted."""
        found = [rate.date for rate in self.rates.values() if rate.date is not None]
        found += [rate.values_of for rate in self.rates.values() if rate.values_of is not None]
        found += [self.since] if self.since and file == self.register_of_people else []
        return list(dict.fromkeys(found))

    def at(self, time: str) -> str:
        """A time's label."""
        return next((moment.label for moment in self.times if moment.name == time), time)
