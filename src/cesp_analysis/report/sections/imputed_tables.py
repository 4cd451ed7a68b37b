"""Tables of what was imputed beside what was answered, and of what the gaps take of estimates."""

from cesp_analysis.columns import Row
from cesp_analysis.declared.wording import Wording
from cesp_analysis.numbers import count, counted, degrees, fixed, percent
from cesp_analysis.report.blocks import Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow


def values_table(words: Wording, rows: list[Row]) -> Table:
    """One row a site (or arm) and time: what was answered and what was imputed."""
    first: dict[tuple[str, str, str, str], dict[str, Row]] = {}
    for row in rows:
        key = (row["handling"], row["outcome"], row["group"], row["time"])
        first.setdefault(key, {}).setdefault(row["source"], row)
    several = len({key[0] for key in first}) > 1
    titled: dict[str, list[TableRow]] = {}
    for (handling, outcome, group, time), own in first.items():
        title = words.outcomes[outcome].label
        title += f" ({handling.replace('_', ' ')})" if several else ""
        cells = [*_source(words, own.get("observed")), *_source(words, own.get("imputed"))]
        imputed = own.get("imputed")
        cells.append(percent(imputed["outside"], 1) if imputed else "")
        stub = f"{words.group(group)}, {words.moment(time).label}"
        titled.setdefault(title, []).append(TableRow(stub, tuple(cells)))
    sets = max(row["sets"] for row in rows)
    return Table(
        id="imputed_values",
        caption="What was imputed beside what people answered.",
        stub="Site and time" if words.sites else "Arm and time",
        columns=(
            *(Column(head, "right", "Answered") for head in ("n", "Mean (SD)")),
            *(Column(head, "right", "Imputed") for head in ("n", "Mean (SD)", "Outside")),
        ),
        groups=tuple(Group(title, tuple(lines)) for title, lines in titled.items()),
        notes=(
            Note(
                f"Imputed: people, and the mean and SD of their values in {counted(sets, 'set')}."
                " Outside: share of imputed values below the lowest or above the highest answer of"
                " anybody. A normal model makes some; means and variances are right for it, and"
                " cutting them off would bias both."
            ),
        ),
        csv="tables/imputed_values.csv",
    )


def _source(words: Wording, row: Row | None) -> tuple[str, str]:
    if row is None:
        return "0", ""
    decimals = words.outcomes[row["outcome"]].decimals
    return count(row["n"]), f"{fixed(row['mean'], decimals)} ({fixed(row['sd'], decimals)})"


def fmi_table(words: Wording, rows: list[Row]) -> Table:
    """One row an imputed estimate: how much of it the missing answers take."""
    titled: dict[str, list[TableRow]] = {}
    order = list(words.outcomes)
    for row in sorted(rows, key=lambda row: order.index(row["outcome"])):
        when = words.equation_at(row["time"]) if row["time"] else "all times"
        cells = (
            count(row["m"]), fixed(row["fmi"], 2), fixed(row["fraction"], 2), degrees(row["df"]),
            degrees(row["df_complete"]), fixed(row["monte_carlo"], 3), fixed(row["share"], 3),
        )  # fmt: skip
        label = f"{words.models[row['model']].label}, {when}"
        titled.setdefault(words.outcomes[row["outcome"]].label, []).append(TableRow(label, cells))
    return Table(
        id="fmi",
        caption="What the missing answers take of each imputed estimate.",
        stub="Model and time",
        columns=(
            Column("Sets"),
            Column("FMI"),
            Column("Lambda"),
            Column("df"),
            Column("df, complete"),
            Column("Estimate's unit", "right", "Monte Carlo error"),
            Column("SEs", "right", "Monte Carlo error"),
        ),
        groups=tuple(Group(title, tuple(lines)) for title, lines in titled.items()),
        notes=(
            Note(
                "FMI: fraction of missing information. Lambda: share of the variance that comes"
                " from imputing. df: Barnard and Rubin's; complete: those that complete answers"
                " would have. SEs: the Monte Carlo error over the standard error."
            ),
        ),
        csv="tables/fmi.csv",
    )
