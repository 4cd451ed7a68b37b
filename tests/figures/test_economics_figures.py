"""Figures of costs and QALYs: what is drawn where, what is said of it, and of whom they are not."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import economics_tables as tables
from cesp_analysis.cli import main
from cesp_analysis.declared.wording import Wording
from cesp_analysis.figures.ce_plane import PlanePanel, ce_plane, words_of
from cesp_analysis.figures.ceac import OTHERS
from cesp_analysis.figures.economics_panels import curve_panels, tornado_panels
from cesp_analysis.figures.kinds import KINDS, beside, figures_of, kind_of
from cesp_analysis.figures.of_economics import (
    draw_ce_plane,
    draw_ceac,
    draw_information,
    draw_tornado,
)
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.read import read_study
from cesp_analysis.verdicts import NEVER
from small_study import Study

FIGURES = ("ce_plane_person", "ceac_person", "tornado_person", "information_person")


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The words of a study of two sites."""
    folder = tmp_path_factory.mktemp("words")
    Study(folder).write()
    told: dict[str, Any] = json.loads(wording_spec(read_study(folder), figures=True))
    return told | {"economics": tables.WORDS}


@pytest.fixture
def words(spec: dict[str, Any]) -> Wording:
    return Wording.model_validate(spec)


def below(drawing: Any) -> str:
    return str(drawing.get_supxlabel()).replace("\n", " ")


def planes(approaches: Any = tables.BOTH, shift: float = 0.0) -> pd.DataFrame:
    """As the step has it: the shares under the points."""
    return pd.concat([tables.plane(approaches, shift), tables.quadrants(approaches)])


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def legend(drawing: Any) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in drawing.legends[0].get_texts()]


@pytest.mark.parametrize("shift", [0.0, 0.4, -0.4])
def test_a_plane_has_all_quadrants_its_points_and_lines_of_thresholds(
    words: Wording, shift: float
) -> None:
    drawing, caption, alt, panels = draw_ce_plane(planes(shift=shift), words, "person")
    assert [axes.get_title(loc="left") for axes in drawing.axes] == [
        "Gain over baseline", "Adjusted for baseline",
    ]  # fmt: skip
    for axes in drawing.axes:
        for low, high in (axes.get_xlim(), axes.get_ylim()):
            assert low < 0 < high
        dots = next(line for line in axes.lines if line.get_marker() == "o")
        assert len(dots.get_xdata()) == 12
        ends = [(np.diff(line.get_xdata()), np.diff(line.get_ydata())) for line in axes.lines]
        slopes = [dy[0] / dx[0] for dx, dy in ends if len(dx) == 1 and dx[0] and dy[0]]
        assert slopes == pytest.approx(tables.THRESHOLDS)
        assert {text.get_text() for text in axes.texts} == {
            "dearer, gains QALYs\n40%", "cheaper, gains QALYs\n30%",
            "cheaper, loses QALYs\n20%", "dearer, loses QALYs\n10%",
        }  # fmt: skip
    assert legend(drawing) == ["estimate", "95% ellipse", "£20,000 a QALY", "£30,000 a QALY"]
    assert "12 bootstrap samples" in below(drawing) and "Each panel" in below(drawing)
    assert caption.endswith("sampling error alone; whatever else happened at a site is not in it.")
    assert f"difference {0.01 + shift:.3f} QALYs and £100".replace("-", "−") in alt
    assert "dearer, gains QALYs 40%" in alt
    assert len(panels) == 2 and len(panels[0].ellipse_qaly) == 30


@pytest.mark.parametrize("shift", [0.0, 0.4, -0.4])
def test_words_in_corners_lie_in_their_quadrant_and_on_no_line(
    words: Wording, shift: float
) -> None:
    drawing = draw_ce_plane(planes(("adjusted",), shift), words, "person")[0]
    drawing.canvas.draw()
    (axes,) = drawing.axes
    zero = axes.transData.transform((0, 0))
    boxes = {text.get_text(): text.get_window_extent() for text in axes.texts}
    for text, box in boxes.items():
        assert (box.y0 > zero[1]) == text.startswith("dearer")
        for line in axes.lines:
            if line.get_transform() == axes.transData:
                points = axes.transData.transform(line.get_path().interpolated(200).vertices)
                assert not any(box.contains(*point) for point in points), text
    found = list(boxes.values())
    for at, one in enumerate(found):
        assert not any(one.overlaps(other) for other in found[at + 1 :])


def test_one_threshold_is_one_line_and_no_shares_are_no_words() -> None:
    one = PlanePanel("As it is", 0.0, 0.0, (0.0,), (0.0,), (), ())
    drawing = ce_plane([one], [20_000], "95% ellipse", "Said.")
    assert legend(drawing) == ["estimate", "95% ellipse", "£20,000 a QALY"]
    assert not drawing.axes[0].texts


def test_a_curve_has_its_band_the_declared_thresholds_and_others_by_multiple_imputation(
    words: Wording,
) -> None:
    drawing, caption, alt, panels = draw_ceac(tables.curve(), words, "person")
    main, base, other = panels[0].curves
    assert main.probability == pytest.approx((0.2, 0.3, 0.4, 0.5, 0.6))
    assert main.low == pytest.approx((0.1, 0.2, 0.3, 0.4, 0.5)) and main.with_shock == (0.5,) * 5
    assert main.declared == (False, False, True, True, False)
    assert (base.label, base.probability[0], base.low) == (
        "Base case by multiple imputation", 0.3, (),
    )  # fmt: skip
    assert (other.label, other.probability[0]) == ("Society", 0.4)
    axes = drawing.axes[0]
    solid = next(line for line in axes.lines if line.get_marker() == "s")
    assert solid.get_ydata() == pytest.approx(main.probability)
    assert solid.get_markevery() == [2, 3]
    band = axes.collections[0].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == pytest.approx((0.1, 0.7))
    assert main.turned == (False, False, True, True, True)
    assert main.frontier == pytest.approx((0.8, 0.7, 0.6, 0.5, 0.4))
    strip = np.concatenate([one.vertices for one in axes.collections[1].get_paths()])
    assert (strip[:, 0].min(), strip[:, 0].max()) == (20_000, 40_000)
    assert "One such shock turns the decision at £20,000 to £40,000." in alt
    assert legend(drawing) == [
        "Base case: sampling error alone", "one shock to a site, against or for",
        "one such shock turns the decision", "frontier: arm of higher expected net benefit",
        "with shocks of all sizes", "Base case by multiple imputation", "Society",
    ]  # fmt: skip
    assert "solid: sampling error alone; band: had one shock to a site, as large" in caption
    assert "favoured the intervention (lower end) or the control (upper end)" in below(drawing)
    assert "40% at £20,000 (with one shock 30% to 50%), 50% at £30,000" in alt


def test_without_sites_a_curve_has_no_band_and_says_of_none(words: Wording) -> None:
    table = tables.curve(("adjusted",), (), shocks=False)
    drawing, caption, _, panels = draw_ceac(table, words, "person")
    assert [len(panel.curves) for panel in panels] == [1]  # nothing to set it beside
    assert not drawing.axes[0].collections
    assert legend(drawing) == [
        "Base case: sampling error alone", "frontier: arm of higher expected net benefit",
    ]  # fmt: skip
    assert "shock" not in caption + below(drawing)


def test_where_samples_could_not_be_imputed_the_curve_is_that_of_imputed_sets(
    words: Wording,
) -> None:
    table = tables.curve().query("missing_data == 'imputed'")
    assert words.economics is not None
    main, other = curve_panels(table, words.economics)[0].curves
    assert main.probability[0] == pytest.approx(0.3) and other.label == "Society"
    assert "Solid line: multiple imputation" in below(draw_ceac(table, words, "person")[0])


def test_curves_of_three_perspectives_and_two_value_sets_are_told_apart(words: Wording) -> None:
    own = words.economics
    assert own is not None
    own = own.model_copy(update={"perspectives": {**own.perspectives, "la": "Local authority"}})
    others = (("society", "EQ-5D"), ("la", "EQ-5D"), ("nhs", "New"))
    table = tables.curve(others=others)
    drawing, *_ = draw_ceac(table, words.model_copy(update={"economics": own}), "person")
    assert legend(drawing)[5:] == [
        "Base case by multiple imputation", "Society", "Local authority", "New",
    ]  # fmt: skip
    assert len(set(map(str, OTHERS))) == 5
    thin = [line for line in drawing.axes[0].lines if line.get_linewidth() == 0.9]
    assert len({str(line._unscaled_dash_pattern) for line in thin}) == 4
    both = tables.curve(others=(("society", "New"),))
    assert curve_panels(both, own)[0].curves[-1].label == "Society, New"


def test_bars_lie_about_the_base_case_the_widest_first(words: Wording) -> None:
    drawing, caption, alt, panels = draw_tornado(tables.net_benefits(), words, "person")
    assert [bar.label for bar in panels[0].bars] == ["An hour", "Nights"]
    assert panels[0].base == (100.0, -500.0, 700.0)
    axes = drawing.axes[0]
    spans = sorted((p.get_y() + 0.28, *sorted((p.get_x(), p.get_x() + p.get_width())))
                   for p in axes.patches)  # fmt: skip
    assert spans == [
        pytest.approx(one) for one in ((0, -200, 100), (0, 100, 150), (1, 90, 100), (1, 100, 110))
    ]
    assert {text.get_text() for text in axes.texts} == {"× 0.5", "× 2", "× 0.8", "× 1.2"}
    assert "£20,000 a QALY" in caption
    assert "gain over baseline £100 (95% interval −500 to 700)" in below(drawing)
    assert "An hour, £150 at × 0.5, −£200 at × 2; Nights" in alt


def test_both_ends_on_one_side_and_an_end_without_an_estimate(words: Wording) -> None:
    table = tables.net_benefits(("adjusted",))
    low = table["scenario"] == "tornado hour: low"
    table.loc[low, "estimate"], table.loc[low, "status"] = np.nan, "not_estimable"
    high = table["scenario"] == "tornado nights: high"
    table.loc[high, "estimate"] = table.loc[high, "estimate"] + 60  # 150, beside 110
    drawing, _, alt, panels = draw_tornado(table, words, "person")
    assert [bar.label for bar in panels[0].bars] == ["Nights", "An hour"]
    texts = [text.get_text() for text in drawing.axes[0].texts]
    assert texts == ["× 0.8; × 1.2", "× 2", "not estimable"]
    wide, narrow = drawing.axes[0].patches[:2]  # the nearer end is drawn over the further one
    assert abs(wide.get_width()) > abs(narrow.get_width())
    assert "An hour, not estimable at × 0.5" in alt


def test_a_rate_is_in_percent_and_minutes_are_as_they_are(words: Wording) -> None:
    own = words.economics
    assert own is not None
    bars = {
        "hour": own.tornado["hour"].model_copy(update={"of": "discount", "low": 0, "high": 0.06}),
        "nights": own.tornado["nights"].model_copy(update={"of": "intervention.indirect"}),
    }
    own = own.model_copy(update={"tornado": bars})
    made = tornado_panels(tables.net_benefits(), own)[0].bars
    assert [(bar.low, bar.high) for bar in made] == [("0%", "6%"), ("0.8", "1.2")]


def test_a_base_case_without_an_estimate_has_no_bars(words: Wording) -> None:
    table = tables.net_benefits()
    table.loc[table["scenario"] == "base", "estimate"] = np.nan
    assert words.economics is not None and tornado_panels(table, words.economics) == ()
    assert below(draw_tornado(table, words, "person")[0]).startswith("No bars")


def test_a_trial_is_worth_most_where_the_difference_is_largest(words: Wording) -> None:
    drawing, caption, alt, panels = draw_information(tables.information(), words, "person")
    assert [panels[0].people_an_arm[panel.best] for panel in panels] == [500, 500]
    axes = drawing.axes[0]
    assert axes.get_xscale() == "log"
    diamond = next(line for line in axes.lines if line.get_marker() == "D")
    assert (diamond.get_xdata()[0], diamond.get_ydata()[0]) == pytest.approx((500, 6.3333), 1e-4)
    assert "worth of knowing all" in legend(drawing) and "largest difference" in legend(drawing)
    assert "at £20,000 a QALY for 10,000 people." in caption
    assert "sampling error and shocks to sites" in below(drawing)
    assert "500 an arm: worth £8.33 million, cost £2.00 million, difference £6.33 million" in alt


def test_a_trial_that_is_never_worth_its_cost_has_no_best_size(words: Wording) -> None:
    table = tables.information(("adjusted",), (100, 200), fixed=5e7)
    table = table[table["of"] == "trial"].assign(shocks="no")  # at a threshold of its own
    drawing, _, alt, panels = draw_information(table, words, "person")
    assert panels[0].perfect is None and "Knowing all" not in alt
    assert legend(drawing) == ["worth of its information", "its cost", "difference"]
    assert drawing.axes[0].get_xscale() == "linear"
    assert "sampling error alone" in below(drawing) and "−£" in alt


def test_tables_without_rows_say_that_nothing_is_there(words: Wording) -> None:
    empty = {
        draw_ce_plane: planes(()).reindex(columns=["part", "approach", "qaly", "cost"]),
        draw_ceac: tables.curve(()),
        draw_tornado: tables.net_benefits(()),
        draw_information: tables.information(()),
    }
    for draw, table in empty.items():
        drawing, _, alt, panels = draw(table, words, "person")
        assert panels == () and not drawing.axes and below(drawing).startswith("No ")
        assert alt.endswith("None.")


def test_nothing_that_they_say_is_a_verdict(words: Wording) -> None:
    guard = re.compile("|".join(NEVER), re.IGNORECASE)
    for draw, table in (
        (draw_ce_plane, planes()),
        (draw_ceac, tables.curve()),
        (draw_tornado, tables.net_benefits()),
        (draw_information, tables.information()),
    ):
        drawing, caption, alt, _ = draw(table, words, "person")
        assert not guard.search(" ".join([caption, alt, below(drawing), *legend(drawing)]))


def test_the_step_draws_each_with_its_data(tmp_path: Path, spec: dict[str, Any]) -> None:
    tables.written(tmp_path / "results/tables")
    for figure in FIGURES:
        kind = KINDS[kind_of(figure)[0]]
        out = tmp_path / figure
        more = [str(tmp_path / path) for path in beside(figure, ["did"])]
        assert bool(more) == (figure == "ce_plane_person")
        command = ["draw", "--figure", figure, "--spec", json.dumps(spec),
                   "--table", str(tmp_path / kind.table), "--svg", f"{out}.svg",
                   "--png", f"{out}.png", "--about", f"{out}.json", "--data", f"{out}.csv",
                   *(["--beside", *more] if more else [])]  # fmt: skip
        assert main(command) == 0
        assert "<title>" in Path(f"{out}.svg").read_text(encoding="utf-8")
    rows = rows_of(tmp_path / "ce_plane_person.csv")
    assert len([row for row in rows if row["qaly"]]) == 24
    assert {row["dearer_gains"] for row in rows} == {"0.4"}
    rows = rows_of(tmp_path / "ceac_person.csv")
    assert [row["threshold"] for row in rows if row["declared"] == "yes"][:2] == ["20000", "30000"]


def test_studies_without_the_section_or_a_part_of_it_have_no_such_figure(tmp_path: Path) -> None:
    from cesp_analysis.declared.economics import Economics, Information, Quantity, Varied
    from cesp_analysis.economics.section_words import economics_words
    from cesp_analysis.economics.specs import nothing_to_draw

    Study(tmp_path).write()
    study = read_study(tmp_path)
    assert not set(FIGURES) & set(figures_of(["person"], nothing=nothing_to_draw(study)))
    own = Economics(price_year="2023/24", utility=Quantity(label="U", variable="u"))
    some = study.model_copy(update={"economics": own})
    assert nothing_to_draw(some) == ["tornado", "information"]
    bars = {
        "a": Varied(label="A", of="services.gp", low=0.5, high=2),
        "b": Varied(label="B", of="discount", low=0, high=0.06),
        "c": Varied(label="C", of="intervention.indirect", low=0.5, high=1),
    }
    more = Information(incidence=1, years=1, source="x")
    whole = own.model_copy(update={"tornado": bars, "information": more})
    every = study.model_copy(update={"economics": whole})
    assert nothing_to_draw(every) == []
    assert set(FIGURES) <= set(figures_of(["person"]))
    assert economics_words(every)["tornado"]["b"] == {
        "label": "B", "of": "discount", "low": 0, "high": 0.06, "holds": None,
    }  # fmt: skip
    for kind, told in (("ceac", True), ("forest", False), ("", False)):
        assert ("economics" in json.loads(wording_spec(every, figures=True, kind=kind))) == told
    assert "economics" in json.loads(wording_spec(every))


def test_a_small_share_of_a_quadrant_is_called_as_in_the_text() -> None:
    said = [words_of("dearer_gains", share) for share in (0.005, 0.004, 0.996, 0.5)]
    assert said == [f"dearer, gains QALYs {share}" for share in ("<1%", "<1%", ">99%", "50%")]
