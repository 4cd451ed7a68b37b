"""Missing answers in short: how many, what was done about them, and whether it matters."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.missing.last_time import at_last_time, model_of
from cesp_analysis.models.two_sites import SAMPLING_ONLY
from cesp_analysis.numbers import counted, fixed, interval, listed, shared
from cesp_analysis.report.blocks import Block, Bullets, Paragraph
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.missing_costs import of_costs
from cesp_analysis.report.sections.missing_patterns import primary
from cesp_analysis.report.sections.missing_shifts import shifts, smallest_shift

NAMED = 3
"""Outcomes, models and assumptions that a sentence names; the tables have all."""
OPEN = "leaves open whether there is a difference"
AT_RANDOM = ("likelihood", "at_random_alone")
"""Rows that take answers as missing at random too, by another model than the imputation's."""
READ = {
    "above": "lies wholly above no difference",
    "below": "lies wholly below no difference",
    "open": OPEN,
}


def missing_summary(results: Results) -> Iterator[Block]:
    """One paragraph for a reader in a hurry, and a line for each imputed estimate."""
    told = [*how_many(results), what_was_done(results)]
    pushed = last_of(results, results.sensitivity)
    made = [row for row in results.estimates if row["status"] == "estimated"]
    if pushed:
        told.append(does_it_depend(results, pushed))
    elif made:
        told.append(
            "Whether a conclusion depends on it was not tried: no estimate of a model was made"
            " again under other assumptions on the missing answers."
        )
    told += of_costs(results)
    yield Paragraph(" ".join(told))
    if pushed:
        yield Bullets(tuple(each_estimate(results, rows) for rows in pushed))
        if results.words.one_against_one():
            yield Paragraph(SAMPLING_ONLY)


def how_many(results: Results) -> Iterator[str]:
    """Primary outcomes at their last time or wave, of people and of respondents."""
    words = results.words
    for level in words.levels():
        found: dict[str, dict[str, tuple[int, int]]] = {}
        for row in results.missing:
            if row["level"] == level and row["outcome"] and row["group"] in words.groups():
                own = found.setdefault(row["outcome"], {})
                expected, missing = own.get(row["time"], (0, 0))
                own[row["time"]] = expected + row["n_expected"], missing + row["n_missing"]
        names = primary(words, [name for name in words.outcomes if name in found])
        who = "people" if level == "person" else "respondents"
        by_time: dict[str, list[str]] = {}
        for name in names[:NAMED]:
            *_, last = (one.name for one in words.moments(level) if one.name in found[name])
            expected, missing = found[name][last]
            share = f"{results.part(missing, expected)} {who}{shared(missing, expected)}"
            label = words.outcomes[name].label
            by_time.setdefault(words.moment(last).label, []).append(f"{share} for {label}")
        for time, shares in by_time.items():
            yield f"At {time} no value is known of {listed(shares)}."
        if len(names) > NAMED:
            yield f"The table has {counted(len(names) - NAMED, 'further outcome')} of {who}."


def what_was_done(results: Results) -> str:
    """Which models impute, in how many sets; what the others do."""
    models = [model.label for model in results.words.models.values() if model.imputed]
    if not models:
        return (
            "No model imputes: each uses the answers that there are, and says nothing of those"
            " without one beyond what its own assumption says."
        )
    m = max((row["m"] for row in results.imputation_sets), default=0)
    times = f"{m:,} times over" if m else "many times over"
    named = [f"'{label}'" for label in models]
    left = (
        0
        if results.public
        else max((_not_filled(results, one) for one in _handlings(results)), default=0)
    )
    which = f"The model {named[0]} fills"
    fitted = {row["model"] for row in results.estimates if row["status"] == "estimated"}
    if not fitted & {name for name, model in results.words.models.items() if model.imputed}:
        return (
            f"The gaps were filled {times} (not those after a death), with values drawn from what"
            " else is known; no imputed model has an estimate, and Estimates says why."
        )
    if len(named) > NAMED:
        which = f"{counted(len(named), 'model')} fill"
    elif len(named) > 1:
        which = f"The models {listed(named)} fill"
    return (
        f"{which} the gaps (not those after a death) {times}, with values drawn from what else is"
        f" known, and {'count' if len(named) > 1 else 'counts'} the spread between them as"
        " uncertainty; all other models use the answers that there are."
        + (
            f" {counted(left, 'gap')} could not be filled; 'What was imputed' says why."
            * (left > 0)
        )
    )


def _handlings(results: Results) -> dict[str, None]:
    return dict.fromkeys(row["handling"] for row in results.imputation)


def _not_filled(results: Results, handling: str) -> int:
    """Gaps that imputing has left, where events are dealt with in one way."""
    rows = [row for row in results.imputation if row["handling"] == handling]
    return sum((row["n_missing"] or 0) - (row["n_imputed"] or 0) for row in rows)


def last_of(results: Results, rows: list[Row]) -> list[list[Row]]:
    """The rows of each model and outcome at the last time that it speaks of, in their order."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in at_last(results, rows):
        found.setdefault((model_of(row), row["outcome"]), []).append(row)
    return list(found.values())


def at_last(results: Results, rows: list[Row]) -> list[Row]:
    """Of each model and outcome the last time; all are in the CSV."""
    order = [moment.name for moment in results.words.moments("person")]
    return [rows[at] for at in at_last_time(rows, order)]


def does_it_depend(results: Results, pushed: list[list[Row]]) -> str:
    """Of how many estimates another assumption, or which shift, changes what the interval says."""
    pushed = [rows for rows in pushed if known(as_imputed(rows))]
    unknown = "The data cannot tell whether a conclusion depends on this"
    if not pushed:
        return f"{unknown}; of the imputed estimates none could be made at the last time."
    said = (
        f"{unknown}, so the imputed estimates were made again in other ways and under other"
        " assumptions."
    )
    return f"{said} {how_firm(results, pushed)}"


def how_firm(results: Results, pushed: list[list[Row]]) -> str:
    """Of how many imputed estimates other ways say the same; the smallest shift that tells."""
    same, of = sum(not others_that_differ(rows) for rows in pushed), len(pushed)
    said = (
        f"Of {counted(of, 'imputed estimate')} at the last time {same:,}"
        f" {'says' if same == 1 else 'say'} the same of no difference in every row that could be"
        " estimated (wholly above it, wholly below it, or open)."
    )
    sizes = [
        row["in_sd"] for rows in pushed for row in shifts(results, as_imputed(rows)) if row["in_sd"]
    ]
    if sizes:
        said += (
            " The smallest shift of what was imputed (on one side, alike on both, or opposite)"
            " that was found to change what one of them says is"
            f" {fixed(min(sizes), 2)} SD of the answers at the reference time."
        )
    return said


def reading(row: Row) -> str:
    """Where an interval lies: above or below no difference, or open."""
    none = 1.0 if row["unit"] == "ratio" else 0.0
    return "above" if row["ci_low"] > none else "below" if row["ci_high"] < none else "open"


def known(row: Row) -> bool:
    """Whether a row has an interval."""
    return row["ci_low"] is not None and row["ci_high"] is not None


def others(rows: list[Row]) -> list[Row]:
    """Rows by other models or under other assumptions than the imputed model's own."""
    aside = ("complete_records", "missing_at_random")
    return [row for row in rows if row["assumption"] not in aside]


def as_imputed(rows: list[Row]) -> Row:
    """The imputed model's own row."""
    return next(row for row in rows if row["assumption"] == "missing_at_random")


def others_that_differ(rows: list[Row]) -> list[Row]:
    """Those whose interval says something else of no difference."""
    own = reading(as_imputed(rows))
    return [row for row in others(rows) if known(row) and reading(row) != own]


def each_estimate(results: Results, rows: list[Row]) -> str:
    """One imputed estimate: its size, how far others lie from it, what would change it."""
    words, own = results.words, as_imputed(rows)
    outcome = words.outcomes[own["outcome"]]
    when = f" at {words.moment(own['time']).label}" if own["time"] else ""
    who = f"{outcome.label}{when}, {words.models[own['model']].label}:"
    if not known(own):
        return f"{who} no estimate: {own['reason']}."
    ends = interval(own["ci_low"], own["ci_high"], outcome.decimals)
    said = (
        f"{who} {fixed(own['estimate'], outcome.decimals)} {own['unit']}"
        f" ({words.interval()} {ends}), which {READ[reading(own)]}."
    )
    asked = others(rows)
    alike, apart = parted([row for row in asked if known(row)])
    ways = []
    if alike:
        ways.append(
            f"Other models that take answers as missing at random ({_rows(alike)}) have"
            f" {_between(alike, outcome.decimals)}"
        )
    if apart:
        span = _between(apart, outcome.decimals)
        ways.append(f"other assumptions ({_rows(apart)}) have {span}")
    if ways:
        told = ", ".join(ways)
        said += f" {told[:1].upper()}{told[1:]}"
        said += _of_whom(others_that_differ(rows), len(alike) + len(apart))
    if lacking := len(asked) - len(alike) - len(apart):
        said += f" {counted(lacking, 'row')} could not be estimated; a note to each says why."
    return said + smallest_shift(results, own)


def parted(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Rows that assume missing at random by another model, and those of other assumptions."""
    alike = [row for row in rows if row["assumption"] in AT_RANDOM]
    return alike, [row for row in rows if row["assumption"] not in AT_RANDOM]


def _rows(rows: list[Row]) -> str:
    return f"{counted(len(rows), 'row')} of the table"


def _between(rows: list[Row], decimals: int) -> str:
    """'2.16', or '2.16 to 2.82'."""
    sizes = [row["estimate"] for row in rows]
    ends = fixed(min(sizes), decimals), fixed(max(sizes), decimals)
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _of_whom(differ: list[Row], of: int) -> str:
    if not differ:
        return "; each interval says the same of no difference."
    named = [f"'{row['label']}'" for row in differ[:NAMED]]
    whose = ", ".join(named) + (f" and {len(differ) - NAMED} more" if differ[NAMED:] else "")
    return f"; the interval says something else of no difference in {len(differ)} of {of}: {whose}."
