"""Figures of a planned trial: what is drawn where, what is said of it, which studies have which."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import planning_tables as tables
from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.declared.wording import Wording
from cesp_analysis.figures.kinds import KINDS, NAMES, beside, figures_of, kind_of
from cesp_analysis.figures.of_planning import (
    draw_planning_front,
    draw_planning_layout,
    draw_planning_map,
    draw_planning_power,
)
from cesp_analysis.figures.planning_front import marker_of
from cesp_analysis.planning import tables as contracts_of
from cesp_analysis.planning.laid_out import layout_of
from cesp_analysis.planning.specs import FIGURES, TRIALS, nothing_to_draw
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.read import read_study
from cesp_analysis.verdicts import NEVER
from small_study import Study

DRAWN = {
    draw_planning_layout: "planning_layout",
    draw_planning_power: "planning_power",
    draw_planning_map: "planning_map",
    draw_planning_front: "planning_front",
}


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("words")
    Study(folder).write()
    told: dict[str, Any] = json.loads(wording_spec(read_study(folder), figures=True))
    return told | {"planning": tables.WORDS}


@pytest.fixture
def words(spec: dict[str, Any]) -> Wording:
    return Wording.model_validate(spec)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """The tables as a figure reads them."""
    folder = tmp_path_factory.mktemp("tables")
    tables.written(folder)
    return {
        "planning": contracts.read(folder / "planning.csv", contracts_of.Planning),
        "trials": contracts.read(folder / "planning_trials.csv", contracts_of.PlanningTrials),
    }


def both(made: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """As the step has it: simulated trials under what formulas promise."""
    return pd.concat([made["planning"], made["trials"]])


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def below(drawing: Any) -> str:
    return str(drawing.get_supxlabel()).replace("\n", " ")


def legend(drawing: Any) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in drawing.legends[0].get_texts()]


def test_power_has_a_panel_a_design_and_one_for_each_that_is_simulated(
    words: Wording, made: dict[str, pd.DataFrame]
) -> None:
    drawing, caption, alt, panels = draw_planning_power(both(made), words, "person")
    titles = [axes.get_title(loc="left").replace("\n", " ") for axes in drawing.axes]
    assert titles[:4] == ["Two arms", "A wedge", "People", "Two arms: simulated"]
    arms = panels[0]
    assert [line.people for line in arms.lines] == [10, 20]
    assert arms.lines[0].locations == (10, 20, 40)
    assert arms.lines[0].power == pytest.approx((0.2125, 0.425, 0.85))
    axes = drawing.axes[0]
    solid = [
        line for line in axes.lines if line.get_marker() == "s" and line.get_linestyle() == "-"
    ]
    assert solid[0].get_ydata() == pytest.approx(arms.lines[1].power)  # 20 people: the 2nd marker
    level = {float(line.get_ydata()[0]) for line in axes.lines if len(line.get_ydata()) == 2}
    assert level == {0.8, 0.7}
    assert "and what simulated trials find" in caption
    assert "10 people: at 10 locations power 21%, assurance 11%" in alt
    assert "difference found in 20.0% to 40.0%" in alt and "false alarms in 5.0% to 5.0%" in alt


def test_simulated_points_have_their_monte_carlo_interval(
    words: Wording, made: dict[str, pd.DataFrame]
) -> None:
    drawing, *_ = draw_planning_power(both(made), words, "person")
    axes = next(a for a in drawing.axes if "simulated" in a.get_title(loc="left"))
    bars = [path.vertices for one in axes.collections for path in one.get_paths()]
    spans = sorted({(round(float(b[0, 1]), 4), round(float(b[1, 1]), 4)) for b in bars})
    assert spans == [(0.0304, 0.0696), (0.1804, 0.2196), (0.3804, 0.4196)]
    assert {bar[0, 0] == bar[1, 0] for bar in bars} == {True}
    assert axes.get_xlabel() == "Locations × 10 people"
    assert any(
        "false alarms" in text or "nothing is to be found" in text for text in legend(drawing)
    )


def test_without_simulated_trials_there_are_no_points(
    words: Wording, made: dict[str, pd.DataFrame]
) -> None:
    drawing, caption, _, panels = draw_planning_power(made["planning"], words, "person")
    assert not any(panel.simulated for panel in panels) and "simulated" not in caption
    assert "Simulated" not in below(drawing) and not any("simul" in t for t in legend(drawing))


def test_a_map_marks_what_reaches_both(words: Wording, made: dict[str, pd.DataFrame]) -> None:
    drawing, _, alt, panels = draw_planning_map(made["planning"], words, "person")
    (axes,) = drawing.axes
    texts = {text.get_text(): text.get_weight() for text in axes.texts}
    assert texts["80"] == "bold" and texts["73"] == "normal"  # 20 × 20 and 12 of the wedge
    assert [(c.locations, c.people) for c in panels[0].cells if c.reaches] == [
        (40, 10), (20, 20), (40, 20),
    ]  # fmt: skip
    assert "People: 90% to 90%; both targets at 4 × 60." in alt
    assert "A wedge: 49% to 73%; no size reaches both targets." in alt
    framed = [patch for patch in axes.patches if patch.get_linewidth() > 1]
    assert len(framed) == 4


def test_a_cell_without_assurance_is_blank(words: Wording, made: dict[str, pd.DataFrame]) -> None:
    table = made["planning"].assign(assurance=float("nan"))
    drawing, _, alt, _ = draw_planning_map(table, words, "person")
    assert "–" in {text.get_text() for text in drawing.axes[0].texts} and "none;" in alt


def test_the_front_is_joined_and_the_cheapest_named(
    words: Wording, made: dict[str, pd.DataFrame]
) -> None:
    drawing, _, alt, (front,) = draw_planning_front(made["planning"], words, "person")
    assert front.cheapest is not None and front.cheapest.sizes() == "4 locations × 60 people"
    assert [one.design for one in front.front] == ["People"]
    assert any("People, 4 locations × 60 people, £0.10 million" in t for t in legend(drawing))
    assert alt.endswith(
        "The cheapest that reaches both: People, 4 locations × 60 people, £0.10 million."
    )
    table = made["planning"].assign(cheapest="", reaches="neither")
    drawing, _, alt, (front,) = draw_planning_front(table, words, "person")
    assert front.cheapest is None and alt.endswith("No scenario reaches both targets.")
    assert not any("cheapest" in text for text in legend(drawing))


def test_as_many_designs_as_there_may_be_have_a_mark_each() -> None:
    assert len({marker_of(at) for at in range(100)}) == 100


def test_a_layout_says_who_is_measured_and_treated_when(
    words: Wording, made: dict[str, pd.DataFrame]
) -> None:
    drawing, _, alt, panels = draw_planning_layout(made["planning"], words, "person")
    arms, wedge = panels  # people have no layout
    assert (arms.locations, arms.people, arms.reaches, arms.again) == (20, 20, True, True)
    assert arms.periods == ("0", "12") and wedge.periods == ("0", "6", "12", "18")
    assert [one.treated for one in wedge.sequences] == [
        (0.0, 1.0, None, None), (None, 0.0, 1.0, None), (None, None, 0.0, 1.0),
    ]  # fmt: skip
    assert [one.locations for one in wedge.sequences] == [4, 4, 4] and not wedge.reaches
    assert "10 locations: without, with" in alt and "reaches less than both" in alt
    texts = {text.get_text() for text in drawing.axes[0].texts}
    assert {"not measured", "months", "4 locations"} <= texts
    one = words.model_copy(update={"planning": words.planning.model_copy(  # type: ignore[union-attr]
        update={"designs": {"arms": words.planning.designs["arms"]}, "months": None})})  # type: ignore[union-attr]  # fmt: skip
    drawing, *_, panels = draw_planning_layout(made["planning"], one, "person")
    texts = {text.get_text() for text in drawing.axes[0].texts}
    assert "not measured" not in texts and panels[0].periods == ("1", "2") and "period" in texts


@pytest.mark.parametrize("design", [
    {"kind": "parallel_post"}, {"kind": "parallel_baseline"}, {"kind": "before_after"},
    {"kind": "crossover"}, {"kind": "stepped_wedge", "steps": 3, "batches": 2, "later": 2},
    {"kind": "stepped_wedge", "observed": [2, 1]}, {"kind": "stepped_wedge", "periods": 7},
])  # fmt: skip
def test_a_layout_is_the_one_that_is_computed(design: dict[str, Any]) -> None:
    own = TrialDesign(label="x", locations=(8,), people=(10,), **design)
    drawn, computed = layout_of(own), layout_of(own)
    pd.testing.assert_frame_equal(pd.DataFrame(drawn.treated), pd.DataFrame(computed.treated))
    assert drawn.share == pytest.approx(computed.share)


def test_texts_of_a_map_and_a_layout_lie_within_the_figure(
    words: Wording, made: dict[str, pd.DataFrame]
) -> None:
    for draw in (draw_planning_map, draw_planning_layout):
        drawing = draw(made["planning"], words, "person")[0]
        drawing.canvas.draw()
        page = drawing.bbox
        for text in drawing.axes[0].texts:
            box = text.get_window_extent()
            assert page.x0 <= box.x0 and box.x1 <= page.x1, text.get_text()


def test_tables_without_rows_say_that_nothing_is_there(words: Wording) -> None:
    assert words.planning is not None
    own = words.model_copy(update={"planning": words.planning.model_copy(update={
        "designs": {}, "simulated": (),
    })})  # fmt: skip
    empty = tables.planned()[:0].astype({"cost": float, "assurance": float})
    for draw in DRAWN:
        drawing, *_ = draw(empty, own, "person")
        assert not drawing.axes and below(drawing).startswith("No ")


def test_nothing_that_they_say_is_a_verdict(words: Wording, made: dict[str, pd.DataFrame]) -> None:
    guard = re.compile("|".join(NEVER), re.IGNORECASE)
    for draw in DRAWN:
        table = both(made) if draw is draw_planning_power else made["planning"]
        drawing, caption, alt, _ = draw(table, words, "person")
        shown = [*(legend(drawing) if drawing.legends else [])]
        assert not guard.search(" ".join([caption, alt, below(drawing), *shown]))


def test_the_step_draws_each_with_its_data(tmp_path: Path, spec: dict[str, Any]) -> None:
    tables.written(tmp_path / "results/tables")
    for kind in FIGURES:
        out = tmp_path / kind
        more = [str(tmp_path / path) for path in beside(f"{kind}_person", [])]
        assert bool(more) == (kind == "planning_power")
        command = ["draw", "--figure", f"{kind}_person", "--spec", json.dumps(spec),
                   "--table", str(tmp_path / KINDS[kind].table), "--svg", f"{out}.svg",
                   "--png", f"{out}.png", "--about", f"{out}.json", "--data", f"{out}.csv",
                   *(["--beside", *more] if more else [])]  # fmt: skip
        assert main(command) == 0
        assert "<title>" in Path(f"{out}.svg").read_text(encoding="utf-8")
    rows = rows_of(tmp_path / "planning_power.csv")
    assert {row["design"] for row in rows} == {"Two arms", "A wedge", "People"}
    assert len([row for row in rows if row["found"]]) == 8
    rows = rows_of(tmp_path / "planning_map.csv")
    assert len(rows) == 9


def test_a_design_without_an_answer_has_its_reason_in_place_of_lines(
    made: dict[str, pd.DataFrame], words: Wording
) -> None:
    table = both(made)
    own = table["design"] == "people"
    table.loc[own, ["power", "assurance"]] = float("nan")
    table.loc[own, "reason"] = "nobody knows"
    drawing, _, alt, panels = draw_planning_power(table, words, "person")
    assert [panel.reason for panel in panels] == ["", "", "nobody knows", ""]
    assert "Not known: nobody knows." in [
        text.get_text() for axes in drawing.axes for text in axes.texts
    ]
    assert "People: not known." in alt


def test_simulated_trials_have_a_panel_for_each_number_of_people(
    made: dict[str, pd.DataFrame], words: Wording
) -> None:
    table = both(made)
    more = table[table["truth"].notna()].assign(people=20)
    *_, panels = draw_planning_power(pd.concat([table, more]), words, "person")
    assert [{p.people for p in one.points} for one in panels if one.simulated] == [{10}, {20}]


def test_a_study_without_simulated_trials_has_no_table_of_them_beside() -> None:
    assert beside("planning_power_person", [], [TRIALS]) == []
    assert beside("planning_power_person", []) == [TRIALS]


def test_studies_without_the_section_or_a_part_of_it_have_no_such_figure(tmp_path: Path) -> None:
    from cesp_analysis.declared.planning import Planning

    Study(tmp_path).write()
    study = read_study(tmp_path)
    assert nothing_to_draw(study) == list(FIGURES)
    names = figures_of(["person"], nothing=nothing_to_draw(study))
    assert not set(FIGURES) & {kind_of(name)[0] for name in names}
    people = {"label": "P", "kind": "individual", "locations": [4], "people": [20]}
    own = Planning.model_validate({"outcome": "score", "designs": {"p": people}})
    some = study.model_copy(update={"planning": own})
    assert nothing_to_draw(some) == ["planning_layout", "planning_front"]
    sized = {"label": "S", "kind": "parallel_post", "sizes": "sizes.csv"}
    own = Planning.model_validate({"outcome": "score", "designs": {"s": sized}})
    some = study.model_copy(update={"planning": own})
    assert nothing_to_draw(some) == ["planning_power", "planning_map", "planning_front"]


def test_one_number_of_locations_is_one_tick(words: Wording, made: dict[str, pd.DataFrame]) -> None:
    """Not three about it, of parts of a location."""
    table = both(made)
    drawing, *_ = draw_planning_power(table[table["locations"] == 20], words, "person")
    for axes in drawing.axes:
        title = axes.get_title(loc="left")
        if title.startswith("Two arms"):
            assert [text.get_text() for text in axes.get_xticklabels()] == ["20"], title


def test_a_name_without_a_level_is_no_figure() -> None:
    """`results/figures/planning_layout.png` is told to be none, before a rule looks it up."""
    for name in figures_of(["person", "respondent"]):
        assert re.fullmatch(NAMES, name), name
    for name in ("planning_layout", "nothing_person", "planning_layout_"):
        assert not re.fullmatch(NAMES, name), name
