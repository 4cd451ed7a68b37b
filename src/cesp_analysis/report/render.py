"""The step `render`: the content tree as one self-contained HTML page."""

from pathlib import Path

from cesp_analysis.report.html import render_html
from cesp_analysis.report.read import read_report
from cesp_analysis.whole_files import write_text


def render(report: Path, results: Path, out: Path) -> None:
    """Render report.json as index.html, with figures inside."""
    write_text(render_html(read_report(report), results), out)
