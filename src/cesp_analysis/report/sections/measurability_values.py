"""Tables of measurability: values, extremes, missing answers, items, consistency."""

from collections.abc import Iterator, Sequence

from cesp_analysis.columns import Row
from cesp_analysis.numbers import NONE, by_size, count, fixed, interval, percent
from cesp_analysis.report.blocks import Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results

CSV = "tables/measurability.csv"
AGAINST = "runs against the rest"


def with_numbers(results: Results) -> bool:
    """Whether readers are told of how many people each number is; elsewhere by site and time."""
    return results.leaves("measurability_cells")


def share(value: float | None) -> str:
    """'12%'; a dash where there is none."""
    return NONE if value is None else percent(value, 1)


def _between(low: float | None, high: float | None, decimals: int) -> str:
    """'3 to 9'; of an open end, a dash."""
    if low is None and high is None:
        return NONE
    return f"{fixed(low, decimals)} to {fixed(high, decimals)}"


def values(results: Results, rows: Sequence[Row], level: str) -> Table:
    """The distribution of each candidate the first time, missing answers, ends of the scale."""
    words, notes = results.words, Notes()
    inside = with_numbers(results)
    lines = []
    for row in rows:
        outcome = words.outcomes[row["outcome"]]
        d = by_size(outcome.decimals, row["mean"], row["maximum"])
        marks = [sentence(row["distribution_reason"])] if row["distribution_reason"] else []
        if row["extreme_flag"]:
            marks.append(f"More than the study's limit: {row['extreme_flag']}.")
        missing = [count(row["n"]), *(share(row[name]) for name in ("missing", "item_missing"))]
        missing = missing if inside else []
        ends = (_between(row["minimum"], row["maximum"], d),) if inside else ()
        cells = (
            *missing, f"{fixed(row['mean'], d)} ({fixed(row['sd'], d)})", fixed(row["skew"], 2),
            "; ".join(fixed(row[name], d) for name in ("q1", "median", "q3")), *ends,
            share(row["floor"]), share(row["ceiling"]),
            _between(row["lowest"], row["highest"], 0),
        )  # fmt: skip
        own = " ".join(notes.mark(text) for text in marks)
        lines.append(TableRow(outcome.label, cells, own))
    return Table(
        id=f"measurability_values_{level}",
        caption="Values the first time, and what is missing over all times."
        if inside
        else "Values the first time.",
        stub="Outcome",
        columns=tuple(_heads(inside)),
        groups=(Group("", tuple(lines)),),
        notes=(
            Note(
                "Value: of those expected at a time, the dead and withdrawn among them. Items: of"
                " questionnaires that came back."
                " Skew: G1. Shares at the lowest and highest possible value, by site and time in"
                " the table below."
                if inside
                else "Skew: G1. At the end: shares at the lowest and highest possible value. How"
                " many answered: by time and site, under the observed means."
            ),
            *notes.notes(),
        ),
        csv=CSV,
    )


def _heads(inside: bool) -> Iterator[Column]:
    """The columns of `values`; what is missing, and single people's values, stay inside."""
    if inside:
        yield Column("n")
        yield from (Column(head, "right", "Missing, all times") for head in ("Value", "Items"))
    yield from (Column("Mean (SD)"), Column("Skew"), Column("Quartiles", "wrap"))
    if inside:
        yield Column("Range", "wrap")
    yield from (Column(head, "right", "At the end") for head in ("Lowest", "Highest"))
    yield Column("Scale", "wrap")


def by_cell(results: Results, rows: Sequence[Row], level: str) -> Table:
    """Missing values and the end without room, by site and time."""
    words = results.words
    known = {(r["outcome"], r["site"], r["time"]): r for r in results.measurability_cells}
    groups, moments = words.groups(), words.moments(level)
    lines = []
    for row in rows:
        cells = [
            _cell(known.get((row["outcome"], group, moment.name)), row["direction"])
            for group in groups
            for moment in moments
        ]
        lines.append(TableRow(words.outcomes[row["outcome"]].label, tuple(cells)))
    return Table(
        id=f"measurability_cells_{level}",
        caption="Missing values, and values that cannot improve, by site and time.",
        stub="Outcome",
        columns=tuple(
            Column(moment.label, "wrap", words.group(group))
            for group in groups
            for moment in moments
        ),
        groups=(Group("", tuple(lines)),),
        notes=(
            Note(
                "Percent missing of those expected, the dead and withdrawn among them; in brackets"
                " the percent of values at the end"
                f" of the scale from which nobody can improve. {NONE}: of nobody; no"
                " brackets: that end is not known, or neither direction is an improvement."
            ),
        ),
        csv="tables/measurability_cells.csv",
    )


def _cell(row: Row | None, direction: str) -> str:
    if row is None:
        return NONE
    end = {"higher_is_better": "ceiling", "lower_is_better": "floor"}.get(direction, "")
    missing = share(row["missing"])
    return f"{missing} ({share(row[end])})" if end and row[end] is not None else missing


def reliabilities(results: Results, rows: Sequence[Row], level: str) -> Table:
    """Alpha, omega and dimensions of scales whose items are signs of one thing."""
    words, notes = results.words, Notes()
    inside = with_numbers(results)
    lines = []
    for row in rows:
        marks = [sentence(row[name]) for name in ("reliability", "dimensionality") if row[name]]
        cells = (
            _counted(row) if inside else count(row["items"]), _with(row, "alpha"),
            _with(row, "omega"), count(row["factors"]),
            share(row["explained"]), fixed(row["srmr"], 3),
            _with(row, "rmsea"),
        )  # fmt: skip
        label = words.outcomes[row["outcome"]].label
        lines.append(TableRow(label, cells, " ".join(notes.mark(text) for text in marks)))
    methods = dict.fromkeys(  # how many draws had a fit is in the CSV
        row["reliability_method"].partition(" of people, ")[0]
        for row in rows
        if row["reliability_method"]
    )
    one = "One factor"
    return Table(
        id=f"measurability_reliability_{level}",
        caption="How consistent the items are, the first time.",
        stub="Outcome",
        columns=(
            Column("Items (n)" if inside else "Items"), Column("Alpha", "wrap"),
            Column("Omega", "wrap"), Column("Factors kept", "wrap"),
            Column("Explained", "right", one), Column("SRMR", "right", one),
            Column("RMSEA", "wrap", one),
        ),
        groups=(Group("", tuple(lines)),),
        notes=(
            Note(
                "n: complete answers. " * inside
                + f"In brackets: {words.interval()}s; of RMSEA 90%."
            ),
            *(Note(sentence(text)) for text in methods),
            *notes.notes(),
        ),
        csv=CSV,
    )  # fmt: skip


def _counted(row: Row) -> str:
    """'7 (196)': items, and complete answers to them."""
    items = count(row["items"])
    return items if row["complete"] is None else f"{items} ({count(row['complete'])})"


def _with(row: Row, name: str) -> str:
    """'0.843 (0.739 to 0.916)'."""
    value, low, high = (row[key] for key in (name, f"{name}_low", f"{name}_high"))
    if value is None or low is None:
        return fixed(value, 3)
    return f"{fixed(value, 3)} ({interval(low, high, 3)})"


def items(results: Results, rows: Sequence[Row], level: str) -> Table:
    """Each item the first time, all sites together."""
    words, notes = results.words, Notes()
    groups = []
    for row in rows:
        own = [
            item
            for item in results.items
            if item["outcome"] == row["outcome"]
            and item["time"] == row["time"]
            and not item["site"]
        ]
        against = set(row["against"].split(" | "))
        lines = tuple(_item(item, against, notes) for item in own)
        if lines:
            groups.append(Group(words.outcomes[row["outcome"]].label, lines))
    return Table(
        id=f"measurability_items_{level}",
        caption="Items the first time, all sites together.",
        stub="Item",
        columns=(
            Column("n"), Column("Missing"), Column("Mean (SD)"), Column("Codes"),
            Column("At the lowest"), Column("At the highest"), Column("With the rest"),
        ),
        groups=tuple(groups),
        notes=(
            Note(
                "Answers as given. With the rest: correlation with the sum of the other items, as"
                " they enter the score. By site and time: the CSV."
            ),
            *notes.notes(),
        ),
        csv="tables/items.csv",
    )  # fmt: skip


def named_item(code: str, label: str) -> str:
    """'1 optimistic'; the label alone where it begins with the code or holds it as a word."""
    words = label.lower().split()
    return label if code.lower() in words else f"{code} {label}".strip()


def _item(item: Row, against: set[str], notes: Notes) -> TableRow:
    code = item["item"].rpartition(".")[2]
    marks = [f"It {AGAINST}: check its direction."] if code in against else []
    marks += [sentence(item["reason"])] if item["reason"] else []
    cells = (
        count(item["n"]), share(item["missing"]),
        f"{fixed(item['mean'], 2)} ({fixed(item['sd'], 2)})",
        _between(item["lowest"], item["highest"], 0), share(item["floor"]),
        share(item["ceiling"]), fixed(item["rest_correlation"], 2),
    )  # fmt: skip
    stub = named_item(code, item["label"])
    return TableRow(stub, cells, " ".join(notes.mark(text) for text in marks))
