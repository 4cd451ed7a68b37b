"""How each neighbourhood changed between two waves, and what is left of it beside its site.

The change is the later weighted mean less the earlier one; a respondent who answers in both waves
enters both, so that their covariance counts. Its interval speaks of this neighbourhood: respondents
as drawn within it, Welch's df. Of many small neighbourhoods the largest changes are mostly chance,
so each stands a second time, drawn towards its site's mean by how little it is known:

    shrunken = site + r (change − site),  1 − r = (k − 3)/(k − 1) se² / (between² + se²)

with between² the variance of true changes of the site's k neighbourhoods by Paule and Mandel (1982,
Journal of Research of the National Bureau of Standards 87(5)), and site their mean weighted by
1 / (between² + se²). r and the variance behind the interval are Morris's (1983, JASA 78:47), which
allow for between² being estimated.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.columns import Row
from cesp_analysis.declared.networks import NOT_INDEPENDENT
from cesp_analysis.models.student import t_quantile
from cesp_analysis.survey.answers import Answers, MeansSpec
from cesp_analysis.survey.neighbourhoods import Places, hidden_of, rare_of

FEWEST = 4
"""Neighbourhoods of a site below which none is drawn to their mean: k − 3 must be above 0."""


def change_rows(
    answers: Answers, weight: Floats, unit: np.ndarray, places: Places, how: MeansSpec
) -> Iterator[Row]:
    """A row a neighbourhood, pair of waves and category: later waves less the first, and less the
    one before. Below how.at_least() answers in a wave, or without one, the reason alone.

    weight, unit (n,): of the records at whose places the answers stand.
    """
    answered = ~np.asarray(np.isnan(answers.columns).any(axis=1))
    known = {at: rows[answered[rows]] for at, rows in places.items()}
    hidden = hidden_of({at: len(rows) for at, rows in known.items()}, how)
    rare = rare_of(answers, places, how)
    there = [wave for wave in how.waves if any(len(known[at]) for at in known if at[2] == wave)]
    pairs = dict.fromkeys([*((there[0], later) for later in there[1:]), *pairwise(there)] if there
                          else [])  # fmt: skip
    nobody = np.array([], dtype=np.int64)
    for group in how.groups():
        nearby = sorted({near for site, near, _ in places if site == group})
        for before, after in pairs:
            rows: list[list[Row]] = []
            for near in nearby:
                own = [known.get((group, near, wave), nobody) for wave in (before, after)]
                named: Row = {"site": group, "neighbourhood": near, "since": before, "wave": after}
                few = [hidden.get((group, near, wave), "") for wave in (before, after)]
                why = _why_not([len(rows) for rows in own], named)
                named["reason"] = why or min(filter(None, few), default=None)
                told = [rare[group, near, w] for w in (before, after) if (group, near, w) in rare]
                gone = [next(filter(None, said), "") for said in zip(*told, strict=True)]
                rows.append(list(_changes(answers, own, weight, unit, how, named, gone)))
            for same in zip(*rows, strict=True):
                yield from shrunken(list(same), how.ci_level)


def _changes(
    answers: Answers,
    own: list[np.ndarray],
    weight: Floats,
    unit: np.ndarray,
    how: MeansSpec,
    named: Row,
    gone: list[str],
) -> Iterator[Row]:
    """A row a category of one neighbourhood; `own`: its records with an answer, earlier, later;
    gone: why each is not shown, where one of the two waves does not show it."""
    n = [len(rows) for rows in own]
    both = np.intersect1d(*(unit[rows] for rows in own), return_indices=True)
    for k, (category, label) in enumerate(zip(answers.categories, answers.labels, strict=True)):
        row = named | {
            "outcome": answers.outcome,
            "category": category or None,
            "label": label,
            "unit": answers.unit,
            "n_before": n[0],
            "n": n[1],
            "panel": len(both[0]),
            "ci_level": how.ci_level,
        }
        if row["reason"] or gone[k]:
            yield row | {"reason": row["reason"] or gone[k]}
            continue
        values = [answers.columns[rows, k] for rows in own]
        made = _change(values, [weight[rows] for rows in own], both[1:], how.ci_level)
        if how.shares(answers.outcome):
            made = {"estimate": made["estimate"], "reason": NOT_INDEPENDENT}
        yield row | made


def _why_not(n: list[int], named: Row) -> str:
    for count, wave in zip(n, (named["since"], named["wave"]), strict=True):
        if count == 0:
            return f"no change: nobody answered in {wave}"
    return ""


def _change(
    values: list[Floats], weights: list[Floats], both: tuple[Any, ...], level: float
) -> Row:
    """The change, its standard error and interval; `both`: places of panel members in each wave."""
    means, pulls, parts = [], [], []
    for y, w in zip(values, weights, strict=True):
        means.append(float(w @ y / w.sum()))
        pulls.append(w * (y - means[-1]) / w.sum())
        parts.append(float(len(y) / (len(y) - 1) * pulls[-1] @ pulls[-1]))
    shared = 2 * float(pulls[0][both[0]] @ pulls[1][both[1]])
    variance, estimate = sum(parts) - shared, means[1] - means[0]
    if not variance > 1e-12 * (1 + max(abs(m) for m in means)) ** 2:  # rounding of equal answers
        return {"estimate": estimate, "reason": "no interval: respondents do not differ"}
    df = sum(parts) ** 2 / sum(
        v**2 / (len(y) - 1) for v, y in zip(parts, values, strict=True)
    )  # fmt: skip
    error = float(np.sqrt(variance))
    half = t_quantile(0.5 + level / 2, df) * error
    return {
        "estimate": estimate,
        "std_error": error,
        "df": df,
        "ci_low": estimate - half,
        "ci_high": estimate + half,
    }


def shrunken(rows: list[Row], level: float) -> Iterator[Row]:
    """The rows of one site, each with what is left of its change beside the others'."""
    known = [k for k, row in enumerate(rows) if row.get("std_error")]
    if len(known) < FEWEST:
        yield from rows
        return
    y = np.array([rows[k]["estimate"] for k in known])
    v = np.array([rows[k]["std_error"] ** 2 for k in known])
    between = paule_mandel(y, v)
    weight = 1 / (between + v)
    site = float(weight @ y / weight.sum())
    k = len(known)
    lost = (k - 3) / (k - 1) * v / (between + v)
    own = weight * k / weight.sum()
    scale = (v.mean() + between) / (v + between)
    variance = v * (1 - (k - own) / k * lost) + 2 / (k - 3) * lost**2 * scale * (y - site) ** 2
    half = t_quantile(0.5 + level / 2, np.inf) * np.sqrt(variance)
    kept = 1 - lost
    place = {at: i for i, at in enumerate(known)}
    for at, row in enumerate(rows):
        common = row | {"site_change": site, "between_sd": float(np.sqrt(between))}
        if at in place:
            i = place[at]
            towards = site + kept[i] * (y[i] - site)
            common |= {
                "reliability": float(kept[i]),
                "shrunken": float(towards),
                "shrunken_low": float(towards - half[i]),
                "shrunken_high": float(towards + half[i]),
            }
        yield common


def paule_mandel(y: Floats, v: Floats) -> float:
    """The variance between true values of estimates y (k,) with sampling variances v (k,): the one
    at which the weighted sum of squares is k − 1; 0 if it is below that without any."""

    def excess(between: float) -> float:
        weight = 1 / (between + v)
        mean = weight @ y / weight.sum()
        return float(weight @ (y - mean) ** 2) - (len(y) - 1)

    if excess(0.0) <= 0:
        return 0.0
    low, high = 0.0, float(y.var(ddof=1)) + float(v.max())
    while excess(high) > 0:
        high *= 2
    for _ in range(100):  # halves the interval; 60 reach the last digit of a float
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return (low + high) / 2
