"""The boxes of the flow diagram from flow.csv: each count in one box, or nothing is drawn."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cesp_analysis.errors import CespError
from cesp_analysis.withheld import Withheld, whole_number

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording

Counts = tuple[tuple[str, int], ...]
"""What, and how many, in order."""
SURVEY = "survey"
BY_ITSELF = "Counted by itself: records above do not say whose they are"


@dataclass(frozen=True)
class Received:
    """A step of what people received: how many did, and why others did not."""

    label: str
    n: int
    lost: Counts = ()


@dataclass(frozen=True)
class FlowBox:
    """People of one group at one step, or respondents of a wave; and why others are not there.

    `part`: recruitment, allocation, follow_up or survey. `lost`: of the step before, who did not
    reach this one. `back`: of n, who were not at the step before, and why. `of_them`: of n, who did
    what it says. `invited`: to a survey; None: not known, or no survey. `arm`: allocation: to what.
    `follows`: its people are those of the box above, less who left; else it is counted by itself.
    """

    step: str
    step_label: str
    group: str
    group_label: str
    n: int
    lost: Counts = ()
    back: Counts = ()
    of_them: Counts = ()
    received: tuple[Received, ...] = ()
    invited: int | None = None
    part: str = "recruitment"
    arm: str = ""
    follows: bool = True

    @property
    def count(self) -> str:
        """n in words; of a survey, of how many who were invited."""
        asked = f" of {self.invited:,} invited" if self.invited is not None else ""
        return f"n = {self.n:,}{asked}"

    def notes(self) -> list[str]:
        """What else the box says, a line each."""
        lines = [] if self.follows else [BY_ITSELF]
        lines += [f"Of them with {why}: {n:,}" for why, n in self.back]
        lines += [f"{label[:1].upper()}{label[1:]}: {n:,}" for label, n in self.of_them]
        for step in self.received:
            lines.append(f"{step.label}: {step.n:,}")
            lines += [f"\u2013 {reason}: {n:,}" for reason, n in step.lost]
        return lines


def boxes_of(table: "pd.DataFrame", words: "Wording") -> list[FlowBox]:
    """One box a step and group, in the table's order.

    Raises CespError unless the counts of each box follow from the step before, and every count of
    the table stands in exactly one box; of a released table, where some are withheld, it cannot be
    seen, and the table that it was made from has been.
    """
    from cesp_analysis.describe.flow_counts import unbalanced

    whole = not any(isinstance(n, Withheld) for n in table["n"])  # else nothing adds up
    if whole and (faults := unbalanced(table)):
        raise CespError(f"results/tables/flow.csv: {'; '.join(faults[:3])}: make it again")
    rows = table.fillna({"group": "", "reason": "", "after": ""}).to_dict("records")
    cells: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for entry in rows:
        cells.setdefault((entry["step"], entry["group"]), []).append(_plain(entry))
    boxes: list[FlowBox] = []
    for (step, group), own in cells.items():
        if own[0]["part"] == "received":
            at = max(i for i, box in enumerate(boxes) if box.group == group)
            boxes[at] = _with(boxes[at], own)
        else:
            above = [box.step for box in boxes if box.group == group and box.part != SURVEY]
            boxes.append(_box(step, group, own, words, above))
    if whole:
        _all_drawn(boxes, cells)
    return boxes


def _plain(entry: dict[Any, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in entry.items()} | {"n": whole_number(entry["n"])}


def _box(
    step: str, group: str, own: list[dict[str, Any]], words: "Wording", above: list[str]
) -> FlowBox:
    first = own[0]
    asked = [row["n"] for row in own if row["status"] == "invited"]
    allocated = first["part"] == "allocation"
    return FlowBox(
        step=step,
        step_label=first["label"],
        group=group,
        group_label=words.group(group),
        n=sum(row["n"] for row in own if row["status"] == "reached"),
        lost=_of(own, "not reached"),
        back=(*_of(own, "entered"), *_of(own, "back")),
        of_them=_of(own, "of them"),
        invited=asked[0] if asked else None,
        part=first["part"],
        arm=words.arms.get(words.arm(group), "") if allocated else "",
        follows=first["part"] == SURVEY or not above or first["after"] == above[-1],
    )


def _of(own: list[dict[str, Any]], status: str) -> Counts:
    return tuple((row["reason"], row["n"]) for row in own if row["status"] == status)


def _with(box: FlowBox, own: list[dict[str, Any]]) -> FlowBox:
    """The box with a step of what people received in it."""
    from dataclasses import replace

    n = sum(row["n"] for row in own if row["status"] == "reached")
    step = Received(own[0]["label"], n, _of(own, "not reached"))
    return replace(box, received=(*box.received, step))


def _all_drawn(
    boxes: Iterable[FlowBox], cells: dict[tuple[str, str], list[dict[str, Any]]]
) -> None:
    """Every count of the table is in the boxes, and no other."""
    drawn: Counter[tuple[str, int]] = Counter()
    for box in boxes:
        drawn.update([(box.group, box.n)])
        drawn.update([(box.group, box.invited)] if box.invited is not None else [])
        drawn.update((box.group, n) for _, n in (*box.lost, *box.back, *box.of_them))
        for step in box.received:
            drawn.update([(box.group, step.n), *((box.group, n) for _, n in step.lost)])
    told = Counter((row["group"], row["n"]) for own in cells.values() for row in own)
    if drawn != told:
        group, n = next(iter((drawn - told) + (told - drawn)))
        raise CespError(
            f"results/tables/flow.csv: {group or 'no group'}: the count {n} stands"
            f" {told[group, n]} times in it, but {drawn[group, n]} times in the diagram; a status"
            " or part is not known to figures/flow_boxes.py"
        )
