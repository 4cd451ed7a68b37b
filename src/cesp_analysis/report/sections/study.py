"""What the study is: who is compared with whom, when, by which outcomes."""

from collections.abc import Iterator

from cesp_analysis.declared.design import MOST_SITES
from cesp_analysis.numbers import listed, series
from cesp_analysis.report.blocks import Block, Bullets, Callout, Heading, Paragraph
from cesp_analysis.report.results import Results


def study(results: Results) -> Iterator[Block]:
    """Purpose, who is compared with whom, when, which outcomes."""
    words = results.words
    yield Heading(1, "The study", "study")
    if words.banner:
        yield Callout(
            "caution",
            "Synthetic data",
            "Every record was made by a random number generator from declared true effects. The"
            " tables and figures show how the pipeline works; they are not results.",
        )
    yield Paragraph(words.study.about)
    yield Bullets(tuple(_facts(results)))


def _facts(results: Results) -> Iterator[str]:
    words = results.words
    for arm, label in words.arms.items() if not words.one_group() else ():
        sites = [site.label for site in words.sites if site.arm == arm]
        if len(sites) > MOST_SITES:
            sites = [f"{len(sites)} sites"]
        if label.casefold() != arm:
            where = f" ({listed(sites)})" if sites and sites != [label] else ""
            yield f"{arm.capitalize()}: {label}{where}."
        elif sites:
            yield f"{arm.capitalize()}: {listed(sites)}."
    if words.one_group():
        yield "One group: nobody is compared with it."
    elif not words.sites:
        yield "Allocation: one person at a time."
    for name, moments in (("Times of individual data", words.times), ("Survey waves", words.waves)):
        if moments:
            yield f"{name}: {series([moment.label for moment in moments])}."
    for role in ("primary", "secondary", "negative_control"):
        outcomes = [o.label for o in words.outcomes.values() if o.role == role]
        if role == "primary" and words.outcomes and not outcomes:
            yield "No outcome is named as primary."
        if outcomes:
            yield f"{role.replace('_', ' ').capitalize()} outcomes: {series(outcomes)}."
