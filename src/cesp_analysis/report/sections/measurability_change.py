"""Tables of measurability: retest, change, the important difference, clusters."""

from collections.abc import Sequence

from cesp_analysis.columns import Row
from cesp_analysis.few_sites.words import shock_words
from cesp_analysis.models.two_sites import SAMPLING_ONLY
from cesp_analysis.numbers import NONE, by_size, count, fixed, interval
from cesp_analysis.report.blocks import Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.measurability_values import with_numbers
from cesp_analysis.withheld import Withheld

CSV = "tables/measurability.csv"


def retests(results: Results, rows: Sequence[Row], level: str) -> Table:
    """Agreement of two administrations, and what follows for changes."""
    words, notes = results.words, Notes()
    inside = with_numbers(results)
    lines = []
    for row in rows:
        outcome = words.outcomes[row["outcome"]]
        d = by_size(outcome.decimals, row["mdc95_person"], row["mdc95_person_high"])
        marks = [sentence(row["retest"])] if row["retest"] else []
        of_group = (_group(row, d),) if inside else ()
        cells = (
            count(row["retest_n"]), count(row["retest_days"]), _with(row, "retest_icc", 3),
            _with(row, "sem", d), _with(row, "mdc95_person", d), *of_group,
        )  # fmt: skip
        label = f"{outcome.label} ({outcome.unit})"
        lines.append(TableRow(label, cells, " ".join(notes.mark(text) for text in marks)))
    agreement, least = "Agreement", "Smallest detectable change, 95%"
    methods = dict.fromkeys(row["retest_method"] for row in rows if row["retest_method"])
    return Table(
        id=f"measurability_retest_{level}",
        caption="Retest of people who had not changed.",
        stub="Outcome",
        columns=(
            Column("n"), Column("Days"), Column("ICC(A,1)", "wrap", agreement),
            Column("SEM", "wrap", agreement),
            Column("Person", "wrap", least),
            *([Column("Group, of n", "wrap", least)] if inside else []),
        ),
        groups=(Group("", tuple(lines)),),
        notes=(
            *(Note(sentence(text)) for text in methods),
            Note(
                f"In brackets: {words.interval()}s. SEM: of agreement. Person: 1.96 √2 SEM."
                + " Group: the same over the root of n, the intervention arm's people with a first"
                " and last value." * inside
            ),
            *notes.notes(),
        ),
        csv=CSV,
    )  # fmt: skip


def limits(results: Results, rows: Sequence[Row], level: str) -> Table:
    """Second less first answer of the same people: mean and limits of agreement."""
    words = results.words
    lines = []
    for row in rows:
        outcome = words.outcomes[row["outcome"]]
        d = by_size(outcome.decimals, row["loa_low"], row["loa_high"])
        found = [_with(row, f"loa_{name}", d) for name in ("mean", "low", "high")]
        lines.append(
            TableRow(f"{outcome.label} ({outcome.unit})", (count(row["retest_n"]), *found))
        )
    between = "Limits of agreement"
    return Table(
        id=f"measurability_limits_{level}",
        caption="Retest of people who had not changed: second less first answer.",
        stub="Outcome",
        columns=(
            Column("n"), Column("Mean", "wrap"), Column("Lower", "wrap", between),
            Column("Upper", "wrap", between),
        ),
        groups=(Group("", tuple(lines)),),
        notes=(
            Note(
                f"In brackets: {words.interval()}s. Limits of agreement: Bland and Altman's,"
                " between which 95% of such differences lie."
            ),
        ),
        csv=CSV,
    )  # fmt: skip


def _group(row: Row, decimals: int) -> str:
    if row["mdc95_group"] is None:
        return NONE
    return f"{_with(row, 'mdc95_group', decimals)}, {count(row['group_n'])}"


def changes(results: Results, rows: Sequence[Row], level: str) -> Table:
    """Spread, correlation before and after, how an outcome moved."""
    words, notes = results.words, Notes()
    inside = with_numbers(results)
    lines = []
    for row in rows:
        d = by_size(words.outcomes[row["outcome"]].decimals, row["sd_upper"])
        marks = [sentence(row["change"])] if row["change"] else []
        cells = (
            fixed(row["sd_within"], d) + f" ({count(row['sd_df'])})" * inside,
            fixed(row["sd_upper"], d),
            _of(_with(row, "correlation"), row["pairs"]),
            _of(_with(row, "effect_size"), row["changed_n"]), _with(row, "srm"),
            _with(row, "guyatt"),
        )  # fmt: skip
        label = words.outcomes[row["outcome"]].label
        lines.append(TableRow(label, cells, " ".join(notes.mark(text) for text in marks)))
    moved = "Intervention arm"
    level_of_sd = f"{100 * rows[0]['sd_confidence']:g}%"
    return Table(
        id=f"measurability_change_{level}",
        caption="Spread for planning, first and last value, responsiveness.",
        stub="Outcome",
        columns=(
            Column("SD" + " (df)" * inside, "wrap", "Within sites"),
            Column(f"Upper limit, {level_of_sd}", "wrap", "Within sites"),
            Column("Correlation" + ", of n" * inside, "wrap"),
            Column("Effect size" + ", of n" * inside, "wrap", moved), Column("SRM", "wrap", moved),
            Column("Guyatt's ratio", "wrap"),
        ),
        groups=(Group("", tuple(lines)),),
        notes=(
            Note(
                f"In brackets: {words.interval()}s. SD: of the first time. Upper limit: one-sided,"
                " of the SD (Browne 1995). Correlation: of first and last value, within sites."
                " Effect size: mean change from first to last time over the SD at first; SRM: over"
                " the SD of changes. Guyatt's ratio: the difference to plan for over the"
                " SD of changes in stable people of the retest."
            ),
            *notes.notes(),
        ),
        csv=CSV,
    )  # fmt: skip


def _with(row: Row, name: str, decimals: int = 2) -> str:
    """'0.52 (0.40 to 0.62)'."""
    value, low, high = (row[key] for key in (name, f"{name}_low", f"{name}_high"))
    if value is None or low is None:
        return fixed(value, decimals)
    return f"{fixed(value, decimals)} ({interval(low, high, decimals)})"


def _of(text: str, n: int | None) -> str:
    """'0.52 (0.40 to 0.62), 180'; without the number where it is withheld."""
    return text if text == NONE or isinstance(n, Withheld) else f"{text}, {count(n)}"


def important(results: Results, rows: Sequence[Row], level: str) -> Table:
    """How each candidate's difference lies to none and to the important one."""
    words, notes = results.words, Notes()
    lines = []
    for row in rows:
        outcome = words.outcomes[row["outcome"]]
        d = by_size(outcome.decimals, row["ci_low"], row["ci_high"])
        marks = [sentence(row["mid_source"])] if row["mid_source"] else []
        marks += [sentence(row["mid_reason"])] if row["mid_reason"] else []
        cells = (
            NONE if row["mid"] is None else f"{row['mid']:g}", fixed(row["estimate"], d),
            interval(row["ci_low"], row["ci_high"], d), row["mid_class"] or NONE,
            interval(row["ci_low_shock"], row["ci_high_shock"], d),
            row["mid_class_shock"] or NONE,
        )  # fmt: skip
        label = f"{outcome.label} ({outcome.unit})"
        own = " ".join(notes.mark(text) for text in marks)
        lines.append(TableRow(label, cells, own, under=row["estimate_id"]))
    alone, shaken = "Sampling error alone", "With shocks to a site"
    return Table(
        id=f"measurability_mid_{level}",
        caption="The minimally important difference (MID), and what intervals leave open.",
        stub="Outcome",
        columns=(
            Column("MID"), Column("Difference"), Column(words.interval(), "right", alone),
            Column("Class", "left", alone), Column("Interval", "right", shaken),
            Column("Class", "left", shaken),
        ),
        groups=(Group("", tuple(lines)),),
        notes=(
            Note(
                "Excludes MID: the whole interval is less of an improvement than the MID; above"
                " MID: all of it as much or more. The estimate is of the outcome's foremost model"
                " at the last time."
            ),
            Note(f"Shocks: {shock_words(words.own_prior).sizes}."),
            *([Note(SAMPLING_ONLY)] if words.one_against_one() else []),
            *notes.notes(),
        ),
        csv=CSV,
    )  # fmt: skip


CORRELATIONS = ("icc_neighbourhood", "icc_link_worker")


def without_clusters(rows: Sequence[Row]) -> str:
    """Why there is no correlation within neighbourhoods and link workers, in place of a table."""
    reasons = [row[f"{name}_method"] for row in rows for name in ("neighbourhood", "link_worker")]
    why = " ".join(sentence(text) for text in dict.fromkeys(reasons) if text)
    return f"How alike people of one neighbourhood or link worker are is not known. {why}".strip()


def clusters(results: Results, rows: Sequence[Row], level: str) -> Table:
    """Correlation of people within neighbourhoods and link workers."""
    words, notes = results.words, Notes()
    lines = []
    for row in rows:
        why = dict.fromkeys(
            row[f"{name}_method"]
            for name in ("neighbourhood", "link_worker")
            if row[f"icc_{name}_low"] is None and row[f"{name}_method"]
        )
        cells = (
            count(row["neighbourhoods"]), fixed(row["icc_neighbourhood"], 3),
            interval(row["icc_neighbourhood_low"], row["icc_neighbourhood_high"], 3),
            count(row["link_workers"]), fixed(row["icc_link_worker"], 3),
            interval(row["icc_link_worker_low"], row["icc_link_worker_high"], 3),
        )  # fmt: skip
        label = words.outcomes[row["outcome"]].label
        lines.append(TableRow(label, cells, " ".join(notes.mark(sentence(t)) for t in why)))
    near, worker = "Neighbourhoods, first time", "Link workers, last time"
    return Table(
        id=f"measurability_clusters_{level}",
        caption="How alike people of one neighbourhood or link worker are.",
        stub="Outcome",
        columns=(
            Column("Clusters", "right", near), Column("ICC", "right", near),
            Column(words.interval(), "right", near), Column("Clusters", "right", worker),
            Column("ICC", "right", worker), Column(words.interval(), "right", worker),
        ),
        groups=(Group("", tuple(lines)),),
        notes=(
            Note(
                "ICC: one-way analysis of variance within sites; exact F interval (Wald). It may be"
                " negative. Of sites: "
                + "; ".join(dict.fromkeys(row["icc_site"] for row in rows))
                + "."
            ),
            *notes.notes(),
        ),
        csv=CSV,
    )  # fmt: skip
