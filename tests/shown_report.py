"""A report with every kind of block, real figures, and words that are longer or worse than most."""

from dataclasses import replace
from pathlib import Path

import printed_report as printed
from cesp_analysis.figures.behind import write_behind
from cesp_analysis.figures.flow import alt_text as flow_alt
from cesp_analysis.figures.flow import flow
from cesp_analysis.figures.flow_boxes import FlowBox
from cesp_analysis.figures.forest import ForestRow, forest
from cesp_analysis.figures.forest import alt_text as forest_alt
from cesp_analysis.figures.style import save
from cesp_analysis.report.blocks import (
    Block,
    Bullets,
    Callout,
    Column,
    Figure,
    Group,
    Heading,
    Paragraph,
    Row,
    Table,
)
from cesp_analysis.report.figure_data import lines_of, short_table
from cesp_analysis.report.html import render_html

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "<script>document.title = 'run'</script>",
    '"><img src=x onerror="document.title = \'run\'">',
    "{{7*7}} {% raw %}",
    '#include "/etc/passwd"',
    "$x^2$ #panic()",
    '{ HYPERLINK "http://x" } { INCLUDETEXT "c:\\\\x" }',
    "left \u202egnihtemos\u202c right",
    "bell\x07 and\x0btab",
    "</script><!-- ]]> </style>",
)
LONG = "Wellbeing of people who were invited " * 8 + "at " + "x" * 300
ESTIMATES = (
    ("Wellbeing", "Change", "1.20", "−0.40 to 2.80", "1,034"),
    ("Loneliness", "ANCOVA", "−0.57", "−1.10 to −0.04", "98"),
    ("Belonging", "Mixed", "not estimable", "–", "–"),
    ("Contacts", "Poisson", "1,204.50", "1,100.00 to 1,310.00", "112"),
    ("Loneliness", "Change", "−12.00", "−14.00 to −10.00", "97"),
)
LOOKED_UP = Table(
    id="all",
    caption="All estimates",
    stub="Outcome",
    columns=(Column("Model", "left"), Column("Estimate"), Column("95% interval"), Column("People")),
    groups=(Group("", tuple(Row(name, tuple(cells)) for name, *cells in ESTIMATES)),),
    csv="tables/estimates.csv",
    sortable=True,
)
WIDE = Table(
    id="wide",
    caption=LONG,
    stub="Site",
    columns=tuple(Column(f"Column {at}", "right", "North" if at < 6 else "") for at in range(14)),
    groups=(Group(LONG[:300], (Row(LONG, ("1,234.5",) * 14, under="a/long/path/" * 12),)),),
)


def blocks(results: Path) -> tuple[Block, ...]:
    """The blocks, whose figures are drawn into results/figures."""
    rows = [
        ForestRow(
            "Wellbeing", "points", f"Model {at}", "12 months", at, at - 1.5, at + 1.5, "", 1.0
        )
        for at in range(3)
    ]
    boxes = (
        FlowBox("a", "Invited", "n", "North", 50, (("declined", 8),)),
        FlowBox("b", "Taken part", "n", "North", 42),
    )
    drawn = (("forest", forest(rows), forest_alt(rows), rows), ("flow", flow(boxes),
             flow_alt(boxes), boxes))  # fmt: skip
    figures = []
    for name, drawing, alt, data in drawn:
        place = results / "figures" / name
        save(drawing, place.with_suffix(".svg"), place.with_suffix(".png"), printed.BANNER)
        write_behind(data, drawing, place.with_suffix(".csv"))
        lines = lines_of(place.with_suffix(".csv"))
        called, link = f"figure_{name}", f"figures/{name}.csv"
        figures.append(
            Figure(called, "What is drawn.", alt, f"figures/{name}.svg", f"figures/{name}.png",
                   csv=link, data=short_table(lines, called, "What is drawn.", link))
        )  # fmt: skip
    grouped = replace(LOOKED_UP, id="grouped", groups=(
        Group("First", LOOKED_UP.groups[0].rows[:3]), Group("Second", LOOKED_UP.groups[0].rows[3:]),
    ))  # fmt: skip
    return (
        Heading(1, "Study", "study"), Paragraph("Some words."), Bullets(("one", "two")),
        Callout("caution", "Beware", "of this"), Callout("note", "Read", "it so"),
        Heading(1, "Estimates", "estimates"), LOOKED_UP, grouped,
        Heading(2, "People", "people"), figures[0], replace(printed.TABLE, id="marks"),
        Heading(1, "Flow", "flow"), figures[1],
        Heading(1, LONG, "long"), Paragraph(LONG), WIDE,
        Heading(1, HOSTILE[1], "hostile"), *map(Paragraph, HOSTILE),
        Table("h", HOSTILE[2], HOSTILE[3], (Column(HOSTILE[4], "left"),),
              (Group(HOSTILE[1], tuple(Row(t, (t,), under=t) for t in HOSTILE)),)),
    )  # fmt: skip


def page(folder: Path) -> Path:
    """The page of the report, in a folder laid out as results are."""
    out = folder / "report" / "index.html"
    out.parent.mkdir(parents=True)
    (folder / "figures").mkdir()
    out.write_text(render_html(printed.report(*blocks(folder)), folder), encoding="utf-8")
    return out
