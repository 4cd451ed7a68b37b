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


def row(outcome: str, threat: str | None, chosen: str = OBSERVED) -> dict[str, Any]:
    return {
        "outcome": outcome, "threat": threat, "estimator": "did", "time": "t", "level": "person",
        "analysis_set": chosen,
    }  # fmt: skip


def told(*rows: dict[str, Any], roles: dict[str, str] = ROLES) -> list[Any]:
    outcomes = {name: SimpleNamespace(label=name.upper(), role=of) for name, of in roles.items()}
    words = SimpleNamespace(outcomes=outcomes, moment=lambda _: SimpleNamespace(label="After"))
    made: Any = SimpleNamespace(words=words)
    caution, *rest = regression_to_mean(made, list(rows))
    assert isinstance(caution, Callout)
    return rest


def test_primary_outcomes_have_sentences_and_others_names() -> None:
    sentences, others = told(
        row("a", "gap."), row("a", "more.", WITHOUT), row("b", "gap."), row("c", None)
    )
    assert sentences == Bullets(
        ("A, After: gap.", "A, After, without contaminated controls: more.")
    )
    assert isinstance(others, Paragraph) and "larger than 0.1 SD: B. " in others.text


def test_without_a_gap_that_is_said() -> None:
    assert told(row("a", None), row("b", None)) == [Paragraph(NO_GAP)]
    none, others = told(row("a", None), row("b", "gap."), row("c", "gap."))
    assert none == Paragraph(NO_MAIN_GAP) and ": B and C. " in others.text


def test_where_none_is_primary_each_has_its_sentence() -> None:
    (sentences,) = told(row("b", "gap."), row("c", "gap."), roles={"b": "secondary", "c": "other"})
    assert len(sentences.items) == 2
