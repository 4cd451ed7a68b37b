"""One row of the decision table: a criterion, what was found, its zone and how sure that is."""

from collections.abc import Mapping
from typing import Any

from cesp_analysis.columns import Row
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.feasibility import Criterion, Judgement
from cesp_analysis.feasibility.by_person import ONE_PERSON
from cesp_analysis.feasibility.means import Values
from cesp_analysis.feasibility.not_known import Bounds
from cesp_analysis.feasibility.spans import Span
from cesp_analysis.feasibility.worst import NOT_ASSESSED, ORDER, worst_shown
from cesp_analysis.feasibility.zones import (
    Limits,
    Shares,
    beyond_red,
    n_corrected,
    n_plain,
    of_mean,
    of_rate,
    of_share,
    people,
)

BETTER, LIKE = "better than red", "like red"
BY_ESTIMATE = "zone by the estimate"
BINOMIAL = "zone by the estimate (Lewis 2021); probabilities: Jeffreys' prior, Beta posterior"
GAMMA = "zone by the estimate; probabilities: Jeffreys' prior, Gamma posterior of events a month"
STUDENT = "zone by the mean; probabilities: Student's t"
JUDGED = "judged by people from the evidence named"


class Told(Frozen):
    """A criterion with what is said of it elsewhere: measure: in words; span: of a mean, between
    which values its unknown ones lie."""

    criterion: Criterion
    measure: str
    kind: str
    standing: str = ""
    span: Span | None = None


def row_of(
    name: str,
    told: Told,
    rate: Mapping[str, Any] | None,
    values: Values | None,
    judgement: Judgement,
    linked: str,
    level: float,
) -> Row:
    """The row of a criterion; `rate`: its row of rates.csv, `values`: those of its mean."""
    own = told.criterion
    row: Row = {
        "criterion": name, "label": own.label, "kind": told.kind, "measure": told.measure,
        "rationale": own.rationale, "zone": NOT_ASSESSED, "linked": linked or None,
        "justification": judgement.justification or None, "evidence": judgement.evidence or None,
        "judged_by": judgement.by or None, "judged_on": judgement.date or None,
        "standing": told.standing or None,
    }  # fmt: skip
    if own.qualitative is not None:
        return row | _judged(judgement)
    assert own.red is not None and own.green is not None
    limits = Limits(own.red, own.green, own.better == "higher")
    row |= {"better": own.better, "red": own.red, "green": own.green, "ci_level": level}
    if values is not None:
        return row | _mean(values, limits, level)
    assert rate is not None
    row |= {name: rate[name] for name in ("numerator", "denominator", "exposure")}
    row |= {name: rate[name] or None for name in ("warnings", "deff_note")}
    if rate["kind"] == "proportion":
        row |= _needed(own, limits, rate)
    if rate["status"] != "estimated":
        return row | {"reason": rate["reason"]}
    row |= {name: rate[name] for name in ("value", "ci_low", "ci_high")}
    row["zone"] = limits.zone(rate["value"])
    if rate["not_known"]:
        row |= _bounded(Bounds(rate["not_known"], rate["least"], rate["most"]), limits)
    if rate["kind"] == "proportion":
        return row | _share(own, limits, rate, row["zone"])
    shares = of_rate(rate["numerator"], rate["exposure"], limits)
    return row | _probable(shares, "prob") | {"method": GAMMA}


def _bounded(bounds: Bounds, limits: Limits) -> Row:
    """The worst and the best zone that what is not known allows."""
    worst, best = (bounds.low, bounds.high) if limits.higher else (bounds.high, bounds.low)
    return {
        "not_known": bounds.unknown, "value_worst": worst, "value_best": best,
        "zone_worst": limits.zone(worst), "zone_best": limits.zone(best),
    }  # fmt: skip


def _judged(judgement: Judgement) -> Row:
    if judgement.zone is None:
        return {"reason": "nobody has judged it"}
    return {"zone": judgement.zone, "method": JUDGED}


def _needed(own: Criterion, limits: Limits, rate: Mapping[str, Any]) -> Row:
    """How many people Lewis's test needs, by both formulas, and whether there are as many."""
    plain = people(n_plain(limits, own.alpha, own.power))
    corrected = people(n_corrected(limits, own.alpha, own.power))
    row: Row = {
        "alpha": own.alpha, "power": own.power, "n_plain": plain, "n_corrected": corrected,
        "enough": "yes" if worth(rate) >= corrected else "no",
    }  # fmt: skip
    if rate["people"] is not None:
        row["worth"] = worth(rate)
    if rate["effective_n"] is not None:
        row["deff_enough"] = "yes" if rate["effective_n"] >= corrected else "no"
    return row


def worth(rate: Mapping[str, Any]) -> float:
    """As how many independent people the rows of a share count: those of one may be alike."""
    if rate["people"] == 1:
        return 1.0
    return float(rate["denominator"] / (rate["person_deff"] or 1.0))


def _share(own: Criterion, limits: Limits, rate: Mapping[str, Any], zone: str) -> Row:
    if rate["people"] == 1:
        said = [rate["warnings"], f"no test and no probabilities: {ONE_PERSON}"]
        return {"method": BY_ESTIMATE, "warnings": " | ".join(filter(None, said))}
    n = worth(rate)
    events = rate["numerator"] * n / rate["denominator"]
    p_value = beyond_red(events, n, limits)
    row = _probable(of_share(events, n, limits), "prob") | {
        "p_value": p_value,
        "method": BINOMIAL,
    }
    if zone == "amber":
        row["split"] = _split(p_value, own)
    if rate["effective_n"] is not None:
        effective = rate["effective_n"]
        shares = of_share(events / n * effective, effective, limits)
        row |= _probable(shares, "deff") | {"effective_n": effective}
        row["deff_p_value"] = beyond_red(events / n * effective, effective, limits)
        if zone == "amber":
            row["deff_split"] = _split(row["deff_p_value"], own)
    return row


def _split(p_value: float, own: Criterion) -> str:
    """Which part of amber: whether a share at the red limit is spoken against."""
    return BETTER if p_value < own.alpha else LIKE


def _mean(values: Values, limits: Limits, level: float) -> Row:
    row: Row = {"denominator": values.n, "warnings": " | ".join(values.said) or None}
    if values.mean is None:
        return row | {"reason": "no mean: there are no values"}
    row |= {"value": values.mean, "zone": limits.zone(values.mean), "method": STUDENT}
    row |= _bounded(values.bounds, limits) if values.bounds else {}
    if not values.sd:
        why = "one value" if values.n == 1 else "all values are alike"
        said = [*values.said, f"no interval and no probabilities: {why}"]
        return row | {"warnings": " | ".join(said)}
    if values.deff is None:
        return row | {"warnings": " | ".join([*values.said, f"{ONE_PERSON}: no interval"])}
    from cesp_analysis.models.student import t_interval

    worth, df = values.n / values.deff, float(values.people - 1)
    error = values.sd / worth**0.5
    low, high = t_interval(values.mean, error, df, level)
    row |= {"ci_low": low, "ci_high": high}
    row |= _probable(of_mean(values.mean, error, df, limits), "prob")
    row["deff_note"] = " | ".join(values.design_notes) or None
    if values.design is None or not values.design.effective > 1:
        return row
    # as many independent values, never more than people make them worth; their t has one df fewer
    effective = min(values.design.effective, worth)
    df = min(effective, values.people) - 1
    if not df > 0:
        return row
    shares = of_mean(values.mean, values.sd / effective**0.5, df, limits)
    return row | _probable(shares, "deff") | {"effective_n": effective}


def _probable(shares: Shares, prefix: str) -> Row:
    return {
        f"{prefix}_red": shares.red,
        f"{prefix}_amber": shares.amber,
        f"{prefix}_green": shares.green,
    }


def overall(rows: list[Row], decision: Judgement) -> Row:
    """The last row: the worst zone that any criterion shows, reds named first; what was decided."""
    zones = [worst_shown(row) for row in rows]
    worst = next((zone for zone in ORDER if zone in zones), NOT_ASSESSED)
    parts = []
    for zone in ORDER:
        own = [row["label"] for row in rows if row["zone"] == zone]
        if own:
            parts.append(f"{len(own)} {zone} ({'; '.join(own)})")
    for zone in ORDER:
        own = [row["label"] for row in rows if worst_shown(row) == zone != row["zone"]]
        if own:
            what = "if what is not known counts against them"
            parts.append(f"{len(own)} more {zone} {what} ({'; '.join(own)})")
    return {
        "criterion": "overall", "label": "All criteria together", "kind": "overall", "zone": worst,
        "justification": decision.justification or None, "evidence": decision.evidence or None,
        "judged_by": decision.by or None, "judged_on": decision.date or None,
        "method": "the worst zone that any criterion shows, also where what is not known counts"
        " against it; one that is not assessed may be red",
        "reason": "; ".join(parts) or "no criterion is declared",
    }  # fmt: skip
