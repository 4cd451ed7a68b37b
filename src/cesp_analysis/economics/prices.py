"""Unit costs and price indices: files read, and a price brought to the study's year."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from cesp_analysis.csv_lines import Wrong, number, told_rows
from cesp_analysis.declared.resources import is_price_year
from cesp_analysis.economics.price_index import Changes, changes_of, factor_of
from cesp_analysis.errors import CespError, no_such_begins

FOLDER = Path(__file__).parent / "prices"
SHIPPED = FOLDER / "unit_costs.csv"
NEEDED = {
    "item": "how services call it (unit_cost)",
    "unit": "what it is the price of, e.g. contact or hour",
    "price_year": "the financial year that it is of, like 2023/24",
    "cost": "the £ of one unit",
    "source": "where the figure is from",
}
"""Columns of which no cell may be blank → what to write."""
QUALIFIED = "cost_with_qualifications"
OTHERS = ("label", "measured", QUALIFIED, "index", "table", "page", "placeholder", "note")
"""Columns that a file of unit costs may have besides."""
DEFAULT_INDEX = "nhscii"
SOCIAL = ("social_care", "socialcare", "social_service", "pss")
"""Words in what a study calls the sector of social care, which another index is of."""
PLACEHOLDER = ("yes", "no", "")
NEAREST, ALIKE = 8, 0.5
"""Items that a message names, and from what likeness on one may be meant: as in errors.py."""


@dataclass(frozen=True)
class Price:
    """£ of one unit of an item in a price year; qualified: with qualification costs, None if
    unknown; unsaid: whether its file says no index, so that it is the default one."""

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
    unsaid: bool = False


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


def read_prices(path: Path) -> list[Price]:
    """The unit costs of a CSV; CespError with a line for each fault."""
    found, wrong, _ = _read(path)
    if told := wrong.told():
        raise CespError(told)
    return found


def prices_without_fault(path: Path) -> tuple[list[Price], frozenset[str]]:
    """The rows of a CSV in which nothing is wrong, and the items of the others; CespError where
    it is no such table."""
    found, _, faulty = _read(path)
    return found, frozenset(faulty)


def _read(path: Path) -> tuple[list[Price], Wrong, set[str]]:
    found, wrong, faulty = list[Price](), Wrong(path), set[str]()
    seen, units = dict[tuple[str, str], int](), dict[str, tuple[str, int]]()
    spelled = {} if path == SHIPPED else {one.item.casefold(): one.item for one in shipped()}
    rows, apart = told_rows(path, wrong, NEEDED, others=OTHERS)
    faulty |= {row.get("item", "") for _, row in apart}
    for line, row in rows:
        faults = list(_faults(row))
        key = (row["item"], row["price_year"])
        if key in seen:
            faults.append(f"{key[0]} of {key[1]} stands on line {seen[key]} too; keep one")
        seen.setdefault(key, line)
        if (other := spelled.setdefault(key[0].casefold(), key[0])) != key[0]:
            faults.append(f"item: {key[0]} differs from {other} in capitals alone; write it so")
        unit, first = units.setdefault(row["item"], (row["unit"], line))
        if row["unit"] and unit and row["unit"].casefold() != unit.casefold():
            faults.append(
                f"unit: {row['item']} is of one {row['unit']} here, of one {unit} on line {first};"
                " give an item one unit in all years, or call one of the two otherwise"
            )
        for fault in faults:
            wrong.add(line, fault)
        if faults:
            faulty.add(row["item"])
        else:
            found.append(_price(row))
    return found, wrong, faulty


def brought(
    item: str, prices: Sequence[Price], changes: Changes, year: str, qualified: bool
) -> Brought:
    """An item's price in `year`; ValueError (what and what to do) where it has none.

    The row of that year, else the newest before it, else the oldest after it; of the study's own
    file before those shipped (`prices` in that order, each file's items whole).
    """
    row = chosen(item, prices, year)
    factor = factor_of(row.index, row.year, changes, year)
    value = row.qualified if qualified and row.qualified is not None else row.value
    return Brought(row, value, factor, qualified and row.qualified is not None)


def chosen(item: str, prices: Sequence[Price], year: str) -> Price:
    """The row of an item that is brought to `year`; ValueError where there is none."""
    own = [one for one in prices if one.item == item]
    if not own:
        raise ValueError(_no_item(item, prices))
    before = [one for one in own if one.year <= year]
    return max(before, key=lambda one: one.year) if before else min(own, key=lambda one: one.year)


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


def listed(unit_costs: Path | None, index: Path | None) -> tuple[list[Price], Changes]:
    """All items, and changes of all indices, a study's own before those shipped; CespError with a
    line for each fault of a file."""
    own = read_prices(unit_costs) if unit_costs else []
    return merged(own, shipped()), changes_of(index)


def shipped() -> list[Price]:
    """The unit costs that come with the program."""
    return read_prices(SHIPPED)


def merged(own: Sequence[Price], others: Sequence[Price]) -> list[Price]:
    """A study's items, and those shipped that it does not have."""
    named = {one.item for one in own}
    return [*own, *(one for one in others if one.item not in named)]


def _faults(row: Mapping[str, str]) -> Iterator[str]:
    for name, what in NEEDED.items():
        if not row[name]:
            yield f"{name}: is blank; write {what}"
    if row["price_year"] and not is_price_year(row["price_year"]):
        yield f"price_year: must be a financial year like 2023/24, not '{row['price_year']}'"
    for name in ("cost", QUALIFIED):
        value, cell = number(row.get(name, "")), row.get(name, "")
        if cell and (value is None or value < 0):
            yield (
                f"{name}: must be £, 0 or more, not '{cell}'; write digits alone, a point before"
                " pence, without £"
            )
    if row.get("placeholder", "").lower() not in PLACEHOLDER:
        yield f"placeholder: must be yes or no, not '{row['placeholder']}'"


def _price(row: Mapping[str, str]) -> Price:
    page = row.get("page") and f"p. {row['page']}"
    place = ", ".join(part for part in (row.get("table"), page) if part)
    return Price(
        item=row["item"],
        label=row.get("label", "") or row["item"],
        unit=row["unit"],
        year=row["price_year"],
        value=float(row["cost"]),
        qualified=number(row.get(QUALIFIED, "")),
        index=row.get("index", "") or DEFAULT_INDEX,
        source=", ".join(part for part in (row["source"], place) if part),
        placeholder=row.get("placeholder", "").lower() == "yes",
        note=row.get("note", ""),
        unsaid=not row.get("index", ""),
    )
