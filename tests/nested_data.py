"""Data of the mixed engine's tests: vectors that other programs were run on."""

from pathlib import Path

import numpy as np
import pandas as pd

REFERENCE = Path(__file__).parent / "reference"
BTHEB = Path(__file__).parents[1] / "examples/beat_the_blues/data/raw/btheb.csv"


def a1() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vector A1: 24 people at up to 4 times; y, x (intercept, arm, t, arm:t), person."""
    rows = []
    for i in range(1, 25):
        arm, level, slope = float(i > 12), 5 * np.sin(3.1 * i), 1.2 * np.cos(1.9 * i)
        for t in range(4):
            if not (t > 0 and (7 * i + 5 * t) % 6 == 0):
                noise = 3 * np.sin(5.3 * i + 2.9 * t)
                y = 40 + 2 * arm + 1.5 * t + 0.8 * arm * t + level + slope * t + noise
                rows.append((y, 1.0, arm, t, arm * t, i))
    table = np.array(rows)
    return table[:, 0], table[:, 1:5], table[:, 5].astype(int)


def a1_in_levels() -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """A1 with its one level in a list."""
    y, x, person = a1()
    return y, x, [person]


def generated() -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """200 people in neighbourhoods: y, x in lme4's order, (person, neighbourhood)."""
    d = pd.read_csv(REFERENCE / "nested_generated.csv")
    arm, wave = d["arm"].to_numpy(float), d["wave"].to_numpy()
    one, two = (wave == 1).astype(float), (wave == 2).astype(float)
    x = np.column_stack([np.ones(len(d)), arm, one, two, d["age"], arm * one, arm * two])
    return d["y"].to_numpy(), x, [d["pid"].to_numpy(), d["area"].to_numpy()]


def case05() -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """60 people in ten neighbourhoods whose means differ less than chance would make them."""
    d = pd.read_csv(REFERENCE / "case05.csv")
    arm = (d["site"] == "intervention").to_numpy(float)
    codes = pd.factorize(d["neighbourhood"])[0]
    return d["change"].to_numpy(float), np.column_stack([np.ones(len(d)), arm]), [codes]


def btheb() -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Beat the Blues: depression at 2, 3, 5 and 8 months of 97 patients; x in lme4's order."""
    wide = pd.read_csv(BTHEB)
    rows = []
    for month in (2, 3, 5, 8):
        asked = wide[wide[f"bdi.{month}m"].notna()]
        yes = [asked["treatment"] == "BtheB", asked["drug"] == "Yes", asked["length"] == ">6m"]
        columns = [asked[f"bdi.{month}m"], asked["bdi.pre"], *yes, asked["subject"]]
        rows.append(np.column_stack([*columns, np.full(len(asked), month)]).astype(float))
    table = np.concatenate(rows)
    x = np.column_stack([np.ones(len(table)), table[:, [1, 6, 2, 3, 4]]])
    return table[:, 0], x, [table[:, 5].astype(int)]


def three(people: str = "vary") -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Person in neighbourhood in location, as in nested.R.

    `people` is "vary", or "cancel" for people whose levels cancel out in each neighbourhood, so
    that neighbourhoods vary less than chance would make them.
    """
    rows = []
    for i in range(1, 97):
        near, place = (i - 1) // 4, (i - 1) // 16
        arm = near % 2
        wide = 4 * np.sin(2.1 * place) + 3 * np.sin(1.7 * near) + 3 * np.sin(3.1 * i)
        level = wide if people == "vary" else (4, -4, 2, -2)[(i - 1) % 4]
        for t in range(3):
            if not (t > 0 and (7 * i + 5 * t) % 6 == 0):
                noise = 2 * np.sin(5.3 * i + 2.9 * t)
                y = 50 + arm + 0.5 * t + 0.7 * arm * t + level + noise
                rows.append((y, 1.0, arm, t, arm * t, i, near, place))
    table = np.array(rows)
    codes = table[:, 5:].astype(int)
    return table[:, 0], table[:, 1:5], [codes[:, 0], codes[:, 1], codes[:, 2]]
