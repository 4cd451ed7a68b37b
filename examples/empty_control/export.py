"""How data/raw/treated.csv was made: those who were given the program, with all their answers."""

import csv
from pathlib import Path

HERE = Path(__file__).parent
WHOLE = HERE.parent / "beat_the_blues" / "data" / "raw" / "btheb.csv"

with (
    WHOLE.open(encoding="utf-8", newline="") as read,
    (HERE / "data" / "raw" / "treated.csv").open("w", encoding="utf-8", newline="") as written,
):
    whole = csv.DictReader(read)
    rows = csv.DictWriter(written, whole.fieldnames or (), lineterminator="\n")
    rows.writeheader()
    rows.writerows(row for row in whole if row["treatment"] == "BtheB")
