"""The rates of feasibility, and people taken in against the target."""

from collections.abc import Iterator

from cesp_analysis.numbers import NONE, count, fixed, interval, percent
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results, Row
from cesp_analysis.report.sections.figure import figure

COMPLETENESS = "completeness"


def recruitment(results: Results) -> Iterator[Block]:
    """The figure of people taken in over time, and the projection."""
    if not results.projection:
        return
    yield Heading(2, "Recruitment over time", "recruitment")
    yield from figure(results, "recruitment_person")
    yield _projection(results)


def _projection(results: Results) -> Table:
    words = results.words
    rows, marks = [], dict[str, str]()
    for row in results.projection:
        said = [part for part in row["warnings"].split(" | ") if part]
        own = " ".join(marks.setdefault(part, _mark(len(marks))) for part in said)
        target = "" if row["target"] is None else f"{count(row['target'])} by {row['target_by']}"
        cells = (
            count(row["recruited"]), fixed(row["months"], 1),
            f"{fixed(row['per_month'], 1)} ({interval(row['ci_low'], row['ci_high'], 1)})",
            target or NONE, _expected(row), _chance(row["probability"]), _reached(row),
        )  # fmt: skip
        name = words.group(row["group"]) if row["group"] else "All"
        rows.append(TableRow(name, cells, own, row["reason"]))
    return Table(
        id="projection",
        caption="People taken in, against the target.",
        stub="Site" if words.sites else "Arm",
        columns=(
            Column("People"),
            Column("Months"),
            Column("A month", "wrap"),
            Column("Target", "wrap"),
            Column("Expected by then", "wrap"),
            Column("Chance of target"),
            Column("Target reached on", "wrap"),
        ),
        groups=(Group("", tuple(rows)),),
        notes=(
            Note(
                f"In brackets: {words.interval()}s. A month: exact Poisson (Garwood). Ahead: negative binomial predictions from the"
                " rate observed (Poisson process, Jeffreys' prior), medians and intervals. They"
                " suppose that nothing changes: no site opens or closes, no season."
            ),
            *(Note(f"{said[:1].upper()}{said[1:]}.", mark) for said, mark in marks.items()),
        ),
        csv="tables/projection.csv",
    )


def _expected(row: Row) -> str:
    if row["expected"] is None:
        return NONE
    between = interval(row["expected_low"], row["expected_high"], 0)
    return f"{fixed(row['expected'], 0)} ({between})"


def _chance(share: float | None) -> str:
    return NONE if share is None else percent(share, 1)


def _reached(row: Row) -> str:
    """The day, and between which days it may come."""
    if not row["reached_low"]:
        return row["reached"] or NONE
    later = row["reached_high"] or "later than 2200"
    return f"{row['reached'] or 'later than 2200'} ({row['reached_low']} to {later})"


def rates_tables(results: Results) -> Iterator[Block]:
    """Shares; events a month; link workers; how completely questionnaires are filled in."""
    own = [row for row in results.rates if row["rate"] != COMPLETENESS]
    sites = [row for row in own if row["of"] != "link_worker"]
    workers = [row for row in own if row["of"] == "link_worker"]
    if own or results.rates:
        yield Heading(2, "Rates", "feasibility_rates")
    if shares := [row for row in sites if row["kind"] == "proportion"]:
        yield _shares(results, shares, "rates", "Shares, over all and by site.")
    if monthly := [row for row in sites if row["kind"] != "proportion"]:
        yield _monthly(results, monthly)
    if of_workers := [row for row in workers if row["kind"] == "proportion"]:
        yield _shares(results, of_workers, "rates_workers", "Shares by link worker.")
    if clustered := [row for row in sites if row["deff"] is not None]:
        yield _designs(results, clustered)
    if filled := [row for row in results.rates if row["rate"] == COMPLETENESS]:
        yield _completeness(results, filled)


def _titled(results: Results, row: Row) -> str:
    at = results.words.moment(row["time"]).label if row["time"] else ""
    return ", ".join(part for part in (row["label"], at, row["part_label"]) if part)


def _who(results: Results, row: Row) -> str:
    if row["of"] == "all":
        return "All"
    return row["group"] if row["of"] == "link_worker" else results.words.group(row["group"])


def _shares(results: Results, rows: list[Row], name: str, caption: str) -> Table:
    marks: dict[str, str] = {}
    groups: dict[str, list[TableRow]] = {}
    for row in rows:
        said = [part for part in row["warnings"].split(" | ") if part]
        own = " ".join(marks.setdefault(part, _mark(len(marks))) for part in said)
        cells = (
            count(row["numerator"]), count(row["denominator"]), _percent(row["value"]),
            _percents(row["ci_low"], row["ci_high"]),
            _percents(row["exact_low"], row["exact_high"]),
        )  # fmt: skip
        line = TableRow(_who(results, row), cells, own, row["reason"])
        groups.setdefault(_titled(results, row), []).append(line)
    return Table(
        id=name,
        caption=caption,
        stub="Rate",
        columns=(
            Column("Numerator"),
            Column("Denominator"),
            Column("%", "right"),
            Column("Wilson", "right", f"{results.words.interval()}, %"),
            Column("Clopper-Pearson", "right", f"{results.words.interval()}, %"),
        ),
        groups=tuple(Group(title, tuple(lines)) for title, lines in groups.items()),
        notes=(
            Note(
                "Who is in numerator and denominator stands in the CSV. A row without anybody below"
                " the line has no rate, and stays."
            ),
            *(Note(f"{said[:1].upper()}{said[1:]}.", mark) for said, mark in marks.items()),
        ),
        csv="tables/rates.csv",
    )


def _monthly(results: Results, rows: list[Row]) -> Table:
    marks: dict[str, str] = {}
    groups: dict[str, list[TableRow]] = {}
    for row in rows:
        said = [part for part in row["warnings"].split(" | ") if part]
        own = " ".join(marks.setdefault(part, _mark(len(marks))) for part in said)
        cells = (
            count(row["numerator"]), fixed(row["exposure"], 1), fixed(row["value"], 3),
            interval(row["ci_low"], row["ci_high"], 3),
        )  # fmt: skip
        under = row["reason"] or row["exposure_is"]
        line = TableRow(_who(results, row), cells, own, under)
        groups.setdefault(_titled(results, row), []).append(line)
    return Table(
        id="rates_monthly",
        caption="Events a month.",
        stub="Rate",
        columns=(
            Column("Events"),
            Column("Months"),
            Column("A month"),
            Column(results.words.interval(), "right"),
        ),
        groups=tuple(Group(title, tuple(lines)) for title, lines in groups.items()),
        notes=(
            Note("Intervals: exact Poisson (Garwood)."),
            *(Note(f"{said[:1].upper()}{said[1:]}.", mark) for said, mark in marks.items()),
        ),
        csv="tables/rates.csv",
    )


def _designs(results: Results, rows: list[Row]) -> Table:
    """What people of one link worker being alike does to the rates."""
    groups: dict[str, list[TableRow]] = {}
    for row in rows:
        cells = (
            count(row["link_workers"]), fixed(row["icc"], 3), fixed(row["cluster_size"], 1),
            fixed(row["deff"], 2), count(row["denominator"]), fixed(row["effective_n"], 1),
            _percents(row["ci_low"], row["ci_high"]), _percents(row["deff_low"], row["deff_high"]),
        )  # fmt: skip
        line = TableRow(_who(results, row), cells)
        groups.setdefault(_titled(results, row), []).append(line)
    return Table(
        id="rates_designs",
        caption="Rates at the effective number of people: those of one link worker may be alike.",
        stub="Rate",
        columns=(
            Column("Link workers", "wrap"),
            Column("ICC"),
            Column("People each", "wrap"),
            Column("Design effect", "wrap"),
            Column("n", "right"),
            Column("Effective n", "wrap"),
            Column("At n", "right", f"{results.words.interval()} (Wilson), %"),
            Column("At effective n", "right", f"{results.words.interval()} (Wilson), %"),
        ),
        groups=tuple(Group(title, tuple(lines)) for title, lines in groups.items()),
        notes=(
            Note(
                "ICC: of people with one link worker, by analysis of variance; below 0 it counts as"
                " 0. Design effect: 1 + (people each − 1) × ICC; people each: sum of squares over"
                " sum. With few link workers the ICC is hardly known."
            ),
        ),
        csv="tables/rates.csv",
    )


def _completeness(results: Results, rows: list[Row]) -> Table:
    """Instruments whole by site and time; of items the one that is answered least."""
    words = results.words
    whole = [row for row in rows if "." not in row["part"] and row["of"] != "link_worker"]
    groups: dict[str, list[TableRow]] = {}
    for row in whole:
        items = [
            other
            for other in rows
            if other["part"].startswith(f"{row['part']}.")
            and (other["time"], other["of"], other["group"])
            == (row["time"], row["of"], row["group"])
            and other["value"] is not None
        ]
        least = min(items, key=lambda other: other["value"], default=None)
        cells = (
            count(row["numerator"]), count(row["denominator"]), _percent(row["value"]),
            _percents(row["ci_low"], row["ci_high"]),
            f"{_percent(least['value'])}: {least['part_label']}" if least else NONE,
        )  # fmt: skip
        at = f"{row['part_label'].removesuffix(': all items')}, {words.moment(row['time']).label}"
        line = TableRow(_who(results, row), cells, under=row["reason"])
        groups.setdefault(at, []).append(line)
    return Table(
        id="rates_completeness",
        caption="Questionnaires of people, filled in whole: every item answered.",
        stub="Questionnaire",
        columns=(
            Column("All items"),
            Column("Records"),
            Column("%", "right"),
            Column("Wilson, %", "right"),
            Column("Item answered least, %", "left"),
        ),
        groups=tuple(Group(title, tuple(lines)) for title, lines in groups.items()),
        notes=(Note("Every item, and link workers, are in the CSV (rate completeness)."),),
        csv="tables/rates.csv",
    )


def _percent(value: float | None) -> str:
    if value is None:
        return NONE
    return fixed(100 * value, 0 if value in (0, 1) else 1)


def _percents(low: float | None, high: float | None) -> str:
    return NONE if low is None or high is None else f"{_percent(low)} to {_percent(high)}"


def _mark(at: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return letters[at] if at < 26 else letters[at // 26 - 1] + letters[at % 26]
