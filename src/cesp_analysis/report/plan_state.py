"""Whether the analysis plan was locked, and what became of it since: as the first page says it."""

from typing import Literal

from cesp_analysis.analysis_plan.words import AFTER_DATA, NOT_LOCKED
from cesp_analysis.numbers import counted, listed
from cesp_analysis.report.blocks import Callout
from cesp_analysis.report.results import Results

Tone = Literal["note", "caution"]


def state(results: Results) -> tuple[Tone, str]:
    """How a callout on the plan is coloured and called."""
    if not results.locks:
        return "caution", "The analysis plan is not locked"
    if results.changed_since_lock:
        return "caution", "The plan is not as it was locked"
    if len(results.locks) > 1:
        return "caution", "The plan was amended"
    return "caution" if results.locks[0]["received"] else "note", "The plan is as it was locked"


def in_short(results: Results) -> Callout:
    """When it was locked, whether data had come by then, what changed since."""
    tone, title = state(results)
    if not results.locks:
        return Callout(tone, title, NOT_LOCKED.partition(": ")[2].capitalize())
    first, *amended = results.locks
    said = f"Locked on {first['date']}"
    if amended:
        said += f", amended on {listed([lock['date'] for lock in amended])}"
    changes = len(results.changed_since_lock)
    since = "not changed since" if not changes else f"{counted(changes, 'change')} since"
    said += f"; {since}."
    if day := first["received"]:
        said += f" {AFTER_DATA.format(day)}"
    return Callout(tone, title, said)
