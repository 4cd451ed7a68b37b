"""What the kinds that weight arms to be alike share: their settings."""

from typing import ClassVar

from pydantic import Field

from cesp_analysis.models.every_kind import ModelKind
from cesp_analysis.models.spec import Cluster
from cesp_analysis.models.weighting_words import LARGEST_SHARE, LEAST_EFFECTIVE


class Weighing(ModelKind):
    """What is independent, and from which weights on it is told that few carry an arm."""

    balances: ClassVar[bool] = True

    cluster: Cluster | None = Field(
        default=None, description="What is taken as independent; by default each person."
    )
    largest_share: float = Field(
        default=LARGEST_SHARE,
        gt=0,
        le=1,
        description="Warn where one carries more of an arm's weight.",
    )
    least_effective: float = Field(
        default=LEAST_EFFECTIVE,
        ge=0,
        le=1,
        description="Warn where an arm's effective sample size is a smaller part of its records.",
    )

    def levels(self) -> tuple[str, ...]:
        """Its clusters'."""
        return (self.cluster,) if self.cluster else ()
