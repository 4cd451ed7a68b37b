"""Fetch data/raw/*_items_long.csv: the authors' answers to each item, as they published them."""

from pathlib import Path

import pandas as pd

ADDRESS = (
    "https://raw.githubusercontent.com/gpwilliams/covid-gaming/"
    "b48d6a489bbece8c7819b42636725ab4eb45ccd0/02_data/01_study-01/02_cleaned/01_multilevel"
)
FILES = {"loneliness_long.csv": "ucla3_items_long.csv", "das_long.csv": "dass21_items_long.csv"}

raw = Path(__file__).parent / "data" / "raw"
for theirs, ours in FILES.items():
    pd.read_csv(f"{ADDRESS}/{theirs}").to_csv(raw / ours, index=False)
