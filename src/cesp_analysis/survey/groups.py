"""The respondents of each site and wave beside the margins; every misfit, a line each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.errors import CespError
from cesp_analysis.numbers import counted, listed
from cesp_analysis.survey.cells import Target
from cesp_analysis.survey.margin_lines import Cell
from cesp_analysis.survey.margins import Margin, Place, crossed

if TYPE_CHECKING:
    import pandas as pd

NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Group:
    """The respondents of one site and wave.

    rows (n,): their place in the table of respondents; base (n,): design weights; targets and the
    names of their categories, one a margin; population: the first margin's total; notes: sentences
    on margins that were scaled and on categories that are not known.
    """

    place: Place
    rows: np.ndarray
    base: np.ndarray
    targets: tuple[Target, ...]
    labels: tuple[tuple[str, ...], ...]
    population: float
    notes: tuple[str, ...]


def respondents(panel: "pd.DataFrame") -> "pd.DataFrame":
    """Every respondent of the panel, once a wave, in its order."""
    rows = panel[panel["level"] == "respondent"]
    return rows[~rows.duplicated(["unit", "time"])].reset_index(drop=True)


def groups_of(people: "pd.DataFrame", margins: Sequence[Margin]) -> list[Group]:
    """The respondents by site and wave, in config's order; CespError with a line for every fault:
    weights, covariates that are no categories, categories that the margins and respondents do not
    share."""
    faults = list(_faults_of_weights(people))
    faults += _numbers(people, margins)
    if len(people) == 0:
        faults.append("config.yaml: surveys.weights: no respondent is in the panel; remove it")
    if faults:
        raise CespError(faults)
    coded = [_Coded.of(people, margin) for margin in margins]
    groups: list[Group] = []
    for place, rows in _places(people):
        fitted = [_Fitted.of(own.at(rows), margin, place) for own, margin in
                  zip(coded, margins, strict=True)]  # fmt: skip
        faults += [fault for one in fitted for fault in one.faults]
        base = people["weight"].to_numpy(dtype=float)[rows]
        if not faults:
            groups.append(_group(place, rows, base, fitted, margins))
    if faults:
        raise CespError(faults)
    return groups


def _group(
    place: Place, rows: np.ndarray, base: np.ndarray, fitted: "list[_Fitted]",
    margins: Sequence[Margin],
) -> Group:  # fmt: skip
    population = margins[0].total(place)
    notes = [
        f"{margin.name} sums to {own:,.10g} people, {margins[0].name} to {population:,.10g}: scaled"
        " to the latter"
        for margin in margins[1:]
        if (own := margin.total(place)) != population
    ]
    for one, margin in zip(fitted, margins, strict=True):
        if one.target.unknown:
            held = one.target.codes == len(one.labels) - 1
            notes.append(
                f"{counted(int(held.sum()), 'respondent')} without {margin.name}: they keep the"
                f" share of their design weights ({base[held].sum() / base.sum():.1%}), the others"
                " share the rest as the population does"
            )
    targets, labels = tuple(one.target for one in fitted), tuple(one.labels for one in fitted)
    return Group(place, rows, base, targets, labels, population, tuple(notes))


def _places(people: "pd.DataFrame") -> Iterator[tuple[Place, np.ndarray]]:
    """Site and wave, and the rows of their respondents."""
    site, wave = people["site"].cat, people["time"].cat
    code = site.codes.to_numpy(np.int64) * len(wave.categories) + wave.codes.to_numpy()
    order = np.argsort(code, kind="stable")
    ends = np.flatnonzero(np.diff(code[order])) + 1
    for rows in np.split(order, ends):
        own = people.iloc[rows[0]]
        yield (str(own["site"]), str(own["time"])), rows


def _faults_of_weights(people: "pd.DataFrame") -> Iterator[str]:
    """Respondents without a site, or whose design weight cannot weigh.

    Cleaning made weights missing that are not above 0 or no numbers, and listed each."""
    weight = people["weight"].to_numpy(dtype=float)
    for wrong, what, remedy in (
        (people["site"].isna().to_numpy(), "no site", "say where each respondent lives (site:)"),
        (
            ~(np.isfinite(weight) & (weight > 0)),
            "a design weight that is blank, not above 0 or not a number",
            "results/tables/data_problems.csv has the file and line of each (kinds no_weight,"
            " not_a_weight, not_a_number); correct them"
            " (data/raw/CORRECTIONS.yaml), or do not read these records (rows:)",
        ),
    ):
        if wrong.any():
            first = people.iloc[int(np.flatnonzero(wrong)[0])]
            n = counted(int(wrong.sum()), "respondent")
            verb = "has" if wrong.sum() == 1 else "have"
            which = f"the first: '{first.unit}' in {first.time}"
            which += f" at {first.site}" if isinstance(first.site, str) else ""
            yield f"config.yaml: files: {n} {verb} {what} ({which}); {remedy}"


def _numbers(people: "pd.DataFrame", margins: Sequence[Margin]) -> Iterator[str]:
    """Covariates of margins that have no categories."""
    for margin in margins:
        for name in margin.covariates:
            if people[name].dtype == "float64" and len(people):
                what = "is a number" if people[name].notna().any() else "is blank for all"
                yield (
                    f"{margin.files[0]}: {name}: the covariate {what}, and a margin needs"
                    " categories: declare it (type: category, values:), or derive bands from it"
                    " (derived: {source, cuts, labels})"
                )


@dataclass(frozen=True)
class _Coded:
    """Each respondent's cell of one margin: codes (n,) into cells; -1: not known."""

    codes: np.ndarray
    cells: list[Cell]

    @classmethod
    def of(cls, people: "pd.DataFrame", margin: Margin) -> "_Coded":
        place, known = np.zeros(len(people), dtype=np.int64), np.ones(len(people), dtype=bool)
        columns = [people[name].cat for name in margin.covariates]
        for column in columns:
            own = column.codes.to_numpy()
            place, known = place * (len(column.categories) + 1) + own, known & (own >= 0)
        found, first, codes = np.unique(place[known], return_index=True, return_inverse=True)
        rows = np.flatnonzero(known)[first]
        cells = [tuple(str(people[name].iloc[row]) for name in margin.covariates) for row in rows]
        whole = np.full(len(people), -1)
        whole[known] = codes
        assert len(found) == len(cells)
        return cls(whole, cells)

    def at(self, rows: np.ndarray) -> "_Coded":
        """Of some respondents."""
        return _Coded(self.codes[rows], self.cells)


@dataclass(frozen=True)
class _Fitted:
    """A margin beside the respondents of one site and wave; faults: where they do not fit."""

    target: Target
    labels: tuple[str, ...]
    faults: list[str]

    @classmethod
    def of(cls, own: _Coded, margin: Margin, place: Place) -> "_Fitted":
        n = np.bincount(own.codes[own.codes >= 0], minlength=len(own.cells))
        here = {cell: int(held) for cell, held in zip(own.cells, n, strict=True) if held}
        faults = list(_misfits(here, margin, place))
        if faults:
            return cls(Target(own.codes, np.ones(1)), (), faults)
        kept = [cell for cell in margin.counts[place] if cell in here]
        code = {cell: at for at, cell in enumerate(kept)}
        lookup = np.array([code.get(cell, -1) for cell in own.cells] + [len(kept)])
        codes, people = lookup[own.codes], [margin.counts[place][cell].people for cell in kept]
        unknown = bool((own.codes < 0).any())
        labels = [crossed(cell) for cell in kept] + ([NOT_KNOWN] if unknown else [])
        people += [0.0] if unknown else []
        return cls(Target(codes, np.array(people), unknown), tuple(labels), [])


def _misfits(here: dict[Cell, int], margin: Margin, place: Place) -> Iterator[str]:
    """Categories that the margin and the respondents of a site and wave do not share."""
    where, counts = f"{place[0]} in {place[1]}", margin.counts.get(place)
    files = listed(margin.files)
    if counts is None:
        yield (
            f"{files}: has no lines of {margin.name} for {where}, where"
            f" {counted(sum(here.values()), 'respondent')} answered; add them"
        )
        return
    if not here:
        yield f"{files}: {margin.name}: nobody in {where} has it; take this margin out"
        return
    for cell, n in here.items():
        who = f"{counted(n, 'respondent')} of {where}"
        if cell not in counts:
            yield (
                f"{files}: no line for {margin.name} {crossed(cell)}, which {who}"
                f" {'has' if n == 1 else 'have'}; add it, or recode these answers"
            )
        elif counts[cell].people == 0:
            yield (
                f"{counts[cell].at}: population 0 for {margin.name} {crossed(cell)}, but {who}"
                f" {'is' if n == 1 else 'are'} in it: correct the count, or recode the answers"
            )
    for cell, count in counts.items():
        if cell not in here and count.people > 0:
            yield (
                f"{count.at}: nobody of {where} is {margin.name} {crossed(cell)}, whom"
                f" {count.people:,.10g} people are: merge it with a category beside it, in this"
                " file and in the covariate"
            )
