"""The tables of economics with rows of raw files: of people, or of lines; they stay."""

from typing import ClassVar

from cesp_analysis.columns import Table, category, count, number, text


class ResourceUse(Table):
    """Use of services and contacts with link workers, one row for each raw row, or cell of a file
    with a column a service; of people, and never public."""

    key: ClassVar = ("source", "line", "column", "time", "service")
    unit: ClassVar = text("id of the person")
    time: ClassVar = category(
        "time that the use was before; of a contact, in whose costs it is", blank=True
    )
    date: ClassVar = text("YYYY-MM-DD, where the file has dates", blank=True)
    service: ClassVar = text(
        "as config.yaml calls it, else the word of the file; intervention.time: a contact with a"
        " link worker",
        blank=True,
    )
    setting: ClassVar = text("where it was given, where file or config.yaml say so", blank=True)
    contacts: ClassVar = number(
        "how many, as the file has it (counted_in); 0: none; blank: missing"
    )
    counted_in: ClassVar = text("contact; night, hour, day …: what is counted instead", blank=True)
    minutes: ClassVar = number("of each contact, as the file has it")
    answer: ClassVar = category(
        "used; none: it is known that there was none; missing: nobody knows",
        allowed=("used", "none", "missing"),
    )
    quantity: ClassVar = number("contacts as the price counts: in price_unit")
    price_unit: ClassVar = text("what the price is of", blank=True)
    months: ClassVar = number("that were asked about, as costs take it")
    scale: ClassVar = number("length of the time between / months")
    unit_cost: ClassVar = number(
        "£ of one price_unit in prices of the study's year; of contacts with link workers £ of an"
        " hour with people, indirect time and supervision within it: above that of unit_costs.csv"
    )
    cost: ClassVar = number(
        "£: quantity × unit_cost × scale, not discounted; blank: not known, or it does not count"
    )
    counts: ClassVar = category("whether it is part of the person's costs", allowed=("yes", "no"))
    what: ClassVar = text("what becomes of it where it counts otherwise than it stands", blank=True)
    source: ClassVar = text("path of the raw file")
    line: ClassVar = count("line of the raw file")
    column: ClassVar = text("its column of contacts or minutes; blank: derived", blank=True)


class CostExceptions(Table):
    """Rows of use and contacts that count otherwise than they stand in the file, or not at all."""

    key: ClassVar = ("file", "line", "what")
    file: ClassVar = text("path of the raw file")
    line: ClassVar = count("line of the raw file")
    what: ClassVar = text("which row it is, and what becomes of it")
