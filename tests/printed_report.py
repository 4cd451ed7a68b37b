"""A small report with one block of each kind, its figures, and its texts in reading order."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure as Drawing

from cesp_analysis.report.blocks import (
    Block,
    Bullets,
    Callout,
    Column,
    Fact,
    Figure,
    Group,
    Heading,
    Link,
    Note,
    Paragraph,
    Point,
    Points,
    Report,
    Row,
    See,
    Source,
    Table,
    anchor_of,
    as_dict,
)

BANNER = "SYNTHETIC DATA: not results"
TABLE = Table(
    id="t",
    caption="A <table> of #numbers",
    stub="Outcome",
    columns=(
        Column("n", "right", "North"),
        Column("Mean (interval)", "wrap", "North"),
        Column("Why", "left"),
    ),
    groups=(
        Group("First", (Row("Wellbeing", ("112", "24.5 (23.1 to 25.9)", "x"), "a"),)),
        Group(
            "Second",
            (Row("Loneliness", ("1,034", "−0.57", "path/to/file"), "a b", "its/id", "fit its"),),
        ),
    ),
    notes=(Note("General."), Note("About a.", "a"), Note("About b.", "b")),
    csv="tables/t.csv",
    source="count",
)
BLOCKS: tuple[Block, ...] = (
    Callout("note", "Before", "the contents"),
    Heading(1, "One", "one"),
    Paragraph("Of 220 people 5 < 6 & <script>alert(1)</script>"),
    Heading(2, "Part", "part"),
    Bullets(("first item", "second item")),
    Callout("caution", "Beware", "of this"),
    TABLE,
    Figure("f1", "A figure", "What it shows", "figures/low.svg", "figures/low.png"),
    Heading(1, "Two", "two"),
    Callout("note", "Read", "so"),
    See((Link("One", "one"), Link("Part", "part"))),
    Points((Point("Titled", "what is said", (Link("Two", "two"),)), Point("Bare", "no more"))),
    Figure("f2", "A tall one", "A long list", "figures/tall.svg", "figures/tall.png", "count"),
    Source(
        "count",
        anchor_of("count"),
        (Fact("Made from", "data/raw/a.csv; <b>"), Fact("Seed", "20260115")),
        "SPEC = {}",
        "SPEC: 9 characters, elsewhere",
    ),
    Source("fit its", anchor_of("fit its"), (Fact("Command", "cesp fit --model its"),)),
)


def report(*blocks: Block, banner: str = BANNER) -> dict[str, Any]:
    """A report in its JSON form; of the blocks above if none are given."""
    held = Report("The title", "The subtitle", banner, "en-GB", blocks=blocks or BLOCKS)
    plain: dict[str, Any] = as_dict(held)
    return _as_read(plain)


def _as_read(tree: Any) -> Any:
    """Lists for tuples, as JSON has them."""
    if isinstance(tree, (list, tuple)):
        return [_as_read(one) for one in tree]
    if isinstance(tree, dict):
        return {name: _as_read(one) for name, one in tree.items()}
    return tree


def figures(folder: Path) -> Path:
    """A results folder with the figures: one low, one of three pages."""
    (folder / "figures").mkdir(parents=True)
    for name, height in (("low", 2), ("tall", 24)):
        drawing = Drawing(figsize=(6, height))
        drawing.add_subplot().plot([1, 2, 3])
        for ending in ("svg", "png"):
            undated = {"Date": None} if ending == "svg" else {}
            drawing.savefig(folder / "figures" / f"{name}.{ending}", metadata=undated)
    return folder


def texts(tree: dict[str, Any]) -> Iterator[str]:
    """Every text of a report in reading order, spanners and heads of columns aside."""
    yield from (tree["title"], tree["subtitle"])
    for block in tree["blocks"]:
        yield from block.get("items", ())
        if block["kind"] in ("heading", "paragraph"):
            yield block["text"]
        elif block["kind"] == "see":
            yield from (link["text"] for link in block["links"])
        elif block["kind"] == "points":
            for point in block["points"]:
                yield from (f"{point['title']}.", point["text"])
                yield from (link["text"] for link in point["links"])
        elif block["kind"] == "callout":
            yield from (block["title"], block["text"])
        elif block["kind"] == "figure":
            yield block["caption"]
        elif block["kind"] == "source":
            yield block["name"]
            for fact in block["facts"]:
                yield from (fact["label"], fact["text"])
        elif block["kind"] == "table":
            yield block["caption"]
            for group in block["groups"]:
                yield group["title"]
                for row in group["rows"]:
                    yield from (row["stub"], row["under"], *row["cells"])
            yield from (note["text"] for note in block["notes"])


def bare(text: str) -> str:
    """A text without spaces and places to break, as lines end anywhere."""
    return re.sub(r"[\s\u200b\u00a0]", "", text)


def lost(shown: str, tree: dict[str, Any]) -> list[str]:
    """The texts of a report that what is shown does not hold, or not in their order."""
    said, at, missing = bare(shown), 0, []
    for text in texts(tree):
        found = said.find(bare(text), at)
        if found < 0:
            missing.append(text)
        else:
            at = found + len(bare(text))
    return missing
