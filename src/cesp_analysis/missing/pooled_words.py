"""What pooled rows say: the sets' warnings together, what was imputed, under which assumption."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.missing.sets import entering
from cesp_analysis.models.results import Estimate

if TYPE_CHECKING:
    from cesp_analysis.missing.pooled_rows import PooledRow
    from cesp_analysis.missing.sets import Completing
    from cesp_analysis.models.spec import ModelSpec

AT_RANDOM = (
    "imputed as missing at random: within an arm, those without an answer are taken to be like"
    " those with the same other answers who gave one, which no data can show"
)
NOTHING = "no answer that it uses was missing: every imputed set is the records themselves"
_NUMBER = re.compile(r"[−+-]?\d[\d.,]*")


def of_sets(m: int) -> str:
    """The text of a row's `missing_data`."""
    return f"multiple imputation, m = {m}"


def joined(rows: Sequence[Estimate], m: int) -> tuple[str, ...]:
    """The warnings of the sets' rows: those of all as they are; others with how many sets say so,
    in the words of the first that does, whose numbers are its own. What sets say differently of one
    thing (a test that some pass) is one sentence."""
    said: dict[str, dict[int, str]] = {}
    for number, row in enumerate(rows):
        for key, text in {_NUMBER.sub("#", one): one for one in row.warnings}.items():
            said.setdefault(key, {})[number] = text
    things: dict[str, list[dict[int, str]]] = {}
    for key, texts in said.items():
        thing = things.setdefault(key.partition(": ")[0], [])
        if any(own.keys() & texts.keys() for own in thing):  # a set says both: two things
            things[key] = [texts]
        else:
            thing.append(texts)
    return tuple(_told([list(own.values()) for own in ways], m) for ways in things.values())


def _told(ways: list[list[str]], m: int) -> str:
    """What sets say of one thing, each way with the texts of those that say it so."""
    texts = ways[0]
    if len(ways) > 1:
        most = sorted(ways, key=len, reverse=True)
        thing = texts[0].partition(": ")[0]
        told = [f"in {len(own)} {own[0].removeprefix(thing + ': ')}" for own in most]
        return (
            f"{thing}, of {m} imputed sets and each with the numbers of the first that says so:"
            f" {'; '.join(told)}"
        )
    if len(texts) == m and len(set(texts)) == 1:
        return texts[0]
    if len(texts) == m:
        return f"in the first imputed set (others differ in numbers): {texts[0]}"
    return f"in {len(texts)} of {m} imputed sets: {texts[0]}"


def sentences(spec: "ModelSpec", ready: "Completing", one: "PooledRow") -> tuple[str, ...]:
    """What a pooled row says of imputation: assumption, events, what was imputed, what was not."""
    row = one.row
    if row.status != "estimated":
        return ()
    counted = tuple(_imputed(spec, ready, row))
    events = spec.context.handlings[row.outcome].told()
    return (
        *((AT_RANDOM, *counted) if counted else (NOTHING,)),
        *((f"intercurrent events: {events}",) if events else ()),
        *_still_missing(spec, ready, row),
        *_repeated(spec, ready, row),
        *_unsettled(spec, one),
    )


def _times(spec: "ModelSpec", row: Estimate) -> list[str]:
    """The times that a row speaks of, in order; all where it holds for all."""
    wanted = {spec.reference_time().name, row.time}
    return [m.name for m in spec.moments() if row.time is None or m.name in wanted]


def _imputed(spec: "ModelSpec", ready: "Completing", row: Estimate) -> Iterator[str]:
    label = {m.name: m.label for m in spec.moments()}
    units = ready.base["unit"].astype("str").to_numpy()
    entered = np.isin(units, sorted(entering(spec, ready, row.outcome)))
    rows = (ready.base["outcome"] == row.outcome) & entered
    told = []
    for time in _times(spec, row):
        here = (rows & (ready.base["time"] == time)).to_numpy()
        n = sum(int(here[at].sum()) for at, _ in ready.parts)
        if n:
            told.append(f"{n} of {int(here.sum())} at {label[time]}")
    if told:
        yield f"imputed values of {spec.context.outcomes[row.outcome].label}: {', '.join(told)}"
    for name, at, _, _ in ready.covariates:
        if (ready.base["outcome"].iloc[at[:1]] == row.outcome).any():
            people = len(set(units[at][entered[at]]))
            yield f"imputed values of {spec.context.covariates[name].label}: {people}"


def _still_missing(spec: "ModelSpec", ready: "Completing", row: Estimate) -> Iterator[str]:
    """Gaps that nothing was imputed for, events aside."""
    value = ready.base["value"].to_numpy(dtype=float).copy()
    for at, _ in ready.parts:
        value[at] = 0.0
    value[ready.not_there] = 0.0
    own = (ready.base["outcome"] == row.outcome).to_numpy()
    times = ready.base["time"].isin(_times(spec, row)).to_numpy()
    n = int((np.isnan(value) & own & times).sum())
    if n:
        yield (
            f"{n} missing values were not imputed (results/tables/imputation.csv says why): those"
            " people do not enter then"
        )


def _repeated(spec: "ModelSpec", ready: "Completing", row: Estimate) -> Iterator[str]:
    """What imputation.csv says of what the row uses that concerns each of its estimates."""
    context, handling = spec.context, spec.context.handlings[row.outcome].name
    label = {m.name: f" at {m.label}" for m in spec.moments()}
    group = context.arms | {site.name: site.label for site in context.sites}
    names = {row.outcome: context.outcomes[row.outcome].label}
    names |= {name: context.covariates[name].label for name in spec.covariates}
    where: dict[str, list[str]] = {}
    for name, own in names.items():
        for one in ready.said.get((handling, name), ()):
            if one.time in ("", *_times(spec, row)):
                place = f"{own}{label.get(one.time, '')} ({group.get(one.group, one.group)})"
                where.setdefault(one.text, []).append(place)
    for text, places in where.items():
        yield f"imputation of {', '.join(dict.fromkeys(places))}: {text}"


def _unsettled(spec: "ModelSpec", one: "PooledRow") -> Iterator[str]:
    """A warning where another seed would move an estimate of a primary outcome too far."""
    limit, share = spec.context.monte_carlo, one.cost.get("share", 0.0)
    if limit is None or spec.context.outcomes[one.row.outcome].role != "primary" or share <= limit:
        return
    yield (
        f"its Monte Carlo error is {share:.1%} of its standard error, more than the {limit:.1%}"
        " declared: raise missing_data.imputation.most"
    )
