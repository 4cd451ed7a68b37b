"""Shocks to sites: what those of the prior do to intervals, and which would undo a finding."""

from cesp_analysis.columns import Row
from cesp_analysis.declared.outcomes import which
from cesp_analysis.few_sites.words import ShockWords, shock_words
from cesp_analysis.figures.shock_panels import MOST, main_of
from cesp_analysis.numbers import fixed, interval
from cesp_analysis.report.blocks import Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.few_sites_parts import (
    BELOW,
    ONE_MODEL,
    grouped,
    one_model_each,
    stub,
)
from cesp_analysis.withheld import LETTER, Withheld

EXACTLY = (
    "Shock that: one of exactly this size, against the estimate. Intervals with shocks, here and in"
    " the next table, hold a random shock of which the SD alone is known; it adds to the sampling"
    " error as variances do. So an interval may reach no effect at a smaller SD than this size, or"
    " exclude it still at a larger one."
)
_SIZES = {
    "shock_lower_quartile": "lower quartile",
    "shock_median": "median",
    "shock_upper_quartile": "upper quartile",
    "shock_mixture": "all pairs (mixture)",
}


def shock_table(results: Results, shaken: list[dict[str, Row]], level: str) -> Table:
    """Each estimate with its two intervals and the shocks that break it."""
    words, lines, notes = results.words, [], Notes()
    for rungs in one_model_each(results, shaken):
        row, mixture = rungs["sampling"], rungs["shock_mixture"]
        d = words.outcomes[row["outcome"]].decimals
        cells = (
            fixed(row["estimate"], d),
            interval(row["ci_low"], row["ci_high"], d),
            interval(mixture["ci_low"], mixture["ci_high"], d),
            _size(rungs["breakdown_interval"], d),
            _size(rungs["breakdown_sign"], d),
        )
        said = filter(None, mixture["warnings"].split(" | "))
        marks = " ".join(notes.mark(sentence(text)) for text in said)
        lines.append((row, TableRow(stub(results, row), cells, marks)))
    known, breaks, called = words.interval(), "Shock that", shock_words(words.own_prior)
    return Table(
        id=f"shocks_{level}",
        caption=f"Intervals with and without shocks, and what breaks them: {BELOW[level]}.",
        stub="Model and time",
        columns=(
            Column("Estimate"),
            Column("sampling alone", "right", known),
            Column(called.shocks, "right", known),
            Column("opens the interval", "right", breaks),
            Column("equals the estimate", "right", breaks),
        ),
        groups=grouped(results, lines),
        notes=(
            *notes.notes(),
            Note(ONE_MODEL),
            Note(f"{called.heading()}: the mixture over all pairs of the prior."),
            Note(
                "Opens the interval: so large that it reaches no effect; 0: it does so without a"
                " shock. Equals the estimate: so large that the sign may be the shock's."
            ),
            Note(EXACTLY),
            Note(
                "In brackets: in SDs of the outcome within sites at the first time; in multiples of"
                f" the {called.median}."
            ),
        ),
        csv="tables/ladder.csv",
    )


def _size(rung: Row, decimals: int) -> str:
    """A shock in its unit, in SDs, in multiples of the prior's median."""
    if isinstance(rung["shock"], Withheld):
        return LETTER
    if rung["shock"] == 0:
        return "0"
    times = fixed(rung["shock_in_prior"], 1)
    return f"{fixed(rung['shock'], decimals)} ({fixed(rung['shock_in_sd'], 2)} SD, {times} ×)"


def chosen(results: Results, shaken: list[dict[str, Row]]) -> list[dict[str, Row]]:
    """The estimates that the figure shows: of primary outcomes one model's, last time."""
    last: dict[str, dict[str, dict[str, Row]]] = {}
    for rungs in one_model_each(results, shaken):
        row = rungs["sampling"]
        if row["role"] == "primary":
            known = last.setdefault(row["outcome"], {})
            if any(other["sampling"]["time"] != row["time"] for other in known.values()):
                known.clear()
            known[row["estimate_id"]] = rungs
    first = results.words.outcomes
    found = [last[name][main_of(last[name])] for name in first if name in last] or shaken[:1]
    return found[:MOST]


def _title(name: str, rung: Row, called: ShockWords) -> str:
    if name == "sampling":
        return "No shock"
    if name in _SIZES:
        return f"{called.heading()}, {_SIZES[name]}"
    return str(rung["method"].partition(", ")[2].replace("; ", ": ", 1))


def size_table(results: Results, chosen: list[dict[str, Row]], level: str) -> Table:
    """The interval at each size of a shock that the prior has."""
    words, groups = results.words, []
    called = shock_words(words.own_prior)
    of = which(words.outcomes[rungs["sampling"]["outcome"]] for rungs in chosen)
    for rungs in chosen:
        row = rungs["sampling"]
        outcome, lines = words.outcomes[row["outcome"]], []
        for name, rung in rungs.items():
            if name == "sampling" or name in _SIZES or name.startswith("shock_pair"):
                title = _title(name, rung, called)
                cells = (
                    fixed(0 if name == "sampling" else rung["shock"], outcome.decimals),
                    fixed(0 if name == "sampling" else rung["shock_in_sd"], 3),
                    interval(rung["ci_low"], rung["ci_high"], outcome.decimals),
                )
                lines.append(TableRow(title, cells))
        groups.append(Group(f"{outcome.label}, {stub(results, row)}", tuple(lines)))
    return Table(
        id=f"shock_sizes_{level}",
        caption=f"Shocks {called.sizes}: {BELOW[level]}; {of}.",
        stub="Size of the shock",
        columns=(Column("SD of the shock"), Column("in SD"), Column(words.interval())),
        groups=tuple(groups),
        notes=(Note("SD of the shock: of the difference between the sites, in the unit above."),),
        csv="tables/ladder.csv",
    )
