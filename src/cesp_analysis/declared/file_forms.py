"""How a raw file is written: its header, its rows, what REDCap keeps elsewhere."""

from typing import Any, Literal

from pydantic import Field

from cesp_analysis.declared.base import Frozen

Format = Literal["csv", "xlsx", "sav", "dta"]


class Header(Frozen):
    """Where the column names of a CSV file or a sheet stand."""

    skip: int = Field(
        default=0, ge=0, description="Lines (in a sheet: rows) above the names that are no data."
    )
    rows: int = Field(
        default=1, ge=0, description="Header rows: 3 for Qualtrics (2 in its old layout); 0: none."
    )
    names: Literal["first", "joined"] = Field(
        default="first",
        description="first: the first header row names the columns, the others are their labels;"
        " joined: all rows together, merged cells carried.",
    )
    repeated: Literal["stop", "number"] = Field(
        default="stop", description="number: a second column 'x' is called 'x_2'."
    )
    nameless: Literal["stop", "number"] = Field(
        default="stop", description="number: a nameless column that holds values is 'column_3'."
    )
    columns: tuple[str, ...] = Field(
        default=(), description="Names by position; the names in the file become labels."
    )
    syntax: str | None = Field(
        default=None, description="LimeSurvey: its R syntax file, which has names and value labels."
    )


class Redcap(Frozen):
    """A REDCap export: its data dictionary says what each column is."""

    dictionary: str = Field(description="The data dictionary, a CSV under data/raw.")
    labelled: bool = Field(
        default=False, description="true: the export has labels for names and codes."
    )


class LongFormat(Frozen):
    """A file with one answer a row, such as those of an item-level archive."""

    question: str = Field(
        description="The column that names the question: what `column` and {item} then refer to."
    )
    answer: str = Field(description="The column that holds the answer.")


class TableForm(Frozen):
    """How a table that somebody exported is written."""

    path: str = Field(description="Where it lies, relative to the study's folder.")
    format: Format | None = Field(default=None, description="By default from the ending.")
    encoding: str = Field(default="utf-8", description="CSV: e.g. utf-8, cp1252, utf-16.")
    separator: str = Field(default=",", min_length=1, max_length=1, description="CSV: , ; or tab.")
    sheet: str | None = Field(
        default=None,
        description="XLSX: by default the first sheet, if no other with a table is left unread.",
    )
    header: Header = Field(default=Header(), description="CSV, XLSX: where column names stand.")
    last_line: int | None = Field(
        default=None,
        ge=1,
        description="CSV, XLSX: the last line with a record; notes stand below.",
    )
    nul_bytes: Literal["stop", "drop"] = Field(
        default="stop", description="CSV: drop NUL bytes, or stop at the first."
    )

    def kind_of_file(self) -> str:
        """csv, xlsx, sav or dta: as declared, else by the path's ending."""
        return self.format or self.path.rsplit(".", 1)[-1].lower()

    def told(self) -> dict[str, Any]:
        """What is declared of how it is written: setting → value, without those by default."""
        return {
            name: value
            for name, field in TableForm.model_fields.items()
            if name != "path" and (value := getattr(self, name)) != field.default
        }


class Written(TableForm):
    """How one raw file is written."""

    last_line: int | None = Field(
        default=None,
        ge=1,
        description="CSV, XLSX: the last line with a record; notes stand below. What looks like a"
        " record there stops the run (cut_record).",
    )
    may_be_empty: bool = Field(
        default=False,
        description="true: column names without a record mean that nothing is recorded yet, such as"
        " adverse events or a later time: no records (listed as no_records).",
    )
    decimal: Literal[".", ","] = Field(
        default=".",
        description="The mark before decimals, in sheets, SPSS and Stata that of numbers written as"
        " text: true numbers need none.",
    )
    redcap: Redcap | None = Field(default=None, description="A REDCap export.")
    carried: dict[str, str] = Field(
        default_factory=dict,
        description="What stands in one row of a record and holds for its other rows, such as a"
        " study id that REDCap keeps in one event: column → the column that says which rows are of"
        " one record.",
    )

    def decimal_marks(self) -> str:
        """What may stand before decimals: in a CSV the declared mark; numbers of other formats
        have a point, also where text has a comma (text with a point is noted by its reader)."""
        return ".," if self.comma_beside_numbers() else self.decimal

    def comma_beside_numbers(self) -> bool:
        """Whether text has a decimal comma in a format whose numbers have none."""
        return self.decimal == "," and self.kind_of_file() != "csv"

    def companions(self) -> dict[str, str]:
        """The raw files that say how this one is read: place in the entry → path."""
        found = {"header.syntax": self.header.syntax} if self.header.syntax else {}
        return found | ({"redcap.dictionary": self.redcap.dictionary} if self.redcap else {})
