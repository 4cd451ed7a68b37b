"""Case 15: a negative alpha, through the pipeline as a user runs it."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest import approx

from case_study import CASES, OUTCOME, expected, run
from cesp_analysis import contracts
from cesp_analysis.measurement.tables import Items, Measurability

CASE = "15-alpha-below-zero"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="shared/cases is absent")

PAGE = "results/report/index.html"
TABLES = ("results/tables/measurability.csv", "results/tables/items.csv", PAGE)
CLOSE = 1e-6  # the case's own tolerance: a closed form, rounding only
ITEMS = [f"item{i}" for i in range(1, 7)]


def instrument(reverse: tuple[str, ...] = ()) -> str:
    """Six items from 1 to 5, summed; those of `reverse` are declared to be reversed."""
    items = [
        {"code": code, "label": code, "low": 1, "high": 5}
        | ({"reverse": True} if code in reverse else {})
        for code in ITEMS
    ]
    score = {
        "code": "total", "label": "Six items", "items": ITEMS, "method": "sum", "range": [6, 30],
        "direction": "higher_is_better", "unit": "points",
    }  # fmt: skip
    told = {
        "name": "six", "title": "Six items", "response": "1 to 5", "reflective": True,
        "items": items, "scores": [score], "source": "the case", "copyright": "none",
        "missing_rule": "complete items",
        "worked_example": {
            "answers": dict.fromkeys(ITEMS, 3), "scores": {"total": 18}, "source": "by hand"
        },
    }  # fmt: skip
    return yaml.safe_dump(told, sort_keys=False)


def studied(
    folder: Path,
    reverse: tuple[str, ...] = (),
    order: list[str] | None = None,
    targets: tuple[str, ...] = TABLES,
) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
    """The case as a study of one group: its row of measurability, its items, the page if it is
    one of the `targets`."""
    folder.mkdir()
    (folder / "six.yaml").write_text(instrument(reverse), encoding="utf-8")
    raw = {"people.csv": "person\n" + "".join(f"C{i:02}\n" for i in range(1, 29))}
    if order:
        with (CASES / CASE / "items.csv").open(encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        made = io.StringIO()
        writer = csv.DictWriter(made, ["person", *order], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        raw["items.csv"] = made.getvalue()
    run(
        folder, CASE, raw, targets,
        arms={"intervention": {"label": "New"}},
        sites={},
        times={"before": {"label": "Before", "position": 0}},
        instruments={"six": {"path": "six.yaml"}},
        files={
            "people": {
                "path": "data/raw/people.csv", "level": "person", "lists_people": True,
                "unit": "person", "one_row_per": "unit", "arm": {"constant": "intervention"},
            },
            "items": {
                "path": "data/raw/items.csv", "level": "person", "unit": "person",
                "time": {"constant": "before"}, "instruments": {"six": "{item}"},
            },
        },
        outcomes={
            "six": OUTCOME | {
                "label": "Six items", "score": "six.total", "direction": "higher_is_better",
            }
        },
        measurement={"draws": 200},
    )  # fmt: skip
    tables = folder / "results/tables"
    (row,) = contracts.rows(tables / "measurability.csv", Measurability)
    items = [item for item in contracts.rows(tables / "items.csv", Items) if not item["site"]]
    page = (folder / PAGE).read_text(encoding="utf-8") if PAGE in targets else ""
    return row, items, page


SENTENCE = (
    "average covariance is negative; item3 and item5 run against the rest: check their direction"
)


def test_15_a_negative_alpha_is_shown_and_names_the_items(tmp_path: Path) -> None:
    """jasp-stats/jasp-issues#1148, #448, #3525: an error, or a silent reversal."""
    right = expected(CASE)
    row, items, page = studied(tmp_path / "stored")
    assert row["alpha"] == approx(right["alpha_as_stored"], rel=CLOSE)
    assert row["reliability"].startswith(SENTENCE)
    assert row["against"] == "item3 | item5"
    rest = {item["item"]: item["rest_correlation"] for item in items}
    assert rest["six.item3"] == approx(right["item3_rest_correlation_as_stored"], rel=CLOSE)
    assert rest["six.item5"] == approx(right["item5_rest_correlation_as_stored"], rel=CLOSE)
    assert "\N{MINUS SIGN}0.568" in page
    assert SENTENCE[1:] in page


def test_15_with_declared_reversals(tmp_path: Path) -> None:
    right = expected(CASE)
    row, items, _ = studied(tmp_path / "turned", ("item3", "item5"))
    assert row["alpha"] == approx(right["alpha_reversed"], rel=CLOSE)
    assert (row["alpha_low"], row["alpha_high"]) == approx(
        (right["feldt_low"], right["feldt_high"]), rel=CLOSE
    )
    assert row["sd"] == approx(right["score_sd_reversed"], rel=CLOSE)
    assert (row["against"], row["reliability"]) == ("", "")
    assert min(item["rest_correlation"] for item in items) > 0


def test_15_the_order_of_columns_changes_nothing(tmp_path: Path) -> None:
    right = expected(CASE)
    for order in (ITEMS[::-1], ["item4", "item1", "item6", "item2", "item5", "item3"]):
        row, _, _ = studied(tmp_path / order[0], order=order, targets=TABLES[:2])
        assert row["alpha"] == approx(right["alpha_as_stored"], rel=CLOSE)
        assert row["reliability"].startswith(SENTENCE)
        assert row["against"] == "item3 | item5"
