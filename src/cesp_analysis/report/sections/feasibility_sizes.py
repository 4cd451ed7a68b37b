"""Whether the study is large enough, and people taken in against the target."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.numbers import NONE, count, counted, fixed, interval, percent
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.feasibility_words import mark_of
from cesp_analysis.report.sections.figure import figure


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
        own = " ".join(marks.setdefault(part, mark_of(len(marks))) for part in said)
        target = "" if row["target"] is None else f"{count(row['target'])} by {row['target_by']}"
        cells = (
            count(row["recruited"]), fixed(row["months"], 1),
            _per_month(row),
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
            Column("Chance of it", "wrap"),
            Column("Target reached on", "wrap"),
        ),
        groups=(Group("", tuple(rows)),),
        notes=(
            Note(
                f"In brackets: {words.interval()}s. A month: exact Poisson (Garwood). Ahead:"
                " negative binomial predictions from the rate observed (Poisson process, Jeffreys'"
                " prior): medians. They suppose that nothing changes: no site opens or closes, no"
                " season."
            ),
            *(Note(f"{said[:1].upper()}{said[1:]}.", mark) for said, mark in marks.items()),
        ),
        csv="tables/projection.csv",
    )


def _per_month(row: Row) -> str:
    if row["per_month"] is None:
        return NONE
    return f"{fixed(row['per_month'], 1)} ({interval(row['ci_low'], row['ci_high'], 1)})"


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


def _found(row: Row) -> str:
    """How many there are, and how many they are worth."""
    if row["found"] is None:
        return NONE
    rows, worth = row["worth"], row["effective_n"]
    said = count(row["found"]) + (f" rows, worth {fixed(rows, 1)}" if rows is not None else "")
    return said + (f" ({fixed(worth, 1)})" if worth is not None else "")


def sizes(results: Results) -> Table:
    """Published rules about the size of a pilot, beside what there is."""
    groups: dict[str, list[TableRow]] = {}
    lewis = {row["criterion"]: row for row in results.progression}
    for row in results.sample_size:
        plain = lewis[row["of"]]["n_plain"] if row["of"] in lewis else None
        cells = (
            fixed(row["needed"], 0) if row["needed"] is not None else NONE,
            count(plain) if plain is not None else NONE,
            _found(row),
            row["enough"] + (f" ({row['deff_enough']})" if row["deff_enough"] else ""),
        )
        under = "; ".join(part for part in (row["source"], row["reason"]) if part)
        title = f"{row['rule'][:1].upper()}{row['rule'][1:]}"
        stub = row["label"] or "The study"
        groups.setdefault(title, []).append(TableRow(stub, cells, under=under))
    short = sum(row["enough"] == "no" for row in results.sample_size)
    said = f"{counted(short, 'rule')} not met. " if short else ""
    worth = [row for row in results.sample_size if row["enough"] == "yes"]
    if less := sum(row["deff_enough"] == "no" for row in worth):
        said += f"{counted(less, 'rule')} met by n, not at the effective sample size. "
    return Table(
        id="sample_size",
        caption="Whether the study is as large as is asked of a pilot.",
        stub="Rule",
        columns=(
            Column("Needed"),
            Column("Without correction"),
            Column("Found"),
            Column("Enough", "left"),
        ),
        groups=tuple(Group(title, tuple(rows)) for title, rows in groups.items()),
        notes=(
            Note(
                f"{said}An outcome: people with an answer at the last time. Lewis et al. give both"
                " formulas; with correction for continuity (their Table 4) is what is held against."
                " Where one person may have several rows, it is how many independent people the"
                " rows are worth that is held against. In brackets: at the effective sample size,"
                " which allows for people of one link worker being alike."
            ),
        ),
        csv="tables/sample_size.csv",
    )
