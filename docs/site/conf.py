"""How the pages are built: `make docs`. Every page is Markdown that reads the same on a code host.

Sphinx reads from the root of the project, so that links between pages, and to files that are no
pages, are the ones that a code host follows. `docs/index.md` says which pages there are, and their
order. Nothing is fetched: fonts are the reader's own, the search runs in the browser, without a
server.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

import page_links  # noqa: E402

project = "cesp-analysis"
author = "The authors of cesp-analysis"
project_copyright = author
release = page_links.version(ROOT)
html_title = f"cesp-analysis {release}"

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "docs/index"
include_patterns = page_links.PAGES
exclude_patterns = [".*", "**/.snakemake", "site", "src", "wheels", "results", "data/processed"]
myst_heading_anchors = 4
myst_links_external_new_tab = False
suppress_warnings = ["misc.highlighting_failure"]
"""Of blocks of text in no language: tables of files and pictures made of letters."""
nitpicky = True
highlight_language = "none"

html_theme = "furo"
html_static_path = [str(HERE / "static")]
html_css_files = ["pages.css"]
html_extra_path = [str(HERE / "start")]
html_copy_source = False
html_show_sphinx = False
html_show_search_summary = False  # it would fetch pages, which a browser refuses of files
html_last_updated_fmt = None
html_theme_options = {"navigation_with_keys": True, "top_of_page_buttons": []}
templates_path = []


def setup(app):
    """Order the pages by the index; draw what a code host would draw."""
    app.connect("source-read", page_links.as_read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
