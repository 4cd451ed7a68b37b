"""What a study cannot tell, and what happens next, in plain words."""

from collections.abc import Iterator

from cesp_analysis.declared.wording import Wording
from cesp_analysis.describe.answering import DIED
from cesp_analysis.numbers import count
from cesp_analysis.report.blocks import Block, Paragraph
from cesp_analysis.report.claims import Guard
from cesp_analysis.report.headcounts import (
    answered_at,
    answered_once,
    invited,
    last_asked,
    nobody_in,
    respondents,
    together,
    unanswered,
)
from cesp_analysis.report.main_estimates import main_estimates
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.missing_patterns import primary
from cesp_analysis.withheld import above_zero

NOBODY_ELSE = (
    "Nobody was compared with this group. So nobody can tell what would have happened otherwise."
)


def unknown(results: Results) -> Iterator[str]:
    """What the design leaves open; who did not answer."""
    empty = nobody_in(results)
    if empty or results.words.one_group():
        yield NOBODY_ELSE
    elif answered_once(results):
        yield "Nobody has answered again. So nobody can tell yet what came after."
    else:
        yield _by_design(results.words)
    yield from _graded(results)
    yield from _silent(results)
    answered, asked = invited(results)
    if asked:
        led = f"{results.rounded(asked)} invitations to the survey led to"
        yield (
            f"{led.capitalize()} {results.rounded(answered)} full answers"
            f"{_in_the_files(results, answered)}. Those who did not answer may think differently."
        )


def _in_the_files(results: Results, answered: int) -> str:
    """How many answers there are, where the list of invitations counts others."""
    there = sum(respondents(results).values())
    if results.public or there == answered:  # rounded, they differ anyway
        return ""
    return f" by its list ({count(there)} are in the files)"


def _by_design(words: Wording) -> str:
    """What keeps a difference, or a change, from being the intervention's."""
    new = words.arms["intervention"]
    if words.one_against_one():
        here, there = (
            site.label for site in sorted(words.sites, key=lambda s: s.arm, reverse=True)
        )
        return (
            f"One place was compared with one place. Nobody can tell {new} from whatever else went"
            f" on at {here} or {there}. More answers would not change that."
        )
    if words.chance_made_alike():
        return (
            f"Only chance decided who was in which group. So a gap tells of {new}, or of luck, if"
            " those without an answer are like the others."
        )
    whose = "places" if words.sites else "people"
    return (
        f"Chance did not make the two groups of {whose} alike. They may have differed from the"
        f" start, or for other reasons than {new}."
    )


def _graded(results: Results) -> Iterator[str]:
    """What such studies are worth in general, in the words of who graded them."""
    told = dict.fromkeys(
        row["grade"]
        for level in results.words.levels()
        for main in main_estimates(results, level)
        for row in results.grades
        if row["estimate_id"] == main["estimate_id"] and row["published_design"]
    )
    if told:
        yield f"Researchers have graded what studies of this kind can show: {'; '.join(told)}."


def _silent(results: Results) -> Iterator[str]:
    """Of how many the first main outcome is not known at its last time: no answer, or too few."""
    words = results.words
    own = [name for name, outcome in words.outcomes.items() if outcome.level == "person"]
    for outcome in primary(words, own)[:1]:
        time = last_asked(results, outcome)
        lost, of = together(unanswered(results, outcome, time)) if time else (0, 0)
        if above_zero(lost) and time in {one.name for one in answered_at(results, "person")}:
            label = words.outcomes[outcome].label
            who = "those of them who were alive" if words.deaths else "they"
            yield (
                f"At {words.moment(time).label}, {results.part(lost, of)} people gave no full"
                f" answer on {label}{_dead(results, outcome, time)}. If {who} fared better or"
                " worse than the others, the numbers above may be wrong."
            )


def _dead(results: Results, outcome: str, time: str) -> str:
    """How many of those without an answer had died; blank: nobody, or it does not leave."""
    if not results.leaves("missing_patterns"):
        return ""
    dead = 0
    for row in results.missing_patterns:
        states = dict(zip(row["times"].split(", "), row["pattern"].split(", "), strict=True))
        dead += row["n"] * (row["outcome"] == outcome and states.get(time) == DIED)
    return f" ({dead} of them had died by then)" if dead else ""


def next_steps(results: Results) -> Iterator[Block]:
    """What the team wrote that it decided; that it wrote nothing."""
    if not results.progression:
        return
    last = results.progression[-1]
    said = last["justification"]
    if not said:
        yield Paragraph("The team has not written down yet what it decided.")
    elif Guard.of(results).allows(said):
        yield Paragraph(f"The team wrote this: “{said}”")
    else:
        yield Paragraph("What the team decided is told under Feasibility.")
