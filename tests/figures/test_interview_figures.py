"""Figures of interviews and process: what they draw, in grey too, and what they say in words."""

from itertools import combinations, pairwise
from math import hypot
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle

from cesp_analysis.figures.behind import write_behind
from cesp_analysis.figures.interview_panels import (
    _lane_rows,
    evidence_in_words,
    pairs_of,
    spoken_of,
)
from cesp_analysis.figures.of_interviews import (
    draw_cooccurrence,
    draw_process_timeline,
    draw_theme_grid,
    draw_theme_network,
    draw_themes,
    draw_theory_of_change,
)
from cesp_analysis.figures.palette import MUTED, PALETTE, luminance
from cesp_analysis.figures.process_timeline import Lane, LaneRow, Mark, process_timeline
from cesp_analysis.figures.style import save
from cesp_analysis.figures.text import width_of
from cesp_analysis.figures.theme_grid import LONGEST, PAGE, STUB, WIDE
from cesp_analysis.figures.theme_grid import shade_of as grid_shade
from cesp_analysis.figures.theme_network import (
    LARGEST,
    LINE,
    Place,
    _explained,
    around,
    curve,
    joined,
    placed,
    theme_network,
)
from cesp_analysis.figures.themes import Pair, cooccurrence, cooccurrence_alt, fewer, shade_of
from cesp_analysis.figures.theory_of_change import STYLES
from cesp_analysis.integration.context import ContextEvent
from cesp_analysis.integration.theory import theory_of_change
from cesp_analysis.integration.timeline import by_month, context_rows, meetings, process_events
from cesp_analysis.withheld import LETTER, Withheld
from joined import OUTCOMES, coding, codings, estimate, integration, numbers

WORDS: Any = SimpleNamespace(
    groups=lambda: ["here", "there"],
    group={"here": "Here", "there": "There"}.__getitem__,
    site_of=lambda name: {"here": "Here", "there": "There"}.get(name or "", "Site not known"),
    outcomes=OUTCOMES,
    moment=lambda name: SimpleNamespace(label=f"at {name}"),
)


def test_evidence_that_is_withheld_says_so() -> None:
    """Of a released table: an estimate of few, with both of its intervals."""
    ends = ("estimate", "ci_low", "ci_high", "ci_low_shock", "ci_high_shock")
    row = {"evidence": "estimate", "outcome": "wellbeing", "time": "12m", "reason": None,
           "unit": "points"} | dict.fromkeys(ends, Withheld())  # fmt: skip
    assert evidence_in_words(row, WORDS) == (
        f"Own, at 12m: {LETTER} points ({LETTER}; with site shocks {LETTER})"
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"evidence": "construct", "of": "x", "of_label": "Delivery"}, "interviews on Delivery"),
        ({"evidence": "estimate", "outcome": "wellbeing", "time": "12m"}, "Own, at 12m"),
    ],
)
def test_evidence_of_which_a_released_table_has_no_number_says_so(
    row: dict[str, Any], said: str
) -> None:
    """A whole or a number that is withheld is blank in a released table that pandas reads."""
    blank = ("estimate", "themes", "excerpts", "interviews", "reason")
    assert evidence_in_words(dict.fromkeys(blank) | row, WORDS) == f"{said}: withheld"


def theory() -> pd.DataFrame:
    kinds = {"a": "activity", "b": "activity", "m": "mechanism", "o": "outcome"}
    how = integration(
        nodes={name: {"label": f"Node {name}", "kind": kind} for name, kind in kinds.items()},
        links={
            "am": {"from": "a", "to": "m", "evidence": [{"construct": "wellbeing"}]},
            "mo": {"from": "m", "to": "o", "evidence": [{"estimate": "did/wellbeing/12m"}]},
            "ao": {"from": "b", "to": "o", "evidence": [{"criterion": "uptake"}]},
            "bm": {"from": "b", "to": "m"},
            "oa": {"from": "o", "to": "a", "feedback": True},
            "ob": {"from": "o", "to": "b", "feedback": True},
        },
    )
    table = numbers(estimate("did/wellbeing/12m", 4)).estimates
    nodes, links = theory_of_change(how, table, None, codings(coding("X", "wellbeing")))
    return pd.concat([links, nodes])


def texts(figure: Any) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts if text.get_text()]


def test_the_theory_says_what_each_link_rests_on() -> None:
    figure, _, alt, _ = draw_theory_of_change(theory(), WORDS, "person")
    said = " ".join(texts(figure))
    for part in (
        "1 Node a → Node m: interviews on Wellbeing: 1 theme, 1 excerpt, 1 interview",
        "2 Node m → Node o: Own, at 12m: 4.00 points (3.00 to 5.00; with site shocks 1.00 to 7.00)",
        "3 Node b → Node o: uptake: the criterion is not assessed",
        "4 Node b → Node m: no evidence is named", "5 Node o → Node a, which leads back",
        "evidence is there", "named, not there yet", "no evidence is named",
    ):  # fmt: skip
        assert part in said
    assert "Node o to Node a (back): no evidence is named." in alt
    assert "activity: Node a, Node b." in alt and "4.00 points" in alt


def test_no_line_of_the_theory_runs_through_a_box() -> None:
    figure, *_ = draw_theory_of_change(theory(), WORDS, "person")
    (axes,) = figure.axes
    boxes = [(p.get_x(), p.get_y(), p.get_width(), p.get_height()) for p in axes.patches]
    boxes = [box for box in boxes if box[2] > 1]
    assert len(boxes) == 4
    for line in axes.lines:
        for (x, y), (u, v) in pairwise(line.get_xydata().tolist()):
            for at in range(1, 50):
                share = at / 50
                px, py = x + share * (u - x), y + share * (v - y)
                for left, top, wide, tall in boxes:
                    inside = left + 0.01 < px < left + wide - 0.01
                    assert not (inside and top + 0.01 < py < top + tall - 0.01)


def test_styles_are_told_apart_without_colour() -> None:
    assert len({(width, str(dashes)) for _, width, dashes in STYLES.values()}) == len(STYLES)


def events() -> pd.DataFrame:
    contacts = pd.DataFrame(
        {"unit": list("aabc"), "site": ["here"] * 4,
         "date": ["2023-02-01", "2023-02-05", "2023-03-01", None]}
    )  # fmt: skip
    met = pd.DataFrame({"site": ["here"], "date": ["2023-05-01"], "panel": ["c"], "came": [7.0]})
    rows = [
        *by_month("contacts", contacts, "Contacts kept", "contacts"),
        *meetings(met, "panel", {"c": "Panel"}, "came"),
        *context_rows([ContextEvent("2023-04-01", "", "Flood"),
                       ContextEvent("2023-06-01", "there", "<b>Fair</b>")]),
    ]  # fmt: skip
    return process_events(rows, ("here", "there"))


def test_the_time_line_has_a_lane_a_site_and_hides_nothing(tmp_path: Path) -> None:
    figure, caption, alt, lanes = draw_process_timeline(events(), WORDS, "person")
    assert [lane.site for lane in lanes] == ["All sites, or not known", "Here", "There"]
    assert alt == (
        "Time line of the process, a lane a site. All sites, or not known: 2023-04-01 Flood."
        " Here: Contacts kept 3, 2023-02-01 to 2023-03-31 (Contacts kept: 1); Panel 7, 2023-05-01"
        " to 2023-05-01. There: 2023-06-01 <b>Fair</b>."
    )
    note = " ".join(figure.get_supxlabel().split())
    assert "Without a day, and so not drawn: Here, Contacts kept: 1." in note
    assert {
        "1 2023-04-01, All sites, or not known: Flood", "2 2023-06-01, There: <b>Fair</b>",
    } <= set(texts(figure))  # fmt: skip
    svg = tmp_path / "process.svg"
    save(figure, svg, tmp_path / "process.png", "", (), (caption, alt))
    assert "<b>" not in svg.read_text(encoding="utf-8")


def test_how_faithful_delivery_was_stands_beside_how_many_ratings_there_are() -> None:
    """Many ratings of a low score are dark in the one row and pale in the other."""
    ratings = pd.DataFrame(
        {"unit": list("abcd"), "site": ["here"] * 4, "date": ["2023-02-01"] * 3 + ["2023-09-01"],
         "score": [0.1, 0.2, None, 0.95]}
    )  # fmt: skip
    rows = by_month("fidelity", ratings, "Fidelity ratings", "ratings")
    figure, _, alt, lanes = draw_process_timeline(process_events(rows, ("here",)), WORDS, "person")
    many, level = lanes[0].rows
    assert [mark.number for mark in many.marks] == [3, 1]
    assert [mark.number for mark in level.marks] == pytest.approx([0.15, 0.95])
    (axes,) = figure.axes
    shades = [box.get_facecolor() for box in axes.findobj(Rectangle) if box is not axes.patch]
    dark, pale, low, high = (sum(shade[:3]) for shade in shades)
    assert dark < pale and high < low
    assert "how many ratings there are says nothing of it" in " ".join(
        figure.get_supxlabel().split()
    )
    assert "Fidelity, mean score 0.15 to 0.95, 2023-02-01 to 2023-09-30" in alt


def spoken() -> pd.DataFrame:
    rows = [
        ("going out", "staff", "here", 5, 2, 3), ("going out", "service_user", "there", 0, 0, 4),
        ("limits", "staff", "here", 1, 1, 3), ("limits", "service_user", "there", 3, 2, 4),
    ]  # fmt: skip
    names = ["theme", "role", "site", "excerpts", "interviews", "interviewed"]
    return pd.DataFrame(rows, columns=names)


@pytest.mark.parametrize(
    ("days", "times"),
    [
        (("2024-02-05", "2024-03-20"), ["February 2024", "March"]),
        (("2024-05-31", "2024-05-31"), ["May 2024"]),
        (("2023-11-02", "2024-02-01"), ["November 2023", "December", "2024", "February"]),
        (("2024-02-05", "2025-08-20"), ["April 2024", "July", "2025", "July"]),
    ],
)
def test_a_time_line_says_when_however_short_it_is(days: tuple[str, str], times: list[str]) -> None:
    marks = tuple(Mark(day, "", None, f"on {day}") for day in days)
    figure = process_timeline((Lane("Here", (LaneRow("Context", "context", marks),)),))
    (axes,) = figure.axes
    own = [text for text in axes.texts if text.get_color() == MUTED]
    assert [text.get_text() for text in own] == times
    for text in own:
        assert text.get_position()[0] + width_of(text.get_text(), 7.5) / 2 < axes.get_xlim()[1]
    note = figure.get_supxlabel()
    assert "Numbers in circles" in note and "Boxes" not in note and "Diamonds" not in note


def test_themes_show_excerpts_and_interviews_and_those_who_were_asked() -> None:
    figure, _, alt, cells = draw_themes(spoken(), WORDS, "person")
    said = texts(figure)
    assert {"5 (2)", "1 (1)", "3 (2)", "·", "n = 3", "n = 4", "Here", "There"} <= set(said)
    assert alt.endswith("going out: Here, Staff 5. limits: Here, Staff 1; There, Service users 3.")
    assert [cell.site for cell in cells] == ["Here", "Here", "There", "There"]


def test_shades_rise_with_numbers_and_print_in_grey() -> None:
    shades = [shade_of(n, 100) for n in (0, 1, 25, 50, 75, 100)]
    assert shades == sorted(shades) and shades[0] == 0 < shades[1]
    greys = [luminance(PALETTE[f"heat-{shade}"][0]) for shade in dict.fromkeys(shades)]
    assert greys == sorted(greys, reverse=True)


def pairs(within: str = "excerpt") -> pd.DataFrame:
    rows = [("a", "b", 4, 9, 5, 0.4), ("a", "c", 0, 9, 2, 0.0), ("b", "c", 1, 5, 2, 1 / 6)]
    names = ["first", "second", "together", "first_n", "second_n", "jaccard"]
    return pd.DataFrame(rows, columns=names).assign(within=within)


def test_themes_that_go_together() -> None:
    figure, caption, alt, _ = draw_cooccurrence(pairs("interview"), WORDS, "person")
    assert caption == "Interviews: themes in the same interviews."
    assert alt == "Themes in the same interviews, as a matrix. a with b 4; b with c 1."
    assert [text for text in texts(figure) if text in ("9", "4", "5", "·")] == ["9", "4", "5", "·"]
    few, left_out = pairs_of(pairs(), most=2)
    assert left_out == 1 and {(one.first, one.second) for one in few} == {
        ("a", "a"), ("b", "b"), ("a", "b"),
    }  # fmt: skip


def said_in() -> pd.DataFrame:
    """Two themes in A, of which the second has a subtheme; one more in C, none in B."""
    counts = {("help", None): (2, 0, 0), ("home", None): (1, 0, 3), ("home", "rent"): (0, 0, 1),
              ("work", None): (0, 0, 9)}  # fmt: skip
    return pd.DataFrame(
        {"theme": theme, "subtheme": part, "interview": "ABC"[i], "excerpts": n,
         "first": "yes" if n and not any(own[:i]) else "no"}
        for (theme, part), own in counts.items() for i, n in enumerate(own)
    )  # fmt: skip


def test_the_grid_shows_where_each_theme_came_up_first() -> None:
    figure, _, alt, cells = draw_theme_grid(said_in(), WORDS, "person")
    (axes,) = figure.axes
    said = {text.get_text(): text for text in axes.texts}
    assert {"A", "B", "C", "help", "home", "work", "1 of 3", "2 of 3", "9"} <= set(said)
    assert said["9"].get_weight() == "bold"
    assert [text.get_text() for text in axes.texts][-3:] == ["2", "2", "3"], "themes so far"
    (line,) = axes.lines
    columns = [round((x - STUB) / WIDE, 9) for x in line.get_xdata()]
    assert columns == [0, 0, 0, 0, 2, 2]
    assert alt.endswith(
        "help: first in interview 1, A; in 1 of 3, 2 excerpts. home: first in interview 1, A; in 2"
        " of 3, 4 excerpts. work: first in interview 3, C; in 1 of 3, 9 excerpts."
    )
    assert len(cells) == 9, "without subthemes"


def test_a_hundred_interviews_have_narrow_columns_on_one_page() -> None:
    names = [f"P{i:03}" for i in range(100)]
    table = pd.DataFrame(
        {"theme": theme, "subtheme": None, "interview": name, "excerpts": int(i >= at),
         "first": "yes" if i == at else "no"}
        for theme, at in (("a", 0), ("b", 12), ("c", 13)) for i, name in enumerate(names)
    )  # fmt: skip
    figure, *_ = draw_theme_grid(table, WORDS, "person")
    said = texts(figure)
    assert figure.get_size_inches()[0] == pytest.approx(PAGE, rel=1e-12)
    assert "P001" not in said and "100 of 100" in said
    assert [text for text in said if text in ("10", "50", "100")] == ["10", "50", "100"]
    assert said[said.index("Themes so far") :] == ["Themes so far", "1", "2", "3", "3"]


def test_the_last_total_is_there_and_one_right_before_it_gives_way() -> None:
    names = [f"P{i:03}" for i in range(100)]
    table = pd.DataFrame(
        {"theme": theme, "subtheme": None, "interview": name, "excerpts": int(i >= at),
         "first": "yes" if i == at else "no"}
        for theme, at in (("a", 0), ("b", 97), ("c", 99)) for i, name in enumerate(names)
    )  # fmt: skip
    figure, *_ = draw_theme_grid(table, WORDS, "person")
    said = texts(figure)
    assert said[said.index("Themes so far") :] == ["Themes so far", "1", "3"]


def test_a_long_pseudonym_has_as_much_as_there_is_room_for() -> None:
    long = "A pseudonym that says much more than one should"
    figure, *_ = draw_theme_grid(said_in().replace({"interview": {"A": long}}), WORDS, "person")
    (short,) = (text for text in texts(figure) if text.endswith("…"))
    assert long.startswith(short[:-1]) and width_of(short, 7) <= LONGEST


@pytest.mark.parametrize("most", [1, 7, 160])
def test_shades_of_the_grid_tell_some_from_none(most: int) -> None:
    shades = [grid_shade(n, most) for n in range(most + 1)]
    assert shades == sorted(shades) and shades[0] == 0 and shades[1] >= 2 and shades[-1] == 5


def tied(k: int, ties: dict[tuple[int, int], float]) -> tuple[Pair, ...]:
    names = [f"Theme of some length, number {i}" for i in range(k)]
    own = tuple(Pair(name, name, 1 + 40 * (i % 3), 1.0) for i, name in enumerate(names))
    return (*own, *(Pair(names[i], names[j], 3, size) for (i, j), size in ties.items()))


@pytest.mark.parametrize("k", [1, 2, 3, 8, 25])
def test_no_name_of_the_network_is_covered_and_no_line_runs_through_a_theme(k: int) -> None:
    """Every two themes of the ring, whether or not there is a line."""
    sizes = {pair.first: pair.together for pair in tied(k, {})}
    ring = list(sizes)
    places, page, tall = placed(ring, sizes)
    assert {place.name for place in places} == set(ring)
    boxes = [box_of(place) for place in places]
    for one, two in combinations(boxes, 2):
        assert one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] or two[3] <= one[1]
    for left, top, right, bottom in boxes:
        assert left >= 0 and right <= page and top >= -1e-9 and bottom <= tall + 1e-9
    around_it = sorted(places, key=lambda place: ring.index(place.name))
    for (i, a), (j, b) in combinations(enumerate(around_it), 2):
        for x, y in along(curve(a, b, min(j - i, k - (j - i)), (page / 2, tall / 2))):
            for place, (left, top, right, bottom) in zip(places, boxes, strict=True):
                assert not (left < x < right and top < y < bottom)
                if place not in (a, b):
                    assert hypot(x - place.x, y - place.y) > place.radius


def box_of(place: Place) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a name."""
    wide = max(width_of(line, 8) for line in place.lines)
    near = place.x + (-1 if place.left else 1) * (LARGEST + 0.06)
    tall = LINE * len(place.lines) / 2
    ends = (near - wide, near) if place.left else (near, near + wide)
    return ends[0], place.y - tall, ends[1], place.y + tall


def along(ends: Any) -> list[tuple[float, float]]:
    """Points of a line with one control point."""
    (a, b), (c, d), (e, f) = ends
    at = [i / 60 for i in range(61)]
    return [((1 - t) ** 2 * a + 2 * t * (1 - t) * c + t * t * e,
             (1 - t) ** 2 * b + 2 * t * (1 - t) * d + t * t * f) for t in at]  # fmt: skip


def test_themes_that_go_together_stand_side_by_side() -> None:
    """A chain of eight, given in another order: each beside those that it is tied to."""
    chain = [0, 5, 2, 7, 4, 1, 6, 3]
    pairs = tied(8, {(min(a, b), max(a, b)): 0.5 for a, b in pairwise(chain)})
    ring = around([pair.first for pair in pairs[:8]], pairs)
    order = [int(name[-1]) for name in ring]
    steps = [abs(order.index(a) - order.index(b)) for a, b in pairwise(chain)]
    assert {min(step, 8 - step) for step in steps} == {1}


def test_the_weakest_ties_are_left_out_where_there_are_many() -> None:
    few = tied(4, {(0, 1): 0.9, (0, 2): 0.01, (1, 3): 0.3})
    assert [pair.jaccard for pair in joined(few, 4)[1]] == [0.01, 0.3, 0.9]
    ties = {pair: n / 100 for n, pair in enumerate(combinations(range(8), 2), 1)}
    least, shown = joined(tied(8, ties), 8)
    assert (least, len(shown)) == (0.1, 19), "of 28 no more than 2.5 a theme"
    figure, _, alt, _ = draw_theme_network(table_of(tied(8, ties)), WORDS, "person")
    note = " ".join(figure.get_supxlabel().split())
    assert "are 0.10 or more, thicker and darker the more; 9 pairs with less are not drawn." in note
    assert alt.count(" with Theme") == 19
    widths = widths_of(figure)
    assert len(widths) == 19 and widths == sorted(widths) and widths[-1] == 4


def widths_of(figure: Figure) -> list[float]:
    """Of the lines of a network, in the order in which they are drawn."""
    (lines,) = (one for one in figure.axes[0].collections if one.get_zorder() == 1)
    assert len(lines.get_paths()) == len(lines.get_linewidths())
    return [float(width) for width in lines.get_linewidths()]


def test_lines_that_are_all_as_strong_are_thin_enough_to_be_told_apart() -> None:
    """Of 25 themes, each with each: 300 lines that none of the limits can thin out."""
    pairs = table_of(tied(25, dict.fromkeys(combinations(range(25), 2), 1.0)))
    figure, *_ = draw_theme_network(pairs, WORDS, "person")
    widths = widths_of(figure)
    assert len(widths) == 300 and set(widths) == {4 * 2.5 * 25 / 300}


def test_tiles_of_a_shade_are_one_path_and_lie_under_their_numbers() -> None:
    figure, *_ = draw_themes(spoken(), WORDS, "person")
    (axes,) = figure.axes
    tiles = [one for one in axes.patches if isinstance(one, PathPatch)]
    colours = [one.get_facecolor() for one in tiles]
    assert len(set(colours)) == len(tiles) > 1
    n = sum(len(one.get_path().vertices) // 5 for one in tiles)
    numbers = [text for text in axes.texts if "(" in text.get_text() or text.get_text() == "·"]
    assert n == len(numbers), "a tile each"
    assert max(one.get_zorder() for one in tiles) < min(text.get_zorder() for text in numbers)


def test_text_on_a_canvas_takes_no_room_of_its_own(tmp_path: Path) -> None:
    """What stands on a canvas has its place there; the layout is that of the canvas alone."""
    places = []
    for drawn in (True, False):
        figure, *_ = draw_themes(spoken(), WORDS, "person")
        for text in list(figure.axes[0].texts) if not drawn else ():
            text.remove()
        save(figure, tmp_path / "a.svg", tmp_path / "a.png", "")
        places.append(figure.axes[0].get_position().bounds)
    assert places[0] == places[1]


def table_of(pairs: tuple[Pair, ...]) -> pd.DataFrame:
    sizes = {pair.first: pair.together for pair in pairs if pair.first == pair.second}
    names = ["first", "second", "together", "first_n", "second_n", "jaccard", "within"]
    rows = [
        (pair.first, pair.second, pair.together, sizes[pair.first], sizes[pair.second],
         pair.jaccard, "excerpt")
        for pair in pairs if pair.first != pair.second
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


@pytest.mark.parametrize("draw", [theme_network, cooccurrence])
def test_one_theme_is_a_sentence(draw: Any) -> None:
    figure = draw([Pair("a", "a", 3, 1.0)])
    said = "Fewer than two themes have an excerpt: none can go together."
    assert not figure.axes and " ".join(figure.get_supxlabel().split()) == said
    figure = draw([Pair("a", "a", 3, 1.0)], 1)
    said = "Fewer than two themes are shown. 1 theme with fewer excerpts is not shown."
    assert not figure.axes and " ".join(figure.get_supxlabel().split()) == said


def test_one_of_what_is_left_out_is_told_as_one() -> None:
    own = tied(3, {(0, 1): 0.01, (0, 2): 0.4, (1, 2): 0.5})
    note = _explained(own, [pair for pair in own[3:] if pair.jaccard > 0.1], 0.1, "excerpts")
    assert note.endswith("1 pair with less is not drawn.")
    assert fewer(2, "interviews") == " 2 themes with fewer interviews are not shown."
    assert cooccurrence_alt(own, 1).endswith(" 1 theme with fewer excerpts is not shown.")


def test_a_network_without_ties_says_so() -> None:
    table = pairs().assign(together=0, jaccard=0.0)
    figure, _, alt, _ = draw_theme_network(table, WORDS, "person")
    assert "No two of them share one." in " ".join(figure.get_supxlabel().split())
    assert alt.endswith("No two.") and {"a (9)", "b (5)", "c (2)"} <= set(texts(figure))


@pytest.mark.parametrize("draw", [draw_theme_grid, draw_theme_network])
def test_a_drawing_of_the_same_has_the_same_bytes(draw: Any, tmp_path: Path) -> None:
    table = said_in() if draw is draw_theme_grid else pairs()
    for name in ("one", "two"):
        figure, *_ = draw(table, WORDS, "person")
        save(figure, tmp_path / f"{name}.svg", tmp_path / f"{name}.png", "Synthetic")
    for kind in ("svg", "png"):
        one, two = ((tmp_path / f"{name}.{kind}").read_bytes() for name in ("one", "two"))
        assert one == two


@pytest.mark.parametrize(
    ("draw", "table"),
    [
        (draw_theory_of_change, theory()), (draw_process_timeline, events()),
        (draw_themes, spoken()), (draw_cooccurrence, pairs()),
        (draw_theme_grid, said_in()), (draw_theme_network, pairs()),
    ],
)  # fmt: skip
def test_all_that_is_drawn_is_in_the_data_and_nothing_at_all_is_a_sentence(
    draw: Any, table: pd.DataFrame, tmp_path: Path
) -> None:
    figure, caption, alt, data = draw(table, WORDS, "person")
    path = tmp_path / "data.csv"
    write_behind(data, figure, path)
    assert len(pd.read_csv(path)) >= 3 and caption.endswith(".") and alt.endswith(".")
    empty, _, nothing, _ = draw(table.iloc[:0], WORDS, "person")
    assert not empty.axes and nothing.endswith(".")


def test_roles_that_nobody_knows_stand_last() -> None:
    table = pd.concat([spoken().assign(role=None, site=None), spoken()])
    cells = spoken_of(table, WORDS)
    assert (cells[-1].site, cells[-1].role) == ("Site not known", "Role not known")


def test_panels_are_told_apart_by_what_stands_in_brackets() -> None:
    """What the time line itself adds, the number of meetings on a day, is none of a label's."""
    rows = [
        {"kind": "panel", "label": label, "date": "2024-01-05", "until": None, "number": 5}
        for label in ("Panel (health)", "Panel (housing)", "Panel (health) (2 meetings)")
    ]
    rows.append(rows[0] | {"label": "Panel (housing), without a date (3 meetings)", "date": None})
    assert [(lane.label, len(lane.marks)) for lane in _lane_rows(rows)] == [
        ("Panel (health)", 2), ("Panel (housing)", 1),
    ]  # fmt: skip
