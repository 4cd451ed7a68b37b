"""Whom respondents named, and figures from outside: what the sites are like beside the study."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.numbers import NONE, count, counted, fixed, percentage
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Paragraph, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure


def surroundings(results: Results) -> Iterator[Block]:
    """Networks of respondents by site and wave; how far the sites drifted apart elsewhere."""
    if results.networks:
        yield Heading(1, "Networks of respondents", "networks")
        yield Paragraph(
            "Whom respondents named, unweighted. The largest part is that of the network of"
            " respondents and those they named in which most respondents hang together; it grows"
            " with the share of residents who were asked."
        )
        yield _networks(results)
    if results.divergences:
        yield Heading(1, "Figures from outside", "outside")
        yield Paragraph(
            "Figures that somebody else publishes of the places in which the sites lie. They answer"
            " no question about what was done; they tell how far two such places drift apart"
            " anyway."
        )
        yield from figure(results, "external_respondent")
        yield _divergences(results)


def _named(row: Row) -> tuple[str, ...]:
    """The cells of one site and wave; of few respondents their number alone."""
    answered = f"{count(row['asked'])} of {count(row['respondents'])}"
    if row["ties"] is None:
        return (answered, *[NONE] * 5)
    return (
        answered,
        fixed(row["mean_degree"], 2),
        fixed(row["sd_degree"], 2),
        f"{count(row['isolates'])} ({percentage(row['share_isolates'], 0)})",
        percentage(row["with_organisation"], 0),
        f"{count(row['largest_component'])} ({percentage(row['share_largest'], 0)})",
    )


def _networks(results: Results) -> Table:
    words, notes = results.words, Notes()
    waves = dict.fromkeys(row["wave"] for row in results.networks)
    groups = []
    for wave in waves:
        lines = []
        for row in (row for row in results.networks if row["wave"] == wave):
            said = [f"{one[:1].upper()}{one[1:]}." for one in _noted(row["warnings"])]
            marks = " ".join(notes.mark(one) for one in said)
            lines.append(TableRow(words.group(row["site"]), _named(row), marks))
        groups.append(Group(words.moment(wave).label, tuple(lines)))
    return Table(
        id="networks_by_wave",
        caption="Whom respondents named, by wave and site.",
        stub="Wave and site",
        columns=(
            Column("Answered"),
            Column("Mean", "right", "People, groups, organisations named"),
            Column("SD", "right", "People, groups, organisations named"),
            Column("Isolates"),
            Column("Named an organisation"),
            Column("Largest part"),
        ),
        groups=tuple(groups),
        notes=(*notes.notes(), Note("Isolates answered and named nobody.")),
        csv="tables/networks.csv",
    )


def _noted(warnings: str) -> Iterator[str]:
    """What is said of a row; of the reach the table shows nothing."""
    for one in filter(None, warnings.split(" | ")):
        if not one.startswith("largest_component"):
            yield one


def _divergences(results: Results) -> Table:
    notes, lines = Notes(), []
    for row in results.divergences:
        said = filter(None, row["warnings"].split(" | "))
        marks = " ".join(notes.mark(f"{one[:1].upper()}{one[1:]}.") for one in said)
        unit = f" ({row['unit']})" if row["unit"] else ""
        lines.append(TableRow(f"{row['label']}{unit}", _cells(row), marks, row["source"]))
    return Table(
        id="divergences_outside",
        caption="How far the sites drifted apart before, and since.",
        stub="Series",
        columns=(
            Column("Largest before"),
            Column("From and to"),
            Column("Other pairs, median"),
            Column("Since"),
            Column("Place among pairs"),
        ),
        groups=(Group("", tuple(lines)),),
        notes=(
            *notes.notes(),
            Note(
                "Changes of the difference between intervention and control site. Pairs: of"
                " authorities; place 1 is the one that drifted apart furthest since; ties count"
                " against the sites. It is no test of what was done."
            ),
        ),
        csv="tables/divergences.csv",
    )


def _cells(row: Row) -> tuple[str, ...]:
    ends = f"{row['largest_from']} to {row['largest_to']}" if row["largest_to"] else NONE
    place = NONE if row["rank"] is None else f"{count(row['rank'])} of {count(row['relabelled'])}"
    several = counted(row["pairs"], "pair")
    median = NONE if row["pairs_median"] is None else f"{fixed(row['pairs_median'], 2)} ({several})"
    return fixed(row["largest"], 2), ends, median, fixed(row["since"], 2), place
