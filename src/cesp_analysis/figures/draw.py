"""The step `draw`: one figure as SVG and PNG, its caption, its description in words, its data."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.declared.wording import Wording
from cesp_analysis.figures.behind import write_behind
from cesp_analysis.figures.drawn import Drawn
from cesp_analysis.figures.kinds import KINDS, kind_of
from cesp_analysis.figures.many_sites import POOLS, not_drawn, together
from cesp_analysis.figures.style import footnote, new_figure, save
from cesp_analysis.whole_files import write_json

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(
    figure: str,
    spec: str,
    table: Path,
    svg: Path,
    png: Path,
    about: Path,
    data: Path,
    beside: list[Path] | None = None,
    extra: list[Path] | None = None,
) -> None:
    """Draw one figure from its table; a synthetic study says so on it.

    What matplotlib says of its own cache of fonts is not shown: without one it looks them up again.

    `beside`: further tables, of the same columns or as its kind says, put under the first. `data`:
    all that the figure shows, as CSV.
    `extra`: further files to write the figure to, by ending (pdf).
    """
    logging.getLogger("matplotlib.font_manager").addFilter(is_no_cache)
    words = Wording.model_validate_json(spec)
    kind, level = kind_of(figure)
    own = KINDS[kind]
    below = own.under[1] if own.under else own.contract
    frames = [contracts.read(table, own.contract)]
    frames += [contracts.read(path, below) for path in beside or ()]
    frame: pd.DataFrame = pd.concat(frames) if beside else frames[0]
    drawing, caption, alt, drawn_from = _drawn(kind, frame, words, level)
    svg.parent.mkdir(parents=True, exist_ok=True)
    instead = instead_of(drawing)
    save(drawing, svg, png, words.banner, extra or (), (caption, alt))
    write_behind(drawn_from, drawing, data)
    record = {
        "id": figure,
        "caption": caption,
        "alt": alt,
        "svg": svg.name,
        "png": png.name,
        "csv": data.name,
    }
    write_json(record | ({"instead": instead} if instead else {}), about)


def _drawn(kind: str, table: pd.DataFrame, words: Wording, level: str) -> Drawn:
    """The figure; of many sites by groups of them, or the sentence that it is not drawn."""
    if why := not_drawn(kind, words):
        drawing = new_figure(4, 0.6)
        footnote(drawing, why)
        return drawing, why, why, []
    if kind not in POOLS:
        return KINDS[kind].draw(table, words, level)
    grouped, of = together(words)
    if not of:
        return KINDS[kind].draw(table, words, level)
    pooled = POOLS[kind](table, of, words.study.ci_level)
    drawing, caption, alt, drawn_from = KINDS[kind].draw(pooled, grouped, level)
    return drawing, f"{caption} {len(of)} sites, by arm and start.", alt, drawn_from


def instead_of(drawing: "Figure") -> str:
    """The sentence of a drawing that shows nothing else, in one line; '' of all others."""
    texts = [] if drawing.axes else [text.get_text() for text in drawing.texts]
    return " ".join(" ".join(texts).split())


def is_no_cache(record: logging.LogRecord) -> bool:
    """Whether matplotlib says something else than that it has no cache of fonts."""
    return "font_manager cache" not in record.getMessage()
