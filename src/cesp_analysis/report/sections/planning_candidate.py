"""Where the outcome that the trial is planned by stands among the study's candidates."""

from collections.abc import Iterator

from cesp_analysis.numbers import count
from cesp_analysis.report.blocks import Block, Paragraph
from cesp_analysis.report.results import Results
from cesp_analysis.report.titles import see

ELSEWHERE = (
    "The sizes under 'Can the difference be measured' compare candidates, all under the same"
    " assumptions; those here are of this trial and rest on what follows, so they differ."
)


def among_candidates(results: Results) -> Iterator[Block]:
    """Its rank by the declared criteria, what comes first, and why sizes differ from those there;
    nothing where outcomes were not compared or the comparison does not leave the team."""
    words = results.words.planning
    assert words is not None
    if not results.leaves("measurability"):
        return
    own = [row for row in results.measurability if row["level"] == "person"]
    if not own:
        return
    mine = next((row for row in own if row["outcome"] == words.outcome), None)
    label = results.words.outcomes[words.outcome].label
    ranked = [row for row in own if row["rank"] is not None]
    if mine is None or mine["rank"] is None:
        said = f"{label} was not ranked among the study's candidates. " if ranked else ""
    elif mine["rank"] == 1:
        said = f"{label} comes first of {count(len(ranked))} candidates by the declared criteria. "
    else:
        first = min(ranked, key=lambda row: row["rank"])
        said = (
            f"By the declared criteria {results.words.outcomes[first['outcome']].label} comes first"
            f" of {count(len(ranked))} candidates and {label} is number {count(mine['rank'])}: that"
            " the trial is planned by it is the study's own choice. "
        )
    yield Paragraph(said + ELSEWHERE)
    yield see("measurability")
