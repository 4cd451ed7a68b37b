"""Unit costs and price indices: files read, and a price brought to the study's year."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from cesp_analysis.csv_lines import Wrong, csv_lines, named_twice, number, ragged
from cesp_analysis.declared.resources import following, is_price_year
from cesp_analysis.errors import CespError, no_such, no_such_begins

FOLDER = Path(__file__).parent / "prices"
SHIPPED, INDEX = FOLDER / "unit_costs.csv", FOLDER / "price_index.csv"
NEEDED = ("item", "unit", "price_year", "cost", "source")
INDEXED = ("index", "year", "change", "source")
DEFAULT_INDEX = "nhscii"
PLACEHOLDER = ("yes", "no", "")
NEAREST, ALIKE = 8, 0.5
"""Items that a message names, and from what likeness on one may be meant: as in errors.py."""


@dataclass(frozen=True)
class Price:
    """£ of one unit of an item in a price year; with: with qualification costs, None if unknown."""

    item: str
    label: str
    unit: str
    year: str
    value: float
    qualified: float | None
    index: str
    source: str
    placeholder: bool
    note: str


@dataclass(frozen=True)
class Brought:
    """A price in the study's year: of which row, £ as published (with qualification costs or
    without), and by what factor."""

    price: Price
    published: float
    factor: float
    qualified: bool

    @property
    def value(self) -> float:
        """£ of the study's price year."""
        return self.published * self.factor


Changes = Mapping[str, Mapping[str, float]]
"""Index → year → change since the year before, in percent."""


def read_prices(path: Path) -> list[Price]:
    """The unit costs of a CSV; CespError with a line for each fault."""
    found, wrong = list[Price](), Wrong(path)
    seen: dict[tuple[str, str], int] = {}
    for line, row in _rows(path, NEEDED):
        faults = list(_faults(row))
        key = (row["item"], row["price_year"])
        if key in seen:
            faults.append(f"{key[0]} of {key[1]} stands on line {seen[key]} too; keep one")
        seen.setdefault(key, line)
        for fault in faults:
            wrong.add(line, fault)
        if not faults:
            found.append(_price(row))
    if told := wrong.told():
        raise CespError(told)
    return found


def read_index(path: Path) -> dict[str, dict[str, float]]:
    """Index → year → change in percent; CespError with a line for each fault."""
    found: dict[str, dict[str, float]] = {}
    wrong = Wrong(path)
    for line, row in _rows(path, INDEXED):
        change = number(row["change"])
        own = found.setdefault(row["index"], {})
        if not is_price_year(row["year"]):
            wrong.add(line, f"year: must be like 2023/24, not '{row['year']}'")
        elif change is None or not -50 < change < 100:
            wrong.add(line, f"change: must be percent since the year before, not '{row['change']}'")
        elif row["year"] in own:
            wrong.add(line, f"{row['index']} of {row['year']} stands there twice; keep one")
        else:
            own[row["year"]] = change
    if told := wrong.told():
        raise CespError(told)
    return found


class Unreached(ValueError):
    """A price that an index does not bring to the study's year. index; lacks: the first year of
    which it has no change; which it has, first and last."""

    def __init__(self, index: str, lacks: str, runs: tuple[str, str], of: str, to: str) -> None:
        self.index, self.lacks, self.runs, self.to = index, lacks, runs, to
        super().__init__(self.told(f"prices of {of}"))

    def told(self, what: str) -> str:
        """The line, of these prices."""
        return (
            f"the price index {self.index} has no change for {self.lacks} (it runs from"
            f" {self.runs[0]} to {self.runs[1]}), so that {what} cannot be brought to {self.to};"
            " give an index that reaches (economics.index), or another price_year"
        )


def brought(
    item: str, prices: Sequence[Price], changes: Changes, year: str, qualified: bool
) -> Brought:
    """An item's price in `year`; ValueError (what and what to do) where it has none.

    The row of that year, else the newest before it, else the oldest after it; of the study's own
    file before those shipped (`prices` in that order, each file's items whole).
    """
    own = [one for one in prices if one.item == item]
    if not own:
        raise ValueError(_no_item(item, prices))
    before = [one for one in own if one.year <= year]
    row = max(before, key=lambda one: one.year) if before else min(own, key=lambda one: one.year)
    factor = _factor(row, changes, year)
    value = row.qualified if qualified and row.qualified is not None else row.value
    return Brought(row, value, factor, qualified and row.qualified is not None)


def _no_item(item: str, prices: Sequence[Price]) -> str:
    """That there is no such item, with those that are called most like it, by name or in words."""
    labels = {one.item: one.label for one in prices}

    def alike(name: str) -> float:
        words = item.lower().replace("_", " ")
        called = (name.lower().replace("_", " "), labels[name].lower())
        shared = {*words.split()} & {word for one in called for word in one.split()}
        return len(shared) + max(SequenceMatcher(None, words, one).ratio() for one in called)

    nearest = sorted(sorted(labels), key=alike, reverse=True)[:NEAREST]
    near = f"; did you mean '{nearest[0]}'?" if nearest and alike(nearest[0]) > ALIKE else ""
    known = f"nearest of {len(labels)}: {', '.join(nearest)}" if nearest else "there are none"
    return f"{no_such_begins('item of unit costs', item)}{near} ({known})"


def inflated(value: float, of: str, changes: Changes, year: str, index: str) -> float:
    """£ of one price year in those of another; ValueError where the index does not reach."""
    row = Price("", "", "", of, value, None, index, "", False, "")
    return value * _factor(row, changes, year)


def listed(unit_costs: Path | None, index: Path | None) -> tuple[list[Price], Changes]:
    """All items, a study's own before those shipped, and the changes of its or the shipped index;
    CespError with a line for each fault of a file."""
    own = read_prices(unit_costs) if unit_costs else []
    return merged(own, read_prices(SHIPPED)), read_index(index or INDEX)


def merged(own: Sequence[Price], shipped: Sequence[Price]) -> list[Price]:
    """A study's items, and those shipped that it does not have."""
    named = {one.item for one in own}
    return [*own, *(one for one in shipped if one.item not in named)]


def _factor(row: Price, changes: Changes, year: str) -> float:
    """Product of the changes from the row's year to the other, or its inverse back."""
    if row.year == year:
        return 1.0
    if row.index not in changes:
        raise ValueError(no_such("price index", row.index, sorted(changes)))
    known, factor = changes[row.index], 1.0
    first, last = sorted([row.year, year])
    while first < last:
        first = following(first)
        if first not in known:
            raise Unreached(row.index, first, (min(known), max(known)), row.year, year)
        factor *= 1 + known[first] / 100
    return factor if row.year < year else 1 / factor


def _rows(path: Path, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    (_, header), *lines = csv_lines(path, f"{', '.join(needed)}")
    faults = [f"{path}: line 1: {fault}" for fault in named_twice(header)]
    faults += [
        f"{path}: line 1: {no_such('column', name, header, 'in the file')}"
        for name in needed
        if name not in header
    ]
    wrong = Wrong(path)
    lines = [(n, cells) for n, cells in lines if any(cells)]
    for n, cells in lines:
        if fault := ragged(cells, header):
            wrong.add(n, fault)
    if faults := [*faults, *wrong.told()]:
        raise CespError(faults)
    for n, cells in lines:
        yield n, dict(zip(header, cells, strict=True))


def _faults(row: Mapping[str, str]) -> Iterator[str]:
    for name in ("item", "unit", "source"):
        if not row[name]:
            yield f"{name}: is blank"
    if not is_price_year(row["price_year"]):
        yield f"price_year: must be like 2023/24, not '{row['price_year']}'"
    for name in ("cost", "cost_with_qualifications"):
        value, cell = number(row.get(name, "")), row.get(name, "")
        if (cell or name == "cost") and (value is None or value < 0):
            yield f"{name}: must be £, 0 or more, not '{cell}'; write digits alone, without £"
    if row.get("placeholder", "").lower() not in PLACEHOLDER:
        yield f"placeholder: must be yes or no, not '{row['placeholder']}'"


def _price(row: Mapping[str, str]) -> Price:
    place = ", ".join(part for part in (row.get("table", ""), _page(row.get("page", ""))) if part)
    return Price(
        item=row["item"],
        label=row.get("label", "") or row["item"],
        unit=row["unit"],
        year=row["price_year"],
        value=float(row["cost"]),
        qualified=number(row.get("cost_with_qualifications", "")),
        index=row.get("index", "") or DEFAULT_INDEX,
        source=", ".join(part for part in (row["source"], place) if part),
        placeholder=row.get("placeholder", "").lower() == "yes",
        note=row.get("note", ""),
    )


def _page(cell: str) -> str:
    return f"p. {cell}" if cell else ""
