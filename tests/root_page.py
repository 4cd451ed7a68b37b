"""Look at a whole report with axe: python tests/root_page.py results/report/index.html

Prints what is wrong and ends with 1 if anything is. Of each group of a table's rows the first
stays, of a figure its description: rows are alike, and axe takes minutes for 40,000 cells. The
contrast of colours, its slowest rule, is asked of a small page that has all of them.
"""

import sys
import time
from pathlib import Path
from typing import Any

from lxml import html

from browsing import chromium, opened, scrolls_sideways, violations

LIMIT = 5_000_000
THINNED = """() => {
  for (const own of document.querySelectorAll("details")) own.open = true;
  const all = document.createElement("style"); // what is not laid out yet has no true place
  all.textContent = "* { content-visibility: visible !important }";
  document.head.append(all);
  for (const body of document.querySelectorAll("tbody"))
    for (const row of [...body.rows].slice(body.querySelector(".group") ? 2 : 1)) row.remove();
  for (const drawing of document.querySelectorAll("figure svg"))
    for (const part of [...drawing.children].slice(1)) part.remove();
}"""


def without_headers(tree: Any) -> list[str]:
    """Tables without a caption or a head, and rows without a header that says what it heads."""
    tables = {
        "no caption": "not(caption[normalize-space()])",
        "no head of scope col": "not(thead/tr/th[@scope='col'])",
        "a row without a header": "tbody/tr[td][not(th[@scope='row'][normalize-space()])]",
        "an empty header": ".//th[not(normalize-space())]",
        "a header without scope": ".//th[not(@scope)]",
    }
    return [
        f"{table.getparent().getparent().get('id')}: {fault}"
        for fault, broken in tables.items()
        for table in tree.xpath(f"//table[{broken}]")
    ]


def main(path: Path) -> int:
    """How many faults a page has."""
    faults = [] if path.stat().st_size < LIMIT else [f"{path.stat().st_size} bytes: over {LIMIT}"]
    faults += without_headers(html.parse(str(path)).getroot())
    began = time.monotonic()
    with chromium() as browser:
        for width, media in ((320, "light"), (390, "dark"), (1280, "light"), (1280, "dark"),
                             (1280, "print")):  # fmt: skip
            with opened(browser, path, width, 900, media) as page:
                wide = scrolls_sideways(page)
                page.evaluate(THINNED)
                found = [
                    *violations(page, but="color-contrast"),
                    *(["scrolls sideways"] if wide else []),
                ]
            faults += [f"{width} px, {media}: {fault}" for fault in found]
    print(*faults, sep="\n", end="\n" if faults else "")
    size = path.stat().st_size / 1e6
    print(f"{path}: {size:.2f} MB, {len(faults)} faults, {time.monotonic() - began:.0f} s")
    return len(faults)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()) > 0)
