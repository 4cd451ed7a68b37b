"""What intercurrent events make of an answer: it counts, is set aside, is replaced, is not there.

Source: ICH E9(R1) (2019), A.3.2: the strategy for an event says which answers are wanted, and so
which are missing.
"""

from collections.abc import Mapping

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.estimands import CONTAMINATION, Estimand, Strategy
from cesp_analysis.declared.follow_up import Event, EventKind

BY_DEFAULT: dict[str, Strategy] = {
    "death": "while_on_treatment",
    "withdrawal": "treatment_policy",
    "transfer": "treatment_policy",
}
"""Kind of event → its strategy where no estimand names one."""


class HandledEvent(Frozen):
    """An event, its strategy, the value after it (composite), whether an estimand says so."""

    kind: EventKind
    label: str
    strategy: Strategy
    value: float | None = None
    declared: bool = True


class Handling(Frozen):
    """What becomes of answers after each event. name: short, the same for the same handling."""

    name: str
    events: dict[str, HandledEvent] = {}

    def as_answered(self) -> bool:
        """Whether every answer that people gave counts as it is."""
        return all(
            event.strategy == "treatment_policy"
            or (event.strategy == "while_on_treatment" and event.kind == "death")
            for event in self.events.values()
        )

    def deaths(self) -> bool:
        """Whether people may have died, after which there is no answer to be had."""
        return any(event.kind == "death" for event in self.events.values())

    def sentences(self) -> tuple[str, ...]:
        """What is done about each event, a sentence each."""
        return tuple(_said(event) for event in self.events.values())

    def told(self) -> str:
        """The same as one text for a row of a table; blank where the study declares no event."""
        return "; ".join(self.sentences())


def handling_of(events: Mapping[str, Event], estimand: Estimand | None) -> Handling:
    """How an estimand deals with a study's events; None: as is usual for their kind."""
    named = estimand.intercurrent_events if estimand else {}
    found = {}
    for name, event in events.items():
        how = named.get(name)
        strategy = how.strategy if how else BY_DEFAULT[event.kind]
        found[name] = HandledEvent(
            kind=event.kind,
            label=(how.label if how else "") or event.label,
            strategy=strategy,
            value=how.value if how and strategy == "composite" else None,
            declared=how is not None,
        )
    return Handling(name=_name(found), events=found)


def undated(events: Mapping[str, Event], estimand: Estimand) -> list[str]:
    """Intercurrent events that decide which answers are missing, and that no event dates."""
    return [
        name
        for name, how in estimand.intercurrent_events.items()
        if name not in events and name != CONTAMINATION and how.strategy != "treatment_policy"
    ]


def _name(events: Mapping[str, HandledEvent]) -> str:
    """What differs from the usual handling, in words joined by '_'."""
    dies = any(event.kind == "death" for event in events.values())
    parts = [
        f"{name}_{event.strategy}" + (f"_{event.value:g}" if event.value is not None else "")
        for name, event in events.items()
        if event.strategy != BY_DEFAULT[event.kind]
    ]
    return "_".join(parts) or ("while_alive" if dies else "treatment_policy")


def _said(event: HandledEvent) -> str:
    by_default = "" if event.declared else ", by default"
    alive = event.kind == "death"
    text = {
        "treatment_policy": "answers after it count, and those missing are imputed (treatment"
        " policy",
        "while_on_treatment": "there are no answers after it, and none are imputed (while alive"
        if alive
        else "answers after it are left out, and none are imputed (while on treatment",
        "hypothetical": "answers after it are set aside and imputed, as if it had not happened"
        " (hypothetical",
        "composite": f"after it the outcome is {event.value:g} (composite"
        if event.value is not None
        else "it is part of the outcome (composite",
        "principal_stratum": "the estimand is of those in whom it would not happen (principal"
        " stratum",
    }[event.strategy]
    return f"{event.label}: {text}{by_default})"
