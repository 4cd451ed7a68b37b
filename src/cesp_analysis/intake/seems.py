"""What a file seems to be, and what a person should look at in it before it is declared so."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.intake.hidden import ranges


@dataclass(frozen=True)
class Layout:
    """How a file or sheet seems to be written, and what a person should look at there.

    totals: lines of rows that look like totals; below: lines after `last_line` that hold something
    and are no totals; neither are read. repeated: name → the columns (from 1) that have it.
    hidden: what the sheet hides; hidden_sheet: it is hidden itself; without_table: other sheets.
    """

    how: Written
    totals: tuple[int, ...] = ()
    hidden: str = ""
    below: tuple[int, ...] = ()
    repeated: dict[str, tuple[int, ...]] = field(default_factory=dict)
    hidden_sheet: bool = False
    without_table: tuple[str, ...] = ()

    def doubts(self) -> Iterator[str]:
        """Rows below the records, names that stand twice, and what the workbook hides."""
        if self.totals:
            lines = f"Line {self.totals[0]} looks like totals"
            if len(self.totals) > 1:
                lines = f"Lines {ranges(self.totals)} look like totals"
            last = self.how.last_line
            left = f"last_line: {last}" if last is not None else f"last_line: {self.totals[0] - 1}"
            done = "" if last is not None else "write "
            yield (
                f"{lines}, not like records: {done}{left} leaves them out (or left_out: {{COLUMN:"
                " [Total]}, if records may be added below). Right?"
            )
        if self.below:
            one = len(self.below) == 1
            lines = f"Line {self.below[0]} holds" if one else f"Lines {ranges(self.below)} hold"
            yield (
                f"{lines} something below the last record, as it seems; last_line:"
                f" {self.how.last_line} leaves {'it' if one else 'them'} out, and any record that"
                f" is added below. {'Is it no record' if one else 'Are they no records'}?"
            )
        for name, places in self.repeated.items():
            listed = " and ".join(map(str, places))
            called = ", ".join(numbered_as(name, len(places)))
            yield (
                f"'{name}' names columns {listed}; they are read as {called} (header: {{repeated:"
                " number}). Which of them is meant, or are they different questions?"
            )
        if self.hidden_sheet:
            name = f" '{self.how.sheet}'" if self.how.sheet else ""
            yield f"The sheet{name} is hidden in the workbook. Is it meant to be read?"
        if self.without_table:
            names = ", ".join(f"'{name}'" for name in self.without_table)
            yield f"Other sheets, which seem to hold no table, are not read: {names}"
        if self.hidden:
            one = self.hidden.endswith(" is")
            read = "it is read. Is it meant?" if one else "they are read. Are they meant?"
            yield f"In the sheet {self.hidden} hidden; {read}"


def numbered_as(name: str, times: int) -> list[str]:
    """How columns of one name are called apart: x, x_2, x_3."""
    return [name, *(f"{name}_{number}" for number in range(2, times + 1))]
