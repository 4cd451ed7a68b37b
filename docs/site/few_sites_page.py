"""docs/few_sites_explained.md: the explanation, with the simulations' numbers where they belong."""

from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
VALIDATION = HERE.parent / "validation.md"
SIMULATED = "Few sites, simulated"
EVERY = "Two sites, every estimator, simulated"
RUNGS = ("rung", "rejects without shocks", "rejects with shocks", "rejects with link workers")
EACH = "100"
"""People a site, of the table of estimators."""
ESTIMATORS = ("estimator", "coverage", "coverage, shocks to sites")


def page() -> str:
    """The whole page."""
    text = (HERE / "few_sites_template.txt").read_text(encoding="utf-8")
    validation = VALIDATION.read_text(encoding="utf-8")
    ignoring = table(validation, SIMULATED, "people a site")
    whole = [row for row in ignoring[1:] if row[1] == "0%"]
    head, *every = table(validation, EVERY, "people a site")
    chosen = [head, *(row for row in every if row[0] == EACH)]
    rungs = picked(table(validation, SIMULATED, "rung"), RUNGS)
    return text.format(
        ignoring=written(ignoring),
        few=whole[0][0],
        at_few=percent(whole[0][2]),
        many=whole[-1][0],
        at_many=percent(whole[-1][2]),
        estimators=written(picked(chosen, ESTIMATORS)),
        rungs=written([row for row in rungs if not row[0].startswith("ancova")]),
        augmented=written(table(validation, SIMULATED, "prior")),
    )


def table(text: str, section: str, first: str) -> list[list[str]]:
    """The table of a section whose first column is called `first`: its head, then its rows."""
    _, found, rest = text.partition(f"\n## {section}\n")
    if not found:
        raise ValueError(f"docs/validation.md has no section '{section}'")
    lines = rest.partition("\n## ")[0].splitlines()
    start = next((n for n, line in enumerate(lines) if line.startswith(f"| {first} |")), None)
    if start is None:
        raise ValueError(f"section '{section}' has no table that begins with '{first}'")
    return [cells(lines[start]), *(cells(line) for line in _rows(lines[start + 2 :]))]


def _rows(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith("|"):
            return
        yield line


def cells(line: str) -> list[str]:
    """The cells of a line of a table."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def picked(rows: Sequence[Sequence[str]], names: Sequence[str]) -> list[list[str]]:
    """Columns by what their heads begin with, the whole name first, in the order asked for."""
    head = [name.partition(" (")[0] for name in rows[0]]
    places = [head.index(name) for name in names]
    return [[row[at] for at in places] for row in rows]


def written(rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def percent(value: str) -> str:
    """'0.2244 (0.0009)' → '22%'."""
    return f"{float(value.partition(' ')[0]):.0%}"
