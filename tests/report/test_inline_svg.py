"""A figure inside the page: what it shows stays, what nobody sees goes."""

import re
from pathlib import Path

import pytest
from lxml import etree

from cesp_analysis.report.inline_svg import inline_svg

STYLE = "stroke: #112233; stroke-linecap: square"
FIGURE = f"""<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
  viewBox="0 0 100 50" width="100pt">
 <defs><style>*{{stroke-linecap: butt}}</style><path id="mark" d="M 0.123456 0 L 1 1"/></defs>
 <g id="nobody_asks"><path d="M 10.123456 20.5 L -3.987654 4" style="{STYLE}"/></g>
 <path d="M 1 2" style="{STYLE}"/><path d="M 1 2" style="stroke: #445566"/>
 <use xlink:href="#mark" x="7.654321" y="5"/>
</svg>
"""


@pytest.fixture
def shown(tmp_path: Path) -> str:
    (tmp_path / "f.svg").write_text(FIGURE, encoding="utf-8")
    return str(inline_svg(tmp_path / "f.svg", "one", "Words"))


def test_places_are_rounded_but_not_those_of_markers_which_are_scaled(shown: str) -> None:
    assert 'd="M10.12 20.5L-3.99 4"' in shown and 'x="7.65"' in shown
    assert 'd="M 0.123456 0 L 1 1"' in shown


def test_an_id_stays_where_something_refers_to_it(shown: str) -> None:
    (mark,) = set(re.findall(r' id="([^"]+)"', shown)) - {"one-svg", "one-title"}
    assert f'href="#{mark}"' in shown and mark.endswith("-0")
    assert len(mark) < 12, "marks refer to it by thousands"


def test_a_shared_style_is_a_class_that_outweighs_the_figures_own_rule(shown: str) -> None:
    root = etree.fromstring(shown)
    (sheet,) = root.iter("{*}style")
    rules = dict(re.findall(r"(#one-svg [^{]+?) ?\{([^}]*)\}", sheet.text))
    assert rules == {"#one-svg *": "stroke-linecap: butt", "#one-svg .s0": STYLE}
    assert [path.get("class") for path in root.iter("{*}path")] == [None, "s0", "s0", None]
    assert [path.get("style") for path in root.iter("{*}path")][-1] == "stroke: #445566"
