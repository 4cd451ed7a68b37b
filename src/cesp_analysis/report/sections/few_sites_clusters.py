"""Intervals by clusters, below the sites and of the sites."""

from collections.abc import Iterator
from itertools import groupby

from cesp_analysis.columns import Row
from cesp_analysis.few_sites.words import SHARED
from cesp_analysis.numbers import NONE, count, degrees, fixed, interval
from cesp_analysis.report.blocks import Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.few_sites_parts import BELOW, stub

_WAYS = {
    "cr2": "CR2, Satterthwaite df",
    "wild_bootstrap": "Wild bootstrap, Rademacher",
    "wild_bootstrap_webb": "Wild bootstrap, Webb",
    "relabelling": "Labels rearranged",
    "donald_lang": "Means of clusters, t-test",
    "mixed_kenward_roger": "Mixed model, Kenward–Roger",
}


ALIKE = (
    "Labels rearranged and means of clusters count each cluster alike, however many answers it has;"
    " CR2 and the wild bootstrap count answers, by their weights if the model has them. So the"
    " estimates differ where clusters differ in size."
)


def clusters_of(rungs: dict[str, Row]) -> list[Row]:
    """The rungs by clusters of one estimate."""
    return [row for name, row in rungs.items() if "/" in name]


def cluster_table(results: Results, climbing: list[dict[str, Row]], level: str) -> Table:
    """Each level and method, for primary outcomes."""
    notes, groups = Notes(), []
    primary = [rungs for rungs in climbing if rungs["sampling"]["role"] == "primary"]
    shown = primary or climbing
    for rungs in shown:
        row = rungs["sampling"]
        lines: list[TableRow] = []
        for at, own in groupby(clusters_of(rungs), key=lambda rung: rung["cluster_level"]):
            lines += _cluster_lines(results, list(own), at.replace("_", " ").capitalize(), notes)
        label = results.words.outcomes[row["outcome"]].label
        groups.append(Group(f"{label}, {stub(results, row)}", tuple(lines)))
    return Table(
        id=f"clusters_{level}",
        caption=(
            f"Intervals by clusters: {BELOW[level]}. Below the sites they know how clusters within"
            " a site differ, and nothing of a shock to a site."
        ),
        stub="Level and method",
        columns=(
            Column("Clusters"),
            Column("Estimate"),
            Column(results.words.interval()),
            Column("df"),
            Column("Draws"),
            Column("Smallest p"),
        ),
        groups=tuple(groups),
        notes=(
            *notes.notes(),
            Note("Clusters: intervention against control."),
            Note("Smallest p: the smallest p-value that the method can give with these clusters."),
            *((Note(ALIKE),) if _alike(shown) else ()),
            *((Note("Primary outcomes; the CSV holds all."),) if primary else ()),
        ),
        csv="tables/ladder.csv",
    )


def _alike(estimates: list[dict[str, Row]]) -> bool:
    """Whether a way that counts each cluster alike has an estimate."""
    ways = ("relabelling", "donald_lang")
    rows = (row for rungs in estimates for row in clusters_of(rungs))
    return any(row["rung"].endswith(ways) and row["estimate"] is not None for row in rows)


def _cluster_lines(
    results: Results, rows: list[Row], word: str, notes: Notes
) -> Iterator[TableRow]:
    """A line for each way; one for all where none has an answer."""
    arms = f"{count(rows[0]['n_clusters_treated'])} against {count(rows[0]['n_clusters_control'])}"
    if all(row["status"] != "estimated" for row in rows):
        reasons = dict.fromkeys(row["reason"] for row in rows)
        marks = " ".join(notes.mark(sentence(reason)) for reason in reasons)
        yield TableRow(f"{word}: no way has an answer", (arms, *(NONE for _ in range(5))), marks)
        return
    for row in rows:
        d = results.words.outcomes[row["outcome"]].decimals
        said = [row["reason"]] if row["reason"] else []
        said += [w for w in row["warnings"].split(" | ") if w and w != SHARED]
        cells = (
            f"{count(row['n_clusters_treated'])} against {count(row['n_clusters_control'])}",
            fixed(row["estimate"], d),
            interval(row["ci_low"], row["ci_high"], d),
            degrees(row["df"]),
            count(row["draws"]),
            NONE if row["smallest_p"] is None else f"{row['smallest_p']:.2g}",
        )
        marks = " ".join(notes.mark(sentence(text)) for text in said)
        yield TableRow(f"{word}: {_WAYS[row['rung'].partition('/')[2]]}", cells, marks)
