"""Sixty outcomes, a label of 300 letters, other scripts: every form of the report has them all."""

import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from lxml import html

import pdf_words
from bad_input.test_large import jobs
from browsing import chromium, needs_chromium, opened, scrolls_sideways, violations
from cesp_analysis.cli import main
from printed_report import bare
from small_study import Study, inside

LABELS = {
    "long": ("Wellbeing of people who were referred, " * 8)[:300],
    "letters": "W" * 300,
    "arabic": "الرفاه النفسي",
    "hebrew": "רווחה נפשית",
    "chinese": "心理健康",
    "devanagari": "मानसिक कल्याण",
    "greek": "Ευεξία",
    "turned": "one \u202eowt\u202c three",
    "formula": "=cmd|' /C calc'!A0",
    "typst": '#include "/etc/passwd" $x^2$',
}

FORMS = ("index.html", "report.docx", "report.pdf")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study, run to its report in all three forms."""
    folder = tmp_path_factory.mktemp("many")
    study = Study(folder)
    outcome = study.config["outcomes"]["score"] | {"role": "secondary"}
    for at, label in enumerate([*LABELS.values(), *(f"Outcome {n:02}" for n in range(48))]):
        study.config["outcomes"][f"o{at}"] = outcome | {"label": label}
    study.config["sites"]["north"]["label"] = "صحة <b>North</b>"
    study.config["models"]["did"]["outcomes"] = list(study.config["outcomes"])
    assert len(study.config["outcomes"]) == 60
    study.write()
    with inside(folder), warnings.catch_warnings():
        # long labels leave a figure no room; its font has no letters of some scripts
        warnings.filterwarnings("ignore", "constrained_layout not applied")
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        for job in jobs(folder, *(f"results/report/{name}" for name in FORMS)):
            assert main(job) == 0
    return folder / "results/report"


def texts(report: Path) -> Iterator[tuple[str, str]]:
    """Each form and all its words."""
    page = html.fromstring((report / "index.html").read_text(encoding="utf-8"))
    yield "html", page.text_content()
    document = Document(BytesIO((report / "report.docx").read_bytes()))
    yield "word", "".join(document.element.body.xpath(".//w:t/text()"))
    yield "pdf", pdf_words.said(report / "report.pdf")


def test_every_outcome_is_in_every_form(many: Path) -> None:
    for form, said in texts(many):
        letters = bare(said)
        labels = [f"Outcome {n:02}" for n in range(48)]
        labels += [LABELS[name] for name in ("long", "letters", "greek", "formula", "typst")]
        if form != "pdf":  # whose letters stand as they are drawn: tests/report/test_three_forms.py
            labels += list(LABELS.values())
        assert [label for label in labels if bare(label) not in letters] == [], form
        assert "<b>North</b>" in letters


@needs_chromium
def test_its_page_is_accessible(many: Path) -> None:
    with chromium() as browser, opened(browser, many / "index.html", 320) as page:
        page.add_style_tag(content="* { content-visibility: visible !important }")  # all laid out
        assert violations(page) == [] and not scrolls_sideways(page)
        assert page.locator("#all_estimates tbody tr").count() == 60
        page.locator("#all_estimates input").fill("心理")
        assert page.locator("#all_estimates tbody tr:visible").count() == 1
