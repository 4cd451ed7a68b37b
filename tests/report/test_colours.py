"""Contrast by formula (WCAG 2.2, 1.4.3 and 1.4.11), of what axe cannot see too: text in figures."""

import re
from pathlib import Path

import pytest
from lxml import etree

from cesp_analysis.figures.palette import HEAT_LIMITS, PALETTE, contrast, heat
from cesp_analysis.report import html
from cesp_analysis.report.html import render_html
from printed_report import report
from shown_report import blocks

CSS = Path(html.__file__).with_name("report.css").read_text(encoding="utf-8")
TEXT, MARK = 4.5, 3.0
SCHEMES = {"light": 0, "dark": 1, "print": 2}


def page_colours(scheme: str) -> dict[str, str]:
    """The page's own colours by name."""
    own = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[SCHEMES[scheme]]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", own))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_of_the_page_is_told_from_what_is_behind_it(scheme: str) -> None:
    own = page_colours(scheme)
    pairs = [(text, behind) for text in ("ink", "soft", "link") for behind in ("paper", "wash")]
    pairs += [("ink", "alarm-wash"), ("alarm", "alarm-wash"), ("alarm", "paper")]
    found = {pair: contrast(own[pair[0]], own[pair[1]]) for pair in pairs}
    assert min(found.values()) >= TEXT, found


@pytest.mark.parametrize("scheme", [0, 1])
def test_text_and_marks_of_figures_are_told_from_what_is_behind_them(scheme: int) -> None:
    own = {name: pair[scheme] for name, pair in PALETTE.items()}
    for behind in ("paper", "panel"):
        for text in ("ink", "muted", "caution"):
            assert contrast(own[text], own[behind]) >= TEXT, (text, behind)
        for mark in ("intervention", "control"):
            assert contrast(own[mark], own[behind]) >= MARK, (mark, behind)
    partner = {pair[0]: pair[scheme] for pair in PALETTE.values()}
    for percent in (0, *(limit + 0.1 for limit in HEAT_LIMITS)):
        cell, text = heat(percent)
        assert contrast(partner[cell], partner[text]) >= TEXT, percent


def test_a_pair_that_is_too_alike_is_found() -> None:
    assert contrast("#999999", "#ffffff") < MARK  # 2.85 by WebAIM's checker
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)  # its least grey of AA


def test_every_figure_of_a_page_is_an_image_with_a_description(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    page = render_html(report(*blocks(tmp_path)), tmp_path)
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) == 2
    for drawing in drawings:
        root = etree.fromstring(drawing)
        assert root.get("role") == "img" and etree.QName(root[0]).localname == "title"
        assert root.get("aria-labelledby") == root[0].get("id") and len(root[0].text) > 20
        assert not root.xpath("//*[local-name()='a' or local-name()='script']|//@tabindex")
