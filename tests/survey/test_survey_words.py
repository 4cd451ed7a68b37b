"""What the report's sections of surveys say, and how they print shares."""

from types import SimpleNamespace
from typing import Any

import pytest

from cesp_analysis.report.sections.survey_data import _who
from cesp_analysis.report.sections.surveys import what_it_tells
from cesp_analysis.survey.weighted import MET


@pytest.mark.parametrize("off", [-MET / 3, -1e-9, 0.0, 1e-9, MET / 3])
@pytest.mark.parametrize("population", [0.355, 0.3555, 0.0005, 0.25])
def test_a_margin_that_is_met_is_printed_as_the_population(population: float, off: float) -> None:
    row: dict[str, Any] = {"category": "owner", "n": 5, "by_design": 0.4}
    row |= {"weighted": population + off, "population": population}
    _, design, weighted, people = _who(row, 0, True)
    assert weighted == people
    assert (design, people) == ("40.0%", f"{round(100 * population, 9):.1f}%")


def test_differences_in_change_are_said_to_stand_in_the_section() -> None:
    own = SimpleNamespace(named=False, neighbourhoods="sampled", strata=None, weights=None)
    words = SimpleNamespace(surveys=own, one_group=lambda: False)
    told: Any = SimpleNamespace(words=words)
    last = list(what_it_tells(told))[-1]
    assert last.startswith("All tables but that of differences in change describe each site")
