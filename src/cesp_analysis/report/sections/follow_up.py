"""When people were seen, and who died, withdrew or moved."""

from collections import Counter
from collections.abc import Iterator, Sequence

from cesp_analysis.columns import Row
from cesp_analysis.numbers import count, fixed
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results

_PLACES = ("early", "within", "late")
_UNKNOWN = " Not known: no reason, or no place, that config.yaml declares."


def follow_up(results: Results) -> Iterator[Block]:
    """Visits in and out of their windows by site; deaths, withdrawals, transfers with reasons."""
    visits = results.visits if results.leaves("visits") else []
    if not visits and not results.words.events:
        return
    yield Heading(1, "Follow-up", "follow_up")
    if visits:
        yield _visits(results)
    if results.words.events:
        yield _events(results)


def _visits(results: Results) -> Table:
    words = results.words
    alike = Counter((row["time"], row["group"]) for row in results.visits)
    places = _PLACES if words.windows else ()
    groups: dict[str, list[TableRow]] = {}
    for row in results.visits:
        stub = words.group(row["group"])
        if alike[row["time"], row["group"]] > 1:
            stub = f"{stub}: {words.place(row['file'])}"
        groups.setdefault(_window(results, row["time"]), []).append(
            TableRow(stub, _cells(row, places))
        )
    said = "Within: from the first to the last moment of the window. " if words.windows else ""
    return Table(
        id="visits",
        caption="When people were seen, by time and site."
        if words.sites
        else "When people were seen, by time.",
        stub="Site" if words.sites else "Group",
        columns=(
            Column("Visits"),
            *(Column(place.capitalize(), "right", "Against the window") for place in places),
            Column("Undated"),
            Column("Counted"),
            *(Column(name, "right", "Moment") for name in ("First", "Median", "Last")),
        ),
        groups=tuple(Group(title, tuple(rows)) for title, rows in groups.items()),
        notes=(
            Note(
                f"{said}Undated: no date, or no start of the person. Moment: {words.time_unit}"
                " since the person's start, of the visits that count. Answers from files that say"
                " of no visit when it was count in the flow, not here."
            ),
        ),
        csv="tables/visits.csv",
    )


def _window(results: Results, time: str) -> str:
    """The time and its window: what the visits under it are held against."""
    words = results.words
    if not time:
        return "Outside the windows of all times"
    low, high = words.windows.get(time, (None, None))
    label = words.moment(time).label
    if low is None or high is None:
        return f"{label} (no window declared)" if words.windows else label
    window = f"{low:g} to {high:g}".replace("-", "\N{MINUS SIGN}")
    return f"{label} (window {window} {words.time_unit})"


def _cells(row: Row, places: Sequence[str]) -> tuple[str, ...]:
    windowed = bool(row["time"]) and row["visits"] > row["no_window"] + row["undated"]
    held = [count(row[name]) if windowed else "" for name in places]
    moments = [
        fixed(row[name], 2) if row[name] is not None else "" for name in ("first", "median", "last")
    ]
    return (
        count(row["visits"]),
        *held,
        count(row["undated"]),
        count(row["kept"]),
        *moments,
    )


def _events(results: Results) -> Table:
    words = results.words
    groups = words.groups()
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for row in results.events:
        by = counts.setdefault((row["event"], _reason(results, row)), {})
        by[row["group"]] = by.get(row["group"], 0) + row["n"]
    parts, unknown = [], ""
    for event, label in words.events.items():
        own = {reason: by for (name, reason), by in counts.items() if name == event}
        total = {group: sum(by.get(group, 0) for by in own.values()) for group in groups}
        rows = [TableRow("All", tuple(count(total[group]) for group in groups))]
        if any(own):
            unknown = _UNKNOWN if "" in own else unknown
            rows += [
                TableRow(reason or "not known", tuple(count(by.get(group, 0)) for group in groups))
                for reason, by in sorted(own.items())
            ]
        parts.append(Group(label, tuple(rows)))
    return Table(
        id="events",
        caption="Deaths, withdrawals and transfers of people.",
        stub="Event and reason",
        columns=tuple(Column(words.group(group)) for group in groups),
        groups=tuple(parts),
        notes=(
            Note(
                "Columns: where the person was recruited, and is analysed also after a transfer."
                f"{unknown} The CSV says after which time of the study's each came."
            ),
        ),
        csv="tables/events.csv",
    )


def _reason(results: Results, row: Row) -> str:
    to = f"to {results.words.group(row['to'])}" if row["to"] else ""
    return ", ".join(part for part in (to, row["reason"]) if part)
