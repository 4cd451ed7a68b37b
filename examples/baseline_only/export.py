"""How data/raw/first_visit.csv was made: who came, and what was known at the first visit."""

import csv
from pathlib import Path

HERE = Path(__file__).parent
WHOLE = HERE.parent / "beat_the_blues" / "data" / "raw" / "btheb.csv"
COLUMNS = ("subject", "drug", "length", "treatment", "bdi.pre")

with (
    WHOLE.open(encoding="utf-8", newline="") as read,
    (HERE / "data" / "raw" / "first_visit.csv").open("w", encoding="utf-8", newline="") as written,
):
    rows = csv.DictWriter(written, COLUMNS, extrasaction="ignore", lineterminator="\n")
    rows.writeheader()
    rows.writerows(csv.DictReader(read))
