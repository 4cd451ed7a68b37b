"""The tiny study with candidates and a retest, run up to measurability."""

from pathlib import Path
from typing import Any

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.measurement import specs as measurement_specs
from cesp_analysis.measurement.tables import Cells, Distributions, Items, Measurability
from cesp_analysis.pipeline import opened
from small_study import Study, inside

TABLES = {
    "measurability": Measurability,
    "items": Items,
    "measurability_cells": Cells,
    "distributions": Distributions,
}
FLAGS = {"measurability": "out", "measurability_cells": "cells"}
Rows = list[dict[str, Any]]

RETEST = "id,date,u_1,u_2,u_3,second,changed\n" + "".join(
    f"P{i:02},2024-01-2{i % 10},{1 + i % 3},{1 + i % 2},2,{10 + i + (i % 3 == 0)},"
    f"{'same' if i < 10 else 'better'}\n"
    for i in range(1, 13)
)
"""Ten days later the first ten had not changed; every third then had a point more."""


def with_retest(study: Study, lines: str = RETEST) -> None:
    """A file of second answers."""
    study.files["again.csv"] = lines
    study.config["files"]["again"] = {
        "path": "data/raw/again.csv",
        "level": "person",
        "unit": "id",
        "one_row_per": "any",
        "date": {"column": "date", "format": "%Y-%m-%d"},
        "instruments": {"ucla3": "u_{item}"},
        "variables": {
            "second": {"range": [0, 40]},
            "changed": {"type": "category", "values": ["same", "better"]},
        },
    }
    study.config["measurement"] = {
        "draws": 200,
        "retest": {
            "file": "again",
            "anchor": "changed",
            "stable": ["same"],
            "variables": {"score": "second"},
        },
    }


def command(study: Any) -> list[str]:
    """The rule's command, in the study's folder."""
    written = [
        word
        for name in TABLES
        for word in (f"--{FLAGS.get(name, name)}", f"results/tables/{name}.csv")
    ]
    return ["measure", "--spec", measurement_specs.measure(study),
            "--records", "data/processed/records", "--panel", "data/processed/panel.parquet",
            "--estimates", "results/tables/estimates.csv", *written]  # fmt: skip


def measured(study: Study) -> dict[str, Rows]:
    """Every table of measurability, by its name."""
    study.config.setdefault("measurement", {"draws": 200})
    ran = study.run()
    assert (ran.status, ran.shown) == (0, "")
    with inside(study.folder):
        told = opened(".")
        made = [f"results/models/{name}/estimates.csv" for name in told.models]
        given = ["--estimates", *made] if made else []
        assert main(["collect", *given, "--out", "results/tables/estimates.csv"]) == 0
        assert main(command(told)) == 0
        return {
            name: list(contracts.rows(Path(f"results/tables/{name}.csv"), contract))
            for name, contract in TABLES.items()
        }


def row_of(tables: dict[str, Rows], outcome: str) -> dict[str, Any]:
    """The row of a candidate."""
    return next(row for row in tables["measurability"] if row["outcome"] == outcome)
