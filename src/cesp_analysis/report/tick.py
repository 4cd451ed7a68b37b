"""The step `tick`: which items of the reporting checklists the study file and results fill."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cesp_analysis import contracts
from cesp_analysis.checklists.tables import (
    BY_HAND,
    FILLED,
    NOT_APPLICABLE,
    OPEN,
    PARTLY,
    Checklists,
)
from cesp_analysis.declared.checklists import Item, checklist
from cesp_analysis.declared.wording import Wording
from cesp_analysis.given import hold
from cesp_analysis.report.checklist_answer import Answer
from cesp_analysis.report.checklist_answers import ANSWERS
from cesp_analysis.report.results import Results


def tick(
    spec: str, filled: str, results: Path, sources: Path, out: Path, checksums: str = ""
) -> None:
    """Fill the items of each checklist that applies; the others are left to be written.

    `filled`: those that the study fills by hand, list → item → text; `checksums`: of
    `sources`, see given.py.
    """
    hold(checksums)
    words = Wording.model_validate_json(spec)
    found = Results(words, results, sources)
    contracts.write_rows(list(ticked(found, json.loads(filled))), out, Checklists)


def ticked(results: Results, by_hand: dict[str, dict[str, str]]) -> Iterator[dict[str, Any]]:
    """A row an item, list after list."""
    for name in results.words.checklists:
        own = by_hand.get(name, {})
        for item in checklist(name).items:
            yield {
                "checklist": name,
                "item": item.item,
                "topic": item.topic,
                "about": item.about,
                **_filled(results, item, own.get(item.item, "")),
            }


def _filled(results: Results, item: Item, by_hand: str) -> dict[str, str]:
    """What is said of an item: the study's own text before a rule's."""
    if by_hand:
        return {"status": BY_HAND, "said": by_hand, "where": ""}
    answer: Answer | None = ANSWERS[item.filled_by](results) if item.filled_by else None
    if answer is None:
        return {"status": OPEN, "said": "", "where": ""}
    status = (PARTLY if item.partly else FILLED) if answer.applies else NOT_APPLICABLE
    return {"status": status, "said": answer.said, "where": " | ".join(answer.where)}
