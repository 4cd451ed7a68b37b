"""Interviews beside the numbers: the joint display, and the theory of change."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.declared.interview_words import one_of
from cesp_analysis.figures.interview_panels import decimals_of, estimate_in_words
from cesp_analysis.integration.tables import TO_BE_WRITTEN
from cesp_analysis.interviews.names import split_list
from cesp_analysis.numbers import NONE, count, counted, fixed, listed
from cesp_analysis.report.blocks import (
    Block,
    Callout,
    Column,
    Group,
    Heading,
    Note,
    Paragraph,
    Table,
)
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.titles import TITLES, see
from cesp_analysis.withheld import Withheld, above_zero

HOW = (
    "A construct at a time: what the outcome of people, the community survey, the progression"
    " criterion and the interviews say of it, then what people inferred from all of them. The steps"
    " are those of the pillar integration process, extended to more than two sources (Johnson,"
    " Grove and Clarke 2019; 10.1177/15586898221135409). No inference is made by the program."
)
DIRECTIONS = (
    "Which way: better or worse where the interval from sampling error, the first of the two, lies"
    " apart from no difference, else unclear; it knows nothing of whatever else happened at a site,"
    " the interval with site shocks does. Interviews: the valence of more than half of the excerpts"
    " that have one and are not of control sites or, beside these, of sites not known, and of more"
    " than half of their interviews, if these are three or more; an interview has a valence if"
    " more than half of its own such excerpts do. Positive is good news, also of an outcome of"
    " which less is better. Side by side: agree or discord; unclear where the estimate's way is"
    " unclear, or most excerpts are mixed or neutral, or no valence has the majority."
)
INFERENCES = {
    "confirm": "Confirm", "expand": "Expand", "discord": "Discord", "silence": "Silence",
    "to be written": "To be written",
}  # fmt: skip
VALENCES = ("positive", "negative", "mixed", "neutral")


def integration(results: Results) -> Iterator[Block]:
    """The joint display, what is to be looked at, the theory of change."""
    if not results.joint_display:
        return
    yield Heading(1, TITLES["integration"], "integration")
    yield Paragraph(HOW)
    yield from _lacking(results)
    yield display(results)
    yield see("estimates", "few_sites")
    if results.theory_links:
        yield Heading(2, "Theory of change", "integration_theory")
        yield from figure(results, "theory_of_change_person")


def _lacking(results: Results) -> Iterator[Block]:
    """Inferences that are to be written, and sources in discord."""
    own = results.joint_display
    blank = [row["label"] for row in own if row["inference"] == TO_BE_WRITTEN]
    apart = [row["label"] for row in own if any(said == "discord" for _, said in _compared(row))]
    said = []
    if blank:
        words = results.words.interviews
        known = words is not None and words.inferences and not results.public
        where = f" in {words.inferences}" if words and known else ""
        said.append(f"Inferences to be written{where}: {listed(blank)}.")
    if apart:
        said.append(f"Interviews and an estimate point different ways: {listed(apart)}.")
    if said:
        yield Callout("caution", "Still to be looked at", " ".join(said))


def display(results: Results) -> Table:
    """A construct a group, a source a row."""
    groups = [Group(row["label"], tuple(_sources(row, results))) for row in results.joint_display]
    return Table(
        id="joint_display",
        caption="What each source says, construct by construct.",
        stub="Source",
        columns=(Column("What it says", "left"), Column("Which way", "left")),
        groups=tuple(groups),
        notes=(Note(DIRECTIONS),),
        csv="tables/joint_display.csv",
    )


def _sources(row: Row, results: Results) -> Iterator[TableRow]:
    """The rows of a construct: sources, quotes, the inference, what is to be looked at."""
    for before, title in (("", "Outcome of people"), ("survey_", "Community survey")):
        if row[f"{before}outcome"]:
            yield _number(row, before, title, results)
    if row["criterion"]:
        words = results.words.interviews
        called = words.criteria[row["construct"]] if words else NONE
        yield TableRow("Progression criterion", (called, row["light"]))
    yield TableRow("Interviews", (_told(row, results), _most(row)))
    if beside := _beside(row):
        yield TableRow("Side by side", (beside, ""))
    for quote in results.joint_quotes:
        if quote["construct"] == row["construct"]:
            yield TableRow("Quote", (_quoted(quote, results), quote["valence"] or NONE))
    if row["inference"]:
        yield TableRow("Inference", (_inferred(row), INFERENCES[row["inference"]]))
    if isinstance(row["flags"], Withheld):
        yield TableRow("To be looked at", (str(row["flags"]), ""))
    elif row["flags"]:
        said = "; ".join(split_list(row["flags"]))
        yield TableRow("To be looked at", (f"{said[:1].upper()}{said[1:]}.", ""))


def _most(row: Row) -> str:
    """What more than half of the excerpts that are compared say."""
    if isinstance(row["majority"], Withheld):
        return str(row["majority"])
    if row["majority"] == "none":
        return "no majority"
    return f"mostly {row['majority']}" if row["majority"] else NONE


def _beside(row: Row) -> str:
    """Whether what most excerpts say and an estimate point the same way."""
    told = [(name, said) for name, said in _compared(row) if said != "not compared"]
    return "; ".join(f"{name} and interviews: {said}" for name, said in told)


def _compared(row: Row) -> Iterator[tuple[str, str]]:
    """How what was estimated stands beside the interviews; as it is printed where it is
    withheld."""
    for before, name in (("", "Outcome of people"), ("survey_", "Community survey")):
        if row[f"{before}outcome"]:
            yield name, str(row[f"{before}compared"])


def _number(row: Row, before: str, title: str, results: Results) -> TableRow:
    """An estimate with both of its intervals, or why there is none."""
    words = results.words
    outcome = words.outcomes[row[f"{before}outcome"]]
    if row[f"{before}estimate"] is None:
        return TableRow(title, (f"{outcome.label}: {row[f'{before}reason'] or NONE}", NONE))
    own = {"outcome": row[f"{before}outcome"]} | {
        name: row[f"{before}{name}"]
        for name in ("estimate", "ci_low", "ci_high", "ci_low_shock", "ci_high_shock", "unit")
    }
    when = f", {words.moment(row[f'{before}time']).label}" if row[f"{before}time"] else ""
    said = f"{outcome.label}{when}: {estimate_in_words(own, words)}"
    said += "" if before else _undone(row, decimals_of(own, words))
    under = f"Estimate {row[f'{before}estimate_id']}"
    return TableRow(title, (said, row[f"{before}direction"] or NONE), under=under)


def _undone(row: Row, decimals: int) -> str:
    """Which shock undoes what the interval says; '' of none, and of one that is withheld."""
    shock = row["shock_breaks"]
    if shock is None or isinstance(shock, Withheld) or round(shock, decimals) == 0:
        return ""
    return (
        f"; a shock to this difference of exactly {fixed(shock, decimals)} {row['unit']} would"
        " undo what its interval says"
    )


def _told(row: Row, results: Results) -> str:
    """How many excerpts of how many interviews, their valences and themes."""
    if not above_zero(row["excerpts"]):
        return "No excerpt speaks to it"
    if results.public:
        return f"{count(row['excerpts'])} excerpts of {count(row['interviews'])} interviews"
    own = f"{counted(row['excerpts'], 'excerpt')} of {counted(row['interviews'], 'interview')}"
    meant = [f"{word} {count(row[word])}" for word in VALENCES if row[word]]
    meant += [f"without a valence {count(row['not_said'])}"] if row["not_said"] else []
    apart = f"; {count(row['of_control'])} at control sites, not compared" * bool(row["of_control"])
    apart += f"; {count(row['of_unknown'])} of sites not known" * bool(row["of_unknown"])
    themes = [
        f"{one['theme']} {count(one['excerpts'])}"
        for one in results.joint_themes
        if one["construct"] == row["construct"]
    ]
    parts = [f"{own}{apart}", ", ".join(meant), f"Themes: {', '.join(themes)}" if themes else ""]
    return ". ".join(f"{part[:1].upper()}{part[1:]}" for part in parts if part)


def _quoted(quote: Row, results: Results) -> str:
    """A cleared quote whole, with who said it, as far as that may be read."""
    who = [one_of(quote["role"] or "")]
    who += [results.words.group(quote["site"])] if quote["site"] else []
    who += ["control site"] if quote["of_control"] == "yes" else []
    who += ["site not known"] if quote["of_control"] == "not known" else []
    said = ", ".join(filter(None, who))
    return f"“{quote['text']}”" + (f" ({said})" if said else "")


def _inferred(row: Row) -> str:
    if row["inference"] == TO_BE_WRITTEN:
        return "To be written"
    if row["names_somebody"] == "yes" and not row["inference_text"]:
        return "Names an interview, and stays with the team"
    who = ", ".join(filter(None, (row["author"], row["date"])))
    return f"{row['inference_text']}" + (f" ({who})" if who else "")
