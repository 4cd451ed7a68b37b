"""A theory of change: activities → mechanisms → outcomes, and what each link rests on."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Literal, get_args

from pydantic import ConfigDict, Field, model_validator

from cesp_analysis.declared.base import Frozen, Name
from cesp_analysis.errors import no_such

NodeKind = Literal["activity", "mechanism", "outcome"]
NODE_KINDS: tuple[str, ...] = get_args(NodeKind)


class Node(Frozen):
    """A box of the theory of change."""

    label: str = Field(min_length=1, description="How the drawing calls it.")
    kind: NodeKind = Field(description="activity, mechanism or outcome.")


class Evidence(Frozen):
    """What a link is held against: one of an estimate, a progression criterion, a construct."""

    estimate: str | None = Field(default=None, description="An estimate_id of estimates.csv.")
    criterion: Name | None = Field(default=None, description="Of feasibility.progression.")
    construct_: Name | None = Field(
        default=None, alias="construct", description="Of integration.constructs."
    )

    model_config = ConfigDict(serialize_by_alias=True)  # a spec is read back as it is written

    @model_validator(mode="after")
    def _one(self) -> "Evidence":
        if sum(word is not None for word in self.model_dump().values()) != 1:
            raise ValueError("name one of estimate, criterion and construct")
        return self

    @property
    def kind(self) -> str:
        """estimate, criterion or construct."""
        return next(kind for kind, word in self.model_dump().items() if word is not None)

    @property
    def of(self) -> str:
        """The name of what it is."""
        return self.estimate or self.criterion or self.construct_ or ""


class Link(Frozen):
    """An arrow of the theory of change."""

    model_config = ConfigDict(serialize_by_alias=True)

    from_: Name = Field(alias="from", description="The node that it leaves.")
    to: Name = Field(description="The node that it leads to.")
    feedback: bool = Field(
        default=False, description="true: it leads back, so that a circle is meant."
    )
    evidence: tuple[Evidence, ...] = Field(
        default=(), description="What it is held against; none: the drawing says so."
    )


def theory_faults(nodes: Mapping[str, Node], links: Mapping[str, Link]) -> Iterator[str]:
    """Ends that are no nodes, links to themselves, links that stand twice, circles that are not
    declared: a line each, without the section's name."""
    seen: dict[tuple[str, str], str] = {}
    for name, link in links.items():
        for word, end in (("from", link.from_), ("to", link.to)):
            if end not in nodes:
                yield f"links.{name}.{word}: {no_such('node', end, list(nodes))}"
        if link.from_ == link.to:
            yield f"links.{name}: leads from '{link.from_}' to itself; name another node"
        if other := seen.get((link.from_, link.to)):
            yield f"links.{name}: leads the same way as links.{other}; keep one, with all evidence"
        seen.setdefault((link.from_, link.to), name)
    if circle := circle_of(links):
        yield (
            f"links: {' → '.join(circle)} is a circle; turn a link round, or say feedback: true of"
            " the one that leads back"
        )


def circle_of(links: Mapping[str, Link]) -> list[str]:
    """The nodes of a circle that is not declared, its first again at the end; [] of none."""
    before: dict[str, list[str]] = {}
    for link in links.values():
        if not link.feedback and link.from_ != link.to:
            before.setdefault(link.to, []).append(link.from_)
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
