"""Themes × interviews: what comes up in which interview, in their order."""

from pathlib import Path

import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.interviews.by_interview import by_interview
from cesp_analysis.interviews.coverage import coverage
from cesp_analysis.interviews.tables import ThemeByInterview
from coded_interviews import many, table

HELD = pd.DataFrame(
    {"interview": ["C", "A", "B"], "order": [1, 2, 3], "site": ["North", "South", None],
     "role": ["staff", "volunteer", None]}
)  # fmt: skip
ROWS = table(
    {"excerpt": "1", "interview": "B", "order": 3, "theme": "home", "subtheme": "rent"},
    {"excerpt": "1", "interview": "B", "order": 3, "theme": "home", "subtheme": "cold"},
    {"excerpt": "2", "interview": "B", "order": 3, "theme": "home"},
    {"excerpt": "3", "interview": "A", "order": 2, "theme": "work", "subtheme": "rent"},
    {"excerpt": "3", "interview": "A", "order": 2, "theme": "help"},
    {"excerpt": "4", "interview": "A", "order": 2, "theme": "work", "coder": "x"},
    {"excerpt": "4", "interview": "A", "order": 2, "theme": "work", "coder": "y"},
    {"excerpt": "5", "interview": "B", "order": 3, "theme": "work", "subtheme": "cold"},
    {"excerpt": "6", "interview": "B", "order": 3, "theme": "", "code": "", "subtheme": "rent"},
)


def grid(found: pd.DataFrame) -> dict[tuple[str, str], tuple[list[int], list[str]]]:
    own = found.assign(subtheme=found["subtheme"].fillna(""))
    return {
        (str(theme), str(part)): (rows["excerpts"].tolist(), rows["first"].tolist())
        for (theme, part), rows in own.groupby(["theme", "subtheme"], sort=False)
    }


def test_a_theme_counts_an_excerpt_once_and_its_subthemes_apart() -> None:
    """Themes by their first interview, then name; subthemes too; C has no coding and its column."""
    found = by_interview(ROWS, HELD)
    assert found["interview"].tolist()[:3] == ["C", "A", "B"]
    own = grid(found)
    assert list(own) == [
        ("help", ""), ("work", ""), ("work", "rent"), ("work", "cold"), ("home", ""),
        ("home", "cold"), ("home", "rent"),
    ]  # fmt: skip
    assert own["work", ""] == ([0, 2, 1], ["no", "yes", "no"])
    assert own["work", "cold"] == ([0, 0, 1], ["no", "no", "yes"])
    assert own["home", ""] == ([0, 0, 2], ["no", "no", "yes"])
    assert own["home", "rent"][0] == own["home", "cold"][0] == [0, 0, 1]
    told = found.drop_duplicates("interview")[["order", "site", "role"]].fillna("").to_numpy()
    assert told.tolist() == [[1, "North", "staff"], [2, "South", "volunteer"], [3, "", ""]]


def test_it_adds_up_to_what_each_interview_adds() -> None:
    rows = many(3_000, 40, 30, coders=2)
    held = rows[["interview", "order", "site", "role"]].drop_duplicates()
    found, added = by_interview(rows, held), coverage(rows, "theme", held)
    themes = found[found["subtheme"].isna()]
    wide = themes.pivot_table(index="theme", columns="interview", values="excerpts", sort=False)
    assert tuple(wide.index) == added.names and tuple(wide.columns) == added.interviews
    assert wide.to_numpy().tolist() == added.counts.tolist()
    new = themes[themes["first"] == "yes"].groupby("interview").size()
    assert new.reindex(list(added.interviews), fill_value=0).tolist() == added.new.tolist()


def test_without_a_coding_it_has_no_rows_and_is_still_the_table() -> None:
    found = by_interview(ROWS[:0], HELD)
    assert found.empty and list(found.columns) == list(ThemeByInterview.columns())


def test_an_interview_that_was_not_held_is_refused() -> None:
    with pytest.raises(ValueError, match="not held"):
        by_interview(ROWS, HELD[:1])


def test_it_is_written_as_its_contract_says(tmp_path: Path) -> None:
    path = tmp_path / "grid.csv"
    contracts.write(by_interview(ROWS, HELD), path, ThemeByInterview)
    assert len(contracts.read(path, ThemeByInterview)) == 21
