"""Group-time average effects by diff-diff (MIT): `pip install diff-diff==3.13.0` in an environment
of its own, then `python group_time.py > group_time.json` in this folder. Propensities are not
trimmed (pscore_trim); the data hold none near 0 or 1.
"""

import json
import warnings
from importlib.metadata import version
from itertools import product

import pandas as pd
from diff_diff import CallawaySantAnna

warnings.simplefilter("ignore")


def said(data: pd.DataFrame, covariates: list[str], **how: object) -> dict[str, object]:
    """Every effect and its standard error; averages too."""
    made = CallawaySantAnna(pscore_trim=1e-9, **how).fit(
        data, outcome="y", unit="unit", time="time", first_treat="start",
        covariates=covariates or None,
    )  # fmt: skip
    found: dict[str, object] = {
        f"{int(g)}/{int(t)}": [one["effect"], one["se"]]
        for (g, t), one in made.group_time_effects.items()
    }
    found["overall"] = [made.overall_att, made.overall_se]
    for name, by in (("event_study", "event_time"), ("group", "label")):
        rows = made.aggregate(name).to_dataframe().to_dict("records")
        found[name] = {f"{int(row[by])}": [row["att"], row["se"]] for row in rows}
    return found


def long(wide: pd.DataFrame, first: int) -> pd.DataFrame:
    """One row a unit and time."""
    names = [name for name in wide if name.startswith("y")]
    data = wide.melt([name for name in wide if name not in names], names, "time", "y")
    return data.assign(time=data["time"].str[1:].astype(int) + first)


people = long(pd.read_csv("group_time.csv"), 0)
once = people.assign(unit=[f"r{i}" for i in range(len(people))])
result: dict[str, object] = {}
plain = [("none", "reg", [])]
adjusted = [(name, name, ["age", "alone"]) for name in ("reg", "ipw", "dr")]
for control, base, (name, method, x) in product(
    ("never_treated", "not_yet_treated"), ("varying", "universal"), plain + adjusted
):
    how = {"control_group": control, "base_period": base, "estimation_method": method}
    result[f"panel/{control}/{base}/{name}"] = said(people, x, **how)
    result[f"cross_sections/{control}/{base}/{name}"] = said(once, x, panel=False, **how)
how = {"control_group": "not_yet_treated"}
x = ["age", "alone"]
result["anticipation"] = said(people, x, anticipation=1, estimation_method="ipw", **how)
result["clustered"] = said(people, x, cluster="site", estimation_method="reg", **how)
counties = long(pd.read_csv("mpdta.csv"), 2000).rename(columns={"county": "unit"})
result["mpdta"] = said(counties, [], estimation_method="reg")
result["mpdta_adjusted"] = said(counties, ["lpop"], estimation_method="dr")
result["versions"] = {name: version(name) for name in ("diff-diff", "numpy", "pandas")}
print(json.dumps(result, indent=1))
