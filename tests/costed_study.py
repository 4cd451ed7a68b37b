"""The small study with an economic evaluation, and its three steps."""

import contextlib
import io
from pathlib import Path

import numpy as np

from cesp_analysis.cli import main
from cesp_analysis.economics import specs
from cesp_analysis.pipeline import opened
from small_study import PEOPLE as LIST
from small_study import Ran, Study, inside

PEOPLE = [f"P{i:02}" for i in range(1, 13)]
TABLES = (
    "economics",
    "ceac",
    "ce_plane",
    "ce_quadrants",
    "value_of_information",
    "economics_means",
    "economics_imputation",
)
SAMPLES = "data/processed/economics_samples.parquet"
PEOPLE_READ = [
    word
    for name, file in {
        "panel": "panel.parquet", "events": "events.parquet", "visits": "visits.parquet",
        "records": "records", "scores": "scores.parquet",
    }.items()
    for word in (f"--{name}", f"data/processed/{file}")
]  # fmt: skip
"""Options of what both `resample` and `evaluate` read of people."""


def answers(time: int) -> str:
    """A row a person: date, score and utility."""
    rng = np.random.default_rng(time)
    rows = [
        f"{unit},2024-0{6 * time + 1}-1{i % 10},{10 + i + time},{0.5 + 0.4 * rng.random():.3f}"
        for i, unit in enumerate(PEOPLE)
    ]
    return "\n".join(["id,date,score,utility", *rows, ""])


def use() -> list[list[str]]:
    """Rows: person, time, service, amount."""
    rng = np.random.default_rng(5)
    return [
        [unit, time, service, str(rng.poisson(mean))]
        for unit in PEOPLE
        for time in ("before", "after")
        for service, mean in (("gp", 3), ("nurse", 2))
    ]


def costed(folder: Path, **economics: object) -> Study:
    """The study; economics: of its section."""
    study = Study(folder)
    study.files |= {"before.csv": answers(0), "after.csv": answers(1)}
    written(study, use())
    files = study.config["files"]
    for name in ("before", "after"):
        files[name].pop("instruments")
        files[name]["variables"] = {
            "score": {"range": [0, 40]}, "utility": {"range": [-0.6, 1]}
        }  # fmt: skip
    files["use"] = {
        "path": "data/raw/use.csv", "level": "person", "unit": "id", "one_row_per": "any",
        "time": {"column": "time"},
        "variables": {
            "service": {"type": "category", "values": ["gp", "nurse"]},
            "amount": {},
        },
    }  # fmt: skip
    study.config["outcomes"].pop("lonely")
    sectors = ["nhs", *(["intervention"] if "intervention" in economics else [])]
    study.config["economics"] = {
        "price_year": "2023/24",
        "use": {"file": "use", "service": "service", "amount": "amount"},
        "services": {
            "gp": {"label": "GP", "unit_cost": "gp_consultation", "sector": "nhs"},
            "nurse": {"label": "Nurse", "unit_cost": "practice_nurse", "sector": "nhs"},
        },
        "perspectives": {"nhs": {"label": "NHS", "sectors": sectors}},
        "utility": {"label": "EQ-5D", "variable": "utility"},
        "missing": {"replicates": 200, "sets": 5},
    } | economics
    return study


def written(study: Study, rows: list[list[str]]) -> None:
    """Put rows of use in place of others."""
    lines = ["id,time,service,amount", *(",".join(row) for row in rows), ""]
    study.files["use.csv"] = "\n".join(lines)


CONTACTS = (
    "P01,2024-01-20,60",
    "P01,2031-01-20,60",
    "P01,,30",
    "P02,2024-02-01,60",
    "P03,2024-03-01,60",
    "P03,2024-06-01,60",
    "P01,2023-01-05,60",
    "P01,2025-09-01,60",
    "P05,2024-01-05,60",
)
HOURLY = {"salary": 45_000, "hours": 1_500, "price_year": "2023/24", "source": "set"}
HOUR = 30.0
DEAD = "P03,North,n3,33,m,2024-05-01"
LATER = [[unit, "later", name, "1"] for unit in PEOPLE if unit != "P03" for name in ("gp", "nurse")]


def followed(folder: Path) -> Study:
    """Followed for a year, half by half; P03 of the intervention arm died in the first half."""
    delivered = {"file": "contacts", "minutes": "minutes", "hourly": HOURLY}
    study = costed(folder, intervention=delivered)
    files, times = study.config["files"], study.config["times"]
    times["later"] = {"label": "Later", "position": 12}
    files["later"] = files["after"] | {
        "path": "data/raw/later.csv", "time": {"constant": "later"}
    }  # fmt: skip
    gone = [row for row in answers(1).splitlines() if not row.startswith("P03")]
    study.files["after.csv"] = "\n".join([*gone, ""])
    study.files["later.csv"] = study.files["after.csv"].replace("2024-07", "2025-01")
    files["contacts"] = {
        "path": "data/raw/contacts.csv", "level": "person", "unit": "id", "one_row_per": "any",
        "date": {"column": "date", "format": "%Y-%m-%d"}, "variables": {"minutes": {}},
    }  # fmt: skip
    study.files["contacts.csv"] = "\n".join(["id,date,minutes", *CONTACTS, ""])
    lines = [f"{row}," for row in LIST.splitlines()]
    lines[0] += "died"
    study.files["people.csv"] = "\n".join([*lines, ""]).replace("P03,North,n3,33,m,", DEAD)
    files["people"]["variables"]["died"] = {"type": "date", "format": "%Y-%m-%d"}
    study.config["events"] = {
        "died": {"label": "Died", "kind": "death", "file": "people", "date": "died"}
    }
    written(study, [*use(), *LATER, ["P03", "later", "gp", "2"], ["P01", "after", "dentist", "9"]])
    return study


def run(study: Study, until: str = "evaluate") -> Ran:
    """The steps up to the panel, then `cost`, `resample` and `evaluate`, as the rules have them."""
    made = study.run("panel")
    if made.status:
        return made
    with inside(study.folder):
        own = opened(".")
        for command in (cost_command(own), resample_command(own), evaluate_command(own)):
            shown = io.StringIO()
            with contextlib.redirect_stderr(shown), contextlib.redirect_stdout(io.StringIO()):
                status = main(command) if command else 0
            if status or command[:1] == [until]:
                return Ran(study.folder, status, shown.getvalue().strip())
    return Ran(study.folder, 0, "")


def cost_command(study) -> list[str]:  # type: ignore[no-untyped-def]
    """The step `cost`; nothing where costs come as they are."""
    if not specs.priced(study):
        return []
    done, tables = "data/processed", "results/tables"
    own = [
        word
        for setting, path in specs.own_prices(study).items()
        for word in (f"--{setting.replace('_', '-')}", path)
    ]
    return [
        "cost", "--spec", specs.cost(study), "--records", f"{done}/records",
        "--panel", f"{done}/panel.parquet", "--visits", f"{done}/visits.parquet",
        "--events", f"{done}/events.parquet", "--problems", f"{tables}/data_problems.csv",
        "--ledger", f"{done}/ledger.parquet", "--scores", f"{done}/scores.parquet",
        "--out", f"{done}/costs.parquet", "--table", f"{tables}/costs.csv",
        "--prices", f"{tables}/unit_costs.csv",
        "--exceptions", f"{tables}/cost_exceptions.csv", "--use", f"{done}/resource_use.csv",
        *own,
    ]  # fmt: skip


def resample_command(study) -> list[str]:  # type: ignore[no-untyped-def]
    """The step `resample`, in one part."""
    costs = ["--costs", "data/processed/costs.parquet"] if specs.priced(study) else []
    return [
        "resample", "--spec", specs.resample(study), *PEOPLE_READ, *costs,
        "--part", "1-of-1", "--out", SAMPLES,
    ]  # fmt: skip


def evaluate_command(study) -> list[str]:  # type: ignore[no-untyped-def]
    """The step `evaluate`."""
    done, tables = "data/processed", "results/tables"
    costs = (
        ["--costs", f"{done}/costs.parquet", "--ledger", f"{done}/ledger.parquet"]
        if specs.priced(study)
        else []
    )
    names = ("out", "curve", "plane", "quadrants", "information", "means", "imputation")
    return [
        "evaluate", "--spec", specs.evaluate(study), *PEOPLE_READ, *costs, "--samples", SAMPLES,
        "--known", f"{done}/net_benefit_known.parquet",
        *(word for name, table in zip(names, TABLES, strict=True)
          for word in (f"--{name}", f"{tables}/{table}.csv")),
    ]  # fmt: skip
