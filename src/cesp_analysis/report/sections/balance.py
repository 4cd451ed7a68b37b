"""Balance of covariates before and after weighting, and how much weighting leaves of each arm."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.numbers import count, fixed, percent
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Paragraph, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure

_ABOUT = (
    "Models that weigh make the arms alike in the covariates that they name, not in those that"
    " nobody measured, and balance does not remove a site shock. A standardised difference up to"
    " 0.1 is called small. The effective sample size is the number of equally weighted records that"
    " would be worth as much."
)

_MEANS = "Means, or shares of a category, in the first and the second group named; their difference"
_DIFFERENCES = (
    "Difference of means, or of shares of a category, of the first group less the second,"
)

_HIDDEN = (
    "–: not shown, because in one of the groups few have it, or because with the other numbers it"
    " would tell how many have what few have; the CSV says which."
)


def balance(results: Results) -> Iterator[Block]:
    """A Love plot and two tables a model: balance of its first outcome, effective sizes of all."""
    words = results.words
    if not results.balance:
        return
    yield Heading(1, "Balance of covariates", "balance")
    yield Paragraph(_ABOUT)
    for level in words.levels():
        if words.weighing(level):
            yield from figure(results, f"balance_{level}")
        for model in words.weighing(level):
            own = _ordered(results, results.balance, model)
            if own:
                yield _covariates(results, model, own)
                if results.leaves("balance_weights"):
                    yield _weights(results, model)


def _covariates(results: Results, model: str, rows: list[Row]) -> Table:
    words = results.words
    outcome, time = rows[0]["outcome"], rows[0]["time"]
    for row in rows:  # in order: the first outcome's last time
        time = row["time"] if row["outcome"] == outcome else time
    shown = [row for row in rows if (row["outcome"], row["time"]) == (outcome, time)]
    heads = _heads(results)
    groups = []
    for other in dict.fromkeys(row["other"] for row in shown):
        own = [row for row in shown if row["other"] == other]
        lines = tuple(
            TableRow(words.covariate(row["covariate"]), _cells(row, heads)) for row in own
        )
        groups.append(Group(f"{_capital(own[0]['one'])} and {other}", lines))
    what = _change(results, rows[0] | {"time": time})
    return Table(
        id=f"balance_{model}",
        caption=f"{words.models[model].label}: covariates, {what}.",
        stub="Covariate",
        columns=tuple(
            Column(header, spanner=spanner)
            for spanner in ("Before weighting", "After weighting")
            for header in heads
        ),
        groups=tuple(groups),
        notes=(
            Note(
                f"{_MEANS if 'First' in heads else _DIFFERENCES} over the pooled SD before"
                " weighting; ratio of their variances. Other outcomes and times are in the CSV."
            ),
            *([Note(_HIDDEN)] if any(row["reason"] for row in shown) else []),
        ),
        csv="tables/balance.csv",
    )


def _heads(results: Results) -> dict[str, str]:
    """Head of a column → what stands in it, before and after; means stay inside the team: a share
    of a category, times how many there are, counts people."""
    means = {"First": "mean_one", "Second": "mean_other"}
    inside = results.leaves("balance_weights")
    return (means if inside else {}) | {"Difference": "difference", "Ratio": "ratio"}


def _cells(row: Row, heads: dict[str, str]) -> tuple[str, ...]:
    return tuple(
        fixed(row[f"{name}_{when}"], 2) for when in ("before", "after") for name in heads.values()
    )


def _weights(results: Results, model: str) -> Table:
    words = results.words
    rows = _ordered(results, results.balance_weights, model)
    groups = []
    for what in dict.fromkeys(_change(results, row) for row in rows):
        lines = tuple(
            TableRow(
                _capital(row["group"]),
                (count(row["n"]), fixed(row["effective"], 1), percent(row["largest_share"], 1)),
            )
            for row in rows
            if _change(results, row) == what
        )
        groups.append(Group(_capital(what), lines))
    return Table(
        id=f"weights_{model}",
        caption=f"{words.models[model].label}: effective sample sizes.",
        stub="Group",
        columns=(
            Column("Records"),
            Column("Effective sample size"),
            Column("Largest share of the weight"),
        ),
        groups=tuple(groups),
        notes=(),
        csv="tables/balance_weights.csv",
    )


def _change(results: Results, row: Row) -> str:
    """Of which estimate a row is: those who are weighted are the records behind it."""
    words = results.words
    return f"change in {words.outcomes[row['outcome']].label} to {words.moment(row['time']).label}"


def _ordered(results: Results, rows: list[Row], model: str) -> list[Row]:
    """A model's rows in the study's order of outcomes, times and covariates."""
    words = results.words
    outcomes, covariates = list(words.outcomes), list(words.covariates)
    times = [moment.name for moment in words.moments(words.models[model].level)]

    def place(row: Row) -> tuple[int, ...]:
        covariate = row.get("covariate", "").removesuffix(" squared").partition("[")[0]
        last = covariates.index(covariate) if covariate else -row["group"].startswith("interv")
        return outcomes.index(row["outcome"]), times.index(row["time"]), last

    return sorted((row for row in rows if row["model"] == model), key=place)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
