"""The steps `import_interviews` and `describe_interviews`."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cesp_analysis import contracts
from cesp_analysis.columns import Table
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.interviews import Interviews
from cesp_analysis.given import hold
from cesp_analysis.interviews.tables import (
    CodeChanges,
    CoderAgreementRows,
    CodeRows,
    Excerpts,
    ImportNotes,
    InterviewRows,
    Pseudonyms,
    RecodedExcerpts,
    StoppingRules,
    ThemeByInterview,
    ThemeCoverage,
    ThemeMatrixRows,
    ThemePairs,
)

if TYPE_CHECKING:
    from typing import Any

    import pandas as pd

    from cesp_analysis.intake.key import Key
    from cesp_analysis.interviews.rows import Note

    Row = dict[str, Any]


class ImportSpec(Frozen):
    """The declared section, the sites, and how declared constructs are called in excerpts; leaving:
    place in the study file → text that leaves the team as it is; secret: of marks, where the
    study has no key."""

    interviews: Interviews
    sites: tuple[str, ...]
    constructs: tuple[str, ...] = ()
    leaving: dict[str, str] = {}
    secret: str = ""


class DescribeSpec(Frozen):
    """Level and seed of intervals; what coders have seen; how ids begin that rows were counted by;
    whether excerpts of an earlier import are known, and codes that no excerpt has of both imports
    or of neither; secret: as ImportSpec."""

    ci_level: float
    seed: int
    seen: Literal["excerpts", "interviews"] = "interviews"
    numbered: tuple[str, ...] = ()
    excerpts_before: bool = False
    codes_of_both: bool = True
    secret: str = ""


def import_interviews(
    spec: str,
    out: Path,
    interviews: Path,
    codes: Path,
    notes: Path,
    pseudonyms: Path,
    before: Path | None = None,
    codes_before: Path | None = None,
    checksums: str = "",
    key: str = "",
) -> None:
    """Read coded interviews as one table of codings; say who was interviewed, which codes there are
    and what was left out; list the pseudonyms that may stand in nothing that leaves.

    `before`, `codes_before`: where the codings and codes of an earlier import go, if one is named;
    `key`: the file with the key of the pseudonyms, which makes marks of words, for a real study.
    """
    import pandas as pd

    from cesp_analysis.intake.key import key_of
    from cesp_analysis.interviews import read
    from cesp_analysis.interviews.made import notes_of
    from cesp_analysis.interviews.naming import named_in

    hold(checksums)
    how = ImportSpec.model_validate_json(spec)
    now = read.import_interviews(how.interviews, Path(), how.sites, constructs=how.constructs)
    known = now.pseudonyms
    kept = now.excerpts["cleared"] == "yes"
    marks = key_of(how.secret, Path(key) if key else None)
    contracts.write(without_words(now.excerpts, marks, kept), out, Excerpts)
    contracts.write(now.interviews, interviews, InterviewRows)
    contracts.write(now.codes, codes, CodeRows)
    renumbered: list[Note] = []
    earlier = how.interviews.earlier()
    if before is not None and codes_before is not None and earlier is not None:
        then = read.import_interviews(earlier, Path(), how.sites, True, how.constructs)
        if not how.interviews.excerpts_before():
            then = then.codebook_alone()
        contracts.write(without_words(then.excerpts, marks), before, Excerpts)
        contracts.write(then.codes, codes_before, CodeRows)
        known |= then.pseudonyms
        renumbered = _renumbered(how.interviews, then.excerpts, now.excerpts)
    told = [now.notes, notes_of([*named_in(how.leaving, known), *renumbered])]
    contracts.write(pd.concat(told, ignore_index=True), notes, ImportNotes)
    contracts.write(pd.DataFrame({"interview": sorted(known)}, dtype="str"), pseudonyms, Pseudonyms)


def _renumbered(declared: Interviews, then: "pd.DataFrame", now: "pd.DataFrame") -> "list[Note]":
    """A note of ids that seem to be counted anew in each export."""
    from cesp_analysis.interviews.counted import analysed
    from cesp_analysis.interviews.matched import ids_elsewhere
    from cesp_analysis.interviews.rows import noted

    ids = ids_elsewhere(analysed(then), analysed(now), tuple(declared.numbered()))
    file = next((one.path for one in declared.files.values() if one.previous), "config.yaml")
    fact = (
        "excerpts have an id that is of other words, or of another interview, in the earlier"
        " export; if ids are counted anew in each, write no excerpt: under columns, and excerpts"
        " are known by their interview and words"
    )
    return noted(file, "ids_elsewhere", [f"excerpt {one}" for one in ids], fact)


def without_words(
    excerpts: "pd.DataFrame", key: "Key", kept: "pd.Series[bool] | None" = None
) -> "pd.DataFrame":
    """The codings (Excerpts) without what was said, except in rows that are `kept`: in its place a
    mark by which the same words are known again in another import. Of an earlier one nothing is
    quoted, and what was cleared then may be so no more: none is kept."""
    from cesp_analysis.interviews.matched import mark_of

    text = excerpts["text"].astype("object")
    stays = text.isna() if kept is None else text.isna() | kept.to_numpy()
    return excerpts.assign(text=text.where(stays, text[~stays].map(lambda t: mark_of(t, key))))


def describe_interviews(
    spec: str,
    excerpts: Path,
    interviews: Path,
    codes: Path,
    coverage: Path,
    rules: Path,
    matrix: Path,
    by_interview: Path,
    pairs: Path,
    agreement: Path,
    before: Path | None = None,
    codes_before: Path | None = None,
    changes: Path | None = None,
    recoded: Path | None = None,
    key: str = "",
) -> None:
    """Say what each interview adds, who speaks of what and what comes up where, which themes go
    together, how alike coders coded and, if an earlier import is there, what was coded anew.

    `key`: as in import_interviews: words that are cleared are compared by their marks, too.
    """
    from cesp_analysis.intake.key import key_of
    from cesp_analysis.interviews import described
    from cesp_analysis.interviews.by_interview import by_interview as grid_of
    from cesp_analysis.interviews.counted import analysed

    how = DescribeSpec.model_validate_json(spec)
    every, held = contracts.read(excerpts, Excerpts), contracts.read(interviews, InterviewRows)
    table = analysed(every)
    covered = described.covered(table, held)
    _write(described.coverage_rows(covered, held), coverage, ThemeCoverage)
    _write(described.rule_rows(covered), rules, StoppingRules)
    _write(described.matrix_rows(table, held), matrix, ThemeMatrixRows)
    contracts.write(grid_of(table, held), by_interview, ThemeByInterview)
    _write(described.pair_rows(table), pairs, ThemePairs)
    _write(
        described.agreement_rows(every, how.ci_level, how.seed, how.seen),
        agreement,
        CoderAgreementRows,
    )
    if before is not None and codes_before is not None and changes and recoded:
        then = analysed(contracts.read(before, Excerpts)), contracts.read(codes_before, CodeRows)
        marks = key_of(how.secret, Path(key) if key else None)
        now = without_words(table, marks), contracts.read(codes, CodeRows)
        changed = described.changed(then, now, how.numbered, how.codes_of_both)
        known = how.excerpts_before
        _write(described.change_rows(changed, known), changes, CodeChanges)
        _write(
            described.recoded_rows(changed, then[0], now[0]) if known else (),
            recoded,
            RecodedExcerpts,
        )


def _write(rows: "Iterable[Row]", path: Path, contract: type[Table]) -> None:
    import pandas as pd

    contracts.write(pd.DataFrame(list(rows), columns=list(contract.columns())), path, contract)
