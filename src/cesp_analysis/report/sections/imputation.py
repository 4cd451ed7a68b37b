"""How answers were imputed, and whether it went well: a part of the section on missing data."""

from collections.abc import Iterator, Sequence

from cesp_analysis.alike_notes import alike
from cesp_analysis.columns import Row
from cesp_analysis.declared.wording import Wording
from cesp_analysis.missing.tables import NO_CHAINS
from cesp_analysis.numbers import count, counted, fixed
from cesp_analysis.report.blocks import (
    Block,
    Bullets,
    Column,
    Group,
    Heading,
    Note,
    Paragraph,
    Table,
)
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.sections.imputed_tables import fmi_table, values_table
from cesp_analysis.withheld import above_zero

_ASSUMED = (
    "Each gap is filled many times over with values drawn from what is known of the person and of"
    " others, and each filled set is analysed; how far the sets differ is part of the uncertainty."
    " That takes answers to be missing at random: those without one would have answered as others"
    " did who are like them in all that the equations hold. It is an assumption, which these"
    " figures cannot check."
)
_NO_EVENT = "The study declares no event (such as a death) after which answers count otherwise."
R_HAT = (
    " R-hat: whether the chains' means agree in the later half of the rounds; near 1: they do. Of"
    " few rounds it is noisy, and up to some 1.3 in chains that have settled. Drift: how far the"
    " mean of all chains moved in these rounds, in Monte Carlo errors; beyond the limit it is more"
    " than chance, and a warning says so: in one of twenty studies whose chains have all settled."
)
METHODS = {
    "norm": "normal", "two_level": "normal, random intercept", "pmm": "predictive mean matching",
    "logistic": "logistic", "ordered": "ordered logit",
    "nominal": "multinomial logit",
}  # fmt: skip


def imputation(results: Results) -> Iterator[Block]:
    """What was imputed, how, in how many sets; chains, values, what the gaps take of estimates."""
    words = results.words
    yield Heading(2, "Imputation", "how_imputed")
    yield Paragraph(_ASSUMED)
    yield Bullets(tuple(handled(results.imputation)))
    yield Paragraph(made(words, results.imputation_sets))
    handlings = dict.fromkeys(row["handling"] for row in results.imputation)
    for handling in handlings:
        own = [row for row in results.imputation if row["handling"] == handling]
        yield _equations(words, own, len(handlings) > 1)
    if not results.leaves("imputed_values"):  # single answers, drawn
        pass
    elif NO_CHAINS in results.figure("traces_person")["alt"]:
        yield Paragraph(NO_CHAINS)
    else:
        yield from figure(results, "traces_person")
    yield from figure(results, "imputed_values_person")
    if results.leaves("imputed_values") and results.imputed_values:
        yield values_table(words, results.imputed_values)
    yield from figure(results, "fmi_person")
    if results.fmi:
        yield fmi_table(words, results.fmi)


def handled(rows: Sequence[Row]) -> Iterator[str]:
    """What is done about each intercurrent event; of several ways to do it, once each."""
    events = {row["handling"]: row["events"] for row in rows}
    for handling, said in events.items():
        if len(events) > 1:
            told = said.replace(" | ", "; ") + "." if said else _NO_EVENT
            yield f"{handling.replace('_', ' ').capitalize()}: {told}"
        elif said:
            yield from (f"{event}." for event in said.split(" | "))
        else:
            yield _NO_EVENT


def made(words: Wording, rows: Sequence[Row]) -> str:
    """How many sets were made, and what another seed may still move."""
    if not rows:
        return "No model of a primary outcome decides how many sets are made."
    m = max(row["m"] for row in rows)
    last = [row for row in rows if row["m"] == m and row["share"] is not None]
    if not last:
        return (
            f"{counted(m, 'set')} of answers were made. Whether more are needed a pooled estimate"
            " of a primary outcome would say; there is none."
        )
    worst = max(last, key=lambda row: row["share"])
    holds = "within" if worst["met"] == "yes" else "above"
    return (
        f"{counted(m, 'set')} of answers were made. The Monte Carlo error of a pooled estimate of a"
        " primary outcome, its distance from infinitely many sets (another seed differs by some"
        " 1.4 times that), is at most"
        f" {fixed(worst['share'], 3)} of its standard error"
        f" ({_named(words, worst['estimate_id'])}), {holds} the declared limit of"
        f" {worst['limit']:g}."
    )


def _named(words: Wording, estimate_id: str) -> str:
    """'Change score, imputed, of Wellbeing, 12 months' of did_imputed/wellbeing/12m."""
    model, outcome, *rest = estimate_id.split("/")
    times = {moment.name: moment.label for moment in words.times}
    when = [times.get(part, part.replace("_", " ")) for part in rest]
    return ", ".join([f"{words.models[model].label}, of {words.outcomes[outcome].label}", *when])


def _equations(words: Wording, rows: list[Row], several: bool) -> Table:
    printed = alike((text for row in rows for text in _told(row)), words.column)
    notes, chains = Notes(), any(row["r_hat"] is not None for row in rows)
    r_hat = R_HAT if chains else ""
    groups = dict.fromkeys(row["group"] for row in rows)
    handling = rows[0]["handling"]
    titled = tuple(
        Group(
            words.group(group) or "Everybody",
            tuple(
                _equation(words, row, [printed[text] for text in _told(row)], notes, chains)
                for row in rows
                if row["group"] == group and (above_zero(row["n_missing"]) or _told(row))
            ),
        )
        for group in groups
    )
    return Table(
        id=f"imputation_{handling}",
        caption="What was imputed"
        + (f", where events are dealt with as '{handling.replace('_', ' ')}'." if several else "."),
        stub="Variable",
        columns=(
            Column("Answered"),
            Column("Not there"),
            Column("Missing"),
            Column("Imputed"),
            Column("Equation", "left"),
            *([Column("R\u2011hat"), Column("Drift (limit)")] if chains else []),
        ),
        groups=titled,
        notes=(
            Note(
                f"Not there: after an event that leaves no answer to impute.{r_hat} Variables that"
                " help to predict, and lack nothing, are not shown; the CSV has each equation."
            ),
            *notes.notes(),
        ),
        csv="tables/imputation.csv",
    )


def _told(row: Row) -> list[str]:
    return [
        text for name in ("reason", "warnings") for text in (row[name] or "").split(" | ") if text
    ]


def _equation(words: Wording, row: Row, said: list[str], notes: Notes, chains: bool) -> TableRow:
    method = METHODS.get(row["method"], row["method"]) or "not imputed"
    cells = [
        *(count(row[name]) for name in ("n_answered", "n_not_there", "n_missing", "n_imputed")),
        method if above_zero(row["n_missing"]) else "",
        *([fixed(row["r_hat"], 2), drift_in_words(row)] if chains else []),
    ]
    marks = dict.fromkeys(notes.mark(sentence(text)) for text in said)
    return TableRow(_variable(words, row), tuple(cells), " ".join(marks))


def drift_in_words(row: Row) -> str:
    """'0.8 (3.1)': in Monte Carlo errors, with what chance does not make."""
    if row["drift"] is None:
        return ""
    return f"{fixed(row['drift'], 1)} ({fixed(row['drift_limit'], 1)})"


def _variable(words: Wording, row: Row) -> str:
    name, time = row["variable"], row["time"]
    known = words.outcomes.get(name) or words.covariates.get(name)
    label = known.label if known else name
    when = f", {words.moment(time).label}" if time else ""
    return label + when + (f", item {row['item']}" if row["item"] else "")
