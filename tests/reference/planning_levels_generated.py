"""Writes planning_levels.csv: 200 small stepped wedges of shares and of counts, a row a location.

answers: of its periods in turn, each person's one figure to the base of 36.

Run: python tests/reference/planning_levels_generated.py
"""

import csv
from pathlib import Path

import numpy as np

from cesp_analysis.planning.layouts import stepped_wedge
from cesp_analysis.planning.level_people import counts, yes_or_no
from cesp_analysis.planning.level_wedge_draws import true_of
from cesp_analysis.planning.level_wedges import LevelWedge
from cesp_analysis.planning.wedge_trials import Wedge

TRIALS, PEOPLE = 100, 6
FIGURES = "0123456789abcdefghijklmnopqrstuvwxyz"
FRAME = Wedge(stepped_wedge(3), (3, 3, 3), PEOPLE, 0.2, 0.06, cac=0.7)


def main() -> None:
    """Others are asked in each period."""
    path = Path(__file__).with_suffix("").with_name("planning_levels.csv")
    rng = np.random.default_rng(2026)
    made = {
        "binary": LevelWedge(FRAME, "binary", 0.35),
        "count": LevelWedge(FRAME, "count", 1.5, 0.3, 0.7),
    }
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["kind", "trial", "location", "begins", "answers"])
        for kind, trial in made.items():
            true = true_of(trial, rng, TRIALS)
            apart = true[..., None]  # each cell a location of one period: others answer
            if kind == "binary":
                each = yes_or_no(rng, apart, PEOPLE, np.eye(1))
            else:
                each = counts(rng, apart, PEOPLE, trial.person_cv, 0.0, False)
            for trial_number, location in np.ndindex(true.shape[:2]):
                own = each[trial_number, location, :, :, 0].astype(int)
                answers = "/".join("".join(FIGURES[one] for one in cell) for cell in own)
                begins = FRAME.sequence[location] + 2
                out.writerow([kind, trial_number + 1, location + 1, begins, answers])


if __name__ == "__main__":
    main()
