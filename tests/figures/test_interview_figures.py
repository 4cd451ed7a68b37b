"""Figures of interviews and process: what they draw, in grey too, and what they say in words."""

from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from cesp_analysis.figures.behind import write_behind
from cesp_analysis.figures.interview_panels import pairs_of, spoken_of
from cesp_analysis.figures.of_interviews import (
    draw_cooccurrence,
    draw_process_timeline,
    draw_themes,
    draw_theory_of_change,
)
from cesp_analysis.figures.palette import PALETTE, luminance
from cesp_analysis.figures.style import save
from cesp_analysis.figures.themes import shade_of
from cesp_analysis.figures.theory_of_change import STYLES
from cesp_analysis.integration.context import ContextEvent
from cesp_analysis.integration.theory import theory_of_change
from cesp_analysis.integration.timeline import by_month, context_rows, meetings, process_events
from joined import OUTCOMES, coding, codings, estimate, integration, numbers

WORDS: Any = SimpleNamespace(
    groups=lambda: ["here", "there"],
    group=lambda name: {"here": "Here", "there": "There", "": "Site not known"}[name],
    outcomes=OUTCOMES,
    moment=lambda name: SimpleNamespace(label=f"at {name}"),
)


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


def spoken() -> pd.DataFrame:
    rows = [
        ("going out", "staff", "here", 5, 2, 3), ("going out", "service_user", "there", 0, 0, 4),
        ("limits", "staff", "here", 1, 1, 3), ("limits", "service_user", "there", 3, 2, 4),
    ]  # fmt: skip
    names = ["theme", "role", "site", "excerpts", "interviews", "interviewed"]
    return pd.DataFrame(rows, columns=names)


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


@pytest.mark.parametrize(
    ("draw", "table"),
    [
        (draw_theory_of_change, theory()), (draw_process_timeline, events()),
        (draw_themes, spoken()), (draw_cooccurrence, pairs()),
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
