"""Fidelity: how it is scored, by component, source, link worker and period; raters compared."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.numbers import NONE, count, counted, fixed, interval, percent
from cesp_analysis.report.blocks import Block, Bullets, Column, Group, Heading, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.withheld import above_zero

OWN_CUT_OFFS = "These cut-offs are the study's own: "
OF = {"all": "", "link_worker": "By link worker", "period": "By time since the start"}


def fidelity(results: Results) -> Iterator[Block]:
    """What raters say of how the intervention was delivered, and how far they agree."""
    if not results.fidelity:
        return
    yield Heading(1, "Fidelity", "fidelity")
    yield Bullets(tuple(_how(results)))
    yield from figure(results, "fidelity_person")
    yield _components(results)
    yield _levels(results)
    if results.leaves("fidelity_agreement"):
        yield _agreement(results)


def _how(results: Results) -> Iterator[str]:
    own = results.words.delivery
    yield (
        "A person's fidelity on a component is the mean of the sources that rated it, each source"
        " the mean of its ratings of that person; the overall score is the mean of"
        f" {_parts(own.components, own.minimum_components)}."
    )
    yield (
        f"Fidelity counts as moderate from {own.moderate:g} on and as high from {own.high:g} on."
        f" {OWN_CUT_OFFS}{own.rationale}"
    )
    yield (
        "Who was not rated may have been met less often, or left earlier: means are of those who"
        " were rated. Intervals are for people like them with the same link workers."
    )
    for said in dict.fromkeys(_warnings(results.fidelity)):
        yield f"{said[:1].upper()}{said[1:]}."


def _parts(components: int, least: int) -> str:
    """Of which components the overall score is the mean."""
    if components == 1:
        return "the one component"
    if least < components:
        return (
            f"those of the {components} components that are known, where at least {least} are:"
            " who lacks some is rated by the others"
        )
    return f"the {components} components"


def _warnings(rows: list[Row]) -> Iterator[str]:
    for row in rows:
        yield from filter(None, row["warnings"].split(" | "))


def _components(results: Results) -> Table:
    """A component a row: the mean of the sources, then each source."""
    words, sources = results.words, results.words.delivery.sources
    own = [row for row in results.fidelity if row["of"] == "all"]
    rows = []
    for component in dict.fromkeys(row["component"] for row in own):
        part = {row["source"]: row for row in own if row["component"] == component}
        whole = part[""]
        cells = [count(whole["rated"]), fixed(whole["mean"], 2), fixed(whole["sd"], 2)]
        cells.append(interval(whole["ci_low"], whole["ci_high"], 2))
        for source in sources:
            cells += [count(part[source]["rated"]), fixed(part[source]["mean"], 2)]
        rows.append(TableRow(whole["label"] or "Overall score", tuple(cells)))
    spanner = "Mean of the sources"
    columns = [Column(name, spanner=spanner) for name in ("People", "Mean", "SD", words.interval())]
    for label in sources.values():
        columns += [Column("People", spanner=label), Column("Mean", spanner=label)]
    minimum = own[0]["minimum"]
    return Table(
        id="fidelity_components",
        caption="Fidelity of people of the intervention arm, 0 to 1, by component and source.",
        stub="Component",
        columns=tuple(columns),
        groups=(Group("", tuple(rows)),),
        notes=(Note(f"Of fewer than {minimum} people the number alone is shown."),),
        csv="tables/fidelity.csv",
    )


def _levels(results: Results) -> Table:
    """The overall score of all, of each link worker and period: mean and levels."""
    own = [r for r in results.fidelity if not r["component"] and not r["source"]]
    groups = []
    for of, title in OF.items():
        part = [row for row in own if row["of"] == of]
        if part:
            groups.append(Group(title, tuple(_level_row(row) for row in part)))
    people = Column("People")
    columns = (
        people, Column("Rated"), Column("Ratings"), Column("Mean"),
        Column(results.words.interval()), Column("Low", spanner="People by level"),
        Column("Moderate", spanner="People by level"), Column("High", spanner="People by level"),
    )  # fmt: skip
    raters = results.fidelity_agreement if results.leaves("fidelity_agreement") else []
    alike = next((r for r in raters if r["of"] == "link_worker"), None)
    notes = [Note("Levels are counts of the people rated, with their percent.")]
    if alike is not None:
        notes.append(Note(_alike(alike)))
    return Table(
        id="fidelity_levels",
        caption="Overall fidelity and its levels.",
        stub="People",
        columns=columns,
        groups=tuple(groups),
        notes=tuple(notes),
        csv="tables/fidelity.csv",
    )


def _level_row(row: Row) -> TableRow:
    known = sum(0 if row[name] is None else row[name] for name in ("low", "moderate", "high"))
    levels = tuple(
        NONE if not above_zero(known) else f"{count(row[name])} ({percent(row[name], known)})"
        for name in ("low", "moderate", "high")
    )
    limits = interval(row["ci_low"], row["ci_high"], 2)
    cells = (count(row["people"]), count(row["rated"]), count(row["ratings"]),
             fixed(row["mean"], 2), limits)  # fmt: skip
    return TableRow(row["group"] or "All", (*cells, *levels))


def _alike(row: Row) -> str:
    """How alike people of one link worker are, in a sentence."""
    workers = counted(row["people"], "link worker")
    said = f"Intraclass correlation of people of one link worker ({workers})"
    if row["estimate"] is None:
        return f"{said}: not estimable ({row['reason']})."
    limits = interval(row["ci_low"], row["ci_high"], 2)
    return f"{said}: {fixed(row['estimate'], 2)} ({limits}). {row['method']}."


def _agreement(results: Results) -> Table:
    """Pairs of ratings a row: the overall score."""
    notes, words = Notes(), results.words
    own = [r for r in results.fidelity_agreement if r["of"] != "link_worker" and not r["component"]]
    groups = []
    for of, title in (("sources", "Two sources"), ("raters", "Two raters of one source")):
        part = [row for row in own if row["of"] == of]
        pairs = dict.fromkeys((row["first"], row["second"]) for row in part)
        rows = [
            _pair(results, [r for r in part if (r["first"], r["second"]) == pair], notes)
            for pair in pairs
        ]
        if rows:
            groups.append(Group(title, tuple(rows)))
    delivery = words.delivery
    general = (
        "Ratings of one person by two raters within"
        f" {delivery.paired_within} days of each other; where a source has several ratings of a"
        " day, the ICC between sources takes their mean, kappa the rater's whose code comes first."
        " Kappa: agreement beyond chance on low,"
        f" moderate and high; weighted: {delivery.weights} weights. ICC: of the score itself, of"
        " one rating; between sources and between two named raters a shift of one counts as"
        " disagreement. In brackets: "
        f"{words.interval()}s. Each component: fidelity_agreement.csv."
    )
    return Table(
        id="fidelity_agreement",
        caption="How alike raters rated the same person: the overall score.",
        stub="Raters",
        columns=(
            Column("Pairs"), Column("People"), Column("Same level", "wrap"),
            Column("Kappa", "wrap"), Column("Weighted kappa", "wrap"), Column("ICC", "wrap"),
        ),
        groups=tuple(groups),
        notes=(Note(general), *notes.notes()),
        csv="tables/fidelity_agreement.csv",
    )  # fmt: skip


def _pair(results: Results, rows: list[Row], notes: Notes) -> TableRow:
    sources, first = results.words.delivery.sources, rows[0]
    one, two = (sources.get(first[name], first[name]) for name in ("first", "second"))
    stub = f"{one}: any two raters" if first["first"] == first["second"] else f"{one}, {two}"
    cells = [_measured(row, row["measure"] == "same category") for row in rows]
    whys = dict.fromkeys(row["reason"] for row in rows if row["reason"])
    marks = " ".join(notes.mark(f"{why[:1].upper()}{why[1:]}.") for why in whys)
    return TableRow(stub, (count(first["pairs"]), count(first["people"]), *cells), marks)


def _measured(row: Row, share: bool) -> str:
    """'0.71 (0.53 to 0.82)'; a share in percent."""
    if row["estimate"] is None:
        return NONE
    by = 100 if share else 1
    value = fixed(by * row["estimate"], 0 if share else 2) + "%" * share
    if row["ci_low"] is None:
        return value
    return f"{value} ({interval(by * row['ci_low'], by * row['ci_high'], 0 if share else 2)})"
