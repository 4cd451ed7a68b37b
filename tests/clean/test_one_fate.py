"""A record has one fate in the list of data problems, whatever is said of it."""

import pandas as pd

from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.clean.visits import set_aside
from cleaned_parts import entry, listed, part, records


def test_what_was_kept_after_an_event_is_no_longer_if_another_visit_counts() -> None:
    held = records(["P1", "P2", "P3"], date=["2024-05-01"] * 3)
    found = ProblemList("f.csv")
    days = held["date"].astype("str")
    found.add("after_withdrawal", "day", held["line"].to_numpy(), days, "kept")
    found.add("likely_code", "score", held["line"].to_numpy()[:1], days[:1], "kept")
    found.add(
        "other_site", "at", held["line"].to_numpy()[:1], days[:1], "the register's site counts"
    )
    file = entry(date={"column": "day"})
    why = pd.Series(["other_visit", "", "after_death"])
    told = listed(set_aside(part(held, problems=found.sorted()), file, why).problems)
    assert [(line, kind, action) for line, _, kind, _, action in told] == [
        (2, "other_site", "the register's site counts"), (2, "after_withdrawal", "set aside"),
        (2, "other_visit", "set aside"), (2, "likely_code", "kept"),
        (3, "after_withdrawal", "kept"),
        (4, "after_death", "set aside"), (4, "after_withdrawal", "set aside"),
    ]  # fmt: skip
