"""Pages in the Chromium of the machine: axe, what a page asks for and says, who may skip it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
PATIENCE = 600_000
"""Milliseconds a page may take: one of 5 MB takes 2 s alone, 22 s beside six other processes."""
MODES = [
    (width, height, media)
    for width, height in ((320, 800), (390, 844), (1280, 900))
    for media in ("light", "dark", "print")
]
"""Width and height of the window, and how the page is shown."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, without a window; as root it has no sandbox of its own."""
    assert CHROMIUM is not None
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=args, timeout=PATIENCE)
        yield browser
        browser.close()


def context_in(browser: Browser, **options: Any) -> BrowserContext:
    """A context without a network, in which nothing fails because the machine is busy."""
    context = browser.new_context(offline=True, **options)
    context.set_default_timeout(PATIENCE)
    return context


@contextmanager
def opened(
    browser: Browser, path: Path, width: int = 1280, height: int = 900, media: str = "light",
    script: bool = True,
) -> Iterator[Page]:  # fmt: skip
    """A page from its file, without a network; it may ask for its own file alone, and say nothing.

    `media`: light, dark or print; `script`: whether JavaScript is on.
    """
    scheme: Any = "dark" if media == "dark" else "light"
    context = context_in(
        browser,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        java_script_enabled=script,
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}"))
    page.on("request", lambda one: None if one.url == path.as_uri() else said.append(one.url))
    page.goto(path.as_uri())
    if media == "print":
        page.emulate_media(media="print")
    try:
        yield page
        assert said == []
    finally:
        context.close()


def violations(page: Page, but: str = "") -> list[str]:
    """What axe finds: the rule and the first element that breaks it. `but`: a rule to leave out."""
    page.evaluate(AXE)
    options: dict[str, Any] = {"runOnly": list(RULES), "resultTypes": ["violations"]}
    options["rules"] = {but: {"enabled": False}} if but else {}
    found = page.evaluate("options => axe.run(options)", options)
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page as a whole is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
