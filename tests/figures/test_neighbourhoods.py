"""The figures of neighbourhoods: what stands in them, in any number and with any name."""

from itertools import pairwise
from pathlib import Path

import pytest

from cesp_analysis.figures.caterpillar import CaterpillarPanel, CaterpillarRow, caterpillar
from cesp_analysis.figures.caterpillar import alt_text as alt_of_changes
from cesp_analysis.figures.palette import MUTED
from cesp_analysis.figures.small_multiples import Multiples, Small, small_multiples
from cesp_analysis.figures.small_multiples import alt_text as alt_of_multiples

ARMS = [("Trafford", "intervention"), ("Wexmoor", "control")]
LONG = "The long terrace between the railway, the old mill and the allotments"


def panel(names: list[str], shrunken: bool = True, without: int = 0) -> CaterpillarPanel:
    """Every second neighbourhood is Wexmoor's; changes rise with the number."""
    rows = tuple(
        CaterpillarRow(
            name,
            ARMS[i % 2][0],
            (i / 10, i / 10 - 0.5, i / 10 + 0.5),
            (i / 20, i / 20 - 0.25, i / 20 + 0.25) if shrunken else None,
        )
        for i, name in enumerate(names)
    )
    means = {"Trafford": 0.1, "Wexmoor": 0.2} if shrunken else {}
    return CaterpillarPanel("Belonging", "points", "First to last", rows, means, without)


@pytest.mark.parametrize("count", [1, 3, 24, 80])
def test_neighbourhoods_stand_in_order_and_all_in_the_picture(count: int) -> None:
    figure = caterpillar([panel([f"Place {i}" for i in range(count)])], ARMS)
    figure.draw_without_rendering()
    labels = figure.axes[0].get_yticklabels()
    assert [label.get_text() for label in labels] == [f"Place {i}" for i in reversed(range(count))]
    heights = [label.get_window_extent() for label in labels]
    assert all(a.y0 >= b.y1 - 1 for a, b in pairwise(heights))


def test_long_names_do_not_touch_each_other_or_leave_the_figure() -> None:
    figure = caterpillar([panel([f"{LONG} {i}" for i in range(12)])], ARMS)
    figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in figure.axes[0].get_yticklabels()]
    assert min(box.x0 for box in boxes) >= 0
    assert all(a.y0 >= b.y1 - 1 for a, b in pairwise(boxes))


def test_it_is_said_what_is_drawn() -> None:
    shrunken = caterpillar([panel(["A", "B"], without=3)], ARMS)
    told = shrunken.get_supxlabel()
    assert "drawn towards the mean of its site's (Morris 1983)" in told.replace("\n", " ")
    assert "of k neighbourhoods at least 2/(k − 1) of its distance is kept" in told.replace(
        "\n", " "
    )
    assert "Not drawn, for want of answers: 3." in told.replace("\n", " ")
    plain = caterpillar([panel(["A", "B"], shrunken=False)], ARMS).get_supxlabel()
    assert "drawn towards" not in plain and "chance" in plain
    marks = [caterpillar([panel(["A", "B"], how)], ARMS).legends[0] for how in (True, False)]
    looks = [[line.get_color() for line in legend.get_lines()] for legend in marks]
    assert MUTED not in looks[0] and looks[1] == [MUTED, MUTED], "the marks that are drawn"
    alt = alt_of_changes([panel(["A", "B"])])
    assert "2 neighbourhoods; mean change Trafford 0.10, Wexmoor 0.20; from B (Wexmoor)" in alt


def test_nothing_to_draw_is_said() -> None:
    empty = caterpillar([panel([])], ARMS)
    assert "No neighbourhood has enough answers in two waves." in empty.get_supxlabel()
    none = small_multiples(Multiples("Belonging", "points", ("W1",), (), {}), ARMS)
    assert "No neighbourhood has enough answers." in none.get_supxlabel()
    assert alt_of_changes([panel([])]).endswith("None.")


def multiples(count: int, waves: tuple[str, ...] = ("W1", "W2", "W3")) -> Multiples:
    """The first neighbourhood has no mean in the second wave."""
    panels = [
        Small(f"Place {i}", site, tuple((3.0 + t, 2.5, 3.5 + t) for t in range(len(waves))))
        for site, _ in ARMS
        for i in range(count)
    ]
    gap = panels[0].points
    panels[0] = Small("Place 0", "Trafford", (gap[0], None, *gap[2:]))
    behind = {site: tuple(3.0 for _ in waves) for site, _ in ARMS}
    return Multiples("Belonging", "points", waves, tuple(panels), behind)


@pytest.mark.parametrize("count", [1, 3, 12, 20])
def test_each_neighbourhood_has_a_panel_and_sites_begin_a_row(count: int) -> None:
    figure = small_multiples(multiples(count), ARMS)
    shown = [axes for axes in figure.axes if axes.axison]
    assert len(shown) == 2 * count
    across = min(6, count)
    first = shown[count]  # the first of the second site
    assert first.get_subplotspec().colspan.start == 0  # type: ignore[union-attr]
    assert len(figure.axes) == across * 2 * -(-count // across)
    assert {axes.get_ylim() for axes in shown} == {shown[0].get_ylim()}


@pytest.mark.parametrize("count", [1, 6, 8, 20])
def test_below_each_panel_are_panels_of_its_site_or_the_waves(count: int) -> None:
    figure = small_multiples(multiples(count), ARMS)
    figure.draw_without_rendering()
    across, lines = min(6, count), -(-count // 6)
    grid = [figure.axes[n : n + across] for n in range(0, len(figure.axes), across)]
    assert len(grid) == 2 * lines
    for row, panels in enumerate(grid):
        for column, axes in enumerate(panels):
            if not axes.axison:
                continue
            last = (row + 1) % lines == 0 or not grid[row + 1][column].axison
            shown = [tick.label1.get_visible() for tick in axes.xaxis.get_major_ticks()]
            assert shown == [last] * 3


def test_a_wave_without_a_mean_has_no_mark_and_wide_names_of_waves_are_numbered() -> None:
    figure = small_multiples(multiples(6, ("Spring of 2022", "Autumn of 2022", "2024")), ARMS)
    marks = figure.axes[0].lines[-1]
    assert list(marks.get_xdata()) == [0, 2]  # type: ignore[arg-type]
    assert "1: Spring of 2022; 2: Autumn of 2022; 3: 2024." in figure.get_supxlabel().replace(
        "\n", " "
    )
    alt = alt_of_multiples(multiples(1))
    assert "Place 0 (Trafford): W1 3, W3 5; Place 0 (Wexmoor): W1 3, W3 5." in alt


def test_the_same_figure_has_the_same_bytes(tmp_path: Path) -> None:
    from cesp_analysis.figures.style import save

    for name in ("a", "b"):
        save(caterpillar([panel(["A", "B", "C"])], ARMS), tmp_path / f"{name}.svg",
             tmp_path / f"{name}.png", "SYNTHETIC")  # fmt: skip
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_neighbourhoods_without_a_panel_are_named_with_the_reason() -> None:
    few = "not shown: fewer than 10 answers"
    without = {f"n{k}, Trafford": few for k in range(14)} | {
        "s, Wexmoor": "no estimate: nobody answered"
    }
    panels = (Small("A", "Trafford", ((0.5, 0.4, 0.6), None)),)
    shown = Multiples("Belongs", "", ("w1", "w2"), panels, {"Trafford": (0.5, 0.5)}, without)
    told = small_multiples(shown, ARMS).get_supxlabel().replace("\n", " ")
    assert "Not drawn, fewer than 10 answers: 14 (n0, Trafford; n1, Trafford;" in told
    assert "; n11, Trafford; and 2 more). Not drawn, nobody answered: 1 (s, Wexmoor)." in told
    assert "Not drawn" in alt_of_multiples(shown)
    nobody = Multiples("Belongs", "", ("w1", "w2"), (), {}, without)
    assert "Not drawn, nobody" in small_multiples(nobody, ARMS).get_supxlabel().replace("\n", " ")


@pytest.mark.parametrize("shares", [True, False])
def test_the_axis_of_shares_ends_at_0_and_1(shares: bool) -> None:
    points = ((0.0, 0.0, 0.3), (1.0, 0.7, 1.0))
    panels = (Small("A", "Trafford", points), Small("B", "Wexmoor", points))
    shown = Multiples("Belongs", "", ("w1", "w2"), panels, {}, {}, shares)
    ends = [axes.get_ylim() for axes in small_multiples(shown, ARMS).axes]
    assert all((low >= 0 and high <= 1) == shares for low, high in ends)
