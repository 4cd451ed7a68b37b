"""The step `render`: the content tree as one self-contained HTML page."""

from pathlib import Path

from cesp_analysis.contracts import read_json, write_text
from cesp_analysis.report.html import render_html


def render(report: Path, results: Path, out: Path) -> None:
    """Render report.json as index.html, with figures inside."""
    write_text(render_html(read_json(report), results), out)
