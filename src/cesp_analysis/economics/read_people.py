"""What the steps `resample` and `evaluate` read: people, their costs and their events."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cesp_analysis import contracts
from cesp_analysis.economics import sources
from cesp_analysis.economics.ahead import faults_ahead, known_at, sources_of
from cesp_analysis.economics.asked import PeopleSpec
from cesp_analysis.economics.cases import Given
from cesp_analysis.economics.undated import placed_deaths
from cesp_analysis.errors import CespError
from cesp_analysis.missing.people import people_of
from cesp_analysis.schemas import Events, Panel, Visits


@dataclass(frozen=True)
class Read:
    """What is known of people; said: what must be known of deaths without a day."""

    given: Given
    said: tuple[str, ...]


def read_people(
    how: PeopleSpec,
    panel: Path,
    events: Path,
    visits: Path,
    records: Path,
    scores: Sequence[Path],
    costs: Path | None,
) -> Read:
    """The people; costs: of the step `cost`, None where they come as they are, of which CespError
    says a line for each that cannot be."""
    people = people_of(contracts.read(panel, Panel), how.names, list(how.outcomes))
    found = sources_of(how.ahead, records, scores)
    priced = sources.read_costs(costs) if costs else None
    seen = contracts.read(visits, Visits)
    if costs is None and (faults := faults_ahead(how.ahead, found, seen, people.units)):
        raise CespError(faults)
    known_then = partial(known_at, how.ahead, found, people.units)
    deaths = [name for name, event in how.handling.events.items() if event.kind == "death"]
    places = {one.name: one.position for one in how.times}
    dead = placed_deaths(
        contracts.read(events, Events), deaths, people.units, places, seen, how.days, known_then
    )
    return Read(Given(how, people, found, priced, (dead.events, seen)), dead.said)
