"""What few sites can and cannot tell: shocks, clusters, trends, negative controls."""

from collections.abc import Iterator
from itertools import groupby

from cesp_analysis.columns import Row
from cesp_analysis.few_sites.words import CLUSTERS, shock_words
from cesp_analysis.models.prior import FALLS, SHIPPED_ARE, joined
from cesp_analysis.numbers import fixed, interval, listed
from cesp_analysis.report.blocks import Block, Callout, Column, Heading, Note, Paragraph, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.few_sites_clusters import cluster_table, clusters_of
from cesp_analysis.report.sections.few_sites_parts import (
    BELOW,
    ONE_MODEL,
    grouped,
    one_model_each,
    stub,
)
from cesp_analysis.report.sections.few_sites_shocks import chosen, shock_table, size_table
from cesp_analysis.report.sections.figure import figure

BOUNDED = "bounded_variation"
SHOCKS = (
    "Between two times something may happen at one site and not at another: a shock. Its size"
    " cannot be read from these data, however many people answer. {learnt}; the tables show what"
    " they would do to each interval, and how large a shock would have to be to undo what an"
    " interval says."
)


def few_sites(results: Results) -> Iterator[Block]:
    """For people and respondents: shocks with a figure, clusters, trends, negative controls."""
    rows = results.ladder
    if not results.words.sites or not any(_says(row) for row in rows):
        return
    yield Heading(1, "Few sites", "few_sites")
    ours = results.words.own_prior
    yield Paragraph(SHOCKS.format(learnt=shock_words(ours).learnt))
    yield Callout("note", "Where the sizes of shocks come from", _prior(rows, ours))
    for level in results.words.levels():
        own = [row for row in rows if row["level"] == level]
        if any(_says(row) for row in own):
            yield Heading(2, BELOW[level].capitalize(), f"few_sites_{level}")
            yield from _level(results, own, level)


def _says(row: Row) -> bool:
    """Whether a rung tells more than the estimate itself."""
    return row["rung"] not in ("sampling", CLUSTERS)


def _prior(rows: list[Row], own: bool) -> str:
    """Which prior, how it was scaled; of what clusters, from where."""
    found = [row["method"] for row in rows if row["rung"] == "shock_mixture" and row["method"]]
    said = joined(sorted({text.partition("mixture over ")[2] for text in found}))
    if not said:
        return "No estimate here leaves shocks to a site out."
    clusters = f" Its pairs: {listed(_pairs(rows))}" if own else f" {SHIPPED_ARE}"
    return f"{said[:1].upper()}{said[1:]}.{clusters}; {FALLS}"


def _pairs(rows: list[Row]) -> list[str]:
    """'town (where it comes from)' of each pair of the prior, each once."""
    pairs = [row["method"].partition(", ")[2] for row in rows if "shock_pair" in row["rung"]]
    parts = [text.partition("; ") for text in pairs]
    return list(dict.fromkeys(f"{kind} ({source})" for kind, _, source in parts))


def _level(results: Results, rows: list[Row], level: str) -> Iterator[Block]:
    by_estimate = {
        name: {row["rung"]: row for row in own}
        for name, own in groupby(rows, key=lambda row: row["estimate_id"])
    }
    shaken = [rungs for rungs in by_estimate.values() if "breakdown_sign" in rungs]
    if shaken:
        yield from figure(results, f"shock_{level}")
        yield shock_table(results, shaken, level)
        yield size_table(results, chosen(results, shaken), level)
    climbing = one_model_each(results, [r for r in by_estimate.values() if clusters_of(r)])
    if climbing:
        yield cluster_table(results, climbing, level)
    yield from _without(results, list(by_estimate.values()))
    yield from _divergences(results, shaken, level)
    yield from _trends(results, shaken, level)
    yield from _negative_controls(results, shaken)


def _without(results: Results, estimates: list[dict[str, Row]]) -> Iterator[Block]:
    """Which estimates have no interval with shocks, and why; which models none by clusters."""
    told = [r["shock_mixture"]["reason"] for r in estimates if "shock_mixture" in r]
    if reasons := "; ".join(dict.fromkeys(filter(None, told))):
        yield Paragraph(f"Where an estimate has no interval with shocks: {sentence(reasons)}")
    climbing = {r["sampling"]["model"] for r in estimates if clusters_of(r)}
    labels = dict.fromkeys(
        results.words.models[r["sampling"]["model"]].label
        for r in estimates
        if CLUSTERS in r and r["sampling"]["model"] not in climbing
    )
    if labels:
        yield Paragraph(
            "Intervals by clusters are made for kinds did, ancova and survey (respondents: all or"
            " panel), whose regression they share;"
            f" there are none for {listed(list(labels))}."
        )


def _divergences(results: Results, shaken: list[dict[str, Row]], level: str) -> Iterator[Block]:
    """The intervals if trends differ by as much as a series outside the study showed."""
    bounded = [rungs[BOUNDED] for rungs in shaken if BOUNDED in rungs]
    for reason in dict.fromkeys(row["reason"] for row in bounded if row["shock"] is None):
        yield Paragraph(sentence(f"no divergence of the past is known: {reason}"))
    declared = [r for r in shaken if BOUNDED in r and r[BOUNDED]["shock"] is not None]
    if not declared:
        return
    lines, notes = [], Notes()
    for rungs in one_model_each(results, declared):
        row, bounds = rungs["sampling"], rungs[BOUNDED]
        d = results.words.outcomes[row["outcome"]].decimals
        cells = (
            fixed(row["estimate"], d),
            interval(row["ci_low"], row["ci_high"], d),
            fixed(bounds["shock"], d),
            interval(bounds["ci_low"], bounds["ci_high"], d),
        )
        mark = notes.mark(sentence(f"declared: {bounds['method'].partition('; ')[2]}"))
        lines.append((row, TableRow(stub(results, row), cells, mark)))
    known = results.words.interval()
    yield Table(
        id=f"divergences_{level}",
        caption="Intervals if the sites' trends differ by as much as they did at most so far, as"
        f" the study declares: {BELOW[level]}.",
        stub="Model and time",
        columns=(
            Column("Estimate"),
            Column("sampling alone", "right", known),
            Column("Largest divergence so far"),
            Column("trends apart by it", "right", known),
        ),
        groups=grouped(results, lines),
        notes=(
            *notes.notes(),
            Note(ONE_MODEL),
            Note(
                "Trends apart by it: the interval on either side wider by the divergence (Manski &"
                " Pepper); where it then includes no effect, a divergence no larger than that of"
                " the past would undo what the interval says."
            ),
        ),
        csv="tables/ladder.csv",
    )


def _trends(results: Results, shaken: list[dict[str, Row]], level: str) -> Iterator[Block]:
    """What the times before tell: bounds, or a sentence that they tell nothing."""
    known = [r for r in shaken if "pre_period_bound_1" in r]
    told = [r["parallel_trends"]["reason"] for r in shaken if "parallel_trends" in r]
    for reason in dict.fromkeys(filter(None, told)):
        yield Paragraph(sentence(reason))
    if not known:
        return
    names = [name for name in known[0] if name.startswith("pre_period_bound")]
    lines = []
    for rungs in known:
        row, d = rungs["sampling"], results.words.outcomes[rungs["sampling"]["outcome"]].decimals
        cells = [fixed(rungs["parallel_trends"]["shock"], d)]
        cells += [interval(rungs[n]["ci_low"], rungs[n]["ci_high"], d) for n in names]
        lines.append((row, TableRow(stub(results, row), tuple(cells))))
    yield Table(
        id=f"trends_{level}",
        caption="Bounds, if trends depart after the intervention by a multiple of the largest"
        f" difference before it: {BELOW[level]}.",
        stub="Model and time",
        columns=(
            Column("Largest difference before"),
            *(Column(f"{name.rpartition('_')[2]} times", "right", "Bounds") for name in names),
        ),
        groups=grouped(results, lines),
        csv="tables/ladder.csv",
    )


def _negative_controls(results: Results, shaken: list[dict[str, Row]]) -> Iterator[Block]:
    for rungs in shaken:
        row = rungs["sampling"]
        if row["role"] == "negative_control":
            outcome = results.words.outcomes[row["outcome"]]
            found = interval(row["ci_low"], row["ci_high"], outcome.decimals)
            yield Paragraph(
                f"{outcome.label} is a negative control: the intervention cannot change it."
                f" {stub(results, row)}: {fixed(row['estimate'], outcome.decimals)} ({found})"
                f" {outcome.unit}, which is sampling error and whatever else happened at the sites."
            )
