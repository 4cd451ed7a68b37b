"""What may leave the team: how small numbers are kept from being known."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from cesp_analysis.declared.base import Frozen


class Disclosure(Frozen):
    """How results/public keeps anybody from being known by a small number."""

    threshold: int = Field(
        default=10,
        ge=3,
        le=30,
        description="A number of people smaller than this is withheld, and with it whatever it"
        " could be worked out from.",
    )
    round_to: Literal[0, 5, 10, 20] = Field(
        default=0,
        description="Round released counts to a multiple of this; 0 does not. Rounded counts tell"
        " less of their neighbours, so that fewer must be withheld.",
    )
    zeros: Literal["shown", "withheld"] = Field(
        default="shown",
        description="Whether 'nobody' may be told; withheld: it is treated as few are. (Two steps"
        " of the flow with one number still tell that nobody left in between.)",
    )
    sizes_to: Literal[5, 10, 20] = Field(
        default=5,
        description="How many a statistic rests on is rounded to a multiple of this, so that two"
        " analyses that differ by few people do not tell how many.",
    )
    largest_share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="Dominance: a sum (of costs, minutes, contacts) of which one person makes up"
        " more than this share is withheld.",
    )
    cleared: tuple[Annotated[str, StringConstraints(min_length=1)], ...] = Field(
        default=(),
        description="Reasons that people gave (why they withdrew, were not eligible) whose words"
        " may be read outside; all others are counted as 'other reasons'.",
    )

    def small(self, value: float) -> bool:
        """Whether a number of people must not be told."""
        return value < self.threshold and (value > 0 or self.zeros == "withheld")

    def least(self) -> int:
        """The smallest number that is not told."""
        return 0 if self.zeros == "withheld" else 1
