"""What pooled rows say: the sets' warnings together, what was imputed, under which assumption."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.missing.sets import entering
from cesp_analysis.models.results import ODDS_TEST, Estimate

if TYPE_CHECKING:
    from cesp_analysis.missing.pooled_row import PooledRow
    from cesp_analysis.missing.sets import Completing
    from cesp_analysis.models.spec import ModelSpec

AT_RANDOM = (
    "imputed as missing at random: within an arm, those without an answer are taken to be like"
    " those with the same other answers who gave one, which no data can show"
)
NOTHING = "no answer that it uses was missing: every imputed set is the records themselves"
_NUMBER = re.compile(r"[−+-]?\d[\d.,]*")
_MEASURED = re.compile(r"[−+-]?\d[\d,]*\.\d+")
FEW = 3
"""So many texts that differ in whole numbers are each said: they may be names."""
ONE_THING = (ODDS_TEST,)
"""What each set says once, in one way or another: how such a warning begins, before ': '."""
Said = tuple[int, str]
"""The number of a set and one of its warnings."""
Rules = tuple[Callable[[str], str], ...]
RULES: Rules = (
    lambda text: _NUMBER.sub("#", text),
    lambda text: _MEASURED.sub("#", text),
    lambda text: text,
)
"""What is the same in texts that are one: from the widest to the text itself."""


def of_sets(m: int) -> str:
    """The text of a row's `missing_data`."""
    return f"multiple imputation, m = {m}"


def joined(rows: Sequence[Estimate], m: int) -> tuple[str, ...]:
    """The warnings of the sets' rows, every one of each set: those of all as they are; others with
    how many sets say so; those that differ in measured numbers once, in the words of the first set.

    Texts are one if they differ in numbers alone, unless a set says several of them: then the
    numbers name things ("Site 1", "Site 2"), and each is said. So is each of a few that differ in
    whole numbers. What a test says in two ways (ONE_THING) is one sentence.
    """
    said = [
        (number, text) for number, row in enumerate(rows) for text in dict.fromkeys(row.warnings)
    ]
    return tuple(
        _told(ways, m)
        for about in _groups(said, _thing)
        for ways in (_ways(about) if _thing(about[0][1]) in ONE_THING else _alone(about, RULES))
    )


def _thing(text: str) -> str:
    head = text.partition(": ")[0]
    return head if head in ONE_THING else RULES[0](text)


def _groups(said: Sequence[Said], rule: Callable[[str], str]) -> list[list[Said]]:
    found: dict[str, list[Said]] = {}
    for one in said:
        found.setdefault(rule(one[1]), []).append(one)
    return list(found.values())


def _ways(said: Sequence[Said]) -> Iterator[list[list[str]]]:
    """A test's sentence in its ways; each alone where a set says several."""
    if _several(said):
        yield from _alone(said, RULES)
    else:
        yield [[text for _, text in own] for own in _groups(said, RULES[0])]


def _alone(said: Sequence[Said], rules: Rules) -> Iterator[list[list[str]]]:
    """Texts by the first rule by which no set says two of a kind."""
    for own in _groups(said, rules[0]):
        few = rules is RULES and 1 < len(_groups(own, rules[1])) <= FEW
        if few or _several(own):
            yield from _alone(own, rules[1:])
        else:
            yield [[text for _, text in own]]


def _several(said: Sequence[Said]) -> bool:
    """Whether a set says two of the texts."""
    return len({number for number, _ in said}) < len(said)


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
    units = ready.base["unit"].astype("str")
    entered = units.isin(entering(spec, ready, row.outcome)).to_numpy()
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
            people = units.iloc[at[entered[at]]].nunique()
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
