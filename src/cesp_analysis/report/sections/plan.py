"""What was declared beforehand: the lock, the estimands, the confirmatory families."""

from collections.abc import Iterator

from cesp_analysis.analysis_plan.words import (
    AFTER_DATA,
    CHANGED,
    EXPLORATORY,
    NOT_LOCKED,
    OTHERS,
    UNCHANGED,
)
from cesp_analysis.columns import Row
from cesp_analysis.numbers import NONE, counted, fixed, interval, listed
from cesp_analysis.report.blocks import (
    Block,
    Callout,
    Column,
    Group,
    Heading,
    Note,
    Paragraph,
    Table,
)
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.plan_state import state
from cesp_analysis.report.results import Results
from cesp_analysis.report.titles import TITLES


def plan(results: Results) -> Iterator[Block]:
    """The lock, a table of estimands, a table a confirmatory family."""
    if not results.words.models:
        return
    yield Heading(1, TITLES["plan"], "plan")
    yield _lock(results)
    if results.estimands:
        yield _estimands(results)
    for name, label in results.words.families.items():
        yield _family(results, name, label)
    yield Paragraph(OTHERS if results.words.families else EXPLORATORY)


def _lock(results: Results) -> Block:
    """All that is known of the locks: their dates, checksums and reasons, and what they lack."""
    if not results.locks:
        return Paragraph(NOT_LOCKED)
    first, *amended = results.locks
    said = f"Locked on {first['date']} (sha256 {first['sha256'][:12]}…)"
    for lock in amended:
        reason = lock["reason"].rstrip(".")
        said += f"; amended on {lock['date']} (sha256 {lock['sha256'][:12]}…): {reason}"
    limits = "".join(f" {text}" for text in _limits(results.locks))
    tone, title = state(results)
    if changes := len(results.changed_since_lock):
        said += f". {counted(changes, 'change')} since, in no lock. {CHANGED}{limits}"
    elif amended:
        said += f". {CHANGED}{limits}"
    else:
        said += f"; unchanged.{limits}"
    return Callout(tone, title, said)


def _limits(locks: list[Row]) -> Iterator[str]:
    """What the locks do not show: that nobody had looked, and what an earlier version left out."""
    if day := locks[0]["received"]:
        yield AFTER_DATA.format(day)
    for lock in locks:
        if lock["not_held"]:
            yield (
                f"The lock of {lock['date']} was written by an earlier version of the pipeline and"
                f" does not hold {lock['not_held']}: a change of these goes unseen."
            )


def _estimands(results: Results) -> Table:
    notes = Notes()
    groups = tuple(
        Group(row["label"], tuple(_lines(results, row, notes))) for row in results.estimands
    )
    return Table(
        id="estimands",
        caption="Estimands: what is to be estimated, by the attributes of ICH E9(R1).",
        stub="Attribute",
        columns=(Column("Declared", "left"),),
        groups=groups,
        notes=notes.notes(),
        csv="tables/estimands.csv",
    )


def _lines(results: Results, row: Row, notes: Notes) -> Iterator[TableRow]:
    words = results.words
    outcome, time = words.outcomes[row["outcome"]], words.moment(row["time"])
    yield TableRow("Population", (row["population"],))
    yield TableRow("Treatment", (row["treatment"],))
    yield TableRow("Variable", (f"{outcome.label} at {time.label}, in {outcome.unit}",))
    events = [part.replace("_", " ") for part in row["intercurrent_events"].split(" | ") if part]
    yield TableRow("Intercurrent events", ("; ".join(events) or "none declared",))
    yield TableRow("Summary measure", (row["summary_measure"],))
    said = [sentence(part) for part in row["warnings"].split(" | ") if part]
    found = [part for part in row["estimates"].split(" | ") if part]
    marks = " ".join(notes.mark(text) for text in said)
    yield TableRow("Estimates", (", ".join(found) or "none",), marks)


def _family(results: Results, name: str, label: str) -> Table:
    notes = Notes()
    rows = {row["estimate_id"]: row for row in results.estimates}
    own = [row for row in results.planned.values() if row["family"] == name]
    size = int(own[0]["family_size"])
    lines = [_estimate(results, row, rows.get(row["estimate_id"]), notes) for row in own]
    held = Note(
        f"All at once: the {size} intervals hold together (Bonferroni); sampling error alone."
        " Holm's adjusted p-values stand in planned.csv and on no page."
    )
    return Table(
        id=f"family_{name}",
        caption=f"Confirmatory family: {label}.",
        stub="Estimate",
        columns=(
            Column("Estimate"),
            Column(results.words.interval()),
            Column("All at once"),
            Column("Declared", "left"),
        ),
        groups=(Group("", tuple(lines)),),
        notes=(*notes.notes(), held),
        csv="tables/planned.csv",
    )


def _estimate(results: Results, planned: Row, row: Row | None, notes: Notes) -> TableRow:
    if row is None:
        mark = notes.mark("No model made this estimate; it counts in the family's size.")
        return TableRow(planned["estimate_id"], (NONE, NONE, NONE, NONE), mark)
    outcome = results.words.outcomes[row["outcome"]]
    when = results.words.moment(row["time"]).label if row["time"] else "average"
    model = results.words.models[row["model"]].label
    marks = notes.mark(sentence(row["reason"])) if row["reason"] else ""
    d = outcome.decimals
    cells = (
        fixed(row["estimate"], d),
        interval(row["ci_low"], row["ci_high"], d),
        interval(planned["ci_low_family"], planned["ci_high_family"], d),
        _declared(planned),
    )
    stub = listed([outcome.label, when])
    return TableRow(f"{stub.replace(' and ', ', ')}: {model}", cells, marks, row["estimate_id"])


def _declared(planned: Row) -> str:
    """When the analysis, its place in the family and its estimand were declared."""
    if not planned["standing"]:
        return "not locked"
    parts = {"analysis": "standing", "in the family": "family_standing"}
    parts |= {"estimand": "estimand_standing"}
    late = [f"{what}: {planned[key]}" for what, key in parts.items() if planned[key]]
    late = [said for said in late if not said.endswith(UNCHANGED)]
    return "; ".join(late) or planned["standing"]
