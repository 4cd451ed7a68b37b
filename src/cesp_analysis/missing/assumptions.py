"""Rows of sensitivity.csv: one estimate of an imputed model under one assumption each."""

from collections.abc import Iterator, Sequence
from typing import Any, get_args

import numpy as np

from cesp_analysis.columns import Row
from cesp_analysis.declared.missing_sensitivity import NO_EVENT, PatternShift, Reference
from cesp_analysis.missing import sensitivity_words as words
from cesp_analysis.missing.analysed import Found, from_row
from cesp_analysis.missing.pushed import Pushed
from cesp_analysis.missing.reference_based import Strategy
from cesp_analysis.missing.reference_rows import Referred, jackknifed, rubin
from cesp_analysis.models.results import Estimate
from cesp_analysis.numbers import counted, listed


def at_random(pushed: Pushed, answered: Estimate, no_map: str = "") -> Iterator[Row]:
    """The imputed estimate as it is, and those who answered, as a description; no_map: why there
    is no tipping map of it, which it warns of."""
    model: dict[str, Any] = {"variance": "model", "variance_is": words.BY_MODEL, "m": None}
    yield pushed.line(
        "complete_records",
        from_row(answered),
        words.COMPLETE,
        **model,
        descriptive="yes",
        n_units=answered.n_units,
        n_imputed=None,
        method=answered.method,
        warnings=answered.warnings,
    )
    own = pushed.as_imputed
    shifts: dict[str, Any] = {"shift_intervention": 0.0, "shift_control": 0.0}
    told = (f"no tipping map: {no_map}",) if no_map and not pushed.lost else ()
    said = words.at_random_sentence(pushed.names)
    yield pushed.line("missing_at_random", own, said, told, **shifts)


def by_likelihood(pushed: Pushed, others: Sequence[Row]) -> Iterator[Row]:
    """The first model by likelihood whose row of estimates.csv answers the same question of the
    same people; one that gives no estimate only where no other does. None where events set answers
    aside or replace them: that model takes all that there are."""
    question = ("outcome", "time", "estimand", "analysis_set")
    same = [row for row in others if all(row[n] == getattr(pushed.row, n) for n in question)]
    handling = pushed.analysis.spec.context.handlings[pushed.row.outcome]
    sentence = words.LIKELIHOOD + (words.AS_IF_ALIVE if handling.deaths() else "")
    for row in sorted(same, key=lambda row: row["status"] != "estimated")[:1]:
        reason = "" if row["status"] == "estimated" else row["reason"] or row["status"]
        if not handling.as_answered():
            yield pushed.line("likelihood", Found(reason=words.OTHER_ANSWERS), sentence, m=None)
            continue
        yield pushed.line(
            "likelihood",
            Found(
                row["estimate"],
                row["std_error"],
                row["df"],
                row["ci_low"],
                row["ci_high"],
                reason,
            ),
            sentence,
            variant=row["model"],
            variance="model",
            variance_is=words.BY_MODEL,
            n_units=row["n_units"],
            n_imputed=None,
            m=None,
            method=row["method"],
            warnings=filter(None, [row["warnings"]]),
        )


def by_reference(pushed: Pushed, references: Sequence[Reference], known: Referred) -> Iterator[Row]:
    """Missing at random from the same profiles, as what each reference is to be read beside; then
    each way of going on as the reference did. All with both variances."""
    asked: list[Strategy] = [one for one in get_args(Reference) if one in references]
    without = known.without(pushed.analysis.spec.moments())
    for one in ("missing_at_random", *asked):
        at_random = one == "missing_at_random"
        name = "at_random_alone" if at_random else one
        said = (
            words.alone_sentence(pushed.names)
            if at_random
            else words.reference_sentence(one, pushed.names)
        )
        sentence, label = " ".join(filter(None, (said, without))), words.ASSUMPTIONS[name].label
        found, n = Found(reason=pushed.lost), 0
        drawn, m = found, None
        if not pushed.lost:
            found, n = jackknifed(pushed.analysis, pushed.estimate, one, known)
            drawn, m = rubin(pushed.analysis, pushed.estimate, one, known)
        yield pushed.line(
            name,
            found,
            sentence,
            label=f"{label}, jackknife",
            variance="jackknife",
            variance_is=words.AT_RANDOM_ALIKE if at_random else words.FREQUENTIST,
            m=None,
            method=f"conditional means, jackknife over {n} {known.units}; t, df of the analysis of"
            " complete answers"
            if n
            else None,
        )
        yield pushed.line(
            name,
            drawn,
            sentence,
            label=f"{label}, Rubin",
            variance_is=words.BY_RUBIN if at_random else words.ANCHORED,
            m=m,
            method="Bayesian imputation by arm, of the outcome alone, people as independent,"
            " Rubin's rules;"
            f" {pushed.row.method}"
            if m
            else None,
        )


def by_deltas(pushed: Pushed) -> Iterator[Row]:
    """One step worse at the intervention, at the control, at both; better where no way is worse."""
    names, size = pushed.names, pushed.size
    variants = {
        "intervention": ((1.0, 0.0), names.intervention),
        "control": ((0.0, 1.0), names.control),
        "both": ((1.0, 1.0), names.both),
    }
    for variant, ((a, b), where) in variants.items():
        if isinstance(size, str):
            yield pushed.line(
                "delta",
                Found(reason=pushed.lost or size),
                f"Those lost at {where} would have answered worse than imputed.",
                variant=variant,
                label=f"Worse at {where}",
            )
            continue
        worse = size.worse * size.step
        a, b = worse * a, worse * b
        lost = pushed.analysis.answers.later[:, pushed.times].any(axis=1)
        arms = {int(arm) for arm in pushed.analysis.answers.arm[lost]}
        moved = {arm for arm, by in ((1, a), (0, b)) if by}
        yield pushed.line(
            "delta",
            pushed.at(a, b),
            words.shift_sentence(a, b, pushed.unit, pushed.decimals, names),
            () if moved & arms or pushed.lost else (words.nobody_moved(f"those at {where}"),),
            variant=variant,
            label=f"{words.amount(worse, pushed.unit, pushed.decimals)} {pushed.names.at(where)}",
            shift_intervention=a,
            shift_control=b,
        )


def by_patterns(pushed: Pushed, labels: dict[str, str]) -> Iterator[Row]:
    """Each scenario: groups of those who are lost, each shifted by its own."""
    for scenario in pushed.scenarios:
        said, nobody = [], []
        for shift, marks, by in scenario.groups:
            answers = int(marks[:, pushed.times].sum())
            how = words.amount(by, pushed.unit, pushed.decimals)
            who = _who(shift, labels, pushed)
            said.append(f"{who} ({counted(answers, 'answer')}) {how}")
            if not answers and not pushed.lost:
                nobody.append(words.nobody_moved(who))
        yield pushed.line(
            "pattern",
            pushed.of(scenario),
            f"Than imputed: {listed(said)}; all others as imputed." if said else words.BY_GROUPS,
            nobody,
            variant=scenario.name,
            label=scenario.pattern.label,
        )


def _who(shift: PatternShift, labels: dict[str, str], pushed: Pushed) -> str:
    event = "no event before" if shift.event == NO_EVENT else labels[shift.event]
    parts = [event]
    if shift.reasons:
        parts.append(f"({', '.join(shift.reasons)})")
    if shift.arm:
        parts.append(pushed.names.at(getattr(pushed.names, shift.arm)))
    return " ".join(parts)


def by_extremes(pushed: Pushed) -> Iterator[Row]:
    """Of a yes or no: everybody who is lost said one or the other, by site."""
    answers = pushed.analysis.answers
    if pushed.analysis.spec.context.outcomes[pushed.analysis.outcome].type != "binary":
        return
    for here, there in ((0, 1), (1, 0), (0, 0), (1, 1)):
        value = np.where(answers.arm == 1, here, there)[:, None].astype(float)
        filled = np.where(answers.later, value, answers.filled)
        said = {0: "no", 1: "yes"}
        yield pushed.line(
            "extreme",
            pushed.pooled(filled),
            words.extreme_sentence(here, there, pushed.names),
            variant=f"{here}_{there}",
            label=f"All lost: {said[here]} {pushed.names.at(pushed.names.intervention)},"
            f" {said[there]} {pushed.names.at(pushed.names.control)}",
            variance_is=words.BY_RUBIN if answers.gaps[:, answers.first].any() else words.NO_SPREAD,
        )
