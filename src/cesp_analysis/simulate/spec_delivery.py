"""The parts of a simulated study's specification about delivery: fidelity, events, use, retest."""

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from cesp_analysis.simulate.spec_parts import Share, Spec


class RatedBy(Spec):
    """How one source rates: how often, how high, how unlike each other its raters are.

    twice: of its ratings, the share in which another rater rates the same person the same day;
    raters: names of a source whose raters are neither the person nor the person's link worker.
    """

    share: Share
    twice: Share = 0.0
    bias: float
    rater_sd: float = Field(ge=0)
    noise: float = Field(gt=0)
    raters: tuple[str, ...] = ()


class Fidelity(Spec):
    """Ratings of how the intervention was delivered to each person who met a link worker.

    The true fidelity of component c for person i at occasion o is

        Phi(components[c] + growth * o + sqrt(worker) u + sqrt(person) v + sqrt(rest) e)

    with u (the link worker), v (the person) and e (the component on the day) standard normal. A
    rating is that plus the source's bias, the rater's own leniency (SD rater_sd) and noise, at the
    nearest `step` between 0 and 1.
    """

    file: str
    prefix: str
    step: float = Field(gt=0, le=1)
    due_days: tuple[int, ...]
    within_days: int
    growth: float
    worker: Share
    person: Share
    missing: Share
    components: dict[str, float]
    sources: dict[str, RatedBy]
    themselves: str  # the source that is the person
    their_worker: str  # the source that is the person's link worker
    worker_code: str  # before the number of a link worker as a rater: a code, not the worker's name
    own_rating: str  # the rater's name where people rate themselves

    @model_validator(mode="after")
    def _raters_are_named(self) -> Self:
        if self.worker + self.person > 1:
            raise ValueError("worker + person must not exceed 1: the rest is the day's")
        for name, source in self.sources.items():
            known = name in (self.themselves, self.their_worker)
            if not known and len(source.raters) < (2 if source.twice else 1):
                raise ValueError(f"{name}: names too few raters")
        return self


class EventKind(Spec):
    """Adverse events of one kind: TRUE rate a person-year, and shares of them.

    related: of those of people who met a link worker; nobody else's are related.
    """

    rate: float = Field(ge=0)
    serious: Share
    related: Share = 0.0


class AdverseEvents(Spec):
    """Adverse events of people between recruitment and the end of their follow-up."""

    file: str
    prefix: str
    kinds: dict[str, EventKind]
    death: str  # how a death of the register is called; each is an event


class Retest(Spec):
    """Some instruments asked again shortly after baseline.

    Traits change by drift * general-signed g, with g standard normal and the person's own; what
    people say of the change is cut from accuracy * g + sqrt(1 - accuracy^2) * noise at `changed`
    (answer → share, from better to worse). `stable`: share of an item's own variance that lasts.
    """

    file: str
    people: int
    days: tuple[int, int]
    instruments: tuple[str, ...]
    stable: Share
    drift: float = Field(ge=0)
    accuracy: Share
    changed: dict[str, Share]
    item_missing: Share


class Meetings(Spec):
    """One panel of one site: how often it meets, who comes, what it agrees and does."""

    site: str
    first: date
    last: date
    every_days: int
    invited: int
    attends: Share
    cancelled: Share
    agreed: float = Field(ge=0)
    done: Share


class PanelMeetings(Spec):
    """Meetings of panels of local people and of partners: panel → its meetings."""

    file: str
    prefix: str
    panels: dict[str, Meetings]


class Reach(Spec):
    """Who used the intervention organisation when, and how answers were collected.

    People of the intervention site: since the last time, if they kept a meeting with a link worker.
    Controls who used it: `first` is the chance to have done so by the first follow-up, `again` to
    do so in each later interval. mode: time → mode → share.
    """

    first: Share
    again: Share
    unanswered: Share
    mode: dict[str, dict[str, Share]]


class Residents(Spec):
    """Of respondents, at each site and wave: who used the organisation, who moved from where.

    moved: site → wave → where from → share; the rest did not move (`stayed`).
    """

    used: dict[str, dict[str, Share]]
    moved: dict[str, dict[str, dict[str, Share]]]
    stayed: str
    unanswered: Share
