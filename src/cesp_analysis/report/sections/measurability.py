"""Can the difference be measured, and by which outcome: candidates for a definitive trial."""

from collections.abc import Iterator

from cesp_analysis.analysis_plan.words import AS_LOCKED, NOT_HELD, PRE_SPECIFIED
from cesp_analysis.columns import Row
from cesp_analysis.numbers import NONE, count
from cesp_analysis.report.blocks import (
    Block,
    Bullets,
    Column,
    Group,
    Heading,
    Note,
    Paragraph,
    Table,
)
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import sentence, without_blank_rows
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.estimates import LEVELS
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.sections.measurability_change import (
    CORRELATIONS,
    changes,
    clusters,
    important,
    limits,
    retests,
    without_clusters,
)
from cesp_analysis.report.sections.measurability_costs import CSV, costs
from cesp_analysis.report.sections.measurability_values import (
    by_cell,
    items,
    reliabilities,
    values,
    with_numbers,
)

CALLED = {
    "missing": "missing, all times,",
    "missing_last": "missing, last time,",
    "missing_worst": "missing, worst site and time,",
    "item_missing": "items missing",
    "no_room": "cannot improve",
    "no_room_worst": "cannot improve, worst site and time,",
    "alpha_low": "alpha, lower limit,",
    "omega_low": "omega, lower limit,",
    "retest_icc": "retest ICC",
    "retest_icc_low": "retest ICC, lower limit,",
    "mdc95_person": "MDC95 of a person",
    "mdc95_group": "MDC95 of a group",
    "correlation": "correlation first and last",
    "srm": "SRM",
    "guyatt": "Guyatt's ratio",
    "people_upper": "people, SD at its upper limit,",
}
"""What criteria are of, where the column's name is not plain enough."""
DECLARED = {
    "": "The analysis plan is not locked: nothing here shows that candidates and criteria were"
    " declared before anybody looked.",
    NOT_HELD: "The lock of the analysis plan is of an earlier version, which left"
    " candidates and criteria out: nothing here shows that they were declared before anybody"
    " looked. cesp lock-plan --amend writes them down.",
    PRE_SPECIFIED: "Candidates and criteria stood so in the analysis plan when it was locked,"
    " before data had been received.",
    AS_LOCKED: "Candidates and criteria stood so in the analysis plan when it was locked;"
    " data had been received by then.",
}
"""What is said of candidates and ranking, by whether the plan's lock holds them."""


def measurability(results: Results) -> Iterator[Block]:
    """The ranking with what each candidate would cost; then what it was made from."""
    rows = results.measurability
    if not rows:
        return
    yield Heading(1, "Can the difference be measured", "measurability")
    yield Paragraph(
        "Each candidate for the primary outcome of a definitive trial: how completely it was"
        " answered, whether its scale has room, how reliable it is, how much it varies and what a"
        " trial by it would cost. Nothing here is chosen by how large its difference was."
    )
    yield Bullets(tuple(what_to_keep_in_mind(results)))
    for level in results.words.measurability:
        own = [row for row in rows if row["level"] == level]
        yield Heading(2, LEVELS[level], f"measurability_{level}")
        if any(row["rank"] is not None or row["people"] is not None for row in own):
            yield ranking(results, own, level)
        yield costs(results, own, level)
        yield from figure(results, f"distributions_{level}")
        yield values(results, own, level)
        if with_numbers(results):
            yield by_cell(results, own, level)
        yield from figure(results, f"reliability_{level}")
        if any(row["alpha"] is not None or row["explained"] is not None for row in own):
            yield without_blank_rows(reliabilities(results, own, level))
        if any(row["retest_n"] is not None for row in own):
            yield without_blank_rows(retests(results, own, level))
            yield without_blank_rows(limits(results, own, level))
        yield changes(results, own, level)
        if any(row["mid"] is not None for row in own):
            yield important(results, own, level)
        if any(row[name] is not None for row in own for name in CORRELATIONS):
            yield clusters(results, own, level)
        else:
            yield Paragraph(without_clusters(own))
        asked = results.items if results.leaves("items") else []
        if any(item["outcome"] in {row["outcome"] for row in own} for item in asked):
            yield items(results, own, level)


def what_to_keep_in_mind(results: Results) -> Iterator[str]:
    """What these numbers can tell, and what not."""
    yield (
        "Scales are described by the first time, all sites together, unweighted; reliability is of"
        " these people, and of nobody else's answers."
    )
    yield (
        "The smallest detectable change comes from a retest of stable people alone, never from a"
        " change that may be real. It says what can be told from error, not what matters."
    )
    yield (
        "Effect size, SRM and Guyatt's ratio describe how an outcome moved in the intervention arm,"
        " from whatever reason."
    )
    sites = dict.fromkeys(row["icc_site"] for row in results.measurability)
    yield f"Correlation of people within sites: {'; '.join(sites)}. A trial's is from elsewhere."


def ranking(results: Results, rows: list[Row], level: str) -> Table:
    """Candidates in order, with each criterion, and the people that a trial would need."""
    names = [part.rpartition(": ")[0] for part in _criteria(rows[0])]
    ordered = sorted(rows, key=lambda row: row["rank"] or 0)
    lines = [
        TableRow(
            results.words.outcomes[row["outcome"]].label,
            (
                count(row["rank"]),
                *(_standing(part) for part in _criteria(row)),
                count(row["people"]),
                count(row["people_upper"]),
            ),
        )
        for row in ordered
    ]
    how = dict.fromkeys(row["ranking"] for row in rows if row["ranking"])
    valued = any(part.endswith(")") for row in rows for part in _criteria(row))
    unknown = (
        " In brackets: the value." * valued
        + f" {NONE}: not known, or does not apply; it counts between met and not met."
    )
    whys = dict.fromkeys(part for row in rows for part in row["criteria_why"].split(" | ") if part)
    return Table(
        id=f"measurability_ranking_{level}",
        caption="Candidates for the primary outcome, by the study's declared criteria.",
        stub="Outcome",
        columns=(
            Column("Rank"),
            *(Column(called(name), "wrap", "Criteria, in order") for name in names),
            Column("by the SD", "wrap", "People needed"),
            Column("by its upper limit", "wrap", "People needed"),
        ),
        groups=(Group("", tuple(lines)),),
        notes=(
            *(Note(f"Ranks: {text}.{unknown * bool(names)}") for text in how),
            *(Note(_why(part)) for part in whys),
            *([Note(_declared(rows[0]["declared"]))] if names else []),
        ),
        csv=CSV,
    )


def _declared(standing: str) -> str:
    return DECLARED.get(standing, f"Candidates or criteria were {standing}.")


def _why(part: str) -> str:
    """'Missing at most 0.3: more would …' of 'missing at most 0.3: more would …'."""
    criterion, _, why = part.partition(": ")
    name = called(criterion)
    return sentence(f"{name[:1].upper()}{name[1:]}: {why}")


def called(criterion: str) -> str:
    """'Alpha, lower limit, at least 0.7' of 'alpha_low at least 0.7'."""
    name, _, limit = criterion.partition(" ")
    if name == "mid_known":
        return "MID declared"
    return f"{CALLED.get(name, name.replace('_', ' '))} {limit}"


def _criteria(row: Row) -> list[str]:
    return [part for part in row["criteria"].split(" | ") if part]


def _standing(part: str) -> str:
    """'met (0.22)', 'not met (0.34)', or a dash."""
    said = part.rpartition(": ")[2]
    return NONE if said.startswith("not known") else said
