"""Cells that a spreadsheet program would take for formulas: an apostrophe makes them text.

Nothing is lost: `unguarded` takes off what `guarded` put on, and numbers stay as they are.
"""

import re

FORMULA = r"'*[=+\-@\t\r\n＝＋－＠]"
_FORMULA = re.compile(FORMULA)
_GUARDED = re.compile("'" + FORMULA)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def guarded(cell: str) -> str:
    """The text of a cell, with an apostrophe before it where it could be run."""
    runs = _FORMULA.match(cell) and not _NUMBER.fullmatch(cell)
    return "'" + cell if runs else cell


def unguarded(cell: str) -> str:
    """The text that was guarded."""
    return cell[1:] if _GUARDED.match(cell) else cell
