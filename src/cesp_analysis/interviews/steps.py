"""The steps `import_interviews` and `describe_interviews`."""

import hashlib
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

    Row = dict[str, Any]


class ImportSpec(Frozen):
    """The declared section, and the sites."""

    interviews: Interviews
    sites: tuple[str, ...]


class DescribeSpec(Frozen):
    """Level and seed of intervals; what coders have seen; how ids begin that rows were counted by;
    whether excerpts of an earlier import are known."""

    ci_level: float
    seed: int
    seen: Literal["excerpts", "interviews"] = "interviews"
    numbered: tuple[str, ...] = ()
    excerpts_before: bool = False


def import_interviews(
    spec: str,
    out: Path,
    interviews: Path,
    codes: Path,
    notes: Path,
    before: Path | None = None,
    codes_before: Path | None = None,
    checksums: str = "",
) -> None:
    """Read coded interviews as one table of codings; say who was interviewed, which codes there are
    and what was left out.

    `before`, `codes_before`: where the codings and codes of an earlier import go, if one is named.
    """
    from cesp_analysis.interviews import read

    hold(checksums)
    how = ImportSpec.model_validate_json(spec)
    now = read.import_interviews(how.interviews, Path(), how.sites)
    contracts.write(without_words(now.excerpts), out, Excerpts)
    contracts.write(now.interviews, interviews, InterviewRows)
    contracts.write(now.codes, codes, CodeRows)
    contracts.write(now.notes, notes, ImportNotes)
    earlier = how.interviews.earlier()
    if before is not None and codes_before is not None and earlier is not None:
        then = read.import_interviews(earlier, Path(), how.sites, earlier=True)
        contracts.write(without_words(then.excerpts), before, Excerpts)
        contracts.write(then.codes, codes_before, CodeRows)


def without_words(excerpts: "pd.DataFrame") -> "pd.DataFrame":
    """The codings (Excerpts) without what was said where it may not be quoted: in its place a mark
    by which the same words are known again in another import."""
    text = excerpts["text"].astype("object")
    kept = text.isna() | (excerpts["cleared"] == "yes").to_numpy()
    return excerpts.assign(text=text.where(kept, text[~kept].map(_mark)))


def _mark(text: str) -> str:
    words = " ".join(text.split())
    return f"not cleared {hashlib.sha256(words.encode()).hexdigest()[:16]}" if words else ""


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
) -> None:
    """Say what each interview adds, who speaks of what and what comes up where, which themes go
    together, how alike coders coded and, if an earlier import is there, what was coded anew."""
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
        now = table, contracts.read(codes, CodeRows)
        changed = described.changed(then, now, how.numbered)
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
