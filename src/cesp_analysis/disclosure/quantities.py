"""Whom each released cell counts, and what counts must add up to."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from cesp_analysis.columns import Row
from cesp_analysis.disclosure.leaving import Conditions, Leaving

Tables = dict[str, tuple[Leaving, list[Row]]]
"""Name → how it leaves, its rows before."""
Key = frozenset[tuple[str, str]]
"""Whom a number counts: conditions that hold of each; fewer conditions, more people."""


@dataclass(frozen=True)
class Cell:
    """One cell of a released table that counts people; `exact`: as a count, else as a size."""

    table: str
    row: int
    column: str
    key: Key
    exact: bool


@dataclass(frozen=True)
class Equation:
    """whole + more = the sum of the parts, all of them keys."""

    whole: Key
    parts: tuple[Key, ...]
    more: tuple[Key, ...] = ()

    def left(self) -> tuple[Key, ...]:
        """The keys that the parts add up to."""
        return (self.whole, *self.more)

    def named(self) -> tuple[Key, ...]:
        """All keys of the equation."""
        return (*self.left(), *self.parts)


KNOWN, NOT_KNOWN = "known", "not known"
"""Of everybody something is known or not."""
ALL_VALUES = ("value of ", "mode")
"""Conditions of which a table has every value, so that nobody is left."""
FIRST = "first wave"
BEFORE = "first time"
"""What rows of changes and of the bracket hold beside their columns: the time since which they are.
"""
REST = ("rest", "of")
"""The condition of those of a whole whom no released part counts."""


ANSWERED = {"answer {outcome} {time}": KNOWN, f"answer {{outcome}} {{{BEFORE}}}": KNOWN}
"""Conditions of who answered at the first time and at a later one."""
BOTH = {"of": "{level}", "site": "{group}", "wave": "{wave}", **ANSWERED}
"""Whom a change counts."""


def in_arm(arm: str) -> Conditions:
    """Whom a row of the bracket counts, of an arm."""
    own = {"site": f"{{site {arm}}}", "cell": f"{{own {arm}}}"}
    return {"of": "{level}", **own, **ANSWERED}


def key_of(conditions: Conditions, row: Row) -> Key:
    """The key of a cell: its conditions filled in from its row, those without a value left out."""
    told = with_level(row)
    filled = ((name.format_map(told), value.format_map(told)) for name, value in conditions.items())
    return frozenset((name, value) for name, value in filled if value)


def key_in(
    table: str, column: str, conditions: Conditions, row: Row, apart: Collection[tuple[str, str]]
) -> Key:
    """The key of a cell; of a column that is `apart` (table, column) no other table's."""
    key = key_of(conditions, row)
    return frozenset({*key, ("as in", f"{table} {column}")}) if (table, column) in apart else key


def with_level(row: Row) -> Row:
    """The row with whose it is, and with the wave apart from the time: respondents of two waves
    are two lots of people, people at two times are the same."""
    level = row.get("level") or ("respondent" if "wave" in row else "person")
    wave = row.get("wave") or row.get("time") or row.get(FIRST, "")
    return row | {"level": level, "wave": wave if level == "respondent" else ""}


def cells_of(
    table: str, leaving: Leaving, rows: Iterable[Row], apart: Collection[tuple[str, str]] = ()
) -> Iterator[Cell]:
    """The cells of a table that count people."""
    for at, row in enumerate(rows):
        for own, exact in ((leaving.counts, True), (leaving.sized, False)):
            for column, conditions in own.items():
                if row[column] is not None and (exact or leaving.counts_people(row)):
                    key = key_in(table, column, conditions, row, apart)
                    yield Cell(table, at, column, key, exact)


def _split(
    left: tuple[Key, ...], parts: tuple[Key, ...], rest: tuple[Key, ...] = ()
) -> Iterator[Equation]:
    """A whole in parts; and, of three and more, each part with those who are not in it: the others
    together may be few."""
    whole, *more = left
    yield Equation(whole, (*parts, *rest), tuple(more))
    if len(parts) + len(rest) > 2:
        for part in parts:
            of = " ".join(" ".join(pair) for pair in sorted(part - whole))
            others = frozenset({*whole, ("not", of)})
            yield Equation(whole, (part, others), tuple(more))


def equations_of(keys: Iterable[Key]) -> Iterator[Equation]:
    """Every whole among the keys is the sum of its parts by each further condition, and of a rest
    that no released number counts, where there can be one."""
    known = set(keys)
    parts: dict[tuple[Key, str], list[Key]] = {}
    for key in known:
        for condition in key:
            whole = key - {condition}
            if whole in known:
                parts.setdefault((whole, condition[0]), []).append(key)
    for (whole, name), own in sorted(parts.items(), key=_ordered):
        rest = frozenset({*whole, (f"{REST[0]} {REST[1]} {name}", "yes")})
        values = {value for key in own for condition, value in key - whole if condition == name}
        complete = name.startswith(ALL_VALUES) or values >= {KNOWN, NOT_KNOWN}
        yield from _split((whole,), tuple(sorted(own, key=sorted)), () if complete else (rest,))


FLOW = {"flow": "{part}", "of": "person", "site": "{group}", "step": "{step}", "status": "{status}",
        "reason": "{reason}"}  # fmt: skip
"""Whom a cell of the flow counts."""
_RECRUITED = ("allocation", "recruitment")
"""Parts of the flow whose last step everybody of a site has reached."""


def flow_equations(rows: list[Row]) -> Iterator[Equation]:
    """Who reached the step before, and who came back, reached the step or is among those who did
    not; who was invited to a wave likewise. Who was recruited is everybody of the site."""
    keys: dict[tuple[str, str], dict[str, list[Key]]] = {}
    after: dict[str, str] = {}
    recruited: dict[str, Key] = {}
    for row in rows:
        own = keys.setdefault((row["step"], row["group"]), {})
        own.setdefault(row["status"], []).append(key_of(FLOW, row))
        after[row["step"]] = row["after"]
        if row["part"] in _RECRUITED and row["status"] == "reached" and row["group"]:
            recruited[row["group"]] = key_of(FLOW, row)
    for (step, group), own in keys.items():
        parts = (*own.get("reached", []), *own.get("not reached", []))
        before = own.get("invited") or keys.get((after[step], group), {}).get("reached", [])
        if len(before) == 1 and len(own.get("reached", [])) == 1:
            yield from _split((before[0], *own.get("back", [])), parts)
    for group, key in recruited.items():
        yield Equation(key_of({"of": "person", "site": "{group}"}, {"group": group}), (key,))


def came_equations(flow: list[Row], missing: list[Row]) -> Iterator[Equation]:
    """Of a study with one outcome of people: who came at a time is who answered it."""
    asked = {(row["outcome"], row["time"]) for row in missing if row["level"] == "person"}
    if len({outcome for outcome, _ in asked}) != 1:
        return
    of = {time: f"answer {outcome} {time}" for outcome, time in asked}
    for row in flow:
        if row["step"] in of and row["status"] == "reached" and row["part"] != "survey":
            known = {"of": "person", "site": row["group"], of[row["step"]]: KNOWN}
            yield Equation(key_of(FLOW, row), (key_of(known, {}),))


def change_equations(changes: Iterable[Row]) -> Iterator[Equation]:
    """Who answered at the first time has answered later or not, and likewise who did not: a change
    is of those who answered both times, so that it tells of those whom one time's number hides."""
    for row in changes:
        if row["level"] != "person" or not row[BEFORE]:
            continue
        of = {name: f"answer {row['outcome']} {name}" for name in (row[BEFORE], row["time"])}
        who = key_of({"of": "{level}", "site": "{group}"}, row)
        one, other = ([(name, state) for state in (KNOWN, NOT_KNOWN)] for name in of.values())
        for mine, theirs in ((one, other), (other, one)):
            for own in mine:
                parts = tuple(who | {own, state} for state in theirs)
                yield Equation(who | {own}, parts)


def all_equations(
    tables: Mapping[str, tuple[Leaving, list[Row]]], known: Collection[Key]
) -> Iterator[Equation]:
    """What numbers of released tables (name → how it leaves, its rows) must add up to; known: the
    keys that some cell counts."""
    apart = {key for key in known if any(name in ("flow", "cell") for name, _ in key)}
    yield from equations_of(set(known) - apart)
    if "tables/flow" in tables:
        _, flow = tables["tables/flow"]
        yield from flow_equations(flow)
        yield from came_equations(flow, tables.get("tables/missing", (None, []))[1])
    if "tables/changes" in tables:
        yield from change_equations(tables["tables/changes"][1])


def _ordered(item: tuple[tuple[Key, str], list[Key]]) -> tuple[list[tuple[str, str]], str]:
    (whole, name), _ = item
    return sorted(whole), name
