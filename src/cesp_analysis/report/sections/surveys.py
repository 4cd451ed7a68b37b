"""Community surveys: weights, weighted descriptions, change, and what the design can tell."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.numbers import NONE, count, fixed, interval
from cesp_analysis.report.blocks import Block, Bullets, Column, Group, Heading, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.sections.survey_cells import by_wave, cells_of
from cesp_analysis.report.sections.survey_replicates import replicates
from cesp_analysis.report.sections.survey_tables import (
    all_there_are,
    changes,
    differences,
    means,
)

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
        yield means(results, [row for row in plain if not row["since"]])
    if ordinal:
        yield from figure(results, "survey_answers_respondent")
        yield _categories(results, [row for row in ordinal if not row["since"]])
    if later := [row for row in plain if row["since"]]:
        yield changes(results, later)
    yield from _by_neighbourhood(results)
    if own := [row for row in results.estimates if row["kind"] == "survey"]:
        yield differences(results, own)
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
            " alone. Clustered intervals stand beside them: those hold for neighbourhoods like"
            " these."
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
            " design lets such differences say is told beside the estimates."
        )


def _of_sites(results: Results) -> list[Row]:
    return [row for row in results.survey_means if row["of"] == "site"]


def _weighting(results: Results) -> Table:
    words = results.words
    known = {(row["wave"], row["site"]): row for row in results.weighting}
    lines, notes = [], Notes()
    for wave, site in cells_of(results, results.weighting):
        row = known[wave, site]
        said = filter(None, row["warnings"].split(" | "))
        marks = " ".join(notes.mark(sentence(one)) for one in said)
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
                " Margins met: to a millionth of the population."
            ),
            *(Note(sentence(how)) for how in dict.fromkeys(r["method"] for r in known.values())),
            *notes.notes(),
        ),
        csv="tables/weighting.csv",
    )


def _categories(results: Results, rows: list[Row]) -> Table:
    words = results.words
    known = {(r["outcome"], r["category"], r["wave"], r["site"]): r for r in rows}
    titled, notes = [], Notes()
    for name, outcome in words.outcomes.items():
        own = [row for row in rows if row["outcome"] == name]
        labels = dict.fromkeys((row["category"], row["label"]) for row in own)
        highest = [category for category, _ in labels if not category.startswith(AT_LEAST)][-1:]
        lines = []
        for category, label in labels:
            if category.removeprefix(AT_LEAST) in highest and category not in highest:
                continue  # the highest code is a row already
            found = [
                known.get((name, category, moment.name, group))
                for group in words.groups()
                for moment in words.waves
            ]
            why = dict.fromkeys(_why_blank(row) for row in found)
            marks = " ".join(notes.mark(sentence(one)) for one in why if one)
            cells = tuple(_share(row) for row in found)
            lines.append(TableRow(label.removeprefix(f"{outcome.label}: "), cells, marks))
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
        notes=(*_of_brackets(results, rows), *notes.notes()),
        csv="tables/survey_means.csv",
    )


NOT_ASKED = "not asked there in that wave"


def _of_brackets(results: Results, rows: list[Row]) -> Iterator[Note]:
    """What brackets hold, where there are some."""
    if any(row["ci_low"] is not None for row in rows):
        yield Note(
            f"In brackets: {results.words.interval()}s, of the log odds."
            + (" Clustered ones are in the CSV." if all_there_are(results) else "")
        )


def _why_blank(row: Row | None) -> str:
    """Why a cell has no number, or no interval; '' where it has both."""
    if row is None:
        return f"{NONE}: {NOT_ASKED}"
    return row["reason"] or ""


def _share(row: Row | None) -> str:
    if row is None or row["estimate"] is None:
        return NONE
    share = fixed(100 * row["estimate"], _ORDINAL_DECIMALS)
    if row["ci_low"] is None:
        return share
    low, high = (100 * row[name] for name in ("ci_low", "ci_high"))
    return f"{share} ({interval(low, high, _ORDINAL_DECIMALS)})"
