"""Who was in the study at the start: a table by site, with standardised differences, no tests."""

from collections.abc import Callable, Iterator

from cesp_analysis.columns import Row
from cesp_analysis.numbers import NONE, NOT_SHOWN, count, fixed, percent
from cesp_analysis.report.blocks import Align, Block, Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.headcounts import nobody_in
from cesp_analysis.report.results import Results

_HIDDEN = (
    "–: not shown, because few respondents have it, or because with the other numbers it would tell"
    " how many have what few have, as the difference of all categories would; the CSV says which."
)
Tell = Callable[[Row], str]
"""What a row of baseline.csv says in a cell."""
_DIFFERENCE = (
    "Std. diff.: standardised difference, intervention less control, in standard deviations of a"
    " person, from all who have a value; of categories the distance of all shares at once, without"
    " a sign (Yang and Dalton 2012). It says how far apart the arms were and is no test: nobody was"
    " randomised, and a p-value would say how large the groups are."
)


def baseline(results: Results, level: str) -> Iterator[Block]:
    """A table for people, or for the respondents of the first wave."""
    rows = [row for row in results.baseline if row["level"] == level]
    if rows:
        yield _table(results, rows, level)


def _table(results: Results, rows: list[Row], level: str) -> Table:
    words = results.words
    weighings = [word for word in ("no", "yes") if any(row["weighted"] == word for row in rows)]
    cells = [(word, group) for word in weighings for group in words.groups()]
    compared = len(words.arms) > 1 and not nobody_in(results)
    both = len(weighings) > 1
    titles = {"no": "As they answered" if both else "", "yes": "Weighted"}
    columns = []
    for word in weighings:
        align: Align = "wrap" if both else "right"
        columns += [Column(words.group(group), align, titles[word]) for group in words.groups()]
        columns += [Column("Std. diff.", "right", titles[word])] if compared else []
    variables = list(dict.fromkeys(row["variable"] for row in rows))
    reasons = _reasons(rows) if compared else {}
    parts = [_variable(results, rows, name, cells, compared, reasons) for name in variables]
    shares = any(row["category"] for row in rows)
    who = "People at baseline" if level == "person" else f"Respondents: {words.waves[0].label}"
    by = f", by {'site' if words.sites else 'arm'}. Description, not a test of balance"
    weights = (
        "Weighted: by respondents' weights. The quartiles are the smallest values up to which a"
        " quarter, half, three quarters of the weight lies; missing counts respondents."
    )
    return Table(
        id=f"baseline_{level}",
        caption=f"{who}{'' if words.one_group() else by}.",
        stub="Characteristic",
        columns=tuple(columns),
        groups=tuple(parts),
        notes=(
            *([Note("Categories: n (percent of those with an answer).")] if shares else []),
            *([Note(_told(words.study.randomised))] if compared else []),
            *([Note(weights)] if both else []),
            *([Note(_HIDDEN)] if any(_hidden(row) for row in rows) else []),
            *(Note(reason, mark) for reason, mark in reasons.items()),
        ),
        csv="tables/baseline.csv",
    )


def _told(randomised: bool) -> str:
    """What the difference is, and why there is no p-value."""
    if not randomised:
        return _DIFFERENCE
    return _DIFFERENCE.partition(" It says")[0] + " It is a description, and no test."


def _reasons(rows: list[Row]) -> dict[str, str]:
    """Why a variable has no difference → its mark."""
    found = dict.fromkeys(row["reason"] for row in rows if row["reason"] and not _hidden(row))
    return {f"No difference: {reason}.": "abcdefgh"[at % 8] for at, reason in enumerate(found)}


def _hidden(row: Row) -> bool:
    return (row["reason"] or "").startswith(NOT_SHOWN)


def _variable(
    results: Results,
    rows: list[Row],
    name: str,
    cells: list[tuple[str, str]],
    compared: bool,
    reasons: dict[str, str],
) -> Group:
    """A variable: its summaries or categories, and how many have no value."""
    words = results.words
    own = {
        (row["weighted"], row["group"], row["category"]): row
        for row in rows
        if row["variable"] == name
    }
    entry = words.covariates.get(name) or words.outcomes[name]
    categories = list(dict.fromkeys(category for _, _, category in own if category))
    any_row = next(iter(own.values()))
    mark = reasons.get(f"No difference: {any_row['reason']}.", "")

    def line(stub: str, tell: Tell, category: str = "", leads: bool = False) -> TableRow:
        shown: list[str] = []
        for word in dict.fromkeys(word for word, _ in cells):
            groups = [group for weighing, group in cells if weighing == word]
            found = [own.get((word, group, category)) for group in groups]
            shown += [tell(row) if row else NONE for row in found]
            if compared:
                known = next((row for row in found if row), None)
                shown.append(fixed(known["difference"], 2) if leads and known else "")
        return TableRow(stub, tuple(shown), mark if leads else "")

    if categories:
        lines = [line(name, _share, name, name == categories[0]) for name in categories]
        return Group(entry.label, (*lines, line("Missing", _missing, categories[0])))
    decimals = entry.decimals
    lines = [line("Mean (SD)", lambda row: _mean(row, decimals), leads=True)]
    if getattr(entry, "unit", "") != "proportion":
        lines.append(line("Median (quartiles)", lambda row: _median(row, decimals)))
    return Group(entry.label, (*lines, line("Missing", _missing)))


def _share(row: Row) -> str:
    """Of respondents by their weights the share alone: the weighted count is nobody's number."""
    share = _percent(row["share"])
    if _hidden(row) and row["count"] is None:
        return NONE
    return share if row["weighted"] == "yes" else f"{count(row['count'])} ({share})"


def _percent(share: float | None) -> str:
    return NONE if share is None else percent(share, 1)


def _mean(row: Row, decimals: int) -> str:
    if row["mean"] is None:
        return NONE
    return f"{fixed(row['mean'], decimals)} ({fixed(row['sd'], decimals)})"


def _median(row: Row, decimals: int) -> str:
    if row["median"] is None:
        return NONE
    low, high = (fixed(row[name], decimals) for name in ("q1", "q3"))
    return f"{fixed(row['median'], decimals)} ({low} to {high})"


def _missing(row: Row) -> str:
    everybody = row["n_missing"] + row["n"]
    return f"{count(row['n_missing'])} of {count(everybody)}"
