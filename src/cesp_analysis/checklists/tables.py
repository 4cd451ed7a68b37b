"""The table of reporting checklists: what the report says of each item."""

from typing import ClassVar

from cesp_analysis.columns import Table, category, text

FILLED, PARTLY, BY_HAND = "filled", "partly", "by hand"
NOT_APPLICABLE, OPEN = "not applicable", "to be written"


class Checklists(Table):
    """checklists.csv: one row an item of each list that applies to the study."""

    key: ClassVar = ("checklist", "item")
    checklist: ClassVar = text("the list's name")
    item: ClassVar = text("the item's number; of an item with several points item.point")
    topic: ClassVar = text("what it is about")
    about: ClassVar = text("what is asked, in short words")
    status: ClassVar = category(
        "filled, or partly: by rule, from the study file or results; by hand: from checklists: of"
        " config.yaml; not applicable; to be written",
        allowed=(FILLED, PARTLY, BY_HAND, NOT_APPLICABLE, OPEN),
    )
    said: ClassVar = text("what is said of it; blank: to be written", blank=True)
    where: ClassVar = text(
        "sections of the report, by their anchors, separated by ' | '; blank: none", blank=True
    )
