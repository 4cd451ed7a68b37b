"""What a simulated study is made of: the frozen types behind its one YAML file.

The YAML holds every name, number and true effect; the modules beside this one hold none.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from cesp_analysis.errors import CespError, no_such
from cesp_analysis.simulate.grow import read_grown
from cesp_analysis.simulate.spec_delivery import (
    AdverseEvents,
    Fidelity,
    PanelMeetings,
    Reach,
    Retest,
)
from cesp_analysis.simulate.spec_parts import (
    Contacts,
    Instrument,
    Interviews,
    People,
    Recruitment,
    Retention,
    Services,
    Site,
    Spec,
    Time,
    Trait,
)
from cesp_analysis.simulate.spec_survey import Authorities, Survey

Kind = Literal[
    "duplicate_row",
    "conflicting_duplicate",
    "impossible_date",
    "date_before_baseline",
    "date_before_start",
    "second_date_format",
    "out_of_range_code",
    "undeclared_missing_code",
    "declared_missing_code",
    "untidy_site",
    "undeclared_site",
    "misnamed_column",
    "unknown_id",
    "blank_id",
    "text_in_number",
]


class Dirt(Spec):
    """Dirt to plant in one file: literal `values` (a row each), or `rows` rows of a kind."""

    file: str
    kind: Kind
    column: str
    values: tuple[str | int, ...] = ()
    rows: int = 0
    pattern: str = ""
    shift_days: int = 0


class Source(Spec):
    """What SOURCES.yaml says of a file, but for its checksum."""

    row: str
    note: str = ""


class Simulation(Spec):
    """A whole simulated study."""

    seed: Annotated[int, Field(ge=0)]
    received: date
    supplier: str
    licence: str
    sites: tuple[Site, ...]
    instruments: dict[str, Instrument]
    recruitment: Recruitment
    people: People
    times: tuple[Time, ...]
    outcomes: tuple[str, ...]
    traits: dict[str, Trait]
    retention: Retention
    services: Services
    contacts: Contacts
    fidelity: Fidelity
    adverse_events: AdverseEvents
    retest: Retest
    panel_meetings: PanelMeetings
    reach: Reach
    survey: Survey
    authorities: Authorities
    interviews: Interviews
    files: dict[str, str]  # table → file, for the tables that are one file
    sources: dict[str, Source]
    dirt: tuple[Dirt, ...]

    @model_validator(mode="after")
    def _names_are_declared(self) -> Self:
        for used, traits in (
            (self.outcomes, self.traits),
            (self.retest.instruments, self.traits),
            (self.survey.instruments, self.survey.traits),
        ):
            for name in used:
                if name not in self.instruments:
                    raise ValueError(no_such("instrument", name, list(self.instruments)))
                if self.instruments[name].trait not in traits:
                    raise ValueError(no_such("trait", self.instruments[name].trait, list(traits)))
        for dirt in self.dirt:
            if dirt.file not in self.sources:
                raise ValueError(no_such("file", dirt.file, list(self.sources)))
        return self


def read_simulation(path: Path, people: int = 0, sites: int = 0) -> Simulation:
    """Read the YAML of a simulated study; every mistake at once, each with its place.

    people, sites: how many, of a study that is grown from another; 0: as its file says.
    """
    try:
        return Simulation.model_validate(read_grown(path, people, sites))
    except ValidationError as error:
        raise CespError(
            f"{path}: {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()
        ) from None
