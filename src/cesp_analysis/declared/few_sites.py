"""What is known from elsewhere of how sites differ, and how few clusters are dealt with."""

from pydantic import Field

from cesp_analysis.declared.base import Frozen, Name


class Divergence(Frozen):
    """How far the sites have drifted apart before, without an intervention."""

    value: float | None = Field(
        default=None, gt=0, description="Largest difference in change, in the outcome's unit."
    )
    source: str = Field(default="", description="Which series shows it, and when.")
    series: str | None = Field(
        default=None,
        description="In place of a value: the series it is computed from, as external.series, e.g."
        " authority.loneliness; its file's source is then printed.",
    )
    scale: float = Field(
        default=1.0,
        gt=0,
        description="With series: how many of the outcome's units one unit of the series is.",
    )


class FewSites(Frozen):
    """What the ladder for few sites takes as known; see docs/howto/few_sites.md."""

    prior: str | None = Field(
        default=None,
        description="A CSV of pairs: rho, cac, period_months, cluster_type, source; by default 16"
        " published ones (Kasza 2023, Table 5).",
    )
    webb: bool = Field(
        default=False,
        description="true: the wild bootstrap with Webb's six-point weights too (10 clusters or"
        " fewer).",
    )
    draws: int = Field(
        default=9_999, ge=999, le=99_999, description="Draws where not all are enumerated."
    )
    divergences: dict[Name, Divergence] = Field(
        default_factory=dict, description="Outcome → the largest divergence of its sites so far."
    )
