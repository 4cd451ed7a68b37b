"""Each table, figure and estimate with the name of what made it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from cesp_analysis.report.blocks import Block, Figure, Table
from cesp_analysis.report.results import Results


def with_sources(blocks: Iterable[Block], results: Results) -> Iterator[Block]:
    """The blocks, of each table, figure and estimate with the name of what made it.

    A table is known by its CSV, a figure by its SVG, an estimate by its name under a row's stub.
    """
    names = {row["estimate_id"]: row["model"] for row in results.estimates}
    models = {model: results.made_by(f"models/{model}/estimates.csv") for model in names.values()}
    for block in blocks:
        if isinstance(block, Table):
            groups = tuple(
                replace(
                    group,
                    rows=tuple(
                        replace(row, source=models[names[row.under]]) if row.under in names else row
                        for row in group.rows
                    ),
                )
                for group in block.groups
            )
            source = results.made_by(block.csv) if block.csv else block.source
            yield replace(block, groups=groups, source=source)
        elif isinstance(block, Figure):
            yield replace(block, source=results.made_by(block.svg))
        else:
            yield block
