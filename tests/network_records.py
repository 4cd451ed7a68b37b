"""A small study whose respondents named whom and what they know."""

from pathlib import Path
from typing import Any

from small_study import Study

WAVE = "id,site,answer,trust\n" + "".join(
    f"R{i},{'North' if i <= 5 else 'South'},{'' if i == 8 else 1},{i % 4}\n" for i in range(1, 10)
)
TIES = """who,named,what
R1,choir,group
R1,aunt,person
R2,choir,group
R2,council,organisation
R3,council,organisation
R4,R5,person
R6,choir,group
R7,club,group
R9,club,group
"""
"""North: R1, R2, R3 joined by choir and council, R4 and R5 by name. South: R7 and R9 by club, R6 by
a choir that nobody else there named; R8 did not answer. The choir does not join the sites."""


def study(folder: Path, ties: str = TIES, **networks: Any) -> Study:
    """The small study with one wave of respondents and whom they named, and a wave without."""
    made = Study(folder)
    made.config["waves"] = {
        name: {"label": name, "position": at} for at, name in enumerate(("w1", "w2"))
    }
    answers = {
        "level": "respondent", "unit": "id", "site": {"column": "site"},
        "variables": {
            "answer": {}, "trust": {"type": "number"},
        },
    }  # fmt: skip
    made.files |= {"w1.csv": WAVE, "w2.csv": WAVE + "\n", "ties.csv": ties}
    for wave in ("w1", "w2"):
        own = {"path": f"data/raw/{wave}.csv", "time": {"constant": wave}}
        made.config["files"][wave] = answers | own
    made.config["files"]["ties"] = {
        "path": "data/raw/ties.csv", "level": "other", "unit": "who", "time": {"constant": "w1"},
        "one_row_per": "any",
        "variables": {
            "named": {"type": "id"},
            "what": {"type": "category", "values": ["person", "group", "organisation"]},
        },
    }  # fmt: skip
    made.config["surveys"] = {"minimum": 3}  # the South has three answers
    made.config["networks"] = {
        "ties": "ties", "alter": "named", "kind": "what", "asked": ["w1"], "answered": "answer",
    } | networks  # fmt: skip
    made.config["outcomes"] |= {
        name: {
            "label": name, "level": "respondent", "score": f"network.{name}", "unit": "ties",
            "direction": "higher_is_better", "times": ["w1"],
        }
        for name in ("degree", "isolate", "organisations", "reach")
    }  # fmt: skip
    return made
