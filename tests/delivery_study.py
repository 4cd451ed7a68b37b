"""The tiny study with ratings of fidelity, contacts and meetings of panels."""

from pathlib import Path
from typing import Any

from cesp_analysis.cli import main
from cesp_analysis.fidelity import specs
from cesp_analysis.study.read import read_study
from small_study import Study, inside

RATINGS = """id,who,name,day,talk,plan
P01,self,self,2024-02-01,1,0.5
P01,worker,W1,2024-02-03,1,1
P01,observer,A,2024-02-03,0.5,0.5
P01,observer,B,2024-02-03,0.5,0
P03,worker,W1,2024-02-03,0,0.5
P03,observer,A,2024-02-04,0.5,0.5
P03,observer,B,2024-02-04,0.5,1
P05,worker,W2,2024-09-01,1,
P05,observer,A,2024-09-02,1,1
P05,observer,B,2024-09-02,1,1
P07,self,self,2023-06-01,1,1
P07,worker,W2,,0.5,0.5
P02,worker,W2,2024-02-03,1,1
P09,,W2,2024-02-03,1,1
P11,worker,W2,2024-02-03,,
"""
"""P02 is a control; P09's rating says no source; P11's no component; P07's are of no moment."""
CONTACTS = """id,came,minutes,day
P01,yes,30,2024-01-20
P01,yes,40,2024-01-15
P01,no,0,2024-01-30
P03,yes,,2024-01-25
P05,,20,2024-01-25
P07,yes,50,2023-05-01
P02,yes,30,2024-01-20
"""
MEETINGS = """meeting,day,place,panel,asked,came,agreed,done
M1,2024-01-10,North,local,10,6,2,1
M2,2024-03-10,North,local,10,,3,3
M3,2025-01-10,North,local,10,0,0,0
M4,2024-01-10,North,partners,4,5,2,3
"""


def delivered(folder: Path, **sections: Any) -> Study:
    """The study on disk; odd people are of the intervention arm."""
    study = Study(folder)
    person = {"level": "person", "unit": "id", "one_row_per": "any"}
    part = {"range": [0, 1]}
    study.config["files"] |= {
        "ratings": person | {
            "path": "data/raw/ratings.csv",
            "date": {"column": "day", "format": "%Y-%m-%d"},
            "variables": {
                "who": {"type": "category", "values": ["self", "worker", "observer"]},
                "name": {"type": "category", "values": ["self", "W1", "W2", "A", "B"]},
                "talk": part | {"label": "Talked"},
                "plan": part,
            },
        },
        "contacts": person | {
            "path": "data/raw/contacts.csv",
            "date": {"column": "day", "format": "%Y-%m-%d"},
            "variables": {
                "came": {"type": "category", "values": ["yes", "no"]},
                "minutes": {"range": [0, 90]},
            },
        },
        "meetings": {
            "path": "data/raw/meetings.csv",
            "level": "other",
            "unit": "meeting",
            "one_row_per": "unit",
            "site": {"column": "place", "values": {"North": "north", "South": "south"}},
            "date": {"column": "day", "format": "%Y-%m-%d"},
            "variables": {
                "panel": {"type": "category", "values": ["local", "partners"]},
                **{name: {"range": [0, 99]} for name in ("asked", "came", "agreed", "done")},
            },
        },
    }  # fmt: skip
    study.files |= {"ratings.csv": RATINGS, "contacts.csv": CONTACTS, "meetings.csv": MEETINGS}
    study.config |= {
        "fidelity": {
            "file": "ratings",
            "source": "who",
            "rater": "name",
            "sources": {"self": "Themselves", "worker": "Worker", "observer": "Observer"},
            "components": ["talk", "plan"],
            "steps": [0, 0.5, 1],
            "cut_offs": {"moderate": 0.5, "high": 0.75, "rationale": "As agreed."},
            "periods": {"cuts": [3], "labels": ["Early", "Late"]},
            "minimum": 2,
        },
        "dose": {
            "file": "contacts",
            "attended": 'came == "yes"',
            "minutes": "minutes",
            "response": {"outcomes": ["score"]},
            "minimum": 2,
        },
        "activity": {
            "file": "meetings",
            "panel": "panel",
            "panels": {"local": "Local panel", "partners": "Partners"},
            "invited": "asked",
            "attended": "came",
            "agreed": "agreed",
            "done": "done",
        },
    } | sections  # fmt: skip
    return study


def commands(folder: Path) -> dict[str, list[str]]:
    """Each step of delivery with its arguments, in a folder whose panel was made."""
    study = read_study(folder)
    records, tables = str(folder / "data/processed/records"), folder / "results/tables"
    panel = ["--panel", str(folder / "data/processed/panel.parquet")]
    people = str(folder / "data/processed/fidelity.parquet")
    made = {}
    if study.fidelity:
        made["fidelity"] = ["fidelity", "--spec", specs.fidelity(study), "--records", records,
                            *panel, "--people", people, "--out", str(tables / "fidelity.csv"),
                            "--alike", str(tables / "fidelity_agreement.csv")]  # fmt: skip
    if study.dose:
        more = ["--fidelity", people] if study.fidelity else []
        more += ["--response", str(tables / "dose_response.csv")] if study.dose.response else []
        made["dose"] = ["dose", "--spec", specs.dose(study), "--records", records, *panel,
                        "--ledger", str(folder / "data/processed/ledger.parquet"),
                        "--out", str(tables / "dose.csv"),
                        "--contacts", str(tables / "contacts.csv"), *more]  # fmt: skip
    if study.activity:
        made["activity"] = ["activity", "--spec", specs.activity(study), "--records", records,
                            "--out", str(tables / "activity.csv")]  # fmt: skip
    return made


def ran(study: Study) -> Path:
    """Run the steps; the folder of the tables."""
    done = study.run("panel")
    assert (done.status, done.shown) == (0, "")
    with inside(study.folder):
        for command in commands(study.folder).values():
            assert main(command) == 0, command[0]
    return study.folder / "results/tables"
