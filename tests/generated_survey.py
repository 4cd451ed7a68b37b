"""A survey made by formulas, the same as in tests/reference/survey_weights.R, as a panel."""

from math import cos, sin
from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis.survey.margin_lines import Declared
from cesp_analysis.survey.margins import Margin, read_margins
from small_study import Study, config

SITES, WAVES = ("north", "south"), ("w1", "w2")
DECLARED = Declared(
    sites=SITES,
    waves=WAVES,
    covariates={"sex": ("f", "m"), "age": ("young", "middle", "old")},
)


def respondents() -> pd.DataFrame:
    """One row a respondent: k, nb, s, w, sex, age, d (design weight), y."""
    rows, k = [], 0
    for nb in range(12):
        for w in (0, 1):
            for _ in range(8 + (3 * nb + w) % 5):
                k += 1
                s = int(nb >= 6)
                age = ("young", "middle", "old")[(11 * k % 7 >= 3) + (11 * k % 7 >= 5)]
                sex = "fm"[7 * k % 5 >= 3]
                y = 20 + s + 0.5 * w + 1.2 * s * w + 2 * sin(2.7 * nb + 1)
                y += 0.9 * cos(4.1 * nb + 3 * w) + 3 * sin(1.3 * k)
                y += 2 * (sex == "m") - 1.5 * (age == "old")
                d = 1 + k % 4 / 2 + 0.3 * (age == "old")
                rows.append((k, nb, s, w, sex, age, d, y))
    return pd.DataFrame(rows, columns=["k", "nb", "s", "w", "sex", "age", "d", "y"])


def panel_of(people: pd.DataFrame) -> pd.DataFrame:
    """The respondents as a panel of one outcome, y; north (s = 0) is the control site."""
    n = len(people)
    text = {
        "study": ["own"] * n,
        "level": ["respondent"] * n,
        "unit": [f"R{k:03}" for k in people["k"]],
        "site": [SITES[s] for s in people["s"]],
        "arm": [("control", "intervention")[s] for s in people["s"]],
        "neighbourhood": [f"n{nb:02}" for nb in people["nb"]],
        "link_worker": [None] * n,
        "time": [WAVES[w] for w in people["w"]],
        "outcome": ["y"] * n,
    }
    table = pd.DataFrame(text).astype("category")
    table = table.assign(value=people["y"].to_numpy(), weight=people["d"].to_numpy())
    orders = {"sex": ["f", "m"], "age": ["young", "middle", "old"]}
    for name, order in orders.items():
        table[name] = pd.Categorical(people[name], categories=order)
    return table


def population(s: int, w: int) -> dict[str, dict[str, float]]:
    """The margins of a site and wave."""
    return {
        "sex": {"f": 510 + 20 * s - 10 * w, "m": 490 - 20 * s + 10 * w},
        "age": {"young": 420 - 30 * s, "middle": 330 + 10 * w, "old": 250 + 30 * s - 10 * w},
    }


def margins(folder: Path) -> tuple[Margin, ...]:
    """The margins of all sites and waves, from a file."""
    path = folder / "margins.csv"
    path.write_text(margins_text(), encoding="utf-8")
    return read_margins([path], DECLARED)


def margins_text() -> str:
    """The file of margins, a variable and category a line."""
    lines = ["site,wave,variable,category,population"]
    for s, site in enumerate(SITES):
        for w, wave in enumerate(WAVES):
            for name, counts in population(s, w).items():
                lines += [f"{site},{wave},{name},{word},{n}" for word, n in counts.items()]
    return "\n".join(lines) + "\n"


def study_of(folder: Path, people: pd.DataFrame | None = None) -> Study:
    """The survey as a study on disk: one file of both waves, margins.csv beside config.yaml."""
    table = respondents() if people is None else people
    lines = ["id,site,near,wave,sex,age,weight,y"]
    for row in table.itertuples():
        weight = "" if pd.isna(row.d) else f"{row.d:g}"
        lines.append(
            f"R{row.k:03},{SITES[row.s]},n{row.nb:02},{WAVES[row.w]},{row.sex},{row.age},{weight},"
            f"{row.y!r}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "margins.csv").write_text(margins_text(), encoding="utf-8")
    return Study(folder, _config(), {"survey.csv": "\n".join(lines) + "\n"})


def _config() -> dict[str, Any]:
    told = config()
    for section in ("times", "covariates", "models"):
        del told[section]
    told["waves"] = {
        "w1": {"label": "Wave 1", "position": 0},
        "w2": {"label": "Wave 2", "position": 12},
    }
    told["sites"] = {
        "north": {"label": "North", "arm": "control"},
        "south": {"label": "South", "arm": "intervention"},
    }
    words = {
        "sex": {"type": "category", "values": ["f", "m"]},
        "age": {"type": "category", "values": ["young", "middle", "old"]},
    }
    told["files"] = {
        "survey": {
            "path": "data/raw/survey.csv",
            "level": "respondent",
            "unit": "id",
            "site": {"column": "site"},
            "neighbourhood": {"column": "near"},
            "time": {"column": "wave"},
            "weight": {"column": "weight"},
            "variables": words | {"y": {}},
        }
    }
    told["covariates"] = {
        name: {"label": name.title(), "level": "respondent", "variable": name} for name in words
    }
    told["outcomes"] = {
        "y": {
            "label": "Belonging",
            "level": "respondent",
            "variable": "y",
            "unit": "points",
            "direction": "higher_is_better",
        }
    }
    told["models"] = {
        "survey": {
            "kind": "did",
            "level": "respondent",
            "design": "cross_sections",
            "covariance": "CR2",
            "cluster": "neighbourhood",
            "weighted": True,
            "outcomes": ["y"],
        }
    }
    told["surveys"] = {"weights": {"method": "rake", "margins": ["margins.csv"]}}
    return told
