"""By what descriptions are broken down: the site, or the arm where there are no sites."""

import pandas as pd


def by_group(panel: pd.DataFrame) -> pd.DataFrame:
    """The panel with a column `group` (category in config's order)."""
    column = "arm" if bool(panel["site"].isna().all()) else "site"
    return panel.assign(group=panel[column])
