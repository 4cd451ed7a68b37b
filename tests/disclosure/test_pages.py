"""The attack reads pages, drawings and records: a planted leak of each kind is named in a line."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

from cesp_analysis.cli import main
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.left_in import PSEUDONYM
from cesp_analysis.disclosure.pages import PARTS, in_pages
from cesp_analysis.intake.key import Key
from cesp_analysis.provenance.manifest import manifest
from cesp_analysis.report.word import render_word
from printed_report import figures, report

KNOWN = "fuwtv37xuw2ej63o"
PROSE = "Their responsibilities and misunderstanding; sha256 " + "a2" * 32
"""Words of sixteen letters, and a checksum: nobody's pseudonym."""
CODED = f"data:image/png;base64,{KNOWN}/{KNOWN}=="
PAGES = {
    "index.html": f"<p>{PROSE}</p><img src='{CODED}'>",
    "report.json": json.dumps({"blocks": [PROSE]}),
    "figures/flow_person.json": json.dumps({"alt": PROSE}),
    "figures/flow_person.svg": f"<svg><text>{PROSE}</text></svg>",
    "provenance.json": json.dumps({"jobs": []}),
    "ro-crate-metadata.json": json.dumps({"@graph": []}),
    "workflow/Snakefile": "rule all:\n",
    "workflow/rules/data.smk": "rule intake:\n",
}
RELEASED = "table,column,done,cells,few,along,rows_left\n"
NOTHING: Mapping[str, str] = {}
Plant = Callable[[Path], None]


def word_file(path: Path, document: str = PROSE, more: Mapping[str, str] = NOTHING) -> None:
    with ZipFile(path, "w") as word:
        word.writestr("word/document.xml", f"<w:t>{document}</w:t>")
        for name, text in more.items():
            word.writestr(name, text)


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """A folder as it leaves, with its manifest; nothing in it tells of anybody."""
    folder = tmp_path / "public"
    for name, text in PAGES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "disclosure.json").write_text(Disclosure().model_dump_json(), encoding="utf-8")
    (folder / "released.csv").write_text(RELEASED, encoding="utf-8")
    (folder / "report.pdf").write_bytes(b"%PDF-1.7")
    word_file(folder / "report.docx")
    listed(folder)
    return folder


def listed(folder: Path) -> None:
    """Write the manifest of all that lies there."""
    own = [path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.csv"]
    manifest(own, folder / "manifest.csv")


def says(name: str) -> Plant:
    """A person's pseudonym in a page."""

    def plant(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        path.write_text(text[:-3] + f"for {KNOWN}, who left" + text[-3:], encoding="utf-8")

    return plant


def lies(name: str) -> Plant:
    """A file that is none of those that leave."""

    def plant(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"PAR1")

    return plant


def added(part: str) -> Plant:
    """What Word, or a person, puts into a Word file beside its text."""

    def plant(folder: Path) -> None:
        word_file(folder / "report.docx", more={part: "<w:t>She left in May.</w:t>"})

    return plant


def linked(folder: Path) -> None:
    (folder / "tables").symlink_to(folder / "figures")


FOREIGN = (
    "word/embeddings/people.xlsx", "word/comments.xml", "word/footnotes.xml", "word/header2.xml",
    "word/_rels/comments.xml.rels", "customXml/item1.xml", "docProps/custom.xml",
    "docProps/app.xml", "docProps/thumbnail.png",
)  # fmt: skip
LEAKS: dict[str, tuple[Plant, str]] = {
    **{
        name: (says(name), f"{name}: holds a pseudonym: {KNOWN}")
        for name in PAGES
    },
    "report.docx": (
        lambda folder: word_file(folder / "report.docx", f"{KNOWN} left"),
        f"report.docx, word/document.xml: holds a pseudonym: {KNOWN}",
    ),
    **{
        f"{part} within a Word file": (
            added(part),
            f"report.docx: holds {part}, which is no part of a report",
        )
        for part in FOREIGN
    },
    "no Word file": (lies("report.docx"), "report.docx: is no Word file"),
    "rows of people": (
        lies("tables/panel.parquet"),
        "tables/panel.parquet: is of no kind that may leave; remove it",
    ),
    "a workbook": (lies("people.xlsx"), "people.xlsx: is of no kind that may leave; remove it"),
    "a drawing of single people": (
        lies("figures/trajectories_person.png"),
        "figures/trajectories_person.png: is of no figure that may leave; remove it",
    ),
    "a link": (linked, "tables: is a link, not the file itself; remove it"),
    "another encoding": (
        lambda folder: (folder / "index.html").write_bytes(b"<p>\xe9</p>") and None,
        "index.html: is not UTF-8, as what leaves is",
    ),
}  # fmt: skip


def test_without_a_leak_nothing_is_found(public: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert list(in_pages(public)) == []
    assert main(["attack", str(public)]) == 0
    assert (
        "no pseudonym of people's records was found (those of interviews" in capsys.readouterr().out
    )


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_named(
    leak: str, public: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each alone, and listed: whoever put it there made the manifest again."""
    plant, said = LEAKS[leak]
    plant(public)
    listed(public)
    assert list(in_pages(public)) == [said]
    assert main(["attack", str(public)]) == 1
    assert capsys.readouterr().err.splitlines() == [f"{public}/{said}"]


def test_a_word_file_of_the_report_has_its_own_parts_alone(tmp_path: Path) -> None:
    (tmp_path / "report.docx").write_bytes(render_word(report(), figures(tmp_path / "drawn")))
    with ZipFile(tmp_path / "report.docx") as word:
        assert len(word.namelist()) > 10 and any("media" in part for part in word.namelist())
        assert [part for part in word.namelist() if not PARTS.fullmatch(part)] == []


def test_a_file_that_the_manifest_does_not_list_is_named(public: Path) -> None:
    shutil.copy(public / "index.html", public / "figures/means_person.svg")
    assert list(in_pages(public)) == [
        "figures/means_person.svg: manifest.csv does not list it; remove it"
    ]
    (public / "manifest.csv").unlink()  # of a folder of which it is still to be made
    assert list(in_pages(public)) == []


def test_pseudonyms_are_told_from_words_by_a_figure_in_them(public: Path) -> None:
    """As intake makes them: 27 of 28 hold one."""
    made = Key(b"a key").pseudonyms(f"P{at}" for at in range(2_000))
    assert all(PSEUDONYM.fullmatch(one) for one in made)
    (public / "report.json").write_text(json.dumps(made), encoding="utf-8")
    share = len(list(in_pages(public))) / len(made)
    assert share == pytest.approx(1 - (26 / 32) ** 16, abs=0.017)  # 4 standard errors
