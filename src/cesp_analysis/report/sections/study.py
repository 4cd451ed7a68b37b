"""What the study is, and what two sites cannot tell."""

from collections.abc import Iterator

from cesp_analysis.models.two_sites import SAMPLING_ONLY
from cesp_analysis.numbers import listed
from cesp_analysis.report.blocks import Block, Bullets, Callout, Heading, Paragraph
from cesp_analysis.report.results import Results

ONE_GROUP = (
    "A change in one group is whatever happened between the times, the intervention among it: time"
    " itself, the season, who answered, how people remember. No number in this report shows what"
    " the intervention caused."
)


def study(results: Results) -> Iterator[Block]:
    """Title, purpose, who is compared with whom, when, and the limit of one site against one."""
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
    if words.one_against_one():
        yield Callout("caution", "What one site against one can tell", SAMPLING_ONLY + _shocks())
    if words.one_group():
        yield Callout("caution", "What one group can tell", ONE_GROUP)


def _facts(results: Results) -> Iterator[str]:
    words = results.words
    for arm, label in words.arms.items() if not words.one_group() else ():
        sites = [site.label for site in words.sites if site.arm == arm]
        where = f" ({listed(sites)})" if sites and sites != [label] else ""
        yield f"{arm.capitalize()}: {label}{where}."
    if words.one_group():
        yield "One group: nobody is compared with it."
    elif not words.sites:
        yield "Allocation: one person at a time."
    for name, moments in (("Times of individual data", words.times), ("Survey waves", words.waves)):
        if moments:
            yield f"{name}: {listed([moment.label for moment in moments])}."
    for role in ("primary", "secondary", "negative_control"):
        outcomes = [o.label for o in words.outcomes.values() if o.role == role]
        if outcomes:
            yield f"{role.replace('_', ' ').capitalize()} outcomes: {listed(outcomes)}."


def _shocks() -> str:
    return (
        " With two sites the two parts cannot be separated, however many people answer; no number"
        " in this report shows that the intervention caused a difference."
    )
