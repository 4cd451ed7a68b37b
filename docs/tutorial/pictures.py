"""The pictures of docs/tutorial.md, from its study: `python docs/tutorial/pictures.py ../walk`.

Figures are the run's own; tests/docs/test_tutorial.py holds them to it. The picture of the report
is taken by the machine's Chromium (playwright); without one it stays as it is.
"""

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FIGURES = ("flow_person", "means_person", "forest_person", "shock_person")
WIDTH, HEIGHT = 900, 620


def main(study: Path) -> None:
    """Copy the figures, take the picture."""
    for name in FIGURES:
        shutil.copy(study / "results" / "figures" / f"{name}.svg", HERE)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("there is no Chromium here: report.png stays as it is")
        return
    taken(study / "results" / "report" / "index.html", chromium, HERE / "report.png")


def taken(report: Path, chromium: str, out: Path) -> None:
    """Take a picture of a report's key findings."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(report.resolve().as_uri())
        page.evaluate("document.querySelector('#findings').scrollIntoView()")
        page.evaluate("window.scrollBy(0, -20)")
        page.screenshot(path=out)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
