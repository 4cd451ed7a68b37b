"""Checklists that a study fills by hand: lists and items that there are, and words for them."""

from collections.abc import Iterator

from cesp_analysis.declared.checklists import NAMES, checklist
from cesp_analysis.errors import no_such
from cesp_analysis.study.study import Study


def broken_checklists(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    for name, filled in study.checklists.items():
        if name not in NAMES:
            yield f"checklists.{name}: {no_such('checklist', name, NAMES, 'there are')}"
            continue
        items = [item.item for item in checklist(name).items]
        for item, said in filled.items():
            place = f"checklists.{name}.{item}"
            if item not in items:
                yield f"{place}: {no_such('item', item, items, 'items')}{_unread(name)}"
            elif not said.strip():
                yield f"{place}: says nothing; write what the report is to say, or remove it"


def _unread(name: str) -> str:
    """That some items of a list are not here."""
    left_out = checklist(name).left_out
    return f"; not here: {left_out}" if left_out else ""
