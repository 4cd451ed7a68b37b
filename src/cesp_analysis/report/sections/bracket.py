"""The bracket: DiD, ANCOVA, doubly robust side by side; what regression to the mean may do."""

from collections.abc import Iterator
from itertools import groupby

from cesp_analysis.columns import Row
from cesp_analysis.few_sites.bracket_words import (
    ASSUMES,
    BY_CHANCE,
    CHANCE,
    ENDS,
    NO_INTERVAL,
    OF_WHOM,
    ONE_IS_TRUE,
)
from cesp_analysis.models.two_sites import CAUTIONS
from cesp_analysis.numbers import NONE, count, fixed, interval, listed
from cesp_analysis.report.blocks import (
    Block,
    Bullets,
    Callout,
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
from cesp_analysis.report.sections.estimates import LEVELS
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.sections.regression_to_mean import regression_to_mean, when_and_of_whom

ABOUT = (
    "The arms are groups that differed before. Two ways of allowing for that {apart} from the same"
    " people, and these data cannot tell which is right. The difference in mean change (DiD) keeps"
    " a difference at baseline as it was; the comparison of people who started alike (ANCOVA) lets"
    " it shrink, as answers regress to one mean. The two bracket the effect only if one of their"
    " assumptions is true and the slope b of the later answer on the first is below 1."
    f" {NO_INTERVAL}"
)
CAN_DIFFER = "can give different answers"
BY_LOT = (
    "Only chance decided who was in which arm: the difference in mean change (DiD) and the"
    " comparison at equal baseline (ANCOVA) answer the same question and differ by chance alone;"
    " the second is the more precise."
)
JOINED = (
    "People: intervention + control. Gap: intervention − control; SD: within arms. b: slope of the"
    " later answer on the first within arms. DiD − ANCOVA is (b − 1) × gap, exactly; it is also the"
    " DiD that regression to a common mean alone would give."
)
ALONE = (
    "The intervals know sampling error alone and take people as independent; those of the models"
    " (Estimates) take as independent what each says. Unweighted; covariates enter the third alone."
)


def bracket(results: Results) -> Iterator[Block]:
    """Figure, tables and sentences of people's outcomes; which have no bracket; the checks."""
    if not results.bracket:
        return
    yield Heading(1, "The bracket", "bracket")
    rows = [row for row in results.bracket if row["level"] == "person"]
    if any(row["estimator"] != "bracket" for row in rows):
        yield from _people(results, rows)
    yield from _without(results)
    yield from _checks(results)


def _without(results: Results) -> Iterator[Paragraph]:
    """Which outcomes have no bracket, at which times; each reason once, whoever it is true of."""
    reasons: dict[str, dict[tuple[str, str], list[str]]] = {}
    for row in results.bracket:
        if row["estimator"] == "bracket":
            of = reasons.setdefault(row["reason"], {})
            of.setdefault((row["level"], row["outcome"]), []).append(when_and_of_whom(results, row))
    for reason, found in reasons.items():
        said = [
            f"{LEVELS[level].lower()}, {results.words.outcomes[outcome].label} at {listed(times)}"
            for (level, outcome), times in found.items()
        ]
        yield Paragraph(f"Without a bracket: {'; '.join(said)}. {sentence(reason)}")


def _people(results: Results, rows: list[Row]) -> Iterator[Block]:
    by_chance = results.words.chance_made_alike()
    yield Paragraph(BY_LOT if by_chance else ABOUT.format(apart=_apart(rows)))
    assumed = BY_CHANCE if by_chance else ASSUMES
    yield Bullets(tuple(f"{ENDS[name]}: {said}." for name, said in assumed.items()))
    yield from figure(results, "bracket_person")
    yield from _tables(results, rows)
    if by_chance:
        return
    yield from regression_to_mean(results, rows)


def _apart(rows: list[Row]) -> str:
    """How far the two ways' answers lie apart, in SDs within arms."""
    pairs = [(row["difference"], row["baseline_sd"]) for row in rows if row["estimator"] == "did"]
    known = [abs(d) / s for d, s in pairs if isinstance(d, float) and isinstance(s, float) and s]
    if not known:
        return CAN_DIFFER
    ends = dict.fromkeys(fixed(end(known), 2) for end in (min, max))
    return f"give answers that lie {' to '.join(ends)} SD apart here,"


def _tables(results: Results, rows: list[Row]) -> Iterator[Table]:
    """What joins the two ends, and the three estimates with their intervals."""
    words, notes = results.words, Notes()
    joined, estimates = [], []
    for name, outcome in words.outcomes.items():
        own = [row for row in rows if row["outcome"] == name and row["estimator"] != "bracket"]
        lines: list[list[TableRow]] = [[], []]
        for _, sides in groupby(own, key=lambda row: (row["time"], row["analysis_set"])):
            found = {row["estimator"]: row for row in sides}
            for part, line in zip(lines, _lines(results, found, notes), strict=True):
                part.append(line)
        if own:
            title = f"{outcome.label} ({outcome.unit})"
            joined.append(Group(title, tuple(lines[0])))
            estimates.append(Group(title, tuple(lines[1])))
    yield Table(
        id="bracket_joined",
        caption="What joins DiD and ANCOVA: people who answered both times.",
        stub="Outcome and time",
        columns=(
            Column("People"),
            Column("Gap", "right", "At baseline"),
            Column("in SD", "right", "At baseline"),
            Column("b"),
            Column("DiD − ANCOVA"),
            Column("Upper", "left"),
        ),
        groups=tuple(joined),
        notes=(Note(JOINED),),
        csv="tables/bracket.csv",
    )
    yield Table(
        id="bracket_estimates",
        caption=f"Estimates of {OF_WHOM}, with {words.interval()}s.",
        stub="Outcome and time",
        columns=(*(Column(label) for label in ENDS.values()), Column("People (third)")),
        groups=tuple(estimates),
        notes=(*notes.notes(), Note(ALONE)),
        csv="tables/bracket.csv",
    )


def _lines(results: Results, found: dict[str, Row], notes: Notes) -> tuple[TableRow, TableRow]:
    """One time and analysis set: its line in either table."""
    did, third = found["did"], found["doubly_robust"]
    decimals, when = results.words.outcomes[did["outcome"]].decimals, when_and_of_whom(results, did)
    upper = [ENDS[name] for name, row in found.items() if row["place"] == "upper"]
    joined = (
        _people_of(did),
        fixed(did["baseline_gap"], decimals),
        fixed(did["gap_in_sd"], 2),
        fixed(did["slope"], 2),
        fixed(did["difference"], decimals),
        "".join(upper) or NONE,
    )
    marks = " ".join(notes.mark(text) for text in dict.fromkeys(_said(found)))
    estimates = (*(_estimate(found[name], decimals) for name in ENDS), _people_of(third))
    return TableRow(when, joined), TableRow(when, estimates, marks)


def _people_of(row: Row) -> str:
    """'77 + 73': intervention and control."""
    if row["method"] is None and row["estimator"] == "doubly_robust":
        return NONE
    return f"{count(row['n_intervention'])} + {count(row['n_control'])}"


def _estimate(row: Row, decimals: int) -> str:
    if row["status"] != "estimated":
        return "not estimable"
    ends = interval(row["ci_low"], row["ci_high"], decimals)
    return f"{fixed(row['estimate'], decimals)} ({ends})"


def _said(found: dict[str, Row]) -> Iterator[str]:
    """What is to be said of one line."""
    holds = found["did"]["holds"]
    if holds and holds not in (ONE_IS_TRUE, CHANCE):
        yield sentence(f"a bracket? {holds}")
    for name, row in found.items():
        if row["reason"]:
            yield sentence(f"{ENDS[name]}: {row['reason']}")
        if name == "doubly_robust" and row["method"]:
            yield sentence(row["method"].partition(", unweighted")[0])
        for warning in filter(None, row["warnings"].split(" | ")):
            if warning not in CAUTIONS:
                yield sentence(warning)


def _checks(results: Results) -> Iterator[Block]:
    """How often numbers that must be the same are; what failed."""
    rows = results.identities
    if not rows:
        return
    notes, lines = Notes(), []
    for name in dict.fromkeys(row["identity"] for row in rows):
        own = [row for row in rows if row["identity"] == name]
        kinds = ("held", "not applicable", "failed")
        cells = tuple(count(sum(row["status"] == kind for row in own)) for kind in kinds)
        why = {row["reason"] for row in own if row["status"] == "not applicable"}
        marks = " ".join(notes.mark(sentence(text)) for text in sorted(filter(None, why)))
        lines.append(TableRow(name, cells, marks))
    for row in rows:
        if row["status"] == "failed":
            label = results.words.outcomes[row["outcome"]].label
            about = f"{label}, {results.words.moment(row['time']).label}: {row['identity']}"
            yield Callout("caution", "Two ways of computing differ", f"{about}: {row['reason']}.")
    yield Table(
        id="identities",
        caption="Numbers that must be the same, computed in two ways: how often they are.",
        stub="Identity",
        columns=(Column("Held"), Column("Not applicable"), Column("Failed")),
        groups=(Group("", tuple(lines)),),
        notes=notes.notes(),
        csv="tables/identities.csv",
    )
