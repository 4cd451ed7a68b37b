"""A table of when people answered and when not."""

from cesp_analysis.columns import Row
from cesp_analysis.declared.outcomes import which
from cesp_analysis.declared.wording import Wording
from cesp_analysis.numbers import NONE, count, percent
from cesp_analysis.report.blocks import Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results

MOST = 12
"""So many patterns of an outcome are shown, the most frequent; the others are added up."""


def primary(words: Wording, names: list[str]) -> list[str]:
    """Of these outcomes the primary ones; all of them if none is."""
    return [name for name in names if words.outcomes[name].role == "primary"] or names


def missing_patterns(results: Results) -> Table:
    """Patterns of primary outcomes: people of each group."""
    words, rows = results.words, results.missing_patterns
    there = [name for name in words.outcomes if any(row["outcome"] == name for row in rows)]
    groups = words.groups()
    shown = primary(words, there)
    of = which(words.outcomes[name] for name in shown)
    columns = [Column(words.group(group)) for group in groups]
    return Table(
        id="missing_patterns",
        caption=f"When people answered and when not: {of}; people (percent).",
        stub="Pattern",
        columns=(*columns, Column("Monotone")),
        groups=tuple(_outcome(words, name, rows, groups) for name in shown),
        notes=(
            Note(
                "Withdrew, died: without an answer, and withdrawn or dead by the end of that time;"
                " no answer: neither. Monotone: no answer follows a time without one."
            ),
            *([Note("The CSV has all outcomes.")] if len(shown) < len(there) else []),
        ),
        csv="tables/missing_patterns.csv",
    )


def _outcome(words: Wording, name: str, rows: list[Row], groups: list[str]) -> Group:
    own = [row for row in rows if row["outcome"] == name]
    times = [words.moment(time).label for time in own[0]["times"].split(", ")]
    of = {row["group"]: row["of"] for row in own}
    tally: dict[str, dict[str, int]] = {}
    for row in own:
        tally.setdefault(row["pattern"], {})[row["group"]] = row["n"]
    whole = {row["pattern"]: row["monotone"] for row in own}
    order = sorted(tally, key=lambda pattern: (-sum(tally[pattern].values()), pattern))
    few = order[MOST:] if len(order) > MOST + 1 else []
    lines = [
        _line(pattern.capitalize(), tally[pattern], groups, of, whole[pattern])
        for pattern in order
        if pattern not in few
    ]
    if few:
        rest = {group: sum(tally[p].get(group, 0) for p in few) for group in groups}
        lines.append(_line(f"{len(few)} other patterns", rest, groups, of, NONE))
    ordered = [pattern for pattern in order if whole[pattern] == "yes"]
    total = {group: sum(tally[p].get(group, 0) for p in ordered) for group in groups}
    lines.append(_line("Monotone patterns together", total, groups, of, ""))
    return Group(f"{words.outcomes[name].label}: {', '.join(times)}", tuple(lines))


def _line(
    stub: str, n: dict[str, int], groups: list[str], of: dict[str, int], monotone: str
) -> TableRow:
    cells = [
        f"{count(n.get(group, 0))} ({percent(n.get(group, 0), of.get(group, 0))})"
        for group in groups
    ]
    return TableRow(stub, (*cells, monotone))
