"""The texts of a PDF of ours, read by pikepdf in a fifth of pypdf's time: a report has 180 pages.

That both read the same letters is asserted in tests/report/test_pdf.py.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from pikepdf import Pdf, String, parse_content_stream

SHOWS = "Tf Tj TJ ET Do"
"""The operators that choose a font, show text, end a run of it, and place what holds more."""
UNKNOWN = "\ufffd"
"""A sign of which the PDF does not say which letters it stands for."""
Letters = dict[int, str]


def pages(source: Path | bytes) -> list[list[str]]:
    """Of each page the runs of text, in the order in which they are shown."""
    known: dict[Any, Letters] = {}
    with Pdf.open(BytesIO(source) if isinstance(source, bytes) else source) as pdf:
        return [list(_runs(page, page.Resources, known)) for page in pdf.pages]


def said(source: Path | bytes) -> str:
    """All runs twice: apart, for what stands in one, and joined, for what is broken over lines."""
    runs = [run for page in pages(source) for run in page]
    return f"{' '.join(runs)}\n{''.join(runs)}"


def _runs(stream: Any, resources: Any, known: dict[Any, Letters]) -> Iterator[str]:
    """The runs of a page, or of a drawing on it."""
    letters: Letters = {}
    run: list[str] = []
    for operands, operator in parse_content_stream(stream, SHOWS):
        kind = str(operator)
        if kind == "Tf":
            letters = _letters(resources.Font[str(operands[0])], known)
        elif kind == "ET":
            yield "".join(run)
            run = []
        elif kind == "Do":
            placed = resources.XObject[str(operands[0])]
            if placed.Subtype == "/Form":
                yield from _runs(placed, placed.get("/Resources", resources), known)
        else:
            shown = operands[0] if kind == "TJ" else [operands[0]]
            for codes in (bytes(one) for one in shown if isinstance(one, String)):
                assert len(codes) % 2 == 0  # our fonts have codes of two bytes
                pairs = zip(codes[::2], codes[1::2], strict=True)
                run += (letters.get(256 * high + low, UNKNOWN) for high, low in pairs)
    assert not run


def _letters(font: Any, known: dict[Any, Letters]) -> Letters:
    """Code → the letters that it stands for, as the font's ToUnicode says; each font once."""
    if font.objgen not in known:
        table = font.ToUnicode.read_bytes().decode("ascii")
        assert "beginbfrange" not in table  # ours are listed one by one
        found = {}
        for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
            words = re.findall(r"<([0-9A-Fa-f]+)>", block)
            for code, text in zip(words[::2], words[1::2], strict=True):
                found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
        known[font.objgen] = found
    return known[font.objgen]
