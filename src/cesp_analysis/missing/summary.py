"""imputation.csv: of each variable of the equations what was missing, and how it was imputed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cesp_analysis.arrays import Codes
from cesp_analysis.missing.asked import ImputeSpec
from cesp_analysis.missing.equations import About, Equations, groups_of
from cesp_analysis.missing.grouped import renumbered
from cesp_analysis.missing.imputed import Imputations, Note
from cesp_analysis.missing.made_sets import imputed_in
from cesp_analysis.missing.recipe import Column
from cesp_analysis.missing.settling import Drift, drifts
from cesp_analysis.missing.target import Target
from cesp_analysis.quoting import quoted


@dataclass(frozen=True)
class _Group:
    """One group's people, its columns to impute, how all columns' chains drift."""

    label: str
    rows: Codes
    targets: tuple[Target, ...]
    clusters: Codes | None
    drifts: dict[tuple[str, str], Drift]


def summary(made: Equations, imputations: Imputations, asked: ImputeSpec) -> Iterator[
    dict[str, Any]
]:  # fmt: skip
    """The rows of one handling, group by group."""
    groups = groups_of(made.people, asked)
    moved = drifts(imputations.traces)
    own = made.people.codes(made.share.cluster) if made.share.cluster else None
    for code, label in enumerate(groups.labels):
        rows = np.flatnonzero(groups.codes == code)
        clusters = None if own is None else renumbered(own[rows])
        group = _Group(label, rows, imputations.targets[label], clusters, moved)
        for about, columns in _variables(made).items():
            yield _row(made, imputations, asked, group, about, columns)


def _variables(made: Equations) -> dict[About, list[str]]:
    """What columns are of, with the columns: a category of several has one each."""
    found: dict[About, list[str]] = {}
    for column, about in made.about.items():
        if about.kind != "site":
            found.setdefault(about, []).append(column)
    return found


def _row(
    made: Equations,
    imputations: Imputations,
    asked: ImputeSpec,
    group: _Group,
    about: About,
    columns: Sequence[str],
) -> dict[str, Any]:
    counted = _counts(made, imputations, group, about, columns)
    notes = [*made.notes, *imputations.warnings]
    traces = [one for one in imputations.traces if one.column in columns]
    traces = [one for one in traces if one.group == group.label]
    moved = [group.drifts.get((one.column, one.group)) for one in traces]
    unsettled = [text for one in moved if one for text in one.sentences()]
    said = [*unsettled, *_said(notes, columns, group.label)]
    weighty = _said([one for one in notes if one.weighty], columns, group.label)
    first = moved[0] if moved else None
    return {
        "handling": made.share.handling.name,
        "events": " | ".join(made.share.handling.sentences()),
        "group": group.label,
        "variable": about.variable,
        "kind": about.kind,
        "time": about.time,
        "item": about.item,
        **counted,
        "method": _method(made, group, about, columns),
        "predictors": " | ".join(_predictors(made, group, columns)),
        "r_hat": traces[0].r_hat if traces else None,
        "drift": first.in_errors if first else None,
        "drift_limit": first.limit if first else None,
        "reason": " | ".join(_said(imputations.refused, columns, group.label, _sites(made, group))),
        "warnings": " | ".join(dict.fromkeys(said)),
        "repeated": " | ".join(dict.fromkeys([*unsettled, *weighty])),
    }


def _said(
    notes: Sequence[Note], columns: Sequence[str], group: str, sites: Sequence[str] = ()
) -> list[str]:
    """What notes say of columns in a group, or (with the site's name) in a site of it."""
    several = len(columns) > 1  # of a category: which of them is said
    found = [
        f"{quoted([one.column])}: {one.text}" if several else one.text
        for one in notes
        if one.column in columns and one.group in ("", group)
    ]
    of_site = [one for one in notes if one.column in columns and one.group in sites]
    return found + [f"{one.group}: {one.text}" for one in of_site if one.group != group]


def _sites(made: Equations, group: _Group) -> list[str]:
    return sorted(set(made.people.words("site")[group.rows]) - {""})


def _counts(
    made: Equations, imputations: Imputations, group: _Group, about: About, columns: Sequence[str]
) -> dict[str, int]:
    """People of the group, by what became of the variable."""
    rows, n = group.rows, len(group.rows)
    if about.time and about.kind != "interaction":
        at = made.people.times.index(about.time)
        after = made.after[about.variable]
        gone = after.gone[rows, at]
        answered = _answered(made, imputations, about, columns)[rows] & ~after.any[rows, at]
        if not about.item:
            filled, _ = imputed_in(made, imputations, columns[0])
        else:
            filled = _cells(imputations, columns)
            filled = filled[np.isin(filled, np.flatnonzero(~after.gone[:, at]))]
    else:
        gone = np.zeros(n, dtype=bool)
        answered = _answered(made, imputations, about, columns)[rows]
        filled = _cells(imputations, columns)
    imputed = int(np.isin(filled, rows).sum())
    return {
        "n_people": n,
        "n_answered": int(answered.sum()),
        "n_not_there": int(gone.sum()),
        "n_missing": int(n - answered.sum() - gone.sum()),
        "n_imputed": imputed,
    }


def _cells(imputations: Imputations, columns: Sequence[str]) -> Codes:
    found = [one.rows for one in imputations.cells if one.column in columns]
    return np.unique(np.concatenate([np.empty(0, dtype=int), *found]))


def _answered(
    made: Equations, imputations: Imputations, about: About, columns: Sequence[str]
) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Who (n,) has an answer to a variable, of a product to each part of it."""
    names = {column.name: at for at, column in enumerate(imputations.recipe.columns)}
    passive = {one.name: one for one in made.passive}
    parts = [imputations.recipe.parts(name) for name in columns if name in (*names, *passive)]
    if not parts:  # left out beforehand
        return np.asarray(made.people.words(about.variable) != "")
    places = [names[name] for own in parts for name in own]
    return np.asarray(np.isfinite(imputations.observed[:, places]).all(axis=1))


def _method(made: Equations, group: _Group, about: About, columns: Sequence[str]) -> str:
    if about.kind == "interaction":
        return "product"
    if len(columns) == 1 and any(one.name in columns for one in made.passive):
        return "scored"
    own: list[Column] = [one.column for one in group.targets if one.column.name in columns]
    if not own:
        return ""
    alone = group.clusters is None or group.clusters.max() < 1
    return "norm" if own[0].method == "two_level" and alone else str(own[0].method)


def _predictors(made: Equations, group: _Group, columns: Sequence[str]) -> list[str]:
    recipe = made.recipe
    for one in group.targets:
        if one.column.name in columns:
            return [recipe.names[at - 1] for at in one.predictors if at > 0]
    scored = [one for one in made.passive if [one.name] == list(columns)]
    return list(scored[0].inputs) if scored else []
