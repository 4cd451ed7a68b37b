"""The flow diagram's numbers are flow.csv's: each once, each following from the step before."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest

from cesp_analysis.declared.wording import Wording
from cesp_analysis.describe.record_tables import Flow
from cesp_analysis.errors import CespError
from cesp_analysis.figures.flow import PAGE, alt_text, flow
from cesp_analysis.figures.flow_boxes import boxes_of
from cesp_analysis.figures.palette import luminance
from cesp_analysis.figures.style import described, save

WORDS = Wording.model_validate(
    {
        "study": {"id": "t", "title": "T", "about": "A", "synthetic": True, "seed": 1},
        "banner": "",
        "arms": {"control": "Usual", "intervention": "New"},
        "sites": [
            {"name": "south", "label": "South", "arm": "control"},
            {"name": "north", "label": "North", "arm": "intervention"},
        ],
        "outcomes": {}, "models": {}, "files": {},
    }
)  # fmt: skip
ROWS = [
    ("recruitment", "asked", "Asked", None, "reached", None, 57),
    ("recruitment", "agreed", "Agreed", "asked", "reached", None, 31),
    ("recruitment", "agreed", "Agreed", "asked", "not reached", "too ill", 19),
    ("recruitment", "agreed", "Agreed", "asked", "not reached", "no time", 8),
    ("recruitment", "agreed", "Agreed", "asked", "entered", "no record at the steps before", 1),
    ("allocation", "given", "Allocated by site", "agreed", "reached", None, 31),
    ("received", "met", "Met", "given", "reached", None, 24),
    ("received", "met", "Met", "given", "not reached", "none recorded", 7),
    ("follow_up", "later", "Later", "given", "reached", None, 28),
    ("follow_up", "later", "Later", "given", "not reached", "Died", 5),
    ("follow_up", "later", "Later", "given", "back", "no answer that counted at x", 2),
    ("follow_up", "later", "Later", "given", "of them", "Used it", 3),
    ("survey", "w1", "Wave 1", "w1", "invited", None, 400),
    ("survey", "w1", "Wave 1", "w1", "not reached", "refused", 290),
    ("survey", "w1", "Wave 1", "w1", "reached", None, 110),
]


def table(sites: tuple[str, ...] = ("north", "south")) -> pd.DataFrame:
    """Each site's rows; only the first is asked what it received."""
    rows = [
        (*row[:4], site, *row[4:])
        for row in ROWS
        for site in sites
        if row[0] != "received" or site == sites[0]
    ]
    return pd.DataFrame(rows, columns=list(Flow.columns()))


def written(made: pd.DataFrame, folder: Path) -> str:
    """All the text of the drawing, as it stands in the SVG."""
    save(flow(boxes_of(made, WORDS)), folder / "f.svg", folder / "f.png", "")
    root = ElementTree.parse(folder / "f.svg").getroot()
    return " ".join("".join(root.itertext()).split())


def test_every_count_of_the_table_is_in_the_drawing(tmp_path: Path) -> None:
    text = written(table(), tmp_path)
    for n in (57, 31, 19, 8, 1, 24, 7, 28, 5, 2, 3, 400, 290, 110):
        assert f" {n}" in text, n
    for words in ("Not agreed: 27", "Allocated by site: New", "Allocated by site: Usual",
                  "No answer that counts at Later: 5", "n = 110 of 400 invited",
                  "Used it: 3"):  # fmt: skip
        assert words in text, words
    assert "Met: 24" in text and text.count("Met: 24") == 1


@pytest.mark.parametrize("at", range(1, len(ROWS)))
def test_a_count_that_does_not_follow_is_not_drawn(at: int) -> None:
    made = table(("north",))
    made.loc[at, "n"] += 1
    if made.loc[at, "status"] == "of them":  # says of those who are there, and moves nobody
        assert boxes_of(made, WORDS)
        return
    with pytest.raises(CespError) as caught:
        boxes_of(made, WORDS)
    (line,) = caught.value.problems
    assert line.startswith("results/tables/flow.csv: ") and "\n" not in line


def test_a_row_that_the_diagram_does_not_know_is_not_left_out() -> None:
    made = table(("north",))
    more: dict[str, Any] = {**made.iloc[-1].to_dict(), "status": "deferred", "n": 77}
    with pytest.raises(CespError, match="the count 77 stands 1 times in it, but 0 times"):
        boxes_of(pd.concat([made, pd.DataFrame([more])], ignore_index=True), WORDS)


def test_it_fits_a_page_and_prints_in_black_and_white() -> None:
    boxes = boxes_of(table(), WORDS)
    figure = flow(boxes)
    width, height = figure.get_size_inches()
    assert width <= PAGE + 1e-9 and height < 10.5
    # boxes are nearly white, their edges nearly black: nothing is said by a colour
    for axes in figure.axes:
        for patch in axes.patches:
            light = luminance(_hex(patch.get_facecolor()))
            dark = luminance(_hex(patch.get_edgecolor()))
            assert light > 0.85 and dark < 0.2


def _hex(colour: Any) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour[:3])


def test_the_svg_says_what_it_shows(tmp_path: Path) -> None:
    boxes = boxes_of(table(), WORDS)
    path = tmp_path / "f.svg"
    save(flow(boxes), path, tmp_path / "f.png", "")
    described(path, "Flow <of> people & places", alt_text(boxes))
    root = ElementTree.parse(path).getroot()
    first, second = root[0], root[1]
    assert (first.tag.rpartition("}")[2], first.text) == ("title", "Flow <of> people & places")
    assert second.tag.rpartition("}")[2] == "desc"
    assert second.text == alt_text(boxes)
    assert "North: Asked 57; Agreed 31" in str(second.text)
    assert "North, community surveys: Wave 1 110 of 400 invited" in str(second.text)


def test_a_box_that_does_not_follow_has_no_arrow_and_says_so(tmp_path: Path) -> None:
    """A log that names nobody stands above the register's people."""
    apart = table(("north",))
    apart.loc[apart["step"] == "agreed", "after"] = None
    apart = apart[~((apart["step"] == "agreed") & (apart["status"] != "reached"))]
    boxes = boxes_of(apart, WORDS)
    assert [box.step for box in boxes if not box.follows] == ["agreed"]
    assert "do not say whose" in written(apart, tmp_path)
    arrows = [len(flow(own).axes[0].texts) for own in (boxes, boxes_of(table(("north",)), WORDS))]
    assert arrows[0] < arrows[1]


def test_who_gave_no_answer_may_have_been_seen(tmp_path: Path) -> None:
    made = table(("north",))
    made.loc[made["reason"] == "too ill", "reason"] = "not known"
    text = written(made, tmp_path)
    assert "Not seen" not in text
    assert "No answer that counts at" in text
    assert "Not agreed, or not" in text


def test_who_is_lost_before_the_first_box_has_a_way_to_it() -> None:
    """A study without steps before its times: nobody stands above those who did not answer."""
    rows = [
        ("follow_up", "first", "First", None, "north", "reached", None, 28),
        ("follow_up", "first", "First", None, "north", "not reached", "Died", 5),
    ]
    made = pd.DataFrame(rows, columns=list(Flow.columns()))
    with_way, without = (flow(boxes_of(own, WORDS)).axes[0] for own in (made, made[:1]))
    ways = [[text for text in axes.texts if not text.get_text()] for axes in (with_way, without)]
    assert [len(own) for own in ways] == [1, 0]
