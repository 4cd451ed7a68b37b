"""How interviews are joined to the numbers: constructs, inferences, theory of change, context."""

from collections.abc import Collection, Iterator, Mapping
from typing import Literal, get_args

from pydantic import Field

from cesp_analysis.declared.base import Frozen, Name
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.declared.theory import Link, Node, theory_faults
from cesp_analysis.errors import no_such

Inferred = Literal["confirm", "expand", "discord", "silence"]
INFERRED: tuple[str, ...] = get_args(Inferred)


class Construct(Frozen):
    """A row of the joint display: what the sources speak of together."""

    label: str = Field(min_length=1, description="How the display calls it.")
    outcome: Name | None = Field(default=None, description="An outcome of people.")
    survey_outcome: Name | None = Field(default=None, description="An outcome of respondents.")
    estimate: str | None = Field(
        default=None,
        description="The estimate_id that speaks for the outcome; by default of its foremost model"
        " at the last time.",
    )
    survey_estimate: str | None = Field(
        default=None, description="The estimate_id that speaks for survey_outcome; as estimate."
    )
    criterion: Name | None = Field(
        default=None, description="A progression criterion, whose light is shown."
    )
    excerpts_construct: str | None = Field(
        default=None,
        min_length=1,
        description="The word for it in coded interviews; by default its name here.",
    )


class Integration(Frozen):
    """Interviews, individual outcomes and community surveys joined, construct by construct."""

    constructs: dict[Name, Construct] = Field(
        min_length=1, description="The rows of the joint display, in their order."
    )
    inferences: str | None = Field(
        default=None,
        description="CSV or YAML that people write: construct, inference (confirm, expand, discord"
        " or silence), text, author, date (YYYY-MM-DD).",
    )
    nodes: dict[Name, Node] = Field(
        default_factory=dict, description="Theory of change: activities, mechanisms, outcomes."
    )
    links: dict[Name, Link] = Field(
        default_factory=dict, description="Theory of change: what leads to what."
    )
    context: str | None = Field(
        default=None,
        description="CSV of what happened around the study: date (YYYY-MM-DD), site (blank: all),"
        " label.",
    )

    def paths(self) -> list[str]:
        """Every file that the section names."""
        return [path for path in (self.inferences, self.context) if path is not None]

    def words(self) -> dict[str, str]:
        """Construct → what coded interviews call it."""
        return {name: own.excerpts_construct or name for name, own in self.constructs.items()}


def integration_faults(
    own: Integration, outcomes: Mapping[str, Outcome], criteria: Collection[str]
) -> list[str]:
    """What does not fit the rest of the study file: a line each, all of them."""
    return [f"integration.{fault}" for fault in _faults(own, outcomes, criteria)]


def _faults(
    own: Integration, outcomes: Mapping[str, Outcome], criteria: Collection[str]
) -> Iterator[str]:
    for name, construct in own.constructs.items():
        place = f"constructs.{name}"
        yield from _outcome(f"{place}.outcome", construct.outcome, "person", outcomes)
        survey = construct.survey_outcome
        yield from _outcome(f"{place}.survey_outcome", survey, "respondent", outcomes)
        for word, of in (("estimate", construct.outcome), ("survey_estimate", survey)):
            if getattr(construct, word) is not None and of is None:
                beside = word.replace("estimate", "outcome")
                yield f"{place}.{word}: {beside} is not declared; name it beside"
        if construct.criterion is not None and construct.criterion not in criteria:
            said = no_such("progression criterion", construct.criterion, list(criteria))
            yield f"{place}.criterion: {said}"
    yield from theory_faults(own.nodes, own.links)
    known = {"criterion": list(criteria), "construct": list(own.constructs)}
    for name, link in own.links.items():
        for one in link.evidence:
            if one.kind in known and one.of not in known[one.kind]:
                said = no_such(one.kind, one.of, known[one.kind])
                yield f"links.{name}.evidence: {said}"


def _outcome(
    place: str, word: str | None, level: str, outcomes: Mapping[str, Outcome]
) -> Iterator[str]:
    """What is wrong with the outcome that a construct names."""
    if word is None:
        return
    of_level = [name for name, outcome in outcomes.items() if outcome.level == level]
    if word not in outcomes:
        yield f"{place}: {no_such('outcome', word, of_level)}"
    elif word not in of_level:
        other = "survey_outcome" if level == "person" else "outcome"
        yield (
            f"{place}: '{word}' is an outcome of a {outcomes[word].level}, not of a {level}; write"
            f" it under {other}"
        )
