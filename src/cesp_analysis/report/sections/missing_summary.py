"""Missing answers in short: how many, what was done about them, and whether it matters."""

from collections.abc import Iterator

from cesp_analysis.missing.last_time import at_last_time, model_of
from cesp_analysis.missing.sensitivity_words import Places, places_of
from cesp_analysis.missing.tipping_words import TippingPoint, shift_words
from cesp_analysis.models.two_sites import SAMPLING_ONLY
from cesp_analysis.numbers import count, counted, fixed, interval, listed, percent
from cesp_analysis.report.blocks import Block, Bullets, Paragraph
from cesp_analysis.report.results import Results, Row
from cesp_analysis.report.sections.missing_patterns import primary

NAMED = 3
"""Outcomes, models and assumptions that a sentence names; the tables have all."""
OPEN = "leaves open whether there is a difference"
READ = {
    "above": "lies wholly above no difference",
    "below": "lies wholly below no difference",
    "open": OPEN,
}


def missing_summary(results: Results) -> Iterator[Block]:
    """One paragraph for a reader in a hurry, and a line for each imputed estimate."""
    told = [*how_many(results), what_was_done(results)]
    pushed = last_of(results, results.sensitivity)
    if pushed:
        told.append(does_it_depend(results, pushed))
    elif results.words.models:
        told.append(
            "Whether a conclusion depends on it was not tried: no estimate was made again under"
            " other assumptions on the missing answers."
        )
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
            share = f"{count(missing)} of {count(expected)} {who} ({percent(missing, expected)})"
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
            "Nothing was imputed: every analysis uses the answers that there are, and says nothing"
            " of those without one beyond what its own assumption says."
        )
    m = max((row["m"] for row in results.imputation_sets), default=0)
    times = f" {m:,} times over," if m else " many times over,"
    named = [f"'{label}'" for label in models]
    shown = listed(named) if len(named) <= NAMED else f"{counted(len(named), 'model')} of them"
    which = f"The models {shown} fill" if len(named) > 1 else f"The model {shown} fills"
    return (
        f"{which} each gap{times} with values drawn from what else is known, and"
        f" {'count' if len(named) > 1 else 'counts'} the spread between them as uncertainty; all"
        " other models use the answers that there are."
    )


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
    same, of = sum(not others_that_differ(rows) for rows in pushed), len(pushed)
    said = (
        "The data cannot tell whether a conclusion depends on this, so the imputed estimates were"
        f" made again under other assumptions: for {same:,} of {of:,} of them at the last time"
        " every interval says the same of no difference as before (above it, below it, or open)."
    )
    sizes = [
        row["in_sd"] for rows in pushed for row in shifts(results, as_imputed(rows)) if row["in_sd"]
    ]
    if sizes:
        said += (
            " The smallest shift of what was imputed that would change what one of them says is"
            f" {fixed(min(sizes), 1)} SD of the answers at the reference time."
        )
    return said


def reading(row: Row) -> str:
    """Where an interval lies: above or below no difference, or open."""
    none = 1.0 if row["unit"] == "ratio" else 0.0
    low, high = row["ci_low"], row["ci_high"]
    if low is None or high is None:
        return "open"
    return "above" if low > none else "below" if high < none else "open"


def others(rows: list[Row]) -> list[Row]:
    """Estimates under other assumptions than the imputed model's own."""
    aside = ("complete_records", "missing_at_random")
    return [r for r in rows if r["assumption"] not in aside and r["status"] == "estimated"]


def as_imputed(rows: list[Row]) -> Row:
    """The imputed model's own row."""
    return next(row for row in rows if row["assumption"] == "missing_at_random")


def others_that_differ(rows: list[Row]) -> list[Row]:
    """Those whose interval says something else of no difference."""
    own = reading(as_imputed(rows))
    return [row for row in others(rows) if reading(row) != own]


def each_estimate(results: Results, rows: list[Row]) -> str:
    """One imputed estimate: its size, how far others lie from it, what would change it."""
    words, own = results.words, as_imputed(rows)
    outcome = words.outcomes[own["outcome"]]
    when = f" at {words.moment(own['time']).label}" if own["time"] else ""
    ends = interval(own["ci_low"], own["ci_high"], outcome.decimals)
    said = (
        f"{outcome.label}{when}, {words.models[own['model']].label}:"
        f" {fixed(own['estimate'], outcome.decimals)} {own['unit']} ({words.interval()} {ends}),"
        f" which {READ[reading(own)]}."
    )
    found, differ = others(rows), others_that_differ(rows)
    if found:
        sizes = [row["estimate"] for row in found]
        span = f"{fixed(min(sizes), outcome.decimals)} and {fixed(max(sizes), outcome.decimals)}"
        rows_of = counted(len(found), "row")
        said += f" Under other assumptions ({rows_of} of the table) it lies between {span}"
        said += _of_whom(differ, len(found))
    return said + smallest_shift(results, own)


def _of_whom(differ: list[Row], of: int) -> str:
    if not differ:
        return "; each interval says the same of no difference."
    named = [f"'{row['label']}'" for row in differ[:NAMED]]
    more = f" and {len(differ) - NAMED} more" if len(differ) > NAMED else ""
    whose = ", ".join(named) + more
    return f"; the interval says something else of no difference in {len(differ)} of {of}: {whose}."


def shifts(results: Results, own: Row) -> list[Row]:
    """Tipping points of an estimate to and from no difference, on one side or alike on both."""
    return [
        row
        for row in results.tipping_points
        if (row["estimate_id"], row["of"]) == (own["estimate_id"], "none")
        and row["along"] != "opposite"
    ]


def smallest_shift(results: Results, own: Row) -> str:
    """The smallest of the shifts at which the interval says something else."""
    points = shifts(results, own)
    if not points:
        return ""
    there = [row for row in points if row["in_sd"] is not None]
    decimals = results.words.outcomes[own["outcome"]].decimals
    if not there:
        far = f"{fixed(points[0]['searched'], decimals)} {points[0]['unit']}"
        return f" No shift of what is missing by up to {far} changes what it says."
    row = min(there, key=lambda one: one["in_sd"])
    places: Places = places_of(results.words.sites, results.words.arms)
    words = shift_words(point_of(row), row["in_sd"], row["unit"], decimals, places)
    return f" The smallest shift that changes what it says: if {words}."


def point_of(row: Row) -> TippingPoint:
    """A row of tipping_points.csv."""
    shift = row["shift_control"] if row["along"] == "control" else row["shift_intervention"]
    return TippingPoint(row["value"], row["along"], row["held"] == "yes", shift, row["searched"])
