"""Themes by interview, as a table to look up: a figure shows the same on paper."""

from cesp_analysis.columns import Row
from cesp_analysis.numbers import count
from cesp_analysis.report.blocks import Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.interview_tables import order_of, shared_places

MOST = 6_000
"""Cells of a table that a page can bear; of more, subthemes stand in the CSV alone."""
ALL, NOWHERE = "All of it", "·"


def grid(results: Results) -> Table:
    """A theme a row, under it its subthemes, and a column an interview: excerpts."""
    own = results.theme_by_interview
    rows: dict[tuple[str, str], list[Row]] = {}
    for row in own:
        rows.setdefault((row["theme"], row["subtheme"]), []).append(row)
    held = [row["interview"] for row in next(iter(rows.values()))]
    parted = any(part for _, part in rows)
    shown = parted and len(own) <= MOST
    notes = [Note(f"Excerpts; {NOWHERE} none. Themes stand as they first came up.")]
    notes += [Note("Subthemes stand in the CSV.")] if parted and not shown else []
    return Table(
        id="theme_by_interview",
        caption=f"What comes up in which interview, {order_of(results)}.",
        stub="Theme",
        columns=(Column("Interviews"), *(Column(name, "wrap") for name in held)),
        groups=_groups(rows, shown),
        notes=(*notes, *shared_places(results)),
        csv="tables/theme_by_interview.csv",
        sortable=True,
    )


def _groups(rows: dict[tuple[str, str], list[Row]], parted: bool) -> tuple[Group, ...]:
    """Themes; with parts a group a theme: all of it, then its subthemes."""
    themes: dict[str, list[TableRow]] = {}
    for (theme, part), own in rows.items():
        if parted:
            themes.setdefault(theme, []).append(_line(part or ALL, own))
        elif not part:
            themes.setdefault("", []).append(_line(theme, own))
    return tuple(Group(title, tuple(lines)) for title, lines in themes.items())


def _line(name: str, own: list[Row]) -> TableRow:
    some = count(sum(row["excerpts"] > 0 for row in own))
    return TableRow(
        name, (some, *(count(r["excerpts"]) if r["excerpts"] else NOWHERE for r in own))
    )
