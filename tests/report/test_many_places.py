"""Tables of many places: what is of one place stays in the CSV, and the table says so."""

from cesp_analysis.declared.design import MOST_SITES, Place
from cesp_analysis.report.blocks import Column, Group, Note, Paragraph, Row, Table
from cesp_analysis.report.many_places import without_each_place


def places(number: int) -> tuple[Place, ...]:
    return tuple(Place(name=f"p{n}", label=f"Place {n}", arm="control") for n in range(number))


def by_row(number: int) -> Table:
    """A row of all and one a place, each with a note of its own."""
    rows = [Row(f"Place {n}: at any time", (str(n),), marks="b") for n in range(number)]
    groups = (Group("Retained", (Row("All", ("9",), marks="a"), *rows)),)
    notes = (Note("of all", "a"), Note("of one", "b"), Note("of the table"))
    return Table("t", "Shares.", "Rate", (Column("n"),), groups, notes, csv="tables/rates.csv")


def by_column(number: int) -> Table:
    """Two columns a place under its name, and one of all."""
    columns = [Column(what, spanner=f"Place {n}") for n in range(number) for what in ("n", "mean")]
    row = Row("Age", (*(f"{at}" for at in range(2 * number)), "0.12"))
    return Table("t", "Means.", "", (*columns, Column("SMD")), (Group("", (row,)),), csv="x/m.csv")


def shown(table: Table, number: int) -> object:
    (block,) = without_each_place([table], places(number))
    return block


def test_a_dozen_places_are_shown_one_by_one() -> None:
    for table in (by_row(MOST_SITES), by_column(MOST_SITES)):
        assert shown(table, MOST_SITES) == table


def test_of_more_rows_of_all_are_left_with_their_notes() -> None:
    table = shown(by_row(200), 200)
    assert isinstance(table, Table)
    assert [row.stub for group in table.groups for row in group.rows] == ["All"]
    assert [note.text for note in table.notes[:-1]] == ["of all", "of the table"]
    assert table.notes[-1].text == "What is of one place each, of 200 places, is in rates.csv."


def test_of_more_columns_those_of_all_are_left_with_their_cells() -> None:
    table = shown(by_column(13), 13)
    assert isinstance(table, Table)
    assert [column.header for column in table.columns] == ["SMD"]
    assert table.groups[0].rows[0].cells == ("0.12",)


def test_a_table_of_places_alone_is_a_sentence_that_leads_to_its_csv() -> None:
    table = by_column(13)
    alone = Table("t", "Means.", "", table.columns[:-1], table.groups, csv="x/m.csv")
    said = "Means. What is of one place each, of 13 places, is in m.csv."
    assert shown(alone, 13) == Paragraph(said)


def test_a_table_of_a_few_of_many_places_stays() -> None:
    """Nor is a place taken for another whose name begins alike."""
    table = by_row(5)
    assert shown(table, 200) == table
    rows = (Row("All", ("1",)), *(Row(f"Place {n}0000", ("1",)) for n in range(20)))
    other = Table("t", "", "", (Column("n"),), (Group("", rows),))
    assert shown(other, 200) == other
