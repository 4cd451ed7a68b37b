"""What the raw files hold: columns become variables here, and nowhere else."""

from typing import Literal, get_args

from pydantic import Field, field_validator

from cesp_analysis.declared.base import Frozen, Name
from cesp_analysis.declared.crosswalk import AS_DECLARED, Asked, Recode
from cesp_analysis.declared.derived import Derived
from cesp_analysis.declared.file_forms import Format, LongFormat, Written
from cesp_analysis.declared.instruments import ItemColumns, StateColumn
from cesp_analysis.declared.listed import Codes, Formats, Values

FORMATS: tuple[str, ...] = get_args(Format)


class From(Frozen):
    """Where a value comes from: a raw column, or the same for the whole file."""

    column: str | None = Field(default=None, description="The raw column's name.")
    constant: str | None = Field(default=None, description="One value for every row of the file.")
    values: dict[str, str] | None = Field(
        default=None, description="Raw value → the study's name for it."
    )
    format: Formats = Field(
        default=(),
        description="For dates: how they are written, e.g. '%d/%m/%Y', or a list; excel: numbers,"
        " as Excel counts days (excel_1904: as its old version for Mac did).",
    )


class FromTime(From):
    """Which time a row belongs to: a column, a constant, or the window its date lies in."""

    by: Literal["window"] | None = Field(
        default=None, description="window: the time whose window holds the row's date."
    )


class Variable(Frozen):
    """One question or measurement, as the study calls it."""

    type: Literal["number", "category", "date", "text", "id"] = Field(
        default="number",
        description="What its values are; others are set to missing and listed. id: a person's id"
        " in a file whose rows have ids of their own.",
    )
    column: str | None = Field(
        default=None, description="The raw column, where it is not called like the variable."
    )
    columns: dict[str, str] | None = Field(
        default=None, description="Wide files: time → the raw column that holds it then."
    )
    label: str = Field(default="", description="How tables call it.")
    unit: str = Field(default="", description="The unit of its values.")
    range: tuple[float, float] | None = Field(
        default=None, description="Lowest and highest possible value; others are set to missing."
    )
    values: Values | None = Field(
        default=None,
        description="Raw value → code; of a number, the number that a word stands for. A list"
        " means: these values, as they are.",
    )
    missing: Codes = Field(default=(), description="Raw codes that mean: no answer, e.g. [-9].")
    format: Formats = Field(
        default=(), description="For dates: e.g. '%d/%m/%Y', excel (serial numbers), or a list."
    )

    @field_validator("values", mode="before")
    @classmethod
    def _list_is_identity(cls, values: object) -> object:
        if isinstance(values, list):
            return {str(value): str(value) for value in values}
        if isinstance(values, dict):
            return {str(key): str(value) for key, value in values.items()}
        return values


class Form(Frozen):
    """Questions that several files share."""

    variables: dict[Name, Variable] = Field(
        default_factory=dict, description="Questions and measurements, by the study's name."
    )
    derived: dict[Name, Derived] = Field(
        default_factory=dict, description="Variables made from those above, in this order."
    )
    instruments: dict[str, ItemColumns] = Field(
        default_factory=dict,
        description="Instrument → its columns, with {item} for the item's code: 'phq9_{item}'; or"
        " {state: COLUMN} where one column holds all answers, a digit an item: 11221.",
    )
    item_values: dict[str, Recode] = Field(
        default_factory=dict,
        description="Instrument, or instrument.item, whose answers are words or other codes → each"
        " of these with the instrument's code: {swemwbs: {Rarely: 2, Often: 4}}.",
    )
    missing: Codes = Field(
        default=(), description="Raw codes that mean: no answer, in every column of the file."
    )
    answers: Codes = Field(
        default=(),
        description="Codes that the file itself declares missing and that are answers here, e.g."
        " JISC's 0 for not ticked.",
    )
    renamed: dict[str, str] = Field(
        default_factory=dict, description="Column as it is named here → as the raw file has it."
    )


_NAMED = ("variables", "derived", "instruments", "renamed", "item_values")
"""Parts of a form that a file's own entry adds to, by name."""


class RawFile(Written, Form):
    """One raw file: how it is written, what a row is, and what its columns mean."""

    level: Literal["person", "respondent", "other"] = Field(
        description="What a row belongs to: a person who is followed, a survey respondent, other."
    )
    lists_people: bool = Field(
        default=False, description="true: this file lists the people of the study, each once."
    )
    form: str | None = Field(default=None, description="The form whose questions it holds.")
    unit: str | None = Field(
        default=None, description="The column with the id; absent: each row is its own unit."
    )
    time: FromTime | None = Field(default=None, description="Which time or wave a row belongs to.")
    site: From | None = Field(default=None, description="Which site a row belongs to.")
    arm: From | None = Field(default=None, description="Individual allocation: the arm.")
    neighbourhood: From | None = Field(default=None, description="Which neighbourhood.")
    link_worker: From | None = Field(default=None, description="Whose person it is.")
    weight: From | None = Field(default=None, description="Design weight.")
    date: From | None = Field(default=None, description="When the row was collected.")
    mode: From | None = Field(
        default=None,
        description="Respondents: how they answered: paper, web, face_to_face or telephone (values:"
        " raw code → one of these).",
    )
    version: From | None = Field(
        default=None, description="Respondents: the version of the questionnaire."
    )
    crosswalk: dict[str, Asked] = Field(
        default_factory=dict,
        description="Questions that this file names or codes in another way than its form: a"
        " variable, or instrument.item for an item of an instrument, e.g. ucla3.1.",
    )
    wrong_labels: tuple[str, ...] = Field(
        default=(),
        description="Variables, instruments and instrument.item whose value labels in this file are"
        " wrong and whose codes are right: the labels are held against nothing.",
    )
    one_row_per: Literal["unit", "unit_and_time", "any"] = Field(
        default="unit_and_time", description="Which repetition counts as a duplicate."
    )
    duplicates: Literal["keep_first", "keep_last", "keep_neither", "stop"] = Field(
        default="keep_first",
        description="Records of one unit and time that differ: which counts. One without an answer"
        " does not count beside one that has answers (empty_duplicate).",
    )
    copies: Literal["set_aside", "keep"] | None = Field(
        default=None,
        description="Rows that repeat another cell by cell: set_aside (the same row twice), or keep"
        " (rows of their own, as contacts without a row's id; needs one_row_per: any). Not said:"
        " set aside, and costs and contacts that lack them say so.",
    )
    rows: dict[str, Codes] = Field(
        default_factory=dict,
        description="Which rows are meant: raw column → its values, in whatever case (listed as"
        " respelled); '' is blank. Others are set aside (another entry may read them).",
    )
    left_out: dict[str, Codes] = Field(
        default_factory=dict,
        description="Rows that are no records, e.g. totals or previews: raw column → its values, in"
        " whatever case (listed as respelled).",
    )
    long_format: LongFormat | None = Field(
        default=None,
        description="Each row is one answer. Rows of a question that is not declared are set aside"
        " (another entry may read them).",
    )
    redcap_forms: tuple[str, ...] = Field(
        default=(),
        description="REDCap: the forms read here. A row in which none was opened is set aside; for"
        " a repeating form its repeats are read.",
    )
    ignored: tuple[str, ...] = Field(
        default=(), description="Columns known and not used; others are listed as unused."
    )

    def with_form(self, forms: "dict[str, Form]") -> "RawFile":
        """The same file with its form's questions written out."""
        if self.form is None:
            return self
        form, named = forms[self.form], _NAMED
        both = {part: {**getattr(form, part), **getattr(self, part)} for part in named}
        codes = {
            part: tuple(dict.fromkeys((*getattr(form, part), *getattr(self, part))))
            for part in ("missing", "answers")
        }
        return self.model_copy(update={"form": None, **both, **codes})

    def raw_name(self, column: str) -> str:
        """How this file calls a column that the form calls `column`."""
        return self.renamed.get(column, column)

    def asked(self, question: str) -> Asked:
        """How this file asks a question: a variable, or instrument.item."""
        how = self.crosswalk.get(question, AS_DECLARED)
        words = self.words_of(question)
        alike = words is None or how.values is not None or not how.asked
        return how if alike else how.model_copy(update={"values": words})

    def words_of(self, question: str) -> dict[str, str] | None:
        """The codes of an item's answers where they are words (`item_values`)."""
        every = self.item_values.get(question.partition(".")[0]) if "." in question else None
        return self.item_values.get(question, every)

    def variable_column(self, name: str, time: str = "") -> str:
        """The raw column of a variable (of a wide one, at `time`)."""
        entry = self.variables[name]
        column = (entry.columns or {}).get(time) or entry.column or name
        return self.asked(name).column or self.raw_name(column)

    def variable_columns(self, name: str) -> list[str]:
        """The raw columns of a variable: one, or one a time; none if the file does not ask it."""
        if not self.asked(name).asked:
            return []
        times = self.variables[name].columns or {"": ""}
        return [self.variable_column(name, time) for time in times]

    def item_column(self, instrument: str, item: str) -> str:
        """The raw column of an instrument's item."""
        own = self.asked(f"{instrument}.{item}").column
        how = self.instruments[instrument]
        if isinstance(how, StateColumn):
            return self.raw_name(how.columns.get(item, how.state))
        return own or self.raw_name(how.format(item=item))

    def lacks_item(self, instrument: str, item: str, optional: bool) -> bool:
        """Whether an item has no place in this file: an optional one beside a column of states."""
        how = self.instruments[instrument]
        return isinstance(how, StateColumn) and how.left_out(item, optional)
