"""What regression to the mean alone may have done, where arms started apart."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.declared.analysis_sets import OBSERVED, set_label
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.few_sites.bracket_words import TELLING, threat
from cesp_analysis.numbers import series
from cesp_analysis.report.blocks import Block, Bullets, Callout, Paragraph
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.missing_patterns import primary
from cesp_analysis.withheld import Withheld

REFERRED = (
    "Those who come to an intervention because they are doing badly tend to do better later"
    " whatever is done. Where one arm started worse, some of its larger improvement may be that:"
    f" the sentences say how much, wherever the gap at baseline is more than {TELLING:g} SD."
    " Whether both arms regress to one common mean or differ lastingly, these data cannot tell."
)
NO_GAP = f"No gap at baseline is larger than {TELLING:g} SD."
NO_MAIN_GAP = f"Of the primary outcomes none has a gap at baseline larger than {TELLING:g} SD."
OF_FEW = "Not shown, as they rest on few people: gaps of {labels}."
OTHERS = (
    f"Others with a gap larger than {TELLING:g} SD: {{labels}}. What regression to a common mean"
    " alone would give of them stands in the table that joins DiD and ANCOVA, as their difference."
)


def regression_to_mean(results: Results, rows: list[Row]) -> Iterator[Block]:
    """A caution, and a sentence on each gap of primary outcomes (of all, if none is primary);
    which others have one, whose numbers the table of gaps holds."""
    words = results.words
    yield Callout("caution", "Regression to the mean", REFERRED)
    gaps = [row for row in rows if row["estimator"] == "did" and row["common_mean"] is not None]
    few = [row for row in gaps if isinstance(row["common_mean"], Withheld)]
    told = [row for row in gaps if not isinstance(row["common_mean"], Withheld)]
    main = primary(words, list(words.outcomes))
    sentences = tuple(
        f"{words.outcomes[row['outcome']].label}, {when_and_of_whom(results, row)}:"
        f" {_threat(words.outcomes[row['outcome']], row)}"
        for row in told
        if row["outcome"] in main
    )
    others = dict.fromkeys(row["outcome"] for row in told if row["outcome"] not in main)
    hidden = dict.fromkeys(row["outcome"] for row in few)
    if sentences:
        yield Bullets(sentences)
    elif not hidden.keys() & {*main}:
        yield Paragraph(NO_MAIN_GAP if others or hidden else NO_GAP)
    if hidden:
        labels = series([words.outcomes[name].label for name in hidden])
        yield Paragraph(OF_FEW.format(labels=labels))
    if others:
        yield Paragraph(OTHERS.format(labels=series([words.outcomes[o].label for o in others])))


def _threat(outcome: Outcome, row: Row) -> str:
    """The sentence of a row's gap, from the numbers beside it, as far as they are released."""
    gap, in_sd, mean = row["baseline_gap"], row["gap_in_sd"], row["common_mean"]
    return threat(gap, in_sd, mean, row["estimate"], row["unit"], outcome.decimals)


def when_and_of_whom(results: Results, row: Row) -> str:
    """The label of a row's time, and its analysis set where not all are in it."""
    when, chosen = results.words.moment(row["time"]).label, row["analysis_set"]
    return when if chosen == OBSERVED else f"{when}, {set_label(chosen, row['level']).lower()}"
