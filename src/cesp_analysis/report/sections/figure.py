"""A figure block from what `draw` said of it."""

from collections.abc import Iterator

from cesp_analysis.disclosure.figures import LEAVE
from cesp_analysis.figures.kinds import KINDS, kind_of
from cesp_analysis.report.blocks import Figure
from cesp_analysis.report.results import Results


def figure(results: Results, name: str) -> Iterator[Figure]:
    """The figure, if it is of people or respondents that the study has, and may be read."""
    kind, level = kind_of(name)
    if results.public and kind not in LEAVE:
        return
    if level in KINDS[kind].levels and level in results.words.levels():
        about = results.figure(name)
        yield Figure(
            id=f"figure_{name}",
            caption=about["caption"],
            alt=about["alt"],
            svg=f"figures/{about['svg']}",
            png=f"figures/{about['png']}",
        )
