"""Fetch data/raw/menss.csv: the data of the R package missingHE, as CSV (pip install pyreadr)."""

import tempfile
import urllib.request
from pathlib import Path

import pyreadr

ADDRESS = (
    "https://raw.githubusercontent.com/AnGabrio/missingHE/"
    "83b0247389665f95695bd523f7fbed5c007410d8/data/MenSS.RData"
)
NAMES = {"u.0": "u0", "sex_inst.0": "sex_inst0", "sti.0": "sti0"}
GAPS = ["sex_inst", "sti"]
WHOLE = ["age", "ethnicity", "employment", "sex_inst0", "sti0", "site", "trt"]

raw = Path(__file__).parent / "data" / "raw"
with tempfile.TemporaryDirectory() as folder:
    file, _ = urllib.request.urlretrieve(ADDRESS, Path(folder) / "MenSS.RData")
    (table,) = pyreadr.read_r(file).values()
kinds = dict.fromkeys(WHOLE, "int64") | dict.fromkeys(GAPS, "float64")
table = table.rename(columns=NAMES).astype(kinds)
table["u0"] = table["u0"].round(15)  # the digits that R writes
table.to_csv(raw / "menss.csv", index=False)
