"""Regression to the mean: a sentence on each primary outcome, the others by name."""

from types import SimpleNamespace
from typing import Any

from cesp_analysis.declared.analysis_sets import OBSERVED, WITHOUT
from cesp_analysis.report.blocks import Bullets, Callout, Paragraph
from cesp_analysis.report.sections.regression_to_mean import (
    NO_GAP,
    NO_MAIN_GAP,
    regression_to_mean,
)

ROLES = {"a": "primary", "b": "secondary", "c": "secondary"}


def row(outcome: str, gap: float | None, chosen: str = OBSERVED) -> dict[str, Any]:
    return {
        "outcome": outcome, "common_mean": gap, "baseline_gap": gap, "gap_in_sd": gap,
        "estimate": 3.0, "unit": "points", "estimator": "did", "time": "t", "level": "person",
        "analysis_set": chosen,
    }  # fmt: skip


def said(gap: str) -> str:
    """The sentence of a gap of so many points."""
    return (
        f"the intervention arm started {gap} points ({gap} SD) higher than the control arm. If the"
        " people of both regress to one common mean, that alone gives a difference in mean change"
        f" of {gap} points (found: 3.00); if they differ lastingly, it gives 0."
    )


def told(*rows: dict[str, Any], roles: dict[str, str] = ROLES) -> list[Any]:
    outcomes = {
        name: SimpleNamespace(label=name.upper(), role=of, decimals=2) for name, of in roles.items()
    }
    words = SimpleNamespace(outcomes=outcomes, moment=lambda _: SimpleNamespace(label="After"))
    made: Any = SimpleNamespace(words=words)
    caution, *rest = regression_to_mean(made, list(rows))
    assert isinstance(caution, Callout)
    return rest


def test_primary_outcomes_have_sentences_and_others_names() -> None:
    sentences, others = told(row("a", 1.0), row("a", 2.0, WITHOUT), row("b", 1.0), row("c", None))
    assert sentences == Bullets(
        (f"A, After: {said('1.00')}", f"A, After, without contaminated controls: {said('2.00')}")
    )
    assert isinstance(others, Paragraph) and "larger than 0.1 SD: B. " in others.text


def test_without_a_gap_that_is_said() -> None:
    assert told(row("a", None), row("b", None)) == [Paragraph(NO_GAP)]
    none, others = told(row("a", None), row("b", 1.0), row("c", 1.0))
    assert none == Paragraph(NO_MAIN_GAP) and ": B and C. " in others.text


def test_where_none_is_primary_each_has_its_sentence() -> None:
    (sentences,) = told(row("b", 1.0), row("c", 1.0), roles={"b": "secondary", "c": "other"})
    assert len(sentences.items) == 2
