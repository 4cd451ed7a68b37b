"""The grade of evidence that was published for a design; none where no row of the tables was read.

The rows stand in grades.yaml with their source. A grade speaks of the design, not of the number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.strict_yaml import read_yaml

SHIPPED = Path(__file__).with_name("grades.yaml")
NONE = "no published grade"
REPEATED = 2  # measures before, and as many after
Measures = Literal["single", "repeated"]


class GradeRow(Frozen):
    """One row of the published tables: `design` and `grade` in the source's words."""

    measures: Measures
    design: str
    grade: str


class Grades(Frozen):
    """The rows that were read, their source, and what the source asks of such a study."""

    source: str
    rows: tuple[GradeRow, ...]
    asks: str


class ModelDesign(Frozen):
    """What a model compares: its times up to its reference, those after it; dose: not the arms.

    baseline: the study's first time, for the outcomes whose value then is a covariate."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    dose: bool = False
    baseline: dict[str, str] = {}

    def times_before(self, outcome: str) -> set[str]:
        """The times before the intervention that enter a comparison of an outcome."""
        return {*self.before, *filter(None, [self.baseline.get(outcome)])}


@dataclass(frozen=True)
class Design:
    """The facts of an estimate's design: sites is (intervention, control), None without sites;
    before, after: times at which both arms were measured."""

    randomised: bool
    sites: tuple[int, int] | None
    before: int
    after: int
    same_people: bool
    dose: bool = False

    @property
    def measures(self) -> Measures:
        """Repeated only if there are two or more on both sides."""
        return "repeated" if min(self.before, self.after) >= REPEATED else "single"

    def described(self) -> str:
        """The design in words, as grades.csv and the report have it."""
        where = "people, not sites" if self.sites is None else _against(self.sites)
        who = "the same people" if self.same_people else "cross-sections"
        how = "randomised" if self.randomised else "not randomised"
        measured = f"{self.before} measured before and {self.after} after"
        return f"{how}; {where}; {measured}; {who}"


def design_of(
    row: dict[str, Any],
    model: ModelDesign,
    measured: Sequence[str],
    declared: dict[str, int],
    randomised: bool,
) -> Design:
    """The design behind one row of estimates.csv.

    measured: times at which both arms have values of the outcome; declared: sites in each arm,
    for rows that have counted none because they hold no estimate.
    """
    sites = None
    if declared:
        found = (int(row["n_sites_treated"] or 0), int(row["n_sites_control"] or 0))
        sites = (
            found
            if min(found) > 0
            else (declared.get("intervention", 0), declared.get("control", 0))
        )
    return Design(
        randomised,
        sites,
        sum(name in measured for name in model.times_before(row["outcome"])),
        sum(name in measured for name in model.after),
        row["level"] == "person",
        model.dose,
    )


def grade_of(design: Design) -> dict[str, str]:
    """The cells grade, published_design, source and reason of grades.csv."""
    tables = shipped()
    if reason := _unread(design, tables):
        return {"grade": NONE, "published_design": "", "source": "", "reason": reason}
    row = next(row for row in tables.rows if row.measures == design.measures)
    known = {"published_design": row.design, "source": tables.source}
    return {"grade": row.grade, "reason": ""} | known


def _unread(design: Design, tables: Grades) -> str | None:
    """Why no row that was read is this design's; None if one is."""
    if design.randomised:
        return "chance allocated the intervention, and in the rows that were read it did not"
    if design.dose:
        return "people are compared by a dose, not the arms"
    if design.sites is None:
        return "people were allocated one by one, and the rows that were read are of sites"
    if min(design.before, design.after) < 1:
        return "both arms were not measured both before and after"
    if design.sites != (1, 1):
        asks = f" (the source asks for {tables.asks})" if min(design.sites) == 1 else ""
        found = _against(design.sites)
        return f"the rows that were read are of one cluster in each arm, here it is {found}{asks}"
    return None


def _against(sites: tuple[int, int]) -> str:
    one = "1 site" if sites[0] == 1 else f"{sites[0]} sites"
    return f"{one} against {sites[1]}"


@cache
def shipped() -> Grades:
    """The rows that come with the package."""
    return Grades.model_validate(read_yaml(SHIPPED))
