"""What fills an item of a checklist, and in which sections of the report it is read."""

from typing import NamedTuple

from cesp_analysis.columns import Row
from cesp_analysis.report.results import Results


class Answer(NamedTuple):
    """said: in a few words; where: anchors of sections; applies: False: the item does not apply."""

    said: str
    where: tuple[str, ...] = ()
    applies: bool = True


def there(said: str, **sections: object) -> Answer | None:
    """What is said, in those sections (by their anchors) that the report has; None: in none."""
    where = tuple(anchor for anchor, has in sections.items() if has)
    return Answer(said, where) if where else None


def of_level(rows: list[Row], level: str) -> bool:
    """Whether a table has rows of people, or of respondents."""
    return any(row["level"] == level for row in rows)


def estimates(results: Results) -> dict[str, bool]:
    """The sections of estimates, and whether the report has them."""
    return {
        "estimates": of_level(results.estimates, "person"),
        "survey_estimates": of_level(results.estimates, "respondent"),
    }


def delivery(results: Results) -> dict[str, bool]:
    """The sections of what people got, and whether the report has them."""
    return {
        "fidelity": bool(results.fidelity),
        "delivery": bool(results.contacts or results.activity),
    }
