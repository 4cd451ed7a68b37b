"""The estimates that the report speaks of first: of each primary outcome one, at its last time."""

from collections.abc import Iterable

from cesp_analysis.columns import Row
from cesp_analysis.declared.wording import Wording
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.missing_patterns import primary
from cesp_analysis.withheld import Withheld


def main_estimates(results: Results, level: str) -> list[Row]:
    """Of each primary outcome of a level (of all, if none is primary) the estimate of the model
    that speaks for it (`Wording.in_order`), in the outcome's own unit, at the last time.

    A row without a number stands for an outcome of which no model has one.
    """
    found = of_each(results, level)
    wanted = primary(results.words, [row["outcome"] for row in found])
    return [row for row in found if row["outcome"] in wanted]


def of_each(results: Results, level: str) -> list[Row]:
    """The same of every outcome of a level, primary or not."""
    words = results.words
    own = [
        row
        for row in results.estimates
        if row["level"] == level and not isinstance(row["estimate"], Withheld)
    ]
    there = [name for name in words.outcomes if any(row["outcome"] == name for row in own)]
    return [
        _first(results, outcome, level, [row for row in own if row["outcome"] == outcome])
        for outcome in there
    ]


def _first(results: Results, outcome: str, level: str, rows: list[Row]) -> Row:
    unit = results.words.outcomes[outcome].unit
    order = [moment.name for moment in results.words.moments(level)]
    models = results.words.in_order(outcome)

    def place(row: Row) -> tuple[bool, bool, int, int]:
        """With a number in the outcome's unit first; then by model; then the last time."""
        without = row["status"] != "estimated"
        late = order.index(row["time"]) if row["time"] else -1
        return without, row["unit"] != unit, models.index(row["model"]), -late

    return min(rows, key=place)  # of equals the first in the table


def called(words: Wording, names: Iterable[str]) -> str:
    """What the table calls its outcomes, of which the primary ones are shown, or else all."""
    named = any(words.outcomes[name].role == "primary" for name in names)
    return "Main outcomes" if named else "Outcomes (none is primary)"
