"""A study's people as planning sees them: one row each."""

import pandas as pd


def answers_of(answers: pd.DataFrame, first: str, last: str) -> pd.DataFrame:
    """A row a person: first and last answer, site, arm, link worker, neighbourhood."""
    told = ["site", "arm", "link_worker", "neighbourhood"]
    about = answers.drop_duplicates("unit").set_index("unit")[told]
    for column, time in (("first", first), ("last", last)):
        own = answers[answers["time"] == time].set_index("unit")["value"]
        about[column] = own.reindex(about.index)
    return about[about["site"].notna()].sort_index()
