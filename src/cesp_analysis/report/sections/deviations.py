"""What differs from the analysis plan as it was locked, and which estimates it concerns."""

from collections.abc import Iterator

from cesp_analysis.analysis_plan.words import NOT_HELD, UNCHANGED
from cesp_analysis.numbers import NONE, counted
from cesp_analysis.report.blocks import Block, Bullets, Column, Group, Heading, Paragraph, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results
from cesp_analysis.report.titles import TITLES


def deviations(results: Results) -> Iterator[Block]:
    """Every change of the plan since it was first locked; that there is none."""
    if not results.locks:
        return
    yield Heading(1, TITLES["deviations"], "deviations")
    since = results.locks[0]["date"]
    if not results.plan_changes:
        yield Paragraph(f"None: the plan stands as it was locked on {since}.")
        return
    n = len(results.plan_changes)
    differ = f"{counted(n, 'setting')} of the plan {'differs' if n == 1 else 'differ'}"
    yield Paragraph(f"{differ} from what was locked, on {since} or later.")
    if said := tuple(_concerned(results)):
        yield Bullets(said)
    yield _changes(results)


def _concerned(results: Results) -> Iterator[str]:
    """Which estimates and criteria rest on something that was added or changed."""
    late = [row for row in results.planned.values() if _late(row["standing"])]
    of = len(results.planned)
    for standing in dict.fromkeys(row["standing"] for row in late):
        own = [row["estimate_id"] for row in late if row["standing"] == standing]
        named = f": {', '.join(own)}" if len(own) <= _NAMED else ""
        yield f"{counted(len(own), 'estimate')} of {of:,}, {standing}{named}."
    criteria = [row for row in results.progression if _late(row["standing"])]
    for row in criteria:
        yield f"Progression criterion {row['label']}: {row['standing']}."


_NAMED = 6
"""So many estimates are named; of more, their number: the tables of estimates mark each."""


def _late(standing: str) -> bool:
    return standing not in ("", NOT_HELD, *UNCHANGED)


def _changes(results: Results) -> Table:
    groups = []
    for since, date in dict.fromkeys((row["since"], row["date"]) for row in results.plan_changes):
        own = [r for r in results.plan_changes if (r["since"], r["date"]) == (since, date)]
        when = f"Amended on {date}" if date else f"Since the lock of {since}, undated"
        lines = tuple(
            TableRow(
                f"{row['section']}: {row['entry']}",
                (row["field"] or NONE, row["change"], row["before"] or NONE, row["after"] or NONE),
            )
            for row in own
        )
        groups.append(Group(when, lines))
    return Table(
        id="plan_changes",
        caption="What differs from the plan as it was locked.",
        stub="Entry",
        columns=tuple(Column(h, "left") for h in ("Setting", "Change", "Before", "After")),
        groups=tuple(groups),
        csv="tables/plan_changes.csv",
    )
