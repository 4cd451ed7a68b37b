"""What is withheld from who reads the report that leaves the team, and why."""

from collections.abc import Iterator

from cesp_analysis.contracts import rows
from cesp_analysis.disclosure.contract import ReleasedTable
from cesp_analysis.numbers import counted, listed
from cesp_analysis.report.blocks import Block, Bullets, Column, Group, Heading, Paragraph, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results
from cesp_analysis.withheld import LETTER


def released(results: Results) -> Iterator[Block]:
    """How small numbers are kept from being known; what stays; of each table what is withheld."""
    how = results.words.disclosure
    if how is None:
        return
    found = list(rows(results.folder / "released.csv", ReleasedTable))
    yield Heading(1, "What is withheld", "released")
    yield Paragraph(
        "Nobody is to be known by a number. This report and the files beside it were made from"
        " tables in which small numbers are withheld; the report that stays inside the team has"
        " them all."
    )
    rounding = (
        f"Counts of the flow, of answers and of categories are rounded to the"
        f" nearest {how.round_to}."
        if how.round_to
        else "Counts of the flow, of answers and of categories are exact."
    )
    yield Bullets(
        (
            f"<{how.threshold}: a number of people that is smaller than {how.threshold}."
            + (" Nobody (0) is told." if how.zeros == "shown" else ""),
            f"{LETTER}: a number from which, with others, a smaller one could be worked out; a"
            " statistic of few people; a value of a single person.",
            rounding,
            f"How many a mean, a rate or an estimate rests on is rounded to the nearest"
            f" {how.sizes_to}, and so are degrees of freedom that follow from it; means of small"
            " groups have fewer decimals, and estimates as few as the width of their intervals"
            " bears. Numbers may not add up; two that look alike may differ.",
            "Rates, and the ends of their intervals, are those of the rounded numbers: they may be"
            " off by some points, and of two near ones the wrong one may be larger. Zones and"
            " probabilities of progression criteria are by the exact numbers.",
            "Reasons that people gave in their own words, dates of single events, link workers,"
            " single neighbourhoods and figures of single people are left out.",
        )
    )
    yield _withheld(found)
    if stay := [row["table"].replace("_", " ") for row in found if row["done"] == "stays"]:
        yield Paragraph(f"These tables stay inside: {listed(stay)}.")


def _withheld(found: list[dict[str, object]]) -> Block:
    """Of each table how many cells are withheld; that none is."""
    sums: dict[str, list[int]] = {}
    for row in found:
        if row["done"] not in ("stays", "blank"):
            own = sums.setdefault(str(row["table"]), [0, 0, 0])
            for at, name in enumerate(("cells", "few", "along")):
                own[at] += int(str(row[name]))
    lines = tuple(
        TableRow(name, tuple(f"{number:,}" for number in own))
        for name, own in sums.items()
        if own[1] or own[2]
    )
    if not lines:
        return Paragraph("No cell of the tables that leave is withheld.")
    clear = len(sums) - len(lines)
    return Table(
        id="withheld",
        caption="Cells that are withheld, by table."
        + (f" {counted(clear, 'further table')} left whole." if clear else ""),
        stub="Table",
        columns=(Column("Cells"), Column("Few people"), Column("Along with them")),
        groups=(Group("", lines),),
        csv="released.csv",
    )
