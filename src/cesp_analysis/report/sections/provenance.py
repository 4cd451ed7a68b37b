"""Where a number comes from, and what made it."""

import sys
from collections.abc import Iterator
from importlib.metadata import version

from cesp_analysis.report.blocks import Block, Bullets, Heading, Paragraph
from cesp_analysis.report.results import Results

_PACKAGES = ("cesp-analysis", "numpy", "scipy", "pandas", "pyarrow", "matplotlib", "snakemake")


def provenance(results: Results) -> Iterator[Block]:
    """How to follow a number back, and the versions that made this report."""
    yield Heading(1, "Where a number comes from", "provenance")
    yield Paragraph(
        "Each row of a table of estimates has the number's name, model/outcome/time, in small"
        " print. The file results/models/MODEL/estimates.csv holds it in full digits with its"
        " method, p-value and warnings; results/models/MODEL/diagnostics.json everything else that"
        " the model knows; the"
        " entry MODEL under models: in config.yaml says what was asked."
        f" Random numbers start from the seed {results.words.study.seed}."
    )
    python = ".".join(map(str, sys.version_info[:3]))
    yield Bullets((f"Python {python}", *(f"{name} {version(name)}" for name in _PACKAGES)))
