"""Descriptions of coded interviews as rows of their tables."""

from collections.abc import Iterator

import pandas as pd

from cesp_analysis.columns import Row
from cesp_analysis.interviews.agreement import Draws
from cesp_analysis.interviews.codebook_changes import Changes
from cesp_analysis.interviews.codebook_changes import changes as changes_of
from cesp_analysis.interviews.coder_agreement import NameAgreement, coder_agreement
from cesp_analysis.interviews.coder_units import Seen
from cesp_analysis.interviews.cooccurrence import cooccurrence
from cesp_analysis.interviews.counted import By, Within, words
from cesp_analysis.interviews.coverage import Coverage, coverage
from cesp_analysis.interviews.matrix import theme_matrix
from cesp_analysis.interviews.names import compared, listed
from cesp_analysis.interviews.stopping_rules import found_after, little_new, nothing_new

COUNTED: tuple[By, ...] = ("theme", "code")
TOGETHER: tuple[Within, ...] = ("excerpt", "interview")


def covered(table: pd.DataFrame, held: pd.DataFrame) -> list[Coverage]:
    """What each interview adds, in themes and in codes."""
    return [coverage(table, by, held) for by in COUNTED]


def coverage_rows(own: list[Coverage], held: pd.DataFrame) -> Iterator[Row]:
    """ThemeCoverage. held: InterviewRows."""
    told = held[["order", "site", "role"]].to_dict("records")
    who = dict(zip(held["interview"], told, strict=True))
    for one in own:
        names = (one.counts > 0).sum(axis=0)
        for at, interview in enumerate(one.interviews):
            yield {
                "by": one.by, "interview": interview,
                **who[interview],
                "names": int(names[at]), "new": int(one.new[at]), "so_far": int(one.so_far[at]),
                "any_order": float(one.any_order[at]),
                "shares_place": "yes" if interview in one.tied else "no",
            }  # fmt: skip


def rule_rows(own: list[Coverage]) -> Iterator[Row]:
    """StoppingRules."""
    for one in own:
        all_of = {"by": one.by, "held": len(one.interviews), "found": len(one.names)}
        little = little_new(one)
        yield all_of | {
            "rule": "little_new", "first": little.base, "run": little.run,
            "threshold": little.threshold, "reason": little.reason,
            "reached": None if little.reached is None else little.reached + little.run,
        }  # fmt: skip
        none = nothing_new(one)
        yield all_of | {
            "rule": "nothing_new", "first": none.initial, "run": none.criterion,
            "reached": none.reached, "longest": None if none.reason else none.longest,
            "reason": none.reason,
        }  # fmt: skip
        for share in found_after(one):
            yield all_of | {
                "rule": "share_found", "first": share.interviews, "share": share.share,
                "published": share.published,
            }  # fmt: skip


def matrix_rows(table: pd.DataFrame, held: pd.DataFrame) -> Iterator[Row]:
    """ThemeMatrixRows."""
    for row in theme_matrix(table, "theme", held).rows():
        yield row | {name: row[name] or None for name in ("role", "site")}


def pair_rows(table: pd.DataFrame) -> Iterator[Row]:
    """ThemePairs: every two themes, also those that are never together."""
    for within in TOGETHER:
        own = cooccurrence(table, "theme", within)
        for i, first in enumerate(own.names):
            for j in range(i + 1, len(own.names)):
                yield {
                    "within": within, "first": first, "second": own.names[j],
                    "together": int(own.together[i, j]), "first_n": int(own.each[i]),
                    "second_n": int(own.each[j]), "jaccard": float(own.jaccard[i, j]),
                }  # fmt: skip


def agreement_rows(table: pd.DataFrame, level: float, seed: int, seen: Seen) -> Iterator[Row]:
    """CoderAgreementRows; without agreement one row that says why."""
    found = coder_agreement(table, "theme", how=Draws(level=level, seed=seed), seen=seen)
    same = {"ci_level": level, "seen": seen, "once": found.once, "nameless": found.nameless}
    if found.reason is not None:
        yield same | {
            "coders": listed(found.coders) or None, "excerpts": 0,
            "reason": found.reason,
        }  # fmt: skip
    for one in found.rows:
        for row in _measures(one):
            yield same | row


def _measures(one: NameAgreement) -> Iterator[Row]:
    for name in ("percent", "kappa", "alpha"):
        own = getattr(one, name)
        given = one.given_in_kappa if name == "kappa" else one.given
        yield {
            "theme": one.name, "coders": listed(one.coders), "measure": name,
            "excerpts": own.units, "marked": given.marked,
            "by_all": given.by_all, "estimate": own.value.value, "ci_low": own.value.low,
            "ci_high": own.value.high, "method": own.value.method or None,
            "reason": own.value.reason,
        }  # fmt: skip


def changed(
    then: tuple[pd.DataFrame, pd.DataFrame],
    now: tuple[pd.DataFrame, pd.DataFrame],
    numbered: tuple[str, ...] = (),
    of_both: bool = True,
) -> Changes:
    """Of two imports, each Excerpts and CodeRows; numbered: how ids begin that rows were counted
    by; of_both: codes that no excerpt has, and what codes mean, are known of both imports or of
    neither. Codes of files for agreement alone are in none."""
    before, after = (codes[codes["counted"] == "yes"] for _, codes in (then, now))
    spelled = {compared(code): code for code in [*words(now[0], "code"), *words(after, "code")]}
    before = _spelled(before, spelled)
    if not of_both:
        before, after = (
            codes.loc[codes["excerpts"] > 0, ["code", "id"]] for codes in (before, after)
        )
    return changes_of(_spelled(then[0], spelled), now[0], before, after, numbered)


def _spelled(table: pd.DataFrame, spelled: dict[str, str]) -> pd.DataFrame:
    """A table with its codes as the import now spells them: case and spaces make no other code."""
    return table.assign(code=[spelled.get(compared(one), one) for one in words(table, "code")])


def change_rows(own: Changes, known: bool) -> Iterator[Row]:
    """CodeChanges; known: excerpts of before are, and not its codebook alone."""
    yield {"change": "kept", "before": own.kept if known else None, "after": own.kept}
    if known:
        yield {"change": "found_by_id", "after": own.both - own.by_words}
        yield {"change": "found_by_words", "after": own.by_words}
    for one in own.codes:
        before = one.before if known and one.kind != "added" else None
        yield {
            "change": one.kind, "code": one.code, "into": one.into or None, "by": one.by or None,
            "before": before, "after": None if one.kind == "lost" else one.after,
            "already": one.already if known and one.kind == "merged" else None,
            "went": " | ".join(f"{code}: {n}" for code, n in one.went) or None,
        }  # fmt: skip


def recoded_rows(own: Changes, then: pd.DataFrame, now: pd.DataFrame) -> Iterator[Row]:
    """RecodedExcerpts. then, now: Excerpts of both imports."""
    for one in own.recoded:
        yield {
            "change": "recoded", "excerpt": one.excerpt, "interview": one.interview,
            "taken": " | ".join(one.taken) or None, "given": " | ".join(one.given) or None,
        }  # fmt: skip
    whose = {"reworded": now, "added": now, "lost": then}
    for change, table in whose.items():
        of = _codes_of(table)
        for excerpt in getattr(own, change):
            interview, codes = of[excerpt]
            has = {"added": {"given": codes}, "lost": {"taken": codes}}.get(change, {})
            yield {"change": change, "excerpt": excerpt, "interview": interview, **has}


def _codes_of(table: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Excerpt → its interview, and its codes by ' | '."""
    own = table.astype("object").groupby("excerpt")
    return {
        str(excerpt): (str(part["interview"].iloc[0]), " | ".join(sorted(set(part["code"]))))
        for excerpt, part in own
    }
