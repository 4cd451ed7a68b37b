"""Codes that mean no answer: by where they lie, or by their labels; of a column and of a file."""

from collections.abc import Iterable, Iterator, Sequence

from cesp_analysis.new_study.tables import Column, Table
from cesp_analysis.usual_codes import CODES, labelled_none


def none_by_label(column: Column) -> list[str]:
    """The codes in a column whose label says: no answer."""
    return labelled_none(column.codes, column.found.answers)


def no_answer_in(column: Column) -> list[str]:
    """Codes of a column that stand apart from other numbers or labels, or among words."""
    found, labelled = column.found, none_by_label(column)
    if column.codes:
        lying = [code for code in found.codes if code not in column.codes]
        return [*(code for code in labelled if _stands_apart(code, column)), *lying]
    if found.kind != "category":
        return list(found.codes)
    words = list(found.words())
    codes = [word for word in words if word in CODES]
    return codes if not any(_is_number(word) for word in words if word not in codes) else []


def no_answer_of_file(
    table: Table, items: Sequence[str], read: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Codes of no answer in items that hold for the whole file; a question on each that does not,
    since it is an answer in another column that is read."""
    codes, doubts = list[str](), list[str]()
    for code in no_answer_in_items(table, items):
        labelled = [name for name in items if code in none_by_label(table.columns[name])]
        elsewhere = answers_elsewhere(table, code, read) if labelled else []
        if not elsewhere:
            codes.append(code)
            continue
        (called,) = with_labels([code], [table.columns[name] for name in labelled])
        doubts.append(
            f"{called} seems to mean no answer in {', '.join(labelled[:8])}, and is an answer in"
            f" {', '.join(elsewhere[:8])}: missing: [{code}] would take it from both. Without it a"
            " run sets what is beyond an item's range to missing, and lists it. Right?"
        )
    return codes, doubts


def no_answer_in_items(table: Table, items: Iterable[str]) -> list[str]:
    """Codes of no answer in the items of questionnaires: so labelled, or apart from the other
    answers in several items or below zero."""
    counts: dict[str, int] = {}
    labelled: dict[str, None] = {}
    for name in items:
        column = table.columns[name]
        labelled |= dict.fromkeys(none_by_label(column))
        for code in column.found.codes:
            counts[code] = counts.get(code, 0) + 1
    apart = [code for code, n in counts.items() if n > 1 or code.startswith("-")]
    return by_size({*apart, *labelled})


def answers_elsewhere(table: Table, code: str, columns: Sequence[str]) -> list[str]:
    """The columns in which a code that is labelled as no answer in others is an answer: it may not
    be declared missing for the whole file."""
    known = (table.columns[name] for name in dict.fromkeys(columns))
    return [
        column.name
        for column in known
        if column.found.kind not in ("date", "text")
        and (column.found.answers == code).any()
        and code not in (*none_by_label(column), *column.found.codes)
    ]


def asked_of(codes: Sequence[str], columns: Iterable[Column]) -> str:
    """'Does 9 (Refused) mean: no answer?'"""
    return f"Does {', '.join(with_labels(codes, columns))} mean: no answer?"


def with_labels(codes: Sequence[str], columns: Iterable[Column]) -> Iterator[str]:
    """Each code, and in brackets what the first column that labels it calls it."""
    labels: dict[str, str] = {}
    for column in columns:
        labels = column.codes | labels
    for code in codes:
        yield f"{code} ({label})" if (label := labels.get(code)) else code


def maybe_none(column: Column, missing: Sequence[str]) -> Iterator[str]:
    """A question on codes so labelled that follow the others like any answer: a category of its
    own, or no answer."""
    own = [*missing, *no_answer_in(column)]
    if left := [code for code in none_by_label(column) if code not in own]:
        codes = ", ".join(left)
        yield (
            f"Does {', '.join(with_labels(left, [column]))} mean: no answer (then missing:"
            f" [{codes}], and not among the values)?"
        )


def by_size(codes: Iterable[str]) -> list[str]:
    """Numbers from the lowest to the highest, then words."""
    return sorted(codes, key=lambda c: (not _is_number(c), float(c) if _is_number(c) else 0.0, c))


def _stands_apart(code: str, column: Column) -> bool:
    """Whether a labelled code is no next number of the others that have a label or are answers."""
    none = none_by_label(column)
    others = [c for c in {*column.codes, *column.found.answers} if c not in none and _is_number(c)]
    if not _is_number(code) or not others:
        return True
    return min(abs(float(code) - float(other)) for other in others) > 1


def _is_number(word: str) -> bool:
    return word.removeprefix("-").replace(".", "", 1).isdecimal()
