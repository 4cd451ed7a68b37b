"""The process over time: what was delivered and met, who was asked, what happened around it."""

from collections.abc import Iterator

from cesp_analysis.report.blocks import Block, Column, Group, Heading, Paragraph, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.titles import TITLES

RECORD = (
    "A record of what was done and of what happened, by site. Contacts are those that were kept,"
    " panels and surveys stand at their days. Whatever else happened at a site is part of every"
    " difference between the sites."
)


def process(results: Results) -> Iterator[Block]:
    """The time line, and context events in words."""
    if not results.process:
        return
    yield Heading(1, TITLES["process"], "process")
    yield Paragraph(RECORD)
    yield from figure(results, "process_timeline_person")
    events = [row for row in results.process if row["kind"] == "context"]
    if events:
        rows = tuple(
            TableRow(row["date"], (results.words.group(row["site"]) if row["site"] else "All",
                                   row["label"]))
            for row in events
        )  # fmt: skip
        yield Table(
            id="context_events",
            caption="What happened around the study.",
            stub="Day",
            columns=(Column("Site", "left"), Column("What happened", "left")),
            groups=(Group("", rows),),
            csv="tables/process.csv",
        )
