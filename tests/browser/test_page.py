"""The page in a browser: axe, keyboard, phone and paper, sorting, and nothing from elsewhere."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from playwright.sync_api import Browser, Page

from browsing import (
    MODES,
    chromium,
    context_in,
    needs_chromium,
    opened,
    scrolls_sideways,
    violations,
)
from cesp_analysis.report import html as renderer
from shown_report import ESTIMATES, HOSTILE, page

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page(tmp_path_factory.mktemp("results (v2) it's"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize(("width", "height", "media"), MODES)
def test_axe_finds_nothing(
    browser: Browser, path: Path, width: int, height: int, media: str
) -> None:
    with opened(browser, path, width, height, media) as page:
        page.evaluate("document.querySelectorAll('details').forEach(own => own.open = true)")
        assert violations(page) == []
        assert media == "print" or not scrolls_sideways(page)


def test_axe_would_find_something(browser: Browser, path: Path) -> None:
    with opened(browser, path) as page:
        page.evaluate("document.querySelector('main').removeAttribute('id')")
        page.evaluate("document.querySelector('.subtitle').style.color = '#cccccc'")
        page.evaluate("document.querySelector('nav a').textContent = ''")
        found = " ".join(violations(page))
    assert all(rule in found for rule in ("skip-link", "color-contrast", "link-name"))


def test_without_javascript_every_text_is_there_and_nothing_to_press(
    browser: Browser, path: Path
) -> None:
    with opened(browser, path, script=False) as page:
        said = page.locator("main").inner_text()
        assert all(text in said for row in ESTIMATES for text in row)
        assert page.locator("button, input").count() == 0
        assert page.locator("details.data table").count() == 2


def test_nothing_hostile_runs_and_all_of_it_is_shown(browser: Browser, path: Path) -> None:
    with opened(browser, path) as page:
        assert page.title() == "The title"
        said = page.locator("main").text_content() or ""
        assert page.locator("script").count() == 1 and page.locator("img").count() == 0
    shown = [re.sub(r"[\x00-\x08\x0b-\x1f]", "\ufffd", text) for text in HOSTILE]
    assert [text for text in shown if said.count(text) < 3] == []


def test_no_other_script_may_run(browser: Browser, path: Path, tmp_path: Path) -> None:
    """What slips into the page later, or a handler in a tag, is stopped by the page's policy."""
    other = tmp_path / "index.html"
    text = path.read_text(encoding="utf-8")
    added = "<script>document.title = 'run'</script><img src='x' onerror=\"document.title='run'\">"
    other.write_text(text.replace("</main>", f"{added}</main>"), encoding="utf-8")
    context = context_in(browser)
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.goto(other.as_uri())
    assert page.title() == "The title"
    assert len([text for text in said if "Content Security Policy" in text]) >= 2
    assert page.locator("th button").count() > 0  # its own script does
    context.close()


FOCUSED = """() => {
  const own = document.activeElement, box = own.getBoundingClientRect();
  const style = getComputedStyle(own), notice = document.querySelector(".banner");
  return {
    name: own.tagName, text: (own.textContent || own.id).trim().slice(0, 60),
    outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    under: box.bottom <= notice.getBoundingClientRect().bottom && !own.classList.contains("skip"),
    seen: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    at: window.order.indexOf(own),
  };
}"""
ORDER = """() => window.order = [...document.querySelectorAll(
  "a[href], summary, button, input, [tabindex='0']")].filter(own => own.checkVisibility())"""


@pytest.mark.parametrize("width", [320, 1280])
def test_every_link_and_button_is_reached_by_keyboard_in_order_and_seen(
    browser: Browser, path: Path, width: int
) -> None:
    with opened(browser, path, width, 700) as page:
        page.evaluate("document.querySelectorAll('details').forEach(own => own.open = true)")
        page.evaluate(ORDER)
        expected = page.evaluate("window.order.length")
        reached: list[dict[str, Any]] = []
        for _ in range(expected):
            page.keyboard.press("Tab")
            reached.append(page.evaluate(FOCUSED))
    assert expected > 40
    assert [one["at"] for one in reached] == list(range(expected))
    assert [one for one in reached if not one["outline"] or not one["seen"] or one["under"]] == []


def test_the_skip_link_leads_to_the_report(browser: Browser, path: Path) -> None:
    with opened(browser, path) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
        assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "report"


def test_wide_tables_scroll_by_keyboard(browser: Browser, path: Path) -> None:
    with opened(browser, path, 390, 844) as page:
        wide = page.locator("#wide .scroll")
        wide.focus()
        page.keyboard.press("ArrowRight")
        # the page forbids scripts from text, by which Playwright would wait: so look again, itself
        for _ in range(100):
            if moved := page.evaluate("document.querySelector('#wide .scroll').scrollLeft") > 0:
                break
            page.wait_for_timeout(50)
        assert moved


SMALL = """() => [...document.querySelectorAll("a[href], summary, button, input")]
  .filter(own => own.checkVisibility() && !own.closest("p, sup, figcaption, .skip"))
  .map(own => [own.textContent.slice(0, 40), own.getBoundingClientRect()])
  .filter(([_, box]) => box.width < 24 || box.height < 24).map(([text]) => text)"""


@pytest.mark.parametrize("width", [320, 1280])
def test_targets_are_large_enough(browser: Browser, path: Path, width: int) -> None:
    """WCAG 2.2, 2.5.8: 24 by 24 px, but for links within a line of text."""
    with opened(browser, path, width) as page:
        page.add_style_tag(content="* { content-visibility: visible !important }")  # all laid out
        assert page.evaluate(SMALL) == []


def test_texts_may_be_spaced(browser: Browser, path: Path) -> None:
    """WCAG 1.4.12: nothing is cut off or lost with these spaces."""
    spaced = (
        "* { line-height: 1.5 !important; letter-spacing: .12em !important;"
        " word-spacing: .16em !important } p { margin-bottom: 2em !important }"
    )
    cut = """() => [...document.querySelectorAll("main *, nav *, .banner")].filter(own =>
      !own.closest("svg, .scroll, .hidden") && own.clientWidth
      && (own.scrollWidth > own.clientWidth + 1 && getComputedStyle(own).overflowX !== "visible"
          || own.scrollHeight > own.clientHeight + 1
             && getComputedStyle(own).overflowY === "hidden")).map(own => own.outerHTML)"""
    with opened(browser, path, 320) as page:
        page.evaluate("css => { const own = document.createElement('style'); own.textContent = css;"
                      " document.head.append(own) }", spaced)  # fmt: skip
        assert page.evaluate(cut) == [] and not scrolls_sideways(page)


def test_headings_are_in_order_and_named_once(browser: Browser, path: Path) -> None:
    tree = html.fromstring(path.read_text(encoding="utf-8"))
    levels = [int(one.tag[1]) for one in tree.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    with opened(browser, path) as page:
        for link in page.locator("nav a").all():
            target = (link.get_attribute("href") or "")[1:]
            assert page.locator(f"[id='{target}']").inner_text() == link.inner_text()


def column(page: Page, table: str, at: int) -> list[str]:
    """The cells of a column that are shown, from the top."""
    return page.evaluate(
        "([id, at]) => [...document.querySelectorAll(`#${id} tbody tr:not(.group)`)]"
        ".filter(row => !row.hidden && !row.parentElement.hidden)"
        ".map(row => row.cells[at].textContent.trim())",
        [table, at],
    )  # type: ignore[no-any-return]


def press(page: Page, table: str, name: str) -> str:
    """Press a head's button by keyboard; what is said then."""
    page.locator(f"#{table} th button", has_text=name).focus()
    page.keyboard.press("Enter")
    said = page.locator(f"#{table} [role=status]").text_content()
    assert said is not None
    return said


def test_a_column_is_sorted_by_its_numbers_and_what_is_no_number_is_last(
    browser: Browser, path: Path
) -> None:
    printed = [row[2] for row in ESTIMATES]
    with opened(browser, path) as page:
        assert page.locator("#all th[aria-sort]").count() == 0
        assert press(page, "all", "Estimate") == "Sorted by Estimate, ascending."
        up = column(page, "all", 2)
        assert up == ["−12.00", "−0.57", "1.20", "1,204.50", "not estimable"]
        assert page.locator("#all th[aria-sort]").get_attribute("aria-sort") == "ascending"
        assert press(page, "all", "Estimate") == "Sorted by Estimate, descending."
        assert column(page, "all", 2) == ["1,204.50", "1.20", "−0.57", "−12.00", "not estimable"]
        assert press(page, "all", "Estimate") == "In the order of the report."
        assert column(page, "all", 2) == printed
        press(page, "all", "95% interval")
        assert column(page, "all", 3)[0] == "−14.00 to −10.00" and column(page, "all", 3)[-1] == "–"
        press(page, "all", "Outcome")
        assert column(page, "all", 0) == sorted(row[0] for row in ESTIMATES)
        assert page.locator("#all th[aria-sort]").count() == 1
        assert violations(page) == []


def test_rows_are_sorted_within_their_group(browser: Browser, path: Path) -> None:
    with opened(browser, path) as page:
        said = press(page, "grouped", "Estimate")
        assert said == "Sorted by Estimate, ascending within each group."
        assert column(page, "grouped", 2) == [
            "−0.57",
            "1.20",
            "not estimable",
            "−12.00",
            "1,204.50",
        ]
        heads = page.locator("#grouped tbody tr:first-child th[scope=rowgroup]").all_inner_texts()
        assert heads == ["First", "Second"]


def test_rows_are_filtered_and_paper_shows_all(browser: Browser, path: Path) -> None:
    with opened(browser, path) as page:
        field = page.locator("#grouped input")
        field.fill("LONELI")
        assert column(page, "grouped", 1) == ["ANCOVA", "Change"]
        assert page.locator("#grouped [role=status]").text_content() == "2 of 5 rows shown."
        field.fill("ancova")
        assert page.locator("#grouped tbody:visible").count() == 1  # an empty group is not shown
        field.fill("nothing like it")
        assert page.locator("#grouped [role=status]").text_content() == "0 of 5 rows shown."
        page.emulate_media(media="print")
        assert page.locator("#grouped tbody tr:visible").count() == 7
        page.emulate_media(media="screen")
        field.fill("")
        assert page.locator("#grouped [role=status]").text_content() == "All 5 rows shown."
        assert len(column(page, "grouped", 1)) == 5


def test_the_script_is_small_and_makes_no_code_of_text() -> None:
    script = Path(renderer.__file__).with_name("report.js")
    text = script.read_text(encoding="utf-8")
    assert script.stat().st_size < 4096
    assert not re.search(r"\beval\b|innerHTML|Function\(|document\.write|fetch|https?:", text)
