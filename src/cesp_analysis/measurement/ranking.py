"""Candidates in order, by the criteria that the study declares.

The lock of the plan holds them (analysis_plan/measurement.py).
"""

from collections.abc import Sequence

from cesp_analysis.columns import Row
from cesp_analysis.declared.measurement import Ranking, RankingCriterion

MET, UNKNOWN, NOT_MET = 1.0, 0.5, 0.0
WORDS = {MET: "met", UNKNOWN: "not known or does not apply", NOT_MET: "not met"}
METHODS = {
    "in_order": "in order: the first criterion on which two candidates differ decides",
    "weights": "by weights of the criteria met, over all weights",
}
ROUNDING = 1e-9
"""A value this near to its limit keeps it: the limit is a decimal, the value a quotient."""


def standing(row: Row, criterion: RankingCriterion) -> float:
    """How a candidate stands to a criterion: met, not met, or between: not known."""
    value = row.get(criterion.of)
    if value is None or value != value:
        return UNKNOWN
    if criterion.at_least is not None:
        return MET if value >= criterion.at_least - ROUNDING else NOT_MET
    assert criterion.at_most is not None
    return MET if value <= criterion.at_most + ROUNDING else NOT_MET


def ranked(rows: Sequence[Row], ranking: Ranking | None) -> list[Row]:
    """The rows, each with rank, rank_score, criteria and ranking; order as given.

    Candidates of one level are compared: people and respondents are different trials.
    """
    if ranking is None:
        none = "no criteria are declared (measurement.ranking)"
        return [row | {"rank": None, "ranking": none} for row in rows]
    kept = {row["outcome"]: tuple(standing(row, one) for one in ranking.criteria) for row in rows}
    keys = {row["outcome"]: _key(row, kept[row["outcome"]], ranking) for row in rows}
    made = []
    for row in rows:
        rivals = [other["outcome"] for other in rows if other["level"] == row["level"]]
        key, found = keys[row["outcome"]], kept[row["outcome"]]
        made.append(
            row
            | {
                "rank": 1 + sum(keys[other] > key for other in rivals),
                "rank_score": _score(found, ranking) if ranking.method == "weights" else None,
                "criteria": " | ".join(
                    f"{said(one)}: {WORDS[own]}{_of_which(row, one, own)}"
                    for one, own in zip(ranking.criteria, found, strict=True)
                ),
                "criteria_why": " | ".join(
                    f"{said(one)}: {one.why}" for one in ranking.criteria if one.why
                )
                or None,
                "ranking": METHODS[ranking.method],
            }
        )
    return made


def _key(row: Row, found: tuple[float, ...], ranking: Ranking) -> tuple[float, ...]:
    """What candidates are ordered by, larger first."""
    first = found if ranking.method == "in_order" else (round(_score(found, ranking), 12),)
    if ranking.ties == "none":
        return first
    people = row.get(ranking.ties)
    return (*first, -people if people is not None else float("-inf"))


def _of_which(row: Row, criterion: RankingCriterion, own: float) -> str:
    """' (0.34)': the value that is held to the limit; none where it is not known, or no number."""
    unsaid = own == UNKNOWN or criterion.of == "mid_known"
    return "" if unsaid else f" ({row[criterion.of]:.3g})"


def _score(found: tuple[float, ...], ranking: Ranking) -> float:
    weights = [one.weight for one in ranking.criteria]
    return sum(w * own for w, own in zip(weights, found, strict=True)) / sum(weights)


def said(criterion: RankingCriterion) -> str:
    """'alpha at least 0.7'."""
    limit = criterion.at_least if criterion.at_least is not None else criterion.at_most
    word = "at least" if criterion.at_least is not None else "at most"
    return f"{criterion.of} {word} {limit:g}"
