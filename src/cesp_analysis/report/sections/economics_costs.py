"""Tables of what people used, what it cost, and at which prices."""

from collections.abc import Iterator

from cesp_analysis.columns import Row as Read
from cesp_analysis.declared.economics_words import EconomicsWords
from cesp_analysis.declared.resources import OWN_SHARE, OWN_TIME
from cesp_analysis.economics.words import FOLLOW_UP
from cesp_analysis.numbers import NONE, count, fixed, listed, percent
from cesp_analysis.report.blocks import Column, Group, Note, Row, Table
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results

PARTS = {OWN_TIME: ": time of link workers", OWN_SHARE: ": shared by a site"}
"""What the intervention's own cost is made of."""


def costs_of_arms(results: Results) -> Table:
    """Costs a person of each perspective, by arm and time."""
    words = results.words.economics
    assert words is not None
    own = [row for row in results.costs if row["of"] == "perspective"]
    groups = []
    for name, label in words.perspectives.items():
        rows = [row for row in own if row["name"] == name]
        lines = [_line(_when(time, results), rows, time, results) for time in _times(rows)]
        groups.append(Group(label, tuple(lines)))
    return Table(
        id="economics_costs_table",
        caption="Costs a person, £, of those of whom all services are known.",
        stub="Time",
        columns=_spread(results),
        groups=tuple(groups),
        notes=(
            Note(
                "A time stands for what was used between it and the one before; the first for as"
                " long before the study. In prices of the study's year"
                f"{discounted(results)}."
            ),
        ),
        csv="tables/costs.csv",
    )


def use_of_services(results: Results) -> Table:
    """Each service over the follow-up: who used it, how much, what it cost."""
    words = results.words.economics
    assert words is not None
    own = [row for row in results.costs if row["of"] == "service" and row["time"] == FOLLOW_UP]
    lines = []
    said = [word for row in results.costs for word in row["warnings"].split(" | ") if word]
    units = {row["service"]: row["unit"] for row in results.unit_costs}
    for name, label in words.services.items():
        cells = [units.get(name, NONE)]
        for arm in ("intervention", "control"):
            row = next((r for r in own if r["name"] == name and r["arm"] == arm), None)
            cells += ["", "", "", ""] if row is None else _used(row)
        lines.append(Row(label + PARTS.get(name, ""), tuple(cells)))
    columns = [Column("Counted in", "left")]
    for arm in ("intervention", "control"):
        spanner = results.words.arms[arm]
        labels = ("Known of", "Any", "Mean amount", "Mean, £")
        columns += [Column(label, "right", spanner) for label in labels]
    return Table(
        id="economics_use",
        caption="Services over the whole follow-up: of how many it is known, who used any, the mean"
        " amount within the months that were asked about (in what its price is of), the mean"
        f" cost{discounted(results)}.",
        stub="Service",
        columns=tuple(columns),
        groups=(Group("", tuple(lines)),),
        notes=tuple(Note(sentence(w)) for w in [*said, *_free(words)]),
        csv="tables/costs.csv",
    )


def discounted(results: Results) -> str:
    """A word on costs, of a study in which some lie beyond the first year."""
    words = results.words.economics
    beyond = (results.words.years() or 0.0) > 1
    return ", discounted" if words is not None and words.discount and beyond else ""


def _free(words: EconomicsWords) -> Iterator[str]:
    """What people used that has no price here, and why."""
    if words.not_priced:
        own = [f"{name.replace('_', ' ')} ({why})" for name, why in words.not_priced.items()]
        yield f"not priced: {listed(own)}"


def prices(results: Results) -> Table:
    """The unit costs, as published and as used."""
    words = results.words.economics
    assert words is not None
    notes = Notes()
    lines = [
        Row(
            row["label"],
            (
                row["sector"].replace("_", " "), row["unit"],
                _pounds(row["published"]), row["price_year"],
                fixed(row["factor"], 3), _pounds(row["value"]),
            ),
            _mark(notes, "; ".join(filter(None, _of_price(row)))),
        )
        for row in results.unit_costs
    ]  # fmt: skip
    return Table(
        id="economics_prices",
        caption=f"Unit costs, brought to prices of {words.price_year}.",
        stub="Service",
        columns=(
            Column("Who pays", "left"), Column("Of one", "left"), Column("Published, £"),
            Column("Prices of"), Column("Times"), Column("Used, £"),
        ),
        groups=(Group("", tuple(lines)),),
        notes=notes.notes(),
        csv="tables/unit_costs.csv",
    )  # fmt: skip


def _of_price(row: Read) -> list[str]:
    """Where a price is from, which item it is, what must be known of it."""
    trained = "with what training of the staff once cost" if row["qualifications"] == "yes" else ""
    item = row["item"] and f"item {row['item']} of the unit costs"
    return [row["source"], item, trained, row["note"]]


def _mark(notes: Notes, text: str | None) -> str:
    return notes.mark(sentence(text)) if text else ""


def _pounds(value: float) -> str:
    return fixed(value, 2 if abs(value) < 1000 and abs(value - round(value)) > 1e-9 else 0)


def _spread(results: Results) -> tuple[Column, ...]:
    found = []
    for arm in ("intervention", "control"):
        spanner = results.words.arms[arm]
        found += [Column("Known of", "right", spanner), Column("Mean", "right", spanner),
                  Column("SD", "right", spanner), Column("Median", "right", spanner)]  # fmt: skip
    return tuple(found)


def _line(label: str, rows: list[Read], time: str, results: Results) -> Row:
    cells: list[str] = []
    for arm in ("intervention", "control"):
        row = next(r for r in rows if r["time"] == time and r["arm"] == arm)
        cells += [f"{count(row['n'])} of {count(row['people'])}"]
        cells += [fixed(row[name], 0) for name in ("mean", "sd", "median")]
    return Row(label, tuple(cells))


def _used(row: Read) -> list[str]:
    return [
        count(row["n"]),
        percent(row["users"], row["n"]),
        fixed(row["amount"], 1),
        fixed(row["mean"], 0),
    ]


def _times(rows: list[Read]) -> list[str]:
    return list(dict.fromkeys(row["time"] for row in rows))


def _when(time: str, results: Results) -> str:
    return "Whole follow-up" if time == FOLLOW_UP else results.words.moment(time).label
