"""Whether the study can be done: rates with their numerators and denominators, and by what limits
they are judged."""

from collections.abc import Mapping
from typing import Literal, Protocol

from pydantic import ConfigDict, Field

from cesp_analysis.declared.base import Frozen, Name
from cesp_analysis.declared.coded_files import Role
from cesp_analysis.declared.design import ArmName
from cesp_analysis.declared.files import RawFile

EACH = "each"
"""In place of a time: each of the rate's times in turn."""
NOT_SAID = "not said"
"""In place of a value of values_of: who says none."""
ZONES = ("red", "amber", "green")
Zone = Literal["red", "amber", "green"]


class FromFile(Protocol):
    """A step of the flow, as far as it matters here: a file's rows."""

    @property
    def file(self) -> str:
        """The file's name."""


class Count(Frozen):
    """Who or what is counted: a step of the flow, people seen at a time, or rows of a file."""

    step: str | None = Field(default=None, description="A step of flow:.")
    time: str | None = Field(
        default=None,
        description="People with an answer that counts at this time; each: at each of the rate's"
        " times.",
    )
    outcome: str | None = Field(default=None, description="With time: an answer to this outcome.")
    within_window: bool = Field(
        default=False, description="With time: whose visit lies within the time's window."
    )
    file: str | None = Field(default=None, description="Rows of this file.")
    where: str | None = Field(default=None, description="With file: those that meet a condition.")
    count: Literal["rows", "units"] = Field(
        default="rows", description="With file: its rows, or each unit (person) once."
    )

    def file_of(self, flow: Mapping[str, FromFile]) -> str | None:
        """The file whose rows are counted, directly or by a step; none of people at a time."""
        step = flow.get(self.step or "")
        return step.file if step is not None else self.file

    def files_of(self, flow: Mapping[str, FromFile], files: Mapping[str, RawFile]) -> list[str]:
        """The files that hold what is known of those who are counted: people's files with times
        for people at a time, else the file itself."""
        if self.time is not None:
            return [n for n, f in files.items() if f.level == "person" and f.time is not None]
        own = self.file_of(flow)
        return [own] if own in files and own is not None else []


class Rate(Frozen):
    """A share (numerator of denominator), or events a month."""

    label: str = Field(description="How tables call it.")
    numerator: Count
    denominator: Count | None = Field(
        default=None, description="Of whom or what the numerator is a part; not with per."
    )
    per: Literal["month", "person_month"] | None = Field(
        default=None,
        description="month: events in each month of the period (feasibility.period); person_month:"
        " in each month of a person's follow-up. With an exact Poisson interval.",
    )
    date: str | None = Field(
        default=None,
        description="With per: the variable with the event's date; by default the row's own.",
    )
    times: tuple[str, ...] = Field(
        default=(), description="Times for which the rate is made, where a count says time: each."
    )
    values_of: str | None = Field(
        default=None,
        description="In place of conditions in the numerator: a category of the denominator's"
        " rows, with a share for each of its values (e.g. the mode of data collection).",
    )
    arm: ArmName | None = Field(default=None, description="Of this arm alone, e.g. uptake.")


class Open(Frozen):
    """From when to when a site took people in; both days count."""

    opened: str | None = Field(default=None, description="First day, YYYY-MM-DD.")
    closed: str | None = Field(default=None, description="Last day, or the last that is known.")


class Period(Frozen):
    """From when to when the study took people in."""

    opened: str = Field(description="First day, YYYY-MM-DD.")
    closed: str = Field(description="Last day, or the last of which the data tell.")
    sites: dict[Name, Open] = Field(default_factory=dict, description="Sites that differ.")


class Recruitment(Frozen):
    """How many people were to be taken in by when: shown over time, with a projection."""

    rate: str = Field(description="The rate per month whose events count.")
    target: int = Field(gt=0, description="How many in all.")
    by: str = Field(description="The day by which, YYYY-MM-DD.")
    sites: dict[Name, int] = Field(
        default_factory=dict, description="How many at each site, where that was planned."
    )


class LinkWorkers(Frozen):
    """All link workers, also those who have nobody yet."""

    file: str | None = Field(default=None, description="A file with their column link_worker.")
    names: tuple[str, ...] = Field(default=(), description="In place of file: their names.")
    icc: float | None = Field(
        default=None,
        ge=0,
        lt=1,
        description="Intraclass correlation of people with one link worker, for design effects; by"
        " default estimated for each rate (analysis of variance).",
    )


class MeanOf(Frozen):
    """The mean of a number in a file's rows, e.g. a score of fidelity."""

    file: str
    variable: str = Field(description="A number.")
    where: str | None = Field(default=None, description="Which rows count.")
    count: Literal["rows", "units"] = Field(
        default="rows", description="units: of each unit its mean first."
    )


class Linked(Frozen):
    """Qualitative evidence beside a criterion: excerpts of coded interviews, or rows of a file."""

    file: str | None = Field(
        default=None, description="One of files; without it excerpts of the section interviews."
    )
    where: str | None = Field(
        default=None, description="Of a file: which rows bear on the criterion."
    )
    theme: str | None = Field(default=None, description="Of interviews: excerpts of this theme.")
    construct_: str | None = Field(
        default=None, alias="construct", description="Of interviews: of this construct."
    )
    role: Role | None = Field(default=None, description="Of interviews: of people in this role.")
    site: Name | None = Field(default=None, description="Of interviews: at this site alone.")
    by: str | None = Field(
        default=None,
        description="A category by which they are counted; of interviews: valence, role, site,"
        " theme or construct.",
    )

    model_config = ConfigDict(serialize_by_alias=True)  # a spec is read back as it is written

    def of_excerpts(self) -> dict[str, str]:
        """Column of the codings → the word that they have there."""
        own = {
            "theme": self.theme, "construct": self.construct_, "role": self.role, "site": self.site,
        }  # fmt: skip
        return {column: word for column, word in own.items() if word is not None}


class Judgement(Frozen):
    """What people judged once the evidence was there, with their reasons."""

    zone: Zone | None = Field(default=None, description="Of a qualitative criterion alone.")
    evidence: str = Field(default="", description="What the judgement rests on.")
    justification: str = Field(
        default="", description="Why one would go on, change or stop, in spite of or by the zone."
    )
    by: str = Field(default="", description="Who judged.")
    date: str = Field(default="", description="When, YYYY-MM-DD.")


class Criterion(Frozen):
    """A progression criterion: what is judged, by which limits, and why these.

    A rate, a mean, or a question that people judge (qualitative).
    """

    label: str = Field(description="How the decision table calls it.")
    rate: str | None = Field(default=None, description="A rate of feasibility.rates.")
    time: str | None = Field(default=None, description="Of a rate with times: which.")
    value: str | None = Field(default=None, description="Of a rate with values_of: which value.")
    site: str | None = Field(default=None, description="At this site alone; by default all.")
    mean: MeanOf | None = None
    qualitative: str | None = Field(default=None, description="The question that people judge.")
    better: Literal["higher", "lower"] = Field(
        default="higher", description="lower: the less the better, e.g. contamination."
    )
    red: float | None = Field(
        default=None, description="Red up to here (better: lower: from here). Shares from 0 to 1."
    )
    green: float | None = Field(
        default=None, description="Green from here (better: lower: up to here)."
    )
    rationale: str = Field(description="Why these limits, or why this is asked.")
    alpha: float = Field(default=0.05, gt=0, lt=0.5, description="One-sided, of Lewis's test.")
    power: float = Field(default=0.9, gt=0.5, lt=1, description="Of Lewis's test, at green.")
    linked: Linked | None = Field(default=None, description="Qualitative evidence beside it.")
    judgement: Judgement | None = None


class MainTrial(Frozen):
    """What is known of the trial that is to follow, for rules about the size of a pilot."""

    n: int | None = Field(default=None, gt=0, description="People it is thought to need.")
    primary: Literal["continuous", "binary"] = Field(
        default="continuous", description="What its primary outcome will be."
    )


class Feasibility(Frozen):
    """Feasibility: rates and progression criteria."""

    period: Period | None = None
    rates: dict[Name, Rate] = Field(default_factory=dict)
    completeness: bool = Field(
        default=True, description="Of people's instruments, whole and item by item, at each time."
    )
    recruitment: Recruitment | None = None
    link_workers: LinkWorkers = LinkWorkers()
    progression: dict[Name, Criterion] = Field(
        default_factory=dict, description="Declared before the data came; see analysis_plan."
    )
    judgements: str | None = Field(
        default=None,
        description="CSV in place of the criteria's judgement: criterion, zone, evidence,"
        " justification, by, date. criterion 'overall': what was decided.",
    )
    decision: Judgement | None = Field(
        default=None, description="What was decided over all criteria, and why."
    )
    main_trial: MainTrial = MainTrial()
