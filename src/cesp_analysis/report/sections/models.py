"""The means that models predict."""

from collections.abc import Iterator

from cesp_analysis.report.blocks import Block, Heading, Paragraph
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.sections.means import means_table


def models(results: Results) -> Iterator[Block]:
    """Predicted means: a figure for each level, then a table for each model."""
    words = results.words
    tables = []
    for name, model in words.models.items():
        rows = results.predicted(name)
        if rows:
            caption = f"{model.label}: predicted means."
            csv = f"models/{name}/means.csv"
            tables.append(
                means_table(results, rows, model.level, f"predicted_{name}", caption, csv)
            )
    if words.models:
        yield Heading(1, "Predicted means", "predicted")
        yield Paragraph(
            "What models predict for each site (or arm) and time: linear models with covariates at"
            " their mean over records, generalised linear and ordinal models standardised over the"
            " covariates of all records (or of the intervention arm, where the model says so). The"
            " intervals know sampling error alone; the number of records is that which was"
            " observed. A model that is fitted to one time after the other has means at each and at"
            " the time of reference, both of those who answered at the two."
        )
        for level in words.levels():
            if words.predicting(level):
                yield from figure(results, f"predicted_{level}")
            elif without := words.without_means(level):
                who = "people" if level == "person" else "survey respondents"
                yield Paragraph(f"Of {who}: {without}")
        yield from tables
