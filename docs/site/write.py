"""Write the pages of docs/ that are made from the program: `python docs/site/write.py`.

tests/docs/ holds each to what would be written now. docs/study_file.md, docs/instruments/,
docs/words/ and docs/rooms.md have commands of their own.
"""

from collections.abc import Callable

import command_page
import few_sites_page
import kind_page
import table_page

from cesp_analysis.whole_files import write_text

PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/tables.md": table_page.page,
    "docs/reference/commands.md": command_page.page,
    "docs/reference/model_kinds.md": kind_page.page,
    "docs/few_sites_explained.md": few_sites_page.page,
}
"""Page → what writes it."""

if __name__ == "__main__":
    for page, made in PAGES.items():
        write_text(made(), table_page.ROOT / page)
