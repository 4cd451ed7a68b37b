"""Contacts with link workers, change by dose (exploratory), and meetings of panels."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.numbers import NONE, count, degrees, fixed, interval, percent
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
from cesp_analysis.report.notes import Notes
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.withheld import above_zero

NOT_CAUSAL = (
    "Exploratory. These slopes are not causal: nobody decided by chance who got how much. How"
    " somebody was doing may have decided how often they came and how they were rated (reverse"
    " causation), who got much is who stayed, and whatever else differs between people is part of"
    " a slope. They are no dose–response effect, whatever their intervals hold."
)
PROCESS = (
    "A record of process: counts of meetings that were held, not a sample of them, so there is no"
    " interval. They say what was done, not what came of it."
)
_DOSES = {"contacts": "Contacts kept", "minutes": "Time with the link worker",
          "fidelity": "Fidelity"}  # fmt: skip


def delivery(results: Results) -> Iterator[Block]:
    """What people of the intervention arm got, and what panels did."""
    if not (results.contacts or results.activity):
        return
    yield Heading(1, "Contacts and panels", "delivery")
    if results.contacts:
        yield from figure(results, "contacts_person")
        yield _contacts(results)
    if results.dose_response:
        yield Heading(2, "Change by dose and fidelity (exploratory)", "delivery_response")
        yield Callout("caution", "Why this is not the effect of a dose", NOT_CAUSAL)
        yield _responses(results)
    if results.activity:
        yield Heading(2, "Meetings of panels", "delivery_panels")
        yield Paragraph(PROCESS)
        yield _activity(results)


def _contacts(results: Results) -> Table:
    """All people, then each link worker's, a row each."""
    words, notes, groups = results.words, Notes(), []
    for of, title in (("all", ""), ("link_worker", "By link worker")):
        part = [row for row in results.contacts if row["of"] == of]
        rows = []
        for group in dict.fromkeys(row["group"] for row in part):
            own = {row["quantity"]: row for row in part if row["group"] == group}
            rows.append(_contact_row(group or "All", own, notes, words.delivery.minutes))
        if rows:
            groups.append(Group(title, tuple(rows)))
    spanner = "Contacts kept a person"
    columns = [Column("People"), Column("None kept"), Column("Median (quartiles)", "wrap", spanner)]
    columns += [Column(f"Mean ({words.interval()})", "wrap", spanner)]
    if words.delivery.minutes:
        columns.append(Column("Minutes, median (quartiles)", "wrap"))
    columns.append(Column("Days to the first, median (quartiles)", "wrap"))
    if any(row["quantity"] == "share_kept" for row in results.contacts):
        columns += [Column("Offered"), Column("Kept of these", "wrap")]
    minimum = results.contacts[0]["minimum"]
    return Table(
        id="contacts",
        caption="Contacts of people of the intervention arm with their link worker.",
        stub="People",
        columns=tuple(columns),
        groups=tuple(groups),
        notes=(
            Note(
                "Days to the first: of people with a contact kept alone, from their start. Of fewer"
                f" than {minimum} people the number alone is shown. Intervals: for people like"
                " these with the same link workers. A contact counts for the person's own link"
                " worker, whoever held it."
            ),
            *notes.notes(),
        ),
        csv="tables/contacts.csv",
    )


def _contact_row(label: str, own: dict[str, Row], notes: Notes, minutes: bool) -> TableRow:
    row = own["contacts"]
    mean = NONE
    if row["mean"] is not None:
        limits = interval(row["ci_low"], row["ci_high"], 1)
        mean = fixed(row["mean"], 1) + (f" ({limits})" if row["ci_low"] is not None else "")
    cells = [count(row["people"]), count(row["none"]), _quartiles(row), mean]
    if minutes:
        cells.append(_quartiles(own["minutes"]))
    cells += [_quartiles(own["first_days"])]
    if (share := own.get("share_kept")) is not None:
        cells += [count(share["n"]), _kept(share)]
    said = [w for r in own.values() for w in r["warnings"].split(" | ") if w]
    marks = " ".join(notes.mark(f"{w[:1].upper()}{w[1:]}.") for w in dict.fromkeys(said))
    return TableRow(label, tuple(cells), marks)


def _quartiles(row: Row) -> str:
    if row["median"] is None:
        return NONE
    numbers = [row[name] for name in ("median", "q1", "q3")]
    median, low, high = (fixed(x, 0 if abs(x - round(x)) < 1e-9 else 1) for x in numbers)
    return f"{median} ({low} to {high})"


def _kept(row: Row) -> str:
    if row["mean"] is None:
        return NONE
    share = percent(row["total"], row["n"])
    if row["ci_low"] is None:
        return share
    return f"{share} ({interval(100 * row['ci_low'], 100 * row['ci_high'], 0)})"


def _responses(results: Results) -> Table:
    """A dose a row, outcomes and times as groups."""
    words, notes, groups = results.words, Notes(), []
    keys = dict.fromkeys((row["outcome"], row["time"]) for row in results.dose_response)
    for name, time in keys:
        own = [r for r in results.dose_response if (r["outcome"], r["time"]) == (name, time)]
        outcome, moment = words.outcomes[name], words.moment(time).label
        rows = tuple(_response_row(row, outcome.decimals, notes) for row in own)
        first = words.times[0].label
        title = f"{outcome.label} ({outcome.unit}): change from {first} to {moment}"
        groups.append(Group(title, rows))
    methods = dict.fromkeys(r["method"] for r in results.dose_response if r["method"])
    arm = words.arms["intervention"]
    return Table(
        id="dose_response",
        caption=f"Change of people of {arm} by what they got: exploratory slopes, not causal.",
        stub="Dose, and what is held",
        columns=(Column("People"), Column("For one more"), Column("Slope"),
                 Column(words.interval()), Column("df")),
        groups=tuple(groups),
        notes=(*(Note(f"{m[:1].upper()}{m[1:]}.") for m in methods), *notes.notes()),
        csv="tables/dose_response.csv",
    )  # fmt: skip


def _response_row(row: Row, decimals: int, notes: Notes) -> TableRow:
    held = "" if row["adjusted"] == "nothing" else f", {row['adjusted']} held"
    marks = notes.mark(f"Not estimable: {row['reason']}.") if row["reason"] else ""
    cells = (
        count(row["n"]), row["per"], fixed(row["estimate"], decimals),
        interval(row["ci_low"], row["ci_high"], decimals), degrees(row["df"]),
    )  # fmt: skip
    return TableRow(f"{_DOSES[row['dose']]}{held}", cells, marks)


def _activity(results: Results) -> Table:
    """Panels of a site as groups; all meetings, then each part of time."""
    words, notes, groups = results.words, Notes(), []
    for site, panel in dict.fromkeys((row["site"], row["panel"]) for row in results.activity):
        own = [r for r in results.activity if (r["site"], r["panel"]) == (site, panel)]
        title = f"{own[0]['label']}, {words.group(site)}" if site else own[0]["label"]
        if own[0]["meetings"] == 0:
            title = f"{title}: no meeting on record"
        rows = tuple(_activity_row(row, notes) for row in own if own[0]["meetings"])
        groups.append(Group(title, rows or (TableRow("All", ("0", *[NONE] * 6)),)))
    return Table(
        id="activity",
        caption="Meetings of panels: who came, and what became of actions agreed.",
        stub="Panel and time",
        columns=(
            Column("Meetings"), Column("Held"), Column("Invited", spanner="People"),
            Column("Came", spanner="People"), Column("Agreed", spanner="Actions"),
            Column("Done", spanner="Actions"), Column("First and last", "wrap"),
        ),
        groups=tuple(groups),
        notes=(
            Note(
                "Held: somebody came. Invited and came: summed over meetings held of which both are"
                " known; actions over all of which both are. 0 of 0 has no percent."
            ),
            *notes.notes(),
        ),
        csv="tables/activity.csv",
    )  # fmt: skip


def _activity_row(row: Row, notes: Notes) -> TableRow:
    marks = " ".join(
        notes.mark(f"{said[:1].upper()}{said[1:]}.")
        for said in row["warnings"].split(" | ")
        if said
    )
    cells = (
        count(row["meetings"]), count(row["held"]), count(row["invited"]),
        _part(row["attended"], row["invited"]), count(row["agreed"]),
        _part(row["done"], row["agreed"]),
        " to ".join(dict.fromkeys(filter(None, (row["first"], row["last"])))) or NONE,
    )  # fmt: skip
    return TableRow(row["period"] or "All", cells, marks)


def _part(some: float | None, whole: float | None) -> str:
    if some is None:
        return NONE
    return (
        f"{count(some)} ({percent(some, whole)})"
        if whole is not None and above_zero(whole)
        else count(some)
    )
