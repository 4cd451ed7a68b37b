"""The change of each person since the first time."""

import pandas as pd

_KEYS = ["outcome", "unit"]


def since_first(people: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """The first time, and the rows of later ones with `value` the change since then; those of
    outcomes that are not asked at the first are left out.

    `people`: rows of a panel of people, at least one.
    """
    first = str(people["time"].cat.remove_unused_categories().cat.categories[0])
    before = people.loc[people["time"] == first, [*_KEYS, "value"]]
    later = people[people["time"] != first].merge(
        before.rename(columns={"value": "before"}), on=_KEYS, validate="many_to_one"
    )
    later["value"] -= later["before"]
    return first, later
