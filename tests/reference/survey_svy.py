"""Means, totals, shares, raked weights and difference in differences of survey.csv by svy (MIT): a
second opinion beside R's survey. `pip install svy==0.35.0` in an environment of its own, then
`python survey_svy.py > survey_svy.json` in this folder.
"""

import json
from importlib.metadata import version

import polars as pl
import svy

TOTAL = 300.0
SEX = {0: 0.55, 1: 0.45}
AGE = {"young": 0.25, "middle": 0.35, "old": 0.4}

rows = pl.read_csv("survey.csv").with_columns(
    cell=pl.format("{}/{}", "site", "wave"),
    bysex=pl.format("{}/{}/{}", "site", "wave", "sex"),
    byage=pl.format("{}/{}/{}", "site", "wave", "age"),
    later=pl.format("w{}", "wave"),
    north=pl.col("site").cast(pl.Float64),
)
design = svy.Design(stratum="district", psu="nb", wgt="design")
plain = svy.Sample(rows, design)
controls = {
    "bysex": {f"{c}/{k}": TOTAL * v for c in rows["cell"].unique() for k, v in SEX.items()},
    "byage": {f"{c}/{k}": TOTAL * v for c in rows["cell"].unique() for k, v in AGE.items()},
}
raked = plain.weighting.rake(controls=controls, tol=1e-12, max_iter=5000)


def said(found: svy.Estimate) -> dict[str, list[float]]:
    """Estimates, standard errors and df, in the order of the cells."""
    table = found.to_polars()
    if "cell" in table.columns:
        table = table.sort("cell")
    return {name: table[name].to_list() for name in ("est", "se", "df")}


def regressed(sample: svy.Sample) -> dict[str, list[float]]:
    """Of y: intercept, waves, north, waves × north (differences in differences), x."""
    later = svy.Cat("later")
    table = sample.glm.fit("y", x=[later, "north", svy.Cross(later, "north"), "x"]).to_polars()
    return {name: table[name].to_list() for name in ("term", "estimate", "std_err")}


def of(sample: svy.Sample) -> dict[str, object]:
    """What a sample with its weights says."""
    found = sample.estimation
    return {
        "mean": said(found.mean("y", by="cell")),
        "domain": said(found.mean("y", by="cell", where=svy.col("answered"))),
        "total": said(found.total("y")),
        "share": said(found.mean("sex", by="cell")),
        "regression": regressed(sample),
    }


result = {
    "plain": of(plain),
    "raked": of(raked) | {"weight": raked.data["rk_wgt"].to_list()},
    "versions": {name: version(name) for name in ("svy", "svy-rs", "polars")},
}
print(json.dumps(result, indent=1))
