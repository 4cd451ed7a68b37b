"""Community surveys: answers by wave, changes of sites, differences in change: their tables."""

from cesp_analysis.columns import Row
from cesp_analysis.numbers import NONE, count, degrees, fixed, interval
from cesp_analysis.report.blocks import Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results

CLUSTERED = "Clustered"
"""The head of the interval that holds for neighbourhoods like these."""
PARTS_APART = "panel members less those seen once"
"""What a combined estimate says of its parts begins with: whether one change fits both."""
TWO_INTERVALS = (
    "Two intervals: the first is of these very neighbourhoods, in which respondents were drawn;"
    " clustered, of neighbourhoods like these: it holds how much they differ."
)


def all_there_are(results: Results) -> bool:
    """Whether neighbourhoods are all there are, with the clustered interval beside theirs."""
    own = results.words.surveys
    return own is not None and own.named and own.neighbourhoods == "all"


def titles(results: Results, rows: list[Row]) -> dict[str, list[str]]:
    """Titles of a table's groups → outcomes: boxes of one question stand together."""
    words = results.words
    assert words.surveys is not None
    there = {row["outcome"] for row in rows}
    found: dict[str, list[str]] = {}
    boxes = {box: label for label, own in words.surveys.several.values() for box in own}
    for name, outcome in words.outcomes.items():
        if name in there:
            title = boxes.get(name, f"{outcome.label} ({outcome.unit})")
            found.setdefault(title, []).append(name)
    return found


def means(results: Results, rows: list[Row]) -> Table:
    """Weighted means by outcome, wave and site."""
    words = results.words
    known = {(r["outcome"], r["wave"], r["site"]): r for r in rows}
    notes, beside = Notes(), all_there_are(results)
    titled = []
    for title, outcomes in titles(results, rows).items():
        lines = []
        for name in outcomes:
            for moment in words.waves:
                found = [known.get((name, moment.name, group)) for group in words.groups()]
                if not any(found):
                    continue
                cells, said = estimates(
                    found, words.outcomes[name].decimals, notes, beside, deff=True
                )
                label = words.outcomes[name].label
                stub = moment.label if len(outcomes) == 1 else f"{label}, {moment.label}"
                lines.append(TableRow(stub, tuple(cells), said))
        titled.append(Group(title, tuple(lines)))
    heads = ["n", "Estimate", words.interval(), CLUSTERED if beside else "Deff"]
    return Table(
        id="survey_means",
        caption="Weighted means and proportions by wave, design-based intervals.",
        stub="Outcome and wave",
        columns=tuple(
            Column(h, "wrap" if beside and h in heads[2:] else "right", words.group(g))
            for g in words.groups()
            for h in heads
        ),
        groups=tuple(titled),
        notes=(
            Note(
                "n: who answered the question. Weights stand for all respondents of the site and"
                " wave; they are not mended for those who left it out. Linearised standard errors;"
                " Student's t for means, the log odds for proportions; df, in the CSV, are sampling"
                " units less strata."
                f" Deff{', in the CSV' if beside else ''}: how many times the variance is that of"
                " as many answers drawn at random." + _elsewhere(results)
            ),
            *((Note(TWO_INTERVALS),) if beside else ()),
            *notes.notes(),
        ),
        csv="tables/survey_means.csv",
    )


def _elsewhere(results: Results) -> str:
    own = results.words.surveys
    if own is None or not own.named:
        return ""
    return f" Each neighbourhood is in the CSV, where it has {max(own.minimum, 2)} answers or more."


def estimates(
    rows: list[Row | None], decimals: int, notes: Notes, beside: bool, deff: bool = False
) -> tuple[list[str], str]:
    """The cells of a line, and the marks of what must be said of it; beside: with the interval of
    neighbourhoods as clusters, in the place of deff; deff: with n and deff."""
    cells: list[str] = []
    own: list[str] = []
    for row in rows:
        if row is None:
            cells += [NONE] * (4 if deff else 2 + beside)
            continue
        told = [row["reason"], row["clustered_reason"], *row["warnings"].split(" | ")]
        own += [notes.mark(sentence(said)) for said in dict.fromkeys(told) if said]
        cells += [count(row["n"])] if deff else []
        cells += [fixed(row["estimate"], decimals)]
        cells += [interval(row["ci_low"], row["ci_high"], decimals)]
        if beside:
            cells += [interval(row["clustered_ci_low"], row["clustered_ci_high"], decimals)]
        cells += [fixed(row["deff"], 2)] if deff and not beside else []
    return cells, " ".join(dict.fromkeys(own))


def changes(results: Results, rows: list[Row]) -> Table:
    """Changes of weighted means since an earlier wave."""
    words = results.words
    known = {(r["outcome"], r["since"], r["wave"], r["site"]): r for r in rows}
    notes, beside = Notes(), all_there_are(results)
    titled = []
    for title, outcomes in titles(results, rows).items():
        lines = []
        for name in outcomes:
            pairs = dict.fromkeys((r["since"], r["wave"]) for r in rows if r["outcome"] == name)
            for since, wave in pairs:
                found = [known.get((name, since, wave, group)) for group in words.groups()]
                cells, said = estimates(found, words.outcomes[name].decimals, notes, beside)
                span = f"{words.moment(since).label} to {words.moment(wave).label}"
                label = words.outcomes[name].label
                stub = span if len(outcomes) == 1 else f"{label}, {span}"
                lines.append(TableRow(stub, tuple(cells), said))
        titled.append(Group(title, tuple(lines)))
    heads = ["Change", words.interval(), *([CLUSTERED] if beside else [])]
    return Table(
        id="survey_changes",
        caption="Change of each site between waves, weighted: description, not an effect.",
        stub="Outcome and waves",
        columns=tuple(Column(h, "right", words.group(g)) for g in words.groups() for h in heads),
        groups=tuple(titled),
        notes=(
            Note(
                "The two waves' errors are taken together: what they share, by their neighbourhoods"
                " and by respondents of both, is in the interval (Student's t)."
            ),
            *((Note(TWO_INTERVALS),) if beside else ()),
            *(Note(said) for said in unanswered(results, rows)),
            *notes.notes(),
        ),
        csv="tables/survey_means.csv",
    )


def unanswered(results: Results, shown: list[Row]) -> list[str]:
    """The outcomes that have no row among the changes although two waves asked them."""
    of_sites = [row for row in results.survey_means if row["of"] == "site"]
    own = [row for row in of_sites if not row["since"] and not row["category"]]
    lost = []
    for name in dict.fromkeys(row["outcome"] for row in own):
        waves = {row["wave"] for row in own if row["outcome"] == name}
        if len(waves) > 1 and name not in {row["outcome"] for row in shown}:
            lost.append(results.words.outcomes[name].label)
    return [f"No change, as not two waves have answers: {', '.join(lost)}."] if lost else []


def differences(results: Results, rows: list[Row]) -> Table:
    """Differences in change by the survey's design: each says whom it is about."""
    words, notes = results.words, Notes()
    titled, there = [], {row["estimate_id"] for row in rows}
    for name, outcome in words.outcomes.items():
        own = [row for row in rows if row["outcome"] == name]
        lines = tuple(
            _difference(results, row, f"{row['estimate_id']}/panel" in there, notes) for row in own
        )
        if lines:
            titled.append(Group(f"{outcome.label} ({outcome.unit})", lines))
    return Table(
        id="survey_differences",
        caption="Difference in change between the arms, by the survey's design.",
        stub="Wave and what is compared",
        columns=(
            Column("Estimate"),
            Column(words.interval()),
            Column("With shocks"),
            Column("df"),
            Column("Clusters"),
        ),
        groups=tuple(titled),
        notes=(
            Note(
                "The interval knows sampling error alone. With shocks: it also holds what may have"
                " happened at one site and not at another, of the sizes that Few sites names; –:"
                " there is no such interval."
            ),
            Note(
                "The same rows stand with the estimates beside other models, with what must be kept"
                " in mind of each, and under Few sites with what shocks to a site would do to them."
            ),
            *notes.notes(),
        ),
        csv="tables/estimates.csv",
    )


def _difference(results: Results, row: Row, combined: bool, notes: Notes) -> TableRow:
    """combined: of panel members and those seen once, each of whom has a row, too."""
    words = results.words
    decimals = words.outcomes[row["outcome"]].decimals
    wave = words.moment(row["time"]).label if row["time"] else "All waves"
    stub = f"{words.models[row['model']].label}, {wave}"
    under = f"{row['contrast']}, the two below combined" if combined else row["contrast"]
    if row["status"] != "estimated":
        return TableRow(stub, (NONE,) * 5, notes.mark(sentence(row["reason"])), under=under)
    cells = (
        fixed(row["estimate"], decimals), interval(row["ci_low"], row["ci_high"], decimals),
        interval(row["ci_low_shock"], row["ci_high_shock"], decimals),
        degrees(row["df"]), count(row["n_clusters"]),
    )  # fmt: skip
    told = row["warnings"].split(" | ") if combined else []
    said = [one for one in told if one.startswith(PARTS_APART)]
    marks = " ".join(notes.mark(sentence(one)) for one in said)
    return TableRow(stub, cells, marks, under=under)
