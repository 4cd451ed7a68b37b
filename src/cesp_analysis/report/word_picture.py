"""A figure in the Word file: the picture, cut where a page ends, and its description."""

from typing import Any

from docx.oxml.shape import CT_Inline
from docx.shared import Pt

from cesp_analysis.report.paged import Part, parts_of
from cesp_analysis.report.word_file import File
from cesp_analysis.report.word_xml import el, paragraph
from cesp_analysis.whole_files import existing


def picture(file: File, block: dict[str, Any]) -> None:
    """A figure with its description; a tall one in parts, of one picture that is cropped."""
    where, _ = file.document.part.get_or_add_image(str(existing(file.results / block["png"])))
    parts = parts_of(file.results / block["svg"])
    for at, part in enumerate(parts, 1):
        file.pictures += 1
        size = Pt(part.width), Pt(part.height)
        name = f"{block['id']} {at}" if len(parts) > 1 else block["id"]
        # not document.add_picture: it looks for a free number in the whole document each time
        inline = CT_Inline.new_pic_inline(file.pictures, where, name, *size)
        inline.docPr.set("name", name)
        inline.docPr.set("descr", _alt(block["alt"], at, len(parts)))
        if len(parts) > 1:
            _crop(inline, part)
        file.add(paragraph("Picture", el("r", el("drawing", inline))))


def _alt(alt: str, at: int, parts: int) -> str:
    if parts == 1:
        return alt
    return (
        f"Part {at} of {parts}. {alt}" if at == 1 else f"Part {at} of {parts} of the figure above."
    )


def _crop(inline: Any, part: Part) -> None:
    """Show only a part of a picture."""
    fill = inline.graphic.graphicData.pic.blipFill
    window = fill.makeelement(
        "{http://schemas.openxmlformats.org/drawingml/2006/main}srcRect",
        {"t": str(round(part.top * 100_000)), "b": str(round((1 - part.bottom) * 100_000))},
    )
    fill.insert(1, window)  # after the picture, before how it is stretched
