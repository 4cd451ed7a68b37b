"""Coded interviews: the files, who was interviewed, the codebook."""

from typing import Literal

from pydantic import Field, model_validator

from cesp_analysis.declared.base import Frozen, Name
from cesp_analysis.declared.coded_files import CodedFile, Role, Tabled


class InterviewedColumns(Frozen):
    """What the columns of the table of those interviewed are called."""

    interview: str = Field(default="interview", description="Pseudonym.")
    source: str | None = Field(default=None, description="The document, where files name that.")
    site: str | None = Field(default=None, description="The site.")
    role: str | None = Field(default=None, description="The role.")
    order: str | None = Field(default=None, description="A number, or YYYY-MM-DD.")


class Interviewed(Tabled):
    """A table of those interviewed: CSV or XLSX, a row each."""

    columns: InterviewedColumns = InterviewedColumns()


class CodebookColumns(Frozen):
    """What the columns of a codebook are called."""

    code: str = Field(default="code", description="The code.")
    id: str | None = Field(default=None, description="What stays when a code is renamed.")
    description: str | None = Field(default=None, description="What the code means.")


class Codebook(Tabled):
    """A codebook: .qdc, .qdpx, or a table (CSV, XLSX) with a row for each code."""

    columns: CodebookColumns = CodebookColumns()
    hierarchy: str | None = Field(
        default=None, min_length=1, description="The mark within names that leads one level down."
    )

    @model_validator(mode="after")
    def _of_its_kind(self) -> "Codebook":
        kind = self.path.rsplit(".", 1)[-1].lower()
        if kind in ("qdc", "qdpx") and self.told():
            raise ValueError(f"{', '.join(self.told())}: a {kind} is no table; remove it")
        return self


class Interviews(Frozen):
    """Interviews that were coded, in the study's own program for that."""

    files: dict[Name, CodedFile] = Field(min_length=1, description="The files, in their order.")
    sites: dict[str, Name] = Field(
        default_factory=dict, description="The files' word for a site → its name here."
    )
    roles: dict[str, Role] = Field(
        default_factory=dict, description="The files' word for a role → role."
    )
    people: Interviewed | None = Field(
        default=None, description="Who was interviewed, where the files do not say it."
    )
    codebook: Codebook | None = Field(default=None, description="The codebook as it is now.")
    agreement_of: Literal["excerpts", "interviews"] | None = Field(
        default=None,
        description="Whose agreement: excerpts: those that two coders coded; interviews: of"
        " interviews that two coded also what one of them left uncoded, as without the theme. By"
        " default excerpts where all files are of kind excerpts (the excerpts were given), else"
        " interviews (each coder chose the passages).",
    )
    previous_codebook: Codebook | None = Field(
        default=None, description="The codebook of an earlier import, to show what changed."
    )

    @model_validator(mode="after")
    def _one_counts(self) -> "Interviews":
        if all(file.for_agreement for file in self.files.values()):
            raise ValueError("files: all are for_agreement; name one that counts")
        return self

    @model_validator(mode="after")
    def _codebooks_to_compare(self) -> "Interviews":
        projects = all(f.kind == "qdpx" for f in self.files.values() if not f.for_agreement)
        if self.previous_codebook and not (self.codebook or self.excerpts_before() or projects):
            raise ValueError("previous_codebook: name the one that it is compared with, codebook:")
        return self

    def excerpts_before(self) -> bool:
        """Whether excerpts of an earlier import are named, and not its codebook alone."""
        return any(file.previous for file in self.files.values())

    def codes_of_both(self) -> bool:
        """Whether codes that no excerpt has are known of both imports or of neither: a codebook
        that one of them lacks says nothing of what changed."""
        both = (self.codebook is None) == (self.previous_codebook is None)
        return both or not self.excerpts_before()

    def compared(self) -> Literal["excerpts", "interviews"]:
        """What agreement is of."""
        given = all(file.kind == "excerpts" for file in self.files.values())
        return self.agreement_of or ("excerpts" if given else "interviews")

    def numbered(self) -> list[str]:
        """How the ids of excerpts begin that a file does not give: its entry, or its prefix."""
        return [
            file.prefix or f"{name}:"
            for name, file in self.files.items()
            if file.kind == "framework"
            or (file.kind in ("excerpts", "segments") and file.columns.excerpt is None)
        ]

    def paths(self) -> list[str]:
        """Every file that the section names."""
        others = (self.people, self.codebook, self.previous_codebook)
        return [
            *(path for one in self.files.values() for path in (one.path, one.previous) if path),
            *(other.path for other in others if other is not None),
        ]

    def earlier(self) -> "Interviews | None":
        """As it was at the import before: each file that has one at its earlier path, without
        those for agreement, which count in nothing that changes; None: no earlier import is
        named."""
        files = {
            name: file.model_copy(update={"path": file.previous or file.path, "previous": None})
            for name, file in self.files.items()
            if not file.for_agreement
        }
        changed = self.previous_codebook or self.excerpts_before()
        then = {"files": files, "codebook": self.previous_codebook, "previous_codebook": None}
        return self.model_copy(update=then) if changed else None
