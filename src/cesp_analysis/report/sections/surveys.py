"""Community surveys: weights, weighted descriptions, change, and what the design can tell."""

from collections.abc import Iterator

from cesp_analysis.numbers import NONE, count, degrees, fixed, interval
from cesp_analysis.report.blocks import Block, Bullets, Column, Group, Heading, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results, Row
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.sections.survey_data import by_wave, cells_of
from cesp_analysis.report.sections.survey_replicates import replicates

_METHODS = {
    "post_stratify": "post-stratified", "rake": "raked", "calibrate": "calibrated (linear)",
}  # fmt: skip
AT_LEAST = "at least "
_ORDINAL_DECIMALS = 0


def surveys(results: Results) -> Iterator[Block]:
    """What respondents answered, by site and wave; how sites changed."""
    if not results.survey_means:
        return
    yield Heading(1, "Community surveys: answers", "surveys")
    yield Bullets(tuple(what_it_tells(results)))
    if results.weighting:
        yield _weighting(results)
    plain = [row for row in _of_sites(results) if not row["category"]]
    ordinal = [row for row in _of_sites(results) if row["category"]]
    if plain:
        yield from figure(results, "survey_waves_respondent")
        yield _means(results, [row for row in plain if not row["since"]])
    if ordinal:
        yield from figure(results, "survey_answers_respondent")
        yield _categories(results, [row for row in ordinal if not row["since"]])
    if changes := [row for row in plain if row["since"]]:
        yield _changes(results, changes)
    yield from _by_neighbourhood(results)
    if own := [row for row in results.estimates if row["kind"] == "survey"]:
        yield _differences(results, own)
    if results.replicates:
        yield replicates(results)


def _by_neighbourhood(results: Results) -> Iterator[Block]:
    """Each neighbourhood's means and changes, where files name neighbourhoods."""
    own = results.words.surveys
    if own is not None and own.named:
        yield from figure(results, "neighbourhoods_respondent")
        if len(results.words.waves) > 1:
            yield from figure(results, "neighbourhood_changes_respondent")


def what_it_tells(results: Results) -> Iterator[str]:
    """What the way of drawing and weighting lets these numbers say, and what not."""
    words, own = results.words, results.words.surveys
    assert own is not None
    if not own.named:
        yield "Respondents count as drawn one by one: no file names their neighbourhoods."
    elif own.neighbourhoods == "sampled":
        yield (
            "Neighbourhoods are taken as a sample of others like them: respondents of one"
            " neighbourhood are alike, and the intervals allow for it. A neighbourhood counts once"
            " over all waves."
        )
    else:
        yield (
            "The neighbourhoods here are all there are: the intervals hold the error of drawing"
            " respondents within them, for a statement about the residents of these communities"
            " alone."
        )
    if own.strata:
        yield f"Neighbourhoods were drawn within strata: {own.strata}."
    if own.weights:
        yield (
            f"Weights are {_METHODS[own.weights]} to the population of each site and wave. They"
            " mend who answered as far as the margins tell; people of one cell who did not answer"
            " may differ from those who did in ways that no weight mends."
        )
    else:
        yield (
            "Weights are those of the files: nothing is known here of the population, so who"
            " answered may have drifted from wave to wave."
        )
    yield (
        "Intervals know sampling error alone. What happened to a whole community between waves is"
        " in every change of it, whatever its reason."
    )
    if not words.one_group():
        yield (
            "All tables but that of differences in change describe each site by itself; what the"
            " design lets such differences say is told under Estimates."
        )


def _of_sites(results: Results) -> list[Row]:
    return [row for row in results.survey_means if row["of"] == "site"]


def _weighting(results: Results) -> Table:
    words = results.words
    known = {(row["wave"], row["site"]): row for row in results.weighting}
    lines, notes = [], dict[str, str]()
    for wave, site in cells_of(results, results.weighting):
        row = known[wave, site]
        for said in filter(None, row["warnings"].split(" | ")):
            notes.setdefault(said, "abcdefghijkl"[len(notes) % 12])
        marks = " ".join(notes[said] for said in row["warnings"].split(" | ") if said)
        cells = (
            count(row["n"]), fixed(row["deff_design"], 2), fixed(row["deff"], 2),
            fixed(row["effective_n"], 0), fixed(row["smallest"], 2), fixed(row["largest"], 2),
            count(row["trimmed"]), row["converged"],
        )  # fmt: skip
        lines.append((wave, TableRow(words.group(site), cells, marks)))
    return Table(
        id="weighting",
        caption="Weights by wave and site: what weighting to the population costs.",
        stub="Wave and site",
        columns=(
            Column("Respondents"),
            Column("By design", "right", "Design effect of weights"),
            Column("Final", "right", "Design effect of weights"),
            Column("Effective sample size", "wrap"),
            Column("Smallest", "right", "Over the mean weight"),
            Column("Largest", "right", "Over the mean weight"),
            Column("Trimmed"),
            Column("Margins met"),
        ),
        groups=by_wave(results, lines),
        notes=(
            Note(
                "Design effect: Kish's, of unequal weights alone. Effective sample size: equally"
                " weighted respondents that would be worth as much, before neighbourhoods."
            ),
            *(Note(f"{said[:1].upper()}{said[1:]}.", mark) for said, mark in notes.items()),
        ),
        csv="tables/weighting.csv",
    )


def _titles(results: Results, rows: list[Row]) -> dict[str, list[str]]:
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


def _means(results: Results, rows: list[Row]) -> Table:
    words = results.words
    known = {(r["outcome"], r["wave"], r["site"]): r for r in rows}
    marks: dict[str, str] = {}
    titled = []
    for title, outcomes in _titles(results, rows).items():
        lines = []
        for name in outcomes:
            for moment in words.waves:
                found = [known.get((name, moment.name, group)) for group in words.groups()]
                if not any(found):
                    continue
                cells, said = _estimates(found, words.outcomes[name].decimals, marks, deff=True)
                label = words.outcomes[name].label
                stub = moment.label if len(outcomes) == 1 else f"{label}, {moment.label}"
                lines.append(TableRow(stub, tuple(cells), said))
        titled.append(Group(title, tuple(lines)))
    heads = ("n", "Estimate", words.interval(), "Deff")
    return Table(
        id="survey_means",
        caption="Weighted means and proportions by wave, design-based intervals.",
        stub="Outcome and wave",
        columns=tuple(Column(h, "right", words.group(g)) for g in words.groups() for h in heads),
        groups=tuple(titled),
        notes=(
            Note(
                "Linearised standard errors; Student's t for means, the log odds for proportions."
                " Deff: how many times the variance is that of as many answers drawn at random."
                + _elsewhere(results)
            ),
            *(Note(f"{said[:1].upper()}{said[1:]}.", mark) for said, mark in marks.items()),
        ),
        csv="tables/survey_means.csv",
    )


def _elsewhere(results: Results) -> str:
    own = results.words.surveys
    if own is None or not own.named:
        return ""
    return f" Each neighbourhood is in the CSV, where it has {max(own.minimum, 2)} answers or more."


def _estimates(
    rows: list[Row | None], decimals: int, marks: dict[str, str], deff: bool = False
) -> tuple[list[str], str]:
    """The cells of a line, and the marks of what must be said of it."""
    cells: list[str] = []
    own: list[str] = []
    for row in rows:
        if row is None:
            cells += [NONE] * (4 if deff else 2)
            continue
        told = [row["reason"], *row["warnings"].split(" | ")]
        own += [marks.setdefault(said, _mark(len(marks))) for said in told if said]
        cells += [count(row["n"])] if deff else []
        cells += [fixed(row["estimate"], decimals)]
        cells += [interval(row["ci_low"], row["ci_high"], decimals)]
        cells += [fixed(row["deff"], 2)] if deff else []
    return cells, " ".join(dict.fromkeys(own))


def _mark(at: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return letters[at] if at < 26 else letters[at // 26 - 1] + letters[at % 26]


def _categories(results: Results, rows: list[Row]) -> Table:
    words = results.words
    known = {(r["outcome"], r["category"], r["wave"], r["site"]): r for r in rows}
    titled = []
    for name, outcome in words.outcomes.items():
        own = [row for row in rows if row["outcome"] == name]
        labels = dict.fromkeys((row["category"], row["label"]) for row in own)
        highest = [category for category, _ in labels if not category.startswith(AT_LEAST)][-1:]
        lines = []
        for category, label in labels:
            if category.removeprefix(AT_LEAST) in highest and category not in highest:
                continue  # the highest code is a row already
            cells = [
                _share(known.get((name, category, moment.name, group)))
                for group in words.groups()
                for moment in words.waves
            ]
            lines.append(TableRow(label.removeprefix(f"{outcome.label}: "), tuple(cells)))
        if lines:
            titled.append(Group(outcome.label, tuple(lines)))
    return Table(
        id="survey_answers",
        caption="Ordered answers: weighted percent of each category, and of several together.",
        stub="Answer",
        columns=tuple(
            Column(m.label, "wrap", words.group(g)) for g in words.groups() for m in words.waves
        ),
        groups=tuple(titled),
        notes=(Note(f"In brackets: {words.interval()}s, of the log odds."),),
        csv="tables/survey_means.csv",
    )


def _share(row: Row | None) -> str:
    if row is None or row["estimate"] is None:
        return NONE
    share = fixed(100 * row["estimate"], _ORDINAL_DECIMALS)
    if row["ci_low"] is None:
        return share
    low, high = (100 * row[name] for name in ("ci_low", "ci_high"))
    return f"{share} ({interval(low, high, _ORDINAL_DECIMALS)})"


def _changes(results: Results, rows: list[Row]) -> Table:
    words = results.words
    known = {(r["outcome"], r["since"], r["wave"], r["site"]): r for r in rows}
    marks: dict[str, str] = {}
    titled = []
    for title, outcomes in _titles(results, rows).items():
        lines = []
        for name in outcomes:
            pairs = dict.fromkeys((r["since"], r["wave"]) for r in rows if r["outcome"] == name)
            for since, wave in pairs:
                found = [known.get((name, since, wave, group)) for group in words.groups()]
                cells, said = _estimates(found, words.outcomes[name].decimals, marks)
                span = f"{words.moment(since).label} to {words.moment(wave).label}"
                label = words.outcomes[name].label
                stub = span if len(outcomes) == 1 else f"{label}, {span}"
                lines.append(TableRow(stub, tuple(cells), said))
        titled.append(Group(title, tuple(lines)))
    heads = ("Change", words.interval())
    return Table(
        id="survey_changes",
        caption="Change of each site between waves, weighted: description, not an effect.",
        stub="Outcome and waves",
        columns=tuple(Column(h, "right", words.group(g)) for g in words.groups() for h in heads),
        groups=tuple(titled),
        notes=tuple(Note(f"{said[:1].upper()}{said[1:]}.", m) for said, m in marks.items()),
        csv="tables/survey_means.csv",
    )


def _differences(results: Results, rows: list[Row]) -> Table:
    """Differences in change by the survey's design: each says whom it is about."""
    words = results.words
    titled = []
    for name, outcome in words.outcomes.items():
        own = [row for row in rows if row["outcome"] == name]
        lines = tuple(_difference(results, row) for row in own)
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
                "The same rows stand under Estimates beside other models, with what must be kept in"
                " mind of each, and under Few sites with what shocks to a site would do to them."
            ),
        ),
        csv="tables/estimates.csv",
    )


def _difference(results: Results, row: Row) -> TableRow:
    words = results.words
    decimals = words.outcomes[row["outcome"]].decimals
    wave = words.moment(row["time"]).label if row["time"] else "All waves"
    stub = f"{words.models[row['model']].label}, {wave}"
    if row["status"] != "estimated":
        return TableRow(stub, (NONE,) * 5, under=row["reason"])
    cells = (
        fixed(row["estimate"], decimals), interval(row["ci_low"], row["ci_high"], decimals),
        interval(row["ci_low_shock"], row["ci_high_shock"], decimals),
        degrees(row["df"]), count(row["n_clusters"]),
    )  # fmt: skip
    return TableRow(stub, cells, under=row["contrast"])
