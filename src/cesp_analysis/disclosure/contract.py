"""What of the results left the team, and what did not."""

from typing import ClassVar

from cesp_analysis.columns import Table, category, count, text

ROLES = (
    "shown", "counts", "sizes", "shares", "means", "sums", "estimates", "coarse", "chances",
    "texts", "blank",
)  # fmt: skip


class ReleasedTable(Table):
    """Every table of the results: what was done with each column before it left; one row without a
    column for a table that stays."""

    key: ClassVar = ("table", "column")
    table: ClassVar = text("table of results/tables, or of a model")
    column: ClassVar = text("column; blank: the whole table", blank=True)
    done: ClassVar = category(
        "stays: it is not released; else the role of the column: see docs/howto/release.md",
        allowed=("stays", *ROLES),
    )
    cells: ClassVar = count("cells of the column with something in them, of the rows that leave")
    few: ClassVar = count("of them withheld because they count few people")
    along: ClassVar = count("of them withheld because others could be worked out from them")
    rows_left: ClassVar = count("rows that stay, or were put together with others")
