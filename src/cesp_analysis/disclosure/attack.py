"""What somebody could work out from released tables: an attack on the files as they lie there.

It takes what each column counts, and what must add up, from where the protection takes it
(leaving.py, quantities.py), and reads everything else from the files: every printed number for what
it says to its last decimal, withheld cells for what their marks say. It asks by linear programming
between which values each small number lies.
"""

import csv
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from cesp_analysis.columns import Row
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.attack_numbers import (
    ONES,
    is_share,
    is_told,
    of_share,
    own_number,
    range_of_cell,
    within_both,
)
from cesp_analysis.disclosure.bounds import UNBOUNDED, Range, parts_of, solved
from cesp_analysis.disclosure.first_times import with_first_times
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.left_in import (
    ACCOUNT,
    SETTINGS,
    faults,
    is_text,
    lacking,
    of_figure,
)
from cesp_analysis.disclosure.pages import in_pages
from cesp_analysis.disclosure.quantities import (
    Equation,
    Key,
    Tables,
    all_equations,
    key_of,
)
from cesp_analysis.disclosure.tables import PREDICTED, TABLES
from cesp_analysis.errors import CespError
from cesp_analysis.formulas import unguarded
from cesp_analysis.readable import fault_of
from cesp_analysis.withheld import WITHHELD

TOLD = frozenset(("released", "manifest"))
"""Files beside the tables that say what they are: of nobody."""
REMEDY = "do not pass it on; round more (disclosure: round_to, sizes_to) and release anew"


def attack(folder: Path, /) -> None:
    """Say what can be worked out from a folder of what leaves, or a copy of it, and what stands in
    its pages, drawings and records and may not.

    Raises CespError: something can be, a line each; or the folder is not whole.
    """
    for name in (ACCOUNT, SETTINGS):
        if fault := fault_of(folder / name):
            raise CespError(f"{folder / name}: {fault}; the folder of what leaves has this file")
    try:
        how = Disclosure.model_validate_json((folder / SETTINGS).read_text(encoding="utf-8"))
    except ValueError:
        raise CespError(f"{folder / SETTINGS}: is not what the step release wrote") from None
    if found := [*lacking(folder), *leaks(folder, how), *in_pages(folder)]:
        raise CespError(f"{folder}/{line}" for line in found)
    print(
        f"{folder}: nothing below {how.threshold} was worked out; no pseudonym of people's records"
        " was found (those of interviews are not known here), and nothing that does not belong"
        " there (report.pdf is not read)"
    )


def leaks(folder: Path, how: Disclosure, only: Collection[str] | None = None) -> Iterator[str]:
    """A line for each thing that the released files tell and may not: the place and what it is.

    folder: results/public, or one like it: tables/*.csv, models/*/means.csv; only: names of tables,
    as 'tables/flow', where others are of an earlier run.
    """
    found: Tables = {}
    for path in sorted(folder.rglob("*.csv")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if only is not None and name not in only:
            continue
        if not is_text(path):
            yield f"{name}.csv: is not UTF-8, as released tables are"
            continue
        leaving = _entry(name)
        if leaving is None:
            if name.startswith("figures/"):
                yield from of_figure(path, name, how)
            elif name not in TOLD:
                yield f"{name}.csv: is no table that may leave; remove it"
            continue
        yield from faults(path, name, leaving, how)
        found[name] = (leaving, list(_rows(path, leaving)))
    yield from _worked_out(with_first_times(found), how)


def _entry(name: str) -> Leaving | None:
    *folder, table = name.split("/")
    if folder[:1] == ["models"]:
        return PREDICTED if table == "means" else None
    return TABLES.get(table)


def _rows(path: Path, leaving: Leaving) -> Iterator[Row]:
    """The rows as text; what of a row is withheld under WITHHELD, as column → why."""
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            told = [part.split(" ") for part in (row.get(WITHHELD) or "").split(" | ") if part]
            yield {name: unguarded(row.get(name) or "") for name in leaving.contract.columns()} | {
                WITHHELD: {column: " ".join(why) for column, *why in told}
            }


def _worked_out(found: Tables, how: Disclosure) -> Iterator[str]:
    """Small numbers that lie between too few values."""
    told: dict[Key, Range] = {}
    places: dict[Key, str] = {}
    for name, (leaving, rows) in found.items():
        for at, row in enumerate(rows):
            for column, key, own in _cells(name, at, leaving, row, how):
                told[key] = within_both(told.get(key), own)
                places.setdefault(key, f"{name}.csv, line {at + 2}, {column}")
    for key in sorted((key for key, own in told.items() if own.low > own.high), key=sorted):
        yield f"{places[key]}: {_said(key)} is told otherwise elsewhere: it was not looked into"
        told.pop(key)
    equations = [e for e in all_equations(found, told) if _may_hold(e, told)]
    fixed = {key for key, own in told.items() if own.low == own.high}
    known = dict(told)
    for lot in parts_of(equations, fixed):
        asked = {key for e in lot for key in e.named()}
        asked = {key for key in asked if key not in told or told[key].low < how.threshold}
        if asked and not _fits(lot, told):
            first = min(places[key] for e in lot for key in e.named() if key in places)
            yield f"{first}: numbers that must add up do not: they were not looked into"
        elif asked:
            known |= solved(lot, told, sorted(asked, key=sorted))
    for key, own in sorted(known.items(), key=lambda item: sorted(item[0])):
        if is_told(own, how):
            where = places.get(key, "not in any cell")
            between = f"{own.low:g}" if own.low == own.high else f"{own.low:g} to {own.high:g}"
            yield f"{where}: {_said(key)} can be worked out: {between}; {REMEDY}"


def _may_hold(equation: Equation, told: Mapping[Key, Range]) -> bool:
    """Whether parts may add up to their whole: those that share people, and rounded ones, do not
    all."""
    known = [told[part] for part in equation.parts if part in told]
    rest = len(known) < len(equation.parts)
    left = [told.get(key, Range(0, UNBOUNDED)) for key in equation.left()]
    most = UNBOUNDED if rest else sum(own.high for own in known)
    low, high = sum(own.low for own in left), sum(own.high for own in left)
    return sum(own.low for own in known) <= high and most >= low


def _fits(lot: list[Equation], told: Mapping[Key, Range]) -> bool:
    """Whether any numbers fit all equations of a lot at once."""
    try:
        solved(lot, told, [lot[0].whole])
    except ValueError:
        return False
    return True


def _cells(
    name: str, at: int, leaving: Leaving, row: Row, how: Disclosure
) -> Iterator[tuple[str, Key, Range]]:
    """What the cells of a row tell of how many people there are."""
    sizes = leaving.sizes.split() if leaving.counts_people(row) else []
    for column in (*leaving.counts, *sizes):
        conditions = leaving.counts.get(column) or leaving.sized.get(column)
        key = key_of(conditions, row) if conditions else own_number(name, at, column)
        base = how.round_to if column in leaving.counts else how.sizes_to
        if (own := range_of_cell(row, column, base, how)) is not None:
            yield column, key, own
    for column, (part, whole) in leaving.shares.items():
        yield from of_share(name, at, leaving, row, column, part, whole, how)
    for column, size in leaving.means.items():
        if column == "mean" and not leaving.graded and is_share(row, size, how):
            yield from of_share(name, at, leaving, row, column, ONES, size, how)


def _said(key: Key) -> str:
    """Whom a key counts, in words."""
    return "how many are " + ", ".join(" ".join(pair) for pair in sorted(key))
