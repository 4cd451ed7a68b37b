"""The cases of ../shared/cases as studies: their files, what config says of them, what is right."""

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from cesp_analysis import contracts
from cesp_analysis.declared.source_list import sha256_of
from cesp_analysis.schemas import DataProblems, Panel

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "pipeline"))
from running import snakemake  # noqa: E402

CASES = ROOT.parent / "shared" / "cases"

SITES = {"a": {"label": "A", "arm": "intervention"}, "b": {"label": "B", "arm": "control"}}
MODEL = {"kind": "did", "design": "change", "covariance": "HC2"}


PANEL = ("results/tables/estimates.csv", "results/tables/account.csv")


def run(
    folder: Path, case: str, raw: dict[str, str], targets: tuple[str, ...] = PANEL, **sections: Any
) -> Path:
    """A study of a case: its files and what config says of them; runs up to `targets`."""
    at = folder / "data" / "raw"
    at.mkdir(parents=True)
    for path in (CASES / case).glob("*.csv"):
        (at / path.name).write_bytes(path.read_bytes())
    for name, content in raw.items():
        (at / name).write_text(content, encoding="utf-8")
    entries = {
        path.name: {
            "supplier": "case", "received": "2026-01-01", "row": "a row", "licence": "made",
            "sha256": sha256_of(path),
        }
        for path in at.iterdir()
    }  # fmt: skip
    (at / "SOURCES.yaml").write_text(yaml.safe_dump({"files": entries}))
    study = {
        "format": 1,
        "study": {
            "id": "case",
            "title": "T",
            "about": "A",
            "synthetic": True,
            "seed": 1,
            "pseudonyms": False,
        },
        "arms": {"intervention": {"label": "New"}, "control": {"label": "Usual"}},
        "sites": SITES,
    }
    study = {key: value for key, value in (study | sections).items() if value}
    (folder / "config.yaml").write_text(yaml.safe_dump(study, sort_keys=False))
    done = snakemake(ROOT, folder, *targets)
    assert done.returncode == 0, done.stdout
    return folder


def expected(case: str) -> dict[str, Any]:
    """The case's values by name."""
    listed = json.loads((CASES / case / "expected.json").read_text(encoding="utf-8"))
    return {entry["name"]: entry["value"] for entry in listed["values"]}


def problems(folder: Path) -> list[dict[str, Any]]:
    """The data problems of a run."""
    table = contracts.read(folder / "results/tables/data_problems.csv", DataProblems)
    return table.fillna("").to_dict("records")  # type: ignore[return-value]


def values(folder: Path, outcome: str, time: str) -> "pd.Series[Any]":
    """An outcome's values at a time, by person."""
    panel = contracts.read(folder / "data/processed/panel.parquet", Panel)
    rows = panel[(panel["outcome"] == outcome) & (panel["time"] == time)]
    return rows.set_index(rows["unit"].astype(str))["value"]


TIMES = {"before": {"label": "Before", "position": 0}, "after": {"label": "After", "position": 6}}
OUTCOME = {"unit": "points", "direction": "lower_is_better"}
