"""Who was in the study at the start, and how alike the arms were."""

from collections.abc import Iterator

from cesp_analysis.report.blocks import Block, Heading
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.baseline import baseline
from cesp_analysis.report.titles import TITLES


def comparability(results: Results) -> Iterator[Block]:
    """Who was in the study at the start, by site; of one group, who its people were."""
    found = tuple(baseline(results, "person"))
    if found:
        yield Heading(1, TITLES["comparability"], "comparability")
        yield from found
