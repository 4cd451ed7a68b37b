"""The built documentation in the machine's Chromium: `python tests/docs/built_pages.py site`.

Every page from its file, without a network, at phone and desktop width: it asks for files of the
site alone, says nothing on the console, and does not scroll sideways. The search finds a word. With
a second folder, pictures of the pages of KEPT are put there.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page

from browsing import chromium, context_in

WIDTHS = {"phone": 390, "desktop": 1280}
KEPT = (
    "docs/index", "docs/tutorial", "docs/few_sites_explained", "docs/reference/tables",
    "docs/performance", "docs/rooms", "docs/howto/missing_data", "README",
)  # fmt: skip
WORD, FOUND = "Satterthwaite", "Inference with few sites"


def main(site: Path, pictures: Path | None = None) -> int:
    """Look at every page; a line for each fault, 1 if there is one."""
    start = site / "index.html"  # leads to docs/index.html at once
    pages = sorted(path for path in site.rglob("*.html") if path != start)
    faults = []
    with chromium() as browser:
        for name, width in WIDTHS.items():
            faults += [f"{name}: {fault}" for fault in looked(browser, pages, width, site)]
            for kept in KEPT if pictures else ():
                taken(browser, site / f"{kept}.html", width, pictures / name)
        faults += [f"search: {fault}" for fault in searched(browser, site)]
    print("\n".join([*faults, f"{len(pages)} pages, {len(faults)} faults"]))
    return 1 if faults or not pages else 0


def looked(browser: Browser, pages: list[Path], width: int, site: Path) -> Iterator[str]:
    """What is wrong with pages, a line each."""
    page, said = opened(browser, width, site)
    for path in pages:
        page.goto(path.resolve().as_uri())
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            said.append(f"scrolls sideways: {wide} of {width}")
        yield from (f"{path}: {fault}" for fault in said)
        said.clear()
    page.context.close()


def opened(browser: Browser, width: int, site: Path) -> tuple[Page, list[str]]:
    """An empty page, and a list of what it asks for outside the site and says on the console."""
    page = context_in(browser, viewport={"width": width, "height": 900}).new_page()
    said: list[str] = []
    inside = site.resolve().as_uri()
    page.on("console", lambda message: said.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on("request", lambda one: outside(one.url, inside, said))
    return page, said


def outside(url: str, inside: str, said: list[str]) -> None:
    """Note what is asked for elsewhere."""
    if not url.startswith((inside, "data:")):
        said.append(f"asks for {url}")


def searched(browser: Browser, site: Path) -> Iterator[str]:
    """Whether the search works from a file, without a server."""
    page, said = opened(browser, WIDTHS["desktop"], site)
    page.goto(f"{(site / 'search.html').resolve().as_uri()}?q={WORD}")
    page.wait_for_selector("#search-results li")
    found = page.inner_text("#search-results")
    page.context.close()
    yield from said
    if FOUND not in found:
        yield f"'{WORD}' does not find '{FOUND}'"


def taken(browser: Browser, path: Path, width: int, folder: Path) -> None:
    """A picture of a page's beginning."""
    folder.mkdir(parents=True, exist_ok=True)
    page = context_in(browser, viewport={"width": width, "height": 1400}).new_page()
    page.goto(path.resolve().as_uri())
    page.wait_for_timeout(300)
    page.screenshot(path=folder / f"{path.stem}.png")
    page.context.close()


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
