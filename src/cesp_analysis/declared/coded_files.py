"""One file of coded interviews: what its columns, codes and words mean."""

import re
from collections.abc import Iterator
from typing import Literal, get_args

from pydantic import ConfigDict, Field, model_validator

from cesp_analysis.declared.base import Frozen, Name
from cesp_analysis.declared.file_forms import TableForm, Written

Role = Literal["staff", "service_user", "volunteer", "community"]
Valence = Literal["positive", "negative", "mixed", "neutral"]
ROLES: tuple[str, ...] = get_args(Role)
VALENCES: tuple[str, ...] = get_args(Valence)
LEVELS = " / "
"""What stands between the levels of a code: 'barriers / transport'."""
OF_CODES = ("excerpt", "theme", "subtheme", "code", "start", "end", "text")
"""Columns that a project (.qdpx) needs not name, since its own form says them."""
OF_PEOPLE = ("interview", "site", "role", "order")


class CodedColumns(Frozen):
    """What a file's columns are called; of a .qdpx, its variables, `case` and `source`."""

    model_config = ConfigDict(serialize_by_alias=True)  # a spec is read back as it is written

    excerpt: str | None = Field(default=None, description="The excerpt's id.")
    interview: str | None = Field(default=None, description="The pseudonym of who spoke.")
    source: str | None = Field(default=None, description="The document.")
    site: str | None = Field(default=None, description="The site.")
    role: str | None = Field(default=None, description="The speaker's role.")
    order: str | None = Field(
        default=None, description="When the interview was held: a number, or YYYY-MM-DD."
    )
    coder: str | None = Field(default=None, description="Who coded.")
    theme: str | None = Field(default=None, description="excerpts: the theme.")
    subtheme: str | None = Field(default=None, description="excerpts: the subtheme.")
    code: str | None = Field(default=None, description="segments: the code.")
    construct_: str | None = Field(
        default=None, alias="construct", description="The construct that the excerpt speaks to."
    )
    valence: str | None = Field(default=None, description="positive, negative, mixed or neutral.")
    start: str | None = Field(default=None, description="The excerpt's first character, from 0.")
    end: str | None = Field(default=None, description="The character after its last one.")
    text: str | None = Field(default=None, description="What was said.")

    def named(self) -> dict[str, str]:
        """What a column is to the study → its name in the file."""
        return {name: word for name, word in self.model_dump(by_alias=True).items() if word}


class CodeMeaning(Frozen):
    """What a code, and every code below it that says nothing else, stands for."""

    model_config = ConfigDict(serialize_by_alias=True)

    theme: str | None = Field(default=None, description="Its theme; by default its first level.")
    subtheme: str | None = Field(
        default=None, description="Its subtheme; by default the levels below the theme."
    )
    construct_: Name | None = Field(
        default=None, alias="construct", description="The construct that it speaks to."
    )
    valence: Valence | None = Field(default=None, description="What every excerpt of it is.")


class Cleared(Frozen):
    """How a file marks the excerpts that may be quoted. Without a mark none may."""

    column: str | None = Field(default=None, description="The column (a .qdpx: the variable).")
    values: tuple[str, ...] = Field(
        default=("yes",), description="Its words that mean: may be quoted, in whatever case."
    )
    code: str | None = Field(default=None, description="The code that marks them.")

    @model_validator(mode="after")
    def _one_mark(self) -> "Cleared":
        if (self.column is None) == (self.code is None):
            raise ValueError("write either column or code: what marks an excerpt as cleared")
        if self.code is not None and "values" in self.model_fields_set:
            raise ValueError("values: are of a column; name that, or remove them")
        return self


class Tabled(TableForm):
    """A file beside the answers of people, if a table then written like theirs."""

    @model_validator(mode="after")
    def _no_answers(self) -> "Tabled":
        if self.header.syntax is not None:
            raise ValueError("header.syntax: is of LimeSurvey's answers alone; remove it")
        return self

    def written(self) -> Written:
        """How a table is written, for the readers of raw files; one without records is told by
        whoever asks for it."""
        return Written(path=self.path, **self.told(), may_be_empty=True)


class CodedFile(Tabled):
    """One file of coded interviews."""

    previous: str | None = Field(
        default=None,
        description="The same file as it was at an earlier import, to show what was coded anew.",
    )
    kind: Literal["excerpts", "segments", "framework", "qdpx"] = Field(
        description="excerpts: a row for each excerpt and theme; segments: a row for each excerpt"
        " and code (NVivo, MAXQDA, Taguette); framework: a row for each interview, a column for"
        " each theme; qdpx: a REFI-QDA project."
    )
    columns: CodedColumns = CodedColumns()
    ignored: tuple[str, ...] = Field(
        default=(), description="framework: columns that are no theme."
    )
    numbered: bool = Field(
        default=False, description="framework: true takes off NVivo's 'A : ' and '1 : '."
    )
    hierarchy: str | None = Field(
        default=None,
        min_length=1,
        description="The mark within a code's name that leads one level down: '::' (ATLAS.ti),"
        " '.' (Taguette), ' > ' (MAXQDA), '\\' (NVivo).",
    )
    between: str | None = Field(
        default=None,
        min_length=1,
        description="The mark between several codes of a cell; framework: between excerpts.",
    )
    positions: Literal["characters", "utf16"] = Field(
        default="characters",
        description="qdpx: how places in texts are counted; utf16: some characters count twice.",
    )
    source_name: str | None = Field(
        default=None,
        description="What a document's name says, e.g. '{site}_{role}_{interview}'.",
    )
    site: Name | None = Field(default=None, description="The site of all its interviews.")
    role: Role | None = Field(default=None, description="The role of all its interviews.")
    coder: str = Field(
        default="",
        description="Who coded all of it, but what a column of coder names; a .qdpx: whoever its"
        " users are.",
    )
    for_agreement: bool = Field(
        default=False,
        description="true: excerpts coded again, to see how alike coders code; in nothing else.",
    )
    prefix: str = Field(default="", description="What is put before the ids of its excerpts.")
    codes: dict[str, CodeMeaning] = Field(
        default_factory=dict, description="Code, its levels with ' / ' between → what it means."
    )
    valences: dict[str, Valence] = Field(
        default_factory=dict, description="The file's word for a valence → valence."
    )
    valence_codes: dict[str, Valence] = Field(
        default_factory=dict, description="Codes that only say how an excerpt is meant."
    )
    construct_codes: dict[str, Name] = Field(
        default_factory=dict, description="Codes that only say which construct an excerpt is of."
    )
    not_interviews: tuple[str, ...] = Field(
        default=(), description="Documents that are no interviews; what is coded there stays out."
    )
    left_out: tuple[str, ...] = Field(
        default=(), description="Codes, with those below them, that are no themes."
    )
    cleared: Cleared | None = Field(default=None, description="What may be quoted; by default none")

    @model_validator(mode="after")
    def _columns_of_its_kind(self) -> "CodedFile":
        if faults := list(_misplaced(self)):
            raise ValueError("; ".join(faults))
        return self

    def has_codes(self) -> bool:
        """Whether names of codes can hold levels; not where columns are theme and subtheme."""
        return self.kind != "excerpts" or self.columns.code is not None

    def markers(self) -> set[str]:
        """Codes that mark excerpts and are no themes."""
        cleared = {self.cleared.code} if self.cleared and self.cleared.code else set()
        return {*self.valence_codes, *self.construct_codes, *cleared}


def _misplaced(file: CodedFile) -> list[str]:
    """What the kind of a file asks of its columns and settings."""
    named = file.columns.named()
    faults = []
    who = {"interview", "source"} & set(named)
    if file.kind in ("excerpts", "segments") and not who:
        faults.append("columns: name interview, source or both: whose words these are")
    if file.kind == "excerpts" and not {"theme", "code"} & set(named):
        faults.append("columns: name theme, or code")
    if file.hierarchy is not None and not file.has_codes():
        faults.append("hierarchy: is of a column of code; name that, or remove it")
    faults += _unread(file, named)
    if file.kind == "segments" and "code" not in named:
        faults.append("columns: name code")
    if file.kind == "framework" and "interview" not in named:
        faults.append(
            "columns: name interview, the column that says whose row it is; of a first column"
            " without a header write header: {nameless: number} and interview: column_1"
        )
    if file.kind == "qdpx" and file.told():
        faults.append(f"{', '.join(file.told())}: a qdpx is no table; remove it")
    if file.kind in ("framework", "qdpx") and (own := [n for n in OF_CODES if n in named]):
        faults.append(f"columns: {', '.join(own)}: a {file.kind} has none; remove it")
    if file.for_agreement and file.previous is not None:
        faults.append("previous: what is for_agreement counts in no change; remove it")
    parts = re.findall(r"\{(.*?)\}", file.source_name or "")
    if file.source_name is not None and (not parts or set(parts) - set(OF_PEOPLE)):
        faults.append(
            f"source_name: put at least one of {', '.join(OF_PEOPLE)} in braces, no other"
        )
    elif len(parts) > len(set(parts)):
        faults.append("source_name: each of its parts may stand once")
    return faults


def _unread(file: CodedFile, named: dict[str, str]) -> Iterator[str]:
    """Settings that nothing reads in a file of its kind."""
    if file.between is not None and (file.kind == "qdpx" or not file.has_codes()):
        yield "between: is of a column of code, or of a framework's cells; name code, or remove it"
    for what, set_ in (("numbered", file.numbered), ("ignored", file.ignored)):
        if set_ and file.kind != "framework":
            yield f"{what}: is of a framework alone; remove it"
    if file.positions != "characters" and file.kind != "qdpx":
        yield "positions: is of a qdpx alone; remove it"
    if file.valences and "valence" not in named:
        yield "valences: is of a column of valence; name that, or remove it"
