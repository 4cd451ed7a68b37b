"""The study in plain words, for a community panel: short sentences, and their reading age."""

from collections.abc import Iterator

from cesp_analysis.declared.wording import Wording
from cesp_analysis.numbers import counted, fixed, in_words, listed, series
from cesp_analysis.report.blocks import Block, Bullets, Heading, Paragraph
from cesp_analysis.report.headcounts import (
    answered_at,
    asked_at,
    in_study,
    nobody_in,
    respondents,
)
from cesp_analysis.report.own_words import strings
from cesp_analysis.report.reading import FIRST_YEAR, Reading, reading
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.missing_patterns import primary
from cesp_analysis.report.sections.summary_found import found
from cesp_analysis.report.sections.summary_unknown import next_steps, unknown
from cesp_analysis.report.titles import TITLES, see

NAMED = 4
"""Outcomes that a sentence names."""


def summary(results: Results) -> Iterator[Block]:
    """What was done, who took part, what was found, what is not known, what happens next."""
    yield Heading(1, TITLES["summary"], "summary")
    said = tuple(_parts(results))
    yield from said
    prose = [block for block in said if not isinstance(block, Heading)]
    yield Paragraph(_age(reading(text for block in prose for text in strings(vars(block)))))
    yield see("findings", "limitations")


def _parts(results: Results) -> Iterator[Block]:
    yield Heading(2, "What was done", "summary_done")
    yield Paragraph(" ".join(_done(results)))
    if took := " ".join(_took_part(results)):
        yield Heading(2, "Who took part", "summary_people")
        yield Paragraph(took)
    if told := tuple(found(results)):
        yield Heading(2, "What was found", "summary_found")
        yield Bullets(told)
    yield Heading(2, "What is not known", "summary_unknown")
    yield Bullets(tuple(unknown(results)))
    if ahead := tuple(next_steps(results)):
        yield Heading(2, "What happens next", "summary_next")
        yield from ahead


def _done(results: Results) -> Iterator[str]:
    words = results.words
    yield _who(words, nobody_in(results))
    if words.study.randomised:
        yield f"Chance decided {'which places were' if words.sites else 'who was'} in which group."
    for who, moments, level in (
        ("They answered questions", words.times, "person"),
        ("A survey was made", words.waves, "respondent"),
    ):
        if level in words.levels() and moments:
            asked = asked_at(results, level) or list(moments)
            there = answered_at(results, level) or asked
            often = {1: "once", 2: "twice"}.get(len(there), f"{len(there)} times")
            yield f"{who} {often}: {series([moment.label for moment in there])}."
            if awaited := [moment.label for moment in asked if moment not in there]:
                yield f"Nobody has answered yet at {listed(awaited)}."
    yield from _questions(words)
    if words.banner:
        yield "All answers were made up by a computer. They say nothing of real people."


def _questions(words: Wording) -> Iterator[str]:
    """The primary outcomes; of a study without any that it names none, and what it asks about."""
    names = primary(words, list(words.outcomes))
    labels = series([words.outcomes[name].label for name in names[:NAMED]])
    if any(outcome.role == "primary" for outcome in words.outcomes.values()):
        yield f"The main questions: {labels}."
        return
    yield "The study names no primary outcome."
    yield f"It asked about{' (among others)' if len(names) > NAMED else ''}: {labels}."


def _who(words: Wording, empty: str) -> str:
    """Who is compared with whom; `empty`: the arm that holds nobody."""
    if words.one_group():
        return f"This study followed one group: {words.arms['intervention']}."
    told = [_placed(words, arm) for arm in ("intervention", "control")]
    if empty:
        return (
            f"This study was to compare two groups: {series(told)}. Nobody was in the {empty}"
            " group. What follows is of the others."
        )
    return f"This study compared two groups: {series(told)}."


def _placed(words: Wording, arm: str) -> str:
    """'CESP (Trafford)', 'CESP (4 places)', 'CESP'."""
    label = words.arms[arm]
    sites = [site.label for site in words.sites if site.arm == arm]
    where = sites[0] if len(sites) == 1 else f"{len(sites):,} places"
    return f"{label} ({where})" if sites and where != label else label


def _took_part(results: Results) -> Iterator[str]:
    words = results.words
    people = in_study(results)
    if people:
        told = f"{in_words(sum(people.values())).capitalize()} people took part"
        by = [
            f"{in_words(n)} {'at' if words.sites else 'with'} {words.group(group)}"
            for group, n in people.items()
        ]
        yield f"{told}: {listed(by)}." if 1 < len(by) <= NAMED else f"{told}."
    waves = respondents(results)
    if waves:
        by = [f"{in_words(n)} in {words.moment(wave).label}" for wave, n in waves.items()]
        yield f"Answers to the survey: {series(by)}."


def _age(own: Reading) -> str:
    """The reading age, and how it was measured."""
    return (
        f"Reading age of this summary: {own.age} years, by the Automated Readability Index (Smith"
        f" and Senter 1967): 4.71 × {fixed(own.characters / own.words, 2)} characters a word"
        f" + 0.5 × {fixed(own.words / own.sentences, 1)} words a sentence − 21.43 ="
        f" {fixed(own.grade, 1)}, rounded up, + {FIRST_YEAR}. The study's own words count as they"
        f" stand. It was measured on {counted(own.words, 'word')}."
    )
