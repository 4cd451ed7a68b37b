"""Numbers in released sentences beside the cells that say them: python tests/sentence_numbers.py

Of each released row every number of a text cell is held against the numbers of the team's row, from
which it was made: where it is one of these, it has no more decimals than the released cell, and
stands in no text where that cell is withheld. A number of a sentence may be another's by chance
(an intraclass correlation of 0.05 beside a standard error of 0.0512): WHOSE are words of sentences
whose number is known to be something else.
"""

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from cesp_analysis import contracts
from cesp_analysis.columns import Row
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.tables import TABLES

TOLD = ("estimates", "coarse", "means", "sums", "shares", "blank")
"""Roles of numbers that are rounded, or withheld."""
NUMBER = re.compile(r"(?<![\w.,/])[−+-]?\d[\d,]*\.\d+(?![\w.]*\w)")
WHOSE = re.compile(
    r"correlation of (?:changes of |outcomes of |outcomes at equal baseline of )?$|more than $"
    r"|(?:above|at most|at least|power|alpha|ICC|CV|CAC|loss|correlation|assumed;|to) $|\(\s*$|× $"
    r"|p [=<] $|chi-squared $|parallel trends .*apart by $"
)
"""What stands before a number of something else: settings, tests of fit, figures from outside."""


def told_elsewhere(name: str, team: Path, public: Path, how: Disclosure) -> Iterator[str]:
    """A line for each number of a text cell that its own cell tells with fewer decimals or not."""
    leaving = TABLES[name]
    before = leaving.prepared(list(contracts.rows(team, leaving.contract)), how)
    with public.open(encoding="utf-8", newline="") as stream:
        after = list(csv.DictReader(stream))
    assert len(before) == len(after), name
    for line, (own, row) in enumerate(zip(before, after, strict=True), 2):
        for column, text in _texts(leaving, row):
            for found in NUMBER.finditer(text):
                if WHOSE.search(text[: found.start()]):
                    continue
                for cell in _finer(leaving, own, row, found[0]):
                    yield f"{name}.csv, line {line}, {column}: {found[0]} of {cell}: {text}"


def _texts(leaving: Leaving, row: dict[str, str]) -> Iterator[tuple[str, str]]:
    kinds = {name: column.kind for name, column in leaving.contract.columns().items()}
    for column, role in leaving.roles.items():
        words = role in ("texts", "shown") and kinds[column] in ("text", "category")
        if words and " " in row[column]:  # a sentence, not a name
            yield column, row[column]


def _finer(leaving: Leaving, own: Row, row: dict[str, str], text: str) -> Iterator[str]:
    """The cells of which a number in words says more than they do."""
    decimals = len(text.partition(".")[2])
    told = text.replace(",", "").lstrip("−+-")
    for column, role in leaving.roles.items():
        raw = own[column]
        if (
            role not in TOLD
            or not isinstance(raw, float)
            or not any(d in told for d in "123456789")
        ):
            continue
        if f"{abs(raw):.{decimals}f}" == told:
            cell = row[column]
            if not cell or len(cell.partition(".")[2]) < decimals:
                yield f"{column} ({cell or 'withheld'})"


def main(results: Path = Path("results")) -> int:
    """Print what is told; how many."""
    how = Disclosure.model_validate_json(
        (results / "public/disclosure.json").read_text(encoding="utf-8")
    )
    found = [
        line
        for path in sorted((results / "public/tables").glob("*.csv"))
        for line in told_elsewhere(path.stem, results / "tables" / path.name, path, how)
    ]
    print(*found, sep="\n")
    return len(found)


if __name__ == "__main__":
    sys.exit(bool(main(*map(Path, sys.argv[1:]))))
