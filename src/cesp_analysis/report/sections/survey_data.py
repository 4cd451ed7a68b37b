"""Community surveys: waves, modes, response, how each wave asked, who answered."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.numbers import (
    NONE,
    NOT_SHOWN,
    count,
    counted,
    fixed,
    listed,
    percentage,
)
from cesp_analysis.report.blocks import (
    Block,
    Column,
    Group,
    Heading,
    Note,
    Paragraph,
    Table,
)
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.baseline import baseline
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.sections.survey_cells import MODES, by_wave, cells_of
from cesp_analysis.report.sections.survey_modes import other_modes
from cesp_analysis.report.sections.survey_response import dispositions, response_rates

ALIKE = "Every wave asks every question by the same name and with the same codes."


def survey_data(results: Results) -> Iterator[Block]:
    """Who was asked and who answered in each wave, and in which way."""
    if results.words.surveys is None:
        return
    yield Heading(1, "Community surveys: who answered", "survey_data")
    yield _waves(results)
    yield from other_modes(results)
    if results.dispositions:
        yield dispositions(results)
        yield response_rates(results)
    else:
        yield Paragraph(
            "No sampling frame is declared (surveys.response), so it is not known how many of those"
            " who were invited answered."
        )
    if results.leaves("crosswalk"):
        yield from _crosswalk(results)
    yield from figure(results, "completeness_respondent")
    if results.composition:
        if any(row["category"] for row in results.composition):
            yield from figure(results, "composition_respondent")
        yield from _composition(results)
    yield from baseline(results, "respondent")


def _waves(results: Results) -> Table:
    words, rows = results.words, results.survey_waves
    modes = [mode for mode in MODES if any(row["mode"] == mode for row in rows)]
    lines = []
    for wave, site in cells_of(results, rows):
        own = [row for row in rows if (row["wave"], row["site"]) == (wave, site)]
        by_mode = [sum(r["respondents"] for r in own if r["mode"] == mode) for mode in modes]
        versions = listed(list(dict.fromkeys(r["version"] for r in own if r["version"])))
        total = sum(r["respondents"] for r in own)
        cells = (count(total), *map(count, by_mode), versions or NONE)
        lines.append((wave, TableRow(words.group(site), cells)))
    return Table(
        id="survey_waves",
        caption="Respondents by wave and way of answering.",
        stub="Wave and site",
        columns=(
            Column("Respondents"),
            *(Column(MODES[mode], "right", "By mode") for mode in modes),
            Column("Questionnaire", "wrap"),
        ),
        groups=by_wave(results, lines),
        csv="tables/survey_waves.csv",
    )


def _crosswalk(results: Results) -> Iterator[Block]:
    ways: dict[str, set[tuple[str, str]]] = {}
    for row in results.crosswalk:
        way = (row["raw_column"] or "", row["recode"] or "")
        ways.setdefault(row["question"], set()).add(way)
    changed = [row for row in results.crosswalk if len(ways[row["question"]]) > 1]
    if not changed:
        if len({row["wave"] for row in results.crosswalk}) > 1:
            yield Paragraph(ALIKE)
        return
    words = results.words
    groups = []
    for question in dict.fromkeys(row["question"] for row in changed):
        own = [row for row in changed if row["question"] == question]
        lines = tuple(
            TableRow(_wave(results, row), (row["raw_column"] or NONE, row["recode"] or "as it is"))
            for row in own
        )
        groups.append(Group(own[0]["label"] or question, lines))
    yield Table(
        id="crosswalk",
        caption="Questions that not all waves ask in the same way, and what was done.",
        stub="Wave",
        columns=(Column("Raw column", "left"), Column("Codes", "wrap")),
        groups=tuple(groups),
        notes=(
            Note(
                f"{counted(len(ways), 'question')} in {counted(len(words.waves), 'wave')}; the"
                " CSV lists them all. Reversed: lowest and highest code changed places."
            ),
        ),
        csv="tables/crosswalk.csv",
    )


def _wave(results: Results, row: Row) -> str:
    return results.words.moment(row["wave"]).label if row["wave"] else row["file"]


def _composition(results: Results) -> Iterator[Table]:
    words, rows = results.words, results.composition
    groups, known = words.groups(), {}
    for row in rows:
        known[row["wave"], row["variable"], row["category"], row["site"]] = row
    people = any(row["population"] is not None for row in rows)
    heads = ("n", "By design", "Weighted", *(["Population"] if people else []))
    titled = []
    for moment in words.waves:
        lines = []
        for variable, category in dict.fromkeys((r["variable"], r["category"]) for r in rows):
            covariate = words.covariates[variable]
            stub = f"{covariate.label}: {category}" if category else covariate.label
            cells: list[str] = []
            for group in groups:
                found = known.get((moment.name, variable, category, group))
                cells += _who(found, covariate.decimals, people)
            lines.append(TableRow(stub, tuple(cells)))
        titled.append(Group(moment.label, tuple(lines)))
    yield Table(
        id="composition",
        caption="Who answered: shares of respondents (of numbers: their means).",
        stub="Characteristic",
        columns=tuple(Column(h, "right", words.group(g)) for g in groups for h in heads),
        groups=tuple(titled),
        notes=(
            Note(
                "By design: with the weights that the way of drawing gives. Weighted: with the"
                " final weights."
                + (" Population: by the margins to which weights were fitted." if people else "")
                + " Unweighted shares and intervals are in the CSV."
            ),
            *((Note(HIDDEN),) if any(_hidden(row) for row in rows) else ()),
        ),
        csv="tables/composition.csv",
    )


HIDDEN = (
    "–: not shown, because few respondents have it, or because with the others' shares it would"
    " tell how many have one that few have; the CSV says which."
)


def _hidden(row: Row) -> bool:
    return bool(row["reason"]) and str(row["reason"]).startswith(NOT_SHOWN)


def _who(row: Row | None, decimals: int, people: bool) -> list[str]:
    """The cells of one site: the population is known, whether or not respondents are shown."""
    if row is None:
        return [NONE] * (4 if people else 3)
    columns = ["by_design", "weighted", *(["population"] if people else [])]
    n = NONE if row["weighted"] is None else count(row["n"])
    if not row["category"]:
        return [n, *(fixed(row[name], decimals) for name in columns)]
    return [n, *(_percent(row[name]) for name in columns)]


def _percent(value: float | None) -> str:
    # weights meet margins to a millionth: what is equal so far must not be printed unequal
    return NONE if value is None else percentage(round(value, 6), 1)
