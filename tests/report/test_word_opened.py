"""The Word file as LibreOffice opens and prints it: texts, tables, captions, descriptions."""

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pikepdf import Array, Dictionary, Pdf
from pypdf import PdfReader

import printed_report as printed
from cesp_analysis.report.word import render_word
from printed_report import BANNER, bare, report
from shown_report import blocks

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="there is no LibreOffice here")
TAGGED = 'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"}}'


def printed_by_office(folder: Path, tree: dict[str, Any], results: Path) -> Path:
    """The PDF that LibreOffice makes of the report's Word file."""
    file = folder / "report.docx"
    file.write_bytes(render_word(tree, results))
    assert SOFFICE is not None
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
         "--convert-to", TAGGED, "--outdir", str(folder), str(file)],
        check=True, capture_output=True, timeout=1200,
    )  # fmt: skip
    return file.with_suffix(".pdf")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("office")
    results = printed.figures(folder / "results")
    tree = report(*printed.BLOCKS, *blocks(results))
    return tree, printed_by_office(folder, tree, results)


def test_every_text_but_a_table_to_sort_is_printed(
    opened: tuple[dict[str, Any], Path],
) -> None:
    tree, file = opened
    pages = [page.extract_text() for page in PdfReader(file).pages]
    heads = [bare(page).startswith(bare(BANNER)) for page in pages]
    assert all(heads), "the notice stands above every page"
    looked_up = [block for block in tree["blocks"] if block.get("sortable")]
    assert len(looked_up) == 2
    kept = [block for block in tree["blocks"] if not block.get("sortable")]
    said = bare("".join(pages)).replace(bare(BANNER), "")
    for text in printed.texts(tree | {"blocks": kept}):
        if not any(sign in text for sign in NOT_AS_WRITTEN):
            assert bare(text)[:60] in said, text
    assert "gnihtemos" in said or "something" in said
    assert said.count("\ufffd") >= 6


NOT_AS_WRITTEN = "\u202e\x07"
"""What turns letters around, and what no file may hold: their places are the layout's."""


def elements(root: Any) -> Iterator[Any]:
    """Every element of a tag tree."""
    waiting = [root]
    while waiting:
        here = waiting.pop()
        kids = here.get("/K", [])
        held = list(kids) if isinstance(kids, Array) else [kids]
        waiting += reversed([kid for kid in held if isinstance(kid, Dictionary) and "/S" in kid])
        if "/S" in here:
            yield here


def test_tables_are_tables_and_figures_have_descriptions(
    opened: tuple[dict[str, Any], Path],
) -> None:
    tree, file = opened
    with Pdf.open(file) as pdf:
        found = list(elements(pdf.Root.StructTreeRoot))
        kinds = Counter(str(one.S) for one in found)
        alts = [str(one.get("/Alt", "")) for one in found if str(one.S) == "/Figure"]
        assert str(pdf.Root.Lang) == "en-GB"
    shown = [block for block in tree["blocks"] if not block.get("sortable")]
    of = Counter(block["kind"] for block in shown)
    assert kinds["/Table"] == of["table"] and kinds["/TH"] > 0
    for block in shown:
        if block["kind"] == "figure":
            assert any(block["alt"] in alt for alt in alts), block["id"]
    said = bare("".join(page.extract_text() for page in PdfReader(file).pages))
    for kind in ("table", "figure"):
        for number in range(1, of[kind] + 1):
            assert f"{kind.capitalize()}{number}." in said  # the caption's number
