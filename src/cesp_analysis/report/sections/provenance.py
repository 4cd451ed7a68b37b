"""Where a number comes from, and what made it."""

import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import version

from cesp_analysis.provenance.entries import Entry, entries, short_of
from cesp_analysis.report.blocks import (
    Block,
    Bullets,
    Fact,
    Heading,
    Paragraph,
    Source,
    anchor_of,
)
from cesp_analysis.report.results import Results

_PACKAGES = (
    "cesp-analysis", "numpy", "scipy", "pandas", "pyarrow", "pyreadstat", "python-calamine",
    "lxml", "PyYAML", "pydantic", "matplotlib", "snakemake",
)  # fmt: skip
"""Packages that read a study's files or compute what the report says."""

CHECKSUMS = (
    "A checksum (sha256) names what a file holds: another byte gives another checksum. SPEC"
    " stands in a command for the settings that a step was told. Several files have one"
    " checksum together: that of the lines that sha256sum prints of them, sorted by name."
)
VERSIONS = (
    "This report was written with the versions below. Another version of a library makes nothing"
    " again by itself: files that an earlier run made are as its versions made them, until"
    " cesp run . --forceall makes all of them again."
)


def provenance(results: Results) -> Iterator[Block]:
    """How to follow a number back, what made each, and the versions that wrote this report."""
    yield Heading(1, "Where a number comes from", "provenance")
    within = (
        " The file results/models/MODEL/estimates.csv holds an estimate in full digits with its"
        " method, p-value and warnings; results/models/MODEL/diagnostics.json everything else that"
        " the model knows; the"
        " entry MODEL under models: in config.yaml says what was asked."
    )
    released = (
        " What leaves the team was made by the steps 'release' and 'draw_public', from files that"
        " the team has: of these only names are told here. provenance.json says it for programs,"
        " ro-crate-metadata.json in a form that archives read."
    )
    of_models = (
        ", and each row of a table of estimates has the number's name, model/outcome/time, in small"
        " print, which leads to its model"
    )
    if not results.words.models:
        of_models = within = ""
    yield Paragraph(
        f"Each table and figure leads to the step below that made it{of_models}. cesp explain NAME"
        " says the same of a number, a table or a figure."
        f"{released if results.public else within}"
        f" Random numbers start from the seed {results.words.study.seed}."
    )
    if not results.public:
        yield Paragraph(CHECKSUMS)
    python = ".".join(map(str, sys.version_info[:3]))
    yield Paragraph(VERSIONS)
    yield Bullets((f"Python {python}", *(f"{name} {version(name)}" for name in _PACKAGES)))
    found = entries(results.record)
    models = [entry for entry in found if entry.model]
    yield Heading(2, "Steps", "provenance_steps")
    yield from _sources(entry for entry in found if not entry.model)
    if models:
        yield Heading(2, "Models", "provenance_models")
        yield from _sources(models)


def _sources(found: Iterable[Entry]) -> Iterator[Source]:
    for entry in found:
        facts = tuple(Fact(*fact) for fact in entry.facts)
        short = short_of(entry.told) if entry.told else ""
        yield Source(entry.name, anchor_of(entry.name), facts, entry.told, short)
