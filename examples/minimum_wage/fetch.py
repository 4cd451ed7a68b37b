"""Fetch data/raw/card_krueger_long.csv: the authors' data with two columns named in words."""

from pathlib import Path

import pandas as pd

ADDRESS = (
    "https://raw.githubusercontent.com/UChicago-pol-methods/SOSC13200-W23/"
    "7211cbbe0bddd925bfdeb616f05f5dd8f2715c8f/data/card-krueger.csv"
)
NAMES = {"d": "after", "d_nj": "after_x_nj"}

raw = Path(__file__).parent / "data" / "raw"
pd.read_csv(ADDRESS).rename(columns=NAMES).to_csv(raw / "card_krueger_long.csv", index=False)
