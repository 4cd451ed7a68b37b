"""Limitations, each because of something that is true of this study's design or data."""

from collections.abc import Callable, Iterator

from cesp_analysis.report.blocks import Block, Heading, Paragraph, Point, Points
from cesp_analysis.report.limitation import Limitation
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections import limitations_of_clusters as clusters
from cesp_analysis.report.sections import limitations_of_costs as costs
from cesp_analysis.report.sections import limitations_of_data as data
from cesp_analysis.report.sections import limitations_of_design as design
from cesp_analysis.report.sections import limitations_of_planning as planning
from cesp_analysis.report.titles import TITLES, ways

OF_DESIGN: tuple[Callable[[Results], Limitation | None], ...] = (
    design.synthetic,
    design.one_group,
    design.empty_arm,
    design.one_against_one,
    design.one_site_in_an_arm,
    design.few_sites,
    design.not_randomised,
    design.regression_to_the_mean,
    design.no_trend_before,
    design.one_time,
    clusters.link_workers,
    clusters.few_clusters,
)
OF_DATA: tuple[Callable[[Results], Limitation | None], ...] = (
    data.contamination,
    data.contamination_not_asked,
    data.moved,
    data.loss,
    data.differing_loss,
    costs.costs_of_some,
    data.late_visits,
    data.non_response,
    data.no_frame,
    data.modes,
)
OF_ANALYSIS: tuple[Callable[[Results], Limitation | None], ...] = (
    data.plan_not_locked,
    data.locked_after_data,
    data.plan_changed,
    data.many_estimates,
    costs.placeholders,
    planning.planned,
)
GROUPS = {
    "of_design": ("Of the design", OF_DESIGN),
    "of_data": ("Of people and answers", OF_DATA),
    "of_analysis": ("Of the analysis", OF_ANALYSIS),
}
"""End of an anchor → title and what may limit a study; each says whether it is true of this one."""
NOT_ALL = (
    "What the design and the data show is listed here; what nobody recorded is not. Direction:"
    " where a result is likely to be pushed, as far as that is known."
)


def limitations(results: Results) -> Iterator[Block]:
    """All that are true: numbers, likely direction, where they are treated."""
    yield Heading(1, TITLES["limitations"], "limitations")
    yield Paragraph(NOT_ALL)
    for end, (title, asked) in GROUPS.items():
        found = tuple(_point(one) for ask in asked if (one := ask(results)))
        if found:
            yield Heading(2, title, f"limitations_{end}")
            yield Points(found)


def _point(one: Limitation) -> Point:
    text = f"{one.here} Direction: {one.direction[:1].lower()}{one.direction[1:]}."
    return Point(one.title, text, ways(*one.where))
