"""What the figures of interviews and process are drawn from, out of their tables."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cesp_analysis.declared.interview_words import SPEAKERS, all_of
from cesp_analysis.figures.process_timeline import Lane, LaneRow, Mark
from cesp_analysis.figures.theme_grid import Cell
from cesp_analysis.figures.themes import Pair, Spoken
from cesp_analysis.figures.theory_of_change import Arrow, Box
from cesp_analysis.numbers import OTHER_DECIMALS, count, counted, fixed, interval
from cesp_analysis.released_tables import RELEASED
from cesp_analysis.withheld import Rounded, Withheld

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording

MOST = 20
"""Themes that the matrix of those on one excerpt shows, those with most excerpts."""
NETWORKED = 25
"""Themes that their network shows."""
NO_SITE = "All sites, or not known"
NOT_TOLD = "withheld"
Row = dict[Any, Any]


def _rows(table: "pd.DataFrame") -> list[Row]:
    own = table.astype("object")
    own = own.where(own.notna(), None)
    names = list(own.columns)
    cells = (own[name].tolist() for name in names)
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


def boxes_of(table: "pd.DataFrame") -> tuple[Box, ...]:
    """The rows of TheoryNodes."""
    own = [row for row in _rows(table) if row.get("node")]
    return tuple(
        Box(row["label"], row["node_kind"], int(row["layer"]), float(row["place"]), row["node"])
        for row in own
    )


def arrows_of(table: "pd.DataFrame", words: "Wording") -> tuple[Arrow, ...]:
    """The rows of TheoryLinks, those of a link together."""
    links: dict[str, list[Row]] = {}
    released = bool(table.attrs.get(RELEASED))
    for row in _rows(table):
        if row.get("link"):
            own = _as_released(row) if released else row
            links.setdefault(row["link"], []).append(own)
    return tuple(_arrow(nth, own, words) for nth, own in enumerate(links.values(), 1))


def _as_released(row: Row) -> Row:
    """Numbers of a released table with no more digits than they have there."""
    numbers = {n: row[n] for n in _NUMBERS if isinstance(row[n], float)}
    return row | {name: Rounded(f"{value:g}") for name, value in numbers.items()}


_NUMBERS = ("estimate", "ci_low", "ci_high", "ci_low_shock", "ci_high_shock")


def _arrow(number: int, own: list[Row], words: "Wording") -> Arrow:
    first = own[0]
    state = "none named" if not first["evidence"] else "not there"
    state = "there" if any(row["there"] == "yes" for row in own) else state
    said = tuple(evidence_in_words(row, words) for row in own)
    through = tuple(float(at) for at in str(first["through"] or "").split())
    ends = str(first["from_node"]), str(first["to_node"])
    return Arrow(number, *ends, said, state, first["feedback"] == "yes", through)


def evidence_in_words(row: Row, words: "Wording") -> str:
    """What a piece of evidence says, in words; that it is withheld, where a released table has
    neither a number nor a reason."""
    if row["evidence"] == "estimate":
        label = words.outcomes[row["outcome"]].label
        when = f", {words.moment(row['time']).label}" if row["time"] else ""
        said = NOT_TOLD if row["estimate"] is None else estimate_in_words(row, words)
        return f"{label}{when}: {row['reason'] or said}"
    if row["evidence"] == "criterion":
        return f"{row['of_label'] or row['of']}: {row['reason'] or row['light']}"
    if row["evidence"] == "construct":
        sizes = (_sized(row[name], name[:-1]) for name in ("themes", "excerpts", "interviews"))
        said = row["reason"] or ", ".join(filter(None, sizes)) or NOT_TOLD
        return f"interviews on {row['of_label'] or row['of']}: {said}"
    return str(row["reason"])


def _sized(number: Any, one: str) -> str:
    """'3 themes', '<10 excerpts' of a number that is withheld; '' of one that is blank."""
    if number is None:
        return ""
    if isinstance(number, Withheld):
        return f"{number} {one}s"
    return counted(int(number), one)


def decimals_of(row: Row, words: "Wording") -> int:
    """With how many decimals an estimate is printed: its outcome's, if it is in its unit."""
    outcome = words.outcomes[row["outcome"]]
    return outcome.decimals if row["unit"] == outcome.unit else OTHER_DECIMALS


def estimate_in_words(row: Row, words: "Wording") -> str:
    """An estimate with its intervals: from sampling error, and with site shocks."""
    decimals = decimals_of(row, words)
    ends = interval(row["ci_low"], row["ci_high"], decimals)
    shocks = ""
    if row["ci_low_shock"] is not None:
        wide = interval(row["ci_low_shock"], row["ci_high_shock"], decimals)
        shocks = f"; with site shocks {wide}"
    return f"{fixed(row['estimate'], decimals)} {row['unit']} ({ends}{shocks})"


def lanes_of(table: "pd.DataFrame", words: "Wording") -> tuple[Lane, ...]:
    """A lane for each site that has a row, in the order of groups; what is of no site above all."""
    rows = _rows(table)
    sites = list(dict.fromkeys(row["site"] or "" for row in rows))
    order = ["", *words.groups()]
    sites.sort(key=lambda site: order.index(site) if site in order else len(order))
    return tuple(
        Lane(
            words.group(site) if site else NO_SITE,
            _lane_rows([row for row in rows if (row["site"] or "") == site]),
        )
        for site in sites
    )


def _lane_rows(own: list[Row]) -> tuple[LaneRow, ...]:
    """A row for each kind and label; context is one row, however it is called."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in own:
        found.setdefault((row["kind"], _called(row)), []).append(row)
    kinds = ("contacts", "panel", "fidelity", "wave", "context")
    ordered = sorted(found, key=lambda key: kinds.index(key[0]))
    rows = list[LaneRow]()
    for kind, label in ordered:
        rows.append(_lane_row(kind, label, found[kind, label]))
        if kind == "fidelity" and (scores := _scores(found[kind, label])):
            rows.append(LaneRow("Fidelity, mean score", "score", scores))
    return tuple(rows)


def _scores(own: list[Row]) -> tuple[Mark, ...]:
    """The mean score of each month's ratings: how many there are says nothing of how faithful
    delivery was."""
    rows = [row for row in own if row["date"] and row["score"] is not None]
    return tuple(Mark(row["date"], row["until"], row["score"], row["label"]) for row in rows)


_MEETINGS = re.compile(r" \([0-9]+ meetings\)$")
"""What the time line adds to a panel that met more than once on a day."""


def _called(row: Row) -> str:
    if row["kind"] == "context":
        return "Context"
    if row["kind"] == "wave":
        return "Surveys"
    return _MEETINGS.sub("", str(row["label"])).removesuffix(", without a date")


def _lane_row(kind: str, label: str, own: list[Row]) -> LaneRow:
    marks = [
        Mark(row["date"], row["until"] or "", row["number"], row["label"])
        for row in own
        if row["date"]
    ]
    undated = [
        f"{label}: {count(row['number']) if row['number'] is not None else 'one'}"
        for row in own
        if not row["date"]
    ]
    return LaneRow(label, kind, tuple(marks), ", ".join(undated))


def spoken_of(table: "pd.DataFrame", words: "Wording") -> tuple[Spoken, ...]:
    """The cells of a table by theme, role and site: sites in the order of groups, then roles."""
    rows, sites, roles = _rows(table), [*words.groups(), ""], list(SPEAKERS)
    found = [
        (_at(row["site"], sites), _at(row["role"], roles), nth, row) for nth, row in enumerate(rows)
    ]
    return tuple(
        Spoken(
            row["theme"], words.site_of(row["site"]), all_of(row["role"] or ""),
            row["excerpts"], row["interviews"], row["interviewed"],
        )
        for *_, row in sorted(found, key=lambda one: one[:3])
    )  # fmt: skip


def _at(word: str | None, order: Sequence[str]) -> int:
    return order.index(word or "") if (word or "") in order else len(order)


def grid_of(table: "pd.DataFrame") -> tuple[Cell, ...]:
    """The rows of ThemeByInterview that are of whole themes, in their order."""
    own = [row for row in _rows(table) if row["subtheme"] is None]
    numbers: dict[str, int] = {}
    for row in own:
        numbers.setdefault(row["interview"], len(numbers) + 1)
    return tuple(
        Cell(row["theme"], numbers[row["interview"]], row["interview"], row["excerpts"],
             row["first"])
        for row in own
    )  # fmt: skip


def pairs_of(table: "pd.DataFrame", most: int = MOST) -> tuple[tuple[Pair, ...], int]:
    """Themes with most excerpts, and the pairs of these that share one, the most frequent first;
    how many themes are left out."""
    rows, sizes = _rows(table), dict[str, int]()
    for row in rows:
        sizes |= {row["first"]: row["first_n"], row["second"]: row["second_n"]}
    ordered = sorted(sizes, key=lambda name: (-sizes[name], name))
    shown = set(ordered[:most])
    own = [Pair(name, name, sizes[name], 1.0) for name in ordered[:most]]
    both = [row for row in rows if row["together"] and {row["first"], row["second"]} <= shown]
    both.sort(key=lambda row: (-row["together"], row["first"], row["second"]))
    pairs = [Pair(row["first"], row["second"], row["together"], row["jaccard"]) for row in both]
    return (*own, *pairs), len(ordered) - len(shown)
