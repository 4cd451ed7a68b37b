"""The intervention arm by dose or fidelity: a description, in the section of observed means."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.declared.subsets import NOT_KNOWN
from cesp_analysis.numbers import count, counted, fixed, interval
from cesp_analysis.report.blocks import Block, Callout, Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results

NO_COMPARISON = (
    "These tables describe. People who got more of it differ from others in more than that: how"
    " somebody was doing may have decided how much they got (reverse causation), and only who"
    " stayed could get much (survivors). A difference between subsets is therefore no dose–response"
    " effect."
)
NOT_BESIDE_CONTROL = (
    " Who of the control arm would have got how much is not known: no subset is set beside it."
)
POOLED = " People of all intervention sites stand together."
UNKNOWN = f"{NOT_KNOWN}: the records do not say it of these people."


def subsets(results: Results) -> Iterator[Block]:
    """A table for each way in which subsets are made, behind what they cannot tell."""
    words = results.words
    if not results.subsets:
        return
    text = NO_COMPARISON + ("" if words.one_group() else NOT_BESIDE_CONTROL)
    yield Callout("caution", "What subsets of the intervention arm can tell", text)
    for entry in dict.fromkeys(row["subsets"] for row in results.subsets):
        yield _table(results, [row for row in results.subsets if row["subsets"] == entry])


def _table(results: Results, rows: list[Row]) -> Table:
    words, first, label = results.words, results.words.times[0].label, rows[0]["label"]
    spanner = f"Change since {first}"
    columns = (
        Column("n"), Column("Mean"), Column("SD"),
        Column("n", spanner=spanner), Column("Mean", spanner=spanner),
        Column(words.interval(), spanner=spanner),
    )  # fmt: skip
    keys = dict.fromkeys((row["outcome"], row["subset"]) for row in rows)
    groups = [
        _group(results, [row for row in rows if (row["outcome"], row["subset"]) == key])
        for key in keys
    ]
    arm = words.arms["intervention"]
    caption = (
        f"{label}: people of {arm} alone, by subset. Unweighted; the intervals are those of the"
        " paired t-test, of people who answered both times."
    )
    if words.sites_in("intervention") > 1:
        caption += POOLED
    name = f"subsets_{rows[0]['subsets']}"
    return Table(
        name, caption, "Outcome, subset and time", columns, tuple(groups), _notes(rows),
        "tables/subsets.csv",
    )  # fmt: skip


def _notes(rows: list[Row]) -> tuple[Note, ...]:
    minimum = rows[0]["minimum"]
    few = Note(f"Of fewer than {minimum} people the number alone is shown.")
    unknown = any(row["subset"] == NOT_KNOWN for row in rows)
    return (few, Note(UNKNOWN)) if unknown else (few,)


def _group(results: Results, rows: list[Row]) -> Group:
    """One subset's rows of one outcome."""
    outcome, people = results.words.outcomes[rows[0]["outcome"]], rows[0]["people"]
    who = counted(people, "person", "people")
    title = f"{outcome.label} ({outcome.unit}), {rows[0]['subset']}: {who}"
    return Group(title, tuple(_row(results, row, outcome.decimals) for row in rows))


def _row(results: Results, row: Row, decimals: int) -> TableRow:
    means = (count(row["n"]), fixed(row["mean"], decimals), fixed(row["sd"], decimals))
    if row["n_change"] is None:
        changes = ("–", "–", "–")
    else:
        limits = interval(row["ci_low"], row["ci_high"], decimals)
        changes = (count(row["n_change"]), fixed(row["mean_change"], decimals), limits)
    return TableRow(results.words.moment(row["time"]).label, (*means, *changes))
