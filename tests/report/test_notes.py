"""Notes under tables: each once, and rows of nothing but a mark."""

from cesp_analysis.numbers import NONE
from cesp_analysis.report.blocks import Column, Group, Note, Row, Table
from cesp_analysis.report.notes import sentence, without_blank_rows
from cesp_analysis.report.sections.measurability_change import without_clusters


def table(*rows: Row) -> Table:
    notes = Note("In brackets: intervals."), Note("A single item.", "a"), Note("Few.", "b")
    groups = Group("First", rows[:1]), Group("Second", rows[1:])
    return Table("t", "Caption", "Outcome", (Column("n"), Column("ICC")), groups, notes)


def test_a_row_of_dashes_is_a_sentence_below_the_table() -> None:
    blank = Row("Life", (NONE, NONE), "a")
    full, half = Row("Wellbeing", ("9", "0.8")), Row("Loneliness", ("9", NONE), "b")
    made = without_blank_rows(table(blank, full, half))
    assert [group.title for group in made.groups] == ["Second"]
    assert made.groups[0].rows == (full, half)
    assert [(note.mark, note.text) for note in made.notes] == [
        ("", "In brackets: intervals."),
        ("", "Not in the table: Life. A single item."),
        ("b", "Few."),
    ]


def test_a_table_that_would_be_empty_and_one_without_such_rows_stay() -> None:
    for one in (table(Row("Life", (NONE, NONE), "a")), table(Row("Life", ("9", NONE), "a"))):
        assert without_blank_rows(one) == one
    unmarked = table(Row("Life", (NONE, NONE)), Row("Wellbeing", ("9", "0.8")))
    assert without_blank_rows(unmarked) == unmarked, "nothing would say why"


def test_without_clusters_there_is_a_sentence_and_no_table() -> None:
    rows = [{"neighbourhood_method": "no neighbourhood is known", "link_worker_method": ""}] * 2
    said = without_clusters(rows)
    assert said.startswith("How alike people of one neighbourhood")
    assert said.count("o neighbourhood is known") == 1


def test_a_sentence_begins_large_and_a_file_as_it_is_called() -> None:
    assert sentence("few locations") == "Few locations."
    assert sentence("prices per hour/minute: few.") == "Prices per hour/minute: few."
    assert sentence("data/raw/use.csv: 2 rows") == "data/raw/use.csv: 2 rows."
