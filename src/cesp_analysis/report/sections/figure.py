"""A figure block from what `draw` said of it."""

from collections.abc import Iterator

from cesp_analysis.report.blocks import Figure
from cesp_analysis.report.results import Results


def figure(results: Results, name: str) -> Iterator[Figure]:
    """The figure, if the study has it."""
    about = results.figure(name)
    if about is not None:
        yield Figure(
            id=f"figure_{name}",
            caption=about["caption"],
            alt=about["alt"],
            svg=f"figures/{about['svg']}",
            png=f"figures/{about['png']}",
        )
