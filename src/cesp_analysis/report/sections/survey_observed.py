"""Observed means of community surveys, unweighted, before any model."""

from collections.abc import Iterator

from cesp_analysis.report.blocks import Block, Heading
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.means import observed


def survey_observed(results: Results) -> Iterator[Block]:
    """Respondents' means by site and wave."""
    if "respondent" in results.words.levels():
        yield Heading(1, "Community surveys: observed means", "survey_observed")
        yield from observed(results, "respondent")
