"""The data behind a figure: every shape of record, and everything that a picture shows."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.figures.behind import marks, rows_of, write_behind
from cesp_analysis.figures.forest import ForestRow, forest
from cesp_analysis.figures.love import LoveRow, love
from cesp_analysis.figures.raincloud import Cloud, RainPanel, raincloud
from cesp_analysis.figures.style import new_figure
from cesp_analysis.figures.trajectories import trajectories
from cesp_analysis.report.figure_data import LONGEST, lines_of, short_table


@dataclass(frozen=True)
class Part:
    name: str
    n: int
    share: tuple[float, ...] = ()


@dataclass(frozen=True)
class Drawn:
    label: str
    n: int
    decimals: int = 2
    ends: tuple[float, float, float] | None = None
    edges: tuple[float, ...] = ()
    parts: tuple[Part, ...] = ()
    lost: tuple[tuple[str, int], ...] = ()
    known: dict[str, tuple[float, float | None, float | None]] | None = None
    points: tuple[tuple[float, float] | None, ...] = ()
    first: Part | None = None


def test_every_shape_of_a_field_is_in_the_rows() -> None:
    said = {"label": "a", "n": 3}
    assert rows_of([Drawn("a", 3)]) == [said]  # how it is drawn is no number
    ends = {"ends": 1.0, "ends_low": 0.5, "ends_high": 2.0}
    assert rows_of([Drawn("a", 3, ends=(1.0, 0.5, 2.0))]) == [said | ends]
    assert rows_of([Drawn("a", 3, lost=(("ill", 2), ("moved", 1)))]) == [
        said | {"lost": "ill", "lost_n": 2}, said | {"lost": "moved", "lost_n": 1},
    ]  # fmt: skip
    assert rows_of([Drawn("a", 3, known={"alpha": (0.8, 0.7, None)})]) == [
        said | {"known": "alpha", "value": 0.8, "value_low": 0.7, "value_high": None}
    ]
    assert rows_of([Drawn("a", 3, points=((1.0, 2.0), None))], wave=("w1", "w2")) == [
        said | {"wave": "w1", "points_low": 1.0, "points_high": 2.0},
        said | {"wave": "w2", "points_low": None, "points_high": None},
    ]
    within = said | {"name": "b", "parts_n": 5}  # its n is not that of what it is part of
    assert rows_of([Drawn("a", 3, edges=(0, 1, 2), parts=(Part("b", 5, (0.25, 0.75)),))]) == [
        within | {"edges_from": 0, "edges_to": 1, "share": 0.25},
        within | {"edges_from": 1, "edges_to": 2, "share": 0.75},
    ]
    assert rows_of([Drawn("a", 3, first=Part("b", 5))]) == [
        said | {"first_name": "b", "first_n": 5}
    ]
    assert rows_of([Drawn("a", 3, first=Part("b", 5, (1.0,)))]) == [
        said | {"of": "first", "name": "b", "first_n": 5, "share": 1.0}
    ]


def numbers(path: Path) -> set[float]:
    """Every number of a CSV."""
    found = set()
    for line in csv.reader(path.read_text(encoding="utf-8").splitlines()):
        for cell in line:
            try:
                found.add(float(cell))
            except ValueError:
                continue
    return found


def test_what_a_forest_and_a_love_plot_draw_is_in_their_data(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = [ForestRow("Wellbeing", "points", f"M{at}", "12 months", a, a - b, a + b, "", 1.0)
            for at, (a, b) in enumerate(rng.random((9, 2)))]  # fmt: skip
    weighed = [LoveRow("M", f"C{at}", *pair) for at, pair in enumerate(rng.random((5, 2)))]
    for name, drawing, data in (("f", forest(rows), rows), ("l", love(weighed, "."), weighed)):
        path = tmp_path / f"{name}.csv"
        write_behind(data, drawing, path)
        drawn = {round(mark["x"], 8) for mark in marks(drawing)}
        own = {round(value, 8) for value in numbers(path)}
        values = {round(v, 8) for row in data for v in vars(row).values() if isinstance(v, float)}
        assert values <= own
        assert len(drawn & values) >= len(data)  # the marks are those of the data
        assert drawn - own <= {0.0, 0.1, -0.1, -1.0}  # and lines that are no data


def test_every_dot_of_a_cloud_is_in_its_data_where_it_was_moved_to(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    values = {"North": rng.normal(size=400), "South": rng.normal(size=40)}
    clouds = tuple(Cloud(name, "control", tuple(own)) for name, own in values.items())
    panel = RainPanel("Wellbeing", "points", "12 months", clouds)
    drawing = raincloud([panel], seed=3)
    write_behind(None, drawing, tmp_path / "r.csv")
    frame = pd.read_csv(tmp_path / "r.csv")
    assert set(frame["panel"]) == {"Wellbeing (points)"}
    assert set(frame["across"]) == {"change to 12 months"}
    dots = frame[(frame["y"] - frame["y"].round()).between(0.16, 0.38)]
    north, south = dots[dots["y"] < 0.5], dots[dots["y"] > 1]
    assert len(north) == 300  # at most so many are drawn
    assert set(north["x"].round(6)) <= set(values["North"].round(6))
    assert sorted(south["x"].round(6)) == sorted(values["South"].round(6))


def test_lines_of_people_have_no_names_in_the_data(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        [("y", "Y", "points", "North", "control", f"P-{at:03}", time, f"T{time}", at + time)
         for at in range(5) for time in (0.0, 6.0)],
        columns=["outcome", "outcome_label", "unit", "group", "arm", "person", "time_position",
                 "time_label", "value"],
    )  # fmt: skip
    write_behind(None, trajectories(frame), tmp_path / "t.csv")
    text = (tmp_path / "t.csv").read_text(encoding="utf-8")
    assert "P-0" not in text
    found = pd.read_csv(tmp_path / "t.csv")
    lines = found[found["marks"] == "lines or band"].groupby("number")["y"].apply(list)
    assert sorted(lines) == [[at, at + 6] for at in range(5)]


def test_numbers_of_a_short_table_are_text_once(tmp_path: Path) -> None:
    rows = [
        ForestRow("Y", "points", f"M{at}", "=1+1", -0.123456, None, 1234.56, "") for at in (0, 1)
    ]
    write_behind(rows, new_figure(1, 1), tmp_path / "f.csv")
    assert "'=1+1" in (tmp_path / "f.csv").read_text(encoding="utf-8")  # no spreadsheet runs it
    lines = lines_of(tmp_path / "f.csv")
    table = short_table(lines, "f", "A forest.", "figures/f.csv")
    assert table is not None and table.csv == "figures/f.csv" and table.id == "f_data"
    assert [group.title for group in table.groups] == ["Y, points"]
    assert [row.stub for row in table.groups[0].rows] == ["M0, =1+1", "M1, =1+1"]
    assert [column.header for column in table.columns] == ["Estimate", "Interval, upper end"]
    assert table.groups[0].rows[0].cells == ("−0.1235", "1,235")
    assert short_table(lines[:1], "f", "", "") is None
    assert short_table([lines[0], *lines[1:2] * (LONGEST + 1)], "f", "", "") is None


@pytest.mark.parametrize("value", [float("nan"), None, ""])
def test_what_is_not_there_is_blank(tmp_path: Path, value: object) -> None:
    rows = [{"a": "x", "b": value, "c": 1.0}, {"a": "y", "b": 2.5, "c": 3.0}]
    write_behind(rows, new_figure(1, 1), tmp_path / "d.csv")
    assert (tmp_path / "d.csv").read_text(encoding="utf-8") == "a,b,c\nx,,1\ny,2.5,3\n"
