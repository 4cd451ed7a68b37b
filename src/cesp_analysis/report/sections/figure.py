"""A figure block from what `draw` said of it."""

from collections.abc import Iterator

from cesp_analysis.disclosure.figures import LEAVE
from cesp_analysis.figures.kinds import KINDS, kind_of
from cesp_analysis.report.blocks import Figure, Paragraph
from cesp_analysis.report.figure_data import short_table
from cesp_analysis.report.results import Results


def figure(results: Results, name: str) -> Iterator[Figure | Paragraph]:
    """The figure, if it is of people or respondents that the study has, and may be read; in its
    place the sentence of one that has nothing to draw."""
    kind, level = kind_of(name)
    if results.public and kind not in LEAVE:
        return
    if level in KINDS[kind].levels and level in results.words.levels():
        instead = results.figure(name).get("instead")
        yield Paragraph(instead) if instead else drawn(results, name, f"figure_{name}")


def drawn(results: Results, name: str, called: str) -> Figure:
    """The block of a figure that was drawn, with what it shows as a table if that is short."""
    about = results.figure(name)
    csv = f"figures/{about['csv']}"
    return Figure(
        id=called,
        caption=about["caption"],
        alt=about["alt"],
        svg=f"figures/{about['svg']}",
        png=f"figures/{about['png']}",
        csv=csv,
        data=short_table(about["rows"], called, about["caption"], csv),
    )
