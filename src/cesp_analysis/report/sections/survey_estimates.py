"""The estimates of community surveys: what each model says of respondents."""

from collections.abc import Iterator

from cesp_analysis.report.blocks import Block
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.estimates import estimates_of


def survey_estimates(results: Results) -> Iterator[Block]:
    """Respondents': a forest and one table an outcome."""
    yield from estimates_of(results, "respondent", "survey_estimates")
