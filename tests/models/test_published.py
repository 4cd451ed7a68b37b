"""Published numbers are found by their paths, in models' diagnostics and in tables of results."""

import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.describe.record_tables import Answered
from cesp_analysis.errors import CespError
from cesp_analysis.models.tables import Means, PublishedNumbers
from cesp_analysis.provenance.published import TABLES, published
from cesp_analysis.report.sections.published import _placed

HEADER = "quantity,published,tolerance,tolerance_is,source,reason\n"


@pytest.fixture
def tables(tmp_path: Path) -> list[Path]:
    """Two tables with a row each."""
    mean = {name: [None] for name in Means.columns()} | {
        "level": ["person"], "outcome": ["y"], "group": ["north"], "arm": ["intervention"],
        "time": ["after"], "mean": [2.5], "n": [12], "method": ["observed"],
    }  # fmt: skip
    scored = {name: [0] for name in Answered.columns()} | {
        "level": ["person"], "score": ["ucla3.total"], "time": ["after"], "scored": [11],
    }  # fmt: skip
    paths = [tmp_path / "means.csv", tmp_path / "answered.csv"]
    contracts.write(pd.DataFrame(mean), paths[0], Means)
    contracts.write(pd.DataFrame(scored), paths[1], Answered)
    return paths


def compared(folder: Path, tables: list[Path], *lines: str) -> list[tuple[object, ...]]:
    """Quantity, our value, whether it agrees."""
    expected, known, out = folder / "expected.csv", folder / "d.json", folder / "published.csv"
    expected.write_text(HEADER + "".join(f"{line},s,r\n" for line in lines), encoding="utf-8")
    known.write_text(json.dumps({"did": {"y": {"coefficient": {"arm": 0.5}}}}), encoding="utf-8")
    published(expected, out, [known], tables)
    found = contracts.read(out, PublishedNumbers).astype({"ours": object}).fillna("")
    return list(found[["quantity", "ours", "agrees"]].itertuples(index=False, name=None))


def test_a_quantity_stands_in_diagnostics_or_in_a_table(tmp_path: Path, tables: list[Path]) -> None:
    assert compared(
        tmp_path,
        tables,
        "did/y/coefficient/arm,0.5,0,absolute",
        "means/y/north/after/mean,2.6,0.04,relative",
        "means/y/north/after/n,13,0,absolute",
        "answered/ucla3.total/after/scored,11,0,absolute",
    ) == [
        ("did/y/coefficient/arm", 0.5, "yes"),
        ("means/y/north/after/mean", 2.5, "yes"),
        ("means/y/north/after/n", 12.0, "no"),
        ("answered/ucla3.total/after/scored", 11.0, "yes"),
    ]


def test_what_does_not_exist_or_is_blank_does_not_agree(tmp_path: Path, tables: list[Path]) -> None:
    blank, absent = "means/y/north/after/sd", "means/y/south/after/mean"
    lines = [f"{quantity},2.5,9,absolute" for quantity in (blank, absent)]
    assert compared(tmp_path, tables, *lines) == [(blank, "", "no"), (absent, "", "no")]


def test_a_tolerance_must_be_told(tmp_path: Path) -> None:
    with pytest.raises(CespError, match=r"expected\.csv: line 2: published and tolerance must be"):
        compared(tmp_path, [], "did/y/coefficient/arm,0.5,0,exact")


def test_a_quantity_stands_under_its_table_or_model() -> None:
    models = {"did": SimpleNamespace(label="Change score")}
    results = SimpleNamespace(words=SimpleNamespace(models=models))
    placed = {
        quantity: _placed(quantity, results)  # type: ignore[arg-type]
        for quantity in ("did/y/n_obs", "estimates/did/y/after/df", "means/y/north/after/n")
    }
    assert placed == {
        "did/y/n_obs": ("Change score", "y/n_obs"),
        "estimates/did/y/after/df": ("Change score", "y/after/df"),
        "means/y/north/after/n": ("Observed means", "y/north/after/n"),
    }
    for table in set(TABLES) - {"estimates"}:
        title, _ = _placed(f"{table}/x", results)  # type: ignore[arg-type]
        assert title != table
